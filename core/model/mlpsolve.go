package model

import (
	"math"

	"modelheist/core/num"
)

// logRatios is the least-squares problem of a perceptron with one hidden layer
// whose unrounded probabilities are known: with z the scores and t = log p,
// both centred to mean 0 over the classes, r = z - t. Residuals are linear in
// the output layer and reach zero at the victim, where cross-entropy only
// becomes flat.
//
// JᵀJ needs no Jacobian. With a the hidden values (and 1), φ' their slopes, x
// the inputs (and 1), V the output weights and G = I - 1/c the centring, its
// blocks are entries of the Gram matrix of the rows [a; φ'_j·x] times entries
// of G, GV and VᵀGV.
type logRatios struct {
	net     *net
	blocks  []block // y: centred log-probabilities, c×n
	d, h, c int
	n       int

	m, gram []float64
	vgv, gv []float64

	pace *pacer
	best float64 // the last value of Normal
}

func newLogRatios(sizes []int, activation string, blocks []block, n int) *logRatios {
	d, h, c := sizes[0], sizes[1], sizes[2]
	rows := h + 1 + h*(d+1)
	return &logRatios{net: newNet(sizes, activation, blockRows), blocks: blocks, d: d, h: h, c: c, n: n,
		m: make([]float64, rows*blockRows), gram: make([]float64, rows*rows),
		vgv: make([]float64, h*h), gv: make([]float64, c*h)}
}

// residuals leaves centred z - t in the scores of the last forward and returns
// half their sum of squares.
func (q *logRatios) residuals(x []float64, b block) ([]float64, float64) {
	z := q.net.forward(x, b.x, b.n)
	mean := q.net.tmp[:b.n]
	num.Fill(mean, 0)
	for k := 0; k < q.c; k++ {
		num.AddScaled(mean, 1/float64(q.c), z[k*b.n:(k+1)*b.n])
	}
	for k := 0; k < q.c; k++ {
		num.AddScaled(z[k*b.n:(k+1)*b.n], -1, mean)
	}
	num.AddScaled(z, -1, b.y)
	return z, num.Dot(z, z) / 2
}

// Value implements optimize.LeastSquares.
func (q *logRatios) Value(x []float64) float64 {
	sum := 0.0
	for _, b := range q.blocks {
		if !q.pace.work(len(x) * b.n) {
			return math.Inf(1)
		}
		_, f := q.residuals(x, b)
		sum += f
	}
	return sum
}

// Normal implements optimize.LeastSquares.
func (q *logRatios) Normal(jtj, grad, x []float64) float64 {
	d1, h, h1 := q.d+1, q.h, q.h+1
	rows := h1 + h*d1
	num.Fill(q.gram, 0)
	num.Fill(grad, 0)
	sum := 0.0
	for _, b := range q.blocks {
		if !q.pace.work(rows * rows / 2 * b.n) {
			return math.Inf(1)
		}
		z, f := q.residuals(x, b)
		sum += f
		q.net.backward(grad, x, z, b.n)
		n := b.n
		m := q.m[:rows*n]
		hidden := q.net.values[1][:h1*n]
		copy(m, hidden)
		for j := 0; j < h; j++ {
			s := m[(h1+j*d1+q.d)*n : (h1+j*d1+d1)*n]
			num.Fill(s, 1)
			slope(q.net.activation, s, hidden[j*n:(j+1)*n])
			for i := 0; i < q.d; i++ {
				to, xi := m[(h1+j*d1+i)*n:(h1+j*d1+i+1)*n], b.x[i*n:(i+1)*n]
				for t, v := range s {
					to[t] = v * xi[t]
				}
			}
		}
		num.GramAdd(q.gram, m, rows, n)
	}
	q.scatter(jtj, x)
	q.best = sum
	return sum
}

// scatter builds the lower triangle of JᵀJ from the Gram matrix. Parameters:
// hidden layer h×(d+1), then output layer c×(h+1).
func (q *logRatios) scatter(jtj, x []float64) {
	d1, h, h1, c := q.d+1, q.h, q.h+1, q.c
	rows, k, kh := h1+h*d1, len(x), h*d1
	v := x[kh:] // c×(h+1)
	for j := 0; j < h; j++ {
		mean := 0.0
		for o := 0; o < c; o++ {
			mean += v[o*h1+j]
		}
		mean /= float64(c)
		for o := 0; o < c; o++ {
			q.gv[o*h+j] = v[o*h1+j] - mean
		}
	}
	num.Fill(q.vgv, 0)
	num.MulAddAT(q.vgv, q.gv, q.gv, h, c, h)
	for p := 0; p < kh; p++ { // hidden by hidden
		from, to := q.gram[(h1+p)*rows+h1:], jtj[p*k:]
		scale := q.vgv[p/d1*h:]
		for r := 0; r <= p; r++ {
			to[r] = from[r] * scale[r/d1]
		}
	}
	for o := 0; o < c; o++ {
		for a := 0; a < h1; a++ {
			to := jtj[(kh+o*h1+a)*k:]
			for r := 0; r < kh; r++ { // output by hidden
				to[r] = q.gram[(h1+r)*rows+a] * q.gv[o*h+r/d1]
			}
			for o2 := 0; o2 <= o; o2++ { // output by output
				g := -1 / float64(c)
				if o2 == o {
					g++
				}
				for a2 := 0; a2 < h1; a2++ {
					if o2 == o && a2 > a {
						break
					}
					i, j := max(a, a2), min(a, a2)
					to[kh+o2*h1+a2] = g * q.gram[i*rows+j]
				}
			}
		}
	}
}

// centredLogs are log p of the n×c probabilities, each row minus its mean; nil
// if one is 0.
func centredLogs(p []float64, c int) []float64 {
	t := make([]float64, len(p))
	num.LogTo(t, p)
	for i := 0; i < len(t); i += c {
		row := t[i : i+c]
		mean := num.Sum(row) / float64(c)
		if mean-mean != 0 {
			return nil
		}
		for k := range row {
			row[k] -= mean
		}
	}
	return t
}
