package model

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

type svmCase struct {
	Name, Kind string
	Params     struct {
		Kernel string
		C      float64
		Gamma  float64
		Coef0  float64
		Degree int
	}
	X             [][]float64
	Y             []int
	DualObjective float64 `json:"dual_objective"`
	NSupport      int     `json:"n_support"`
	Intercept     []float64
	ProbeX        [][]float64 `json:"probe_X"`
	ProbeDecision []float64   `json:"probe_decision"`
}

func readSVMCases(t testing.TB) []svmCase {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var out []svmCase
	for _, raw := range file.Cases {
		var kind struct{ Kind string }
		if err := json.Unmarshal(raw, &kind); err != nil {
			t.Fatal(err)
		}
		if kind.Kind != "svm" {
			continue
		}
		var c svmCase
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

func (c svmCase) recipe() Recipe {
	p := c.Params
	return Recipe{Family: "svm", C: p.C, Kernel: p.Kernel, Gamma: p.Gamma, Coef0: p.Coef0, Degree: p.Degree}
}

func (c svmCase) data() Data {
	return Data{X: slices.Concat(c.X...), Dim: len(c.X[0]), Classes: 2, Labels: c.Y}
}

func mustTrain(t testing.TB, r Recipe, d Data) *SVM {
	t.Helper()
	m, err := r.Train(d, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*SVM)
}

func TestSVMAgreesWithScikitLearn(t *testing.T) {
	t.Parallel()
	cases := readSVMCases(t)
	if len(cases) < 4 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			d := c.data()
			m := trainedAsLibsvm(t, c.recipe(), d)
			if exact := dualOf(mustTrain(t, c.recipe(), d)); exact > c.DualObjective+1e-8*math.Abs(c.DualObjective) {
				t.Errorf("dual objective in double precision %.12g, scikit-learn has %.12g", exact, c.DualObjective)
			}
			if !m.Converged() {
				t.Error("did not converge")
			}
			if got := dualOf(m); math.Abs(got-c.DualObjective) > 1e-6*math.Abs(c.DualObjective) {
				t.Errorf("dual objective %.9g, scikit-learn has %.9g", got, c.DualObjective)
			}
			s := m.Support()
			if got := s.Intercepts[0]; math.Abs(got-c.Intercept[0]) > 1e-4 {
				t.Errorf("intercept %.9g, scikit-learn has %.9g", got, c.Intercept[0])
			}
			if got := m.vectors.n; got != c.NSupport {
				t.Errorf("%d support vectors, scikit-learn has %d", got, c.NSupport)
			}
			scores := make([]float64, 2*len(c.ProbeX))
			m.ScoresTo(scores, slices.Concat(c.ProbeX...))
			for i, want := range c.ProbeDecision {
				if got := scores[2*i+1]; math.Abs(got-want) > 1e-4 {
					t.Errorf("probe %d: margin %.9g, scikit-learn has %.9g", i, got, want)
				}
				if scores[2*i] != -scores[2*i+1] {
					t.Errorf("probe %d: scores %v are not opposite", i, scores[2*i:2*i+2])
				}
			}
		})
	}
}

// trainedAsLibsvm trains on kernel rows in single precision, which is how
// libsvm keeps them: at C = 1000 this alone moves decision values by 3e-3.
func trainedAsLibsvm(t *testing.T, r Recipe, d Data) *SVM {
	t.Helper()
	k, err := kernelOf(r)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := checkLabels(d)
	if err != nil {
		t.Fatal(err)
	}
	s := newSMO(k, d.X, d.Dim, r.C, nil)
	for i := range d.N() {
		row := s.fullRow(int32(i), -1)
		for j, v := range row {
			row[j] = float64(float32(v))
		}
	}
	m, err := s.train(d, counts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// dualOf is ½ βᵀKβ − Σ|β|, computed from the model alone.
func dualOf(m *SVM) float64 {
	s := m.Support()
	n, d := m.vectors.n, m.Dim()
	row, v := make([]float64, n), 0.0
	for i := range n {
		m.kernel.rowTo(row, m.vectors, s.Vectors[i*d:(i+1)*d])
		for j, k := range row {
			v += s.Dual[i] * s.Dual[j] * k / 2
		}
		v -= math.Abs(s.Dual[i])
	}
	return v
}

// circles are n points on two noisy rings; moons would do as well.
func circles(n int, noise float64, r *rand.Rand) Data {
	d := Data{X: make([]float64, 2*n), Dim: 2, Classes: 2, Labels: make([]int, n)}
	for i := range n {
		a, radius := 2*math.Pi*r.Float64(), 1.0
		if i%2 == 1 {
			radius = 0.5
		}
		d.Labels[i] = i % 2
		d.X[2*i] = radius*math.Cos(a) + noise*r.NormFloat64()
		d.X[2*i+1] = radius*math.Sin(a) + noise*r.NormFloat64()
	}
	return d
}

func blobs(n, classes int, spread float64, r *rand.Rand) Data {
	d := Data{X: make([]float64, 2*n), Dim: 2, Classes: classes, Labels: make([]int, n)}
	for i := range n {
		c := i % classes
		a := 2 * math.Pi * float64(c) / float64(classes)
		d.Labels[i] = c
		d.X[2*i] = math.Cos(a) + spread*r.NormFloat64()
		d.X[2*i+1] = math.Sin(a) + spread*r.NormFloat64()
	}
	return d
}

func TestSVMMeetsTheOptimalityConditionsOnEveryPoint(t *testing.T) {
	t.Parallel()
	d := circles(700, 0.25, rand.New(rand.NewPCG(1, 2)))
	for _, r := range []Recipe{
		{Family: "svm", C: 10, Kernel: "rbf", Gamma: 2},
		{Family: "svm", C: 0.01, Kernel: "rbf", Gamma: 20},
		{Family: "svm", C: 1e5, Kernel: "rbf", Gamma: 50},
		{Family: "svm", C: 1, Kernel: "poly", Gamma: 1, Coef0: 1, Degree: 3},
		{Family: "svm", C: 1, Kernel: "linear"},
	} {
		m := mustTrain(t, r, d)
		alpha := map[[2]float64]float64{}
		s := m.Support()
		sum := 0.0
		for i, b := range s.Dual {
			alpha[[2]float64(s.Vectors[2*i:2*i+2])] = math.Abs(b)
			sum += b
		}
		if math.Abs(sum) > 1e-9*r.C*float64(len(s.Dual)) {
			t.Errorf("%s: coefficients sum to %g", r.Kernel, sum)
		}
		scores := make([]float64, 2*d.N())
		m.ScoresTo(scores, d.X)
		worst := 0.0
		for i, l := range d.Labels {
			slack := scores[2*i+l] - 1 // y·f(x) − 1
			switch a := alpha[[2]float64(d.X[2*i:2*i+2])]; a {
			case 0:
				worst = max(worst, -slack)
			case r.C:
				worst = max(worst, slack)
			default:
				worst = max(worst, math.Abs(slack))
			}
		}
		if worst > gapTolerance {
			t.Errorf("%s C=%g: a point violates the conditions by %g", r.Kernel, r.C, worst)
		}
	}
}

func TestSVMScoresAGridAsItScoresPoints(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	xs, ys := make([]float64, 37), make([]float64, 21)
	for i := range xs {
		xs[i] = -2 + 4*float64(i)/36
	}
	for j := range ys {
		ys[j] = 1.7 - 3*float64(j)/20
	}
	var points []float64
	for _, y := range ys {
		for _, x := range xs {
			points = append(points, x, y)
		}
	}
	for _, classes := range []int{2, 3, 5} {
		d := blobs(90, classes, 0.4, r)
		for _, rec := range []Recipe{
			{Family: "svm", C: 5, Kernel: "rbf", Gamma: 3},
			{Family: "svm", C: 1, Kernel: "poly", Gamma: 0.7, Coef0: 1, Degree: 5},
			{Family: "svm", C: 1, Kernel: "poly", Gamma: 0.7, Coef0: 0.5, Degree: 2},
			{Family: "svm", C: 1, Kernel: "poly", Gamma: 0.7, Degree: 3},
			{Family: "svm", C: 1, Kernel: "linear"},
		} {
			m := mustTrain(t, rec, d)
			want, got := make([]float64, len(points)/2*classes), make([]float64, len(points)/2*classes)
			m.ScoresTo(want, points)
			m.GridScoresTo(got, xs, ys)
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-9*(1+math.Abs(want[i])) {
					t.Fatalf("%s, %d classes: score %d is %.12g on the grid, %.12g as a point", rec.Kernel, classes, i, got[i], want[i])
				}
			}
			pixels := []int32{0, 5, 36, 37, 200, 203, 776}
			part := make([]float64, len(pixels)*classes)
			m.Sampler(xs, ys).PixelsTo(part, pixels)
			for k, v := range part {
				at := int(pixels[k/classes])*classes + k%classes
				if math.Abs(v-want[at]) > 1e-9*(1+math.Abs(want[at])) {
					t.Fatalf("%s, %d classes: pixel %d scores %.12g, %.12g as a point", rec.Kernel, classes, pixels[k/classes], v, want[at])
				}
			}
		}
	}
}

func TestSVMSeparatesManyClassesAndMissingOnesNeverWin(t *testing.T) {
	t.Parallel()
	d := blobs(200, 4, 0.15, rand.New(rand.NewPCG(5, 6)))
	var kept Data
	for _, drop := range []int{-1, 0, 2, 3} {
		kept = Data{Dim: 2, Classes: 4}
		for i, l := range d.Labels {
			if l != drop {
				kept.X, kept.Labels = append(kept.X, d.X[2*i:2*i+2]...), append(kept.Labels, l)
			}
		}
		m := mustTrain(t, Recipe{Family: "svm", C: 100, Kernel: "rbf", Gamma: 1}, kept)
		labels, scores := make([]int, kept.N()), make([]float64, 4*kept.N())
		m.ScoresTo(scores, kept.X)
		LabelsTo(labels, scores, 4)
		if !slices.Equal(labels, kept.Labels) {
			t.Errorf("without class %d: separated points are not all classified", drop)
		}
		far := make([]float64, 4)
		m.ScoresTo(far, []float64{300, -200})
		LabelsTo(labels[:1], far, 4)
		if labels[0] == drop {
			t.Errorf("class %d has no points and wins far away", drop)
		}
	}
}

func TestSVMIsRebuiltFromItsSupport(t *testing.T) {
	t.Parallel()
	d := blobs(120, 3, 0.5, rand.New(rand.NewPCG(7, 8)))
	rec := Recipe{Family: "svm", C: 2, Kernel: "rbf", Gamma: 1.5}
	m := mustTrain(t, rec, d)
	again, err := NewSVM(m.Kernel(), 2, 3, m.Support())
	if err != nil {
		t.Fatal(err)
	}
	a, b := make([]float64, 3*d.N()), make([]float64, 3*d.N())
	m.ScoresTo(a, d.X)
	again.ScoresTo(b, d.X)
	if !slices.Equal(a, b) {
		t.Error("scores differ")
	}
	for name, broken := range map[string]func(*Support){
		"intercepts":          func(s *Support) { s.Intercepts = s.Intercepts[1:] },
		"dual":                func(s *Support) { s.Dual = s.Dual[1:] },
		"vectors":             func(s *Support) { s.Vectors = s.Vectors[1:] },
		"number 1 of the":     func(s *Support) { s.Dual[1] = math.NaN() },
		"missing":             func(s *Support) { s.Missing = []int{0, 1} },
		"missing classes [7]": func(s *Support) { s.Missing = []int{7} },
	} {
		s := m.Support()
		broken(&s)
		if _, err := NewSVM(rec, 2, 3, s); err == nil || !strings.Contains(err.Error(), strings.Fields(name)[0]) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestSVMRefusesWhatItCannotLearn(t *testing.T) {
	t.Parallel()
	good := Recipe{Family: "svm", C: 1, Kernel: "rbf", Gamma: 1}
	x := []float64{0, 0, 1, 1}
	for _, c := range []struct {
		name   string
		change func(*Recipe, *Data)
		want   string
	}{
		{"no labels", func(_ *Recipe, d *Data) { d.Labels, d.Probabilities = nil, []float64{1, 0, 0, 1} }, "labels"},
		{"a label too large", func(_ *Recipe, d *Data) { d.Labels = []int{0, 2} }, "label of point 1 is 2"},
		{"NaN", func(_ *Recipe, d *Data) { d.X = []float64{0, 0, math.NaN(), 1} }, "feature 0 of point 1"},
		{"C of 0", func(r *Recipe, _ *Data) { r.C = 0 }, "C is 0"},
		{"infinite C", func(r *Recipe, _ *Data) { r.C = math.Inf(1) }, "C is +Inf"},
		{"gamma below 0", func(r *Recipe, _ *Data) { r.Gamma = -1 }, "gamma is -1"},
		{"degree 0", func(r *Recipe, _ *Data) { r.Kernel = "poly" }, "degree is 0"},
		{"a strange kernel", func(r *Recipe, _ *Data) { r.Kernel = "cosine" }, `"cosine"`},
		{"overflow", func(r *Recipe, d *Data) {
			r.Kernel, r.Degree = "poly", 20
			d.X = []float64{0, 0, 1e30, 1}
		}, "overflows at point 1"},
	} {
		r, d := good, Data{X: x, Dim: 2, Classes: 2, Labels: []int{0, 1}}
		c.change(&r, &d)
		if _, err := r.Train(d, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q in it", c.name, err, c.want)
		}
	}
	for _, classes := range []int{2, 4} {
		if _, err := good.Train(Data{X: x, Dim: 2, Classes: classes, Labels: []int{1, 1}}, Options{}); !errors.Is(err, ErrOneClass) {
			t.Errorf("one class of %d: error %v", classes, err)
		}
	}
}

func TestSVMLearnsDuplicatePointsWithOppositeLabels(t *testing.T) {
	t.Parallel()
	d := Data{X: []float64{1, 1, 1, 1, 1, 1, -1, 0}, Dim: 2, Classes: 2, Labels: []int{0, 1, 1, 0}}
	for _, r := range []Recipe{
		{Family: "svm", C: 1e5, Kernel: "rbf", Gamma: 1},
		{Family: "svm", C: 3, Kernel: "linear"},
	} {
		m := mustTrain(t, r, d)
		scores := make([]float64, 8)
		m.ScoresTo(scores, d.X)
		if !(scores[3] > 0 && scores[7] < 0) {
			t.Errorf("%s: scores %v", r.Kernel, scores)
		}
	}
}

func TestSVMTrainingGivesWayAndStops(t *testing.T) {
	t.Parallel()
	d := circles(900, 0.4, rand.New(rand.NewPCG(9, 10)))
	stop, calls := errors.New("enough"), 0
	_, err := Recipe{Family: "svm", C: 1000, Kernel: "rbf", Gamma: 5}.Train(d, Options{Tick: func() error {
		if calls++; calls == 5 {
			return stop
		}
		return nil
	}})
	if !errors.Is(err, stop) || calls != 5 {
		t.Errorf("error %v after %d ticks", err, calls)
	}
}

func BenchmarkSVMTrain(b *testing.B) {
	for _, n := range []int{400, 2000} {
		d := circles(n, 0.25, rand.New(rand.NewPCG(0, 0)))
		b.Run(map[int]string{400: "J3-400", 2000: "J3-2000"}[n], func(b *testing.B) {
			for b.Loop() {
				mustTrain(b, Recipe{Family: "svm", C: 10, Kernel: "rbf", Gamma: 2}, d)
			}
		})
	}
}

func BenchmarkSVMGrid(b *testing.B) {
	xs := make([]float64, 400)
	for i := range xs {
		xs[i] = -3 + 6*(float64(i)+.5)/400
	}
	dst := make([]float64, 400*400*2)
	for _, n := range []int{400, 2000} {
		m := mustTrain(b, Recipe{Family: "svm", C: 10, Kernel: "rbf", Gamma: 2}, circles(n, 0.25, rand.New(rand.NewPCG(0, 0))))
		b.Run(map[int]string{400: "J3-400", 2000: "J3-2000"}[n], func(b *testing.B) {
			for b.Loop() {
				m.GridScoresTo(dst, xs, xs)
			}
		})
	}
}
