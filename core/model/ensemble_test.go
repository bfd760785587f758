package model

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// clouds are n points of c overlapping clouds in d dimensions.
func clouds(n, d, c int, seed uint64) Data {
	r := rand.New(rand.NewPCG(seed, 5))
	data := Data{Dim: d, Classes: c}
	for i := range n {
		y := i % c
		for f := range d {
			data.X = append(data.X, math.Cos(float64(2*y+f))/2+r.NormFloat64()/2)
		}
		data.Labels = append(data.Labels, y)
	}
	return data
}

// bagged are recipes of ensembles with the classes that they take.
func bagged(members int) map[int][]Recipe {
	return map[int][]Recipe{
		2: {{Family: "logistic", C: 1, Members: members}, {Family: "tree", Depth: 4, Laplace: 1, Members: members}},
		3: {
			{Family: "softmax", C: 1, Members: members}, {Family: "tree", Members: members},
			{Family: "mlp", Hidden: []int{4}, Activation: "tanh", L2: 1e-2, Members: members},
		},
	}
}

func eachEnsemble(t *testing.T, members int, test func(r Recipe, data Data, e *Ensemble)) {
	t.Helper()
	for c, recipes := range bagged(members) {
		data := clouds(60, 2, c, 1)
		for _, r := range recipes {
			m, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(3, 4))})
			if err != nil {
				t.Fatal(r.Family, err)
			}
			test(r, data, m.(*Ensemble))
		}
	}
}

func TestAnEnsembleSaysTheMeanOfItsMembers(t *testing.T) {
	t.Parallel()
	eachEnsemble(t, 5, func(r Recipe, data Data, e *Ensemble) {
		if len(e.Members()) != 5 {
			t.Fatalf("%s: %d members", r.Family, len(e.Members()))
		}
		n, c := data.N(), data.Classes
		got, want, p := make([]float64, n*c), make([]float64, n*c), make([]float64, n*c)
		e.ProbabilitiesTo(got, data.X)
		k := 0
		for _, m := range e.Members() {
			m.ProbabilitiesTo(p, data.X)
			for i, v := range p {
				want[i] += v / 5
			}
			if tree, is := m.(*Tree); is {
				k += tree.Unknowns()
			} else {
				k += len(m.(Parametric).Params())
			}
		}
		scores, labels, means := make([]float64, n*c), make([]int, n), make([]int, n)
		e.ScoresTo(scores, data.X)
		LabelsTo(labels, scores, c)
		LabelsTo(means, got, c)
		for i, v := range got {
			if math.Abs(v-want[i]) > 1e-15 || v > 1e-15 && math.Abs(scores[i]-math.Log(v)) > 1e-14*(1+math.Abs(scores[i])) {
				t.Fatalf("%s: probability %v with score %v, the members' mean is %v", r.Family, v, scores[i], want[i])
			}
		}
		if !reflect.DeepEqual(labels, means) {
			t.Errorf("%s: a label is not the largest mean", r.Family)
		}
		if e.Unknowns() != k || r.Family != "tree" && k != r.Unknowns(2, c) {
			t.Errorf("%s: %d unknowns, %d by recipe, the members have %d", r.Family, e.Unknowns(), r.Unknowns(2, c), k)
		}
	})
}

func TestAnEnsembleBeginsWithTheMembersOfASmallerOne(t *testing.T) {
	t.Parallel()
	eachEnsemble(t, 3, func(r Recipe, data Data, small *Ensemble) {
		r.Members = 6
		m, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(3, 4))})
		if err != nil {
			t.Fatal(err)
		}
		members := m.(*Ensemble).Members()
		if !reflect.DeepEqual(members[:3], small.Members()) {
			t.Errorf("%s: the first members differ", r.Family)
		}
		if reflect.DeepEqual(members[3], members[4]) {
			t.Errorf("%s: two members are the same", r.Family)
		}
	})
}

// TestAGridOfAnEnsembleIsThatOfItsPoints: a forest's votes tie often, so that its
// grid has to have the very bits.
func TestAGridOfAnEnsembleIsThatOfItsPoints(t *testing.T) {
	t.Parallel()
	xs, ys := make([]float64, 37), make([]float64, 23)
	for i := range xs {
		xs[i] = -1.5 + 3*float64(i)/36
	}
	for j := range ys {
		ys[j] = 1.5 - 3*float64(j)/22
	}
	var x []float64
	for _, v := range ys {
		for _, u := range xs {
			x = append(x, u, v)
		}
	}
	eachEnsemble(t, 4, func(r Recipe, data Data, e *Ensemble) {
		c := data.Classes
		want, got := make([]float64, len(x)/2*c), make([]float64, len(x)/2*c)
		e.ScoresTo(want, x)
		e.GridScoresTo(got, xs, ys)
		slack := 1e-8
		if r.Family == "tree" {
			slack = 0
		}
		for i, v := range want {
			if math.Abs(got[i]-v) > slack*(1+math.Abs(v)) {
				t.Fatalf("%s: score %v on the grid, %v at the point", r.Family, got[i], v)
			}
		}
		pixels := []int32{5, 200, 36, 850, 5}
		some := make([]float64, len(pixels)*c)
		e.Sampler(xs, ys).PixelsTo(some, pixels)
		for k, p := range pixels {
			for j := range c {
				if v := want[int(p)*c+j]; math.Abs(some[k*c+j]-v) > slack*(1+math.Abs(v)) {
					t.Fatalf("%s: score %v at pixel %d, %v at the point", r.Family, some[k*c+j], p, v)
				}
			}
		}
	})
}

// TestABootstrapSampleHoldsTwoThirdsOfThePoints: 1 - 1/e of them.
func TestABootstrapSampleHoldsTwoThirdsOfThePoints(t *testing.T) {
	t.Parallel()
	data := clouds(5000, 1, 2, 1)
	s := data.bootstrap(rand.New(rand.NewPCG(1, 1)))
	label := map[float64]int{}
	for i, v := range data.X {
		label[v] = data.Labels[i]
	}
	seen := map[float64]bool{}
	for i, v := range s.X {
		if y, is := label[v]; !is || y != s.Labels[i] {
			t.Fatalf("%v with label %d is none of the points", v, s.Labels[i])
		}
		seen[v] = true
	}
	if share := float64(len(seen)) / 5000; s.N() != 5000 || math.Abs(share-0.632) > 0.02 {
		t.Errorf("%d draws hold a share of %.3f, must be 5000 and about 0.632", s.N(), share)
	}
}

// TestAForestsNodesLookAtSomeFeatures: one feature of nine tells all, and every
// node looks at three.
func TestAForestsNodesLookAtSomeFeatures(t *testing.T) {
	t.Parallel()
	data := clouds(200, 9, 2, 2)
	for i, y := range data.Labels {
		data.X[i*9+4] = float64(2*y-1) * (1 + data.X[i*9]*data.X[i*9])
	}
	m, err := Recipe{Family: "tree", Members: 100}.Train(data, Options{Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		t.Fatal(err)
	}
	best := 0
	for _, m := range m.(*Ensemble).Members() {
		if m.(*Tree).Nodes()[0].Feature == 4 {
			best++
		}
	}
	if best < 20 || best > 47 {
		t.Errorf("%d of 100 roots split on the telling feature, must be about a third", best)
	}
}

// TestATreeLooksFurtherUntilAFeatureSplits: constant features allow no split.
func TestATreeLooksFurtherUntilAFeatureSplits(t *testing.T) {
	t.Parallel()
	data := Data{Dim: 9, Classes: 2, X: make([]float64, 4*9), Labels: []int{0, 0, 1, 1}}
	for i := range 4 {
		data.X[i*9+7] = float64(i)
	}
	for seed := range uint64(20) {
		tree, err := GrowTree(data, Growth{Features: 1, Rand: rand.New(rand.NewPCG(seed, 1))})
		if err != nil || tree.Leaves() != 2 {
			t.Fatalf("seed %d: %v, %v", seed, tree, err)
		}
	}
}

func TestASampleOfOneClassIsDrawnAgain(t *testing.T) {
	t.Parallel()
	data := Data{Dim: 1, Classes: 2, X: []float64{0, 1, 2, 3, 4, 5}, Labels: []int{0, 0, 0, 0, 0, 1}}
	for _, family := range []string{"tree", "logistic"} {
		if _, err := (Recipe{Family: family, C: 1, Members: 50}).Train(data, Options{Rand: rand.New(rand.NewPCG(1, 1))}); err != nil {
			t.Errorf("%s: %v", family, err)
		}
	}
}

func TestTrainingAnEnsembleGivesWayAndCanBeStopped(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	eachEnsemble(t, 4, func(r Recipe, data Data, _ *Ensemble) {
		ticks := 0
		var told []int
		count := func() error { ticks++; return nil }
		member := func(done, of int) { told = append(told, done, of) }
		if _, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(3, 4)), Tick: count, Member: member}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(told, []int{0, 4, 1, 4, 2, 4, 3, 4}) {
			t.Errorf("%s: told of members %v", r.Family, told)
		}
		all := ticks
		ticks = 0
		_, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(3, 4)), Tick: func() error {
			if ticks++; ticks == all-1 {
				return stop
			}
			return nil
		}})
		if all < 8 || !errors.Is(err, stop) || ticks != all-1 {
			t.Errorf("%s: %d ticks, stopped after %d with %v", r.Family, all, ticks, err)
		}
	})
}

func TestWhatCantBeAnEnsembleSaysWhy(t *testing.T) {
	t.Parallel()
	data := clouds(30, 2, 2, 1)
	o := Options{Rand: rand.New(rand.NewPCG(1, 1))}
	for _, c := range []struct {
		recipe Recipe
		says   string
	}{
		{Recipe{Family: "svm", Kernel: "linear", C: 1, Members: 3}, "an ensemble of svm, allowed"},
		{Recipe{Family: "tree", Members: 101}, "members = 101, allowed 1..100"},
		{Recipe{Family: "tree", Members: -1}, "members = -1"},
		{Recipe{Family: "logistic", Members: 2}, "C is 0"},
	} {
		if _, err := c.recipe.Train(data, o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.recipe, err, c.says)
		}
	}
	one := data
	one.Labels = make([]int, 30)
	if _, err := (Recipe{Family: "tree", Members: 3}).Train(one, o); !errors.Is(err, ErrOneClass) {
		t.Errorf("labels of one class: %v", err)
	}
	tree, err := GrowTree(data, Growth{})
	if err != nil {
		t.Fatal(err)
	}
	line, err := NewLinear("logistic", 2, 2, []float64{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, members := range [][]Probabilistic{nil, {tree, line}, {&Ensemble{[]Probabilistic{tree}}}} {
		if e, err := NewEnsemble(members); err == nil {
			t.Errorf("%v", e)
		}
	}
}
