package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestBoxesAnswerInOrderAndElseByTheNearest(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	m, err := NewBoxes(3, []float64{10, 1, 2}, []Box{
		{[]Bound{{Feature: 0, Low: 2, High: 4}}, 0, []float64{1, 0, 0}},
		{[]Bound{{Feature: 0, Low: 3, High: inf}, {Feature: 1, Low: -inf, High: 0.5}}, 1, []float64{0, 1, 0}},
		{[]Bound{{Feature: 2, Set: []bool{false, true}}, {Feature: 0, Low: 0, High: 1}}, 2, []float64{0, 0, 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x     []float64
		label int
	}{
		{[]float64{3.5, 0, 0}, 0}, {[]float64{4, 0, 0}, 0}, {[]float64{4.1, 0.5, 0}, 1}, {[]float64{0.5, 9, 1}, 2},
		{[]float64{2, 0, 0}, 0},   // nearest: on the open side of the first
		{[]float64{9, 0.6, 0}, 1}, // 0.1 widths of feature 1 against 0.5 of feature 0
		{[]float64{5, 0.9, 0}, 0}, // 0.4 widths of feature 1 against 0.1 of feature 0
		{[]float64{1.1, 9, 1}, 2}, {[]float64{1.1, 9, 7}, 0},
	} {
		if got := labels(m, c.x)[0]; got != c.label {
			t.Errorf("%v: label %d, want %d", c.x, got, c.label)
		}
	}
}

func TestABoxKeepsItsLabelWhenRoundingHidTheLead(t *testing.T) {
	t.Parallel()
	m, err := NewBoxes(3, []float64{1}, []Box{{nil, 2, []float64{0.4, 0.2, 0.4}}})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, 3)
	m.(*Boxes).ProbabilitiesTo(p, []float64{0})
	if labels(m, []float64{0})[0] != 2 || p[2] != 0.4 || !(p[0] < 0.4) || math.Abs(p[0]-0.4) > 1e-6 {
		t.Errorf("label %v, probabilities %v", labels(m, []float64{0}), p)
	}
}

func TestBoxesOfARegressionHaveValues(t *testing.T) {
	t.Parallel()
	m, err := NewBoxes(1, []float64{1}, []Box{{[]Bound{{Low: 0, High: 1}}, 0, []float64{7}}, {nil, 0, []float64{-2}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, is := m.(Probabilistic); is {
		t.Error("a regression has probabilities")
	}
	z := make([]float64, 2)
	if m.ScoresTo(z, []float64{0.5, 0}); !slices.Equal(z, []float64{7, -2}) {
		t.Errorf("values %v", z)
	}
	if _, err := NewBoxes(2, []float64{1}, []Box{{nil, 0, []float64{1}}}); err == nil {
		t.Error("one value for two classes is taken")
	}
	if _, err := NewBoxes(2, []float64{1}, nil); err == nil {
		t.Error("no boxes are taken")
	}
}

func TestBoxRasterEqualsPointByPoint(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 3))
	xs, ys := make([]float64, 40), make([]float64, 33)
	for i := range xs {
		xs[i] = -1 + 0.05*float64(i)
	}
	for j := range ys {
		ys[j] = -0.8 + 0.05*float64(j)
	}
	for n := 1; n < 12; n++ {
		var list []Box
		for range n { // they overlap and leave gaps
			b := Box{Label: r.IntN(3), Values: []float64{0.2, 0.2, 0.2}}
			b.Values[b.Label] = 0.6 + 0.01*float64(len(list))
			for f := range 2 {
				low := xs[r.IntN(40)]
				b.Bounds = append(b.Bounds, Bound{Feature: f, Low: low, High: low + r.Float64()})
			}
			if r.IntN(4) == 0 {
				b.Bounds[0].Low = math.Inf(-1)
			}
			list = append(list, b)
		}
		m, err := NewBoxes(3, []float64{2, 2}, list)
		if err != nil {
			t.Fatal(err)
		}
		compareRaster(t, m.(*Boxes), xs, ys)
	}
	xs[3] = 0.7 // no longer ascending
	m, err := NewBoxes(3, []float64{2, 2}, []Box{{[]Bound{{Feature: 1, Low: 0, High: 0.3}}, 0, []float64{1, 0, 0}}, {[]Bound{{Feature: 0, Set: []bool{true}}}, 1, []float64{0, 1, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	compareRaster(t, m.(*Boxes), xs, ys)
}
