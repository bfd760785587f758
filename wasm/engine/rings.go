//go:build js && wasm

package main

import (
	"math"
	"time"
)

// rings are the queries on the plane. The latest are drawn anew in every frame;
// those that have faded are stamped on a layer once.
type rings struct {
	all     []ring
	stamped int // of all, on the layer
	live    int // first that is not faded
}

// never is a time at which nothing moves.
const never = time.Duration(-1)

type ring struct {
	x, y  float32
	label uint8
	shown time.Duration
}

const (
	strong  = 8                      // latest rings that do not fade
	fade    = 900 * time.Millisecond // from strong to faint
	faint   = 0.3                    // opacity of the older ones
	pop     = 220 * time.Millisecond // a new ring's way to its size
	pinging = 650 * time.Millisecond // a query's trace on the victim's plot
	most    = 150                    // rings drawn anew in a frame
	last    = 20                     // with rings: last
	restamp = 6000                   // rings that a new layer takes over
)

func (r *rings) add(x, y float64, label int) {
	r.all = append(r.all, ring{float32(x), float32(y), uint8(label), now()})
}

// left is since when the ring is no longer among the strong ones.
func (r *rings) left(i int, now time.Duration) time.Duration {
	if i+strong >= len(r.all) {
		return 0
	}
	return now - r.all[i+strong].shown
}

// settle moves the border of those that have faded.
func (r *rings) settle(now time.Duration, calm bool) {
	r.live = max(r.live, len(r.all)-most)
	for r.live < len(r.all) {
		left := r.left(r.live, now)
		if left == 0 && r.live+strong >= len(r.all) || !calm && left < fade {
			return
		}
		r.live++
	}
}

// fading tells whether the rings look different a moment later.
func (r *rings) fading(now time.Duration, calm bool) bool {
	if len(r.all) == 0 || calm {
		return false
	}
	r.settle(now, calm)
	return len(r.all)-r.live > strong || now-r.all[len(r.all)-1].shown < pinging
}

// size is the radius of a ring among n on a plot: smaller when there are many.
func (r *rings) size(on *sheet) float64 {
	size := max(3.6, on.width/66)
	switch n := len(r.all); {
	case n > 3000:
		return size * 0.38
	case n > 800:
		return size * 0.55
	case n > 250:
		return size * 0.75
	}
	return size
}

// drawRings draws all queries; afresh means that the layer of older ones is
// out of date.
func (s *stage) drawRings(on, layer *sheet, afresh bool) {
	r := &s.rings
	now := now()
	if s.view.Rings == "none" {
		return
	}
	if s.view.Rings == "last" {
		for i := max(0, len(r.all)-last); i < len(r.all); i++ {
			s.drawRing(on, r.all[i], r.size(on), 1, now)
		}
		return
	}
	r.settle(now, s.view.Calm)
	size := r.size(on)
	if afresh || size != s.ringSize {
		layer.clear()
		r.stamped, s.ringSize = max(0, r.live-restamp), size
	}
	for ; r.stamped < r.live; r.stamped++ {
		s.drawRing(layer, r.all[r.stamped], size, faint, never)
	}
	on.lay(layer)
	for i := r.live; i < len(r.all); i++ {
		t := float64(r.left(i, now)) / float64(fade)
		s.drawRing(on, r.all[i], size, 1-(1-faint)*ease(t), now)
	}
}

func (s *stage) drawRing(on *sheet, q ring, size, strength float64, now time.Duration) {
	x, y := at(on, float64(q.x), float64(q.y))
	enlarged := 1.0
	if age := now - q.shown; now != never && !s.view.Calm && age < pop {
		enlarged += 0.9 * (1 - ease(float64(age)/float64(pop)))
	}
	s.mark(on, haloMark, int(q.label), x, y, size, enlarged, strength*strength)
	s.mark(on, ringMark, int(q.label), x, y, size, enlarged, strength)
	on.SetGlobalAlpha(1)
}

// drawPings shows on the victim where it was just asked: a ring that widens and
// is gone.
func (s *stage) drawPings(on *sheet) {
	if s.view.Calm || s.view.Rings == "none" {
		return
	}
	now := now()
	for i := len(s.rings.all) - 1; i >= max(0, len(s.rings.all)-30); i-- {
		q := s.rings.all[i]
		t := float64(now-q.shown) / float64(pinging)
		if t >= 1 {
			return
		}
		x, y := at(on, float64(q.x), float64(q.y))
		on.BeginPath()
		on.Arc(x, y, 3+on.width/22*math.Sqrt(t), 0, 2*math.Pi, false)
		on.line(s.theme.ink.CSS(0.6*(1-t)), 1.5)
	}
}
