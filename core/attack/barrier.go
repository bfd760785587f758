package attack

import (
	"math"
	"slices"

	"modelheist/core/num"
)

// normal is a gradient and the lower triangle of a Hessian, gathered from batches of
// answers.
type normal struct {
	h, grad []float64 // k×k, k
	blocks  []float64 // r(r+1)/2 of p×p: the Hessian by pairs of rows of unknowns
	force   []float64 // r: of one answer, by its scores
	curve   []float64 // r(r+1)/2 × batch: the same of the curvature, of each answer
	scaled  []float64 // p×batch, scratch
}

// batch is how many answers the Hessian takes at a time.
const batch = 64

func (f *centre) newNormal() *normal {
	pairs := f.r * (f.r + 1) / 2
	return &normal{make([]float64, f.k*f.k), make([]float64, f.k), make([]float64, pairs*f.p*f.p),
		make([]float64, f.r), make([]float64, pairs*batch), make([]float64, f.p*batch)}
}

// objective is what a centre minimises at w: the sum of all bounds' resistance and
// the penalty on weights. It returns the least slack, too, and writes the
// derivatives to n, if not nil, without the curvature of the log-odds (as
// Gauss-Newton does).
func (f *centre) objective(w []float64, n *normal) (sum, least float64, err error) {
	if n != nil {
		clear(n.grad)
		clear(n.blocks)
	}
	least = math.Inf(1)
	at, ties := newReading(f.s.c), f.ties
	for from := 0; from < f.s.n(); from += batch {
		to := min(f.s.n(), from+batch)
		for i := from; i < to; i++ {
			x, product := f.x[i*f.p:(i+1)*f.p], 1.0
			f.read(at, w, x)
			keep := func(row []float64, slack, sign float64) {
				least = min(least, slack)
				factor, beyond := f.resist(row, slack, sign, n, i-from)
				sum += beyond
				if product *= factor; product > 1e100 { // one logarithm for many
					sum, product = sum+num.Log(product), 1
				}
			}
			f.keepOdds(i, at, keep)
			for ; len(ties) > 0 && ties[0].row == i; ties = ties[1:] {
				f.keepTie(ties[0], at, keep)
			}
			sum += num.Log(product)
			if n != nil {
				n.pull(x)
			}
		}
		work := (to - from) * (f.k + f.s.c*f.s.c)
		if n != nil {
			f.bend(n, from, to)
			work += (to - from) * f.k * f.k / 2
		}
		if err := f.pace.did(work); err != nil {
			return 0, 0, err
		}
	}
	if n != nil {
		f.gather(n)
	}
	return sum + f.penalty(w, n), least, nil
}

// keepOdds passes on the bounds of answer i: how the slack grows with the scores
// (sign times row), and the slack.
func (f *centre) keepOdds(i int, at *reading, keep func(row []float64, slack, sign float64)) {
	c := f.s.c
	for k, v := range at.odds {
		row := at.slopes[(k+1)*c-f.r : (k+1)*c]
		if bound := f.low[i*c+k]; !math.IsInf(bound, 0) {
			keep(row, v-bound, 1)
		}
		if bound := f.high[i*c+k]; !math.IsInf(bound, 0) {
			keep(row, bound-v, -1)
		}
	}
}

// keepTie passes on the bound that a label makes.
func (f *centre) keepTie(t tie, at *reading, keep func(row []float64, slack, sign float64)) {
	row := make([]float64, f.s.c)
	row[t.class], row[t.other] = 1, -1
	keep(row[f.s.c-f.r:], at.scores[t.class]-at.scores[t.other], 1)
}

// barrier is the resistance of a bound at a slack v, log factor + beyond, its force
// (minus the derivative) and its stiffness. It is log(1 + 1/v), which is a logarithm
// near the bound and dies away where a probability is far from it; below soft, the
// parabola that continues it.
func barrier(v, soft float64) (factor, beyond, force, stiff float64) {
	v, past := max(v, soft), max(soft-v, 0)
	force = 1 / (v * (1 + v))
	stiff = (1 + 2*v) * force * force
	return 1 + 1/v, past * (force + past*stiff/2), force + past*stiff, stiff
}

// resist is the resistance of a bound whose slack grows with the scores by sign
// times row. It adds its derivatives to those of the answer, the j-th of its batch.
func (f *centre) resist(row []float64, slack, sign float64, n *normal, j int) (factor, beyond float64) {
	factor, beyond, force, stiff := barrier(slack, f.soft)
	if n == nil {
		return factor, beyond
	}
	pair := j
	for a, v := range row {
		n.force[a] -= sign * force * v
		for _, u := range row[:a+1] {
			n.curve[pair] += stiff * v * u
			pair += batch
		}
	}
	return factor, beyond
}

// pull adds the force of an answer at the row x of the design to the gradient.
func (n *normal) pull(x []float64) {
	for a, v := range n.force {
		num.AddScaled(n.grad[a*len(x):(a+1)*len(x)], v, x)
	}
	clear(n.force)
}

// bend adds the curvature of a batch of answers to the blocks of the Hessian.
func (f *centre) bend(n *normal, from, to int) {
	m := to - from
	x := f.columns[from*f.p : to*f.p]
	for pair := 0; pair*batch < len(n.curve); pair++ {
		curve := n.curve[pair*batch : (pair+1)*batch]
		for i := range f.p {
			for j, v := range curve[:m] {
				n.scaled[i*m+j] = v * x[i*m+j]
			}
		}
		num.MulAddBT(n.blocks[pair*f.p*f.p:(pair+1)*f.p*f.p], n.scaled[:f.p*m], x, f.p, f.p, m)
		clear(curve)
	}
}

// gather puts the blocks together.
func (f *centre) gather(n *normal) {
	pair := 0
	for a := range f.r {
		for b := range a + 1 {
			for i := range f.p {
				copy(n.h[(a*f.p+i)*f.k+b*f.p:][:f.p], n.blocks[(pair*f.p+i)*f.p:][:f.p])
			}
			pair++
		}
	}
}

// penalty is that on the weights: on their distance from the classes' mean where a
// common shift changes nothing.
func (f *centre) penalty(w []float64, n *normal) float64 {
	share := 0.0
	if f.r < f.s.c {
		share = 1 / float64(f.s.c)
	}
	sum := 0.0
	for i := range f.p {
		mean := 0.0
		for a := i; a < f.k; a += f.p {
			mean += w[a] * share
		}
		for a := i; a < f.k; a += f.p {
			sum += w[a] * (w[a] - mean)
			if n == nil {
				continue
			}
			n.grad[a] += loose * (w[a] - mean)
			for b := i; b <= a; b += f.p {
				n.h[a*f.k+b] -= loose * share
			}
			n.h[a*f.k+a] += loose
		}
	}
	return loose * sum / 2
}

// reading is what a copy says of one input.
type reading struct {
	scores, odds []float64 // c, c: log p/(1-p)
	slopes       []float64 // c×c: derivatives of the log-odds by the scores
	part, rest   []float64 // c, c: scratch
	falls        []float64 // c, of the parts' logarithms by the scores
}

func newReading(c int) *reading {
	return &reading{make([]float64, c), make([]float64, c), make([]float64, c*c), make([]float64, c), make([]float64, c), make([]float64, c)}
}

// read writes what the copy with the weights w says of a row of the design.
func (f *centre) read(to *reading, w, x []float64) {
	c := f.s.c
	num.Fill(to.scores, 0)
	for a := range f.r {
		to.scores[c-f.r+a] = num.Dot(w[a*f.p:(a+1)*f.p], x)
	}
	copy(to.odds, to.scores)
	if f.s.Copy.Family != "ovr" {
		to.share(to.odds)
		return
	}
	// Shares of sigmoids are a softmax of their logarithms.
	for k, z := range to.scores {
		rest := num.Log(1 + num.Exp(-math.Abs(z)))
		to.odds[k] = min(z, 0) - rest
		to.falls[k] = num.Exp(min(-z, 0) - rest)
	}
	to.share(to.odds)
	for i := range to.slopes {
		to.slopes[i] *= to.falls[i%c]
	}
}

// share turns the logarithms z of c parts into the log-odds of their shares, and
// writes the derivatives.
func (to *reading) share(z []float64) {
	c, top := len(z), slices.Max(z)
	for k, v := range z {
		to.part[k] = v - top
		z[k] = v - top
	}
	num.ExpTo(to.part, to.part)
	for k := range z {
		rest := 1e-300
		for j, v := range to.part {
			if j != k {
				rest += v
			}
		}
		to.rest[k] = rest
		slopes := to.slopes[k*c : (k+1)*c]
		for j, v := range to.part {
			slopes[j] = -v / rest
		}
		slopes[k] = 1
	}
	num.LogTo(to.rest, to.rest)
	num.AddScaled(z, -1, to.rest)
}
