package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
)

// checkGradient compares an analytic gradient with central differences.
func checkGradient(t *testing.T, name string, f func(grad, x []float64) float64, x []float64) {
	t.Helper()
	g, unused := make([]float64, len(x)), make([]float64, len(x))
	f(g, x)
	value := func(x []float64) float64 { return f(unused, x) }
	for i, want := range fd.Gradient(nil, value, x, &fd.Settings{Formula: fd.Central, Step: 1e-5}) {
		if math.Abs(g[i]-want) > 1e-8*(1+math.Abs(want)) {
			t.Errorf("%s: gradient %d is %.10g, by differences %.10g", name, i, g[i], want)
		}
	}
}

// sample draws n points with targets and k parameters, nothing symmetric.
func sample(seed uint64, n, d, r, k int) (x, y, w []float64) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	for range n * d {
		x = append(x, rnd.NormFloat64())
	}
	for range n {
		row, sum := make([]float64, r), 0.0
		for i := range row {
			row[i] = rnd.Float64()
			sum += row[i]
		}
		for i := range row {
			if r > 1 {
				row[i] /= sum
			}
			y = append(y, row[i])
		}
	}
	for i := range k {
		w = append(w, rnd.NormFloat64()+0.1*float64(i%3))
	}
	return x, y, w
}

func TestLinearGradientsAgreeWithFiniteDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		family  string
		d, r, n int
	}{{"logistic", 1, 1, 3}, {"logistic", 4, 1, 300}, {"softmax", 3, 4, 150}, {"ovr", 3, 5, 131}, {"ovr", 2, 2, 7}} {
		x, y, w := sample(3, c.n, c.d, c.r, c.r*(c.d+1))
		l := &linearLoss{d: c.d, rows: c.r, n: c.n, ridge: 0.3, link: links[c.family], blocks: pack(x, y, c.d, c.r)}
		checkGradient(t, c.family, l.value, w)
	}
}

func TestMLPGradientsAgreeWithFiniteDifferences(t *testing.T) {
	t.Parallel()
	for _, activation := range Activations {
		for _, sizes := range [][]int{{2, 3, 2}, {3, 5, 4, 3}, {1, 1, 2}} {
			x, y, w := sample(5, 139, sizes[0], sizes[len(sizes)-1], unknowns(sizes))
			l := &mlpLoss{net: newNet(sizes, activation, blockRows), n: 139, l2: 0.2, blocks: pack(x, y, sizes[0], sizes[len(sizes)-1])}
			checkGradient(t, activation, l.value, w)
		}
	}
}
