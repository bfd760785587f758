//go:build js && wasm

package main

import (
	"errors"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"modelheist/core/experiment"
	"modelheist/wasm/engine/wire"
)

// page is an engine without canvases and what it has posted.
type page struct {
	*testing.T
	engine *engine
	posted chan js.Value
}

func open4test(t *testing.T) *page {
	p := &page{t, nil, make(chan js.Value, 10_000)}
	over := false
	post := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if !over {
			p.posted <- args[0]
		}
		return nil
	})
	js.Global().Set("postMessage", post)
	p.engine = newEngine()
	t.Cleanup(func() {
		over = true
		p.engine.halt()
		if p.engine.preparing != nil {
			p.engine.preparing.stop()
		}
		time.Sleep(20 * time.Millisecond) // for what was stopped to end
	})
	return p
}

// send sends a message: key, value, key, value.
func (p *page) send(fields ...any) { p.engine.receive(value{toJS(wire.Fields(fields))}) }

// until waits for a message of the kind, and fails on an error before it.
func (p *page) until(kind string) js.Value {
	p.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case m := <-p.posted:
			got := m.Get("kind").String()
			if got == kind {
				return m
			}
			if got == "error" {
				p.Fatalf("waiting for %s: %s", kind, m.Get("message").String())
			}
		case <-deadline:
			p.Fatalf("no %s", kind)
		}
	}
}

// untilState waits for a state.
func (p *page) untilState(state string) {
	p.Helper()
	for p.until("state").Get("state").String() != state {
	}
}

const small = "data=moons&n=60&victim=svm&queries=40"

func TestAnExperimentIsPreparedAndStolen(t *testing.T) {
	p := open4test(t)
	p.send("kind", "spec", "id", 7, "spec", small)
	prepared := p.until("prepared")
	if prepared.Get("id").Int() != 7 || prepared.Get("n").Int() != 60 || prepared.Get("points").Length() != 180 || prepared.Get("budget").Int() != 40 {
		t.Errorf("prepared %s", js.Global().Get("JSON").Call("stringify", prepared).String())
	}
	p.send("kind", "play")
	end := p.until("end")
	if end.Get("queries").Int() != 40 || end.Get("status").String() != "budget" || end.Get("agreement").Float() < 0.6 {
		t.Errorf("end %s", js.Global().Get("JSON").Call("stringify", end).String())
	}
	p.untilState("ended")
	p.send("kind", "probe", "id", 8, "x", 0.5, "y", 0.5)
	if said := p.until("probed"); said.Get("victim").Get("label").Type() != js.TypeNumber || said.Get("copy").IsNull() {
		t.Error("a probe after the theft names no labels")
	}
}

func TestAStepIsOneRoundAndPlayGoesOn(t *testing.T) {
	p := open4test(t)
	p.send("kind", "spec", "id", 1, "spec", small)
	p.until("prepared")
	last := 0
	for range 3 {
		p.send("kind", "step")
		queries := p.until("progress").Get("queries").Int()
		p.untilState("paused")
		if queries <= last {
			t.Fatalf("a step ends at query %d, the one before at %d", queries, last)
		}
		last = queries
	}
	p.send("kind", "reset")
	p.untilState("idle")
	p.send("kind", "step")
	if queries := p.until("progress").Get("queries").Int(); queries >= last {
		t.Errorf("after a reset the first step ends at query %d", queries)
	}
}

func TestTheLatestSpecWins(t *testing.T) {
	p := open4test(t)
	p.send("kind", "spec", "id", 1, "spec", "data=five-class&victim=mlp&hidden=64")
	p.until("preparing")
	p.send("kind", "spec", "id", 2, "spec", small)
	if id := p.until("prepared").Get("id").Int(); id != 2 {
		t.Errorf("prepared %d", id)
	}
	p.send("kind", "play")
	p.until("end")
}

func TestAPlayDuringThePreparationCountsAfterIt(t *testing.T) {
	p := open4test(t)
	p.send("kind", "spec", "id", 1, "spec", small)
	p.send("kind", "play")
	p.until("prepared")
	p.until("end")
}

func TestARunOfThePoolIsThatOfThePage(t *testing.T) {
	p := open4test(t)
	p.send("kind", "run", "id", 5, "spec", small)
	result := p.until("result")
	p.send("kind", "spec", "id", 6, "spec", small)
	p.until("prepared")
	p.send("kind", "play")
	end := p.until("end")
	n := result.Get("agreement").Length()
	if n == 0 || result.Get("agreement").Index(n-1).Float() != end.Get("agreement").Float() || result.Get("queries").Index(n-1).Int() != 40 {
		t.Error("the same Spec came out otherwise")
	}
}

func TestACancelledRunAnswersWithWhatThereWas(t *testing.T) {
	p := open4test(t)
	p.send("kind", "run", "id", 5, "spec", "data=five-class&victim=mlp&hidden=64&queries=5000")
	time.Sleep(30 * time.Millisecond)
	began := now()
	p.send("kind", "cancel", "id", 5)
	if status := p.until("result").Get("status").String(); status != "stopped" {
		t.Errorf("status %s", status)
	}
	if took := now() - began; took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestWrongMessagesAndSpecsAreAnswered(t *testing.T) {
	p := open4test(t)
	for _, c := range []struct {
		fields    []any
		code, key string
	}{
		{[]any{"kind", "steal"}, "message", ""},
		{[]any{"kind", "speed", "speed", "fast"}, "message", ""},
		{[]any{"kind", "spec", "id", 1, "spec", "data=moon"}, "spec", "data"},
		{[]any{"kind", "spec", "id", 1, "spec", "data=points&points=AAAA"}, "spec", "points"},
		{[]any{"kind", "run", "id", 1, "spec", "colour=blue"}, "spec", "colour"},
		{[]any{"kind", "csv", "id", 1, "text", "a,b\n1\n"}, "data", ""},
	} {
		p.send(c.fields...)
		m := <-p.posted
		for m.Get("kind").String() != "error" {
			m = <-p.posted
		}
		key := m.Get("key")
		if m.Get("code").String() != c.code || (c.key != "") != key.Truthy() || key.Truthy() && key.String() != c.key {
			t.Errorf("%v: %s", c.fields, js.Global().Get("JSON").Call("stringify", m).String())
		}
	}
}

func TestWhatTheFullEngineIsNeededForIsToldAsSuch(t *testing.T) {
	p := open4test(t)
	id := 3
	p.engine.fail(&id, "data", &experiment.LeanError{Key: "victim", Value: "tree"})
	if m := p.until("error"); m.Get("code").String() != "full" || m.Get("key").String() != "victim" || m.Get("id").Int() != 3 {
		t.Error(js.Global().Get("JSON").Call("stringify", m).String())
	}
}

func TestWorkGivesWayAndStops(t *testing.T) {
	l := newLoop(func(problem any) { t.Error(problem) })
	task := l.newTask(nil)
	go func() { // comes in between the slices, as a message of the page does
		for range 5 {
			l.turn()
		}
		task.stop()
	}()
	began := now()
	var err error
	for err == nil && now()-began < 5*time.Second {
		err = task.tick()
	}
	if took := now() - began; !errors.Is(err, errStopped) || took > time.Second {
		t.Errorf("%v after %v of busy work", err, took)
	}
}

func TestAHeldTaskStandsStill(t *testing.T) {
	l := newLoop(func(problem any) { t.Error(problem) })
	held := true
	task := l.newTask(func() bool { return held })
	done := make(chan error)
	go func() { done <- task.give() }()
	select {
	case <-done:
		t.Fatal("a held task went on")
	case <-time.After(50 * time.Millisecond):
	}
	if task.busy {
		t.Error("a held task counts as busy")
	}
	held = false
	task.nudge()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestPanicsAreReportedAndSurvived(t *testing.T) {
	p := open4test(t)
	p.engine.loop.spawn(func() { panic("oh") })
	m := <-p.posted
	if m.Get("code").String() != "panic" || !strings.Contains(m.Get("message").String(), "oh") {
		t.Error(js.Global().Get("JSON").Call("stringify", m).String())
	}
	p.send("kind", "pause")
	p.untilState("idle")
}

func TestNumbersCrossBothWays(t *testing.T) {
	list := []float64{1.5, -2, 1e300}
	array := toJS(list)
	got := value{array}.Floats()
	if value.Kind(value{array}) != wire.Floats || len(got) != 3 || got[0] != 1.5 || got[2] != 1e300 {
		t.Errorf("got %v", got)
	}
	part := value{array.Call("subarray", 1)}.Floats()
	if len(part) != 2 || part[0] != -2 {
		t.Errorf("a view of the array: %v", part)
	}
	if got := (value{toJS([]float64{})}).Floats(); len(got) != 0 {
		t.Errorf("an empty array: %v", got)
	}
}
