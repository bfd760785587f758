package attack

import (
	"math"

	"modelheist/core/model"
	"modelheist/core/num"
)

// evidence is what label queries tell about a boundary: labelled inputs, and
// places between two answers where one class gives way to another. Lengths are
// Euclidean in a domain scaled to [-1, 1].
type evidence struct {
	d, c   int
	x      []float64 // n×d
	labels []int
	near   []float64 // n, how close to the boundary each input was asked, at most 1
	at     []bracket
}

// softness is the slack that the label of an input far from the boundary has,
// as a share of its margin; brackets have theirs by their width.
const softness = 0.03

// kernelFit finds the smallest functions f_0 … f_{c-1} in the kernel's space
// with f_i = f_j in the middle of each bracket between classes i and j, and
// f_y - f_k >= near at each input of class y: a support vector machine with
// squared slack, told where its boundary lies. Newton's method on the active
// constraints (Chapelle, "Training a support vector machine in the primal",
// 2007); the constant 1 added to the kernel is the intercept.
type kernelFit struct {
	e      *evidence
	kernel model.Recipe
	pace   pace
	points []float64 // the constraints' inputs, p×d: middles of brackets, then labelled ones
	table  []float64 // p×p, the kernel between them
	cons   []constraint
	places []bracket // the first constraints
	values []float64 // f_i - f_j of each constraint

	l    []float64 // Cholesky factor of the last system
	list []int     // its constraints
}

// constraint asks f_i - f_j at a point to equal 0 or to be at least target.
type constraint struct {
	point  int
	i, j   int
	equal  bool
	target float64
	slack  float64 // standard deviation
	beta   float64 // its multiplier
}

// mostActive is how many constraints are solved for at once, and mostPoints how
// many inputs they have; beyond, the oldest are left out, first those that a
// bracket speaks for.
const mostActive, mostPoints = 700, 1200

// newKernelFit prepares a fit. The last copy, or nil, tells which labels are
// likely to fall short of their margin.
func newKernelFit(e *evidence, kernel model.Recipe, last model.Classifier, tick model.Tick) (*kernelFit, error) {
	f := &kernelFit{e: e, kernel: kernel, pace: pace{tick: tick}}
	f.places = e.at[max(0, len(e.at)-mostActive/2):]
	for p, b := range f.places {
		f.points = append(f.points, b.segment.at(0.5)...)
		f.cons = append(f.cons, constraint{point: p, i: b.class, j: b.other, equal: true, slack: b.width/4 + 1e-9})
	}
	for _, n := range e.latest(mostPoints - len(f.places)) {
		p := len(f.points) / e.d
		f.points = append(f.points, e.x[n*e.d:(n+1)*e.d]...)
		for k := range e.c {
			if y := e.labels[n]; k != y {
				f.cons = append(f.cons, constraint{point: p, i: y, j: k, target: e.near[n], slack: softness * e.near[n]})
			}
		}
	}
	f.values = make([]float64, len(f.cons))
	if last != nil {
		z := make([]float64, len(f.points)/e.d*e.c)
		last.ScoresTo(z, f.points)
		for m, c := range f.cons {
			f.values[m] = z[c.point*e.c+c.i] - z[c.point*e.c+c.j]
		}
	}
	return f, f.tabulate()
}

// latest lists the labelled inputs, or the last most of them.
func (e *evidence) latest(most int) []int {
	var list []int
	for n := max(0, len(e.labels)-most); n < len(e.labels); n++ {
		list = append(list, n)
	}
	return list
}

// tabulate fills the table of the kernel between all points.
func (f *kernelFit) tabulate() error {
	n := len(f.points) / f.e.d
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	f.table = make([]float64, n*n)
	for i := range n {
		f.row(f.table[i*n:i*n+i+1], i, all[:i+1])
		for j := range i {
			f.table[j*n+i] = f.table[i*n+j]
		}
		if err := f.pace.did(i * (f.e.d + 8)); err != nil {
			return err
		}
	}
	return nil
}

// row writes the kernel between point p and the points of the list to dst.
func (f *kernelFit) row(dst []float64, p int, list []int) {
	d := f.e.d
	x := f.points[p*d : (p+1)*d]
	for a, q := range list {
		y := f.points[q*d : (q+1)*d]
		sum := 0.0
		if f.kernel.Kernel == "rbf" {
			for j, v := range x {
				sum -= (v - y[j]) * (v - y[j])
			}
		} else {
			sum = num.Dot(x, y)
		}
		dst[a] = sum
	}
	switch f.kernel.Kernel {
	case "rbf":
		num.Scale(dst[:len(list)], f.kernel.Gamma)
		num.ExpTo(dst[:len(list)], dst[:len(list)])
	case "poly":
		for a, v := range dst[:len(list)] {
			dst[a] = math.Pow(f.kernel.Gamma*v+f.kernel.Coef0, float64(f.kernel.Degree))
		}
	}
	for a := range list {
		dst[a]++
	}
}

// coupling is the factor by which two constraints' kernels meet.
func coupling(a, b constraint) float64 {
	t := 0.0
	if a.i == b.i {
		t++
	}
	if a.j == b.j {
		t++
	}
	if a.i == b.j {
		t--
	}
	if a.j == b.i {
		t--
	}
	return t
}

// active lists the constraints that bind: all brackets, and the labels that
// fall short of their margin.
func (f *kernelFit) active() []int {
	var list []int
	for m, c := range f.cons {
		if c.equal || f.values[m] < c.target {
			list = append(list, m)
		}
	}
	return list
}

// solve iterates to the minimum; false says that the kernel's matrix is not
// positive definite.
func (f *kernelFit) solve() (bool, error) {
	objective := math.Inf(1)
	for range 25 {
		if err := f.pace.did(tickEvery); err != nil {
			return false, err
		}
		f.list = f.active()
		if len(f.list) > mostActive {
			f.list = f.list[:mostActive]
		}
		beta, err := f.newton(f.list)
		if beta == nil || err != nil {
			return false, err
		}
		if f.move(f.list, beta, &objective) {
			break
		}
	}
	return true, nil
}

// newton solves the system of the active constraints; nil says that it can't.
func (f *kernelFit) newton(list []int) ([]float64, error) {
	n, all := len(list), len(f.points)/f.e.d
	g := make([]float64, n*n)
	for a, m := range list {
		row := g[a*n : a*n+a+1]
		from := f.table[f.cons[m].point*all:]
		for b := range row {
			other := f.cons[list[b]]
			row[b] = from[other.point] * coupling(f.cons[m], other)
		}
		row[a] += f.cons[m].slack*f.cons[m].slack + 1e-12*row[a]
	}
	for jitter := 1e-11; ; jitter *= 10 {
		ok, err := f.factor(g, n)
		if err != nil {
			return nil, err
		}
		if ok {
			break
		}
		if jitter > 1e-3 {
			return nil, nil
		}
		for a := range n {
			g[a*n+a] += jitter
		}
	}
	beta := make([]float64, n)
	for a, m := range list {
		beta[a] = f.cons[m].target
	}
	lower(f.l, n, beta)
	upper(f.l, n, beta)
	return beta, nil
}

func (f *kernelFit) factor(g []float64, n int) (bool, error) {
	f.l = append(f.l[:0], g...)
	return cholesky(f.l, n, &f.pace)
}

// move goes from the present multipliers towards those of the active
// constraints as far as the objective falls, and tells whether it is at its
// minimum.
func (f *kernelFit) move(list []int, beta []float64, objective *float64) bool {
	goal := make([]float64, len(f.cons))
	for a, m := range list {
		goal[m] = beta[a]
	}
	values := f.evaluate(goal)
	for step := 1.0; step > 1e-3; step /= 2 {
		b, v := make([]float64, len(goal)), make([]float64, len(goal))
		for m := range goal {
			b[m] = f.cons[m].beta + step*(goal[m]-f.cons[m].beta)
			v[m] = f.values[m] + step*(values[m]-f.values[m])
		}
		if o := f.objective(b, v); o < *objective || math.IsInf(*objective, 1) {
			done := step == 1 && o > *objective*(1-1e-4)
			for m := range b {
				f.cons[m].beta = b[m]
			}
			f.values, *objective = v, o
			return done
		}
	}
	return true
}

// objective is ½‖f‖² plus the squared slacks.
func (f *kernelFit) objective(beta, values []float64) float64 {
	sum := 0.0
	for m, c := range f.cons {
		sum += beta[m] * values[m]
		if miss := c.target - values[m]; c.equal || miss > 0 {
			sum += miss * miss / (c.slack * c.slack)
		}
	}
	return sum / 2
}

// evaluate returns f_i - f_j of each constraint for multipliers.
func (f *kernelFit) evaluate(beta []float64) []float64 {
	n, c := len(f.points)/f.e.d, f.e.c
	weights := make([]float64, c*n)
	for m, con := range f.cons {
		weights[con.i*n+con.point] += beta[m]
		weights[con.j*n+con.point] -= beta[m]
	}
	fx := make([]float64, n*c)
	num.MulAddBT(fx, f.table, weights, n, c, n)
	values := make([]float64, len(f.cons))
	for m, con := range f.cons {
		values[m] = fx[con.point*c+con.i] - fx[con.point*c+con.j]
	}
	return values
}

// expansion is functions as sums of kernels at points.
type expansion struct {
	points  []int
	weights [][]float64 // c × len(points)
}

// support gathers the multipliers by point.
func (f *kernelFit) support(beta []float64) expansion {
	s := expansion{weights: make([][]float64, f.e.c)}
	for m, c := range f.cons {
		if beta[m] == 0 {
			continue
		}
		if n := len(s.points); n == 0 || s.points[n-1] != c.point {
			s.points = append(s.points, c.point)
			for k := range s.weights {
				s.weights[k] = append(s.weights[k], 0)
			}
		}
		n := len(s.points)
		s.weights[c.i][n-1] += beta[m]
		s.weights[c.j][n-1] -= beta[m]
	}
	return s
}

// model is the copy.
func (f *kernelFit) model() (model.Classifier, error) {
	beta := make([]float64, len(f.cons))
	for m, c := range f.cons {
		beta[m] = c.beta
	}
	s := f.support(beta)
	out := model.Support{}
	for _, p := range s.points {
		out.Vectors = append(out.Vectors, f.points[p*f.e.d:(p+1)*f.e.d]...)
	}
	add := func(w []float64) {
		out.Dual = append(out.Dual, w...)
		out.Intercepts = append(out.Intercepts, num.Sum(w))
	}
	if f.e.c == 2 {
		for i := range s.weights[1] {
			s.weights[1][i] -= s.weights[0][i]
			s.weights[1][i] /= 2
		}
		add(s.weights[1])
	} else {
		for _, w := range s.weights {
			add(w)
		}
	}
	return model.NewSVM(f.kernel, f.e.d, f.e.c, out)
}

// leaveOut tells how far from its bracket the copy would put the boundary if it
// had not been told of it: the distances, scaled to [-1, 1], for each bracket,
// from the factor of the last system. The value that a constraint would have is
// β/(G+D)⁻¹ in closed form; the slope along the bracket turns it into a distance.
func (f *kernelFit) leaveOut() ([]float64, error) {
	l, list := f.l, f.list
	n := len(list)
	var off []float64
	e := make([]float64, n)
	slopes := f.slopes()
	for a, m := range list {
		if !f.cons[m].equal {
			continue
		}
		// (G+D)⁻¹_aa = ‖L⁻¹ e_a‖².
		clear(e)
		e[a] = 1
		tail := e[a:]
		for i := range tail {
			row := l[(a+i)*n+a : (a+i)*n+a+i+1]
			tail[i] = (tail[i] - num.Dot(row[:i], tail[:i])) / row[i]
		}
		value := f.cons[m].beta / num.Dot(tail, tail)
		off = append(off, math.Abs(value)/(slopes[len(off)]+1e-300))
		if err := f.pace.did(len(tail) * len(tail) / 2); err != nil {
			return nil, err
		}
	}
	return off, nil
}

// slopes are the derivatives of f_i - f_j along the brackets.
func (f *kernelFit) slopes() []float64 {
	out := make([]float64, len(f.places))
	m, err := f.model()
	if err != nil {
		return out
	}
	segs, at := make([]bracket, len(out)), make([]float64, len(out))
	for i, b := range f.places {
		segs[i], at[i] = b, 0.5
	}
	return slopes(m, segs, at)
}

// slopes are how fast the difference of the two classes' scores changes per unit
// of length at t on each segment.
func slopes(m model.Classifier, segs []bracket, t []float64) []float64 {
	const step = 0.01
	var x []float64
	for i, b := range segs {
		x = append(append(x, b.at(t[i]-step/b.width)...), b.at(t[i]+step/b.width)...)
	}
	c := m.Classes()
	z, out := make([]float64, 2*len(segs)*c), make([]float64, len(segs))
	m.ScoresTo(z, x)
	for i, b := range segs {
		lo, hi := z[2*i*c:], z[(2*i+1)*c:]
		rise := (lo[b.class] - lo[b.other]) - (hi[b.class] - hi[b.other])
		out[i] = math.Abs(rise) / (2 * step)
	}
	return out
}

// doubts are how far off the boundary may be at t on each segment: the standard
// deviation of f_i - f_j given the constraints (as a Gaussian process has it),
// over its slope.
func (f *kernelFit) doubts(m model.Classifier, segs []bracket, t []float64) ([]float64, error) {
	n := len(f.list)
	points := make([]int, n)
	for a, k := range f.list {
		points[a] = f.cons[k].point
	}
	last := len(f.points)
	defer func() { f.points = f.points[:last] }()
	out := slopes(m, segs, t)
	scale := f.scale()
	k := make([]float64, n)
	for i, b := range segs {
		f.points = append(f.points[:last], b.at(t[i])...)
		p := last / f.e.d
		here := constraint{i: b.class, j: b.other}
		f.row(k[:1], p, []int{p})
		own := k[0] * coupling(here, here)
		f.row(k, p, points)
		for a, m := range f.list {
			k[a] *= coupling(here, f.cons[m])
		}
		lower(f.l, n, k)
		v := math.Sqrt(max(0, own-num.Dot(k, k)))
		out[i] = scale * v / (out[i] + 1e-300)
		if err := f.pace.did(n * n / 2); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scale is the standard deviation that the fitted functions suggest for the
// Gaussian process, per unit of the kernel.
func (f *kernelFit) scale() float64 {
	norm := 0.0
	for m, c := range f.cons {
		norm += c.beta * f.values[m]
	}
	return math.Sqrt(max(norm, 0) / float64(len(f.list)))
}

// loss is how badly the copy does: the mean distance at which it misses brackets
// that it was not told of, at most 1 each. A label that it gets wrong although it
// was told counts as blame brackets, each missed by the distance at which the
// label was asked: an oracle's labels are never wrong, so the kernel is.
func (f *kernelFit) loss() (float64, error) {
	const blame = 16
	sum := 0.0
	off, err := f.leaveOut()
	if err != nil {
		return 0, err
	}
	for _, v := range off {
		sum += min(v, 1)
	}
	for m, c := range f.cons {
		if !c.equal && f.values[m] <= 0 {
			sum += blame * c.target
		}
	}
	return sum / float64(max(len(off), 1)), nil
}
