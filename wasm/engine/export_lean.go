//go:build js && wasm && lean

package main

import (
	"errors"

	"modelheist/wasm/engine/wire"
)

// exports are the full engine's.
type exports struct{}

func (e *engine) export(r wire.Export) {
	e.fail(&r.ID, "spec", errors.New("this small engine writes no files; the full one does"))
}
