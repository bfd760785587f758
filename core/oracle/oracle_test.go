package oracle

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/model"
)

// linear is a victim of two inputs and three classes with softmax probabilities.
type linear struct{ weights [3][3]float64 }

func (v linear) Dim() int     { return 2 }
func (v linear) Classes() int { return 3 }
func (v linear) ScoresTo(dst, x []float64) {
	for i := range len(x) / 2 {
		for k, w := range v.weights {
			dst[3*i+k] = w[0]*x[2*i] + w[1]*x[2*i+1] + w[2]
		}
	}
}

func (v linear) ProbabilitiesTo(dst, x []float64) {
	v.ScoresTo(dst, x)
	for i := 0; i < len(dst); i += 3 {
		sum := 0.0
		for k := range 3 {
			dst[i+k] = math.Exp(dst[i+k])
			sum += dst[i+k]
		}
		for k := range 3 {
			dst[i+k] /= sum
		}
	}
}

// margins is a victim without probabilities.
type margins struct{ linear }

func (margins) ProbabilitiesTo() {}

var (
	box    = domain.Domain{{Name: "u", Low: -1, High: 1}, {Name: "v", Low: 0, High: 5}}
	victim = linear{[3][3]float64{{1, 2, 0}, {-1, 1, 0.5}, {0.25, -3, 1}}}
	points = []float64{0.5, 0.25, -1, 0, 1, 5}
)

func open(t *testing.T, v model.Classifier, s Settings) *Meter {
	t.Helper()
	m, err := Open(v, box, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRepliesHoldWhatTheirKindSays(t *testing.T) {
	t.Parallel()
	scores, probabilities := make([]float64, 9), make([]float64, 9)
	victim.ScoresTo(scores, points)
	victim.ProbabilitiesTo(probabilities, points)
	labels := []int{0, 1, 0} // scores (1, .25, .375), (-1, 1.5, .75), (11, 4.5, -13.75)
	top := []float64{probabilities[0], probabilities[4], probabilities[6]}
	for _, c := range []struct {
		answers Kind
		victim  model.Classifier
		values  []float64
	}{
		{Labels, victim, nil}, {Labels, margins{victim}, nil}, {Top1, victim, top},
		{Probabilities, victim, probabilities}, {Logits, victim, scores}, {Margin, margins{victim}, scores},
	} {
		m := open(t, c.victim, Settings{Answers: c.answers, Budget: 3})
		r, err := m.Ask(points)
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind != c.answers || m.Answers() != c.answers || r.Classes != 3 || m.Classes() != 3 || m.Domain().Dim() != 2 {
			t.Errorf("%s: announces %s, %d classes", c.answers, r.Kind, r.Classes)
		}
		if !slices.Equal(r.Labels, labels) || !slices.Equal(r.Values, c.values) || len(r.Values) != r.N()*r.Width() {
			t.Errorf("%s: %v %v, want %v %v", c.answers, r.Labels, r.Values, labels, c.values)
		}
	}
}

func TestATieGoesToTheLowerClass(t *testing.T) {
	t.Parallel()
	r, err := open(t, linear{}, Settings{Answers: Labels, Budget: 1}).Ask([]float64{0, 0})
	if err != nil || r.Labels[0] != 0 {
		t.Errorf("label %v, %v", r.Labels, err)
	}
}

func TestSettingsThatTheVictimCannotMeetAreErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		victim model.Classifier
		s      Settings
		want   string
	}{
		{victim, Settings{}, `oracle: answers = ""`},
		{victim, Settings{Answers: Margin}, "oracle: answers = margin: the victim has no margins"},
		{margins{victim}, Settings{Answers: Probabilities}, "oracle: answers = probabilities: the victim has no probabilities"},
		{margins{victim}, Settings{Answers: Top1}, "oracle: answers = top1"},
		{margins{victim}, Settings{Answers: Logits}, "oracle: answers = logits"},
		{victim, Settings{Answers: Labels, Round: 16}, "oracle: round = 16 decimals, allowed 1..15"},
		{victim, Settings{Answers: Labels, Round: -1}, "oracle: round = -1 decimals, allowed 1..15"},
		{victim, Settings{Answers: Labels, Budget: -1}, "oracle: budget = -1 queries, allowed 0 or more"},
	} {
		if _, err := Open(c.victim, box, c.s); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v; want %s", c.s, err, c.want)
		}
	}
}

func TestTheBudgetIsNeverExceededAndEveryAnswerIsCounted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		budget := r.IntN(200)
		m := open(t, victim, Settings{Answers: Top1, Box: true, Budget: budget})
		answered := 0
		for range 60 {
			x := make([]float64, 2*r.IntN(40))
			for i := range x {
				x[i] = 1.02*r.Float64() - 0.01 // some are below v's range
			}
			reply, err := m.Ask(x)
			var outside *RangeError
			switch {
			case err == nil:
				answered += len(x) / 2
				if reply.N() != len(x)/2 {
					t.Fatalf("seed %d: %d answers to %d queries", seed, reply.N(), len(x)/2)
				}
			case errors.Is(err, ErrBudget):
				if len(x)/2 <= budget-answered {
					t.Fatalf("seed %d: %d queries refused with %d left", seed, len(x)/2, budget-answered)
				}
			case !errors.As(err, &outside):
				t.Fatal(err)
			}
			if m.Spent() != answered || m.Left() != budget-answered || answered > budget {
				t.Fatalf("seed %d: spent %d, left %d of %d; %d answered", seed, m.Spent(), m.Left(), budget, answered)
			}
		}
	}
}

func TestABoxRefusesWhatLiesOutsideAtNoCost(t *testing.T) {
	t.Parallel()
	m := open(t, victim, Settings{Answers: Labels, Box: true, Budget: 10})
	for _, c := range []struct {
		x    []float64
		want string
	}{
		{[]float64{0, 0, 0, -0.5}, "oracle: query 1: v = -0.5 is outside [0, 5]"},
		{[]float64{1.5, 9}, "oracle: query 0: u = 1.5 is outside [-1, 1]"},
		{[]float64{0, 0, 0, 0, math.NaN(), 0}, "oracle: query 2: u is missing (NaN), allowed are complete inputs only"},
		{[]float64{0, math.Inf(1)}, "oracle: query 0: v = +Inf is outside [0, 5]"},
	} {
		if _, err := m.Ask(c.x); err == nil || err.Error() != c.want {
			t.Errorf("%v: %v; want %s", c.x, err, c.want)
		}
	}
	if m.Spent() != 0 || m.Left() != 10 {
		t.Errorf("refused batches cost %d queries", m.Spent())
	}
	if _, err := m.Ask([]float64{-1, 0, 1, 5}); err != nil {
		t.Errorf("the corners of the box: %v", err)
	}
	if _, err := open(t, victim, Settings{Answers: Labels, Budget: 1}).Ask([]float64{1e8, 0}); err != nil {
		t.Errorf("without a box: %v", err)
	}
}

func TestInputsThatAreNotNumbersAreRefusedWithoutABoxToo(t *testing.T) {
	t.Parallel()
	m := open(t, victim, Settings{Answers: Labels, Budget: 10})
	var outside *RangeError
	if _, err := m.Ask([]float64{0, 0, 0, math.NaN()}); !errors.As(err, &outside) || outside.Row != 1 || outside.Feature.Name != "v" {
		t.Errorf("NaN: %v", err)
	}
	if m.Spent() != 0 {
		t.Errorf("it cost %d queries", m.Spent())
	}
}

// fixed answers every query with the same values.
type fixed struct {
	Oracle
	values []float64
}

func (o fixed) Ask(x []float64) (Reply, error) {
	return Reply{Kind: o.Answers(), Classes: 3, Labels: make([]int, 1), Values: slices.Clone(o.values)}, nil
}

func TestRoundingIsThePapers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answers  Kind
		decimals int
		values   []float64
		want     []float64
	}{
		{Probabilities, 2, []float64{0.333333, 0.333333, 0.333334}, []float64{0.33 / 0.99, 0.33 / 0.99, 0.33 / 0.99}},
		{Probabilities, 1, []float64{0.26, 0.26, 0.48}, []float64{0.3 / 1.1, 0.3 / 1.1, 0.5 / 1.1}},
		{Probabilities, 1, []float64{0.04, 0.04, 0.04}, []float64{1. / 3, 1. / 3, 1. / 3}},
		{Probabilities, 1, []float64{0.25, 0.35, 0.4}, []float64{0.2 / 1.0, 0.4 / 1.0, 0.4 / 1.0}}, // half to even
		{Top1, 3, []float64{0.98765}, []float64{0.988}},
		{Logits, 1, []float64{-3.14159, 1e300, 2.25}, []float64{-3.1, 1e300, 2.2}},
		{Margin, 2, []float64{-1.005, 0.015, -0.001}, []float64{-1, 0.02, 0}},
		{Labels, 2, nil, nil},
	} {
		o, err := Round(fixed{&source{victim: victim, answers: c.answers}, c.values}, c.decimals)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := o.Ask([]float64{0, 0})
		for i, v := range r.Values {
			if math.Abs(v-c.want[i]) > 1e-15*math.Abs(c.want[i]) {
				t.Errorf("%s to %d decimals: %v becomes %v, want %v", c.answers, c.decimals, c.values, r.Values, c.want)
				break
			}
		}
	}
}

func TestRoundedProbabilitiesSumToOneAndKeepTheExactLabel(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 2000)
	for i := range x {
		x[i] = 2*r.Float64() - 1
	}
	exact, _ := open(t, victim, Settings{Answers: Probabilities, Budget: 1000}).Ask(x)
	for decimals := 1; decimals <= MaxDecimals; decimals++ {
		reply, _ := open(t, victim, Settings{Answers: Probabilities, Round: decimals, Budget: 1000}).Ask(x)
		if !slices.Equal(exact.Labels, reply.Labels) {
			t.Errorf("%d decimals changed labels", decimals)
		}
		for i := 0; i < len(reply.Values); i += 3 {
			sum := 0.0
			for k := range 3 {
				sum += reply.Values[i+k]
				// Half a step of rounding, and as much again a class from dividing by the sum.
				if far := math.Abs(reply.Values[i+k] - exact.Values[i+k]); far > 4*0.5*math.Pow10(-decimals)+1e-15 {
					t.Fatalf("%d decimals: off by %v", decimals, far)
				}
			}
			if math.Abs(sum-1) > 1e-15*3 {
				t.Fatalf("%d decimals: row sums to %v", decimals, sum)
			}
		}
	}
}

func TestOraclesLeaveTheirInputAlone(t *testing.T) {
	t.Parallel()
	for _, answers := range []Kind{Labels, Top1, Probabilities, Logits} {
		x := slices.Clone(points)
		if _, err := open(t, victim, Settings{Answers: answers, Round: 2, Box: true, Budget: 9}).Ask(x); err != nil || !slices.Equal(x, points) {
			t.Errorf("%s: input became %v, %v", answers, x, err)
		}
	}
}

func TestABatchOfBrokenRowsIsTheCallersMistake(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic for three values in two dimensions")
		}
	}()
	_, _ = open(t, victim, Settings{Answers: Labels, Box: true, Budget: 9}).Ask([]float64{0, 0, 0})
}
