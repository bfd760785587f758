package attack

import (
	"math"
	"math/rand/v2"

	"modelheist/core/num"
)

// rankOnes finds the r matrices of rank one whose span is that of the r
// orthonormal rows×cols matrices (by rows) in basis, as unit columns a and b of
// a·bᵀ. The 2×2 minors of a matrix in the span are quadratic forms in its r
// coordinates; the symmetric matrices on which all these forms vanish are spanned
// by the q·qᵀ of the coordinates q of the rank-one matrices, so that two of them
// chosen at random have the q for generalised eigenvectors.
//
// It needs minors(rows)·minors(cols) >= r(r-1)/2 (see minors), and reports false
// where that does not hold, or if rank-one matrices span no such space, or not
// clearly. Source: De Lathauwer, A Link between the Canonical Decomposition in
// Multilinear Algebra and Simultaneous Matrix Diagonalization, SIAM J. Matrix
// Anal. Appl. 28(3), 2006, section 4.
func rankOnes(basis [][]float64, cols int, rnd *rand.Rand, p *pace) (a, b [][]float64, ok bool, err error) {
	r := len(basis)
	forms, ok, err := vanishing(basis, cols, rnd, p)
	if !ok || err != nil {
		return nil, nil, false, err
	}
	const draws = 8 // of which the one with the best matrices is taken
	least := math.Inf(1)
	for range draws {
		q, found := commonBasis(forms, r, rnd)
		if err := p.did(100 * r * r * r); err != nil {
			return nil, nil, false, err
		}
		if !found {
			continue
		}
		as, bs, worst := make([][]float64, r), make([][]float64, r), 0.0
		for k := range r {
			m := make([]float64, len(basis[0]))
			for i, e := range basis {
				num.AddScaled(m, q[i*r+k], e)
			}
			left, sv, right := singular(m, cols)
			as[k], bs[k] = left[0], right[0]
			worst = max(worst, sv[1]/sv[0])
		}
		if worst < least {
			a, b, least = as, bs, worst
		}
	}
	const clear = 0.3 // the second singular value in the first
	return a, b, least < clear, nil
}

// minors is the number of pairs among n rows or columns.
func minors(n int) int { return n * (n - 1) / 2 }

// vanishing is a basis of the r-dimensional space of symmetric r×r matrices, by
// rows, on which the forms of all 2×2 minors vanish: the smallest singular
// directions of the system of equations, by inverse iteration.
func vanishing(basis [][]float64, cols int, rnd *rand.Rand, p *pace) ([][]float64, bool, error) {
	r := len(basis)
	k := r * (r + 1) / 2
	eq, n := minorForms(basis, cols)
	if n < k-r {
		return nil, false, nil
	}
	gram := make([]float64, k*k)
	num.GramAdd(gram, eq, k, n)
	trace := 0.0
	for i := range k {
		trace += gram[i*k+i]
	}
	for i := range k {
		gram[i*k+i] += 1e-14 * (1 + trace)
	}
	if err := p.did(k * k / 2 * n); err != nil {
		return nil, false, err
	}
	if ok, err := cholesky(gram, k, p); !ok || err != nil {
		return nil, false, err
	}
	count := min(r+1, k) // one more, to see where they end
	v := make([][]float64, count)
	for i := range v {
		v[i] = make([]float64, k)
		for j := range v[i] {
			v[i][j] = rnd.NormFloat64()
		}
	}
	for range 4 {
		for _, x := range v {
			lower(gram, k, x)
			upper(gram, k, x)
		}
		if err := p.did(count * k * k); err != nil {
			return nil, false, err
		}
		orthonormalise(v)
	}
	// Among these, the directions in order of what the equations leave of them.
	left := make([]float64, max(n, count)*count)
	for e := range k {
		for i, x := range v {
			for t, y := range eq[e*n : (e+1)*n] {
				left[t*count+i] += y * x[e]
			}
		}
	}
	_, sv, turn := singular(left, count)
	const gap = 10
	if count > r && !(sv[0] > gap*sv[1]) {
		return nil, false, nil
	}
	var out [][]float64
	for _, t := range turn[count-r:] {
		x := make([]float64, k)
		for i, y := range t {
			num.AddScaled(x, y, v[i])
		}
		out = append(out, symmetric(x, r))
	}
	return out, true, nil
}

// minorForms are the n equations Σ_{k<=l} s_kl·f_kl = 0 in the k = r(r+1)/2
// entries of a symmetric matrix s, as a k×n matrix; one equation a minor.
func minorForms(basis [][]float64, cols int) (eq []float64, n int) {
	rows := len(basis[0]) / cols
	n = minors(rows) * minors(cols)
	eq = make([]float64, 0, len(basis)*(len(basis)+1)/2*n)
	for l, y := range basis {
		for k, x := range basis[:l+1] {
			scale := 1.0
			if k == l {
				scale = 0.5
			}
			for i := range rows {
				for j := range i {
					xi, xj, yi, yj := x[i*cols:(i+1)*cols], x[j*cols:(j+1)*cols], y[i*cols:(i+1)*cols], y[j*cols:(j+1)*cols]
					for a := range cols {
						for b := range a {
							eq = append(eq, scale*(xi[a]*yj[b]+yi[a]*xj[b]-xi[b]*yj[a]-yi[b]*xj[a]))
						}
					}
				}
			}
		}
	}
	return eq, n
}

// symmetric unpacks the lower triangle x of an r×r matrix.
func symmetric(x []float64, r int) []float64 {
	m := make([]float64, r*r)
	for l, at := 0, 0; l < r; l++ {
		for k := range l + 1 {
			m[l*r+k], m[k*r+l] = x[at], x[at]
			at++
		}
	}
	return m
}

// commonBasis is the matrix q, columns up to factors, for which all forms are
// q·diagonal·qᵀ: the eigenvectors of f₁·f₂⁻¹ for two random sums f.
func commonBasis(forms [][]float64, r int, rnd *rand.Rand) ([]float64, bool) {
	draw := func() []float64 {
		f := make([]float64, r*r)
		for _, g := range forms {
			num.AddScaled(f, rnd.NormFloat64(), g)
		}
		return f
	}
	f1, f2 := draw(), factor(draw(), r)
	f := make([]float64, 0, r*r)
	for i := range r {
		f = append(f, f2.solve(f1[i*r:(i+1)*r])...) // both are symmetric
	}
	_, q, ok := eigen(f, r)
	return q, ok
}

// sharpen moves the unit vectors a and b, in place, to where a·bᵀ lies in the
// span of the basis, or nearest to it: Gauss-Newton steps, which converge at
// once from near.
func sharpen(basis [][]float64, a, b []float64) {
	const steps = 6
	rows, cols := len(a), len(b)
	n, k := rows*cols, rows+cols
	for range steps {
		jacobian, off := make([]float64, (n+2)*k), make([]float64, n+2)
		for q := range k + 1 {
			x := make([]float64, n) // the derivative by unknown q, or -a·bᵀ
			switch {
			case q < rows:
				copy(x[q*cols:], b)
			case q < k:
				for i, v := range a {
					x[i*cols+q-rows] = v
				}
			default:
				for i, v := range a {
					num.AddScaled(x[i*cols:(i+1)*cols], -v, b)
				}
			}
			across(basis, x)
			if q == k {
				copy(off, x)
				break
			}
			for i, v := range x {
				jacobian[i*k+q] = v
			}
		}
		copy(jacobian[n*k:], a) // the lengths stay
		copy(jacobian[(n+1)*k+rows:], b)
		step := factor(jacobian, k).solve(off)
		num.AddScaled(a, 1, step[:rows])
		num.AddScaled(b, 1, step[rows:])
		num.Scale(a, 1/length(a))
		num.Scale(b, 1/length(b))
		if length(step) < 1e-13 {
			return
		}
	}
}

// across takes from x what lies in the span of the orthonormal basis, twice, for
// the rounding.
func across(basis [][]float64, x []float64) {
	for range 2 {
		for _, e := range basis {
			num.AddScaled(x, -num.Dot(e, x), e)
		}
	}
}

// orthonormalise makes independent vectors so by Gram and Schmidt.
func orthonormalise(v [][]float64) {
	for i, x := range v {
		across(v[:i], x)
		num.Scale(x, 1/length(x))
	}
}
