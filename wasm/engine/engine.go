//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"modelheist/core/experiment"
	"modelheist/core/model"
	"modelheist/wasm/engine/play"
	"modelheist/wasm/engine/wire"
)

// engine answers the page.
type engine struct {
	loop  *loop
	stage *stage

	preparing *preparing             // a Spec on its way, or nil
	exp       *experiment.Experiment // the one on show, or nil
	classes   classes
	theft     *theft // of exp; nil before the first query
	player    play.Player
	copy      model.Classifier // of theft, latest
	asked     *wire.Query      // latest query, not yet posted
	log       log              // of theft

	runs    map[int]*task // of the pool, and errands
	exports exports
	models  map[string][]byte // files that the visitor brought, by name
	remote  remote
}

func newEngine() *engine {
	e := &engine{runs: map[int]*task{}, models: map[string][]byte{}}
	e.loop = newLoop(e.panicked)
	e.stage = newStage(e.loop)
	e.stage.idle = func() bool { return e.preparing == nil && (e.theft == nil || !e.theft.busy) }
	e.stage.before = e.flush
	return e
}

// listen takes the page's messages from now on.
func (e *engine) listen() {
	onMessage := e.loop.callback(func(args []js.Value) { e.receive(value{args[0].Get("data")}) })
	js.Global().Call("addEventListener", "message", onMessage)
	e.post(wire.Ready{Protocol: wire.Protocol, Version: version})
}

func (e *engine) post(reply wire.Reply) {
	js.Global().Call("postMessage", toJS(reply.Fields()))
}

func (e *engine) panicked(problem any) {
	e.post(wire.Failure{Code: "panic", Message: fmt.Sprint(problem)})
}

// receive does what a message asks, and never blocks.
func (e *engine) receive(message wire.Value) {
	request, id, err := wire.Decode(message)
	if err != nil {
		e.post(wire.Failure{ID: id, Code: "message", Message: err.Error()})
		return
	}
	switch r := request.(type) {
	case wire.Init:
		e.stage.open(r)
	case wire.Resize:
		e.stage.resize(r.Sizes)
	case wire.Retheme:
		e.stage.setTheme(r.Theme)
	case wire.Review:
		e.stage.setView(r.View)
	case wire.Sketch:
		e.stage.setPoints(r.Points)
	case wire.Cursor:
		e.stage.point(r.X, r.Y, r.On)
	case wire.Curve:
		e.stage.setCurve(r.Name, r.Queries, r.Agreement)
	case wire.Prepare:
		e.prepare(r)
	case wire.Play:
		e.play((*play.Player).Play)
	case wire.Step:
		e.play((*play.Player).Step)
	case wire.Pause:
		e.pause()
	case wire.Reset:
		e.reset()
		e.tell()
	case wire.Hurry:
		e.player.SetSpeed(r.Speed)
		if r.Slow {
			e.player.SetSlow()
		}
		e.theft.nudged()
	case wire.Probe:
		e.probe(r)
	case wire.CSV:
		e.table(r)
	case wire.Run:
		e.run(r.ID, r.Spec)
	case wire.Write:
		e.write(r)
	case wire.Export:
		e.export(r)
	case wire.Model:
		e.model(r)
	case wire.Cancel:
		e.cancel(r.ID)
	case wire.Log:
		e.post(e.log.reply(r.ID))
	default:
		if !e.remote.answer(e, r, id) {
			further(e, r)
		}
	}
}

// further answers the requests that only the full engine knows.
var further func(e *engine, request any)

// tell posts the state, as the answer to a command.
func (e *engine) tell() {
	state := string(e.player.State())
	if e.preparing != nil {
		state = "training"
	}
	e.post(wire.State{State: state})
}

// fail posts an error with what is known of its cause.
func (e *engine) fail(id *int, code string, err error) {
	out := wire.Failure{ID: id, Code: code, Message: err.Error(), Reason: e.remote.reason(err)}
	var param *experiment.ParamError
	var lacks *experiment.LeanError
	if errors.As(err, &param) {
		out.Code, out.Key = "spec", param.Key
	} else if errors.As(err, &lacks) {
		out.Code, out.Key = "full", lacks.Key
	}
	e.post(out)
}

// cancel stops a preparation or a run of the pool.
func (e *engine) cancel(id int) {
	if task := e.runs[id]; task != nil {
		task.stop()
	}
	if p := e.preparing; p != nil && p.id == id {
		p.stop()
		e.preparing = nil
		e.tell()
	}
}
