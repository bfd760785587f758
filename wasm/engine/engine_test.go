//go:build js && wasm

package main

import (
	"errors"
	"math"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"modelheist/core/experiment"
	"modelheist/core/model"
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

// stolen plays an experiment to its end and returns the last claims before it.
func (p *page) stolen(spec string) (last js.Value) {
	p.send("kind", "spec", "id", 1, "spec", spec)
	p.until("prepared")
	p.send("kind", "play")
	for {
		switch m := <-p.posted; m.Get("kind").String() {
		case "claims":
			last = m
		case "error":
			p.Fatal(m.Get("message").String())
		case "end":
			return last
		}
	}
}

func TestThePageIsToldEveryLeafThatTheThiefHasFound(t *testing.T) {
	p := open4test(t)
	last := p.stolen("data=xor&n=80&victim=tree&depth=2&partial=yes&answers=probabilities&queries=900")
	leaves := value{last.Get("leaves")}.Floats()
	tree := p.engine.exp.Victim.(*model.Tree)
	if len(leaves) != 6*tree.Leaves() {
		t.Fatalf("%d numbers for %d leaves", len(leaves), tree.Leaves())
	}
	area := 0.0
	for ; len(leaves) > 0; leaves = leaves[6:] {
		area += (leaves[1] - leaves[0]) * (leaves[3] - leaves[2])
		x := []float64{(leaves[0] + leaves[1]) / 2, (leaves[2] + leaves[3]) / 2}
		values := make([]float64, 2)
		tree.ProbabilitiesTo(values, x)
		if got := values[int(leaves[4])]; got != leaves[5] || got < 0.5 {
			t.Errorf("leaf %v: the victim says %v in its middle", leaves[:6], values)
		}
	}
	if math.Abs(area-4) > 1e-9 {
		t.Errorf("the leaves cover %v of the plane's 4", area)
	}
}

func TestThePageIsToldTheTrainingPointsThatTheCopyHasGot(t *testing.T) {
	p := open4test(t)
	last := p.stolen("data=moons&n=80&victim=klr&representers=4")
	points := value{last.Get("points")}.Floats()
	if len(points) != 16 || last.Get("leak").Get("mean").Float() > 1e-6 || last.Get("leak").Get("random").Float() < 0.05 {
		t.Fatalf("points %v, leak %v", points, js.Global().Get("JSON").Call("stringify", last.Get("leak")).String())
	}
	for ; len(points) > 0; points = points[4:] {
		if math.Hypot(points[0]-points[2], points[1]-points[3]) > 1e-6 {
			t.Errorf("(%v, %v) for (%v, %v)", points[0], points[1], points[2], points[3])
		}
	}
}

func TestThePageIsToldTheEdgesAndTheSuspects(t *testing.T) {
	p := open4test(t)
	last := p.stolen("data=blobs&n=80&victim=softmax&bins=3&answers=probabilities&partial=yes")
	if edges := (value{last.Get("edges")}).Floats(); len(edges) != 2*4 {
		t.Errorf("two features in three bins have the edges %v", edges)
	}
	last = p.stolen("data=moons&n=80&victim=logistic&answers=probabilities&attack=extract-and-test&queries=400")
	first := last.Get("suspects").Index(0)
	if first.Get("name").String() != "logistic" || first.Get("error").Type() != js.TypeNumber || first.Get("out").String() != "" {
		t.Error(js.Global().Get("JSON").Call("stringify", last.Get("suspects")).String())
	}
	if last.Get("edges").Length() != 0 {
		t.Error("edges of the run before are still there")
	}
}

func TestClaimsOffThePlaneComeInWords(t *testing.T) {
	p := open4test(t)
	last := p.stolen("data=five-class&n=100&victim=tree&partial=yes&answers=probabilities&queries=900")
	tree := p.engine.exp.Victim.(*model.Tree)
	said, n := last.Get("said").Get("leaves"), last.Get("count").Get("leaves").Int()
	if n == 0 || n > tree.Leaves() || said.Length() != n || last.Get("leaves").Length() != 0 {
		t.Fatalf("%d leaves of %d, %d of them in words", n, tree.Leaves(), said.Length())
	}
	if first := said.Index(0).String(); !strings.Contains(first, "x1") && !strings.Contains(first, "≤") || !strings.HasSuffix(first, " %") {
		t.Error(first)
	}
	last = p.stolen("data=five-class&n=100&victim=softmax&bins=3&answers=probabilities&partial=yes")
	if n := last.Get("count").Get("edges").Int(); n != 2*20 || !strings.Contains(last.Get("said").Get("edges").Index(0).String(), ": bins part at ") {
		t.Errorf("%d edges of twenty features in three bins", n)
	}
	last = p.stolen("data=five-class&n=100&victim=klr&representers=3&attack=kernel-leak&answers=probabilities&alpha=5")
	points := last.Get("said").Get("points")
	if n := last.Get("count").Get("points").Int(); n == 0 || points.Length() != n || !strings.HasSuffix(points.Index(0).String(), " from its match") {
		t.Errorf("%d points", points.Length())
	}
}

func TestALeafIsCutOffAtThePlane(t *testing.T) {
	box := &model.Box{
		Bounds: []model.Bound{{Feature: 1, Low: 0.25, High: math.Inf(1)}, {Feature: 0, Low: math.Inf(-1), High: -0.5}},
		Label:  1, Values: []float64{0.25, 0.75},
	}
	got := leafOf(box, unitBox, classes{drawn: []int{0, 3}})
	if want := (leaf{x: [2]float64{-1, -0.5}, y: [2]float64{0.25, 1}, class: 3, share: 0.75}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A remote oracle's inputs have ranges of their own.
func TestALeafOfARemoteTreeIsCutOffAtItsDomain(t *testing.T) {
	remote := &stage{box: box{left: 0, bottom: 100, right: 50, top: 200}}
	got := leafOf(&model.Box{Bounds: []model.Bound{{Feature: 0, Low: 10, High: math.Inf(1)}}, Values: []float64{1}}, remote.box, classes{})
	if want := (leaf{x: [2]float64{10, 50}, y: [2]float64{100, 200}, share: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	on := &sheet{width: 100, height: 200}
	if left, top := remote.at(on, got.x[0], got.y[1]); left != 20 || top != 0 {
		t.Errorf("its corner is drawn at %v, %v", left, top)
	}
	if right, bottom := remote.at(on, got.x[1], got.y[0]); right != 100 || bottom != 200 {
		t.Errorf("its other corner is drawn at %v, %v", right, bottom)
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

func TestAnEnsemblesTrainingIsCountedByMembers(t *testing.T) {
	p := open4test(t)
	p.send("kind", "spec", "id", 1, "spec", "data=five-class&victim=mlp&hidden=64&members=9")
	for {
		if m := p.until("preparing"); m.Get("members").Int() > 0 {
			if of, done := m.Get("members").Int(), m.Get("trained").Int(); of != 9 || done > 8 {
				t.Errorf("%d of %d members", done, of)
			}
			return
		}
	}
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
	for wait := time.Now().Add(10 * time.Second); task.busy && time.Now().Before(wait); {
		time.Sleep(time.Millisecond)
	}
	if task.busy {
		t.Error("a held task counts as busy")
	}
	select {
	case <-done:
		t.Fatal("a held task went on")
	case <-time.After(50 * time.Millisecond):
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
