package metric

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/dataset"
	"modelheist/core/domain"
	"modelheist/core/model"
)

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 9)) }

func linear(t *testing.T, family string, d, c int, params ...float64) model.Classifier {
	t.Helper()
	m, err := model.NewLinear(family, d, c, params)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var (
	line  = domain.Domain{{Name: "x", Low: -1, High: 1}}
	plane = domain.Domain{{Name: "x", Low: -1, High: 1}, {Name: "y", Low: -3, High: 5}}
)

// labeller is a victim without probabilities: class 1 from x >= at.
type labeller struct{ at float64 }

func (labeller) Dim() int     { return 1 }
func (labeller) Classes() int { return 2 }
func (l labeller) ScoresTo(dst, x []float64) {
	for i, v := range x {
		dst[2*i], dst[2*i+1] = l.at-v, v-l.at
		if v == l.at {
			dst[2*i] = -1
		}
	}
}

func points(x ...float64) *dataset.Set {
	return &dataset.Set{X: x, Y: make([]int, len(x)), Domain: line, ClassNames: []string{"a", "b"}}
}

func TestMeasuresAreThePapersOnKnownModels(t *testing.T) {
	t.Parallel()
	// Victim p1 = σ(2x), copy p1 = σ(2x+1): they differ in label on (-1/2, 0].
	victim, thief := linear(t, "logistic", 1, 2, 2, 0), linear(t, "logistic", 1, 2, 2, 1)
	y, err := NewYardstick(victim, line, points(-0.75, -0.25, 0.5, 0.75), rng(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	m, labels, err := y.Measure(thief, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.RTest != 0.25 {
		t.Errorf("R_test %v, want 1/4: only -0.25 changes its label", m.RTest)
	}
	sigma := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	tv := 0.0
	for _, x := range []float64{-0.75, -0.25, 0.5, 0.75} {
		tv += math.Abs(sigma(2*x+1)-sigma(2*x)) / 4
	}
	if math.Abs(m.TVTest-tv) > 1e-15 {
		t.Errorf("TV_test %v, want %v", m.TVTest, tv)
	}
	// ∫ over [-1,1] of σ(2x+1)-σ(2x), halved: softplus by hand.
	softplus := func(z float64) float64 { return math.Log1p(math.Exp(z)) }
	want := (softplus(3) - softplus(-1) - softplus(2) + softplus(-2)) / 4
	if math.Abs(m.RUnif-0.25) > 0.015 || math.Abs(m.TVUnif-want) > 0.002 { // 3.5 standard errors of 10,000 points
		t.Errorf("R_unif %v and TV_unif %v, want about 0.25 and %v", m.RUnif, m.TVUnif, want)
	}
	if m.ParamError != 1 {
		t.Errorf("parameter error %v, want 1", m.ParamError)
	}
	if len(labels) != UniformPoints || math.Abs(float64(sum(labels))/UniformPoints-0.75) > 0.015 {
		t.Errorf("%d labels, %d of class 1", len(labels), sum(labels))
	}
	self, _, _ := y.Measure(victim, nil)
	self.EdgeError = 0 // a linear model has none
	if self != (Measures{}) {
		t.Errorf("the victim measured against itself: %+v", self)
	}
}

func sum(labels []int) (s int) {
	for _, l := range labels {
		s += l
	}
	return s
}

func TestUniformPointsFillTheDomain(t *testing.T) {
	t.Parallel()
	y, err := NewYardstick(linear(t, "softmax", 2, 2, 1, 0, 0, 0, 1, 0), plane, &dataset.Set{Domain: plane}, rng(4), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(y.unif.x) != 2*UniformPoints {
		t.Fatalf("%d values", len(y.unif.x))
	}
	for j, f := range plane {
		low, high, mean := math.Inf(1), math.Inf(-1), 0.0
		for i := j; i < len(y.unif.x); i += 2 {
			low, high, mean = min(low, y.unif.x[i]), max(high, y.unif.x[i]), mean+y.unif.x[i]/UniformPoints
		}
		span := f.High - f.Low
		if low < f.Low || low > f.Low+span/500 || high > f.High || high < f.High-span/500 || math.Abs(mean-(f.Low+f.High)/2) > span/80 {
			t.Errorf("%s: from %v to %v, mean %v, in [%v, %v]", f.Name, low, high, mean, f.Low, f.High)
		}
	}
}

func TestMeasuresWithoutMeaningAreNaN(t *testing.T) {
	t.Parallel()
	y, _ := NewYardstick(labeller{0.25}, line, points(0, 0.5), rng(1), nil)
	m, _, err := y.Measure(labeller{0.75}, nil)
	if err != nil || m.RTest != 0.5 || math.Abs(m.RUnif-0.25) > 0.015 {
		t.Errorf("%+v, %v", m, err)
	}
	if !math.IsNaN(m.TVTest) || !math.IsNaN(m.TVUnif) || !math.IsNaN(m.ParamError) {
		t.Errorf("models without probabilities: %+v", m)
	}
	y, _ = NewYardstick(linear(t, "logistic", 1, 2, 1, 0), line, points(), rng(1), nil)
	if m, _, err = y.Measure(labeller{0}, nil); err != nil || !math.IsNaN(m.RTest) || !math.IsNaN(m.TVUnif) || m.RUnif != 0 {
		t.Errorf("no test points and a copy without probabilities: %+v, %v", m, err)
	}
	if !math.IsNaN(Accuracy(labeller{0}, points())) {
		t.Error("accuracy on no points is a number")
	}
}

func TestAccuracyIsTheShareOfTrueLabels(t *testing.T) {
	t.Parallel()
	s := points(-1, -0.5, 0.5, 1)
	s.Y = []int{0, 1, 1, 1}
	if a := Accuracy(labeller{0}, s); a != 0.75 {
		t.Errorf("accuracy %v, want 3/4", a)
	}
}

func TestLabelsComeFromTheScoresWhereProbabilitiesTie(t *testing.T) {
	t.Parallel()
	// σ(50+x) = σ(60-x) = 1 to all digits; the scores tell the classes apart.
	m := linear(t, "ovr", 1, 3, 1, 50, -1, 60, 0, -5)
	x := []float64{4, 4.5, 5, 5.5, 6}
	labels, probs, err := answers(m, x, nil)
	if err != nil || !slices.Equal(labels, []int{1, 1, 0, 0, 0}) {
		t.Errorf("labels %v, %v; probabilities %v", labels, err, probs)
	}
}

func TestLabelsEqualTheScoresLabelsForRandomModels(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		r := rng(seed)
		params := normal(4*3, math.Pow(10, 4*r.Float64()-1), r)
		for _, m := range []model.Classifier{linear(t, "softmax", 2, 4, params...), linear(t, "ovr", 2, 4, params...), linear(t, "logistic", 2, 2, params[:3]...)} {
			x := normal(2*700, 1, r)
			labels, _, _ := answers(m, x, nil)
			scores, want := make([]float64, 700*m.Classes()), make([]int, 700)
			m.ScoresTo(scores, x)
			model.LabelsTo(want, scores, m.Classes())
			if !slices.Equal(labels, want) {
				t.Errorf("seed %d: %d labels differ", seed, int(700*Disagreement(labels, want)))
			}
		}
	}
}

func normal(n int, sd float64, r *rand.Rand) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = sd * r.NormFloat64()
	}
	return v
}

func TestMeasuringGivesWayAndStops(t *testing.T) {
	t.Parallel()
	stop, ticks := errors.New("stop"), 0
	tick := func() error {
		if ticks++; ticks == 7 {
			return stop
		}
		return nil
	}
	if _, err := NewYardstick(labeller{0}, line, points(1), rng(1), tick); err != stop || ticks != 7 {
		t.Errorf("%d ticks, %v", ticks, err)
	}
	y, _ := NewYardstick(labeller{0}, line, points(1), rng(1), nil)
	ticks = 0
	if _, _, err := y.Measure(labeller{0}, tick); err != stop || ticks != 7 {
		t.Errorf("%d ticks, %v", ticks, err)
	}
}

func TestTheSameSeedMeasuresTheSame(t *testing.T) {
	t.Parallel()
	measure := func(seed uint64) Measures {
		y, _ := NewYardstick(linear(t, "logistic", 1, 2, 3, 0.1), line, points(0.5), rng(seed), nil)
		m, _, _ := y.Measure(linear(t, "logistic", 1, 2, 2, 0), nil)
		m.EdgeError = 0 // a linear model has none
		return m
	}
	if measure(1) != measure(1) || measure(1) == measure(2) {
		t.Errorf("%v %v %v", measure(1), measure(1), measure(2))
	}
}
