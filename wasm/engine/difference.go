//go:build js && wasm

package main

import (
	"math"
	"syscall/js"

	"modelheist/core/paint"
	"modelheist/core/surface"
)

// drawDifference shows the victim against the copy: hatched accent where the
// labels differ, or the distance between the probabilities.
func (s *stage) drawDifference(l *layers) {
	level := min(s.victim.done, s.copied.done) - 1
	a, b := s.victim.fields[level], s.copied.fields[level]
	r := l.raster(a.W)
	if s.view.Disagreement == "difference" {
		s.distance = resized(s.distance, a.W*a.H)
		surface.DistanceTo(s.distance, a, b)
		for i, d := range s.distance {
			paintPixel(r.pixels[4*i:], s.theme.differ, float64(d))
		}
		r.flush()
		r.layOn(l.base)
		return
	}
	s.differs = resized(s.differs, a.W*a.H)
	surface.DisagreementTo(s.differs, a, b)
	for i, d := range s.differs {
		paintPixel(r.pixels[4*i:], s.theme.differ, float64(d))
	}
	r.flush()
	l.rings.clear() // this plot has no rings: the sheet is free for the mask
	r.layOn(l.rings)
	l.rings.SetGlobalCompositeOperation("source-in")
	l.rings.Set("fillStyle", s.hatch(l.rings))
	l.rings.FillRect(0, 0, l.rings.width, l.rings.height)
	l.rings.SetGlobalCompositeOperation("source-over")
	l.base.lay(l.rings)
}

func paintPixel(p []byte, c paint.Colour, alpha float64) {
	p[0], p[1], p[2], p[3] = c[0], c[1], c[2], uint8(math.Round(255*alpha))
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// hatch is a pattern of 45° lines in the accent on its lighter shade.
func (s *stage) hatch(on *sheet) js.Value {
	if pattern, made := s.hatching[on.scale]; made {
		return pattern
	}
	const side = 7.0
	tile := newSheet(js.Undefined())
	tile.resize(side, side, on.scale)
	tile.SetFillStyle(paint.Mix(s.theme.card, s.theme.differ, 0.5).CSS(1))
	tile.FillRect(0, 0, side, side)
	tile.BeginPath()
	for _, d := range []float64{-side, 0, side} {
		tile.MoveTo(d-1, side+1)
		tile.LineTo(d+side+1, -1)
	}
	tile.line(s.theme.differ.CSS(1), 2)
	pattern := on.Call("createPattern", tile.canvas, "repeat")
	inverse := js.Global().Get("DOMMatrix")
	if inverse.Truthy() {
		k := side / math.Round(side*tile.scale)
		pattern.Call("setTransform", inverse.New([]any{k, 0, 0, k, 0, 0}))
	}
	s.hatching[on.scale] = pattern
	return pattern
}
