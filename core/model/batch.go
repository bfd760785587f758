package model

import (
	"fmt"

	"modelheist/core/num"
)

// blockRows is the number of points trained at a time: a block of 20 inputs, 20
// hidden nodes and their gradients stays in a 32 kB first-level cache.
const blockRows = 128

// block is some training points with the points along the rows, so that every
// inner loop runs over points: values of a layer are a nodes×points matrix.
type block struct {
	n int
	x []float64 // (d+1)×n inputs, the last row ones
	y []float64 // r×n targets
}

// pack cuts the n×d inputs and the n×r targets into blocks.
func pack(x, y []float64, d, r int) []block {
	n := len(x) / d
	blocks := make([]block, 0, (n+blockRows-1)/blockRows)
	for at := 0; at < n; at += blockRows {
		b := block{n: min(blockRows, n-at)}
		b.x = make([]float64, (d+1)*b.n)
		num.TransposeTo(b.x, x[at*d:(at+b.n)*d], b.n, d)
		num.Fill(b.x[d*b.n:], 1)
		b.y = make([]float64, r*b.n)
		num.TransposeTo(b.y, y[at*r:(at+b.n)*r], b.n, r)
		blocks = append(blocks, b)
	}
	return blocks
}

// pacer calls a Tick from inside long evaluations, where a solver can't, and
// remembers its error: an evaluation then ends at once with +Inf and the solver
// finds the error at its own tick.
type pacer struct {
	tick Tick
	done int
	err  error
}

// paceWork is the number of multiply-adds between two ticks, some 2 ms natively.
const paceWork = 4 << 20

// work adds multiply-adds about to be done; false means stop.
func (p *pacer) work(n int) bool {
	if p == nil {
		return true
	}
	if p.done += n; p.done >= paceWork {
		p.done = 0
		return p.check() == nil
	}
	return p.err == nil
}

// check is the Tick for a solver.
func (p *pacer) check() error {
	if p.err == nil && p.tick != nil {
		p.err = p.tick()
	}
	return p.err
}

// check reports data that no family can be trained on.
func (d Data) check() error {
	n, c := d.N(), d.Classes
	switch {
	case d.Dim < 1 || c < 2 || n*d.Dim != len(d.X):
		panic(fmt.Sprintf("model: %d inputs for d = %d and %d classes", len(d.X), d.Dim, c))
	case n == 0:
		return fmt.Errorf("model: no points to train on")
	case (d.Labels == nil) == (d.Probabilities == nil):
		panic("model: training takes either labels or probabilities")
	case d.Labels != nil && len(d.Labels) != n, d.Probabilities != nil && len(d.Probabilities) != n*c:
		panic(fmt.Sprintf("model: %d points with %d labels and %d probabilities", n, len(d.Labels), len(d.Probabilities)))
	}
	for i, v := range d.X {
		if v-v != 0 {
			return fmt.Errorf("model: point %d: feature %d is %v, must be a finite number", i/d.Dim, i%d.Dim, v)
		}
	}
	if d.Labels != nil {
		return d.checkLabels()
	}
	return d.checkProbabilities()
}

func (d Data) checkLabels() error {
	one := true
	for i, y := range d.Labels {
		if y < 0 || y >= d.Classes {
			panic(fmt.Sprintf("model: point %d has label %d of %d classes", i, y, d.Classes))
		}
		one = one && y == d.Labels[0]
	}
	if one {
		return ErrOneClass
	}
	return nil
}

func (d Data) checkProbabilities() error {
	c := d.Classes
	for i := 0; i < d.N(); i++ {
		sum := 0.0
		for k, p := range d.Probabilities[i*c : i*c+c] {
			if !(p >= 0 && p <= 1.5) {
				return fmt.Errorf("model: point %d: probability %v of class %d is outside [0, 1]", i, p, k)
			}
			sum += p
		}
		if sum <= 0 {
			return fmt.Errorf("model: point %d: the probabilities are all 0", i)
		}
	}
	return nil
}

// targets are the n×c probabilities to match: one-hot for labels, else the
// given ones scaled to a sum of 1 (answers are rounded).
func (d Data) targets() []float64 {
	n, c := d.N(), d.Classes
	y := make([]float64, n*c)
	for i, k := range d.Labels {
		y[i*c+k] = 1
	}
	if d.Probabilities != nil {
		copy(y, d.Probabilities)
		num.NormalizeRows(y, n, c)
	}
	return y
}

// Fit tells how a training ended.
type Fit struct {
	Loss       float64 // mean loss, the penalty included
	GradNorm   float64 // largest |gradient| of Loss
	Iterations int
	Converged  bool // false: stopped by the iteration limit or the precision of float64
}

// Fitted is a model that remembers its training.
type Fitted interface{ Fit() Fit }
