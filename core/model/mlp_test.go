package model

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomMLP has weights of size s.
func randomMLP(t testing.TB, sizes []int, activation string, s float64, seed uint64) *MLP {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	w := make([]float64, unknowns(sizes))
	for i := range w {
		w[i] = s * r.NormFloat64()
	}
	m, err := NewMLP(sizes, activation, w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func uniform(n, d int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 13))
	x := make([]float64, n*d)
	for i := range x {
		x[i] = 2*r.Float64() - 1
	}
	return x
}

// plainScores evaluates a perceptron by its definition.
func plainScores(m *MLP, x []float64) []float64 {
	v := append([]float64(nil), x...)
	ls := m.Layers()
	for i, l := range ls {
		out := make([]float64, l.Out)
		for o := range out {
			row := l.W[o*(l.In+1) : (o+1)*(l.In+1)]
			out[o] = row[l.In]
			for k, u := range v {
				out[o] += row[k] * u
			}
			if i+1 < len(ls) {
				switch m.Activation() {
				case "tanh":
					out[o] = math.Tanh(out[o])
				case "sigmoid":
					out[o] = 1 / (1 + math.Exp(-out[o]))
				case "relu":
					out[o] = math.Max(0, out[o])
				}
			}
		}
		v = out
	}
	return v
}

func TestMLPScoresFollowTheDefinition(t *testing.T) {
	t.Parallel()
	for _, activation := range Activations {
		for _, sizes := range [][]int{{2, 5, 3}, {3, 4, 6, 2}, {1, 1, 2}} {
			m := randomMLP(t, sizes, activation, 1.3, 4)
			d, c, n := m.Dim(), m.Classes(), 2*blockRows+5
			x := uniform(n, d, 6)
			before := slices.Clone(x)
			got := make([]float64, n*c)
			m.ScoresTo(got, x)
			if !slices.Equal(before, x) {
				t.Fatal("ScoresTo modified its input")
			}
			for i := 0; i < n; i++ {
				for k, want := range plainScores(m, x[i*d:(i+1)*d]) {
					if math.Abs(got[i*c+k]-want) > 1e-12 {
						t.Fatalf("%s %v: point %d class %d scores %v, want %v", activation, sizes, i, k, got[i*c+k], want)
					}
				}
			}
		}
	}
}

func TestGridScoresAreThePointScores(t *testing.T) {
	t.Parallel()
	xs, ys := make([]float64, 150), []float64{-1.5, -0.2, 0.7, 3}
	for i := range xs {
		xs[i] = -2 + 4*float64(i)/149
	}
	var grid []float64
	for _, y := range ys {
		for _, x := range xs {
			grid = append(grid, x, y)
		}
	}
	models := []GridScorer{
		randomMLP(t, []int{2, 16, 16, 3}, "tanh", 1, 1),
		randomMLP(t, []int{2, 7, 2}, "tanh", 200, 2), // too large to split
		randomMLP(t, []int{2, 5, 4}, "relu", 1, 3),
	}
	for _, family := range []string{"softmax", "logistic"} {
		k := Recipe{Family: family}.Unknowns(2, 2)
		l, err := NewLinear(family, 2, 2, uniform(k, 1, 9))
		if err != nil {
			t.Fatal(err)
		}
		models = append(models, l)
	}
	for i, m := range models {
		tolerance := 1e-13
		if i == 0 {
			tolerance = 3e-9 // its second layer is that of a picture
		}
		want, got := make([]float64, len(grid)/2*m.Classes()), make([]float64, len(grid)/2*m.Classes())
		m.ScoresTo(want, grid)
		m.GridScoresTo(got, xs, ys)
		checkSampler(t, m, got, xs, ys)
		for j := range want {
			if math.Abs(got[j]-want[j]) > tolerance*(1+math.Abs(want[j])) {
				t.Fatalf("model %d: grid score %d is %v, by points %v", i, j, got[j], want[j])
			}
		}
	}
}

// checkSampler wants rows and pixels of a grid to have the same bits, so that
// adaptive pictures equal full ones.
func checkSampler(t *testing.T, m GridScorer, want, xs, ys []float64) {
	t.Helper()
	g, ok := m.(GridSampler)
	if !ok {
		return
	}
	c, s := m.Classes(), g.Sampler(xs, ys)
	rows := make([]float64, 2*len(xs)*c)
	s.RowsTo(rows, 1, 3)
	if !slices.Equal(rows, want[len(xs)*c:3*len(xs)*c]) {
		t.Error("rows 1 and 2 differ from those of the whole grid")
	}
	var pixels []int32
	for p := 1; p < len(xs)*len(ys); p += 3 {
		pixels = append(pixels, int32(p))
	}
	got := make([]float64, len(pixels)*c)
	s.PixelsTo(got, pixels)
	for k, p := range pixels {
		if !slices.Equal(got[k*c:(k+1)*c], want[int(p)*c:(int(p)+1)*c]) {
			t.Fatalf("pixel %d scores %v, in its row %v", p, got[k*c:(k+1)*c], want[int(p)*c:(int(p)+1)*c])
		}
	}
}

func TestNormalEquationsAreThoseOfTheJacobian(t *testing.T) {
	t.Parallel()
	for _, activation := range []string{"tanh", "sigmoid"} {
		sizes := []int{3, 4, 3}
		v := randomMLP(t, sizes, activation, 1, 5)
		n := 140
		x := uniform(n, 3, 1)
		p := make([]float64, n*3)
		v.ProbabilitiesTo(p, x)
		q := newLogRatios(sizes, activation, pack(x, centredLogs(p, 3), 3, 3), n)
		k := unknowns(sizes)
		at := randomMLP(t, sizes, activation, 0.7, 6).w
		jtj, grad := make([]float64, k*k), make([]float64, k)
		q.Normal(jtj, grad, at)
		checkGradient(t, activation, func(g, w []float64) float64 {
			q.Normal(make([]float64, k*k), g, w)
			return q.Value(w)
		}, at)
		// Without residuals JᵀJ is the Hessian: differences of the gradient at v.
		q.Normal(jtj, grad, v.w)
		up, down := make([]float64, k), make([]float64, k)
		for i := range k {
			w := slices.Clone(v.w)
			w[i] += 1e-5
			q.Normal(make([]float64, k*k), up, w)
			w[i] -= 2e-5
			q.Normal(make([]float64, k*k), down, w)
			for j := 0; j <= i; j++ {
				if want := (up[j] - down[j]) / 2e-5; math.Abs(jtj[i*k+j]-want) > 1e-5*(1+math.Abs(want)) {
					t.Fatalf("%s: JᵀJ[%d,%d] = %v, by differences %v", activation, i, j, jtj[i*k+j], want)
				}
			}
		}
	}
}

func agreement(t testing.TB, a, b Classifier, x []float64) float64 {
	n, c := len(x)/a.Dim(), a.Classes()
	sa, sb, la, lb := make([]float64, n*c), make([]float64, n*c), make([]int, n), make([]int, n)
	a.ScoresTo(sa, x)
	b.ScoresTo(sb, x)
	LabelsTo(la, sa, c)
	LabelsTo(lb, sb, c)
	same := 0
	for i := range la {
		if la[i] == lb[i] {
			same++
		}
	}
	return float64(same) / float64(n)
}

func TestAPerceptronIsRecoveredFromItsProbabilities(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sizes      []int
		activation string
		alpha      int
		want       float64
	}{{[]int{4, 5, 3}, "tanh", 8, 1}, {[]int{3, 4, 2}, "tanh", 10, 0.999}, {[]int{2, 4, 3, 3}, "tanh", 10, 0.998}} {
		v := randomMLP(t, c.sizes, c.activation, 1, 21)
		n := c.alpha * len(v.w)
		x := uniform(n, v.Dim(), 2)
		p := make([]float64, n*v.Classes())
		v.ProbabilitiesTo(p, x)
		r := Recipe{Family: "mlp", Hidden: v.Hidden(), Activation: c.activation}
		data := Data{X: x, Dim: v.Dim(), Classes: v.Classes(), Probabilities: p}
		train := func() *MLP {
			m, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(5, 5))})
			if err != nil {
				t.Fatal(err)
			}
			return m.(*MLP)
		}
		m := train()
		a := agreement(t, v, m, uniform(4000, v.Dim(), 3))
		t.Logf("%v: agreement %v, %+v", c.sizes, a, m.Fit())
		if a < c.want {
			t.Errorf("%v: agreement %v, want at least %v", c.sizes, a, c.want)
		}
		if !slices.Equal(m.w, train().w) {
			t.Errorf("%v: the same seed gave another copy", c.sizes)
		}
	}
}

func TestTrainingStopsWithTheErrorOfTick(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	v := randomMLP(t, []int{3, 5, 3}, "tanh", 1, 3)
	x := uniform(300, 3, 4)
	p, labels := make([]float64, 900), make([]int, 300)
	v.ProbabilitiesTo(p, x)
	LabelsTo(labels, p, 3)
	for _, family := range []string{"softmax", "ovr", "mlp"} {
		for _, data := range []Data{{X: x, Dim: 3, Classes: 3, Labels: labels}, {X: x, Dim: 3, Classes: 3, Probabilities: p}} {
			calls := 0
			r := Recipe{Family: family, C: 1, Hidden: []int{5}, Activation: "tanh"}
			m, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(1, 1)), Tick: func() error {
				if calls++; calls >= 4 {
					return stop
				}
				return nil
			}})
			if !errors.Is(err, stop) || calls != 4 {
				t.Errorf("%s: model %v, error %v after %d ticks; want %v after 4", family, m != nil, err, calls, stop)
			}
		}
	}
}

func TestTrainingNamesWhatItCannotTake(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 1))
	two := Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Labels: []int{0, 1}}
	mlp := Recipe{Family: "mlp", Hidden: []int{2}, Activation: "tanh"}
	bad := map[string]struct {
		r Recipe
		d Data
	}{
		"one class":          {Recipe{Family: "softmax", C: 1}, Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Labels: []int{1, 1}}},
		"one class, mlp":     {mlp, Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Labels: []int{1, 1}}},
		"NaN input":          {Recipe{Family: "softmax", C: 1}, Data{X: []float64{0, math.NaN()}, Dim: 1, Classes: 2, Labels: []int{0, 1}}},
		"three classes":      {Recipe{Family: "logistic", C: 1}, Data{X: []float64{0, 1}, Dim: 1, Classes: 3, Labels: []int{0, 1}}},
		"C = 0":              {Recipe{Family: "softmax"}, two},
		"C NaN":              {Recipe{Family: "softmax", C: math.NaN()}, two},
		"no hidden layer":    {Recipe{Family: "mlp", Activation: "tanh"}, two},
		"unknown activation": {Recipe{Family: "mlp", Hidden: []int{2}, Activation: "sine"}, two},
		"negative L2":        {Recipe{Family: "mlp", Hidden: []int{2}, Activation: "tanh", L2: -1}, two},
		"no points":          {mlp, Data{Dim: 1, Classes: 2, Labels: []int{}}},
		"negative answers":   {mlp, Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Probabilities: []float64{1, 0, -1, 2}}},
		"zero answers":       {mlp, Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Probabilities: []float64{1, 0, 0, 0}}},
	}
	for name, b := range bad {
		if _, err := b.r.Train(b.d, Options{Rand: rnd}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := (Recipe{Family: "softmax", C: 1}).Train(bad["one class"].d, Options{}); !errors.Is(err, ErrOneClass) {
		t.Errorf("one class: %v, want ErrOneClass", err)
	}
	for _, params := range [][]float64{nil, {1, 2}, {1, 2, math.Inf(1)}} {
		if _, err := NewLinear("logistic", 2, 2, params); err == nil {
			t.Errorf("NewLinear took parameters %v for d = 2", params)
		}
	}
}

func TestRoundedProbabilitiesStillGiveACloseCopy(t *testing.T) {
	t.Parallel()
	v := randomMLP(t, []int{4, 5, 3}, "tanh", 1, 21)
	n := 6 * len(v.w)
	x := uniform(n, 4, 2)
	p := make([]float64, n*3)
	v.ProbabilitiesTo(p, x)
	for i := range p {
		p[i] = math.Round(p[i]*1000) / 1000
	}
	m, err := Recipe{Family: "mlp", Hidden: []int{5}, Activation: "tanh"}.Train(
		Data{X: x, Dim: 4, Classes: 3, Probabilities: p}, Options{Rand: rand.New(rand.NewPCG(5, 5))})
	if err != nil {
		t.Fatal(err)
	}
	a := agreement(t, v, m, uniform(4000, 4, 3))
	t.Logf("agreement %v, %+v", a, m.(Fitted).Fit())
	if a < 0.99 {
		t.Errorf("agreement %v, want at least 0.99", a)
	}
}
