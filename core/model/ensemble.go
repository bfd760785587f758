package model

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"modelheist/core/num"
)

// MaxMembers bounds an ensemble.
const MaxMembers = 100

// Bagged are the families that an ensemble can have as members.
var Bagged = []string{"logistic", "softmax", "mlp", "tree"}

// Ensemble is a committee of models of one family. Its probabilities are the
// mean of its members', its scores their logarithms (of less than 2^-60: those of
// 2^-60), and so its label is the class with the largest mean.
type Ensemble struct{ members []Probabilistic }

var (
	_ Probabilistic = (*Ensemble)(nil)
	_ GridSampler   = (*Ensemble)(nil)
)

// NewEnsemble makes an ensemble of its members, which it keeps: 1 to MaxMembers
// linear models, perceptrons or trees, all of one kind and shape.
func NewEnsemble(members []Probabilistic) (*Ensemble, error) {
	if n := len(members); n < 1 || n > MaxMembers {
		return nil, fmt.Errorf("model: an ensemble of %d members, allowed 1..%d", n, MaxMembers)
	}
	kind := memberKind(members[0])
	for i, m := range members {
		switch other := memberKind(m); {
		case other == "":
			return nil, fmt.Errorf("model: ensemble: member %d is of another family, allowed linear models, perceptrons and trees", i)
		case other != kind:
			return nil, fmt.Errorf("model: ensemble: member %d is a %s and the first a %s", i, other, kind)
		}
	}
	return &Ensemble{slices.Clone(members)}, nil
}

// memberKind says what all members have to share; empty for what can't be one.
func memberKind(m Probabilistic) string {
	name := ""
	switch m := m.(type) {
	case *Linear:
		name = m.Family()
	case *MLP:
		name = "mlp"
	case *Tree:
		name = "tree"
	default:
		return ""
	}
	return fmt.Sprintf("%s of %d inputs and %d classes", name, m.Dim(), m.Classes())
}

// Members are the members. They belong to the ensemble.
func (e *Ensemble) Members() []Probabilistic { return e.members }

// Dim implements Classifier.
func (e *Ensemble) Dim() int { return e.members[0].Dim() }

// Classes implements Classifier.
func (e *Ensemble) Classes() int { return e.members[0].Classes() }

// Unknowns is k, the sum of the members'.
func (e *Ensemble) Unknowns() int {
	k := 0
	for _, m := range e.members {
		switch m := m.(type) {
		case *Tree:
			k += m.Unknowns()
		case Parametric:
			k += len(m.Params())
		}
	}
	return k
}

// ProbabilitiesTo implements Probabilistic.
func (e *Ensemble) ProbabilitiesTo(dst, x []float64) {
	e.meanTo(dst[:len(x)/e.Dim()*e.Classes()], func(p []float64, i int) { e.members[i].ProbabilitiesTo(p, x) })
}

// ScoresTo implements Classifier.
func (e *Ensemble) ScoresTo(dst, x []float64) {
	e.ProbabilitiesTo(dst, x)
	logTo(dst[:len(x)/e.Dim()*e.Classes()])
}

// meanTo writes the mean of what each member writes to p.
func (e *Ensemble) meanTo(dst []float64, member func(p []float64, i int)) {
	member(dst, 0)
	p := make([]float64, len(dst))
	for i := 1; i < len(e.members); i++ {
		member(p, i)
		num.AddScaled(dst, 1, p)
	}
	num.Scale(dst, 1/float64(len(e.members)))
}

// logTo replaces probabilities by scores.
func logTo(p []float64) {
	for i, v := range p {
		p[i] = max(v, 0x1p-60)
	}
	num.LogTo(p, p)
}

// GridScoresTo implements GridScorer for inputs of two dimensions.
func (e *Ensemble) GridScoresTo(dst, xs, ys []float64) { e.Sampler(xs, ys).RowsTo(dst, 0, len(ys)) }

// Sampler implements GridSampler for inputs of two dimensions: the mean of the
// members' own grids.
func (e *Ensemble) Sampler(xs, ys []float64) Sampler {
	g := &committee{e: e, width: len(xs)}
	for _, m := range e.members {
		if t, is := m.(*Tree); is {
			g.members = append(g.members, t.sampler(t.values(), xs, ys))
		} else {
			g.members = append(g.members, linked{SamplerOf(m, xs, ys), m.(linker)})
		}
	}
	return g
}

// committee samples an ensemble by its members' probabilities.
type committee struct {
	e       *Ensemble
	members []Sampler
	width   int
}

// RowsTo implements Sampler.
func (g *committee) RowsTo(dst []float64, from, to int) {
	dst = dst[:(to-from)*g.width*g.e.Classes()]
	g.e.meanTo(dst, func(p []float64, i int) { g.members[i].RowsTo(p, from, to) })
	logTo(dst)
}

// PixelsTo implements Sampler.
func (g *committee) PixelsTo(dst []float64, pixels []int32) {
	dst = dst[:len(pixels)*g.e.Classes()]
	g.e.meanTo(dst, func(p []float64, i int) { g.members[i].PixelsTo(p, pixels) })
	logTo(dst)
}

// linker is a model whose probabilities follow from its scores.
type linker interface {
	// link turns the n×c scores z into probabilities.
	link(z []float64)
}

// linked samples probabilities where the other samples scores. A destination has
// just the length of what is sampled.
type linked struct {
	Sampler
	linker
}

func (s linked) RowsTo(dst []float64, from, to int) {
	s.Sampler.RowsTo(dst, from, to)
	s.link(dst)
}

func (s linked) PixelsTo(dst []float64, pixels []int32) {
	s.Sampler.PixelsTo(dst, pixels)
	s.link(dst)
}

// trainEnsemble trains each member on a bootstrap sample: as many points as there
// are, drawn from them with replacement (Breiman 1996, "Bagging predictors",
// Machine Learning 24). Each node of a tree looks at √d features only, which makes
// a random forest (Breiman 2001, "Random forests", Machine Learning 45).
//
// Every member has a random stream of its own, so that an ensemble begins with the
// members of any smaller one. A sample of one class is drawn again, some times.
func (r Recipe) trainEnsemble(data Data, o Options) (Classifier, error) {
	switch {
	case r.Members < 1 || r.Members > MaxMembers:
		return nil, fmt.Errorf("model: members = %d, allowed 1..%d", r.Members, MaxMembers)
	case !slices.Contains(Bagged, r.Family):
		return nil, fmt.Errorf("model: an ensemble of %s, allowed are ensembles of %v", r.Family, Bagged)
	case r.Privacy != 0:
		return nil, fmt.Errorf("model: privacy = %v for an ensemble, allowed for one model", r.Privacy)
	}
	if err := data.check(); err != nil {
		return nil, err
	}
	warm, _ := o.Warm.(*Ensemble)
	base := o.Rand.Uint64()
	var members []Probabilistic
	for i := range r.Members {
		if o.Member != nil {
			o.Member(i, r.Members)
		}
		o.Rand, o.Warm = rand.New(rand.NewPCG(base, uint64(i))), nil
		if warm != nil && i < len(warm.members) {
			o.Warm = warm.members[i]
		}
		m, err := r.trainMember(data, o)
		if err != nil {
			return nil, err
		}
		members = append(members, m.(Probabilistic))
	}
	return NewEnsemble(members)
}

func (r Recipe) trainMember(data Data, o Options) (Classifier, error) {
	const draws = 100
	r.Members = 0
	for try := 1; ; try++ {
		sample := data.bootstrap(o.Rand)
		var m Classifier
		var err error
		if r.Family == "tree" {
			m, err = built(GrowTree(sample, r.growth(o, sqrtFloor(data.Dim))))
		} else {
			m, err = r.Train(sample, o)
		}
		if !errors.Is(err, ErrOneClass) || try == draws {
			return m, err
		}
	}
}

// sqrtFloor is √d without its decimals.
func sqrtFloor(d int) int {
	n := 0
	for (n+1)*(n+1) <= d {
		n++
	}
	return n
}

// bootstrap draws as many points as there are, with replacement.
func (d Data) bootstrap(r *rand.Rand) Data {
	n, c := d.N(), d.Classes
	s := Data{Dim: d.Dim, Classes: c, X: make([]float64, 0, len(d.X))}
	for range n {
		i := r.IntN(n)
		s.X = append(s.X, d.X[i*d.Dim:(i+1)*d.Dim]...)
		if d.Labels != nil {
			s.Labels = append(s.Labels, d.Labels[i])
		} else {
			s.Probabilities = append(s.Probabilities, d.Probabilities[i*c:(i+1)*c]...)
		}
	}
	return s
}
