package model

import "modelheist/core/num"

// GridScoresTo implements GridScorer for inputs of two dimensions. The Gaussian
// of a grid point is a product of one factor a column and one a row, so the
// whole grid is a matrix product with (w+h)·s instead of w·h·s exponentials.
// On a row of the grid a polynomial kernel is a polynomial of its degree.
func (m *SVM) GridScoresTo(dst, xs, ys []float64) {
	if m.vectors.d != 2 || len(dst) != len(xs)*len(ys)*m.classes {
		panic("model: svm: the grid is not of two dimensions or dst does not fit")
	}
	switch m.kernel.kind {
	case "rbf":
		m.gaussGrid(dst, xs, ys)
	case "poly":
		m.polyGrid(dst, xs, ys)
	default:
		m.linearGrid(dst, xs, ys)
	}
}

func (m *SVM) linearGrid(dst, xs, ys []float64) {
	for j, y := range ys {
		for c, b := range m.support.Intercepts {
			w := m.weights[2*c:]
			from := float64(w[1]*y) + b
			out := dst[j*len(xs)*m.classes+c:]
			for i, x := range xs {
				out[i*m.classes] = from + float64(w[0]*x)
			}
		}
		m.finishRow(dst, j, len(xs))
	}
}

func (m *SVM) finishRow(dst []float64, j, w int) {
	if m.classes != 2 && len(m.missing) == 0 {
		return
	}
	for i := range w {
		at := (j*w + i) * m.classes
		m.finish(dst[at : at+m.classes])
	}
}

// polyGrid writes (γ(x·vx + y·vy) + coef0)^p as Σ_k binomial(p,k)·(γ·vx)^k·
// (γ·y·vy + coef0)^(p-k)·x^k and sums the factors of x^k over the support.
func (m *SVM) polyGrid(dst, xs, ys []float64) {
	p, n := m.kernel.degree, m.vectors.n
	vx, vy := m.vectors.x[:n], m.vectors.x[n:]
	binomial := make([]float64, p+1)
	binomial[0] = 1
	for k := range p {
		binomial[k+1] = binomial[k] * float64(p-k) / float64(k+1)
	}
	a, b := make([]float64, p+1), make([]float64, p+1)
	a[0], b[0] = 1, 1
	factors := make([]float64, p+1)
	for j, y := range ys {
		for c, intercept := range m.support.Intercepts {
			clear(factors)
			for s, beta := range m.support.Dual[c*n : (c+1)*n] {
				if beta == 0 {
					continue
				}
				u, v := m.kernel.gamma*vx[s], float64(m.kernel.gamma*y*vy[s])+m.kernel.coef0
				for k := range p {
					a[k+1], b[k+1] = a[k]*u, b[k]*v
				}
				for k := range factors {
					factors[k] += float64(beta * a[k] * b[p-k])
				}
			}
			for k := range factors {
				factors[k] *= binomial[k]
			}
			factors[0] += intercept
			out := dst[j*len(xs)*m.classes+c:]
			for i, x := range xs {
				v := factors[p]
				for k := p - 1; k >= 0; k-- {
					v = float64(v*x) + factors[k]
				}
				out[i*m.classes] = v
			}
		}
		m.finishRow(dst, j, len(xs))
	}
}

// gaussGrid is the matrix product Σ_s (β_s·ey_s(y))·ex_s(x), some rows of the
// grid at a time.
func (m *SVM) gaussGrid(dst, xs, ys []float64) {
	const rows = 8
	n, w, margins := m.vectors.n, len(xs), len(m.support.Intercepts)
	ex := m.factors(xs, m.vectors.x[:n])
	ey := m.factors(ys, m.vectors.x[n:])
	weighted, sums := make([]float64, rows*margins*n), make([]float64, rows*margins*w)
	for from := 0; from < len(ys); from += rows {
		to := min(from+rows, len(ys))
		for j := from; j < to; j++ {
			e := ey[j*n : (j+1)*n]
			for c, b := range m.support.Intercepts {
				r := (j-from)*margins + c
				row := weighted[r*n:][:n]
				for s, beta := range m.support.Dual[c*n : (c+1)*n] {
					row[s] = beta * e[s]
				}
				num.Fill(sums[r*w:][:w], b)
			}
		}
		count := (to - from) * margins
		num.MulAddBT(sums[:count*w], weighted[:count*n], ex, count, w, n)
		for j := from; j < to; j++ {
			for c := range margins {
				out := dst[j*w*m.classes+c:]
				for i, v := range sums[((j-from)*margins+c)*w:][:w] {
					out[i*m.classes] = v
				}
			}
			m.finishRow(dst, j, w)
		}
	}
}

// factors are exp(-γ(t-v)²), a row a grid line t, a column a support vector.
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
