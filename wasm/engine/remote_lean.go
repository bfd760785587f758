//go:build js && wasm && lean

package main

import (
	"modelheist/core/experiment"
	"modelheist/core/oracle"
	"modelheist/wasm/engine/wire"
)

// remote is what the lean engine has of remote oracles: nothing. The table marks
// their keys, so that the page loads the full engine for them.
type remote struct{}

func (remote) reason(error) string                                     { return "" }
func (remote) open(*task) func(experiment.Spec) (oracle.Oracle, error) { return nil }
func (remote) join(*engine, *theft)                                    {}
func (remote) tell(*engine)                                            {}
func (remote) server(*experiment.Experiment) *wire.Server              { return nil }

// answer is for all requests that only the full engine knows.
func (remote) answer(e *engine, _ any, id *int) bool {
	e.post(wire.Failure{ID: id, Code: "full", Message: "this small engine does not know the message; the full one does"})
	return true
}
