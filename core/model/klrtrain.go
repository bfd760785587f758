package model

import (
	"fmt"
	"math"
	"slices"

	"modelheist/core/num"
	"modelheist/core/optimize"
)

// trainKLR trains kernel logistic regression. From labels, unless the recipe
// says Learnt, it is a victim's training: the representers are the first points
// and the weights a softmax regression on the kernel features with the penalty C
// (Tramèr et al. 2016, section 4.1.3, and its code). Otherwise the representers
// are learnt, too, which needs o.Rand or a warm start. From probabilities the
// problem is a copy's: see klrTraining.
func (r Recipe) trainKLR(data Data, o Options) (Classifier, error) {
	k, err := klrKernel(r.Gamma)
	if err != nil {
		return nil, err
	}
	if err := data.check(); err != nil {
		return nil, err
	}
	if r.Representers < 1 {
		return nil, fmt.Errorf("model: klr: representers = %d, must be at least 1", r.Representers)
	}
	m := &KLR{d: data.Dim, c: data.Classes, s: r.Representers, kernel: k}
	if data.Labels == nil || r.Learnt {
		return m, r.learnKLR(m, data, o)
	}
	if n := data.N(); m.s > n {
		return nil, fmt.Errorf("model: klr: representers = %d of %d training points, allowed 1..%d", m.s, n, n)
	}
	x := data.X[:m.s*m.d]
	features := Data{X: make([]float64, data.N()*m.s), Dim: m.s, Classes: m.c, Labels: data.Labels}
	points := columnsOf(x, m.d, nil)
	for i := range data.N() {
		k.rowTo(features.X[i*m.s:(i+1)*m.s], points, data.X[i*m.d:(i+1)*m.d])
	}
	linear, err := Recipe{Family: "softmax", C: r.C}.Train(features, Options{Tick: o.Tick})
	if err != nil {
		return nil, err
	}
	l := linear.(*Linear)
	m.set(append(slices.Clone(x), l.w...))
	m.fit = l.fit
	return m, nil
}

// klrLoss is the mean cross-entropy of a KLR by all its parameters, plus
// ½·ridge·‖α‖².
type klrLoss struct {
	d, c, s, n int
	gamma      float64
	ridge      float64
	blocks     []block
	squares    [][]float64 // ‖x‖² of each block's points
	pace       *pacer
	k, e, z    []float64 // (s+1)×, s×, c×blockRows
	tmp        []float64
	gp         []float64 // s×(d+1)
}

func newKLRLoss(m *KLR, blocks []block, n int) *klrLoss {
	l := &klrLoss{d: m.d, c: m.c, s: m.s, n: n, gamma: m.kernel.gamma, blocks: blocks}
	l.k, l.e = make([]float64, (m.s+1)*blockRows), make([]float64, m.s*blockRows)
	l.z, l.tmp = make([]float64, m.c*blockRows), make([]float64, 2*m.c*blockRows)
	l.gp = make([]float64, m.s*(m.d+1))
	for _, b := range blocks {
		q := make([]float64, b.n)
		for f := range m.d {
			for i, v := range b.x[f*b.n : (f+1)*b.n] {
				q[i] += float64(v * v)
			}
		}
		l.squares = append(l.squares, q)
	}
	return l
}

// forward writes the kernels of block at, (s+1)×n with ones last, and the
// scores, c×n.
func (l *klrLoss) forward(w []float64, at int) (k, z []float64) {
	b, d, s := l.blocks[at], l.d, l.s
	k, z = l.k[:(s+1)*b.n], l.z[:l.c*b.n]
	for r := range s {
		p := w[r*d : (r+1)*d]
		row := k[r*b.n : (r+1)*b.n]
		if d <= 8 { // exact to the last digits where it costs little
			num.Fill(row, 0)
			for f, c := range p {
				for i, v := range b.x[f*b.n : (f+1)*b.n] {
					row[i] += float64((v - c) * (v - c))
				}
			}
			continue
		}
		num.Fill(row, num.Dot(p, p))
		num.AddScaled(row, 1, l.squares[at])
		for f, c := range p {
			num.AddScaled(row, -2*c, b.x[f*b.n:(f+1)*b.n])
		}
	}
	num.Scale(k[:s*b.n], -l.gamma)
	num.ExpTo(k[:s*b.n], k[:s*b.n])
	num.Fill(k[s*b.n:], 1)
	num.AffineTo(z, w[s*d:], k, l.c, s, b.n)
	return k, z
}

// backward adds the gradient by w, given that by the scores.
func (l *klrLoss) backward(grad, w, k, z []float64, b block) {
	d, s := l.d, l.s
	num.MulAddBT(grad[s*d:], z, k, l.c, s+1, b.n)
	// E = αᵀ·(gradient by z), times the kernels; α has a column too many.
	e := l.e[:s*b.n]
	num.Fill(e, 0)
	for i := range l.c {
		for r, a := range w[s*d+i*(s+1):][:s] {
			num.AddScaled(e[r*b.n:(r+1)*b.n], a, z[i*b.n:(i+1)*b.n])
		}
	}
	for i, v := range k[:s*b.n] {
		e[i] *= v
	}
	gp := l.gp
	num.Fill(gp, 0)
	num.MulAddBT(gp, e, b.x, s, d+1, b.n)
	for r := range s {
		total := gp[r*(d+1)+d]
		for f := range d {
			grad[r*d+f] += 2 * l.gamma * (gp[r*(d+1)+f] - total*w[r*d+f])
		}
	}
}

func (l *klrLoss) value(grad, w []float64) float64 {
	num.Fill(grad, 0)
	sum := 0.0
	for at, b := range l.blocks {
		if !l.pace.work(3 * len(w) * b.n) {
			return math.Inf(1)
		}
		k, z := l.forward(w, at)
		sum += softmaxLink(z, b.y, l.tmp, l.c, b.n)
		l.backward(grad, w, k, z, b)
	}
	num.Scale(grad, 1/float64(l.n))
	norm, from := 0.0, l.s*l.d
	if l.ridge > 0 {
		for i, v := range w[from:] {
			if (i+1)%(l.s+1) != 0 {
				grad[from+i] += l.ridge * v
				norm += v * v
			}
		}
	}
	return sum/float64(l.n) + l.ridge*norm/2
}

// learnKLR minimises the cross-entropy by all parameters with L-BFGS, from the
// warm start or from representers drawn uniformly from the box of the data.
func (r Recipe) learnKLR(m *KLR, data Data, o Options) error {
	if !(r.C > 0) {
		return fmt.Errorf("model: klr: C is %v, must be above 0", r.C)
	}
	pace := &pacer{tick: o.Tick}
	l := newKLRLoss(m, pack(data.X, data.targets(), data.Dim, data.Classes), data.N())
	l.pace = pace
	var tol float64
	l.ridge, tol = r.penalty(data)
	w := klrStart(m, data, o)
	res, err := optimize.LBFGS(l.value, w, optimize.Settings{GradTol: tol, MaxIter: 2000, Memory: 20, Tick: pace.check})
	if err != nil {
		return err
	}
	m.set(res.X)
	m.fit = Fit{res.F, res.GradNorm, res.Iterations, res.Status == optimize.Converged}
	return nil
}

// klrStart is where learning starts.
func klrStart(m *KLR, data Data, o Options) []float64 {
	if w, ok := o.Warm.(*KLR); ok && w.s == m.s && w.d == m.d && w.c == m.c {
		return slices.Clone(w.w)
	}
	if o.Rand == nil {
		panic("model: learning the representers of a klr needs Options.Rand")
	}
	w := make([]float64, m.s*m.d+m.c*(m.s+1))
	for f := range m.d {
		low, high := data.X[f], data.X[f]
		for i := f; i < len(data.X); i += m.d {
			low, high = min(low, data.X[i]), max(high, data.X[i])
		}
		for r := range m.s {
			w[r*m.d+f] = low + (high-low)*o.Rand.Float64()
		}
	}
	for i := range w[m.s*m.d:] { // all-0 weights would leave the representers no slope
		w[m.s*m.d+i] = 0.1 * (2*o.Rand.Float64() - 1)
	}
	return w
}
