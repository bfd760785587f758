package metric

import (
	"math"
	"math/rand/v2"

	"modelheist/core/domain"
)

// Leakage tells how much of a victim's training data a thief holds.
type Leakage struct {
	Match    []int     // of each found point, the true one it is matched to; -1 for none
	Distance []float64 // of each found point to its match; NaN for none
	Mean     float64   // over the matched pairs
	Random   float64   // the same mean of uniform points instead of the found
}

// Score is how many times nearer than random points the found ones are; +Inf for
// points found exactly.
func (l Leakage) Score() float64 { return l.Random / l.Mean }

// Within counts the matches at most far away.
func (l Leakage) Within(far float64) (n int) {
	for _, v := range l.Distance {
		if v <= far {
			n++
		}
	}
	return n
}

// leakDraws is how often random points are drawn for the yardstick.
const leakDraws = 20

// Leak matches n found points one to one to m true points, both by rows of
// d.Dim() numbers, so that the sum of Euclidean distances is least; the larger
// set keeps some unmatched. r draws the random points from the domain. (Tramèr
// et al. 2016 match by the L1 distance and show pictures, no score.)
//
// Cost: O(max(n, m)³), 21 times.
func Leak(truth, found []float64, d domain.Domain, r *rand.Rand) Leakage {
	if len(truth) == 0 || len(found) == 0 || len(truth)%d.Dim() != 0 || len(found)%d.Dim() != 0 {
		panic("metric: leak: points are whole rows, at least one")
	}
	l := matchPoints(truth, found, d.Dim())
	x := make([]float64, len(found))
	for range leakDraws {
		for i := range x {
			f := d[i%d.Dim()]
			x[i] = f.Low + (f.High-f.Low)*r.Float64()
		}
		l.Random += matchPoints(truth, x, d.Dim()).Mean / leakDraws
	}
	return l
}

// matchPoints is Leak without the yardstick.
func matchPoints(truth, found []float64, d int) Leakage {
	m, n := len(truth)/d, len(found)/d
	size := max(m, n)
	costs := make([]float64, size*size) // points that are not there cost nothing
	for i := range n {
		for j := range m {
			costs[i*size+j] = math.Sqrt(squares(found[i*d:(i+1)*d], truth[j*d:(j+1)*d], 1))
		}
	}
	l := Leakage{Match: make([]int, n), Distance: make([]float64, n)}
	p := assign(costs, size)
	for i := range n {
		l.Match[i], l.Distance[i] = -1, math.NaN()
		if p[i] < m {
			l.Match[i], l.Distance[i] = p[i], costs[i*size+p[i]]
			l.Mean += l.Distance[i] / float64(min(m, n))
		}
	}
	return l
}
