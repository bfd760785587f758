//go:build js && wasm

package main

import (
	"math"

	"modelheist/core/paint"
)

const (
	serif = `"Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif`
	sans  = `system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`
)

// drawField lays a model's field down, light of 1 being its full strength.
func (s *stage) drawField(l *layers, p *picture, light float64) {
	on := l.base
	on.SetFillStyle(s.theme.card.CSS(1))
	on.FillRect(0, 0, on.width, on.height)
	if p.shown == nil {
		return
	}
	f := p.field()
	r := l.raster(f.W)
	s.ramp.PixelsTo(r.pixels, f.Scores, f.Classes, p.gain)
	r.flush()
	on.SetGlobalAlpha(light)
	r.layOn(on)
	on.SetGlobalAlpha(1)
}

// drawLines draws boundaries in ink with a halo; strength fades both.
func (s *stage) drawLines(on *sheet, p *picture, strength float64, dashed bool) {
	if p.shown == nil {
		return
	}
	on.trace(p.traced(on))
	on.SetGlobalAlpha(strength)
	width := min(2.2, max(1.5, on.width/170))
	on.line(s.theme.card.CSS(0.8), width+2.4)
	if dashed {
		on.line(s.theme.ink.CSS(1), width, 3*width, 2.8*width)
	} else {
		on.line(s.theme.ink.CSS(1), width)
	}
	on.SetGlobalAlpha(1)
}

// locked is the light of a victim that nobody has asked yet.
const locked = 0.5

func (s *stage) drawVictim(l *layers) {
	light := 1.0
	if t := (now() - s.opened); !s.begun {
		light = locked
	} else if t < opening && !s.view.Calm {
		light = locked + (1-locked)*ease(float64(t)/float64(opening))
	}
	s.drawField(l, &s.victim, light)
	s.drawLines(l.base, &s.victim, 1, false)
	if s.away {
		s.say(l.base, "Behind a network", "Nobody here can see this victim.")
		return
	}
	if !s.plane {
		s.say(l.base, s.notPlane, "The chart and the numbers tell how the theft goes.")
		return
	}
	if s.view.Points {
		s.drawPoints(l.base, s.points)
	}
}

func (s *stage) drawPoints(on *sheet, points []float64) {
	r := markSize(on, len(points)/3)
	for i := 0; i < len(points); i += 3 {
		x, y := at(on, points[i], points[i+1])
		s.mark(on, dataMark, int(points[i+2]), x, y, r, 1, 1)
	}
	on.SetGlobalAlpha(1)
}

func (s *stage) drawCopy(l *layers) {
	s.drawField(l, &s.copied, 1)
	if !s.plane {
		s.say(l.base, s.notPlane, "")
		return
	}
	if s.copied.shown == nil {
		s.drawGrid(l.base)
		if !s.begun {
			s.say(l.base, "Nothing stolen yet", "The thief's copy will grow here, query by query.")
		}
		return
	}
	if s.view.Truth {
		s.drawLines(l.base, &s.victim, 0.38, false)
	}
	s.drawLines(l.base, &s.copied, 1, true)
}

// drawGrid gives an empty plane a ground: dots at its quarters.
func (s *stage) drawGrid(on *sheet) {
	on.SetFillStyle(s.theme.soft.CSS(0.28))
	for i := 1; i < 8; i++ {
		for j := 1; j < 8; j++ {
			on.BeginPath()
			on.Arc(on.width*float64(i)/8, on.height*float64(j)/8, 1, 0, 2*math.Pi, false)
			on.Fill()
		}
	}
}

// say writes a headline and a line below it on an empty plot.
func (s *stage) say(on *sheet, headline, below string) {
	size := math.Round(min(20, max(13, on.width/20)))
	y := on.height / 2
	if below != "" {
		y -= size * 0.6
	}
	font := "italic " + paint.Count(size) + "px " + serif
	for on.textWidth(headline, font) > on.width-16 && size > 9 {
		size--
		font = "italic " + paint.Count(size) + "px " + serif
	}
	on.text(headline, on.width/2, y, font, "center", s.theme.soft.CSS(1))
	if below == "" {
		return
	}
	small := paint.Count(max(11, math.Round(size*0.68))) + "px " + sans
	if on.textWidth(below, small) < on.width-16 {
		on.text(below, on.width/2, y+size*1.35, small, "center", s.theme.soft.CSS(1))
	}
}

// drawDisagreement shows where the labels differ, or by how much the
// probabilities do.
func (s *stage) drawDisagreement(l *layers) {
	on := l.base
	on.SetFillStyle(s.theme.card.CSS(1))
	on.FillRect(0, 0, on.width, on.height)
	if s.away {
		s.say(on, "Nothing to hold the copy against", "The victim is behind a network.")
		return
	}
	if !s.plane || s.victim.shown == nil {
		return
	}
	if s.copied.shown == nil {
		s.drawGrid(on)
		s.drawLines(on, &s.victim, 0.5, false)
		return
	}
	s.drawDifference(l)
	s.drawLines(on, &s.victim, 1, false)
	s.drawLines(on, &s.copied, 1, true)
}

func (s *stage) drawCursor(on *sheet) {
	if !s.cursor.on || !s.plane {
		return
	}
	x, y := at(on, s.cursor.x, s.cursor.y)
	const gap, arm = 7, 9999
	for _, pen := range []struct {
		colour string
		width  float64
	}{{s.theme.card.CSS(0.5), 2.5}, {s.theme.ink.CSS(0.55), 1}} {
		on.BeginPath()
		for _, d := range [][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			on.MoveTo(x+d[0]*gap, y+d[1]*gap)
			on.LineTo(x+d[0]*arm, y+d[1]*arm)
		}
		on.line(pen.colour, pen.width)
	}
	on.BeginPath()
	on.Arc(x, y, 2, 0, 2*math.Pi, false)
	on.fill(s.theme.ink.CSS(1))
}

// ease is a smooth way from 0 to 1.
func ease(t float64) float64 {
	t = min(1, max(0, t))
	return t * t * (3 - 2*t)
}
