package model

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// reference reads a case of sklearn.json into v.
func reference(t testing.TB, name string, v any) {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, raw := range file.Cases {
		var head struct{ Name string }
		if err := json.Unmarshal(raw, &head); err != nil {
			t.Fatal(err)
		}
		if head.Name == name {
			if err := json.Unmarshal(raw, v); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no case %s", name)
}

func TestTreeAgreesWithScikitLearn(t *testing.T) {
	t.Parallel()
	var moons svmCase
	reference(t, "moons_rbf", &moons)
	var want struct {
		Leaves   int     `json:"n_leaves"`
		Accuracy float64 `json:"train_accuracy"`
		Root     struct {
			Feature   int
			Threshold float64
		}
		Grid []int `json:"grid_15x15_row_major_x_then_y"`
	}
	reference(t, "moons_tree_depth4", &want)
	data := moons.data()
	m, err := Recipe{Family: "tree", Depth: 4}.Train(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	tree := m.(*Tree)
	if tree.Leaves() != want.Leaves || tree.Depth() != 4 || tree.Unknowns() != 2*want.Leaves-1 {
		t.Errorf("%d leaves, depth %d, want %d and 4", tree.Leaves(), tree.Depth(), want.Leaves)
	}
	root := tree.Nodes()[0]
	if root.Feature != want.Root.Feature || math.Abs(root.Threshold-want.Root.Threshold) > 1e-7 {
		t.Errorf("root splits %d at %v, want %+v", root.Feature, root.Threshold, want.Root)
	}
	right := 0
	for i, y := range labels(tree, data.X) {
		if y == data.Labels[i] {
			right++
		}
	}
	if got := float64(right) / float64(data.N()); got != want.Accuracy {
		t.Errorf("accuracy %v, want %v", got, want.Accuracy)
	}
	var x []float64
	for i := range 15 {
		for j := range 15 {
			x = append(x, 0.97*(-1+float64(i)/7), 0.97*(-1+float64(j)/7)) // the ends aren't recorded; see the k-NN test
		}
	}
	if got := labels(tree, x); !slices.Equal(got, want.Grid) {
		t.Errorf("grid\n%v\nwant\n%v", got, want.Grid)
	}
}

func labels(m Classifier, x []float64) []int {
	n := len(x) / m.Dim()
	scores, y := make([]float64, n*m.Classes()), make([]int, n)
	m.ScoresTo(scores, x)
	LabelsTo(y, scores, m.Classes())
	return y
}

// cloud is n points with labels that depend on the first two features, a tenth
// of them wrong.
func cloud(n, d, c int, seed uint64) Data {
	r := rand.New(rand.NewPCG(seed, 5))
	data := Data{Dim: d, Classes: c}
	for i := range n {
		for range d {
			data.X = append(data.X, 2*r.Float64()-1)
		}
		y := int(float64(c) * math.Abs(data.X[i*d]*data.X[i*d+d-1]))
		if r.IntN(10) == 0 {
			y = r.IntN(c)
		}
		data.Labels = append(data.Labels, min(y, c-1))
	}
	data.Labels[0], data.Labels[1] = 0, 1
	return data
}

// slowBest searches all numeric splits of the given points the long way.
func slowBest(data Data, rows []int, minLeaf int) float64 {
	best := math.Inf(1)
	for f := range data.Dim {
		for _, cut := range rows {
			at := data.X[cut*data.Dim+f]
			l, r := make([]float64, data.Classes), make([]float64, data.Classes)
			nl, nr := 0., 0.
			for _, i := range rows {
				if data.X[i*data.Dim+f] <= at {
					l[data.Labels[i]]++
					nl++
				} else {
					r[data.Labels[i]]++
					nr++
				}
			}
			if nl < float64(minLeaf) || nr < float64(minLeaf) {
				continue
			}
			impurity := nl + nr
			for k := range l {
				impurity -= l[k]*l[k]/nl + r[k]*r[k]/nr
			}
			best = min(best, impurity)
		}
	}
	return best
}

func TestEverySplitIsTheBestOfItsNode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, d, c, leaf int }{{60, 1, 2, 1}, {80, 3, 2, 4}, {90, 2, 4, 1}, {70, 5, 3, 6}} {
		data := cloud(c.n, c.d, c.c, 1)
		tree, err := GrowTree(data, Growth{MinLeaf: c.leaf})
		if err != nil {
			t.Fatal(err)
		}
		members := map[int][]int{}
		all := make([]int, c.n)
		for i := range all {
			all[i] = i
		}
		members[0] = all
		for i, n := range tree.Nodes() {
			rows := members[i]
			if len(rows) < c.leaf {
				t.Errorf("%+v: node %d has %d points", c, i, len(rows))
			}
			best := slowBest(data, rows, c.leaf)
			if n.Leaf() {
				if n.Values[n.Label] < 1 && !math.IsInf(best, 1) {
					t.Errorf("%+v: leaf %d could be split", c, i)
				}
				continue
			}
			var l, r []int
			for _, row := range rows {
				if data.X[row*c.d+n.Feature] <= n.Threshold {
					l = append(l, row)
				} else {
					r = append(r, row)
				}
			}
			members[n.Left], members[n.Right] = l, r
			got := 0.0
			for _, side := range [][]int{l, r} {
				counts := make([]float64, c.c)
				for _, row := range side {
					counts[data.Labels[row]]++
				}
				got += float64(len(side))
				for _, k := range counts {
					got -= k * k / float64(len(side))
				}
			}
			if got > best+1e-9 {
				t.Errorf("%+v: node %d has impurity %v, the best is %v", c, i, got, best)
			}
		}
	}
}

func TestAnUnlimitedTreeIsRightOnItsPoints(t *testing.T) {
	t.Parallel()
	data := cloud(500, 3, 3, 2)
	tree, err := GrowTree(data, Growth{})
	if err != nil {
		t.Fatal(err)
	}
	if got := labels(tree, data.X); !slices.Equal(got, data.Labels) {
		t.Error("a training point has another label")
	}
	p := make([]float64, 3*500)
	tree.ProbabilitiesTo(p, data.X)
	for i, y := range data.Labels {
		if p[3*i+y] != 1 {
			t.Fatalf("point %d: frequency %v of its class", i, p[3*i+y])
		}
	}
}

func TestXORIsSplitThoughNoSingleSplitHelps(t *testing.T) {
	t.Parallel()
	tree, err := GrowTree(Data{X: []float64{0, 0, 0, 1, 1, 0, 1, 1}, Dim: 2, Classes: 2, Labels: []int{0, 1, 1, 0}}, Growth{})
	if err != nil || tree.Leaves() != 4 {
		t.Errorf("%v leaves, %v", tree.Leaves(), err)
	}
}

func TestLaplaceTellsTheSizeOfALeaf(t *testing.T) {
	t.Parallel()
	tree, err := GrowTree(Data{X: []float64{0, 1, 1, 1}, Dim: 1, Classes: 2, Labels: []int{0, 1, 1, 1}}, Growth{Laplace: 1})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, 6)
	tree.ProbabilitiesTo(p, []float64{0, 1, math.NaN()})
	if want := []float64{2. / 3, 1. / 3, 1. / 5, 4. / 5, 2. / 6, 4. / 6}; !slices.Equal(p, want) {
		t.Errorf("%v, want %v", p, want)
	}
}

func TestCategoriesAreSplitIntoSubsets(t *testing.T) {
	t.Parallel()
	// Categories 0, 2 and 4 of five are class 1; the second feature is noise.
	r := rand.New(rand.NewPCG(3, 4))
	data := Data{Dim: 2, Classes: 2}
	y := []float64{}
	for i := range 100 {
		k := i % 5
		data.X = append(data.X, float64(k), r.Float64())
		data.Labels = append(data.Labels, 1-k%2)
		y = append(y, float64(100+3*(k%2)))
	}
	g := Growth{Categories: []int{5, 0}}
	tree, err := GrowTree(data, g)
	if err != nil {
		t.Fatal(err)
	}
	if n := tree.Nodes()[0]; tree.Leaves() != 2 || n.Feature != 0 || !slices.Equal(n.Set, []bool{false, true, false, true, false}) {
		t.Errorf("%d leaves, root %+v", tree.Leaves(), n)
	}
	regression, err := GrowRegression(data.X, 2, y, g)
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float64, 100)
	regression.ScoresTo(z, data.X)
	if regression.Leaves() != 2 || !slices.Equal(z, y) {
		t.Errorf("%d leaves, values %v", regression.Leaves(), z[:5])
	}
	// With three classes, one category is held against the rest.
	data.Classes = 3
	for i := range data.Labels {
		data.Labels[i] = []int{0, 1, 1, 2, 2}[i%5]
	}
	if tree, err = GrowTree(data, g); err != nil {
		t.Fatal(err)
	}
	for i, n := range tree.Nodes() {
		if in := slices.DeleteFunc(slices.Clone(n.Set), func(b bool) bool { return !b }); n.Set != nil && len(in) != 1 {
			t.Errorf("node %d holds %d categories against the rest", i, len(in))
		}
	}
	if !slices.Equal(labels(tree, data.X), data.Labels) {
		t.Error("a training point has another label")
	}
	data.X[0] = 1.5
	if _, err := GrowTree(data, g); err == nil {
		t.Error("category 1.5 is taken")
	}
}

func TestRegressionSplitsWhereTheErrorIsLeast(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 40
		x, y := make([]float64, 2*n), make([]float64, n)
		for i := range y {
			x[2*i], x[2*i+1] = r.Float64(), math.Round(4*r.Float64())
			y[i] = 1e6 + x[2*i] + x[2*i+1]*r.Float64()
		}
		tree, err := GrowRegression(x, 2, y, Growth{Depth: 1})
		if err != nil {
			t.Fatal(err)
		}
		got, best := squared(x, y, tree.Nodes()[0].Feature, tree.Nodes()[0].Threshold), math.Inf(1)
		for f := range 2 {
			for i := range n {
				best = min(best, squared(x, y, f, x[2*i+f]))
			}
		}
		if got > best+1e-6 {
			t.Errorf("seed %d: error %v, the best is %v", seed, got, best)
		}
	}
}

// squared is the squared error around the means on both sides of a cut.
func squared(x, y []float64, f int, at float64) float64 {
	var sides [2][]float64
	for i, v := range y {
		s := 0
		if x[2*i+f] > at {
			s = 1
		}
		sides[s] = append(sides[s], v)
	}
	sum := 0.0
	for _, side := range sides {
		mean := 0.0
		for _, v := range side {
			mean += v / float64(len(side))
		}
		for _, v := range side {
			sum += (v - mean) * (v - mean)
		}
	}
	return sum
}

func TestIncompleteInputsEndAtTheNodeThatNeedsMore(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tree, err := NewTree(2, 2, []Node{
		{Feature: 1, Threshold: 0.5, Left: 1, Right: 2, Values: []float64{0.4, 0.6}},
		{Feature: -1, Values: []float64{1, 0}},
		{Feature: 0, Set: []bool{true, false, true}, Left: 3, Right: 4, Values: []float64{0.3, 0.7}},
		{Feature: -1, Values: []float64{0.25, 0.75}}, {Feature: -1, Values: []float64{0.9, 0.1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	x := []float64{nan, nan, 1, nan, nan, 0.5, nan, 0.6, 0, 0.6, 1, 0.6, 2, 0.6, 7, 0.6}
	missing := make([]int, 8)
	tree.MissingTo(missing, x)
	if want := []int{1, 1, -1, 0, -1, -1, -1, -1}; !slices.Equal(missing, want) {
		t.Errorf("missing %v, want %v", missing, want)
	}
	p := make([]float64, 16)
	tree.ProbabilitiesTo(p, x)
	if want := []float64{.4, .6, .4, .6, 1, 0, .3, .7, .25, .75, .9, .1, .25, .75, .9, .1}; !slices.Equal(p, want) {
		t.Errorf("probabilities %v, want %v", p, want)
	}
}

func TestTreeRasterEqualsPointByPoint(t *testing.T) {
	t.Parallel()
	tree, err := GrowTree(cloud(400, 2, 3, 9), Growth{})
	if err != nil {
		t.Fatal(err)
	}
	xs, ys := make([]float64, 57), make([]float64, 41)
	for i := range xs {
		xs[i] = -1.1 + 0.04*float64(i)
	}
	for _, step := range []float64{0.05, -0.05} {
		for j := range ys {
			ys[j] = -20*step + step*float64(j)
		}
		compareRaster(t, tree, xs, ys)
	}
	xs[3], ys[8] = 0.7, 0.9 // neither ascends nor descends now
	compareRaster(t, tree, xs, ys)
	_, n := tree.Nodes()[0].Threshold, tree.Nodes()[0].Feature
	if n == 0 { // a column exactly on a threshold
		xs[10] = tree.Nodes()[0].Threshold
		slices.Sort(xs)
		compareRaster(t, tree, xs, ys)
	}
}

func compareRaster(t *testing.T, tree GridSampler, xs, ys []float64) {
	t.Helper()
	var x []float64
	pixels := []int32{}
	for _, y := range ys {
		for _, v := range xs {
			x = append(x, v, y)
			pixels = append(pixels, int32(len(pixels)))
		}
	}
	want, got := make([]float64, len(x)/2*3), make([]float64, len(x)/2*3)
	tree.ScoresTo(want, x)
	if tree.GridScoresTo(got, xs, ys); !slices.Equal(got, want) {
		t.Error("the grid differs")
	}
	clear(got)
	s := tree.Sampler(xs, ys)
	if s.PixelsTo(got, pixels); !slices.Equal(got, want) {
		t.Error("the pixels differ")
	}
	clear(got)
	for from := 0; from < len(ys); from += 7 {
		to := min(from+7, len(ys))
		s.RowsTo(got[from*len(xs)*3:to*len(xs)*3], from, to)
	}
	if !slices.Equal(got, want) {
		t.Error("the rows differ")
	}
	painter, paints := s.(Painter)
	if !paints {
		return
	}
	clear(got)
	labels, painted := make([]int, len(pixels)), make([]uint8, len(pixels))
	LabelsTo(labels, want, 3)
	if painter.PaintTo(got, painted, 0, len(ys)); !slices.Equal(got, want) {
		t.Error("the painted scores differ")
	}
	for i, l := range painted {
		if int(l) != labels[i] {
			t.Fatalf("pixel %d is painted as class %d, its scores say %d", i, l, labels[i])
		}
	}
}

func TestTreesSayWhatTheyCannotTake(t *testing.T) {
	t.Parallel()
	ok := Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Labels: []int{0, 1}}
	if _, err := GrowTree(Data{X: ok.X, Dim: 1, Classes: 2, Labels: []int{1, 1}}, Growth{}); !errors.Is(err, ErrOneClass) {
		t.Errorf("one class: %v", err)
	}
	if _, err := GrowTree(Data{X: []float64{0, math.NaN()}, Dim: 1, Classes: 2, Labels: ok.Labels}, Growth{}); err == nil {
		t.Error("NaN is taken")
	}
	if _, err := GrowTree(ok, Growth{Depth: -1}); err == nil {
		t.Error("depth -1 is taken")
	}
	if _, err := GrowRegression([]float64{1}, 1, []float64{math.Inf(1)}, Growth{}); err == nil {
		t.Error("an infinite value is taken")
	}
	stop := errors.New("stop")
	if _, err := GrowTree(ok, Growth{Tick: func() error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("tick: %v", err)
	}
	for _, nodes := range [][]Node{
		nil,
		{{Feature: -1, Values: []float64{1}}},
		{{Feature: 1, Left: 0, Right: 1, Values: []float64{1, 0}}},
		{{Feature: 3, Left: 1, Right: 2, Values: []float64{1, 0}}, {Feature: -1, Values: []float64{1, 0}}, {Feature: -1, Values: []float64{1, 0}}},
		{{Feature: 0, Left: 1, Right: 1, Values: []float64{1, 0}}, {Feature: -1, Values: []float64{1, 0}}},
	} {
		if _, err := NewTree(2, 2, nodes); err == nil {
			t.Errorf("%+v is a tree", nodes)
		}
	}
}

func TestNeighbouringNumbersAreToldApart(t *testing.T) {
	t.Parallel()
	a := 1.0
	b := math.Nextafter(a, 2)
	tree, err := GrowTree(Data{X: []float64{a, b}, Dim: 1, Classes: 2, Labels: []int{0, 1}}, Growth{})
	if err != nil || !slices.Equal(labels(tree, []float64{a, b}), []int{0, 1}) {
		t.Errorf("%+v, %v", tree, err)
	}
}

func TestPointsAreSortedByValueThenByPlace(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 8))
	for _, n := range []int{1, 2, 3, 50, 3000} {
		points := make([]point, n)
		for i := range points {
			v := r.NormFloat64() * math.Pow(10, float64(r.IntN(600)-300))
			if r.IntN(3) == 0 {
				v = float64(r.IntN(7) - 3)
			}
			points[i] = point{v: v, i: int32(i)}
		}
		want := slices.Clone(points)
		slices.SortStableFunc(want, func(a, b point) int { return cmp.Compare(a.v, b.v) })
		if sortPoints(points, make([]point, n)); !slices.Equal(points, want) {
			t.Errorf("%d points are out of order", n)
		}
	}
}

// moons is two interleaved half circles with noise.
func moons(n int) Data {
	r := rand.New(rand.NewPCG(1, 1))
	data := Data{Dim: 2, Classes: 2}
	for i := range n {
		a := math.Pi * r.Float64()
		x, y := math.Cos(a), math.Sin(a)
		if i%2 == 1 {
			x, y = 1-x, 0.5-y
		}
		data.X = append(data.X, x+0.3*r.NormFloat64(), y+0.3*r.NormFloat64())
		data.Labels = append(data.Labels, i%2)
	}
	return data
}

func BenchmarkTreeGrow(b *testing.B) {
	data := moons(2000)
	for b.Loop() {
		if _, err := GrowTree(data, Growth{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTreeRaster(b *testing.B) {
	tree, err := GrowTree(moons(2000), Growth{})
	if err != nil {
		b.Fatal(err)
	}
	xs := make([]float64, 400)
	for i := range xs {
		xs[i] = -3 + 6*float64(i)/399
	}
	dst := make([]float64, 2*400*400)
	for b.Loop() {
		tree.GridScoresTo(dst, xs, xs)
	}
}
