//go:build js && wasm && !lean

package main

import (
	"strings"
	"syscall/js"
	"testing"
)

// about names a quick measurement, with what else the message says.
func about(kind string, id int, more ...any) []any {
	return append([]any{"kind", kind, "id", id, "name", "table4", "full", false, "seeds", 2, "settings", []any{"file=mine.csv", "label=c", "victim=softmax", "alpha=1"}}, more...)
}

// mine is a file of three classes in the plane.
func mine() string {
	var b strings.Builder
	b.WriteString("a,b,c\n")
	for i := range 60 {
		b.WriteString([]string{"0", "1", "0.4"}[i%3] + string(rune('0'+i%10)) + ",0." + string(rune('0'+i%7)) + "," + string(rune('x'+i%3)) + "\n")
	}
	return b.String()
}

func TestCellsAreRunOneByOneAndReported(t *testing.T) {
	p := open4test(t)
	p.send("kind", "file", "name", "mine.csv", "text", mine())
	p.send(about("report", 1, "minimum", false, "runs", []any{})...)
	plan := p.until("reported").Get("json").String()
	for _, want := range []string{`"seeds":2`, `"cells":2`, `"runs":[]`, `"mean":[null,null,null,null,null]`} {
		if !strings.Contains(plan, want) {
			t.Errorf("no %s in %s", want, plan)
		}
	}
	var runs []any
	for i := range 2 {
		p.send(about("cell", 2+i, "index", i)...)
		m := p.until("measured")
		if m.Get("index").Int() != i || m.Get("status").String() != "solved" && m.Get("status").String() != "budget" || m.Get("values").Index(1).Float() != 100 {
			t.Fatal(js.Global().Get("JSON").Call("stringify", m).String())
		}
		runs = append(runs, m)
	}
	p.send(about("report", 9, "minimum", false, "runs", runs)...)
	done := p.until("reported")
	if text := done.Get("json").String(); !strings.Contains(text, `"paper":[530,100,100,null,null],"mean":[7,100,100,`) {
		t.Error(text)
	}
	if lines := strings.Count(done.Get("csv").String(), "\n"); lines != 3 {
		t.Errorf("%d lines of CSV", lines)
	}
}

func TestACancelledCellSaysSo(t *testing.T) {
	p := open4test(t)
	p.send("kind", "cell", "id", 3, "name", "fig6", "full", true, "seeds", 0, "settings", []any{"alpha=100", "attack=adaptive"}, "index", 0)
	p.send("kind", "cancel", "id", 3)
	if m := p.until("measured"); m.Get("status").String() != "stopped" || len(p.engine.runs) > 1 {
		t.Error(m.Get("status").String())
	}
}

func TestWhatIsWrongWithAMeasurementIsSaid(t *testing.T) {
	p := open4test(t)
	for want, message := range map[string][]any{
		"no reproduction":         {"kind", "cell", "id", 1, "name", "fig1", "full", false, "seeds", 0, "settings", []any{}, "index", 0},
		"alpha":                   about("report", 1, "minimum", false, "runs", []any{}, "settings", []any{"alpha=3"}),
		"cell 99: table4 has 2":   about("cell", 1, "index", 99),
		"runs[0]: 1 figures of":   about("report", 1, "minimum", false, "runs", []any{js.Global().Get("JSON").Call("parse", `{"index":0,"queries":1,"status":"","note":"","seconds":1,"values":[1],"pictures":[]}`)}),
		"lost.csv could not be f": {"kind", "cell", "id", 1, "name", "table4", "full", false, "seeds", 1, "settings", []any{"file=lost.csv", "label=c", "victim=ovr", "alpha=1"}, "index", 0},
	} {
		p.send(message...)
		for m := range p.posted {
			if m.Get("kind").String() == "error" {
				if got := m.Get("message").String(); !strings.Contains(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
				break
			}
		}
	}
}
