package attack

import (
	"errors"
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

// mixedDomain is a domain of numbers of odd ranges and of categories.
func mixedDomain(numbers int, categories ...int) domain.Domain {
	var d domain.Domain
	for f := range numbers {
		d = append(d, domain.Feature{Name: fmt.Sprintf("x%d", f), Low: -1 - float64(f), High: 1 + 0.37*float64(f)})
	}
	for f, k := range categories {
		d = append(d, domain.Feature{Name: fmt.Sprintf("c%d", f), High: float64(k - 1), Categories: make([]string, k)})
	}
	return d
}

// treeCase is a random tree of some shape.
type treeCase struct {
	name    string
	d       domain.Domain
	classes int
	leaves  int
	ids     int
	depth   int
}

var treeCases = []treeCase{
	{"one leaf", mixedDomain(2), 2, 1, 1, 0},
	{"a stump", mixedDomain(1), 2, 2, 2, 1},
	{"the plane", mixedDomain(2), 2, 14, 14, 6},
	{"many numbers", mixedDomain(9), 4, 40, 40, 9},
	{"one number", mixedDomain(1), 3, 9, 9, 5},
	{"categories", mixedDomain(0, 2, 5, 7, 3), 3, 30, 30, 8},
	{"both", mixedDomain(3, 4, 6), 2, 35, 35, 9},
	{"regression", mixedDomain(2, 5), 1, 25, 25, 7},
}

func (c treeCase) grow(t testing.TB, seed uint64) *model.Grown {
	t.Helper()
	g, err := model.RandomTree(model.Shape{Domain: c.d, Classes: c.classes, Records: 2000 * c.leaves, Leaves: c.leaves, IDs: c.ids, Depth: c.depth}, rand.New(rand.NewPCG(seed, 9)))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// thieves are the two attacks and how top-down is told of splits.
var thieves = []struct {
	name            string
	partial, fields bool
}{{"path-finding", false, false}, {"top-down", true, true}, {"top-down", true, false}}

// loot is all that an attack on a tree brought.
type loot struct {
	copy    model.Classifier
	claims  []model.Box
	x       []float64
	end     Event
	queries int
}

func robTree(t testing.TB, tree model.Classifier, d domain.Domain, name string, s oracle.Settings, c Config, seed uint64) loot {
	t.Helper()
	if s.Answers == "" {
		s.Answers = oracle.Top1
		if tree.Classes() == 1 {
			s.Answers = oracle.Value
		}
	}
	if s.Budget == 0 {
		s.Budget = 1 << 20
	}
	s.Box = true
	o, err := oracle.Open(tree, d, s)
	if err != nil {
		t.Fatal(err)
	}
	c.Copy = model.Recipe{Family: "tree"}
	a, err := New(name, c)
	if err != nil {
		t.Fatal(err)
	}
	var l loot
	for e, err := range a.Events(o, rand.New(rand.NewPCG(seed, 1))) {
		if err != nil {
			t.Fatal(err)
		}
		if l.end.Kind != "" || e.Queries != o.Spent() {
			t.Fatalf("%s after the end, or %d queries where the meter says %d", e.Kind, e.Queries, o.Spent())
		}
		switch e.Kind {
		case Queried:
			l.x = append(l.x, e.X...)
		case Claimed:
			l.claims = append(l.claims, *e.Claim.Leaf)
		case Rounded:
			l.copy = e.Copy
		case Ended:
			l.end = e
		default:
			t.Fatalf("event of kind %q", e.Kind)
		}
	}
	l.queries = o.Spent()
	return l
}

// clearOfSplits tells whether x lies at least eps from every threshold of the tree.
func clearOfSplits(nodes []model.Node, x []float64, eps float64) bool {
	return !slices.ContainsFunc(nodes, func(n model.Node) bool {
		return !n.Leaf() && n.Set == nil && math.Abs(x[n.Feature]-n.Threshold) <= eps
	})
}

// misread counts the inputs on which victim and copy differ, scores and all,
// but for those within eps of a split.
func misread(g *model.Grown, copied model.Classifier, x []float64, eps float64) (wrong int) {
	d, c := g.Tree.Dim(), g.Tree.Classes()
	p, q := make([]float64, c), make([]float64, c)
	for ; len(x) > 0; x = x[d:] {
		if !clearOfSplits(g.Nodes, x[:d], eps) {
			continue
		}
		g.Tree.ScoresTo(p, x[:d])
		copied.ScoresTo(q, x[:d])
		a, b := make([]int, 1), make([]int, 1)
		model.LabelsTo(a, p, c)
		model.LabelsTo(b, q, c)
		if a[0] != b[0] || math.Abs(p[a[0]]-q[a[0]]) > 1e-12 {
			wrong++
		}
	}
	return wrong
}

func TestATreeWithDistinctLeavesIsRecoveredExactly(t *testing.T) {
	t.Parallel()
	const eps = 1e-4
	for _, c := range treeCases {
		for _, thief := range thieves {
			for seed := range uint64(4) {
				g := c.grow(t, seed)
				l := robTree(t, g.Tree, c.d, thief.name, oracle.Settings{Partial: thief.partial, Fields: thief.fields}, Config{Epsilon: eps}, seed)
				r := rand.New(rand.NewPCG(seed, 3))
				s := &session{box: c.d, d: len(c.d), r: r}
				x := append(g.Draw(500, r), s.uniform(500)...)
				if n := misread(g, l.copy, x, eps); n > 0 {
					t.Errorf("%s, %+v, seed %d: %d inputs differ", c.name, thief, seed, n)
				}
				if len(l.claims) != c.leaves || l.end.Status != Solved {
					t.Errorf("%s, %+v, seed %d: %d of %d leaves, ended %s", c.name, thief, seed, len(l.claims), c.leaves, l.end.Status)
				}
				for _, b := range l.claims {
					checkBounds(t, g.Nodes, b, eps)
				}
			}
		}
	}
}

// checkBounds fails unless every bound of the box is a split of the tree, within
// eps.
func checkBounds(t *testing.T, nodes []model.Node, b model.Box, eps float64) {
	t.Helper()
	for _, bound := range b.Bounds {
		for _, at := range []float64{bound.Low, bound.High} {
			if bound.Set != nil || math.IsInf(at, 0) {
				continue
			}
			if !slices.ContainsFunc(nodes, func(n model.Node) bool {
				return n.Feature == bound.Feature && math.Abs(n.Threshold-at) <= eps
			}) {
				t.Errorf("feature %d has no split within %v of %v", bound.Feature, eps, at)
			}
		}
	}
}

func TestTopDownAsksLessThanPathFinding(t *testing.T) {
	t.Parallel()
	for _, c := range treeCases[3:] {
		var queries [3]int
		for seed := range uint64(4) {
			g := c.grow(t, seed)
			for i, thief := range thieves {
				queries[i] += robTree(t, g.Tree, c.d, thief.name, oracle.Settings{Partial: thief.partial, Fields: thief.fields}, Config{}, seed).queries
			}
		}
		if c.name != "one number" && !(queries[1] < queries[0]) || !(queries[1] <= queries[2]) {
			t.Errorf("%s: %d queries by path-finding, %d by top-down with fields, %d without", c.name, queries[0], queries[1], queries[2])
		}
	}
}

func TestNoInputIsAskedTwice(t *testing.T) {
	t.Parallel()
	for _, thief := range thieves {
		c := treeCases[6]
		l := robTree(t, c.grow(t, 1).Tree, c.d, thief.name, oracle.Settings{Partial: thief.partial, Fields: thief.fields}, Config{}, 1)
		seen := map[string]bool{}
		for x := range slices.Chunk(l.x, len(c.d)) {
			if key := fmt.Sprint(x); seen[key] {
				t.Fatalf("%+v asked %v twice", thief, x)
			} else {
				seen[key] = true
			}
		}
	}
}

func TestABudgetIsSpentAndNotExceeded(t *testing.T) {
	t.Parallel()
	c := treeCases[6]
	g := c.grow(t, 2)
	for _, thief := range thieves {
		settings := oracle.Settings{Partial: thief.partial, Fields: thief.fields}
		full := robTree(t, g.Tree, c.d, thief.name, settings, Config{}, 5)
		for _, budget := range []int{1, 2, 3, 7, 20, 100, 200, full.queries - 1, full.queries} {
			settings.Budget = budget
			l := robTree(t, g.Tree, c.d, thief.name, settings, Config{}, 5)
			want := Budget
			if budget == full.queries {
				want = Solved
			}
			if l.queries != budget || l.end.Status != want || (l.copy == nil && budget > 30) {
				t.Errorf("%+v with %d queries: spent %d, ended %s, copy %v", thief, budget, l.queries, l.end.Status, l.copy)
			}
			if !slices.EqualFunc(l.x, full.x[:len(l.x)], func(a, b float64) bool { return a == b || a != a && b != b }) {
				t.Errorf("%+v with %d queries: asks something else than with more", thief, budget)
			}
		}
	}
}

func TestTheSameSeedFindsTheSameLeaves(t *testing.T) {
	t.Parallel()
	c := treeCases[6]
	g := c.grow(t, 3)
	for _, thief := range thieves {
		settings := oracle.Settings{Partial: thief.partial, Fields: thief.fields}
		a, b := robTree(t, g.Tree, c.d, thief.name, settings, Config{}, 7), robTree(t, g.Tree, c.d, thief.name, settings, Config{}, 7)
		if fmt.Sprint(a.x, a.claims, a.end) != fmt.Sprint(b.x, b.claims, b.end) {
			t.Errorf("%+v: two runs differ", thief)
		}
	}
}

func TestSharedAnswersEndStuckWithWhatWasLearnt(t *testing.T) {
	t.Parallel()
	c := treeCase{"shared", mixedDomain(4, 3, 4), 2, 40, 12, 9}
	worst := [3]float64{}
	for seed := range uint64(6) {
		g := c.grow(t, seed)
		s := &session{box: c.d, d: len(c.d), r: rand.New(rand.NewPCG(seed, 3))}
		x := s.uniform(1000)
		for i, thief := range thieves {
			l := robTree(t, g.Tree, c.d, thief.name, oracle.Settings{Partial: thief.partial, Fields: thief.fields}, Config{}, seed)
			if l.end.Status != Stuck || !strings.Contains(l.end.Note, "share an answer") {
				t.Errorf("%+v, seed %d: ended %s: %s", thief, seed, l.end.Status, l.end.Note)
			}
			worst[i] = max(worst[i], float64(misread(g, l.copy, x, 1e-3))/1000)
		}
	}
	// Splits between like leaves are missed, but most of the tree is there.
	if worst[0] > 0.4 || worst[1] > 0.3 {
		t.Errorf("shares of wrong answers: %v", worst)
	}
}

func TestProbabilitiesTellMoreLeavesApartThanTheTop(t *testing.T) {
	t.Parallel()
	// Two leaves of three classes with one label and confidence.
	d := mixedDomain(1)
	tree, err := model.NewTree(1, 3, []model.Node{
		{Feature: 0, Threshold: 0.3, Left: 1, Right: 2, Values: []float64{0.5, 0.25, 0.25}},
		{Feature: -1, Values: []float64{0.5, 0.5, 0}}, {Feature: -1, Values: []float64{0.5, 0, 0.5}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[oracle.Kind]int{oracle.Top1: 1, oracle.Probabilities: 2} {
		if l := robTree(t, tree, d, "path-finding", oracle.Settings{Answers: kind}, Config{}, 1); len(l.claims) != want {
			t.Errorf("%s: %d leaves, want %d", kind, len(l.claims), want)
		}
	}
}

func TestRoundedAnswersHideSplits(t *testing.T) {
	t.Parallel()
	c := treeCase{"fine", mixedDomain(3), 2, 40, 40, 9}
	g := c.grow(t, 1)
	fine, coarse := robTree(t, g.Tree, c.d, "path-finding", oracle.Settings{Round: 9}, Config{}, 1), robTree(t, g.Tree, c.d, "path-finding", oracle.Settings{Round: 1}, Config{}, 1)
	if len(fine.claims) != 40 || fine.end.Status != Solved || len(coarse.claims) >= 20 {
		t.Errorf("%d leaves, %s; to one decimal %d", len(fine.claims), fine.end.Status, len(coarse.claims))
	}
}

// restless answers every query with another confidence.
type restless struct {
	oracle.Oracle
	n int
}

func (o *restless) Ask(x []float64) (oracle.Reply, error) {
	r, err := o.Oracle.Ask(x)
	for i := range r.Values {
		o.n++
		r.Values[i] = 0.5 + 1e-9*float64(o.n)
	}
	return r, err
}

func TestAnOracleThatNeverRepeatsItselfCannotTrapTheThief(t *testing.T) {
	t.Parallel()
	c := treeCases[6]
	g := c.grow(t, 1)
	for _, thief := range thieves {
		m, err := oracle.Open(g.Tree, c.d, oracle.Settings{Answers: oracle.Top1, Budget: 3000, Partial: thief.partial, Fields: thief.fields})
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(thief.name, Config{Copy: model.Recipe{Family: "tree"}})
		if err != nil {
			t.Fatal(err)
		}
		var last Event
		for e, err := range a.Events(&restless{Oracle: m}, source()) {
			if err != nil {
				t.Fatal(err)
			}
			last = e
		}
		if last.Status != Budget || m.Left() != 0 {
			t.Errorf("%+v: ended %q with %d queries left", thief, last.Status, m.Left())
		}
	}
}

func TestPathsBreakOffAndReportErrors(t *testing.T) {
	t.Parallel()
	c := treeCases[6]
	g := c.grow(t, 1)
	for _, thief := range thieves {
		for last := range 8 {
			m, err := oracle.Open(g.Tree, c.d, oracle.Settings{Answers: oracle.Top1, Budget: 3000, Partial: thief.partial, Fields: thief.fields})
			if err != nil {
				t.Fatal(err)
			}
			ticks := 0
			stop := errors.New("stop")
			a, err := New(thief.name, Config{Copy: model.Recipe{Family: "tree"}, Tick: func() error {
				if ticks++; ticks > last && last > 4 {
					return stop
				}
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			i, spent, failed := 0, 0, error(nil)
			for e, err := range a.Events(m, source()) {
				if failed = err; err != nil {
					break
				}
				if spent = e.Queries; i == last && last <= 4 {
					break
				}
				i++
			}
			if m.Spent() != spent && failed == nil || (last > 4) != errors.Is(failed, stop) {
				t.Errorf("%+v, %d: spent %d of %d, %v", thief, last, spent, m.Spent(), failed)
			}
		}
	}
}

func TestTreeAttacksSayWhatTheyCannotUse(t *testing.T) {
	t.Parallel()
	c := treeCases[2]
	tree := c.grow(t, 1).Tree
	for _, bad := range []struct {
		name string
		s    oracle.Settings
		c    Config
		want string
	}{
		{"top-down", oracle.Settings{Answers: oracle.Top1}, Config{}, "refuses incomplete inputs (x0"},
		{"path-finding", oracle.Settings{Answers: oracle.Labels}, Config{}, "allowed top1 probabilities value"},
		{"path-finding", oracle.Settings{Answers: oracle.Top1}, Config{Epsilon: 1e-12}, "too fine for x0 in [-1, 1]"},
	} {
		bad.s.Budget = 10
		o, err := oracle.Open(tree, c.d, bad.s)
		if err != nil {
			t.Fatal(err)
		}
		bad.c.Copy.Family = "tree"
		a, err := New(bad.name, bad.c)
		if err != nil {
			t.Fatal(err)
		}
		var got error
		for _, err := range a.Events(o, source()) {
			got = err
		}
		if got == nil || !strings.Contains(got.Error(), bad.want) {
			t.Errorf("%s: %v, want %q", bad.name, got, bad.want)
		}
		if o.Spent() != 0 {
			t.Errorf("%s asked %d queries before it refused", bad.name, o.Spent())
		}
	}
	for _, eps := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := New("top-down", Config{Copy: model.Recipe{Family: "tree"}, Epsilon: eps}); err == nil {
			t.Errorf("epsilon = %v is taken", eps)
		}
	}
	if _, err := New("path-finding", Config{Copy: model.Recipe{Family: "svm"}}); err == nil {
		t.Error("path-finding rebuilds an SVM")
	}
}

func BenchmarkPathFinding(b *testing.B) {
	c := treeCase{"large", mixedDomain(20), 5, 200, 200, 12}
	g := c.grow(b, 1)
	for b.Loop() {
		robTree(b, g.Tree, c.d, "path-finding", oracle.Settings{}, Config{}, 1)
	}
}
