package remote

import (
	"bytes"
	"encoding/json"
	args "flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

var update = args.Bool("update", false, "write testdata/draws.json")

// drawn is a draw at a time, in milliseconds, and what became of it.
type drawn struct {
	Now    int64  `json:"now"`
	Limits Limits `json:"limits"`
	ID     string `json:"id,omitempty"`
	Body   string `json:"body,omitempty"`
	N      int    `json:"n"`
	Grant  [5]int `json:"grant"` // verdict, left, renews, rate left, rate in
}

// history is what an account answers to draws at random.
func history(seed uint64) (draws []drawn) {
	r := rand.New(rand.NewPCG(seed, 0))
	limits := Limits{Budget: 5 + r.IntN(30)}
	if r.IntN(3) > 0 {
		limits.Window = 1 + r.IntN(20)
	}
	if r.IntN(3) > 0 {
		limits.Rate, limits.Period = 1+r.IntN(15), 1+r.IntN(5)
	}
	a, now := account{}, time.UnixMilli(1_900_000_000_000)
	for range 60 {
		if now = now.Add(time.Duration(r.IntN(3000)) * time.Millisecond); r.IntN(4) == 0 {
			now = now.Add(-time.Duration(now.UnixMilli()%1000) * time.Millisecond).Add(time.Second) // a window's very end
		}
		if r.IntN(20) == 0 {
			limits.Budget = 5 + r.IntN(30) // published again
		}
		d := drawn{Now: now.UnixMilli(), Limits: limits, N: r.IntN(8)}
		if r.IntN(3) > 0 {
			d.ID, d.Body = fmt.Sprint(r.IntN(12)), fmt.Sprint(r.IntN(2))
		}
		draw := Draw{Limits: limits, ID: d.ID, Body: d.Body, N: d.N, Now: now}
		next := a // a draw that is refused changes nothing
		g := next.take(draw)
		if g.Verdict == Granted && d.N > 0 {
			a = next
			a.commit(draw)
		}
		d.Grant = [5]int{int(g.Verdict), g.Left, int(g.Renews.Milliseconds()), g.RateLeft, int(g.RateIn.Milliseconds())}
		draws = append(draws, d)
	}
	return draws
}

// The Worker decides on draws in JavaScript, within the object that keeps them
// (wasm/oracle/budget.js): its test reads the same file.
func TestDrawsAreDecidedAsTheWorkerDecidesThem(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString("[\n")
	verdicts := map[int]int{}
	for seed := range uint64(15) {
		if seed > 0 {
			text.WriteString(",\n")
		}
		draws := history(seed)
		for _, d := range draws {
			verdicts[d.Grant[0]]++
		}
		line, err := json.Marshal(draws)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(line)
	}
	text.WriteString("\n]\n")
	for v := Granted; v <= TooFast; v++ {
		if verdicts[int(v)] < 10 {
			t.Errorf("verdict %d comes %d times only", v, verdicts[int(v)])
		}
	}
	const file = "testdata/draws.json"
	if *update {
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, text.Bytes()) {
		t.Errorf("other decisions than in %s (%v); -update writes them", file, err)
	}
}
