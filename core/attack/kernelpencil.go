package attack

import (
	"math"
	"slices"

	"modelheist/core/model"
	"modelheist/core/num"
)

// pencilPlan asks a kernel logistic regression at sums of steps from the centre:
// a step along one feature of the set P either way, or none; one of a few steps
// along the features Q; and a step along the features H, or none. As the
// features don't overlap, a representer's Gaussian is a product of a factor for
// each step and the intercept a product of ones, so the answers without and with
// the step along H, from one side of the centre to the other, are a pencil that
// decompose takes apart.
type pencilPlan struct {
	*leaker
	centre, half []float64 // of the domain
	p, q, h      []int     // features
	qs           int       // steps along Q
	steps        []float64 // qs×d
	shift        []float64 // d, half the step along H
	from         int       // queries asked before
}

// plan draws the steps, with a margin of columns beyond the number of
// representers; nil where there are too few features or queries for that.
func (l *leaker) plan(margin int) *pencilPlan {
	plan := &pencilPlan{leaker: l, centre: make([]float64, l.d), half: make([]float64, l.d), shift: make([]float64, l.d), from: l.n()}
	var free []int
	for j, f := range l.box {
		plan.centre[j], plan.half[j] = (f.Low+f.High)/2, (f.High-f.Low)/2
		if len(f.Categories) > 0 {
			return nil
		}
		if plan.half[j] > 0 {
			free = append(free, j)
		}
	}
	channels := l.c - 1
	plan.qs = (l.most + margin + channels - 1) / channels
	k := len(free) / 2
	rows, cols := 2*k+1, plan.qs*channels
	if len(free) < 8 || rows < cols || 2*rows*plan.qs+(len(free)-k)*plan.qs > l.left() {
		return nil
	}
	l.r.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	plan.p, plan.q, plan.h = free[:k], free[k:k+(len(free)-k)/2], free[k+(len(free)-k)/2:]
	plan.steps = make([]float64, plan.qs*l.d)
	for b := range plan.qs {
		for _, j := range plan.q {
			plan.steps[b*l.d+j] = -plan.half[j] * l.r.Float64()
		}
	}
	for _, j := range plan.h { // of uneven lengths: pixels are whole numbers and sums of them coincide
		plan.shift[j] = plan.half[j] * (0.4 + 0.6*l.r.Float64()) * float64(2*l.r.IntN(2)-1)
	}
	return plan
}

// run asks and solves; errPencil if the answers are no such sum.
func (l *pencilPlan) run() (*model.KLR, error) {
	m0, m1, err := l.matrices()
	if err != nil {
		return nil, err
	}
	cols := l.qs * (l.c - 1)
	a, d, mu, err := decompose(m0, m1, cols)
	if err != nil {
		return nil, err
	}
	at, ok := l.intercept(a, mu)
	if !ok {
		return nil, errPencil
	}
	values, steps := make([][]float64, 0, len(a)), make([][]float64, 0, len(a)) // v_r by columns; representers
	var bias []float64
	for r := range a {
		v := make([]float64, cols)
		num.AddScaled(v, a[r][0], d[r])
		if r == at {
			bias = v
			continue
		}
		x := make([]float64, l.d)
		for i, j := range l.p {
			ratio := a[r][2*i+1] / a[r][2*i+2]
			if !(ratio > 0) {
				return nil, errPencil
			}
			x[j] = math.Log(ratio) / (4 * l.gamma * l.half[j])
		}
		values, steps = append(values, v), append(steps, x)
	}
	if len(values) == 0 {
		return nil, errPencil // no representer is near enough to show
	}
	if err := l.others(values, steps, bias); err != nil {
		return nil, err
	}
	return l.finish(steps)
}

// matrices asks all inputs of the pencil: rows are steps along P, columns steps
// along Q, channel by channel.
func (l *pencilPlan) matrices() (m0, m1 []float64, err error) {
	rows := 2*len(l.p) + 1
	var x []float64
	for e := range 2 {
		for i := range rows {
			for b := range l.qs {
				from := len(x)
				x = append(x, l.centre...)
				at := x[from:]
				num.AddScaled(at, 1, l.steps[b*l.d:(b+1)*l.d])
				num.AddScaled(at, float64(2*e-1), l.shift)
				if i > 0 {
					j := l.p[(i-1)/2]
					at[j] += l.half[j] * float64(1-2*((i-1)%2))
				}
			}
		}
	}
	l.clip(x)
	if err := l.ask(x, "grid"); err != nil {
		return nil, nil, err
	}
	y := l.ratios(l.from)
	if y == nil {
		return nil, nil, errPencil
	}
	take := func(from int) []float64 {
		m := make([]float64, 0, rows*l.qs*len(y))
		for i := range rows {
			for _, v := range y {
				m = append(m, v[from+i*l.qs:from+(i+1)*l.qs]...)
			}
		}
		return m
	}
	return take(0), take(rows * l.qs), nil
}

// intercept finds the product that no step changes.
func (l *pencilPlan) intercept(a [][]float64, mu []float64) (at int, ok bool) {
	least := math.Inf(1)
	for r, v := range a {
		off := math.Abs(mu[r] - 1)
		for _, w := range v {
			off = max(off, math.Abs(w/v[0]-1))
		}
		if off < least {
			at, least = r, off
		}
	}
	return at, least < 1e-3
}

// others finds the coordinates along Q and H: a step along one multiplies each
// representer's part of every answer by a factor, and these solve linear
// equations.
func (l *pencilPlan) others(values, steps [][]float64, bias []float64) error {
	rest := slices.Concat(l.q, l.h)
	var x []float64
	for _, j := range rest {
		for b := range l.qs {
			from := len(x)
			x = append(x, l.centre...)
			num.AddScaled(x[from:], 1, l.steps[b*l.d:(b+1)*l.d])
			num.AddScaled(x[from:], -1, l.shift)
			x[from+j] += l.step(j)
		}
	}
	l.clip(x)
	from := l.n()
	if err := l.ask(x, "grid"); err != nil {
		return err
	}
	y := l.ratios(from)
	if y == nil {
		return errPencil
	}
	s := len(values)
	for i, j := range rest {
		t := l.step(j)
		var a, rhs []float64
		for k, v := range y {
			for b := range l.qs {
				col := k*l.qs + b
				start := l.steps[b*l.d+j] - l.shift[j]
				for r := range s {
					a = append(a, values[r][col])
				}
				rhs = append(rhs, (v[i*l.qs+b]-bias[col])*math.Exp(l.gamma*t*(t+2*start)))
			}
		}
		for r, f := range factor(a, s).solve(rhs) {
			if !(f > 0) {
				return errPencil
			}
			steps[r][j] = math.Log(f) / (2 * l.gamma * t)
		}
	}
	return nil
}

// step is how far feature j of Q or H is moved, to the centre or beyond it.
func (l *pencilPlan) step(j int) float64 {
	if l.shift[j] != 0 {
		return 2 * l.shift[j]
	}
	return l.half[j]
}

// finish fits the weights to all answers.
func (l *pencilPlan) finish(steps [][]float64) (*model.KLR, error) {
	var p []float64
	for _, x := range steps {
		num.AddScaled(x, 1, l.centre)
		p = append(p, x...)
	}
	b := l.bumps(l.ratios(0))
	return l.model(p, b.at(p).weight)
}
