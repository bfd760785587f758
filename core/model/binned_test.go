package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestBinsHoldAboutAsManyPointsEach(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 2*1000)
	for i := range x {
		x[i] = r.NormFloat64()
		if i%2 == 1 {
			x[i] = float64(r.IntN(3)) // ties
		}
	}
	e := Quantiles(x, 2, 7, nil)
	if len(e[0].Edges) != 6 || len(e[1].Edges) != 2 {
		t.Fatalf("edges %v", e)
	}
	if between := e[1].Edges; !(0 < between[0] && between[0] < 1 && 1 < between[1] && between[1] < 2) {
		t.Errorf("edges between 0, 1 and 2: %v", e[1].Edges)
	}
	count := make([]int, 7)
	for i := 0; i < len(x); i += 2 {
		count[e[0].Of(x[i])]++
	}
	for k, n := range count {
		if n < 142 || n > 143 {
			t.Errorf("bin %d of 1000/7 has %d points", k, n)
		}
	}
	if e := Quantiles([]float64{4, 4, 4}, 1, 5, nil); e.Width() != 1 {
		t.Errorf("a constant has the bins %v", e)
	}
}

func TestABinReachesUpToItsEdge(t *testing.T) {
	t.Parallel()
	b := Bins{Edges: []float64{-0.5, 0.25}}
	for v, want := range map[float64]int{-9: 0, -0.5: 0, math.Nextafter(-0.5, 1): 1, 0.25: 1, 0.3: 2, math.Inf(1): 2, math.NaN(): -1} {
		if got := b.Of(v); got != want {
			t.Errorf("%v is in bin %d, want %d", v, got, want)
		}
	}
	c := Bins{Categories: 3}
	for v, want := range map[float64]int{0: 0, 2: 2, 3: -1, -1: -1, math.NaN(): -1} {
		if got := c.Of(v); got != want {
			t.Errorf("category %v is %d, want %d", v, got, want)
		}
	}
}

// someBinned is a model of two numbers and, with d = 3, a category.
func someBinned(t *testing.T, family string, d, c int) *Binned {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(d), uint64(c)))
	e := Extraction{{Edges: []float64{-0.7, 0, 0.1}}, {Edges: []float64{0.4}}, {Categories: 4}}[:d]
	rows := c
	if family == "logistic" {
		rows = 1
	}
	w := make([]float64, rows*(e.Width()+1))
	for i := range w {
		w[i] = 2 * r.NormFloat64()
	}
	m, err := NewBinned(family, c, e, w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestABinnedModelIsTheLinearOneOverItsColumns(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for _, family := range []string{"logistic", "softmax", "ovr"} {
		c := 3
		if family == "logistic" {
			c = 2
		}
		m := someBinned(t, family, 3, c)
		x := make([]float64, 3*200)
		for i := range x {
			x[i] = 2*r.Float64() - 1
			if i%3 == 2 {
				x[i] = float64(r.IntN(4))
			}
			if r.IntN(6) == 0 {
				x[i] = math.NaN()
			}
		}
		columns := m.Bins().Columns(x)
		for i := 0; i < len(x); i++ { // a column of each feature that is there
			at := []int{0, 4, 6, 10}
			row := columns[i/3*10 : (i/3+1)*10]
			sum := 0.0
			for _, v := range row[at[i%3]:at[i%3+1]] {
				sum += v
			}
			if want := 1.0; sum != want && !(math.IsNaN(x[i]) && sum == 0) {
				t.Fatalf("feature %d = %v has the columns %v", i%3, x[i], row)
			}
		}
		linear, err := NewLinear(family, 10, c, m.Params())
		if err != nil {
			t.Fatal(err)
		}
		got, want := make([]float64, 200*c), make([]float64, 200*c)
		m.ScoresTo(got, x)
		linear.ScoresTo(want, columns)
		for i, v := range got {
			if math.Abs(v-want[i]) > 1e-14 {
				t.Fatalf("%s: score %v, want %v", family, v, want[i])
			}
		}
		m.ProbabilitiesTo(got, x)
		linear.ProbabilitiesTo(want, columns)
		for i, v := range got {
			if math.Abs(v-want[i]) > 1e-14 {
				t.Fatalf("%s: probability %v, want %v", family, v, want[i])
			}
		}
	}
}

func TestABinnedGridHasTheBitsOfItsPoints(t *testing.T) {
	t.Parallel()
	xs, ys := []float64{-1, -0.7, -0.2, 0.05, 0.9, math.NaN()}, []float64{1, 0.4, -2}
	for _, family := range []string{"logistic", "softmax"} {
		m := someBinned(t, family, 2, 2)
		var x []float64
		for _, v := range ys {
			for _, u := range xs {
				x = append(x, u, v)
			}
		}
		grid, points := make([]float64, 36), make([]float64, 36)
		m.GridScoresTo(grid, xs, ys)
		m.ScoresTo(points, x)
		if !slices.Equal(grid, points) {
			t.Errorf("%s: %v, want %v", family, grid, points)
		}
	}
}

func TestTrainingBehindExtractionIsTrainingOnTheColumns(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	data := Data{Dim: 2, Classes: 3, Categories: []int{0, 3}}
	for range 120 {
		u, k := 2*r.Float64()-1, r.IntN(3)
		data.X = append(data.X, u, float64(k))
		y := k
		if u > 0.3 {
			y = (k + 1) % 3
		}
		data.Labels = append(data.Labels, y)
	}
	m, err := Recipe{Family: "softmax", C: 10, Bins: 5}.Train(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := m.(*Binned)
	if e := b.Bins(); len(e[0].Edges) != 4 || e[1].Categories != 3 || b.Unknowns() != 3*(8+1) {
		t.Errorf("bins %v, %d unknowns", e, b.Unknowns())
	}
	plain, err := Recipe{Family: "softmax", C: 10}.Train(Data{X: b.Bins().Columns(data.X), Dim: 8, Classes: 3, Labels: data.Labels}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.Params(), plain.(*Linear).Params()) {
		t.Error("other weights than on the columns")
	}
}

func TestALinearModelPassesOverMissingFeatures(t *testing.T) {
	t.Parallel()
	m, err := NewLinear("softmax", 2, 2, []float64{1, 2, 3, -1, 4, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	got := make([]float64, 6)
	m.ScoresTo(got, []float64{nan, 2, 1, nan, nan, nan})
	if want := []float64{7, 8.5, 4, -0.5, 3, 0.5}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestExtractionsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bins   Extraction
		params int
		want   string
	}{
		{Extraction{{Edges: []float64{1, 1}}}, 4, "must be above"},
		{Extraction{{Edges: []float64{math.NaN()}}}, 3, "finite"},
		{Extraction{{Edges: []float64{1}, Categories: 2}}, 3, "one of both"},
		{Extraction{{Edges: []float64{1}}}, 4, "4 parameters"},
		{Extraction{}, 1, "dimensions"},
	} {
		if _, err := NewBinned("logistic", 2, c.bins, make([]float64, c.params)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.bins, err)
		}
	}
}
