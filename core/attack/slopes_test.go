package attack

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// randomNetwork is a victim whose nodes are near straight in the middle of the
// square and flat at its corners.
func randomNetwork(t *testing.T, d, h, c int, activation string, seed uint64) *model.MLP {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 17))
	w := make([]float64, h*(d+1)+c*(h+1))
	for i := range w {
		w[i] = 3 * r.NormFloat64()
		if i < h*(d+1) {
			w[i] /= math.Sqrt(float64(d))
		}
		if i < h*(d+1) && i%(d+1) == d {
			w[i] = r.NormFloat64()
		}
	}
	m, err := model.NewMLP([]int{d, h, c}, activation, w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// solveNetwork runs equations in one round and returns the copy, and how many
// queries were asked for slopes and in all.
func solveNetwork(t *testing.T, o *fake, h int, activation string) (got model.Classifier, forSlopes, all int) {
	t.Helper()
	a, err := New("equations", Config{Copy: model.Recipe{Family: "mlp", Hidden: []int{h}, Activation: activation}, Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range a.Events(o, source()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == Queried && slices.Equal(e.Why, []string{slopeWhy}) {
			forSlopes += e.Reply.N()
		}
		if e.Kind == Rounded {
			got = e.Copy
		}
		all = e.Queries
	}
	return got, forSlopes, all
}

// apart is the largest difference of two models' probabilities on uniform points.
func apart(a, b model.Probabilistic, box int) float64 {
	s := &session{r: rand.New(rand.NewPCG(4, 4)), box: square(box), d: box}
	x := s.uniform(500)
	p, q := make([]float64, 500*a.Classes()), make([]float64, 500*a.Classes())
	a.ProbabilitiesTo(p, x)
	b.ProbabilitiesTo(q, x)
	worst := 0.0
	for i := range p {
		worst = max(worst, math.Abs(p[i]-q[i]))
	}
	return worst
}

func TestSlopesTellANetworkFromFewerQueriesThanUnknowns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d, h, c    int
		activation string
		kind       oracle.Kind
		alpha, off float64 // queries an unknown, the largest error of a probability
	}{
		{20, 20, 5, "tanh", oracle.Probabilities, 0.55, 1e-2},
		{20, 20, 5, "sigmoid", oracle.Probabilities, 0.55, 1e-3},
		{20, 20, 5, "tanh", oracle.Logits, 1, 1e-8},
		{12, 6, 4, "tanh", oracle.Probabilities, 0.55, 1e-2},
		{16, 6, 3, "tanh", oracle.Probabilities, 0.8, 1e-2},
		{12, 6, 4, "sigmoid", oracle.Probabilities, 1, 1e-7},
	} {
		for seed := range uint64(3) {
			victim := randomNetwork(t, c.d, c.h, c.c, c.activation, seed)
			budget := int(c.alpha * float64(len(victim.Params())))
			o := &fake{box: square(c.d), victim: victim, kind: c.kind, left: budget}
			got, forSlopes, all := solveNetwork(t, o, c.h, c.activation)
			if all != budget || forSlopes >= budget || forSlopes == 0 {
				t.Errorf("%v, seed %d: %d queries, %d of them for slopes; the budget is %d", c, seed, all, forSlopes, budget)
			}
			if far := apart(victim, got.(model.Probabilistic), c.d); !(far < c.off) {
				t.Errorf("%v, seed %d: the copy is off by %.2g", c, seed, far)
			}
		}
	}
}

func TestSlopesTellANetworkWithFewerNodesThanTheCopy(t *testing.T) {
	t.Parallel()
	victim := randomNetwork(t, 12, 5, 4, "tanh", 3)
	got, forSlopes, _ := solveNetwork(t, &fake{box: square(12), victim: victim, kind: oracle.Probabilities, left: 160}, 8, "tanh")
	if far := apart(victim, got.(model.Probabilistic), 12); forSlopes == 0 || !(far < 1e-4) {
		t.Errorf("%d queries for slopes; the copy is off by %.2g", forSlopes, far)
	}
}

// rounding is an oracle that says probabilities to four decimals.
type rounding struct{ *fake }

func (o rounding) Ask(x []float64) (oracle.Reply, error) {
	r, err := o.fake.Ask(x)
	for i, v := range r.Values {
		r.Values[i] = math.Round(v*1e4) / 1e4
	}
	return r, err
}

func TestSlopesAreNotAskedOfOraclesThatRound(t *testing.T) {
	t.Parallel()
	s := &session{Config: Config{Copy: model.Recipe{Family: "mlp", Hidden: []int{6}, Activation: "tanh"}}, r: source(),
		o:     rounding{&fake{box: square(12), victim: randomNetwork(t, 12, 6, 4, "tanh", 1), kind: oracle.Probabilities, left: 200}},
		yield: func(Event, error) bool { return true }, box: square(12), d: 12, c: 4, budget: 200}
	s.Repeat = 1
	if m, err := s.fromSlopes(); m != nil || err != nil || s.n() != 3 {
		t.Errorf("copy %v, %v after %d queries; want none after 3", m, err, s.n())
	}
}

func TestSlopesAreAskedOnlyWhereTheyTellTheNetwork(t *testing.T) {
	t.Parallel()
	mlp := func(h int, activation string) model.Recipe {
		return model.Recipe{Family: "mlp", Hidden: []int{h}, Activation: activation}
	}
	for _, c := range []struct {
		name         string
		copy         model.Recipe
		d, c, budget int
		want         bool
	}{
		{"a network", mlp(20, "tanh"), 20, 5, 263, true},
		{"too small a budget", mlp(20, "tanh"), 20, 5, 250, false},
		{"two classes", mlp(20, "tanh"), 20, 2, 10000, false},
		{"corners", mlp(20, "relu"), 20, 5, 10000, false},
		{"two layers", model.Recipe{Family: "mlp", Hidden: []int{5, 5}, Activation: "tanh"}, 20, 5, 10000, false},
		{"more nodes than slopes tell", mlp(20, "tanh"), 4, 3, 10000, false},
		{"softmax", model.Recipe{Family: "softmax"}, 20, 5, 10000, false},
	} {
		s := &session{Config: Config{Copy: c.copy}, box: square(c.d), d: c.d, c: c.c, budget: c.budget}
		if p, ok := s.slopePlan(); ok != c.want || ok && p.cost(c.d) > c.budget {
			t.Errorf("%s: plan %v, %v; want %v", c.name, p, ok, c.want)
		}
	}
}

func TestAPlanForSlopesCoversItsDirections(t *testing.T) {
	t.Parallel()
	for d := 1; d <= 30; d += 3 {
		for c := 3; c <= 10; c += 2 {
			for h := 1; h <= 20; h += 3 {
				s := &session{Config: Config{Copy: model.Recipe{Family: "mlp", Hidden: []int{h}, Activation: "tanh"}}, box: square(d), d: d, c: c}
				for s.budget = 10; s.budget < 2000; s.budget += 97 {
					p, ok := s.slopePlan()
					if ok && (p.cost(d) > s.budget || p.directions > d || p.whole*(c-1) < max(h, p.directions) || p.points < max(h, p.whole+1)) {
						t.Fatalf("d = %d, c = %d, %d nodes, budget %d: plan %+v", d, c, h, s.budget, p)
					}
				}
			}
		}
	}
}

// A copy of another family than the victim's: its slopes are no sum of so many
// products, and the answers serve the search.
func TestWhatIsNoNetworkIsStillCopied(t *testing.T) {
	t.Parallel()
	victim := tilted("softmax", 6, 4, 3)
	got, forSlopes, _ := solveNetwork(t, &fake{box: square(6), victim: victim, kind: oracle.Probabilities, left: 300}, 4, "tanh")
	if far := apart(victim, got.(model.Probabilistic), 6); forSlopes == 0 || !(far < 0.2) {
		t.Errorf("%d queries for slopes; the copy is off by %.2g", forSlopes, far)
	}
}

func TestSlopesGiveTheSameCopyForTheSameSeedAndCanBeBrokenOff(t *testing.T) {
	t.Parallel()
	victim := randomNetwork(t, 12, 6, 4, "tanh", 2)
	fresh := func() *fake { return &fake{box: square(12), victim: victim, kind: oracle.Probabilities, left: 120} }
	a, _, _ := solveNetwork(t, fresh(), 6, "tanh")
	b, _, _ := solveNetwork(t, fresh(), 6, "tanh")
	if !slices.Equal(a.(*model.MLP).Params(), b.(*model.MLP).Params()) {
		t.Error("two copies from one seed")
	}
	stop := errors.New("stop")
	attack, err := New("equations", Config{Copy: model.Recipe{Family: "mlp", Hidden: []int{6}, Activation: "tanh"}, Tick: func() error { return stop }})
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range attack.Events(fresh(), source()) {
		last = err
	}
	if !errors.Is(last, stop) {
		t.Errorf("error %v, want the tick's", last)
	}
}

func TestTheBellOfATanhTellsItsScaleAndBias(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	for _, c := range []struct{ scale, bias, top float64 }{{1, 0.3, 2}, {4, -2, 0.1}, {0.2, 0.5, 30}, {6, 5, 1}} {
		var at, height []float64
		for range 20 {
			x := 2*r.Float64() - 1
			at = append(at, x)
			height = append(height, c.top/math.Pow(math.Cosh(c.scale*x+c.bias), 2))
		}
		scale, bias, top := bell(at, height)
		if bias*c.bias < 0 { // the bell is even
			bias = -bias
			scale = -scale
		}
		for _, x := range at {
			if want, got := c.top/math.Pow(math.Cosh(c.scale*x+c.bias), 2), top/math.Pow(math.Cosh(scale*x+bias), 2); math.Abs(got-want) > 1e-6*c.top {
				t.Fatalf("%v: height %v at %v, want %v", c, got, x, want)
			}
		}
	}
}
