package optimize

import (
	"math"

	"modelheist/core/num"
)

const (
	wolfeDecrease  = 1e-4  // share of the slope a step must realise
	wolfeCurvature = 0.9   // share of the slope that may be left
	valueNoise     = 1e-15 // relative rounding error of a value, for the approximate conditions
	maxTrials      = 40
)

// trial is the function along the direction: step, value, slope.
type trial struct{ a, f, d float64 }

// search finds a step along dir that satisfies the strong (or approximate)
// Wolfe conditions, starting with first, and leaves it in xt, gt and fx. False
// means there is none within maxTrials: the current point is unchanged.
func (l *lbfgs) search(first, slope float64) bool {
	origin := trial{0, l.fx, slope}
	noise := valueNoise * math.Abs(l.fx)
	lo, hi := origin, trial{a: math.Inf(1)}
	a := first
	for range maxTrials {
		t := l.try(a)
		low := t.f <= origin.f+wolfeDecrease*a*slope
		if !low { // as good within rounding, and downhill enough by its slope
			low = t.f <= origin.f+noise && t.d <= (2*wolfeDecrease-1)*slope
		}
		switch {
		case !finite(t.f) || !finite(t.d):
			hi = trial{a, math.Inf(1), math.NaN()}
		case low && math.Abs(t.d) <= -wolfeCurvature*slope:
			l.fx = t.f
			return true
		case !low || t.f > lo.f+noise:
			hi = t
		default:
			if t.d*(hi.a-lo.a) >= 0 {
				hi = lo
			}
			lo = t
		}
		if a = next(lo, hi); a == lo.a || a == hi.a {
			break
		}
	}
	// No step meets the curvature condition; a lower point is still progress.
	if lo.a > 0 && lo.f < origin.f {
		l.fx = l.try(lo.a).f
		return true
	}
	return false
}

func (l *lbfgs) try(a float64) trial {
	copy(l.xt, l.x)
	num.AddScaled(l.xt, a, l.dir)
	l.evals++
	f := l.f(l.gt, l.xt)
	return trial{a, f, num.Dot(l.gt, l.dir)}
}

// next is the step to try between lo and hi: the minimum of the cubic through
// both, kept away from the ends; beyond lo while hi is not known.
func next(lo, hi trial) float64 {
	if math.IsInf(hi.a, 1) {
		return 4 * lo.a
	}
	w := hi.a - lo.a
	if !finite(hi.f) || !finite(hi.d) {
		return lo.a + w/8
	}
	theta := 3*(lo.f-hi.f)/w + lo.d + hi.d
	root := theta*theta - lo.d*hi.d
	if !(root >= 0) {
		return lo.a + w/2
	}
	gamma := math.Copysign(math.Sqrt(root), w)
	r := (gamma - lo.d + theta) / (2*gamma - lo.d + hi.d)
	if !(r > 0.1) {
		r = 0.1
	} else if r > 0.9 {
		r = 0.9
	}
	return lo.a + r*w
}
