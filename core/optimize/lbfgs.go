// Package optimize minimises smooth functions: limited-memory BFGS for general
// ones, and Levenberg-Marquardt for sums of squares.
package optimize

import (
	"errors"
	"math"

	"modelheist/core/num"
)

// Func returns the value of a smooth function at x and writes its gradient to
// grad, which has the length of x. It must not modify or keep either slice.
type Func func(grad, x []float64) float64

// Settings steer a minimisation. The zero value works.
type Settings struct {
	GradTol  float64      // stop when the largest |gradient| is at most this; 0 is 1e-6
	ValueTol float64      // least squares: stop when the value is at most this; 0 is never
	MaxIter  int          // at most this many iterations; 0 is 1000
	Memory   int          // correction pairs of L-BFGS; 0 is 10
	Tick     func() error // called once per iteration; its error stops the run; may be nil
}

func (s Settings) orDefaults() Settings {
	if s.GradTol == 0 {
		s.GradTol = 1e-6
	}
	if s.MaxIter == 0 {
		s.MaxIter = 1000
	}
	if s.Memory == 0 {
		s.Memory = 10
	}
	return s
}

func (s Settings) tick() error {
	if s.Tick == nil {
		return nil
	}
	return s.Tick()
}

// Status is how a minimisation ended.
type Status string

const (
	Converged Status = "converged" // the gradient is within GradTol, or the value within ValueTol
	Stalled   Status = "stalled"   // no step lowers the value any more: the precision of float64, or a wrong gradient
	Limit     Status = "limit"     // MaxIter iterations
	Stopped   Status = "stopped"   // Tick returned an error
)

// Result is the best point found.
type Result struct {
	X          []float64
	F          float64 // value at X
	GradNorm   float64 // largest |gradient| at X
	Iterations int
	Evals      int // calls of the function
	Status     Status
}

// ErrNotFinite reports a start where the value or the gradient is NaN or infinite.
var ErrNotFinite = errors.New("optimize: the function is not finite at the start")

// LBFGS minimises f from x0, which it does not modify, by limited-memory BFGS
// with a line search for the strong Wolfe conditions (Nocedal and Wright,
// Numerical Optimization, 2nd ed., algorithms 7.4, 3.5 and 3.6). Near the
// minimum, where values differ by less than their rounding errors, slopes
// decide (the approximate Wolfe conditions of Hager and Zhang, 2005).
//
// Errors: ErrNotFinite (nothing was done), and the error of s.Tick; the result
// then holds the best point so far.
func LBFGS(f Func, x0 []float64, s Settings) (Result, error) {
	l := &lbfgs{f: f, s: s.orDefaults()}
	l.start(x0)
	if !finite(l.fx) || !finite(num.MaxAbs(l.g)) {
		return l.result(Stalled), ErrNotFinite
	}
	for l.iter = 0; ; l.iter++ {
		if num.MaxAbs(l.g) <= l.s.GradTol {
			return l.result(Converged), nil
		}
		if l.iter == l.s.MaxIter {
			return l.result(Limit), nil
		}
		if err := l.s.tick(); err != nil {
			return l.result(Stopped), err
		}
		if !l.step() {
			return l.result(Stalled), nil
		}
	}
}

// pair is a step and the change of the gradient along it.
type pair struct {
	s, y []float64
	rho  float64 // 1/(s·y)
}

type lbfgs struct {
	f           Func
	s           Settings
	x, g        []float64 // the current point
	fx          float64
	xt, gt, dir []float64 // trial point and direction
	pairs       []pair    // oldest first
	alpha       []float64 // work space of direction
	spare       []pair
	iter, evals int
}

func (l *lbfgs) start(x0 []float64) {
	n := len(x0)
	buf := make([]float64, 5*n)
	l.x, l.g, l.xt, l.gt, l.dir = buf[:n], buf[n:2*n], buf[2*n:3*n], buf[3*n:4*n], buf[4*n:]
	l.alpha = make([]float64, l.s.Memory)
	copy(l.x, x0)
	l.fx = l.f(l.g, l.x)
	l.evals = 1
}

func (l *lbfgs) result(s Status) Result {
	return Result{X: l.x, F: l.fx, GradNorm: num.MaxAbs(l.g), Iterations: l.iter, Evals: l.evals, Status: s}
}

// step moves to a lower point and learns from it. When the memory's direction
// fails, it forgets and tries the gradient; false means that failed too.
func (l *lbfgs) step() bool {
	for {
		l.direction()
		slope := num.Dot(l.dir, l.g)
		first := 1.0
		if len(l.pairs) == 0 {
			first = math.Min(1, 1/math.Sqrt(-slope))
		}
		if slope < 0 && l.search(first, slope) {
			l.learn()
			return true
		}
		if len(l.pairs) == 0 {
			return false
		}
		l.spare, l.pairs = append(l.spare, l.pairs...), l.pairs[:0]
	}
}

// direction is the two-loop recursion: dir = -H·g.
func (l *lbfgs) direction() {
	for i, v := range l.g {
		l.dir[i] = -v
	}
	for i := len(l.pairs) - 1; i >= 0; i-- {
		p := l.pairs[i]
		l.alpha[i] = p.rho * num.Dot(p.s, l.dir)
		num.AddScaled(l.dir, -l.alpha[i], p.y)
	}
	if k := len(l.pairs); k > 0 {
		p := l.pairs[k-1]
		num.Scale(l.dir, 1/(p.rho*num.Dot(p.y, p.y)))
	}
	for i, p := range l.pairs {
		beta := p.rho * num.Dot(p.y, l.dir)
		num.AddScaled(l.dir, l.alpha[i]-beta, p.s)
	}
}

// learn stores the move from (x, g) to the accepted trial point (xt, gt) and
// makes it the current one. Moves without positive curvature teach nothing.
func (l *lbfgs) learn() {
	p := l.blank()
	for i := range p.s {
		p.s[i] = l.xt[i] - l.x[i]
		p.y[i] = l.gt[i] - l.g[i]
	}
	sy := num.Dot(p.s, p.y)
	if sy > 1e-16*num.Dot(p.y, p.y) {
		p.rho = 1 / sy
		l.pairs = append(l.pairs, p)
	} else {
		l.spare = append(l.spare, p)
	}
	l.x, l.xt = l.xt, l.x
	l.g, l.gt = l.gt, l.g
}

// blank is an unused pair; with a full memory it is the oldest.
func (l *lbfgs) blank() pair {
	if len(l.pairs) == l.s.Memory {
		p := l.pairs[0]
		l.pairs = l.pairs[:copy(l.pairs, l.pairs[1:])]
		return p
	}
	if k := len(l.spare); k > 0 {
		p := l.spare[k-1]
		l.spare = l.spare[:k-1]
		return p
	}
	n := len(l.x)
	return pair{s: make([]float64, n), y: make([]float64, n)}
}

func finite(v float64) bool { return v-v == 0 }
