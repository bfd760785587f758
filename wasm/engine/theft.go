//go:build js && wasm

package main

import (
	"errors"
	"math"
	"slices"
	"time"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/experiment"
	"modelheist/core/metric"
	"modelheist/core/model"
	"modelheist/core/oracle"
	"modelheist/wasm/engine/play"
	"modelheist/wasm/engine/wire"
)

// preparing is a Spec on its way to an experiment.
type preparing struct {
	*task
	id         int
	stage      string
	iterations int
	// trained members, and how many there will be; 0 without
	trained, members int
	told             time.Duration
	after            func(*play.Player) // what the visitor asked for meanwhile, or nil
}

// telling is the time between two reports of a preparation.
const telling = 150 * time.Millisecond

// prepare makes a Spec real; what an older one had begun is stopped.
func (e *engine) prepare(r wire.Prepare) {
	id := r.ID
	if e.preparing != nil {
		e.preparing.stop()
		e.preparing = nil
	}
	e.halt()
	spec, err := withToken(r.Spec, r.Token)
	if err != nil {
		e.tell()
		e.fail(&id, "spec", err)
		return
	}
	p := &preparing{task: e.loop.newTask(nil), id: id, stage: "data"}
	e.preparing = p
	e.tell()
	e.loop.spawn(func() {
		defer e.prepareEnded(p)
		exp, err := experiment.Prepare(spec, p.env(e), e.exp)
		switch {
		case p.stopped:
		case err != nil:
			e.unprepared(p, spec, err)
		default:
			e.prepared(p, exp)
		}
	})
}

// prepareEnded leaves no preparation behind, not even after a panic.
func (e *engine) prepareEnded(p *preparing) {
	if e.preparing == p {
		e.preparing = nil
		e.tell()
	}
}

// withToken reads a link and the token that has no place in it.
func withToken(link, token string) (experiment.Spec, error) {
	spec, err := experiment.ParseLink(link)
	if err != nil || token == "" {
		return spec, err
	}
	return spec.With("token", token)
}

func (p *preparing) env(e *engine) experiment.Env {
	report := func() {
		p.told = now()
		e.post(wire.Preparing{ID: p.id, Stage: p.stage, Iteration: p.iterations, Members: p.members, Trained: p.trained})
	}
	return experiment.Env{
		Open:       e.open,
		OpenOracle: e.remote.open(p.task),
		Stage: func(name string) {
			if name == "data" || name == "victim" || name == "oracle" {
				p.stage, p.iterations, p.trained, p.members = name, 0, 0, 0
			}
			if !p.stopped {
				report()
			}
		},
		Member: func(done, of int) { p.trained, p.members = done, of },
		Tick: func() error {
			p.iterations++
			err := p.tick()
			if err == nil && (now()-p.told) > telling {
				report()
			}
			return err
		},
	}
}

// unprepared shows what there is without a victim: the drawing.
func (e *engine) unprepared(p *preparing, spec experiment.Spec, err error) {
	if spec.Get("data") == "points" {
		if drawn, err := dataset.UnpackPoints(spec.Get("points")); err == nil {
			e.forget()
			e.stage.setPoints(triples(drawn))
		}
	}
	code := p.stage
	switch {
	case e.remote.reason(err) != "":
		code = "network"
	case code != "data" && code != "victim":
		code = "attack"
	}
	id := p.id
	e.fail(&id, code, err)
}

// forget takes the experiment off the stage.
func (e *engine) forget() {
	e.exp, e.copy, e.theft, e.log = nil, nil, nil, log{}
	e.player.Reset()
	e.stage.setVictim(nil)
	e.stage.restart()
}

func (e *engine) prepared(p *preparing, exp *experiment.Experiment) {
	if e.exp == nil || e.exp.Victim != exp.Victim || e.exp.Remote() != exp.Remote() {
		e.stage.chart.ghosts = nil
	}
	delete(e.stage.chart.curves, "uniform")
	e.exp, e.classes = exp, classesOf(exp)
	e.stage.setExperiment(exp, e.classes)
	e.preparing = nil
	e.restart()
	out := wire.Prepared{
		ID: p.id, Spec: exp.Spec.Link(), Data: exp.Set.Name, N: exp.Set.N(), Classes: exp.Set.Classes(),
		ClassNames: e.classes.names, Points: slices.Clone(e.stage.points), Unknowns: exp.Unknowns, Budget: exp.Budget,
		TrainAccuracy: accuracy(exp.Victim, exp.Train), TestAccuracy: accuracy(exp.Victim, exp.Test), Plane: e.stage.plane,
		Remote: e.remote.server(exp),
	}
	e.post(out)
	if p.after != nil {
		e.play(p.after)
	} else {
		e.tell()
	}
}

// accuracy is NaN without points or without a victim of one's own.
func accuracy(m model.Classifier, s *dataset.Set) float64 {
	if m == nil || s.N() == 0 {
		return math.NaN()
	}
	return metric.Accuracy(m, s)
}

// halt stops the theft under way; what it has stolen stays on view.
func (e *engine) halt() {
	if e.theft != nil {
		e.theft.stop()
		e.theft = nil
	}
	e.asked = nil
}

// restart makes the theft one that has not begun.
func (e *engine) restart() {
	e.halt()
	e.copy, e.log = nil, log{}
	e.player.Reset()
	e.stage.restart()
	if e.exp != nil {
		goal := e.exp.Spec.Float("goal")
		if e.stage.away {
			goal = math.Inf(1) // what the copy was made from is none
		}
		e.stage.chart.restart(e.exp.Budget, goal)
	}
}

func (e *engine) reset() { e.restart() }

// play lets the theft go on in the way that begin says, and starts it where
// there is none.
func (e *engine) play(begin func(*play.Player)) {
	switch {
	case e.preparing != nil:
		e.preparing.after = begin
	case e.exp != nil:
		if e.player.State() == play.Ended {
			e.restart()
		}
		begin(&e.player)
		if e.theft == nil {
			e.steal()
		} else {
			e.theft.nudge()
		}
	}
	e.tell()
}

func (e *engine) pause() {
	if e.preparing != nil {
		e.preparing.after = nil
	}
	e.player.Pause()
	e.theft.nudged()
	e.tell()
}

// theft is a run of an attack, paced by the player.
type theft struct{ *task }

// nudged is nudge, also without a theft.
func (t *theft) nudged() {
	if t != nil {
		t.nudge()
	}
}

// steal starts the theft.
func (e *engine) steal() {
	t := &theft{e.loop.newTask(func() bool { return !e.player.Running() })}
	e.theft = t
	exp := e.exp
	e.remote.join(e, t)
	e.exports.begin(exp)
	e.loop.spawn(func() {
		defer func() { t.busy = false; e.stage.frames.ask(false) }()
		for event, err := range exp.Run(experiment.Env{Tick: t.tick}) {
			if err == nil {
				e.exports.note(event)
				err = e.show(t, event)
			}
			if t.stopped || errors.Is(err, errStopped) {
				return
			}
			if err != nil {
				e.player.End()
				e.fail(nil, "attack", err)
				e.tell()
				return
			}
		}
	})
}

// show puts an event on view, at the player's pace.
func (e *engine) show(t *theft, event experiment.Event) error {
	switch event.Kind {
	case attack.Queried:
		return e.showQueries(t, event.Event)
	case attack.Claimed:
		e.stage.claimed(event.Claim, e.classes, e.exp)
	case attack.Rounded:
		if err := e.showMoment(t, wire.Moment{Moment: "train", Number: event.Queries, Label: -1, Moved: math.NaN()}); err != nil {
			return err
		}
		e.showRound(event)
		if err := e.showMoment(t, wire.Moment{Moment: "redraw", Number: event.Queries, Label: -1, Moved: event.Moved}); err != nil {
			return err
		}
		return e.wait(t)
	case attack.Ended:
		e.showEnd(event)
	}
	return nil
}

func (e *engine) showQueries(t *theft, event attack.Event) error {
	n, d := event.Reply.N(), e.exp.Set.D()
	e.batch(n)
	e.remote.tell(e)
	for i := range n {
		if err := e.pace(t); err != nil {
			return err
		}
		x := event.X[i*d : (i+1)*d]
		label := e.classes.of(event.Reply.Labels[i])
		if i == 0 {
			if err := e.showAsking(t, event, n); err != nil {
				return err
			}
		}
		e.asked = e.describe(event, i, n)
		e.log.add(e.asked)
		e.stage.asked(x, label)
		if i == 0 {
			if err := e.showAnswer(t, event, n); err != nil {
				return err
			}
		}
		if err := t.tick(); err != nil {
			return err
		}
	}
	return nil
}

func (e *engine) batch(n int) {
	before := e.player.State()
	e.player.Batch(n)
	if e.player.State() != before {
		e.tell()
	}
}

// describe is the i-th of n queries of a batch, for the ledger.
func (e *engine) describe(event attack.Event, i, n int) *wire.Query {
	d, width := e.exp.Set.D(), event.Reply.Width()
	q := &wire.Query{
		Number: event.Queries - n + i + 1, X: slices.Clone(event.X[i*d : (i+1)*d]),
		Label: e.classes.of(event.Reply.Labels[i]),
	}
	if event.Reply.Kind != oracle.Labels {
		q.Values = slices.Clone(event.Reply.Values[i*width : (i+1)*width])
	}
	if len(event.Why) > 0 {
		q.Why = event.Why[min(i, len(event.Why)-1)]
	}
	return q
}

// flush posts the latest query and what is new among the claims; it is called
// once a frame.
func (e *engine) flush() {
	if e.asked != nil {
		e.post(*e.asked)
		e.asked = nil
	}
	if e.stage.claims.untold {
		e.stage.claims.untold = false
		e.post(e.stage.claims.reply())
	}
}

// pace waits until the next query may be shown.
func (e *engine) pace(t *theft) error {
	for {
		if err := e.wait(t); err != nil {
			return err
		}
		wait := e.player.Wait(now())
		if wait <= 0 {
			return nil
		}
		t.sleep(wait)
	}
}

// wait stands still while the player does.
func (e *engine) wait(t *theft) error {
	for !t.stopped && !e.player.Running() {
		t.sleep(0)
	}
	if t.stopped {
		return errStopped
	}
	return nil
}

func (e *engine) showRound(event experiment.Event) {
	e.copy = event.Copy
	if e.stage.plane {
		e.stage.setCopy(event.Copy)
	}
	agreement, m := measured(event)
	if agreement == agreement {
		e.stage.round(event.Queries, agreement)
	}
	if event.Leak != nil {
		e.stage.leaked(event.Leak, e.exp)
	}
	e.flush()
	e.post(wire.Progress{
		Queries: event.Queries, Budget: e.exp.Budget, Round: event.Round, Rounds: event.Rounds,
		Agreement: agreement, RTest: m.RTest, RUnif: m.RUnif,
		TVUnif: m.TVUnif, ParamError: m.ParamError, Moved: event.Moved,
	})
	before := e.player.State()
	e.player.Round()
	if e.player.State() != before {
		e.tell()
	}
}

func (e *engine) showEnd(event experiment.Event) {
	e.flush()
	e.remote.tell(e)
	e.player.End()
	agreement, m := measured(event)
	e.post(wire.End{
		Status: string(event.Status), Note: event.Note, Queries: event.Queries,
		Agreement: agreement, RTest: m.RTest, RUnif: m.RUnif,
	})
	e.tell()
}

// measured is an event's agreement with the victim and its measures, all NaN
// where there are none; of a victim behind a network the agreement is that with
// the answers received.
func measured(event experiment.Event) (agreement float64, m metric.Measures) {
	if event.Measures != nil {
		return 1 - event.Measures.RUnif, *event.Measures
	}
	none := math.NaN()
	return event.Answered, metric.Measures{RTest: none, TVTest: none, RUnif: none, TVUnif: none, ParamError: none}
}
