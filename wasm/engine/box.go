//go:build js && wasm

package main

import (
	"fmt"

	"modelheist/core/experiment"
	"modelheist/core/surface"
	"modelheist/wasm/engine/wire"
)

// box is the rectangle of inputs that the plots show. Data of one's own fill
// [-1, 1]²; a remote oracle announces ranges of its own.
type box struct{ left, bottom, right, top float64 }

var unitBox = box{-1, -1, 1, 1}

// boxOf is the box of an experiment, or why there is no plane to draw.
func boxOf(exp *experiment.Experiment) (b box, why string) {
	d := exp.Set.Domain
	switch c := exp.Set.Classes(); {
	case len(d) != 2:
		return unitBox, fmt.Sprintf("%d features: no plane to draw", len(d))
	case exp.Victim != nil:
		return unitBox, ""
	case c < 2 || c > wire.MaxClasses:
		return unitBox, fmt.Sprintf("%d classes: too many to draw", c)
	case !(d[0].Low < d[0].High && d[1].Low < d[1].High):
		return unitBox, "one of the features has one value only: no plane to draw"
	}
	return box{d[0].Low, d[1].Low, d[0].High, d[1].High}, ""
}

// raster is the box in pixels.
func (b box) raster(side int) surface.Raster {
	return surface.Raster{Left: b.left, Bottom: b.bottom, Right: b.right, Top: b.top, W: side, H: side}
}

// plane is where an input lies on the plots, whose corners are ±1.
func (b box) plane(x, y float64) (px, py float64) {
	if b == unitBox {
		return x, y
	}
	return 2*(x-b.left)/(b.right-b.left) - 1, 2*(y-b.bottom)/(b.top-b.bottom) - 1
}

// input is the inverse of plane.
func (b box) input(px, py float64) (x, y float64) {
	if b == unitBox {
		return px, py
	}
	return b.left + (px+1)/2*(b.right-b.left), b.bottom + (py+1)/2*(b.top-b.bottom)
}
