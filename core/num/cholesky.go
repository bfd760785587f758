package num

import "math"

// panel is the width of a block column of Cholesky.
const panel = 64

// Cholesky replaces the lower triangle of the symmetric n×n matrix a (row-major)
// by its factor L with a = L·Lᵀ, and uses the upper one as scratch. It returns
// false, with a spoilt, if a is not positive definite.
func Cholesky(a []float64, n int) bool {
	minus, plus := make([]float64, n*panel), make([]float64, n*panel)
	for at := 0; at < n; at += panel {
		w := min(panel, n-at)
		for i := at; i < n; i++ { // the block column, its diagonal block included
			ri := a[i*n+at : i*n+min(i+1, at+w)]
			for j := range ri {
				rj := a[(at+j)*n+at : (at+j)*n+at+j+1]
				v := ri[j] - Dot(ri[:j], rj[:j])
				if at+j == i {
					if !(v > 0) || v > math.MaxFloat64 {
						return false
					}
					ri[j] = math.Sqrt(v)
				} else {
					ri[j] = v / rj[j]
				}
			}
		}
		rest := n - at - w
		for i := range rest {
			row := a[(at+w+i)*n+at:]
			copy(plus[i*w:(i+1)*w], row)
			for j, v := range plus[i*w : (i+1)*w] {
				minus[i*w+j] = -v
			}
		}
		if rest > 0 {
			lowerAdd(a[(at+w)*n+at+w:], minus, plus, rest, w, n)
		}
	}
	return true
}

// SolveCholesky replaces b by the solution x of L·Lᵀ·x = b, given the factor L
// in the lower triangle of l.
func SolveCholesky(l, b []float64) {
	n := len(b)
	for i := 0; i < n; i++ {
		b[i] = (b[i] - Dot(b[:i], l[i*n:i*n+i])) / l[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		b[i] /= l[i*n+i]
		AddScaled(b[:i], -b[i], l[i*n:i*n+i])
	}
}
