package attack

import (
	"math"

	"modelheist/core/num"
)

// cholesky factors the symmetric positive definite n×n matrix a in place into
// L·Lᵀ, L in the lower triangle, and reports whether it is one to rounding.
func cholesky(a []float64, n int) bool {
	for i := range n {
		row := a[i*n : i*n+i+1]
		for j := range i {
			other := a[j*n : j*n+j+1]
			row[j] = (row[j] - num.Dot(row[:j], other[:j])) / other[j]
		}
		v := row[i] - num.Dot(row[:i], row[:i])
		if !(v > 0) {
			return false
		}
		row[i] = math.Sqrt(v)
	}
	return true
}

// lower solves L·x = b in place.
func lower(l []float64, n int, b []float64) {
	for i := range n {
		row := l[i*n : i*n+i+1]
		b[i] = (b[i] - num.Dot(row[:i], b[:i])) / row[i]
	}
}

// upper solves Lᵀ·x = b in place.
func upper(l []float64, n int, b []float64) {
	for i := n - 1; i >= 0; i-- {
		row := l[i*n : i*n+i+1]
		b[i] /= row[i]
		num.AddScaled(b[:i], -b[i], row[:i])
	}
}
