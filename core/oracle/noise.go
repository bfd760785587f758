package oracle

import (
	"fmt"
	"math"
	"math/rand/v2"

	"modelheist/core/model"
)

// Noise blurs the answers. The zero value is none.
type Noise struct {
	Sigma float64 // standard deviation, in the values' own unit; 0 is none
	// Fixed draws the noise from a hash of the input, so that asking again gives
	// the same answer; otherwise every answer has its own, in the order of asking,
	// and whoever asks often enough averages it away.
	Fixed bool
	Seed  uint64 // the owner's secret
}

// Blur adds Gaussian noise to the values of the answers: to probabilities,
// logits, margins (both of two classes by the same amount, one up and one down) or
// the number of a regression. The label becomes the class of the largest noisy
// value. Probabilities are then cut to [0, 1] and divided by their sum; where
// nothing is left they are uniform. An oracle without values has nothing to blur.
func Blur(o Oracle, n Noise) (Oracle, error) {
	if !(n.Sigma > 0) || math.IsInf(n.Sigma, 0) {
		return nil, fmt.Errorf("oracle: noise = %v, allowed a number above 0", n.Sigma)
	}
	if k := o.Answers(); k == Labels || k == Top1 {
		return nil, fmt.Errorf("oracle: noise goes onto all values of an answer, allowed probabilities, logits, margin, value, not %s", k)
	}
	return &blurred{o, n, rand.New(rand.NewPCG(n.Seed, 0))}, nil
}

type blurred struct {
	inner
	Noise
	fresh *rand.Rand
}

func (o *blurred) Ask(x []float64) (Reply, error) {
	r, err := o.inner.Ask(x)
	if err != nil {
		return Reply{}, err
	}
	d, w := len(x)/max(r.N(), 1), r.Width()
	for i := range r.N() {
		draw := o.fresh
		if o.Fixed {
			draw = rand.New(rand.NewPCG(o.Seed, hash(x[i*d:(i+1)*d])))
		}
		values := r.Values[i*w : (i+1)*w]
		if r.Kind == Margin && w == 2 {
			z := o.Sigma * draw.NormFloat64()
			values[0], values[1] = values[0]-z, values[1]+z
			continue
		}
		for k := range values {
			values[k] += o.Sigma * draw.NormFloat64()
		}
	}
	model.LabelsTo(r.Labels, r.Values, w)
	if r.Kind == Probabilities {
		for i, v := range r.Values {
			r.Values[i] = min(max(v, 0), 1)
		}
		for i := 0; i < len(r.Values); i += w {
			normalise(r.Values[i : i+w])
		}
	}
	return r, nil
}

// hash is FNV-1a over the bits of an input; -0 is 0, and all NaN are one.
func hash(x []float64) uint64 {
	h := uint64(14695981039346656037)
	for _, v := range x {
		bits := math.Float64bits(v + 0)
		if v != v {
			bits = 1
		}
		for range 8 {
			h = (h ^ bits&0xff) * 1099511628211
			bits >>= 8
		}
	}
	return h
}

// Cut leaves only the label of an answer, or the label and its probability.
func Cut(o Oracle, answers Kind) Oracle { return &shortened{o, answers} }

type shortened struct {
	inner
	answers Kind
}

func (o *shortened) Answers() Kind { return o.answers }

func (o *shortened) Ask(x []float64) (Reply, error) {
	r, err := o.inner.Ask(x)
	if err != nil {
		return Reply{}, err
	}
	values := r.Values
	w := r.Width()
	r.Kind, r.Values = o.answers, nil
	if o.answers == Top1 {
		for i, label := range r.Labels {
			r.Values = append(r.Values, values[i*w+label])
		}
	}
	return r, nil
}

// blurrable is the kind of answers that noise goes onto where these are wanted.
func blurrable(victim model.Classifier, answers Kind) Kind {
	if answers != Labels && answers != Top1 {
		return answers
	}
	if _, probabilistic := victim.(model.Probabilistic); probabilistic {
		return Probabilities
	}
	return Margin
}
