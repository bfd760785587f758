package optimize

import (
	"errors"
	"math"
	"testing"
)

// classic is a test problem of Moré, Garbow and Hillstrom (1981).
type classic struct {
	name   string
	f      Func
	x0, at []float64
	value  float64
}

func rosenbrock(g, x []float64) float64 {
	f := 0.0
	for i := range g {
		g[i] = 0
	}
	for i := 0; i+1 < len(x); i++ {
		a, b := x[i+1]-x[i]*x[i], 1-x[i]
		f += 100*a*a + b*b
		g[i] += -400*a*x[i] - 2*b
		g[i+1] += 200 * a
	}
	return f
}

func beale(g, x []float64) float64 {
	f, p := 0.0, 1.0
	g[0], g[1] = 0, 0
	for i, c := range []float64{1.5, 2.25, 2.625} {
		dp := float64(i+1) * p
		p *= x[1]
		r := c - x[0]*(1-p)
		f += r * r
		g[0] -= 2 * r * (1 - p)
		g[1] += 2 * r * x[0] * dp
	}
	return f
}

func powell(g, x []float64) float64 { // singular Hessian at the minimum
	a, b, c, d := x[0]+10*x[1], x[2]-x[3], x[1]-2*x[2], x[0]-x[3]
	g[0] = 2*a + 40*d*d*d
	g[1] = 20*a + 4*c*c*c
	g[2] = 10*b - 8*c*c*c
	g[3] = -10*b - 40*d*d*d
	return a*a + 5*b*b + c*c*c*c + 10*d*d*d*d
}

func quadratic(g, x []float64) float64 { // condition number 1e6
	f := 0.0
	for i, v := range x {
		w := math.Pow(10, 6*float64(i)/float64(len(x)-1))
		g[i] = w * (v - float64(i))
		f += 0.5 * w * (v - float64(i)) * (v - float64(i))
	}
	return f
}

func classics() []classic {
	return []classic{
		{"rosenbrock", rosenbrock, []float64{-1.2, 1}, []float64{1, 1}, 0},
		{"rosenbrock in 10 dimensions", rosenbrock, []float64{1.2, 1, 0.3, -0.7, 2, 0.1, -0.4, 1.7, 0.9, -1.1}, nil, 0},
		{"beale", beale, []float64{1, 0.8}, []float64{3, 0.5}, 0},
		{"powell singular", powell, []float64{3, -1, 0, 1}, nil, 0},
		{"quadratic", quadratic, make([]float64, 12), []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 0},
	}
}

func TestLBFGSSolvesTheClassicProblems(t *testing.T) {
	t.Parallel()
	for _, c := range classics() {
		start := append([]float64(nil), c.x0...)
		r, err := LBFGS(c.f, c.x0, Settings{GradTol: 1e-9})
		if err != nil || r.Status != Converged || r.GradNorm > 1e-9 {
			t.Errorf("%s: status %v, gradient %g, error %v after %d evaluations", c.name, r.Status, r.GradNorm, err, r.Evals)
			continue
		}
		t.Logf("%s: %d iterations, %d evaluations, f = %g", c.name, r.Iterations, r.Evals, r.F)
		if r.F > c.value+1e-10 {
			t.Errorf("%s: value %g, want %g", c.name, r.F, c.value)
		}
		for i, w := range c.at {
			if math.Abs(r.X[i]-w) > 1e-6 {
				t.Errorf("%s: x[%d] = %v, want %v", c.name, i, r.X[i], w)
			}
		}
		for i := range start {
			if start[i] != c.x0[i] {
				t.Fatalf("%s: the start was modified", c.name)
			}
		}
	}
}

func TestLBFGSStopsWithTheErrorOfTick(t *testing.T) {
	t.Parallel()
	stop, calls := errors.New("enough"), 0
	r, err := LBFGS(rosenbrock, []float64{-1.2, 1}, Settings{Tick: func() error {
		if calls++; calls == 5 {
			return stop
		}
		return nil
	}})
	if !errors.Is(err, stop) || r.Status != Stopped || r.Iterations != 4 {
		t.Errorf("error %v, status %v after %d iterations; want %v after 4", err, r.Status, r.Iterations, stop)
	}
}

func TestLBFGSReportsWhyItEnded(t *testing.T) {
	t.Parallel()
	nan := func(g, x []float64) float64 { g[0] = 1; return math.NaN() }
	if _, err := LBFGS(nan, []float64{1}, Settings{}); !errors.Is(err, ErrNotFinite) {
		t.Errorf("NaN start: error %v", err)
	}
	if r, _ := LBFGS(rosenbrock, []float64{-1.2, 1}, Settings{MaxIter: 3}); r.Status != Limit || r.Iterations != 3 {
		t.Errorf("three iterations: %v after %d", r.Status, r.Iterations)
	}
	wrong := func(g, x []float64) float64 { g[0] = -2 * x[0]; return x[0] * x[0] }
	if r, _ := LBFGS(wrong, []float64{1.5}, Settings{}); r.Status != Stalled {
		t.Errorf("a wrong gradient: %v", r.Status)
	}
	if r, _ := LBFGS(rosenbrock, []float64{1, 1}, Settings{}); r.Status != Converged || r.Evals != 1 {
		t.Errorf("start at the minimum: %v after %d evaluations", r.Status, r.Evals)
	}
}

// rosenbrockResiduals is Rosenbrock's function as a sum of squares.
type rosenbrockResiduals struct{}

func (rosenbrockResiduals) Value(x []float64) float64 {
	a, b := 10*(x[1]-x[0]*x[0]), 1-x[0]
	return (a*a + b*b) / 2
}

func (p rosenbrockResiduals) Normal(jtj, grad, x []float64) float64 {
	a, b := 10*(x[1]-x[0]*x[0]), 1-x[0]
	jtj[0], jtj[2], jtj[3] = 400*x[0]*x[0]+1, -200*x[0], 100
	grad[0], grad[1] = -20*x[0]*a-b, 10*a
	return p.Value(x)
}

// decay fits y = p·e^(-q·t) to values of p = 2.5, q = 0.7 with offsets.
type decay struct{ offset float64 }

func (c decay) each(x []float64, f func(r, jp, jq float64)) {
	for i := range 12 {
		t := 0.3 * float64(i)
		e := math.Exp(-x[1] * t)
		y := 2.5*math.Exp(-0.7*t) + c.offset*float64(i%3-1)
		f(x[0]*e-y, e, -t*x[0]*e)
	}
}

func (c decay) Value(x []float64) float64 {
	sum := 0.0
	c.each(x, func(r, _, _ float64) { sum += r * r / 2 })
	return sum
}

func (c decay) Normal(jtj, grad, x []float64) float64 {
	clear(jtj)
	clear(grad)
	c.each(x, func(r, jp, jq float64) {
		jtj[0] += jp * jp
		jtj[2] += jp * jq
		jtj[3] += jq * jq
		grad[0] += jp * r
		grad[1] += jq * r
	})
	return c.Value(x)
}

func TestLevenbergMarquardtSolvesLeastSquares(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		p      LeastSquares
		x0, at []float64
		tol    float64
	}{
		"rosenbrock":         {rosenbrockResiduals{}, []float64{-1.2, 1}, []float64{1, 1}, 1e-8},
		"decay":              {decay{0}, []float64{1, 0.1}, []float64{2.5, 0.7}, 1e-8},
		"decay from far off": {decay{0}, []float64{9, 4}, []float64{2.5, 0.7}, 1e-8},
		"decay with noise":   {decay{0.05}, []float64{1, 0.1}, []float64{2.5, 0.7}, 0.2},
	} {
		r, err := LevenbergMarquardt(c.p, c.x0, Settings{GradTol: 1e-8})
		if err != nil || r.Status != Converged {
			t.Errorf("%s: %v after %d iterations, gradient %g, error %v", name, r.Status, r.Iterations, r.GradNorm, err)
			continue
		}
		for i, w := range c.at {
			if math.Abs(r.X[i]-w) > c.tol {
				t.Errorf("%s: x[%d] = %v, want %v within %g", name, i, r.X[i], w, c.tol)
			}
		}
	}
	stop := errors.New("enough")
	if r, err := LevenbergMarquardt(decay{0}, []float64{9, 4}, Settings{Tick: func() error { return stop }}); !errors.Is(err, stop) || r.Status != Stopped {
		t.Errorf("tick: %v, %v", r.Status, err)
	}
	if r, _ := LevenbergMarquardt(decay{0.05}, []float64{1, 0.1}, Settings{ValueTol: 10}); r.Status != Converged || r.Iterations != 0 {
		t.Errorf("value tolerance: %v after %d iterations", r.Status, r.Iterations)
	}
}
