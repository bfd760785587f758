// Package paper holds the tables and figures of Tramèr, Zhang, Juels, Reiter,
// Ristenpart, "Stealing Machine Learning Models via Prediction APIs", USENIX
// Security 2016: its figures, and ours beside them.
package paper

import (
	"fmt"
	"math/rand/v2"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// Theft is what an attack on a tree came to: agreement in percent on the test
// points and on uniform points of the feature space, and queries.
type Theft struct {
	Test, Unif float64 // percent
	Queries    int
}

// Tree6 is one row of table 6 with what table 5 says of its data: the paper's
// own figures.
type Tree6 struct {
	Name                 string
	Records, Classes     int // 1 class: a regression
	Features             int
	Leaves, IDs, Depth   int
	PathFinding, TopDown Theft
	categories           []int // of the categorical features: our assumption
	levels               int   // splits on the longest path of our tree
}

// Table6 are the rows of table 6. The services and their trees are gone and the
// paper says neither which features were categories nor their ranges. We take
// numbers in [0, 1000] and small categories: the questions of a survey, the
// attributes of German Credit. 318 leaves don't fit into 8 binary splits, so IRS
// Tax gets 9.
var Table6 = []Tree6{
	{"IRS Tax Patterns", 191283, 51, 31, 318, 318, 8, Theft{100, 100, 101057}, Theft{100, 100, 29609}, nil, 9},
	{"Steak Survey", 430, 5, 12, 193, 28, 17, Theft{92.45, 86.40, 3652}, Theft{100, 100, 4013}, []int{2, 2, 2, 2, 2, 2, 2, 2, 4, 5, 5, 9}, 17},
	{"GSS Survey", 51020, 3, 7, 159, 113, 8, Theft{99.98, 99.61, 7434}, Theft{100, 99.65, 2752}, []int{8, 5, 5, 3, 2}, 8},
	{"Email Importance", 4709, 2, 14, 109, 55, 17, Theft{99.13, 99.90, 12888}, Theft{99.81, 99.99, 4081}, nil, 17},
	{"Email Spam", 4601, 2, 46, 219, 78, 29, Theft{87.20, 100, 42324}, Theft{99.70, 100, 21808}, nil, 29},
	{"German Credit", 1000, 2, 11, 26, 25, 11, Theft{100, 100, 1722}, Theft{100, 100, 1150}, []int{4, 5, 10, 5, 5, 4, 3}, 11},
	{"Medical Cover", 163065, 1, 13, 49, 49, 11, Theft{100, 100, 5966}, Theft{100, 100, 1788}, nil, 11},
	{"Bitcoin Price", 1076, 1, 7, 155, 155, 9, Theft{100, 100, 31956}, Theft{100, 100, 7390}, nil, 9},
}

// Domain is the feature space of the row: categories first, as far as we take
// them for such, then numbers.
func (t Tree6) Domain() domain.Domain {
	d := make(domain.Domain, t.Features)
	for f := range d {
		d[f] = domain.Feature{Name: fmt.Sprintf("x%d", f+1), High: 1000}
		if f < len(t.categories) {
			d[f].High = float64(t.categories[f] - 1)
			for k := range t.categories[f] {
				d[f].Categories = append(d[f].Categories, fmt.Sprint(k))
			}
		}
	}
	return d
}

// Trees6 is a way to reproduce table 6. The zero value is the paper's.
type Trees6 struct {
	Epsilon float64 // 0 is the table's 1e-3
	Points  int     // uniform points, and at most so many test points; 0 is the paper's 10,000
	// Distinct gives every node an answer of its own, with records enough for
	// that, where the row has leaves that share one.
	Distinct bool
	Tick     model.Tick // may be nil
}

// Result6 is one tree stolen twice.
type Result6 struct {
	Name                 string
	Leaves, IDs, Depth   int // of the tree
	PathFinding, TopDown Theft
	Found                [2]int // leaves, by path-finding and by top-down
}

// grow draws a tree of the row's shape.
func (o Trees6) grow(t Tree6, seed uint64) (*model.Grown, error) {
	s := model.Shape{Domain: t.Domain(), Classes: t.Classes, Records: t.Records, Leaves: t.Leaves, IDs: t.IDs, Depth: t.levels}
	if o.Distinct {
		s.IDs, s.Records = t.Leaves, max(t.Records, 2000*t.Leaves)
	}
	g, err := model.RandomTree(s, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	return g, nil
}

// Run grows a tree of the row's shape from the seed and steals it by both
// attacks, top-down with the fields that the service lists. Test points fall as
// the records do, at most Points of them.
func (o Trees6) Run(t Tree6, seed uint64) (Result6, error) {
	g, err := o.grow(t, seed)
	if err != nil {
		return Result6{}, err
	}
	test := g.Draw(min(t.Records, o.points()), rand.New(rand.NewPCG(seed, 2)))
	return o.Steal(t.Name, g.Tree, t.Domain(), test, seed)
}

// Real trains a tree on 70 % of a data set and steals it; the rest is the test
// set. The recipe's family is tree.
func (o Trees6) Real(set *dataset.Set, r model.Recipe, seed uint64) (Result6, error) {
	train, test := dataset.Split(set, 0.7, rand.New(rand.NewPCG(seed, 1)))
	m, err := r.Train(model.Data{X: train.X, Dim: train.D(), Classes: train.Classes(), Labels: train.Y}, model.Options{Tick: o.Tick})
	if err != nil {
		return Result6{}, fmt.Errorf("%s: %w", set.Name, err)
	}
	tree, is := m.(*model.Tree)
	if !is {
		panic("paper: the recipe of a real tree is of family " + r.Family)
	}
	return o.Steal(set.Name, tree, set.Domain, test.X, seed)
}

func (o Trees6) points() int {
	if o.Points > 0 {
		return o.Points
	}
	return 10_000
}

// limit6 is the budget: more than any row needs.
const limit6 = 2_000_000

// Steal attacks a tree, *model.Tree or *model.RegressionTree, by both attacks
// and compares the copies on the n×d test points and on uniform ones.
func (o Trees6) Steal(name string, tree model.Partial, d domain.Domain, test []float64, seed uint64) (Result6, error) {
	nodes := tree.(interface {
		Nodes() []model.Node
		Depth() int
	})
	out := Result6{Name: name, Depth: nodes.Depth()}
	ids := map[string]bool{}
	for _, n := range nodes.Nodes() {
		if n.Leaf() {
			out.Leaves++
			ids[fmt.Sprint(n.Label, n.Values[n.Label])] = true
		}
	}
	out.IDs = len(ids)
	unif := uniform(d, o.points(), rand.New(rand.NewPCG(seed, 3)))
	for i, to := range []*Theft{&out.PathFinding, &out.TopDown} {
		c, found, queries, err := o.attack([]string{"path-finding", "top-down"}[i], tree, d, seed)
		if err != nil {
			return out, fmt.Errorf("%s: %w", name, err)
		}
		out.Found[i] = found
		*to = Theft{Queries: queries, Test: agreement(tree, c, test), Unif: agreement(tree, c, unif)}
	}
	return out, nil
}

func (o Trees6) attack(name string, tree model.Partial, d domain.Domain, seed uint64) (copied model.Classifier, leaves, queries int, err error) {
	answers := oracle.Top1
	if tree.Classes() == 1 {
		answers = oracle.Value
	}
	partial := name == "top-down"
	api, err := oracle.Open(tree, d, oracle.Settings{Answers: answers, Budget: limit6, Partial: partial, Fields: partial})
	if err != nil {
		return nil, 0, 0, err
	}
	a, err := attack.New(name, attack.Config{Copy: model.Recipe{Family: "tree"}, Epsilon: o.Epsilon, Tick: o.Tick})
	if err != nil {
		return nil, 0, 0, err
	}
	for e, err := range a.Events(api, rand.New(rand.NewPCG(seed, 4))) {
		switch {
		case err != nil:
			return nil, 0, 0, err
		case e.Kind == attack.Rounded:
			copied = e.Copy
		case e.Kind == attack.Claimed:
			leaves++
		case e.Kind == attack.Ended && e.Status == attack.Budget:
			return nil, 0, 0, fmt.Errorf("%s spent %d queries", name, e.Queries)
		}
	}
	return copied, leaves, api.Spent(), nil
}

// uniform draws n inputs uniformly, categories with equal shares.
func uniform(d domain.Domain, n int, r *rand.Rand) []float64 {
	x := make([]float64, 0, n*d.Dim())
	for range n {
		for _, f := range d {
			v := f.Low + (f.High-f.Low)*r.Float64()
			if k := len(f.Categories); k > 0 {
				v = float64(r.IntN(k))
			}
			x = append(x, v)
		}
	}
	return x
}

// agreement is the share of inputs, in percent, to which both give the same
// label, or the same value.
func agreement(a, b model.Classifier, x []float64) float64 {
	n, c := len(x)/a.Dim(), a.Classes()
	p, q := make([]float64, n*c), make([]float64, n*c)
	a.ScoresTo(p, x)
	b.ScoresTo(q, x)
	same := 0
	if c == 1 {
		for i := range p {
			if p[i] == q[i] {
				same++
			}
		}
	} else {
		l, m := make([]int, n), make([]int, n)
		model.LabelsTo(l, p, c)
		model.LabelsTo(m, q, c)
		for i := range l {
			if l[i] == m[i] {
				same++
			}
		}
	}
	return 100 * float64(same) / float64(n)
}
