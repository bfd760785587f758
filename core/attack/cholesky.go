package attack

import (
	"math"

	"modelheist/core/model"
	"modelheist/core/num"
)

// pace ticks by work done instead of by step, so that steps may be long.
type pace struct {
	tick model.Tick // may be nil
	work int        // since the last tick
}

// tickEvery is the work between two ticks in multiplications: about a
// millisecond.
const tickEvery = 1_000_000

func (p *pace) did(work int) error {
	if p.work += work; p.work < tickEvery || p.tick == nil {
		return nil
	}
	p.work = 0
	return p.tick()
}

// cholesky factors the symmetric positive definite n×n matrix a in place into
// L·Lᵀ, L in the lower triangle, and reports whether it is one to rounding.
// The error is the pace's.
func cholesky(a []float64, n int, p *pace) (bool, error) {
	for i := range n {
		row := a[i*n : i*n+i+1]
		for j := range i {
			other := a[j*n : j*n+j+1]
			row[j] = (row[j] - num.Dot(row[:j], other[:j])) / other[j]
		}
		v := row[i] - num.Dot(row[:i], row[:i])
		if !(v > 0) {
			return false, nil
		}
		row[i] = math.Sqrt(v)
		if err := p.did(i*i/2 + i); err != nil {
			return false, err
		}
	}
	return true, nil
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
