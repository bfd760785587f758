package optimize

import (
	"math"

	"modelheist/core/num"
)

// LeastSquares is a sum of squares ½‖r(x)‖² given by its normal equations,
// which a problem with structure can form without its Jacobian J.
type LeastSquares interface {
	// Value returns ½‖r(x)‖².
	Value(x []float64) float64
	// Normal writes the lower triangle of the k×k matrix JᵀJ and the gradient
	// Jᵀr at x, and returns ½‖r(x)‖². Both destinations arrive with any content.
	Normal(jtj, grad, x []float64) float64
}

// LevenbergMarquardt minimises p from x0, which it does not modify, by damped
// Gauss-Newton steps: (JᵀJ + μ·diag JᵀJ)·δ = -Jᵀr by Cholesky, μ lowered by how
// well the quadratic model foretold the value (Nielsen's rule; Madsen, Nielsen
// and Tingleff, Methods for Non-Linear Least Squares Problems, 2004, section
// 3.2). Where residuals reach zero it converges quadratically.
//
// Of the settings, Memory has no meaning. Tick is called once per trial step.
// Errors: as LBFGS.
func LevenbergMarquardt(p LeastSquares, x0 []float64, s Settings) (Result, error) {
	s = s.orDefaults()
	k := len(x0)
	m := &marquardt{p: p, k: k, x: append([]float64(nil), x0...), trial: make([]float64, k), step: make([]float64, k),
		grad: make([]float64, k), jtj: make([]float64, k*k), damped: make([]float64, k*k), mu: 1e-3, up: 2}
	m.fx = p.Normal(m.jtj, m.grad, m.x)
	m.evals = 1
	if !finite(m.fx) || !finite(num.MaxAbs(m.grad)) {
		return m.result(Stalled), ErrNotFinite
	}
	for m.iter = 0; ; m.iter++ {
		if num.MaxAbs(m.grad) <= s.GradTol || m.fx <= s.ValueTol {
			return m.result(Converged), nil
		}
		if m.iter == s.MaxIter {
			return m.result(Limit), nil
		}
		if err := s.tick(); err != nil {
			return m.result(Stopped), err
		}
		if !m.advance() {
			return m.result(Stalled), nil
		}
	}
}

type marquardt struct {
	p                    LeastSquares
	k                    int
	x, trial, step, grad []float64
	jtj, damped          []float64
	fx, mu, up           float64
	iter, evals          int
}

const maxDamping = 1e12

// advance tries one step; false when no damping helps.
func (m *marquardt) advance() bool {
	k := m.k
	copy(m.damped, m.jtj)
	top := 0.0
	for i := 0; i < k; i++ {
		top = math.Max(top, m.jtj[i*k+i])
	}
	for i := 0; i < k; i++ { // a parameter without effect still gets damping
		m.damped[i*k+i] += m.mu * math.Max(m.jtj[i*k+i], 1e-8*top)
	}
	for i, g := range m.grad {
		m.step[i] = -g
	}
	if !num.Cholesky(m.damped, k) {
		return m.dampMore()
	}
	num.SolveCholesky(m.damped, m.step)
	foretold := 0.0 // the fall of the quadratic model
	for i, s := range m.step {
		foretold += 0.5 * s * (m.mu*math.Max(m.jtj[i*k+i], 1e-8*top)*s - m.grad[i])
		m.trial[i] = m.x[i] + s
	}
	f := m.p.Value(m.trial)
	m.evals++
	if !(f < m.fx) || !(foretold > 0) {
		return m.dampMore()
	}
	ratio := (m.fx - f) / foretold
	m.mu = math.Max(m.mu*math.Max(1./10, 1-math.Pow(2*ratio-1, 3)), 1e-15)
	m.up = 2
	m.x, m.trial = m.trial, m.x
	m.fx = m.p.Normal(m.jtj, m.grad, m.x)
	return true
}

func (m *marquardt) dampMore() bool {
	m.mu *= m.up
	m.up *= 2
	return m.mu < maxDamping
}

func (m *marquardt) result(s Status) Result {
	return Result{X: m.x, F: m.fx, GradNorm: num.MaxAbs(m.grad), Iterations: m.iter, Evals: m.evals, Status: s}
}
