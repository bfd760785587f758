package model

import (
	"fmt"
	"math"
	"slices"

	"modelheist/core/num"
)

// KLR is kernel logistic regression with the RBF kernel: the probabilities are
// the softmax of the scores
//
//	z_i = Σ_r α_ir·exp(-γ‖x-x_r‖²) + b_i
//
// over s representers x_r. A victim's are training points, so whoever recovers
// the parameters holds these (Tramèr et al. 2016, section 4.1.3).
type KLR struct {
	d, c, s int
	kernel  kernel
	w       []float64 // s×d representers, then c×(s+1) weights α with b last
	points  columns   // the representers again
	fit     Fit
}

var (
	_ Probabilistic = (*KLR)(nil)
	_ Parametric    = (*KLR)(nil)
	_ GridScorer    = (*KLR)(nil)
	_ Fitted        = (*KLR)(nil)
)

// NewKLR makes a model of d inputs, c classes and γ from its parameters, which
// it copies: the s×d representers, then c rows of s weights and an intercept.
func NewKLR(d, c int, gamma float64, params []float64) (*KLR, error) {
	if d < 1 || c < 2 {
		return nil, fmt.Errorf("model: klr of %d inputs and %d classes: must be at least 1 and 2", d, c)
	}
	s := (len(params) - c) / (d + c)
	if s < 1 || s*(d+c)+c != len(params) {
		return nil, fmt.Errorf("model: klr: %d parameters with d = %d and %d classes, must be s·d + c(s+1)", len(params), d, c)
	}
	for i, v := range params {
		if v-v != 0 {
			return nil, fmt.Errorf("model: klr: parameter %d is %v, must be a finite number", i, v)
		}
	}
	k, err := klrKernel(gamma)
	if err != nil {
		return nil, err
	}
	m := &KLR{d: d, c: c, s: s, kernel: k}
	m.set(slices.Clone(params))
	return m, nil
}

func klrKernel(gamma float64) (kernel, error) {
	if !(gamma > 0) || math.IsInf(gamma, 0) {
		return kernel{}, fmt.Errorf("model: klr: gamma is %g; a finite number above 0 is needed", gamma)
	}
	return kernel{kind: "rbf", gamma: gamma}, nil
}

// set takes over the parameters w.
func (m *KLR) set(w []float64) {
	m.w = w
	m.points = columnsOf(w[:m.s*m.d], m.d, nil)
}

// Dim implements Classifier.
func (m *KLR) Dim() int { return m.d }

// Classes implements Classifier.
func (m *KLR) Classes() int { return m.c }

// Gamma is γ.
func (m *KLR) Gamma() float64 { return m.kernel.gamma }

// Params implements Parametric.
func (m *KLR) Params() []float64 { return slices.Clone(m.w) }

// Representers returns a copy of the s×d representers.
func (m *KLR) Representers() []float64 { return slices.Clone(m.w[:m.s*m.d]) }

// Weights returns a copy of the c×(s+1) weights, the intercept last in each row.
func (m *KLR) Weights() []float64 { return slices.Clone(m.w[m.s*m.d:]) }

// Fit implements Fitted; it is zero for a model made from parameters.
func (m *KLR) Fit() Fit { return m.fit }

// ScoresTo implements Classifier.
func (m *KLR) ScoresTo(dst, x []float64) {
	k, v := make([]float64, m.s), m.w[m.s*m.d:]
	for i := range len(x) / m.d {
		m.kernel.rowTo(k, m.points, x[i*m.d:(i+1)*m.d])
		for j := range m.c {
			row := v[j*(m.s+1) : (j+1)*(m.s+1)]
			dst[i*m.c+j] = row[m.s] + num.Dot(row[:m.s], k)
		}
	}
}

// ProbabilitiesTo implements Probabilistic.
func (m *KLR) ProbabilitiesTo(dst, x []float64) {
	m.ScoresTo(dst, x)
	num.SoftmaxRows(dst, len(x)/m.d, m.c)
}

// GridScoresTo implements GridScorer: a Gaussian of the plane is a product of
// one factor a column and one a row.
func (m *KLR) GridScoresTo(dst, xs, ys []float64) {
	if m.d != 2 {
		panic(fmt.Sprintf("model: a grid needs d = 2, not %d", m.d))
	}
	s, c, w := m.s, m.c, len(xs)
	ex, ey := m.factors(xs, 0), m.factors(ys, 1)
	weighted, sums := make([]float64, c*s), make([]float64, c*w)
	for j := range ys {
		for k := range c {
			row := m.w[s*m.d+k*(s+1):][:s+1]
			for r, e := range ey[j*s : (j+1)*s] {
				weighted[k*s+r] = row[r] * e
			}
			num.Fill(sums[k*w:(k+1)*w], row[s])
		}
		num.MulAddBT(sums, weighted, ex, c, w, s)
		for k := range c {
			for i, v := range sums[k*w : (k+1)*w] {
				dst[(j*w+i)*c+k] = v
			}
		}
	}
}

// factors are exp(-γ(t-x_rf)²), a row a grid line t, a column a representer.
func (m *KLR) factors(lines []float64, f int) []float64 {
	s := m.s
	e := make([]float64, len(lines)*s)
	for j, t := range lines {
		row := e[j*s : (j+1)*s]
		for r, v := range m.points.x[f*s : (f+1)*s] {
			row[r] = -m.kernel.gamma * (t - v) * (t - v)
		}
		num.ExpTo(row, row)
	}
	return e
}
