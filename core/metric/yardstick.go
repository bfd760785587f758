// Package metric measures a copy against its victim. Only whoever runs an
// attack may use it; the attack itself can't.
package metric

import (
	"math"
	"math/rand/v2"

	"modelheist/core/dataset"
	"modelheist/core/domain"
	"modelheist/core/model"
)

// UniformPoints is the number of uniform points behind R_unif; Tramèr et al.
// 2016, section 4, found 10,000 enough for stable numbers.
const UniformPoints = 10_000

// chunk is how many points are predicted between two ticks.
const chunk = 500

// Measures compare a copy with the victim; NaN where one has no meaning.
type Measures struct {
	RTest, RUnif   float64 // share of test and of uniform points with different labels
	TVTest, TVUnif float64 // mean total variation between the probability vectors
	ParamError     float64 // largest parameter error after removing the family's symmetries
	EdgeError      float64 // see EdgeError
}

// Yardstick holds the victim's answers on the test points and on uniform points
// of the domain, so that measuring a copy costs one pass of the copy.
type Yardstick struct {
	victim     model.Classifier
	test, unif sample
}

// sample is points with the victim's answers to them.
type sample struct {
	x      []float64 // n×d
	labels []int     // n
	probs  []float64 // n×c, nil for a victim without
}

// NewYardstick asks the victim about the test set and about UniformPoints
// points that r draws from the domain. It returns the error of tick, if any.
func NewYardstick(victim model.Classifier, d domain.Domain, test *dataset.Set, r *rand.Rand, tick model.Tick) (*Yardstick, error) {
	uniform := make([]float64, 0, UniformPoints*d.Dim())
	for range UniformPoints {
		for _, f := range d {
			v := f.Low + (f.High-f.Low)*r.Float64()
			if k := len(f.Categories); k > 0 {
				v = float64(r.IntN(k))
			}
			uniform = append(uniform, v)
		}
	}
	y := &Yardstick{victim: victim}
	for _, s := range []struct {
		to *sample
		x  []float64
	}{{&y.test, test.X}, {&y.unif, uniform}} {
		labels, probs, err := answers(victim, s.x, tick)
		if err != nil {
			return nil, err
		}
		*s.to = sample{s.x, labels, probs}
	}
	return y, nil
}

// Measure compares the copy with the victim. labels are the copy's on the
// uniform points, for telling how much one copy differs from the next.
func (y *Yardstick) Measure(copied model.Classifier, tick model.Tick) (m Measures, labels []int, err error) {
	if m.RTest, m.TVTest, _, err = y.test.compare(copied, tick); err != nil {
		return m, nil, err
	}
	if m.RUnif, m.TVUnif, labels, err = y.unif.compare(copied, tick); err != nil {
		return m, nil, err
	}
	m.ParamError, m.EdgeError = ParamError(y.victim, copied), EdgeError(y.victim, copied)
	return m, labels, nil
}

func (s *sample) compare(copied model.Classifier, tick model.Tick) (r, tv float64, labels []int, err error) {
	labels, probs, err := answers(copied, s.x, tick)
	if err != nil || len(labels) == 0 {
		return math.NaN(), math.NaN(), labels, err
	}
	tv = math.NaN()
	if s.probs != nil && len(probs) == len(s.probs) {
		sum := 0.0
		for i, p := range probs {
			sum += math.Abs(p - s.probs[i])
		}
		tv = sum / 2 / float64(len(labels))
	}
	return Disagreement(s.labels, labels), tv, labels, nil
}

// Disagreement is the share of positions at which the labels differ; NaN for
// none at all.
func Disagreement(a, b []int) float64 {
	n := 0
	for i, label := range a {
		if label != b[i] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// answers are the labels and, where the model has them, the probabilities of
// the n×d points x.
func answers(c model.Classifier, x []float64, tick model.Tick) (labels []int, probs []float64, err error) {
	d, k := c.Dim(), c.Classes()
	n := len(x) / d
	labels = make([]int, n)
	p, probabilistic := c.(model.Probabilistic)
	values := make([]float64, min(n, chunk)*k)
	if probabilistic {
		probs = make([]float64, n*k)
	}
	for from := 0; from < n; from += chunk {
		to := min(n, from+chunk)
		rows := x[from*d : to*d]
		if probabilistic {
			values = probs[from*k : to*k]
			p.ProbabilitiesTo(values, rows)
			model.LabelsTo(labels[from:to], values, k)
			breakTies(labels[from:to], c, rows, values)
		} else {
			c.ScoresTo(values[:(to-from)*k], rows)
			model.LabelsTo(labels[from:to], values[:(to-from)*k], k)
		}
		if tick != nil {
			if err := tick(); err != nil {
				return nil, nil, err
			}
		}
	}
	return labels, probs, nil
}

// near is the relative difference of probabilities below which the scores decide
// on the label: well above what rounding does to a probability.
const near = 1e-9

// breakTies corrects the labels read from the probabilities of the rows x where
// another class comes near. Probabilities grow with scores in all families, so
// that elsewhere the scores say the same, and needn't be computed.
func breakTies(labels []int, c model.Classifier, x, probs []float64) {
	d, k := c.Dim(), c.Classes()
	var tied []int
	var rows []float64
	for i, label := range labels {
		best := probs[i*k+label]
		for j, p := range probs[i*k : (i+1)*k] {
			if j != label && !(p < best*(1-near)) {
				tied = append(tied, i)
				rows = append(rows, x[i*d:(i+1)*d]...)
				break
			}
		}
	}
	if len(tied) == 0 {
		return
	}
	scores, exact := make([]float64, len(tied)*k), make([]int, len(tied))
	c.ScoresTo(scores, rows)
	model.LabelsTo(exact, scores, k)
	for t, i := range tied {
		labels[i] = exact[t]
	}
}

// Accuracy is the share of points of the set that c labels as the set does; NaN
// for an empty set.
func Accuracy(c model.Classifier, s *dataset.Set) float64 {
	labels, _, _ := answers(c, s.X, nil)
	return 1 - Disagreement(s.Y, labels)
}
