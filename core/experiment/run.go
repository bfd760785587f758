package experiment

import (
	"iter"
	"math"

	"modelheist/core/attack"
	"modelheist/core/metric"
	"modelheist/core/model"
)

// How a run may end beside the attack's own ways: the stop conditions of a Spec.
const (
	Goal     attack.Status = "goal"     // the agreement asked for was reached
	Patience attack.Status = "patience" // no better copy for so many queries
)

// Event is an event of the attack with what the runner measured: after a round
// and at the end, the copy against the victim. The attack can't see Measures.
type Event struct {
	attack.Event
	Measures *metric.Measures // of the latest copy; nil on queries, without a copy and for a remote oracle
	Leak     *Leak            // of the latest copy, along with Measures; nil if it or the victim holds no points
	Moved    float64          // share of uniform points whose label the round changed; NaN for the first
	// Answered is what is known of the latest copy of a victim behind a network:
	// the share of the answers received, of the latest 10,000, that it gives too.
	// The copy was made from them and may be worse elsewhere. NaN on queries,
	// without a copy and where there are Measures.
	Answered float64
}

// Run steals the victim: the stream of the attack's events, measured. It ends
// with one event of kind end, or with an error. The stream is single-use; the
// same Spec gives the same events.
func (e *Experiment) Run(env Env) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		o, err := e.oracle()
		if err != nil {
			yield(Event{}, err)
			return
		}
		a, err := e.attack(env)
		if err != nil {
			yield(Event{}, err)
			return
		}
		r := &runner{e: e, env: env, best: -1, agreed: math.NaN()}
		for event, err := range a.Events(o, e.random(streamAttack)) {
			if err != nil {
				yield(Event{}, err)
				return
			}
			out, err := r.measure(event)
			if err != nil || !yield(out, err) {
				return
			}
			if status := r.stop(out); status != "" {
				yield(Event{Event: attack.Event{Kind: attack.Ended, Queries: event.Queries, Status: status}, Measures: r.last, Leak: r.leak, Moved: math.NaN(), Answered: math.NaN()}, nil)
				return
			}
		}
	}
}

// runner measures the rounds of one run.
type runner struct {
	e   *Experiment
	env Env

	copy   model.Classifier // waits for the end, if only that is measured
	last   *metric.Measures // of the latest copy
	leak   *Leak            // likewise
	labels []int            // and its labels on the uniform points

	answers answered // of a remote oracle
	agreed  float64  // of the latest copy with them

	best   float64 // agreement so far
	bestAt int     // and the queries spent then
}

func (r *runner) measure(event attack.Event) (Event, error) {
	out := Event{Event: event, Moved: math.NaN(), Answered: math.NaN()}
	if r.e.yardstick == nil {
		return r.compare(out)
	}
	switch event.Kind {
	case attack.Rounded:
		if r.env.LastOnly {
			r.copy = event.Copy
			return out, nil
		}
		m, labels, err := r.e.yardstick.Measure(event.Copy, r.env.Tick)
		if err != nil {
			return Event{}, err
		}
		if r.labels != nil {
			out.Moved = metric.Disagreement(r.labels, labels)
		}
		r.labels, r.last, r.leak = labels, &m, r.e.leak(event.Copy)
		out.Measures, out.Leak = r.last, r.leak
	case attack.Ended:
		if r.copy != nil {
			m, _, err := r.e.yardstick.Measure(r.copy, r.env.Tick)
			if err != nil {
				return Event{}, err
			}
			r.last, r.leak = &m, r.e.leak(r.copy)
		}
		out.Measures, out.Leak = r.last, r.leak
	}
	return out, nil
}

// compare holds the copy against the answers received, without a victim to
// measure it by.
func (r *runner) compare(out Event) (Event, error) {
	switch out.Kind {
	case attack.Queried:
		r.answers.add(out.Event)
		return out, nil
	case attack.Rounded:
		agreed, err := r.answers.agreement(out.Copy, r.env.Tick)
		if err != nil {
			return Event{}, err
		}
		r.agreed = agreed
	}
	out.Answered = r.agreed
	return out, nil
}

// stop tells whether one of the Spec's stop conditions ends the run here.
func (r *runner) stop(out Event) attack.Status {
	if out.Measures == nil || out.Kind != attack.Rounded {
		return ""
	}
	agreement := 1 - out.Measures.RUnif
	if agreement > r.best {
		r.best, r.bestAt = agreement, out.Queries
	}
	if goal := r.e.Spec.Float("goal"); goal > 0 && agreement >= goal {
		return Goal
	}
	if patience := r.e.Spec.Int("patience"); patience > 0 && out.Queries-r.bestAt >= patience {
		return Patience
	}
	return ""
}
