//go:build js && wasm

package main

import (
	"math"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/wasm/engine/wire"
)

// run makes a whole experiment without drawing it, in slices, and posts its
// curve. Cancelled, it posts what there was, with the status stopped.
func (e *engine) run(id int, link string) {
	spec, err := experiment.ParseLink(link)
	if err != nil {
		e.fail(&id, "spec", err)
		return
	}
	e.inSlices(id, func(t *task) {
		stage := "data"
		env := experiment.Env{Open: e.open, Tick: t.tick, Stage: func(name string) { stage = name }}
		out := wire.Result{ID: id, Status: string(attack.Stopped), Queries: []float64{}, Agreement: []float64{}, RTest: math.NaN(), RUnif: math.NaN()}
		exp, err := experiment.Prepare(spec, env, nil)
		if stage != "data" && stage != "victim" {
			stage = "attack"
		}
		if err == nil {
			stage = "attack"
			err = follow(exp, env, &out)
		}
		if err != nil && !t.stopped {
			e.fail(&id, stage, err)
			return
		}
		e.post(out)
	})
}

// inSlices does work beside everything else, under the number by which it can be
// cancelled.
func (e *engine) inSlices(id int, work func(t *task)) {
	if old := e.runs[id]; old != nil {
		old.stop()
	}
	t := e.loop.newTask(nil)
	e.runs[id] = t
	e.loop.spawn(func() {
		defer func() {
			if e.runs[id] == t {
				delete(e.runs, id)
			}
		}()
		work(t)
	})
}

// follow notes the rounds of a run.
func follow(exp *experiment.Experiment, env experiment.Env, out *wire.Result) error {
	for event, err := range exp.Run(env) {
		if err != nil {
			return err
		}
		if m := event.Measures; m != nil {
			out.RTest, out.RUnif = m.RTest, m.RUnif
		}
		switch event.Kind {
		case attack.Rounded:
			out.Queries = append(out.Queries, float64(event.Queries))
			out.Agreement = append(out.Agreement, 1-event.Measures.RUnif)
		case attack.Ended:
			out.Status = string(event.Status)
		}
		if err := env.Tick(); err != nil {
			return err
		}
	}
	return nil
}
