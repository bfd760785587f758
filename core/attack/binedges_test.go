package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// service is a victim behind feature extraction with random edges, at least 0.02
// apart, and weights; the last feature is a category.
func service(t *testing.T, family string, c int, seed uint64) (*model.Binned, domain.Domain) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	box := append(square(3), domain.Feature{Name: "kind", High: 3, Categories: []string{"a", "b", "c", "d"}})
	e := make(model.Extraction, len(box))
	for f, b := range box[:3] {
		for at := b.Low + 0.02 + 0.3*r.Float64(); at < b.High-0.02; at += 0.02 + 0.6*r.Float64() {
			e[f].Edges = append(e[f].Edges, at)
		}
	}
	e[3].Categories = 4
	rows := c
	if family == "logistic" {
		rows = 1
	}
	w := make([]float64, rows*(e.Width()+1))
	for i := range w {
		w[i] = 1.5 * r.NormFloat64()
	}
	m, err := model.NewBinned(family, c, e, w)
	if err != nil {
		t.Fatal(err)
	}
	return m, box
}

// burgle runs bin-edges against a service that checks ranges.
func burgle(t *testing.T, m *model.Binned, box domain.Domain, s oracle.Settings, seed uint64) (events []Event, spent int) {
	t.Helper()
	s.Box = true
	api, err := oracle.Open(m, box, s)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New("bin-edges", Config{Copy: model.Recipe{Family: m.Family()}})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range a.Events(api, rand.New(rand.NewPCG(seed, 4))) {
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events, api.Spent()
}

// lastCopy is the last copy of a stream.
func lastCopy(events []Event) (m *model.Binned) {
	for _, e := range events {
		if e.Kind == Rounded {
			m = e.Copy.(*model.Binned)
		}
	}
	return m
}

// farFromEdges draws n inputs whose numbers are more than ε from every edge.
func farFromEdges(m *model.Binned, box domain.Domain, n int) (x []float64) {
	r := rand.New(rand.NewPCG(9, 9))
	for len(x) < n*len(box) {
		for f, b := range box {
			v := b.Low + (b.High-b.Low)*r.Float64()
			if b.Categories != nil {
				v = float64(r.IntN(len(b.Categories)))
			}
			if slices.ContainsFunc(m.Bins()[f].Edges, func(edge float64) bool { return math.Abs(v-edge) < 1e-3 }) {
				x = x[:len(x)/len(box)*len(box)]
				break
			}
			x = append(x, v)
		}
	}
	return x
}

func TestBinEdgesRebuildsAService(t *testing.T) {
	t.Parallel()
	for _, partial := range []bool{true, false} {
		for _, c := range []struct {
			family  string
			answers oracle.Kind
			classes int
			budget  int
		}{
			{"logistic", oracle.Probabilities, 2, 350}, {"logistic", oracle.Top1, 2, 350}, {"softmax", oracle.Probabilities, 3, 350},
			{"softmax", oracle.Logits, 4, 350}, {"softmax", oracle.Top1, 2, 350}, {"ovr", oracle.Logits, 3, 350}, {"ovr", oracle.Probabilities, 3, 1500},
		} {
			t.Run(fmt.Sprint(c.family, " ", c.answers, " partial ", partial), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(3) {
					m, box := service(t, c.family, c.classes, seed)
					events, spent := burgle(t, m, box, oracle.Settings{Answers: c.answers, Partial: partial, Budget: c.budget}, seed)
					end := events[len(events)-1]
					if end.Status != Solved || end.Queries != spent {
						t.Fatalf("%s %q after %d queries, %d spent", end.Status, end.Note, end.Queries, spent)
					}
					copied := lastCopy(events)
					claimed := make([][]float64, len(box))
					for _, e := range events {
						if e.Kind == Claimed {
							claimed[e.Claim.Edge.Feature] = append(claimed[e.Claim.Edge.Feature], e.Claim.Edge.At)
						}
					}
					for f, b := range m.Bins() {
						if got := copied.Bins()[f].Edges; len(got) != len(b.Edges) || !slices.Equal(got, claimed[f]) {
							t.Fatalf("edges %v, claimed %v, true %v", got, claimed[f], b.Edges)
						}
						for i, edge := range b.Edges {
							if d := math.Abs(edge - claimed[f][i]); d > 0.5e-3 {
								t.Errorf("edge %v is claimed %v off", edge, d)
							}
						}
					}
					x := farFromEdges(m, box, 500)
					p, q := make([]float64, 500*c.classes), make([]float64, 500*c.classes)
					m.ProbabilitiesTo(p, x)
					copied.ProbabilitiesTo(q, x)
					for i, v := range p {
						if math.Abs(v-q[i]) > 1e-6 {
							t.Fatalf("probability %v, the copy's %v", v, q[i])
						}
					}
				}
			})
		}
	}
}

func TestBinEdgesWeightsOfIncompleteInputsAreTheVictims(t *testing.T) {
	t.Parallel()
	m, box := service(t, "logistic", 2, 5)
	events, _ := burgle(t, m, box, oracle.Settings{Answers: oracle.Probabilities, Partial: true, Budget: 350}, 1)
	for i, w := range lastCopy(events).Params() {
		if math.Abs(w-m.Params()[i]) > 1e-9 {
			t.Errorf("weight %d is %v, want %v", i, w, m.Params()[i])
		}
	}
}

func TestBinEdgesKeepsToItsBudgetAndSeed(t *testing.T) {
	t.Parallel()
	m, box := service(t, "softmax", 3, 2)
	for _, budget := range []int{1, 2, 7, 60, 130} {
		s := oracle.Settings{Answers: oracle.Probabilities, Partial: budget%2 == 0, Budget: budget}
		events, spent := burgle(t, m, box, s, 8)
		again, _ := burgle(t, m, box, s, 8)
		if got, want := told(events), told(again); got != want {
			t.Errorf("budget %d: the same seed gives other events", budget)
		}
		if end := events[len(events)-1]; end.Status != Budget || end.Note == "" || spent != budget || lastCopy(events) == nil {
			t.Errorf("budget %d: %s %q after %d", budget, end.Status, end.Note, spent)
		}
	}
}

// told is all that events say of queries, answers and copies.
func told(events []Event) string {
	var text string
	for _, e := range events {
		text += fmt.Sprint(e.Kind, e.Queries, e.X, e.Reply, e.Why, e.Round, e.Status, e.Note)
		if m, is := e.Copy.(*model.Binned); is {
			text += fmt.Sprint(m.Bins(), m.Params())
		}
	}
	return text
}

func TestRoundedAnswersHideEdgesAndNothingIsCalledSolved(t *testing.T) {
	t.Parallel()
	found := func(decimals int) (edges int, off float64) {
		m, box := service(t, "softmax", 3, 4)
		events, _ := burgle(t, m, box, oracle.Settings{Answers: oracle.Probabilities, Partial: true, Round: decimals, Budget: 500}, 1)
		if end := events[len(events)-1]; end.Status == Solved {
			t.Errorf("%d decimals: solved", decimals)
		}
		copied := lastCopy(events)
		x := farFromEdges(m, box, 500)
		p, q := make([]float64, 1500), make([]float64, 1500)
		m.ProbabilitiesTo(p, x)
		copied.ProbabilitiesTo(q, x)
		for i, v := range p {
			off += math.Abs(v-q[i]) / 1000
		}
		for _, b := range copied.Bins() {
			edges += len(b.Edges)
		}
		return edges, off
	}
	fine, nearly := found(4)
	coarse, far := found(1)
	if coarse >= fine || !(far > 10*nearly) || nearly > 0.001 {
		t.Errorf("%d edges and TV %v with 4 decimals, %d and %v with 1", fine, nearly, coarse, far)
	}
}

func TestBinEdgesLooksBetweenEqualEnds(t *testing.T) {
	t.Parallel()
	box := square(1)
	m, err := model.NewBinned("logistic", 2, model.Extraction{{Edges: []float64{-0.4, 0.3}}}, []float64{1, -2, 1, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	events, _ := burgle(t, m, box, oracle.Settings{Answers: oracle.Probabilities, Partial: true, Budget: 100}, 1)
	if got := lastCopy(events).Bins()[0].Edges; len(got) != 2 {
		t.Errorf("edges %v", got)
	}
}

func TestBinEdgesSaysThatNoiseDefeatsIt(t *testing.T) {
	t.Parallel()
	m, box := service(t, "softmax", 3, 3)
	for _, fixed := range []bool{false, true} {
		for budget, want := range map[int]Status{60: Budget, 5000: Stuck} {
			o, err := oracle.Open(m, box, oracle.Settings{Answers: oracle.Probabilities, Budget: budget})
			if err != nil {
				t.Fatal(err)
			}
			noisy, err := oracle.Blur(o, oracle.Noise{Sigma: 0.001, Fixed: fixed, Seed: 4})
			if err != nil {
				t.Fatal(err)
			}
			a, err := New("bin-edges", Config{Copy: model.Recipe{Family: "softmax"}})
			if err != nil {
				t.Fatal(err)
			}
			var end Event
			for e, err := range a.Events(noisy, source()) {
				if err != nil {
					t.Fatal(err)
				}
				end = e
			}
			if end.Status != want || !strings.Contains(end.Note, "noise") || end.Queries > 500 {
				t.Errorf("fixed %v, budget %d: %s after %d queries, %q", fixed, budget, end.Status, end.Queries, end.Note)
			}
		}
	}
}
