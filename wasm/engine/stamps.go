//go:build js && wasm

package main

import (
	"math"
	"syscall/js"
)

// stamps are marks drawn once and then laid down by a single call each: a plot
// has hundreds, and a mark's path takes a dozen calls.
type stamps map[stampKey]*stamp

type stampKey struct {
	class  int
	radius float64
	style  markStyle
}

type markStyle uint8

const (
	dataMark markStyle = iota // filled, with an outline
	ringMark                  // hollow
	haloMark                  // what goes under a hollow one
)

// stamp is a mark in the middle of a square sheet.
type stamp struct {
	canvas js.Value
	side   float64 // CSS pixels
}

// mark lays down a class's mark of that radius, enlarged and with an opacity.
func (s *stage) mark(on *sheet, style markStyle, class int, x, y, radius, enlarged, strength float64) {
	key := stampKey{class % 4, radius, style}
	st := s.stamps[key]
	if st == nil {
		st = s.engrave(key)
		s.stamps[key] = st
	}
	on.SetGlobalAlpha(strength)
	side := st.side * enlarged
	on.Call("drawImage", st.canvas, x-side/2, y-side/2, side, side)
}

// engrave draws a mark at the highest resolution: it is laid down between pixels
// and enlarged, and would blur.
func (s *stage) engrave(key stampKey) *stamp {
	r := key.radius
	side := math.Ceil(2*(1.35*r+3)) + 1
	sheet := newSheet(js.Undefined())
	sheet.resize(side, side, maxScale)
	sheet.outline(key.class, side/2, side/2, r)
	width := min(2.1, max(1.1, r*0.38))
	switch key.style {
	case dataMark:
		sheet.line(s.theme.card.CSS(1), min(3, r*0.9))
		sheet.fill(s.theme.class(key.class).CSS(1))
	case ringMark:
		sheet.line(s.theme.ring(key.class).CSS(1), width)
	case haloMark:
		sheet.line(s.theme.card.CSS(0.9), width+2)
	}
	return &stamp{sheet.canvas, side}
}
