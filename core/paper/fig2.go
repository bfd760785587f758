package paper

import (
	"fmt"
	"math/rand/v2"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/metric"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// Leak2 is one half of figure 2, training data leaked by kernel logistic
// regression on Digits: the paper's own figures. It shows pictures and gives no
// score.
type Leak2 struct {
	Name         string
	Representers int // of the victim; 0 for all training points
	Assumed      int // by the thief
	Queries      int
	Equations    int // queries × classes
	Unknowns     int // of the thief's model
}

// Fig2 are the halves of figure 2.
var Fig2 = []Leak2{
	{"20 random training points", 20, 20, 5000, 50_000, 1490},
	{"all training points, the thief takes 10", 0, 10, 1000, 10_000, 750},
}

// Leaks is a way to reproduce figure 2. The zero value chooses γ as the paper's
// code does, by accuracy on the test set, among powers of ten.
type Leaks struct {
	Gamma float64
	C     float64    // 0 is 1, as in the paper's code
	Round int        // decimals of the answers; 0 is all
	Means bool       // hold what is found against the means of the classes
	Tick  model.Tick // may be nil
}

// ResultLeak is one theft of training points.
type ResultLeak struct {
	Name     string
	Gamma    float64
	Accuracy float64 // of the victim on the test set, percent
	Unknowns int     // of the thief's model
	Queries  int     // spent
	Status   attack.Status
	Note     string
	Theft    Theft     // agreement of the copy
	Truth    []float64 // what was to be found, n×d: the representers, or the class means of the training set
	Labels   []int     // n, their classes
	Found    []float64 // m×d
	Leak     metric.Leakage
}

// Run trains the row's victim on 70 % of the set, whose features should be
// scaled to [-1, 1], and steals it. Where all training points are representers,
// and with Means, the found points are held against the mean of each class.
func (o Leaks) Run(row Leak2, set *dataset.Set, seed uint64) (ResultLeak, error) {
	train, test := dataset.Split(set, 0.7, rand.New(rand.NewPCG(seed, 1)))
	r := model.Recipe{Family: "klr", Representers: row.Representers, Gamma: o.Gamma, C: o.C}
	if r.Representers == 0 {
		r.Representers = train.N()
	}
	if r.C == 0 {
		r.C = 1
	}
	victim, err := o.train(&r, train, test)
	if err != nil {
		return ResultLeak{}, fmt.Errorf("%s: %w", row.Name, err)
	}
	out := ResultLeak{Name: row.Name, Gamma: r.Gamma, Accuracy: accuracy(victim, test)}
	if row.Representers > 0 && !o.Means {
		out.Truth, out.Labels = victim.(*model.KLR).Representers(), train.Y[:row.Representers]
	} else {
		out.Truth, out.Labels = classMeans(train)
	}
	r.Representers = row.Assumed
	out.Unknowns = r.Unknowns(set.D(), set.Classes())
	if err := o.steal(&out, r, victim, set, row.Queries, seed); err != nil {
		return ResultLeak{}, fmt.Errorf("%s: %w", row.Name, err)
	}
	out.Leak = metric.Leak(out.Truth, out.Found, set.Domain, rand.New(rand.NewPCG(seed, 4)))
	return out, nil
}

// train fits the victim; a γ of 0 becomes the best on the test set.
func (o Leaks) train(r *model.Recipe, train, test *dataset.Set) (model.Classifier, error) {
	data := model.Data{X: train.X, Dim: train.D(), Classes: train.Classes(), Labels: train.Y}
	if r.Gamma > 0 {
		return r.Train(data, model.Options{Tick: o.Tick})
	}
	// The paper's range is 1e-10 to 1e9. Beyond these the kernel is constant or 0
	// between any two points of [-1, 1]^d.
	var best model.Classifier
	for _, gamma := range []float64{1e-3, 1e-2, 1e-1, 1, 10, 100} {
		try := *r
		try.Gamma = gamma
		m, err := try.Train(data, model.Options{Tick: o.Tick})
		if err != nil {
			return nil, err
		}
		if best == nil || accuracy(m, test) > accuracy(best, test) {
			best, r.Gamma = m, gamma
		}
	}
	return best, nil
}

func (o Leaks) steal(out *ResultLeak, r model.Recipe, victim model.Classifier, set *dataset.Set, queries int, seed uint64) error {
	api, err := oracle.Open(victim, set.Domain, oracle.Settings{Answers: oracle.Probabilities, Round: o.Round, Budget: queries})
	if err != nil {
		return err
	}
	a, err := attack.New("kernel-leak", attack.Config{Copy: r, Tick: o.Tick})
	if err != nil {
		return err
	}
	var copied model.Classifier
	for e, err := range a.Events(api, rand.New(rand.NewPCG(seed, 2))) {
		switch {
		case err != nil:
			return err
		case e.Kind == attack.Rounded:
			copied = e.Copy
		case e.Kind == attack.Claimed:
			out.Found = append(out.Found, e.Claim.Point...)
		case e.Kind == attack.Ended:
			out.Status, out.Note = e.Status, e.Note
		}
	}
	out.Queries = api.Spent()
	out.Theft = Theft{Queries: out.Queries, Test: agreement(victim, copied, set.X),
		Unif: agreement(victim, copied, uniform(set.Domain, 10_000, rand.New(rand.NewPCG(seed, 3))))}
	return nil
}

// accuracy is the share of the set's points labelled right, in percent.
func accuracy(m model.Classifier, set *dataset.Set) float64 {
	z, labels := make([]float64, set.N()*set.Classes()), make([]int, set.N())
	m.ScoresTo(z, set.X)
	model.LabelsTo(labels, z, set.Classes())
	right := 0
	for i, y := range labels {
		if y == set.Y[i] {
			right++
		}
	}
	return 100 * float64(right) / float64(set.N())
}

// classMeans are the c×d means of the classes that occur, with these.
func classMeans(set *dataset.Set) (means []float64, labels []int) {
	d := set.D()
	sum, count := make([]float64, set.Classes()*d), make([]int, set.Classes())
	for i, y := range set.Y {
		count[y]++
		for f, v := range set.X[i*d : (i+1)*d] {
			sum[y*d+f] += v
		}
	}
	for y, n := range count {
		if n == 0 {
			continue
		}
		labels = append(labels, y)
		for _, v := range sum[y*d : (y+1)*d] {
			means = append(means, v/float64(n))
		}
	}
	return means, labels
}
