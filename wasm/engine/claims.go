//go:build js && wasm

package main

import (
	"fmt"
	"math"
	"syscall/js"
	"time"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/core/model"
	"modelheist/wasm/engine/wire"
)

// claims are what the thief says of the victim itself, beside its answers. Leaves
// are drawn on a layer once each; the rest is little and drawn in every frame.
type claims struct {
	leaves   []leaf
	edges    []attack.Edge
	points   []joined
	suspects []attack.Suspect
	leak     *wire.Leak
	said     said

	untold  bool          // to the page
	stamped int           // leaves on the layer
	latest  time.Duration // when the last leaf came
}

// leaf is a rectangle of inputs with one answer.
type leaf struct {
	x, y  [2]float64 // low, high
	class int        // as drawn
	share float64    // of the class
}

// joined is a point of the copy with the training point that it was matched to,
// NaN without one.
type joined struct{ x, y, trueX, trueY float64 }

// said is what was found of a victim whose inputs are no points of the plane, in
// words.
type said struct{ leaves, edges, points words }

// words are the first claims of a kind, and how many there are.
type words struct {
	first []string
	n     int
}

// mostSaid claims of a kind are sent to the page in words.
const mostSaid = 200

func (w *words) add(text string) {
	if w.n++; w.n <= mostSaid {
		w.first = append(w.first, text)
	}
}

// glow is how long a new leaf stands out.
const glow = 450 * time.Millisecond

// claimed shows a claim about the victim of an experiment.
func (s *stage) claimed(c *attack.Claim, named classes, exp *experiment.Experiment) {
	k := &s.claims
	switch {
	case c.Suspects != nil:
		k.suspects = c.Suspects
	case c.Edge != nil && s.plane:
		k.edges = append(k.edges, *c.Edge)
	case c.Edge != nil:
		k.said.edges.add(exp.Words(c))
	case c.Leaf != nil && s.plane:
		k.leaves, k.latest = append(k.leaves, leafOf(c.Leaf, s.box, named)), now()
	case c.Leaf != nil:
		k.said.leaves.add(exp.Words(c))
	case k.leak != nil: // the points are there
		return
	case c.Point != nil && s.plane:
		k.points = append(k.points, joined{c.Point[0], c.Point[1], math.NaN(), math.NaN()})
	case c.Point != nil:
		k.said.points.add(exp.Words(c))
	default:
		return
	}
	s.reclaim()
}

// leaked shows the points of a copy beside the training points.
func (s *stage) leaked(l *experiment.Leak, exp *experiment.Experiment) {
	k := &s.claims
	k.leak = &wire.Leak{Mean: l.Mean, Random: l.Random}
	k.points, k.said.points = nil, words{}
	d := exp.Set.D()
	for i := 0; i < len(l.Found); i += d {
		found, truth := l.Found[i:i+d], l.Truth[i:i+d]
		if s.plane {
			k.points = append(k.points, joined{found[0], found[1], truth[0], truth[1]})
			continue
		}
		far := 0.0
		for f, v := range found {
			far += (v - truth[f]) * (v - truth[f])
		}
		text := exp.PointWords(found)
		if far == far {
			text += fmt.Sprintf("; %.3g from its match", math.Sqrt(far))
		}
		k.said.points.add(text)
	}
	s.reclaim()
}

func (s *stage) reclaim() {
	s.claims.untold = true
	s.touch(top, wire.Copy, wire.Victim)
	s.frames.ask(false)
}

// leafOf is the rectangle as far as it lies in the box that the plots show.
func leafOf(b *model.Box, shown box, named classes) leaf {
	out := leaf{
		x: [2]float64{shown.left, shown.right}, y: [2]float64{shown.bottom, shown.top},
		class: named.of(b.Label), share: b.Values[b.Label],
	}
	for _, bound := range b.Bounds {
		side := &out.x
		if bound.Set != nil {
			continue // a category's
		}
		if bound.Feature == 1 {
			side = &out.y
		}
		side[0], side[1] = max(side[0], bound.Low), min(side[1], bound.High)
	}
	return out
}

// reply is all claims, for the page.
func (k *claims) reply() wire.Claims {
	out := wire.Claims{
		Leak: k.leak, SaidLeaves: k.said.leaves.first, SaidEdges: k.said.edges.first, SaidPoints: k.said.points.first,
		Count: wire.Count{Leaves: len(k.leaves) + k.said.leaves.n, Edges: len(k.edges) + k.said.edges.n, Points: len(k.points) + k.said.points.n},
	}
	for _, q := range k.leaves {
		out.Leaves = append(out.Leaves, q.x[0], q.x[1], q.y[0], q.y[1], float64(q.class), q.share)
	}
	for _, e := range k.edges {
		out.Edges = append(out.Edges, float64(e.Feature), e.At)
	}
	for _, p := range k.points {
		out.Points = append(out.Points, p.x, p.y, p.trueX, p.trueY)
	}
	for _, s := range k.suspects {
		out.Suspects = append(out.Suspects, wire.Suspect{Name: s.Name, Error: s.Error, Out: s.Out})
	}
	return out
}

// glowing tells whether the latest leaf still stands out.
func (k *claims) glowing(now time.Duration, calm bool) bool {
	return !calm && len(k.leaves) > 0 && now-k.latest < glow
}

// drawClaims draws them on the copy; afresh means that the layer of leaves is out
// of date.
func (s *stage) drawClaims(on *sheet, l *layers, afresh bool) {
	k := &s.claims
	if len(k.leaves) > 0 {
		if l.leaves == nil {
			l.leaves = newSheet(js.Undefined())
		}
		if l.leaves.resize(on.width, on.height, on.scale) || afresh {
			l.leaves.clear()
			k.stamped = 0
		}
		for ; k.stamped < len(k.leaves); k.stamped++ {
			s.drawLeaf(l.leaves, k.leaves[k.stamped])
		}
		on.lay(l.leaves)
	}
	if now := now(); k.glowing(now, s.view.Calm) {
		q := k.leaves[len(k.leaves)-1]
		s.outline(on, q)
		on.fill(s.theme.class(q.class).CSS(0.5 * (1 - ease(float64(now-k.latest)/float64(glow)))))
	}
	s.drawEdges(on)
	s.drawJoined(on)
}

func (s *stage) drawLeaf(on *sheet, q leaf) {
	s.outline(on, q)
	on.fill(s.theme.class(q.class).CSS(0.1))
	on.line(s.theme.ink.CSS(0.55), 1)
}

// outline makes the path of a leaf, on whole pixels.
func (s *stage) outline(on *sheet, q leaf) {
	left, top := s.at(on, q.x[0], q.y[1])
	right, bottom := s.at(on, q.x[1], q.y[0])
	left, top, right, bottom = math.Round(left)+0.5, math.Round(top)+0.5, math.Round(right)+0.5, math.Round(bottom)+0.5
	on.BeginPath()
	on.Rect(left, top, right-left, bottom-top)
}

// drawEdges draws a line across the plane for each edge between bins.
func (s *stage) drawEdges(on *sheet) {
	if len(s.claims.edges) == 0 {
		return
	}
	on.BeginPath()
	for _, e := range s.claims.edges {
		x, y := s.at(on, e.At, e.At)
		switch e.Feature {
		case 0:
			on.MoveTo(math.Round(x)+0.5, 0)
			on.LineTo(math.Round(x)+0.5, on.height)
		case 1:
			on.MoveTo(0, math.Round(y)+0.5)
			on.LineTo(on.width, math.Round(y)+0.5)
		}
	}
	on.line(s.theme.ink.CSS(0.6), 1, 1, 3)
	on.dash()
}

// drawJoined draws the points that the copy takes for training points as crosses,
// each with a line to a circle around the one that it was matched to.
func (s *stage) drawJoined(on *sheet) {
	points := s.claims.points
	if len(points) == 0 {
		return
	}
	r := max(3.5, on.width/85)
	on.BeginPath()
	for _, p := range points {
		x, y := s.at(on, p.x, p.y)
		on.MoveTo(x-r, y-r)
		on.LineTo(x+r, y+r)
		on.MoveTo(x+r, y-r)
		on.LineTo(x-r, y+r)
		if math.IsNaN(p.trueX) {
			continue
		}
		tx, ty := s.at(on, p.trueX, p.trueY)
		on.MoveTo(x, y)
		on.LineTo(tx, ty)
		on.MoveTo(tx+1.8*r, ty)
		on.Arc(tx, ty, 1.8*r, 0, 2*math.Pi, false)
	}
	on.line(s.theme.card.CSS(0.85), 4)
	on.line(s.theme.ink.CSS(1), 1.6)
}
