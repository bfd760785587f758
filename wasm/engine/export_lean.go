//go:build js && wasm && lean

package main

import (
	"errors"

	"modelheist/core/experiment"
	"modelheist/wasm/engine/wire"
)

// exports are the full engine's.
type exports struct{}

func (exports) begin(*experiment.Experiment) {}
func (exports) note(experiment.Event)        {}

func (e *engine) export(r wire.Export) {
	e.fail(&r.ID, "spec", errors.New("this small engine writes no files; the full one does"))
}

func (e *engine) model(r wire.Model) {
	e.fail(&r.ID, "full", errors.New("this small engine reads no models; the full one does"))
}

func (e *engine) write(r wire.Write) {
	e.fail(&r.ID, "full", errors.New("this small engine writes no models; the full one does"))
}
