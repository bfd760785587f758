package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// steal runs an attack to its end and returns the last copy and event.
func steal(t *testing.T, name string, recipe model.Recipe, o oracle.Oracle, seed uint64) (model.Classifier, Event) {
	t.Helper()
	a, err := New(name, Config{Copy: recipe})
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

// farthest is the largest difference in a probability at uniform inputs.
func farthest(o *fake, copied model.Classifier) float64 {
	s := &session{box: o.box, d: len(o.box), r: rand.New(rand.NewPCG(9, 9))}
	x := s.uniform(500)
	p, q := make([]float64, 500*o.Classes()), make([]float64, 500*o.Classes())
	o.victim.ProbabilitiesTo(p, x)
	copied.(model.Probabilistic).ProbabilitiesTo(q, x)
	far := 0.0
	for i := range p {
		far = max(far, math.Abs(p[i]-q[i]))
	}
	return far
}

func TestLogRatiosSolveASoftmaxFromDPlusOneAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []int{2, 3, 10} {
		for _, d := range []int{1, 2, 30} {
			for seed := range uint64(10) {
				o := &fake{box: square(d), victim: tilted("softmax", d, c, seed), kind: oracle.Probabilities, left: d + 1}
				copied, end := steal(t, "log-ratios", model.Recipe{Family: "softmax"}, o, seed)
				if far := farthest(o, copied); !(far < 1e-8) || end.Queries != d+1 || end.Status != Budget {
					t.Errorf("c = %d, d = %d, seed %d: %s after %d queries, a probability off by %g", c, d, seed, end.Status, end.Queries, far)
				}
			}
		}
	}
}

func TestLogRatiosKnowThatTheyAreRight(t *testing.T) {
	t.Parallel()
	o := &fake{box: square(4), victim: tilted("softmax", 4, 5, 2), kind: oracle.Probabilities, left: 500}
	if _, end := steal(t, "log-ratios", model.Recipe{Family: "softmax"}, o, 1); end.Status != Solved || end.Queries > 10 {
		t.Errorf("%s after %d queries", end.Status, end.Queries)
	}
	o = &fake{box: square(4), victim: tilted("ovr", 4, 5, 2), kind: oracle.Probabilities, left: 100}
	if _, end := steal(t, "log-ratios", model.Recipe{Family: "softmax"}, o, 1); end.Status != Budget {
		t.Errorf("a one-vs-rest victim was taken for a softmax: %s", end.Status)
	}
}

// roundedOracle rounds the answers of an oracle.
func roundedOracle(t *testing.T, o oracle.Oracle, decimals int) oracle.Oracle {
	t.Helper()
	r, err := oracle.Round(o, decimals)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLogRatiosSeeHowAnswersAreRounded(t *testing.T) {
	t.Parallel()
	for _, c := range []int{2, 3, 10} {
		for decimals := range 11 {
			for seed := range uint64(5) {
				f := &fake{box: square(3), victim: tilted("softmax", 3, c, seed), kind: oracle.Probabilities, left: 40}
				var o oracle.Oracle = f
				if decimals > 0 {
					o = roundedOracle(t, f, decimals)
				}
				s := &session{box: f.box, d: 3, c: c, r: rand.New(rand.NewPCG(seed, 4))}
				x := s.uniform(40)
				reply, err := o.Ask(x)
				if err != nil {
					t.Fatal(err)
				}
				s.labels = reply.Labels
				if got := s.decimals(reply.Values); got != decimals {
					t.Errorf("c = %d, seed %d: %d decimals look like %d", c, seed, decimals, got)
				}
			}
		}
	}
}

func TestLogRatiosComeCloserWithDecimalsAndWithQueries(t *testing.T) {
	t.Parallel()
	off := func(decimals, queries int) float64 {
		var all []float64
		for seed := range uint64(5) {
			f := &fake{box: square(3), victim: tilted("softmax", 3, 4, seed), kind: oracle.Probabilities, left: queries}
			copied, end := steal(t, "log-ratios", model.Recipe{Family: "softmax"}, roundedOracle(t, f, decimals), seed)
			if end.Status != Budget || end.Queries != queries {
				t.Fatalf("%d decimals: %s after %d of %d queries", decimals, end.Status, end.Queries, queries)
			}
			all = append(all, farthest(f, copied))
		}
		slices.Sort(all)
		return all[2]
	}
	t.Run("decimals", func(t *testing.T) {
		last := 1.0
		for _, decimals := range []int{2, 4, 6, 8} {
			now := off(decimals, 60)
			if !(now < last/20) || now > math.Pow10(-decimals) {
				t.Errorf("%d decimals: probabilities off by %g, after %g with two fewer", decimals, now, last)
			}
			last = now
		}
	})
	t.Run("queries", func(t *testing.T) {
		if few, many := off(3, 10), off(3, 1000); !(many < few/5) {
			t.Errorf("off by %g after 10 queries, by %g after 1000", few, many)
		}
	})
}

func TestLogRatiosTakeTop1OfTwoClassesOnly(t *testing.T) {
	t.Parallel()
	for _, family := range []string{"softmax", "logistic"} {
		o := &fake{box: square(2), victim: tilted("softmax", 2, 2, 3), kind: oracle.Top1, left: 3}
		if copied, _ := steal(t, "log-ratios", model.Recipe{Family: family}, o, 1); !(farthest(o, copied) < 1e-9) {
			t.Errorf("%s: a probability is off by %g", family, farthest(o, copied))
		}
	}
	a, err := New("log-ratios", Config{Copy: model.Recipe{Family: "softmax"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range a.Events(&fake{box: square(2), victim: tilted("softmax", 2, 3, 3), kind: oracle.Top1, left: 9}, source()) {
		if err == nil || fmt.Sprint(err) == "" {
			t.Error("top1 of three classes is no error")
		}
	}
}
