package paper

import (
	"fmt"
	"math"
	"math/rand/v2"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// Faces are the paper's figures on model inversion (section 4.1.4): a softmax of
// 40 faces of 10,304 pixels.
var Faces = struct {
	Pixels, Classes                 int
	Unknowns                        int // weights; biases not counted
	BlackBoxOne, BlackBoxAll, Theft int // queries
}{10_304, 40, 412_160, 20_600, 800_000, 41_216}

// Images is a way to compare inversion by queries with extraction and inversion
// of the copy. The zero value steals by log-ratios from d+1 answers and three to
// check.
type Images struct {
	Attack    string // equations, say; "" is log-ratios
	Queries   int    // of the theft; 0 is d+4
	Inversion attack.Inversion
}

// ResultImages are the images of all classes, found both ways.
type ResultImages struct {
	D, Classes int
	Black      []attack.Image // by queries
	White      []attack.Image // on the copy; Confidence is the victim's
	BlackSum   int            // queries of all classes
	Theft      Theft          // queries of the extraction
	Apart      float64        // largest difference of a pixel, as a share of its range
	Means      []float64      // n×D, the mean training image of each class that occurs
	// Correlation of an image's pixels with the mean image of its class.
	BlackLike, WhiteLike []float64
}

// Fewer is how many times fewer queries the theft takes. Black-box inversion
// needs at least one gradient a class, and the theft about as many answers as one
// gradient, so the gain is the number of classes times that of gradients: the
// surer the image has to be, the larger.
func (r ResultImages) Fewer() float64 { return float64(r.BlackSum) / float64(r.Theft.Queries) }

// Run trains a softmax with C = 1 on 70 % of the set and inverts it.
func (o Images) Run(set *dataset.Set, seed uint64) (ResultImages, error) {
	train, test := dataset.Split(set, 0.7, rand.New(rand.NewPCG(seed, 1)))
	m, err := model.Recipe{Family: "softmax", C: 1}.Train(
		model.Data{X: train.X, Dim: train.D(), Classes: train.Classes(), Labels: train.Y}, model.Options{Tick: o.Inversion.Tick})
	if err != nil {
		return ResultImages{}, fmt.Errorf("inversion: %w", err)
	}
	victim := m.(model.Probabilistic)
	out := ResultImages{D: set.D(), Classes: set.Classes()}
	copied, err := o.steal(&out, victim, set, test, seed)
	if err != nil {
		return ResultImages{}, fmt.Errorf("inversion: %w", err)
	}
	means, labels := classMeans(train)
	out.Means = means
	for at, class := range labels {
		black, err := o.black(victim, set, class)
		if err != nil {
			return ResultImages{}, err
		}
		white, err := o.Inversion.Invert(attack.Free(copied), set.Domain, set.Classes(), class)
		if err != nil {
			return ResultImages{}, err
		}
		p := make([]float64, set.Classes())
		victim.ProbabilitiesTo(p, white.X)
		white.Confidence, white.Queries = p[class], 0
		out.Black, out.White = append(out.Black, black), append(out.White, white)
		out.BlackSum += black.Queries
		mean := means[at*set.D() : (at+1)*set.D()]
		out.BlackLike = append(out.BlackLike, correlation(black.X, mean))
		out.WhiteLike = append(out.WhiteLike, correlation(white.X, mean))
		for j, f := range set.Domain {
			if f.High > f.Low {
				out.Apart = max(out.Apart, math.Abs(black.X[j]-white.X[j])/(f.High-f.Low))
			}
		}
	}
	return out, nil
}

// black inverts by queries to a fresh oracle.
func (o Images) black(victim model.Probabilistic, set *dataset.Set, class int) (attack.Image, error) {
	api, err := oracle.Open(victim, set.Domain, oracle.Settings{Answers: oracle.Probabilities, Budget: 1_000_000})
	if err != nil {
		return attack.Image{}, err
	}
	ask, err := attack.Paid(api)
	if err != nil {
		return attack.Image{}, err
	}
	return o.Inversion.Invert(ask, set.Domain, set.Classes(), class)
}

func (o Images) steal(out *ResultImages, victim model.Probabilistic, set, test *dataset.Set, seed uint64) (model.Probabilistic, error) {
	name, queries := o.Attack, o.Queries
	if name == "" {
		name = "log-ratios"
	}
	if queries == 0 {
		queries = set.D() + 4
	}
	api, err := oracle.Open(victim, set.Domain, oracle.Settings{Answers: oracle.Probabilities, Budget: queries})
	if err != nil {
		return nil, err
	}
	a, err := attack.New(name, attack.Config{Copy: model.Recipe{Family: "softmax"}, Tick: o.Inversion.Tick})
	if err != nil {
		return nil, err
	}
	var copied model.Probabilistic
	for e, err := range a.Events(api, rand.New(rand.NewPCG(seed, 2))) {
		if err != nil {
			return nil, err
		}
		if e.Kind == attack.Rounded {
			copied = e.Copy.(model.Probabilistic)
		}
	}
	out.Theft = Theft{Queries: api.Spent(), Test: agreement(victim, copied, test.X),
		Unif: agreement(victim, copied, uniform(set.Domain, 10_000, rand.New(rand.NewPCG(seed, 3))))}
	return copied, nil
}

// correlation is Pearson's, 0 where one is constant.
func correlation(a, b []float64) float64 {
	n := float64(len(a))
	ma, mb := num.Sum(a)/n, num.Sum(b)/n
	var ab, aa, bb float64
	for i, v := range a {
		u, w := v-ma, b[i]-mb
		ab, aa, bb = ab+u*w, aa+u*u, bb+w*w
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
