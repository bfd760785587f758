package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/diff/fd"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// rounded is a victim behind an oracle that rounds to so many decimals.
func rounded(t *testing.T, victim model.Probabilistic, decimals, queries int) (*fake, oracle.Oracle) {
	t.Helper()
	f := &fake{box: square(victim.Dim()), victim: victim, kind: oracle.Probabilities, left: queries}
	return f, roundedOracle(t, f, decimals)
}

func TestARoundedAnswerBoundsTheProbabilities(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	for _, c := range []int{2, 3, 7} {
		f, o := rounded(t, tilted("softmax", 3, c, 1), 2, 1000)
		s := &session{box: f.box, d: 3, c: c, r: r}
		x := s.uniform(1000)
		reply, err := o.Ask(x)
		if err != nil {
			t.Fatal(err)
		}
		exact, low, high := make([]float64, len(reply.Values)), make([]float64, c), make([]float64, c)
		f.victim.ProbabilitiesTo(exact, x)
		for i := 0; i < len(exact); i += c {
			if !bounds(low, high, reply.Values[i:i+c], 100) {
				t.Fatalf("%v is taken for no rounded answer", reply.Values[i:i+c])
			}
			for k, p := range exact[i : i+c] {
				if p < low[k]-1e-15 || p > high[k]+1e-15 || low[k] > high[k] {
					t.Errorf("c = %d: %v is not in [%v, %v]", c, p, low[k], high[k])
				}
			}
		}
	}
	if bounds(make([]float64, 2), make([]float64, 2), []float64{0.123, 0.877}, 100) {
		t.Error("0.123 is taken for rounded to two decimals")
	}
}

// asked is a session that has asked n uniform inputs.
func asked(t *testing.T, family string, o oracle.Oracle, n int) *session {
	t.Helper()
	s := &session{Config: Config{Copy: model.Recipe{Family: family}}, o: o, r: source(), box: o.Domain(), c: o.Classes(),
		yield: func(Event, error) bool { return true }, budget: o.Left()}
	s.Repeat, s.d = 1, s.box.Dim()
	if err := s.ask(s.uniform(n), "uniform"); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheCentreGivesEveryRoundedAnswer(t *testing.T) {
	t.Parallel()
	for _, family := range []string{"logistic", "softmax", "ovr"} {
		for _, decimals := range []int{1, 2, 5} {
			c := 4
			if family == "logistic" {
				c = 2
			}
			_, o := rounded(t, tilted(family, 3, c, 8), decimals, 200)
			s := asked(t, family, o, 100)
			f, err := s.nextCentre(nil)
			if f == nil || err != nil {
				t.Fatalf("%s, %d decimals: no centre: %v", family, decimals, err)
			}
			m, err := f.model()
			if err != nil {
				t.Fatal(err)
			}
			_, again := rounded(t, m.(model.Probabilistic), decimals, 100)
			reply, err := again.Ask(s.x)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(reply.Labels, s.labels) || !slices.Equal(reply.Values, s.values) {
				t.Errorf("%s, %d decimals: the copy does not give the victim's answers", family, decimals)
			}
		}
	}
}

func TestTheObjectivesDerivativesAreThoseOfItsValues(t *testing.T) {
	t.Parallel()
	for _, family := range []string{"logistic", "softmax", "ovr"} {
		c := 3
		if family == "logistic" {
			c = 2
		}
		_, o := rounded(t, tilted(family, 2, c, 3), 1, 80)
		f, err := newCentre(asked(t, family, o, 70), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f.soft = range []float64{0.01, 3} {
			r := source()
			for i := range f.w {
				f.w[i] = r.NormFloat64()
			}
			value := func(w []float64) float64 {
				v, _, _ := f.objective(w, nil)
				return v
			}
			n := f.newNormal()
			if _, _, err := f.objective(f.w, n); err != nil {
				t.Fatal(err)
			}
			want := fd.Gradient(nil, value, f.w, &fd.Settings{Formula: fd.Central})
			for i, v := range want {
				if math.Abs(n.grad[i]-v) > 1e-5*(1+math.Abs(v)) {
					t.Errorf("%s, soft %v: derivative %d is %v, differences say %v", family, f.soft, i, n.grad[i], v)
				}
			}
		}
	}
	const v, h = 0.3, 1e-6
	for _, soft := range []float64{0.1, 0.5} {
		at := func(v float64) (value, force float64) {
			factor, beyond, force, _ := barrier(v, soft)
			return math.Log(factor) + beyond, force
		}
		_, _, force, stiff := barrier(v, soft)
		low, more := at(v - h)
		high, less := at(v + h)
		if math.Abs((low-high)/(2*h)-force) > 1e-6 || math.Abs((more-less)/(2*h)-stiff) > 1e-5*stiff {
			t.Errorf("soft %v: force %v, stiffness %v", soft, force, stiff)
		}
	}
}

func TestCandidatesAreAboutToBeRoundedTheOtherWay(t *testing.T) {
	t.Parallel()
	_, o := rounded(t, tilted("softmax", 6, 4, 2), 2, 200)
	s := asked(t, "softmax", o, 60)
	f, err := s.nextCentre(nil)
	if f == nil || err != nil {
		t.Fatal(err)
	}
	const n = 200
	met := 0
	at := newReading(4)
	for range n {
		c := f.steer(s.uniform(1))
		f.read(at, f.w, c.row)
		on := 0
		for _, g := range at.odds {
			if edge, _ := f.edge(g); math.Abs(edge-g) < 1e-9 {
				on++
			}
		}
		if on >= 2 {
			met++
		}
		for j, v := range c.x {
			if v < s.box[j].Low || v > s.box[j].High {
				t.Fatalf("x%d = %v is outside the domain", j, v)
			}
		}
	}
	if met < n*2/3 {
		t.Errorf("%d of %d inputs have two classes on an edge", met, n)
	}
}

func TestRoundedAnswersGiveALinearVictimAwayToTheLastDigits(t *testing.T) {
	t.Parallel()
	for _, family := range []string{"logistic", "softmax", "ovr"} {
		for _, decimals := range []int{1, 2, 4} {
			t.Run(fmt.Sprint(family, decimals), func(t *testing.T) {
				t.Parallel()
				c := 3
				if family == "logistic" {
					c = 2
				}
				f, o := rounded(t, tilted(family, 2, c, 5), decimals, 300)
				copied, end := steal(t, "equations", model.Recipe{Family: family}, o, 1)
				if far := farthest(f, copied); !(far < 1e-7) || end.Status != Solved || end.Queries >= 300 {
					t.Errorf("%s after %d queries (%s), a probability off by %g", end.Status, end.Queries, end.Note, far)
				}
			})
		}
	}
}

// errorOfRounded is the geometric mean over seeds of the largest error in a
// probability.
func errorOfRounded(t *testing.T, c Config, decimals, queries int) float64 {
	t.Helper()
	a, err := New("equations", c)
	if err != nil {
		t.Fatal(err)
	}
	const seeds = 5
	sum := 0.0
	for seed := range uint64(seeds) {
		f, o := rounded(t, tilted("softmax", 4, 3, seed), decimals, queries)
		var copied model.Classifier
		for e, err := range a.Events(o, rand.New(rand.NewPCG(seed, 1))) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Copy != nil {
				copied = e.Copy
			}
		}
		if f.asked > queries {
			t.Fatalf("%d of %d queries were asked", f.asked, queries)
		}
		sum += math.Log(farthest(f, copied))
	}
	return math.Exp(sum / seeds)
}

func TestMoreDecimalsAndMoreQueriesBringARoundedCopyCloser(t *testing.T) {
	t.Parallel()
	c := Config{Copy: model.Recipe{Family: "softmax"}}
	last := math.Inf(1)
	for decimals := 1; decimals <= 5; decimals++ {
		off := errorOfRounded(t, c, decimals, 45)
		if !(off < last/3) {
			t.Errorf("%d decimals: off by %g, with one less by %g", decimals, off, last)
		}
		last = off
	}
	last = math.Inf(1)
	for _, queries := range []int{15, 30, 60, 120} { // 15 unknowns
		off := errorOfRounded(t, c, 2, queries)
		if !(off < last/3) {
			t.Errorf("%d queries: off by %g, half as many by %g", queries, off, last)
		}
		last = off
	}
}

func TestChosenQueriesBeatUniformOnesOnRoundedAnswers(t *testing.T) {
	t.Parallel()
	recipe := model.Recipe{Family: "softmax"}
	chosen := errorOfRounded(t, Config{Copy: recipe}, 2, 75)
	uniform := errorOfRounded(t, Config{Copy: recipe, Rounds: 1}, 2, 75)
	if !(chosen < uniform/20) {
		t.Errorf("chosen queries leave an error of %g, uniform ones of %g", chosen, uniform)
	}
}

func TestSqueezingKeepsToItsBudgetAndSeed(t *testing.T) {
	t.Parallel()
	for _, family := range []string{"logistic", "softmax", "ovr"} {
		for queries := 1; queries < 40; queries += 3 {
			var first []float64
			for range 2 {
				f, o := rounded(t, tilted(family, 2, 2, 4), 2, queries)
				copied, end := steal(t, "equations", model.Recipe{Family: family}, o, 3)
				if f.asked > queries || end.Queries != f.asked {
					t.Errorf("%s: %d queries were asked and %d told, of %d", family, f.asked, end.Queries, queries)
				}
				params := copied.(*model.Linear).Params()
				if first != nil && !slices.Equal(first, params) {
					t.Errorf("%s, %d queries: the same seed gave another copy", family, queries)
				}
				first = params
			}
		}
	}
}

func TestAnotherFamilysRoundedAnswersAreFittedAndNotCalledSolved(t *testing.T) {
	t.Parallel()
	victim := tilted("ovr", 3, 4, 6)
	f, o := rounded(t, victim, 2, 160)
	copied, end := steal(t, "equations", model.Recipe{Family: "softmax"}, o, 2)
	exact := &fake{box: f.box, victim: victim, kind: oracle.Probabilities, left: 160}
	closest, _ := steal(t, "equations", model.Recipe{Family: "softmax"}, exact, 2)
	if end.Status != Budget || end.Queries != 160 {
		t.Errorf("%s after %d queries", end.Status, end.Queries)
	}
	if off, best := farthest(f, copied), farthest(exact, closest); off > best+0.01 {
		t.Errorf("off by %g, from exact answers by %g", off, best)
	}
}
