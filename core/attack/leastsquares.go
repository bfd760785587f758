package attack

import (
	"math"

	"modelheist/core/num"
)

// triangle is the QR factorisation of an n×k matrix, n >= k, by Householder
// reflections (Golub and Van Loan, Matrix Computations, section 5.2).
type triangle struct {
	n, k int
	a    []float64 // n×k by columns: R above the diagonal, reflections below
	diag []float64 // k, the diagonal of R
}

// factor reduces the n×k matrix a, given by rows, which it copies.
func factor(a []float64, k int) triangle {
	n := len(a) / k
	if n < k {
		panic("attack: factor: fewer rows than columns")
	}
	q := triangle{n, k, make([]float64, len(a)), make([]float64, k)}
	for i := range n {
		for j := range k {
			q.a[j*n+i] = a[i*k+j]
		}
	}
	for j := range k {
		v := q.a[j*n+j : (j+1)*n]
		norm := length(v)
		if v[0] > 0 {
			norm = -norm
		}
		q.diag[j] = norm
		if norm == 0 {
			continue
		}
		// v becomes the reflection's vector, scaled to vᵀv = 2.
		v[0] -= norm
		scale := 1 / math.Sqrt(-norm*v[0])
		for i := range v {
			v[i] *= scale
		}
		for l := j + 1; l < k; l++ {
			reflect(q.a[l*n+j:(l+1)*n], v)
		}
	}
	return q
}

// reflect subtracts (vᵀx)v from x, for vᵀv = 2.
func reflect(x, v []float64) {
	num.AddScaled(x, -num.Dot(x, v), v)
}

// length is the Euclidean norm; very large and very small numbers are scaled
// before they are squared.
func length(v []float64) float64 {
	sum := num.Dot(v, v)
	if sum > 1e-280 && sum < 1e280 {
		return math.Sqrt(sum)
	}
	norm := 0.0
	for _, x := range v {
		norm = math.Hypot(norm, x)
	}
	return norm
}

// condition estimates the condition number from the diagonal of R; a zero on
// the diagonal counts for nothing, its unknown is left at 0.
func (q triangle) condition() float64 {
	lo, hi := math.Inf(1), 0.0
	for _, r := range q.diag {
		if r != 0 {
			lo, hi = min(lo, math.Abs(r)), max(hi, math.Abs(r))
		}
	}
	return hi / lo
}

// solve returns the x that minimises ‖a·x − b‖; unknowns that nothing
// determines are 0.
func (q triangle) solve(b []float64) []float64 {
	b = append([]float64(nil), b...)
	for j, r := range q.diag {
		if r != 0 {
			reflect(b[j:], q.a[j*q.n+j:(j+1)*q.n])
		}
	}
	return q.back(b[:q.k])
}

// beyond is, for one more row than columns, the unit vector orthogonal to all
// columns: the last column of Q.
func (q triangle) beyond() []float64 {
	x := make([]float64, q.n)
	x[q.n-1] = 1
	for j := q.k - 1; j >= 0; j-- {
		if q.diag[j] != 0 {
			reflect(x[j:], q.a[j*q.n+j:(j+1)*q.n])
		}
	}
	return x
}

// back solves R·x = b.
func (q triangle) back(b []float64) []float64 {
	x := append([]float64(nil), b...)
	floor := q.floor()
	for j := q.k - 1; j >= 0; j-- {
		if math.Abs(q.diag[j]) <= floor {
			x[j] = 0
			continue
		}
		x[j] /= q.diag[j]
		for i := range j {
			x[i] -= x[j] * q.a[j*q.n+i]
		}
	}
	return x
}

// floor is the size below which a diagonal entry is rounding error.
func (q triangle) floor() float64 {
	hi := 0.0
	for _, r := range q.diag {
		hi = max(hi, math.Abs(r))
	}
	return hi * 1e-14
}
