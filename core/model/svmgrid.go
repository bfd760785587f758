package model

import "modelheist/core/num"

var _ GridSampler = (*SVM)(nil)

// GridScoresTo implements GridScorer for inputs of two dimensions.
func (m *SVM) GridScoresTo(dst, xs, ys []float64) {
	m.Sampler(xs, ys).RowsTo(dst, 0, len(ys))
}

// Sampler implements GridSampler for inputs of two dimensions.
//
// The Gaussian of a grid point is a product of one factor a column and one a
// row, so a grid is a matrix product after (w+h)·s exponentials instead of
// w·h·s. On a row of the grid a polynomial kernel is a polynomial of its
// degree.
func (m *SVM) Sampler(xs, ys []float64) Sampler {
	if m.vectors.d != 2 {
		panic("model: svm: a grid needs inputs of two dimensions")
	}
	g := grid{m, xs, ys}
	switch m.kernel.kind {
	case "rbf":
		n := m.vectors.n
		return &gaussGrid{grid: g, ex: m.factors(xs, m.vectors.x[:n]), ey: m.factors(ys, m.vectors.x[n:])}
	case "poly":
		p := &polyGrid{grid: g, binomial: make([]float64, m.kernel.degree+1)}
		p.binomial[0] = 1
		for k := range m.kernel.degree {
			p.binomial[k+1] = p.binomial[k] * float64(m.kernel.degree-k) / float64(k+1)
		}
		return p
	}
	return g
}

// factors are exp(-γ(t-v)²), a row a grid line t, a column a support vector v.
func (m *SVM) factors(lines, v []float64) []float64 {
	n := len(v)
	e := make([]float64, len(lines)*n)
	for j, t := range lines {
		row := e[j*n : (j+1)*n]
		for s := range row {
			row[s] = -m.kernel.gamma * (t - v[s]) * (t - v[s])
		}
		num.ExpTo(row, row)
	}
	return e
}

// grid samples point by point, which is all that a linear SVM needs.
type grid struct {
	m      *SVM
	xs, ys []float64
}

func (g grid) RowsTo(dst []float64, from, to int) {
	line := make([]float64, 2*len(g.xs))
	for j := from; j < to; j++ {
		for i, x := range g.xs {
			line[2*i], line[2*i+1] = x, g.ys[j]
		}
		g.m.ScoresTo(g.rowOf(dst, j-from), line)
	}
}

func (g grid) PixelsTo(dst []float64, pixels []int32) {
	x := make([]float64, 2*len(pixels))
	for k, p := range pixels {
		x[2*k], x[2*k+1] = g.xs[int(p)%len(g.xs)], g.ys[int(p)/len(g.xs)]
	}
	g.m.ScoresTo(dst, x)
}

// rowOf is row k of the scores.
func (g grid) rowOf(dst []float64, k int) []float64 {
	n := len(g.xs) * g.m.classes
	return dst[k*n : (k+1)*n]
}

// finish turns margins at the front of each pixel's scores into scores.
func (g grid) finish(scores []float64) {
	c := g.m.classes
	if c != 2 && len(g.m.missing) == 0 {
		return
	}
	for at := 0; at < len(scores); at += c {
		g.m.finish(scores[at : at+c])
	}
}

// polyGrid writes (γ(x·vx + y·vy) + coef0)^p as Σ_k binomial(p,k)·(γ·vx)^k·
// (γ·y·vy + coef0)^(p-k)·x^k and sums the factors of x^k over the support.
type polyGrid struct {
	grid
	binomial []float64
}

func (g *polyGrid) RowsTo(dst []float64, from, to int) {
	c, factors := g.m.classes, make([]float64, len(g.binomial))
	for j := from; j < to; j++ {
		row := g.rowOf(dst, j-from)
		for k := range g.m.support.Intercepts {
			g.factorsTo(factors, k, g.ys[j])
			for i, x := range g.xs {
				v := 0.0
				for p := len(factors) - 1; p >= 0; p-- {
					v = float64(v*x) + factors[p]
				}
				row[i*c+k] = v
			}
		}
		g.finish(row)
	}
}

// factorsTo writes the polynomial in x that margin k is at height y.
func (g *polyGrid) factorsTo(dst []float64, k int, y float64) {
	m := g.m
	n, p := m.vectors.n, m.kernel.degree
	vx, vy := m.vectors.x[:n], m.vectors.x[n:]
	a, b := make([]float64, p+1), make([]float64, p+1)
	a[0], b[0] = 1, 1
	clear(dst)
	for s, beta := range m.support.Dual[k*n : (k+1)*n] {
		if beta == 0 {
			continue
		}
		u, v := m.kernel.gamma*vx[s], float64(m.kernel.gamma*y*vy[s])+m.kernel.coef0
		for q := range p {
			a[q+1], b[q+1] = a[q]*u, b[q]*v
		}
		for q := range dst {
			dst[q] += float64(beta * a[q] * b[p-q])
		}
	}
	for q := range dst {
		dst[q] *= g.binomial[q]
	}
	dst[0] += m.support.Intercepts[k]
}

// gaussGrid is the matrix product Σ_s (β_s·ey_s(y))·ex_s(x).
type gaussGrid struct {
	grid
	ex, ey []float64 // grid lines × support vectors
}

func (g *gaussGrid) RowsTo(dst []float64, from, to int) {
	const rows = 8 // at a time
	m, n, w := g.m, g.m.vectors.n, len(g.xs)
	margins := len(m.support.Intercepts)
	weighted, sums := make([]float64, rows*margins*n), make([]float64, rows*margins*w)
	for start := from; start < to; start += rows {
		end := min(start+rows, to)
		r := 0
		for j := start; j < end; j++ {
			for k, b := range m.support.Intercepts {
				g.weightsTo(weighted[r*n:(r+1)*n], k, j)
				num.Fill(sums[r*w:(r+1)*w], b)
				r++
			}
		}
		num.MulAddBT(sums[:r*w], weighted[:r*n], g.ex, r, w, n)
		for j := start; j < end; j++ {
			row := g.rowOf(dst, j-from)
			for k := range margins {
				for i, v := range sums[((j-start)*margins+k)*w:][:w] {
					row[i*m.classes+k] = v
				}
			}
			g.finish(row)
		}
	}
}

// weightsTo writes β_s·ey_s of margin k on row j.
func (g *gaussGrid) weightsTo(dst []float64, k, j int) {
	n := len(dst)
	e := g.ey[j*n:][:n]
	for s, beta := range g.m.support.Dual[k*n:][:n] {
		dst[s] = beta * e[s]
	}
}

// PixelsTo weights a row once for all its pixels that follow one another.
func (g *gaussGrid) PixelsTo(dst []float64, pixels []int32) {
	m, n, w := g.m, g.m.vectors.n, len(g.xs)
	margins, last := len(m.support.Intercepts), -1
	weighted := make([]float64, margins*n)
	for at, p := range pixels {
		i, j := int(p)%w, int(p)/w
		if j != last {
			last = j
			for k := range margins {
				g.weightsTo(weighted[k*n:(k+1)*n], k, j)
			}
		}
		for k, b := range m.support.Intercepts {
			dst[at*m.classes+k] = b + num.Dot(weighted[k*n:(k+1)*n], g.ex[i*n:(i+1)*n])
		}
	}
	g.finish(dst[:len(pixels)*m.classes])
}
