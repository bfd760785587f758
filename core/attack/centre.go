package attack

import (
	"math"

	"modelheist/core/model"
	"modelheist/core/num"
)

// centre is the middle of all linear copies that explain every rounded answer: the
// analytic centre, the farthest from all bounds in the sense of a barrier (Boyd
// and Vandenberghe, Convex Optimization, section 8.5.3). An answer bounds the
// log-odds of each class, which are nearly linear in the unknowns, and says which
// score is the largest. The Hessian at the centre tells in which directions the
// copies that are left spread, and how far.
type centre struct {
	s       *session
	steps   float64   // of the rounding, to 1
	p, r, k int       // d+1; rows of unknowns; r·p unknowns. The classes before c-r have the score 0
	x       []float64 // n×p, the design
	columns []float64 // the same by batches, each p×batch
	low     []float64 // n×c, log-odds; -Inf where there is no bound
	high    []float64 // n×c, +Inf
	ties    []tie
	w       []float64 // k: the centre
	soft    float64   // the slack below which a bound resists by a parabola
	least   float64   // the least slack at the centre
	l       []float64 // k×k, Cholesky factor of the Hessian at the centre
	sure    bool      // l is as exact as float64 can be
	pace    pace
}

// tie is an answer whose label tells more than its rounded probabilities: the score
// of class is at least that of other.
type tie struct{ row, class, other int }

// loose is the precision of a weight for scaled inputs, as far as answers leave it
// open. Measured over 0.001 to 0.3 on small budgets; with more it is lost among
// the bounds.
const loose = 0.3

// newCentre begins at the last centre, or nil, at what loss minimisation gives. It
// is nil if the answers are not rounded.
func newCentre(s *session, last *centre) (*centre, error) {
	f := &centre{s: s, steps: s.steps(), p: s.d + 1, r: s.rows(), x: s.design(s.x), pace: pace{tick: s.Tick}}
	if s.Copy.Family == "softmax" {
		f.r = s.c - 1
	}
	f.k = f.r * f.p
	f.columns = make([]float64, len(f.x))
	for at := 0; at < len(f.x); at += batch * f.p {
		to := min(len(f.x), at+batch*f.p)
		num.TransposeTo(f.columns[at:to], f.x[at:to], (to-at)/f.p, f.p)
	}
	if f.steps == 0 || !f.bound() {
		return nil, nil
	}
	if last != nil {
		f.w, f.soft = append([]float64(nil), last.w...), last.least
		return f, nil
	}
	m, err := s.fitOnce(nil)
	if err != nil {
		return nil, err
	}
	f.from(m.(*model.Linear).Params())
	return f, nil
}

// bound takes the bounds from the answers; false if one can't be a rounded one.
func (f *centre) bound() bool {
	c, p := f.s.c, f.s.probabilities()
	f.low, f.high = make([]float64, len(p)), make([]float64, len(p))
	for i, y := range f.s.labels {
		low, high := f.low[i*c:(i+1)*c], f.high[i*c:(i+1)*c]
		if !bounds(low, high, p[i*c:(i+1)*c], f.steps) {
			return false
		}
		for k, v := range high {
			if k != y && v > low[y] {
				f.ties = append(f.ties, tie{i, y, k})
			}
		}
		for k := range low {
			low[k], high[k] = logit(low[k]), logit(high[k])
		}
	}
	return true
}

func logit(p float64) float64 { return num.Log(p) - num.Log(1-p) }

// from takes over the weights of a copy, given for raw inputs.
func (f *centre) from(params []float64) {
	f.w = append([]float64(nil), params[len(params)-f.k:]...)
	for at := 0; at < f.k; at += f.p {
		row := f.w[at : at+f.p]
		if f.k < len(params) { // the first class shall have the score 0
			num.AddScaled(row, -1, params[:f.p])
		}
		for j, b := range f.s.box {
			row[f.s.d] += row[j] * (b.Low + b.High) / 2
			row[j] *= (b.High - b.Low) / 2
		}
	}
}

// model is the copy.
func (f *centre) model() (model.Classifier, error) {
	var params []float64
	if f.r < f.s.rows() {
		params = make([]float64, f.p)
	}
	for at := 0; at < f.k; at += f.p {
		params = append(params, f.s.unscale(append([]float64(nil), f.w[at:at+f.p]...))...)
	}
	return model.NewLinear(f.s.Copy.Family, f.s.d, f.s.c, params)
}

// solve finds the centre. It is false if there seems to be none: no copy explains
// all answers, or float64 can't tell.
//
// A barrier needs a start within the bounds. Instead it goes on beyond them as a
// parabola, and the slack at which that begins shrinks until all bounds are kept.
func (f *centre) solve() (bool, error) {
	const finest, stages, hopeless = 1e-14, 60, 300
	_, least, err := f.objective(f.w, nil)
	f.soft = max(f.soft, -least, 10*finest)
	for range stages {
		if err == nil {
			least, err = f.newton()
		}
		switch {
		case err != nil:
			return false, err
		case least >= f.soft:
			f.least = least
			return true, nil
		case least > 0:
			f.soft = min(f.soft/4, least/2)
		case f.soft > finest && least > -hopeless*f.soft: // one that can be kept is broken by some soft at most
			f.soft /= 30
		default:
			return false, nil
		}
	}
	return false, nil
}

// newton minimises the objective and returns the least slack at the minimum, -Inf
// where the Hessian is singular.
func (f *centre) newton() (least float64, err error) {
	const most, near = 30, 1e-2 // the objective counts bounds
	n := f.newNormal()
	for range most {
		var now float64
		if now, least, err = f.objective(f.w, n); err != nil {
			return 0, err
		}
		if f.l, f.sure = definite(n.h, f.k); f.l == nil {
			return math.Inf(-1), nil
		}
		step := append([]float64(nil), n.grad...)
		num.SolveCholesky(f.l, step)
		fall := num.Dot(n.grad, step)
		if fall < near {
			break
		}
		moved, err := f.descend(step, now, fall)
		if !moved || err != nil {
			return least, err
		}
	}
	return least, nil
}

// descend goes against step as far as the objective falls from now by a share of
// what the step promises, and tells whether it does.
func (f *centre) descend(step []float64, now, fall float64) (bool, error) {
	const enough, shortest = 1e-3, 1e-4
	w := make([]float64, f.k)
	for size := 1.0; size > shortest; size /= 2 {
		for i, v := range f.w {
			w[i] = v - size*step[i]
		}
		next, _, err := f.objective(w, nil)
		if err != nil {
			return false, err
		}
		if next < now-enough*size*fall {
			f.w = w
			return true, nil
		}
	}
	return false, nil
}

// definite is the Cholesky factor of the k×k matrix h, with as much added to the
// diagonal as its rounding errors ask for; nil if that is too much. It is sure if
// little was added.
func definite(h []float64, k int) (l []float64, sure bool) {
	const least, most = 1e-15, 1e-7
	l = make([]float64, len(h))
	for ridge := least; ridge < most; ridge *= 100 {
		copy(l, h)
		for i := range k {
			l[i*k+i] *= 1 + ridge
		}
		if num.Cholesky(l, k) {
			return l, ridge == least
		}
	}
	return nil, false
}
