package metric

import (
	"math"
	"math/rand/v2"
	"testing"

	"modelheist/core/domain"
)

func TestLeakFindsTheMatchThatIsBestInAll(t *testing.T) {
	t.Parallel()
	box := domain.Domain{{High: 10}, {High: 10}}
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name         string
		truth, found []float64
		match        []int
		mean         float64
	}{
		{"the same points in another order", []float64{1, 2, 3, 4, 5, 6}, []float64{5, 6, 1, 2, 3, 4}, []int{2, 0, 1}, 0},
		{"the nearest is taken by another", []float64{0, 0, 3, 0}, []float64{2, 0, 3, 0}, []int{0, 1}, 1},
		{"more found than there are", []float64{0, 0}, []float64{9, 9, 0, 1}, []int{-1, 0}, 1},
		{"fewer found than there are", []float64{0, 0, 5, 5, 9, 9}, []float64{5, 8}, []int{1}, 3},
	} {
		l := Leak(c.truth, c.found, box, r)
		for i, j := range c.match {
			if l.Match[i] != j || (j < 0) != math.IsNaN(l.Distance[i]) {
				t.Errorf("%s: found %d is matched to %d, want %d", c.name, i, l.Match[i], j)
			}
		}
		if math.Abs(l.Mean-c.mean) > 1e-12 {
			t.Errorf("%s: mean %v, want %v", c.name, l.Mean, c.mean)
		}
		if !(l.Random > 0) {
			t.Errorf("%s: random points at %v", c.name, l.Random)
		}
	}
	if l := Leak([]float64{1, 1}, []float64{1, 1}, box, r); !math.IsInf(l.Score(), 1) || l.Within(0) != 1 {
		t.Errorf("a point found exactly has score %v", l.Score())
	}
}

func TestRandomPointsScoreAboutOne(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 1))
	box := make(domain.Domain, 8)
	for i := range box {
		box[i] = domain.Feature{Low: -1, High: 2}
	}
	x := make([]float64, 2*30*8)
	for i := range x {
		x[i] = -1 + 3*r.Float64()
	}
	if s := Leak(x[:240], x[240:], box, r).Score(); s < 0.9 || s > 1.1 {
		t.Errorf("score %v of random points", s)
	}
}
