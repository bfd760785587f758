//go:build js && wasm

package main

import (
	"math"

	"modelheist/core/model"
	"modelheist/wasm/engine/wire"
)

// probe tells what both models say at a point.
func (e *engine) probe(r wire.Probe) {
	out := wire.Probed{ID: r.ID, X: r.X, Y: r.Y}
	if e.exp != nil && e.stage.plane {
		out.X, out.Y = e.stage.box.input(r.X, r.Y)
		if e.exp.Victim != nil {
			out.Victim = e.said(e.exp.Victim, out.X, out.Y)
		}
		if e.copy != nil {
			out.Copy = e.said(e.copy, out.X, out.Y)
		}
	}
	e.post(out)
}

func (e *engine) said(m model.Classifier, x, y float64) *wire.Said {
	scores := make([]float64, m.Classes())
	m.ScoresTo(scores, []float64{x, y})
	label := make([]int, 1)
	model.LabelsTo(label, scores, len(scores))
	out := &wire.Said{Label: e.classes.of(label[0]), Probability: (math.NaN()), Margin: (math.NaN())}
	if p, ok := m.(model.Probabilistic); ok {
		p.ProbabilitiesTo(scores, []float64{x, y})
		out.Probability = (scores[label[0]])
	} else {
		out.Margin = (scores[label[0]])
	}
	return out
}
