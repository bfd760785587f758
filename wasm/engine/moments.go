//go:build js && wasm

package main

import (
	"math"

	"modelheist/core/attack"
	"modelheist/wasm/engine/play"
	"modelheist/wasm/engine/wire"
)

// Slow motion takes a theft apart into moments: the thief picks a place, asks,
// is answered, trains its copy, and the copy is drawn anew. Each is told to the
// page, which puts it in words, and stands for a while, or until the next step.

// showAsking is the first query of a batch of n before its answer.
func (e *engine) showAsking(t *theft, event attack.Event, n int) error {
	if !e.player.Slow() {
		return nil
	}
	m := e.momentOf(event, n)
	m.Label = -1
	if len(m.X) == 2 {
		e.stage.point(m.X[0], m.X[1], true)
		defer e.stage.point(m.X[0], m.X[1], false)
	}
	for _, m.Moment = range []string{"pick", "ask"} {
		if err := e.showMoment(t, m); err != nil {
			return err
		}
	}
	return nil
}

// showAnswer is the first query of a batch of n with its answer.
func (e *engine) showAnswer(t *theft, event attack.Event, n int) error {
	if !e.player.Slow() {
		return nil
	}
	m := e.momentOf(event, n)
	m.Moment = "answer"
	return e.showMoment(t, m)
}

func (e *engine) momentOf(event attack.Event, n int) wire.Moment {
	q := e.describe(event, 0, n)
	return wire.Moment{Number: q.Number, Batch: n, X: q.X, Label: q.Label, Why: q.Why, Moved: math.NaN()}
}

// showMoment tells the page of a moment and lets it stand, in slow motion.
func (e *engine) showMoment(t *theft, m wire.Moment) error {
	if !e.player.Slow() {
		return nil
	}
	e.post(m)
	before := e.player.State()
	e.player.Moment()
	if e.player.State() != before {
		e.tell()
		return e.wait(t)
	}
	for end := now() + play.Moment; e.player.Slow(); {
		if err := e.wait(t); err != nil {
			return err
		}
		left := end - now()
		if left <= 0 {
			return nil
		}
		t.sleep(left)
	}
	return nil
}
