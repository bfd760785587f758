package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// klrOf has random representers and weights.
func klrOf(t *testing.T, d, c, s int, gamma float64, seed uint64) *KLR {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	w := make([]float64, s*d+c*(s+1))
	for i := range w {
		w[i] = r.NormFloat64()
	}
	m, err := NewKLR(d, c, gamma, w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestKLRScoresAreTheDefinition(t *testing.T) {
	t.Parallel()
	m := klrOf(t, 3, 2, 4, 0.6, 1)
	x := []float64{0.2, -1, 0.5}
	p, w := m.Representers(), m.Weights()
	got := make([]float64, 2)
	m.ScoresTo(got, x)
	for i := range got {
		z := w[i*5+4]
		for r := range 4 {
			sum := 0.0
			for f, v := range x {
				sum += (v - p[r*3+f]) * (v - p[r*3+f])
			}
			z += w[i*5+r] * math.Exp(-0.6*sum)
		}
		if math.Abs(z-got[i]) > 1e-13 {
			t.Errorf("score %d is %v, by the definition %v", i, got[i], z)
		}
	}
	if len(m.Params()) != (Recipe{Family: "klr", Representers: 4}).Unknowns(3, 2) {
		t.Errorf("%d parameters", len(m.Params()))
	}
	if k := (Recipe{Family: "klr", Representers: 20}).Unknowns(64, 10); k != 1490 {
		t.Errorf("%d unknowns on Digits with 20 representers, the paper has 1,490", k)
	}
}

func TestKLRGridScoresAreThoseOfItsPoints(t *testing.T) {
	t.Parallel()
	m := klrOf(t, 2, 3, 7, 1.5, 2)
	xs, ys := []float64{-1, -0.3, 0.4, 1}, []float64{-2, 0.1, 0.7}
	var x []float64
	for _, b := range ys {
		for _, a := range xs {
			x = append(x, a, b)
		}
	}
	grid, points := make([]float64, 36), make([]float64, 36)
	m.GridScoresTo(grid, xs, ys)
	m.ScoresTo(points, x)
	for i := range grid {
		if math.Abs(grid[i]-points[i]) > 1e-13 {
			t.Fatalf("score %d on the grid is %v, of the point %v", i, grid[i], points[i])
		}
	}
}

func TestKLRGradientIsThatOfDifferences(t *testing.T) {
	t.Parallel()
	for _, d := range []int{2, 11} { // small and large d have distances of their own
		m := klrOf(t, d, 3, 4, 0.3/float64(d), 5)
		r := rand.New(rand.NewPCG(8, 8))
		data := Data{X: make([]float64, 150*d), Dim: d, Classes: 3, Labels: make([]int, 150)}
		for i := range data.X {
			data.X[i] = r.NormFloat64()
		}
		for i := range data.Labels {
			data.Labels[i] = r.IntN(3)
		}
		l := newKLRLoss(m, pack(data.X, data.targets(), d, 3), 150)
		l.ridge = 0.01
		w := m.Params()
		g, scrap := make([]float64, len(w)), make([]float64, len(w))
		l.value(g, w)
		for i := range w {
			const h = 1e-5
			up, down := slices.Clone(w), slices.Clone(w)
			up[i] += h
			down[i] -= h
			want := (l.value(scrap, up) - l.value(scrap, down)) / (2 * h)
			if math.Abs(g[i]-want) > 1e-8 {
				t.Errorf("d = %d: gradient %d is %v, by differences %v", d, i, g[i], want)
			}
		}
	}
}

func TestKLRVictimsHoldTheirFirstTrainingPoints(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 4))
	data := Data{X: make([]float64, 200), Dim: 2, Classes: 2, Labels: make([]int, 100)}
	for i := range data.Labels {
		x, y := 2*r.Float64()-1, 2*r.Float64()-1
		data.X[2*i], data.X[2*i+1] = x, y
		if x*x+y*y < 0.5 {
			data.Labels[i] = 1
		}
	}
	recipe := Recipe{Family: "klr", Representers: 12, Gamma: 3, C: 10}
	m, err := recipe.Train(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	k := m.(*KLR)
	if !slices.Equal(k.Representers(), data.X[:24]) {
		t.Error("the representers are not the first points")
	}
	z, labels := make([]float64, 200), make([]int, 100)
	m.ScoresTo(z, data.X)
	LabelsTo(labels, z, 2)
	right := 0
	for i, y := range labels {
		if y == data.Labels[i] {
			right++
		}
	}
	if right < 90 {
		t.Errorf("%d of 100 training points right", right)
	}
	// At the optimum the whole penalised loss has no slope along the weights.
	l := newKLRLoss(k, pack(data.X, data.targets(), 2, 2), 100)
	l.ridge = 1 / (recipe.C * 100)
	g := make([]float64, len(k.w))
	l.value(g, k.w)
	for i, v := range g[24:] {
		if math.Abs(v) > 1e-7 {
			t.Errorf("slope %g along weight %d", v, i)
		}
	}
	recipe.Representers = 101
	if _, err := recipe.Train(data, Options{}); err == nil {
		t.Error("101 representers of 100 points were taken")
	}
}

func TestKLRLearnsItsRepresentersFromProbabilities(t *testing.T) {
	t.Parallel()
	victim, err := NewKLR(2, 2, 2, []float64{-0.5, 0.2, 0.6, -0.1, 0, 0, 0, 3, -2, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 6))
	data := Data{X: make([]float64, 400), Dim: 2, Classes: 2, Probabilities: make([]float64, 400)}
	for i := range data.X {
		data.X[i] = 2*r.Float64() - 1
	}
	victim.ProbabilitiesTo(data.Probabilities, data.X)
	var fits [2]*KLR
	for i := range fits {
		m, err := Recipe{Family: "klr", Representers: 2, Gamma: 2, C: math.Inf(1)}.Train(data, Options{Rand: rand.New(rand.NewPCG(1, 1))})
		if err != nil {
			t.Fatal(err)
		}
		fits[i] = m.(*KLR)
	}
	if !slices.Equal(fits[0].w, fits[1].w) {
		t.Error("the same source gives another model")
	}
	p := make([]float64, 400)
	fits[0].ProbabilitiesTo(p, data.X)
	for i, v := range data.Probabilities {
		if math.Abs(v-p[i]) > 1e-3 {
			t.Fatalf("probability %d is %v, the victim's %v; representers %v", i, p[i], v, fits[0].Representers())
		}
	}
}

func TestNewKLRRefusesWhatIsNoModel(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() (*KLR, error){
		"a length that fits no s": func() (*KLR, error) { return NewKLR(2, 2, 1, []float64{1, 2, 3, 4, 5}) },
		"no representer":          func() (*KLR, error) { return NewKLR(2, 2, 1, []float64{1, 2}) },
		"a gamma of 0":            func() (*KLR, error) { return NewKLR(2, 2, 0, []float64{1, 2, 3, 4, 5, 6}) },
		"one class":               func() (*KLR, error) { return NewKLR(2, 1, 1, []float64{1, 2, 3, 4}) },
		"a NaN":                   func() (*KLR, error) { return NewKLR(2, 2, 1, []float64{1, 2, 3, math.NaN(), 5, 6}) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
