package attack

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"modelheist/core/num"
)

// errPencil says that answers don't show the sum of few products that a pencil
// takes apart.
var errPencil = errors.New("attack: no sum of few products")

// errRank says that there are more products than a pencil of this size can show.
var errRank = fmt.Errorf("%w: full rank", errPencil)

// decompose takes a sum of products apart: M0 = A·D and M1 = A·diag(μ)·D, rows×cols
// and by rows, rows >= cols > the rank, which shows in the singular values of M0.
// The columns of A and the rows of D come with their μ and up to a factor each.
// This is the matrix pencil of Prony's problem (Hua and Sarkar 1990), or the
// decomposition of a tensor of two slices.
func decompose(m0, m1 []float64, cols int) (a, d [][]float64, mu []float64, err error) {
	rows := len(m0) / cols
	u, sv, v := singular(m0, cols)
	rank := numericRank(sv)
	if rank == cols {
		return nil, nil, nil, errRank
	}
	if rank == 0 {
		return nil, nil, nil, errPencil
	}
	root := make([]float64, rank)
	for i := range root {
		root[i] = math.Sqrt(sv[i])
	}
	f := make([]float64, rank*rank) // S^-½·Uᵀ·M1·V·S^-½
	t := make([]float64, rows)
	for j := range rank {
		for i := range rows {
			t[i] = num.Dot(m1[i*cols:(i+1)*cols], v[j]) / root[j]
		}
		for i := range rank {
			f[i*rank+j] = num.Dot(u[i], t) / root[i]
		}
	}
	mu, x, ok := eigen(f, rank)
	if !ok {
		return nil, nil, nil, errPencil
	}
	inverse := make([]float64, rank*rank)
	q := factor(x, rank)
	for i := range rank {
		e := make([]float64, rank)
		e[i] = 1
		for r, w := range q.solve(e) {
			inverse[r*rank+i] = w
		}
	}
	for r := range rank {
		ar, dr := make([]float64, rows), make([]float64, cols)
		for i := range rank {
			num.AddScaled(ar, x[i*rank+r]*root[i], u[i])
			num.AddScaled(dr, inverse[r*rank+i]*root[i], v[i])
		}
		a, d = append(a, ar), append(d, dr)
	}
	return a, d, mu, nil
}

// numericRank is where the singular values, largest first, fall to rounding.
func numericRank(sv []float64) int {
	for i, v := range sv {
		if v <= 1e-13*sv[0] {
			return i
		}
	}
	return len(sv)
}

// singular is the singular value decomposition of a rows×cols matrix by one-sided
// Jacobi rotations (Golub and Van Loan, section 8.6.3): left vectors, values from
// the largest, right vectors, as many as the smaller side.
func singular(m []float64, cols int) (u [][]float64, s []float64, v [][]float64) {
	rows := len(m) / cols
	if rows < cols {
		t := make([]float64, len(m))
		num.TransposeTo(t, m, rows, cols)
		v, s, u = singular(t, rows)
		return u, s, v
	}
	for j := range cols {
		c, e := make([]float64, rows), make([]float64, cols)
		for i := range c {
			c[i] = m[i*cols+j]
		}
		e[j] = 1
		u, v = append(u, c), append(v, e)
	}
	for range 60 {
		done := true
		for i := range cols {
			for j := range i {
				a, b, c := num.Dot(u[i], u[i]), num.Dot(u[j], u[j]), num.Dot(u[i], u[j])
				if math.Abs(c) <= 1e-16*math.Sqrt(a*b) {
					continue
				}
				done = false
				z := (b - a) / (2 * c)
				t := math.Copysign(1/(math.Abs(z)+math.Sqrt(1+z*z)), z)
				cos := 1 / math.Sqrt(1+t*t)
				turn(u[i], u[j], cos, cos*t)
				turn(v[i], v[j], cos, cos*t)
			}
		}
		if done {
			break
		}
	}
	order := make([]int, cols)
	norm := make([]float64, cols)
	for j := range order {
		order[j], norm[j] = j, math.Sqrt(num.Dot(u[j], u[j]))
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case norm[i] > norm[j]:
			return -1
		case norm[i] < norm[j]:
			return 1
		}
		return 0
	})
	su, ss, svv := make([][]float64, cols), make([]float64, cols), make([][]float64, cols)
	for k, j := range order {
		if norm[j] > 0 {
			num.Scale(u[j], 1/norm[j])
		}
		su[k], ss[k], svv[k] = u[j], norm[j], v[j]
	}
	return su, ss, svv
}

// turn rotates the plane of a and b.
func turn(a, b []float64, cos, sin float64) {
	for i, x := range a {
		y := b[i]
		a[i], b[i] = cos*x-sin*y, sin*x+cos*y
	}
}

// eigen finds the eigenvalues and eigenvectors (columns of x) of a real n×n
// matrix all of whose eigenvalues are real: shifted QR to the Schur form, then
// back substitution (Golub and Van Loan, sections 7.3 and 7.6). It reports false
// if the iteration does not come to such a form.
func eigen(f []float64, n int) (mu, x []float64, ok bool) {
	t, q := slices.Clone(f), make([]float64, n*n)
	for i := range n {
		q[i*n+i] = 1
	}
	if !schur(t, q, n) {
		return nil, nil, false
	}
	mu, x = make([]float64, n), make([]float64, n*n)
	size := num.MaxAbs(t)
	y := make([]float64, n)
	for k := range n {
		mu[k] = t[k*n+k]
		clear(y)
		y[k] = 1
		for i := k - 1; i >= 0; i-- {
			sum := 0.0
			for j := i + 1; j <= k; j++ {
				sum += t[i*n+j] * y[j]
			}
			gap := mu[k] - t[i*n+i]
			if math.Abs(gap) < 1e-15*size {
				gap = math.Copysign(1e-15*size, gap)
			}
			y[i] = sum / gap
		}
		norm := math.Sqrt(num.Dot(y, y))
		for i := range n {
			x[i*n+k] = num.Dot(q[i*n:(i+1)*n], y) / norm
		}
	}
	return mu, x, true
}

// schur makes t upper triangular by orthogonal similarity, accumulated in q.
func schur(t, q []float64, n int) bool {
	size := num.MaxAbs(t)
	m, since := n, 0
	for range 60 * n {
		for m > 1 && num.MaxAbs(t[(m-1)*n:(m-1)*n+m-1]) <= 4e-15*size {
			m, since = m-1, 0
		}
		if m <= 1 {
			return true
		}
		since++
		a, b, c, d := t[(m-2)*n+m-2], t[(m-2)*n+m-1], t[(m-1)*n+m-2], t[(m-1)*n+m-1]
		shift, h := d, (a-d)/2
		if r := h*h + b*c; r >= 0 { // Wilkinson's, where it is real
			shift = d - math.Copysign(b*c/(math.Abs(h)+math.Sqrt(r)+1e-300), h)
		}
		if since%12 == 0 { // an odd one, against cycles
			shift += num.MaxAbs(t[(m-1)*n : (m-1)*n+m-1])
		}
		qrStep(t, q, n, m, shift)
	}
	return false
}

// qrStep replaces the leading m×m part T of t by RQ + shift for T - shift = QR.
func qrStep(t, q []float64, n, m int, shift float64) {
	for i := range m {
		t[i*n+i] -= shift
	}
	type rotation struct {
		i, j     int
		cos, sin float64
	}
	var done []rotation
	for j := range m {
		for i := m - 1; i > j; i-- {
			a, b := t[j*n+j], t[i*n+j]
			if b == 0 {
				continue
			}
			r := math.Hypot(a, b)
			g := rotation{j, i, a / r, -b / r}
			turn(t[j*n:(j+1)*n], t[i*n:(i+1)*n], g.cos, g.sin)
			done = append(done, g)
		}
	}
	for _, g := range done {
		for _, w := range []struct {
			a    []float64
			rows int
		}{{t, m}, {q, n}} {
			for k := range w.rows {
				x, y := w.a[k*n+g.i], w.a[k*n+g.j]
				w.a[k*n+g.i], w.a[k*n+g.j] = g.cos*x-g.sin*y, g.sin*x+g.cos*y
			}
		}
	}
	for i := range m {
		t[i*n+i] += shift
	}
}
