package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// meekly runs lowd-meek and returns the last copy and event.
func meekly(t *testing.T, recipe model.Recipe, inside bool, o *fake, seed uint64) (model.Classifier, Event) {
	t.Helper()
	a, err := New("lowd-meek", Config{Copy: recipe, Inside: inside})
	if err != nil {
		t.Fatal(err)
	}
	var copied model.Classifier
	var last Event
	for e, err := range a.Events(o, rand.New(rand.NewPCG(seed, 1))) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Copy != nil {
			copied = e.Copy
		}
		last = e
	}
	return copied, last
}

// differing counts the labels of n uniform inputs on which the copy differs.
func differing(o *fake, copied model.Classifier, n int) int {
	s := &session{box: o.box, d: len(o.box), r: rand.New(rand.NewPCG(9, 9))}
	x := s.uniform(n)
	want, wrong := predict(o.victim, x), 0
	for i, y := range predict(copied, x) {
		if y != want[i] {
			wrong++
		}
	}
	return wrong
}

func TestLowdMeekMeasuresALinearBoundaryExactly(t *testing.T) {
	t.Parallel()
	for _, recipe := range []model.Recipe{{Family: "logistic"}, {Family: "svm", Kernel: "linear"}} {
		for _, inside := range []bool{false, true} {
			for _, d := range []int{1, 2, 9, 30} {
				t.Run(fmt.Sprintf("%s inside=%v d=%d", recipe.Family, inside, d), func(t *testing.T) {
					t.Parallel()
					for seed := range uint64(5) {
						o := &fake{box: square(d), victim: tilted("logistic", d, 2, seed), kind: oracle.Labels, left: 100 * (d + 1), open: !inside}
						copied, end := meekly(t, recipe, inside, o, seed)
						if strings.Contains(end.Note, "have all been class") {
							continue // the boundary misses the domain
						}
						if wrong := differing(o, copied, 20000); wrong != 0 || end.Status != Solved {
							t.Errorf("seed %d: %s after %d queries, %d labels of 20000 differ; %s", seed, end.Status, end.Queries, wrong, end.Note)
						}
					}
				})
			}
		}
	}
}

func TestLowdMeekFindsTheWeightsUpToTheirScale(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{false, true} {
		victim := tilted("logistic", 4, 2, 3)
		o := &fake{box: square(4), victim: victim, kind: oracle.Labels, left: 1000, open: !inside}
		copied, _ := meekly(t, model.Recipe{Family: "logistic"}, inside, o, 1)
		want, got := victim.Params(), copied.(*model.Linear).Params()
		for i := range want {
			if ratio := want[i] * got[0] / (got[i] * want[0]); math.Abs(ratio-1) > 1e-9 || got[0]*want[0] < 0 {
				t.Errorf("inside = %v: weight %d of %v, want a positive multiple of %v", inside, i, got, want)
			}
		}
	}
}

// quadric is a victim whose boundary is a random quadratic form.
func quadric(d int, seed uint64) model.Classifier {
	r := rand.New(rand.NewPCG(seed, 6))
	s := model.Support{Intercepts: []float64{0}}
	for range 2 * d {
		for range d {
			s.Vectors = append(s.Vectors, 2*r.Float64()-1)
		}
		s.Dual = append(s.Dual, r.NormFloat64())
	}
	m, err := model.NewSVM(model.Recipe{Kernel: "poly", Gamma: 2, Coef0: 1, Degree: 2}, d, 2, s)
	if err != nil {
		panic(err)
	}
	// Through the middle of the domain's values, so that both classes are there.
	x := make([]float64, 200*d)
	for i := range x {
		x[i] = 2*r.Float64() - 1
	}
	scores := make([]float64, 400)
	m.ScoresTo(scores, x)
	sum := 0.0
	for i := 1; i < 400; i += 2 {
		sum += scores[i] / 200
	}
	s.Intercepts[0] = -sum
	m, err = model.NewSVM(model.Recipe{Kernel: "poly", Gamma: 2, Coef0: 1, Degree: 2}, d, 2, s)
	if err != nil {
		panic(err)
	}
	return m
}

// labelled gives a model without probabilities to a fake that is asked for labels.
type labelled struct{ model.Classifier }

func (labelled) ProbabilitiesTo(_, _ []float64) { panic("attack: only labels") }

func TestLowdMeekMeasuresAQuadraticBoundaryByRealInputs(t *testing.T) {
	t.Parallel()
	recipe := model.Recipe{Family: "svm", Kernel: "poly", Gamma: 5, Coef0: 1, Degree: 2}
	for _, d := range []int{2, 3, 8} {
		t.Run(fmt.Sprint(d), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(5) {
				o := &fake{box: square(d), victim: labelled{quadric(d, seed)}, kind: oracle.Labels, left: 40 * (d + 1) * (d + 2)}
				copied, end := meekly(t, recipe, true, o, seed)
				if wrong := differing(o, copied, 20000); wrong > 0 || end.Status != Solved {
					t.Errorf("seed %d: %s after %d queries, %d labels of 20000 differ; %s", seed, end.Status, end.Queries, wrong, end.Note)
				}
			}
		})
	}
}

func TestARangeCheckStopsTheOriginalOnly(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{false, true} {
		o := &fake{box: square(3), victim: tilted("logistic", 3, 2, 5), kind: oracle.Labels, left: 300}
		copied, end := meekly(t, model.Recipe{Family: "logistic"}, inside, o, 2)
		if copied == nil {
			t.Fatal("no copy at all")
		}
		if inside && end.Status != Solved || !inside && (end.Status != Stuck || !strings.Contains(end.Note, "range")) {
			t.Errorf("inside = %v: %s, %q", inside, end.Status, end.Note)
		}
		if end.Queries != o.asked {
			t.Errorf("inside = %v: %d queries reported, %d answered", inside, end.Queries, o.asked)
		}
	}
}

func TestLowdMeekSaysThatABoundaryIsNotOfItsShape(t *testing.T) {
	t.Parallel()
	for _, inside := range []bool{false, true} {
		o := &fake{box: square(2), victim: labelled{quadric(2, 4)}, kind: oracle.Labels, left: 2000, open: true}
		if copied, end := meekly(t, model.Recipe{Family: "logistic"}, inside, o, 2); end.Status != Stuck || copied == nil {
			t.Errorf("inside = %v: %s after %d queries", inside, end.Status, end.Queries)
		}
	}
}

func TestLowdMeekUsesNoFeatureThatHasNoWeight(t *testing.T) {
	t.Parallel()
	victim, err := model.NewLinear("logistic", 4, 2, []float64{0, 3, 0, -1, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	box := square(4)
	box[2].High = box[2].Low // never moves
	for _, inside := range []bool{false, true} {
		o := &fake{box: box, victim: victim, kind: oracle.Labels, left: 1000, open: !inside}
		copied, end := meekly(t, model.Recipe{Family: "logistic"}, inside, o, 2)
		w := copied.(*model.Linear).Params()
		if end.Status != Solved || math.Abs(w[0]) > 1e-9 || w[2] != 0 && inside == false || math.Abs(w[3]/w[1]+1.0/3) > 1e-9 {
			t.Errorf("inside = %v: %s, weights %v", inside, end.Status, w)
		}
	}
}

func TestTheOriginalIsRefusedForAPolynomialKernel(t *testing.T) {
	t.Parallel()
	for _, recipe := range []model.Recipe{
		{Family: "svm", Kernel: "poly", Degree: 2, Coef0: 1}, {Family: "svm", Kernel: "rbf"},
	} {
		a, err := New("lowd-meek", Config{Copy: recipe})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range a.Events(&fake{box: square(2), victim: tilted("logistic", 2, 2, 1), kind: oracle.Labels, left: 9}, source()) {
			if err == nil {
				t.Errorf("%s: no error", recipe.Kernel)
			}
		}
	}
}
