//go:build js && wasm

package main

import (
	"time"

	"modelheist/core/model"
	"modelheist/core/paint"
	"modelheist/core/surface"
)

// sides are those of the rasters on which a model is drawn: coarse at once,
// fine when there is time.
var sides = [...]int{64, 256}

// picture is a model over the plane.
type picture struct {
	box   box              // of the plane that is drawn
	model model.Classifier // being drawn
	next  model.Classifier // takes its place as soon as the coarse field is there
	level int              // being drawn
	pass  *surface.Pass    // that draws it; nil before it has begun
	back  [len(sides)]*surface.Field

	shown  model.Classifier // whom the rest belongs to; nil for an empty plane
	done   int              // levels of it that are there
	fields [len(sides)]*surface.Field
	lines  []surface.Line // of the finest
	gain   float64        // of its colours
}

// field is the finest there is; a picture that shows a model has one.
func (p *picture) field() *surface.Field { return p.fields[p.done-1] }

// set draws another model; nil clears the picture.
func (p *picture) set(m model.Classifier) {
	switch {
	case m == nil:
		p.model, p.next, p.pass, p.shown, p.lines, p.done = nil, nil, nil, nil, nil, 0
	case m == p.shown && p.next == nil && p.model == m:
	case p.model != nil && p.level == 0:
		p.next = m // or a quick succession of models would never show
	default:
		p.begin(m)
	}
}

func (p *picture) begin(m model.Classifier) {
	p.model, p.next, p.level, p.pass = m, nil, 0, nil
}

// unfinished tells whether there is work to do; the fine level counts only if
// asked for.
func (p *picture) unfinished(fine bool) bool {
	return p.model != nil && (p.level == 0 || fine && p.level < len(sides))
}

// advance works until the deadline and tells whether the picture changed.
func (p *picture) advance(deadline time.Duration, fine bool) (changed bool) {
	for p.unfinished(fine) {
		if p.pass == nil {
			f := p.back[p.level]
			if f == nil {
				f = new(surface.Field)
				p.back[p.level] = f
			}
			side := sides[p.level]
			f.Make(p.box.raster(side), p.model.Classes())
			p.pass = f.FullPass(p.model)
		}
		if !p.pass.Next() {
			p.finish()
			changed = true
		}
		if now() > deadline {
			break
		}
	}
	return changed
}

// finish shows the level that is complete.
func (p *picture) finish() {
	p.fields[p.level], p.back[p.level] = p.back[p.level], p.fields[p.level]
	p.level++
	p.pass, p.shown, p.done = nil, p.model, p.level
	p.lines = p.field().Lines()
	if _, logits := p.shown.(model.Probabilistic); logits {
		p.gain = 1
	} else if p.level == 1 { // the same for the fine field, or it would flash
		p.gain = paint.Gain(p.field().Scores, p.shown.Classes())
	}
	if p.next != nil {
		p.begin(p.next)
	}
}

// traced are the lines of the picture on a plot.
func (p *picture) traced(on *sheet) [][]paint.Point {
	out := make([][]paint.Point, len(p.lines))
	for i, line := range p.lines {
		points := make([]paint.Point, 0, len(line.X)+1)
		for k := range line.X {
			x, y := p.box.plane(line.X[k], line.Y[k])
			x, y = at(on, x, y)
			points = append(points, paint.Point{X: x, Y: y})
		}
		if line.Closed {
			points = append(points, points[0])
		}
		out[i] = points
	}
	return out
}
