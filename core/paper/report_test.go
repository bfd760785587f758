package paper

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"modelheist/core/attack"
)

// measured is a plan of two rows on two sets, and the runs so far: the second
// row's on set b is still to come.
func measured() (*Plan, []Done) {
	p := &Plan{Reproduction: Reproduction{Name: "fig0", Axis: "α", Columns: []Column{rTest, agreeTest, {Name: "leaves", Kind: Fact}}}}
	var done []Done
	for i, sets := range [][]Set{{{Name: "a"}, {Name: "b"}}, {{Name: "a"}, {Name: "b"}}} {
		p.Rows = append(p.Rows, Row{Group: `quick, "dirty"`, X: float64(i), Sets: sets, Paper: []float64{0.5, none, 7}})
		for k, s := range sets {
			p.Cells = append(p.Cells, Cell{Row: i, Set: s.Name, Seed: 1})
			if v := 0.1 * float64(1+i+2*k); i+k < 2 {
				done = append(done, Done{len(p.Cells) - 1, Outcome{Values: []float64{v, 100 - 100*v, none}, Queries: 10, Status: attack.Stuck, Note: "no way,\non"}})
			}
		}
	}
	return p, done
}

func TestAReportSumsUpTheRunsSoFar(t *testing.T) {
	t.Parallel()
	p, done := measured()
	var got struct {
		Cells int
		Rows  []struct {
			X                          *float64
			Paper, Mean, Median, Worst []*float64
			Runs                       int
			Sets                       []struct {
				Set         string
				Mean, Worst []*float64
				Runs        int
			}
		}
		Runs []struct {
			Row, Queries int
			Set, Note    string
			Values       []*float64
		}
	}
	if err := json.Unmarshal(p.Report(done, false).AppendJSON(nil), &got); err != nil {
		t.Fatal(err)
	}
	is := func(what string, v *float64, want float64) {
		t.Helper()
		if v == nil && !math.IsNaN(want) || v != nil && !(math.Abs(*v-want) < 1e-12) {
			t.Errorf("%s is not %v", what, want)
		}
	}
	first, second := got.Rows[0], got.Rows[1]
	if got.Cells != 4 || len(got.Runs) != 3 || first.Runs != 2 || second.Runs != 1 || second.Sets[1].Runs != 0 || got.Runs[1].Set != "b" || got.Runs[2].Note != "no way,\non" {
		t.Errorf("%+v", got)
	}
	is("the mean", first.Mean[0], 0.2)
	is("the median", first.Median[0], 0.1)
	is("the worst error", first.Worst[0], 0.3)
	is("the worst agreement", first.Worst[1], 70)
	is("the mean on set b", first.Sets[1].Mean[0], 0.3)
	is("the mean of one run", second.Mean[0], 0.2)
	is("the mean of no run", second.Sets[1].Mean[0], none)
	is("a figure that the paper has not", first.Paper[1], none)
	is("the mean of a figure without meaning", first.Mean[2], none)
}

func TestAReportsCSVIsReadBack(t *testing.T) {
	t.Parallel()
	p, done := measured()
	rows, err := csv.NewReader(strings.NewReader(p.Report(done, false).CSV())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || rows[0][4] != "R_test" || rows[2][0] != `quick, "dirty"` || rows[2][2] != "b" || rows[3][11] != "no way,\non" || rows[1][9] != "7" || rows[1][8] != "" {
		t.Errorf("%q", rows)
	}
}

func TestTheMedianIsOneOfTheFigures(t *testing.T) {
	t.Parallel()
	for want, values := range map[float64][]float64{2: {3, 1, 2}, 1: {2, 1}, 4: {4}} {
		if got := Median(values); got != want {
			t.Errorf("of %v: %v", values, got)
		}
	}
	if !math.IsNaN(Median(nil)) {
		t.Error("nothing has a median")
	}
}
