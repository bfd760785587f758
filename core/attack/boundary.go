package attack

import (
	"math"

	"modelheist/core/model"
)

// segment is a straight line from input a, of a known class, to input b.
type segment struct {
	a, b  []float64
	class int // at a
}

// at is the input a + t·(b-a).
func (g segment) at(t float64) []float64 {
	x := make([]float64, len(g.a))
	g.atTo(x, t)
	return x
}

func (g segment) atTo(dst []float64, t float64) {
	for i := range dst {
		dst[i] = g.a[i] + t*(g.b[i]-g.a[i])
	}
}

// length is the Euclidean length after scaling every feature to [-1, 1].
func (s *session) length(g segment) float64 {
	sum := 0.0
	for i, f := range s.box {
		if w := f.High - f.Low; w > 0 {
			v := 2 * (g.b[i] - g.a[i]) / w
			sum += v * v
		}
	}
	return math.Sqrt(sum)
}

// fine is how many times a segment is halved down to the last digits.
const fine = 50

// crossings finds, on each segment, the t where the copy's label leaves the one
// at t = 0, to the last digits.
func (s *session) crossings(m model.Classifier, segs []segment) ([]float64, error) {
	return s.cross(m, segs, fine)
}

// cross finds such a t to within 2^-steps/2. All segments are bisected side by
// side, one batch of predictions a step.
func (s *session) cross(m model.Classifier, segs []segment, steps int) ([]float64, error) {
	if len(segs) == 0 {
		return nil, nil
	}
	lo, hi := make([]float64, len(segs)), make([]float64, len(segs))
	x := make([]float64, len(segs)*s.d)
	for i, g := range segs {
		copy(x[i*s.d:], g.a)
		hi[i] = 1
	}
	first := predict(m, x)
	for range steps {
		if err := s.tick(); err != nil {
			return nil, err
		}
		for i, g := range segs {
			g.atTo(x[i*s.d:(i+1)*s.d], (lo[i]+hi[i])/2)
		}
		for i, y := range predict(m, x) {
			if mid := (lo[i] + hi[i]) / 2; y == first[i] {
				lo[i] = mid
			} else {
				hi[i] = mid
			}
		}
	}
	for i := range lo {
		lo[i] = (lo[i] + hi[i]) / 2
	}
	return lo, nil
}
