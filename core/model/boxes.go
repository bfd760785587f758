package model

import (
	"fmt"
	"math"
	"slices"
)

// Bound is a condition on one feature: Low < x ≤ High of a number, or Set[x] of
// a category.
type Bound struct {
	Feature   int
	Low, High float64 // ±Inf where the side is open
	Set       []bool  // nil for a number
}

// holds tells whether the value meets the condition.
func (b *Bound) holds(v float64) bool {
	if b.Set != nil {
		k := int(v)
		return k >= 0 && k < len(b.Set) && b.Set[k]
	}
	return b.Low < v && v <= b.High
}

// Box is a part of the input space with one answer: a leaf of a tree. Features
// without a bound are free.
type Box struct {
	Bounds []Bound
	Label  int       // 0 in a regression
	Values []float64 // c class frequencies, or the one value of a regression
}

// Contains tells whether the input meets all bounds.
func (b *Box) Contains(x []float64) bool {
	for i := range b.Bounds {
		if !b.Bounds[i].holds(x[b.Bounds[i].Feature]) {
			return false
		}
	}
	return true
}

// boxes answers by the first box that contains the input, and where none does by
// the nearest.
type boxes struct {
	d, c   int
	list   []Box
	scale  []float64 // 1 / width of each feature
	scores []float64 // n×c
}

// Boxes is a classifier made of boxes. It reads as a decision list: the first
// box that contains an input answers; where none does, the one whose bounds are
// missed by least does, each feature measured in widths of its range and a wrong
// category as one width.
type Boxes struct{ boxes }

// RegressionBoxes is the same for numbers: it has one class, whose score is the
// value.
type RegressionBoxes struct{ boxes }

var _ Probabilistic = (*Boxes)(nil)

// NewBoxes makes a model of c classes from boxes, which it keeps: a *Boxes, or a
// *RegressionBoxes for c = 1. widths are the ranges of the d features. Where a
// box's label has not the largest of its values (they may be rounded), the
// others are lowered to just below.
func NewBoxes(c int, widths []float64, list []Box) (Classifier, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("model: no boxes")
	}
	m := boxes{d: len(widths), c: c, list: list, scale: make([]float64, len(widths)), scores: make([]float64, len(list)*c)}
	for i, w := range widths {
		if m.scale[i] = 1; w > 0 {
			m.scale[i] = 1 / w
		}
	}
	for i := range list {
		b := &list[i]
		if len(b.Values) != c || b.Label < 0 || b.Label >= c {
			return nil, fmt.Errorf("model: box %d has label %d and %d values of %d classes", i, b.Label, len(b.Values), c)
		}
		if c == 1 {
			m.scores[i] = b.Values[0]
			continue
		}
		b.Values = lead(b.Values, b.Label)
		logsTo(m.scores[i*c:(i+1)*c], b.Values)
	}
	if c == 1 {
		return &RegressionBoxes{m}, nil
	}
	return &Boxes{m}, nil
}

// lead returns the values, with those of other classes lowered where the label
// isn't the class that they speak for.
func lead(values []float64, label int) []float64 {
	if top(values) == label {
		return values
	}
	out := make([]float64, len(values))
	for k, v := range values {
		if out[k] = v; k != label {
			out[k] = min(v, values[label]*(1-1e-6))
		}
	}
	return out
}

// Dim implements Classifier.
func (m *boxes) Dim() int { return m.d }

// Classes implements Classifier.
func (m *boxes) Classes() int { return m.c }

// Boxes are the boxes in their order. They belong to the model.
func (m *boxes) Boxes() []Box { return m.list }

// Scale is 1 / width of each feature, in which a miss is measured.
func (m *boxes) Scale() []float64 { return slices.Clone(m.scale) }

// ScoresTo implements Classifier.
func (m *boxes) ScoresTo(dst, x []float64) {
	for r := range len(x) / m.d {
		i := m.find(x[r*m.d : (r+1)*m.d])
		copy(dst[r*m.c:(r+1)*m.c], m.scores[i*m.c:])
	}
}

// ProbabilitiesTo implements Probabilistic.
func (m *Boxes) ProbabilitiesTo(dst, x []float64) {
	for r := range len(x) / m.d {
		copy(dst[r*m.c:(r+1)*m.c], m.list[m.find(x[r*m.d:(r+1)*m.d])].Values)
	}
}

func (m *boxes) find(x []float64) int {
	for i := range m.list {
		if m.list[i].Contains(x) {
			return i
		}
	}
	best, least := 0, math.Inf(1)
	for i := range m.list {
		if far := m.miss(&m.list[i], x, least); far < least {
			best, least = i, far
		}
	}
	return best
}

// miss is the squared distance by which x misses the box, or something larger
// than enough.
func (m *boxes) miss(b *Box, x []float64, enough float64) float64 {
	sum := 0.0
	for i := range b.Bounds {
		bound := &b.Bounds[i]
		v := x[bound.Feature]
		if bound.holds(v) {
			continue
		}
		far := 1.0
		if bound.Set == nil {
			far = max(bound.Low-v, v-bound.High, 0) * m.scale[bound.Feature]
		}
		if sum += far * far; sum > enough {
			return sum
		}
	}
	return sum
}
