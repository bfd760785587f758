package attack

import (
	"math"
	"slices"

	"modelheist/core/model"
	"modelheist/core/num"
)

// A network with one hidden layer from the slopes of its log-ratios, by algebra
// instead of a search that can end in a local minimum.
//
// With u_j = w_j·x + b_j the sum of node j, v_jk its weight in the log-ratio k of
// two classes, and φ the activation, the slope of log-ratio k along e at the point
// x is Σ_j φ'(u_j(x))·(w_j·e)·v_jk. Over points, directions and ratios these are a
// sum of h products: the row space over the points is spanned by the h matrices
// of rank one (w_j·e)·v_jk, which rankOnes finds. Their coefficients at the points
// are φ'(u_j) up to a factor, from which a node's scale and bias follow (bell).
//
// Slopes are differences of answers over a small step. What differences miss is
// worked out from the network found, and the algebra done again: the error falls by
// orders of magnitude each time. Needs smooth activations, three classes, answers
// that are neither rounded nor noisy, and few enough nodes (slopePlan).
//
// Slopes and curvatures of networks as sums of products: Janzamin, Sedghi and
// Anandkumar, Beating the Perils of Non-Convexity, 2015; Fornasier, Vybíral and
// Daubechies, Robust and Resource Efficient Identification of Shallow Neural
// Networks by Fewest Samples, Information and Inference 10(2), 2021.

// slopeStep is the step of the differences in units of half a feature's range.
// Log-probabilities come with some 1e-15 of rounding, and so slopes with 1e-8; the
// curvature left in them is as small at first, and then corrected. A longer step
// has less of the former and more of the latter, and the first solution fails more
// often.
const slopeStep = 1e-7

// mostNodes bounds the nodes that the algebra takes: it solves a system of
// h(h+1)/2 unknowns.
const mostNodes = 60

// slopePlan is where slopes are asked: at points, of which some have slopes along
// all axes, which tell the directions that matter, and the others along these.
type slopePlan struct{ points, whole, directions int }

// cost is the number of queries for d inputs; three tell whether answers are smooth.
func (p slopePlan) cost(d int) int {
	return 3 + p.whole*(d+1) + (p.points-p.whole)*(p.directions+1)
}

// slopePlan is the plan for the copy's network, or false if slopes can't tell it
// or the budget is too small.
func (s *session) slopePlan() (slopePlan, bool) {
	r, ratios := s.Copy, s.c-1
	if r.Family != "mlp" || len(r.Hidden) != 1 || r.Activation == "relu" || r.Hidden[0] > mostNodes || ratios < 2 {
		return slopePlan{}, false
	}
	for _, f := range s.box {
		if f.Categories != nil {
			return slopePlan{}, false
		}
	}
	h := r.Hidden[0]
	// As many equations as rankOnes needs and a tenth more, room for h matrices, and
	// more points than a node's slope has unknowns.
	m := 2
	for 10*minors(m)*minors(ratios) < 11*minors(h) || m*ratios <= h {
		m++
	}
	p := slopePlan{points: max(h, 6), whole: (max(h, m) + ratios - 1) / ratios, directions: m}
	if m > s.d || p.cost(s.d) > s.budget {
		return slopePlan{}, false
	}
	// One or two points more than needed, where they can be afforded.
	better := []slopePlan{p, p, p}
	better[0].points++
	better[1].points += 2
	better[2].points += 2
	better[2].whole++
	for _, b := range better {
		if b.cost(s.d) <= s.budget {
			p = b
		}
	}
	return p, true
}

// tangents are the measured slopes, and the network that comes out of them.
type tangents struct {
	s      *session
	plan   slopePlan
	ratios int
	probes []probe
	net    slopeNet
}

// probe is a point with slopes along m directions.
type probe struct {
	at         int         // the point is input at, the steps from it follow
	directions [][]float64 // m unit vectors in scaled inputs
	rises      []float64   // m×ratios: what the log-ratios rise a unit of step
	corrected  []float64   // m×ratios: slopes, as far as known
}

// fromSlopes asks for slopes and returns the network that they tell, or nil if it
// can't: then the answers are there for another way.
func (s *session) fromSlopes() (model.Classifier, error) {
	plan, ok := s.slopePlan()
	if !ok {
		return nil, nil
	}
	smooth, err := s.smooth()
	if !smooth || err != nil {
		return nil, err
	}
	t := &tangents{s: s, plan: plan, ratios: s.c - 1}
	axes := make([][]float64, s.d)
	for i := range axes {
		axes[i] = make([]float64, s.d)
		axes[i][i] = 1
	}
	if err := t.ask(plan.whole, axes); err != nil {
		return nil, err
	}
	if err := t.ask(plan.points-plan.whole, t.principal()); err != nil {
		return nil, err
	}
	return t.solve()
}

// smooth asks three inputs in a row and tells whether the answers between them
// are straight, as those of a smooth victim are that rounds nothing.
func (s *session) smooth() (bool, error) {
	x0, e := s.pivots(1), make([]float64, s.d)
	for i := range e {
		e[i] = s.r.NormFloat64()
	}
	num.Scale(e, 1/length(e))
	x := slices.Concat(x0, s.stepFrom(x0, e, slopeStep), s.stepFrom(x0, e, -slopeStep))
	n := s.n()
	if err := s.ask(x, slopeWhy); err != nil {
		return false, err
	}
	z := s.ratiosOf(n, s.n())
	rise, bend := 0.0, 0.0
	for k := range s.c - 1 {
		a, b, c := z[k], z[s.c-1+k], z[2*(s.c-1)+k]
		rise += (b - c) * (b - c)
		bend += (b - 2*a + c) * (b - 2*a + c)
	}
	const straight = 1e-3 // of the rise; a step bends by some 1e-6
	return rise > 0 && bend <= straight*straight*rise, nil
}

const slopeWhy = "a step apart, for slopes"

// pivots draws n points in the middle of the domain, a step from its edge.
func (s *session) pivots(n int) []float64 {
	x := s.middle(n)
	for i, f := range x {
		b := s.box[i%s.d]
		centre := (b.Low + b.High) / 2
		x[i] = centre + (1-2*slopeStep)*(f-centre)
	}
	return x
}

// stepFrom is x moved by a step along the direction e of scaled inputs.
func (s *session) stepFrom(x, e []float64, step float64) []float64 {
	to := slices.Clone(x)
	for i, f := range s.box {
		to[i] += step * e[i] * (f.High - f.Low) / 2
	}
	return to
}

// ratiosOf are the (c-1) log-ratios of answers from..to: of each class but the
// last to the last.
func (s *session) ratiosOf(from, to int) []float64 {
	p := s.probabilities()[from*s.c : to*s.c]
	z := make([]float64, 0, (to-from)*(s.c-1))
	for i := 0; i < len(p); i += s.c {
		last := math.Log(p[i+s.c-1])
		for _, q := range p[i : i+s.c-1] {
			z = append(z, math.Log(q)-last)
		}
	}
	return z
}

// ask asks n points and a step from each along all directions.
func (t *tangents) ask(n int, directions [][]float64) error {
	s, m := t.s, len(directions)
	from := s.n()
	var x []float64
	for pivot := range slices.Chunk(s.pivots(n), s.d) {
		t.probes = append(t.probes, probe{at: from + len(x)/s.d, directions: directions})
		x = append(x, pivot...)
		for _, e := range directions {
			x = append(x, s.stepFrom(pivot, e, slopeStep)...)
		}
	}
	if err := s.ask(x, slopeWhy); err != nil {
		return err
	}
	z := s.ratiosOf(from, s.n())
	for i := range n {
		p := &t.probes[len(t.probes)-n+i]
		at := z[(p.at-from)*t.ratios:]
		for k := range m * t.ratios {
			p.rises = append(p.rises, (at[t.ratios+k]-at[k%t.ratios])/slopeStep)
		}
		p.corrected = slices.Clone(p.rises)
	}
	return nil
}

// principal are the directions in which the slopes along all axes are steepest.
func (t *tangents) principal() [][]float64 {
	var g []float64 // rows of d
	for _, p := range t.probes {
		for k := range t.ratios {
			for i := range t.s.d {
				g = append(g, p.rises[i*t.ratios+k])
			}
		}
	}
	_, _, v := singular(g, t.s.d)
	return v[:t.plan.directions]
}

// solve turns slopes into a network and corrects them by it, as long as that
// explains the answers much better.
func (t *tangents) solve() (model.Classifier, error) {
	const rounds = 12
	const explains = 0.05 // root mean square error of probabilities, of a start that is no worse than chance
	var best model.Classifier
	least := math.Inf(1)
	for range rounds {
		m, err := t.network()
		if m == nil || err != nil {
			return best, err
		}
		e := t.s.error(m)
		if !(e < explains*explains) && best == nil {
			return nil, nil
		}
		if e < least {
			best = m
		}
		if !(e < least/2) {
			break
		}
		least = e
		t.correct()
	}
	return best, nil
}

// network solves for the nodes; nil if the slopes are not those of a network with
// as many nodes as the copy or fewer.
func (t *tangents) network() (model.Classifier, error) {
	p := &pace{tick: t.s.Tick}
	table := t.table()
	width := t.plan.directions * t.ratios
	_, sv, basis := singular(table, width)
	r := 1 // the nodes that show: alike ones count as one
	for r < len(sv) && sv[r] > 1e-3*sv[r-1] {
		r++
	}
	if r > t.s.Copy.Hidden[0] {
		return nil, nil
	}
	basis = basis[:r]
	net := &t.net
	if len(net.v) != r {
		along, v, ok, err := rankOnes(basis, t.ratios, t.s.r, p)
		if !ok || err != nil {
			return nil, err
		}
		*net = slopeNet{along: along, v: v}
	}
	for j := range r {
		sharpen(basis, net.along[j], net.v[j])
		if err := p.did(10 * width * width * width); err != nil {
			return nil, err
		}
	}
	t.weights(table)
	return t.model()
}

// table is the slopes at all points, along the directions that all have.
func (t *tangents) table() []float64 {
	m := t.plan.directions
	common := t.probes[len(t.probes)-1].directions
	out := make([]float64, 0, len(t.probes)*m*t.ratios)
	for i, p := range t.probes {
		if i >= t.plan.whole {
			out = append(out, p.corrected...)
			continue
		}
		for _, e := range common {
			row := make([]float64, t.ratios)
			for a, w := range e {
				num.AddScaled(row, w, p.corrected[a*t.ratios:(a+1)*t.ratios])
			}
			out = append(out, row...)
		}
	}
	return out
}

// slopeNet is a network of r tanh nodes in scaled inputs.
type slopeNet struct {
	along [][]float64 // r×m: w along the common directions, up to a factor
	v     [][]float64 // r×ratios
	w     [][]float64 // r×(d+1), the bias last
}

// weights finds w and the factor of v.
func (t *tangents) weights(table []float64) {
	net, d, r := &t.net, t.s.d, len(t.net.v)
	width := t.plan.directions * t.ratios
	products := make([]float64, 0, width*r)
	for i := range t.plan.directions {
		for k := range t.ratios {
			for j := range r {
				products = append(products, net.along[j][i]*net.v[j][k])
			}
		}
	}
	q := factor(products, r)
	bells := make([][]float64, len(t.probes)) // points×r: φ' up to a factor a node
	var whole []float64
	for p := range bells {
		bells[p] = q.solve(table[p*width : (p+1)*width])
		for k := 0; k < t.ratios && p < t.plan.whole; k++ {
			for j, y := range bells[p] {
				whole = append(whole, y*net.v[j][k])
			}
		}
	}
	q = factor(whole, r)
	w := make([][]float64, r)
	for j := range w {
		w[j] = make([]float64, d+1)
	}
	for i := range d {
		var slope []float64
		for _, p := range t.probes[:t.plan.whole] {
			slope = append(slope, p.corrected[i*t.ratios:(i+1)*t.ratios]...)
		}
		for j, y := range q.solve(slope) {
			w[j][i] = y
		}
	}
	for j := range r {
		at, height := make([]float64, len(bells)), make([]float64, len(bells))
		for p, b := range bells {
			at[p], height[p] = t.sum(w[j], p), b[j]
		}
		if num.Sum(height) < 0 {
			num.Scale(height, -1)
			num.Scale(net.v[j], -1)
		}
		scale, bias, top := bell(at, height)
		num.Scale(w[j], scale)
		w[j][d] = bias
		num.Scale(net.v[j], top/scale)
	}
	net.w = w
}

// sum is w·x plus the bias at the point of probe p.
func (t *tangents) sum(w []float64, p int) float64 {
	d := t.s.d
	u := w[d]
	for i, x := range t.s.row(t.probes[p].at) {
		u += w[i] * t.s.scaled(i, x)
	}
	return u
}

// correct replaces the slopes by the rises plus what the network's rises miss of
// its slopes.
func (t *tangents) correct() {
	d := t.s.d
	for i := range t.probes {
		p := &t.probes[i]
		copy(p.corrected, p.rises)
		for j, w := range t.net.w {
			u := t.sum(w, i)
			for k, e := range p.directions {
				// tanh(u+δ) - tanh(u) = sinh(δ)/(cosh(u)·cosh(u+δ)), which keeps its digits.
				along := num.Dot(w[:d], e)
				rise := math.Sinh(slopeStep*along) / slopeStep * math.Cosh(u) / math.Cosh(u+slopeStep*along)
				missed := (along - rise) / (math.Cosh(u) * math.Cosh(u))
				num.AddScaled(p.corrected[k*t.ratios:(k+1)*t.ratios], missed, t.net.v[j])
			}
		}
	}
}

// model is the network as a copy. Nodes that it lacks get small random weights and
// no effect, from where a fit can use them.
func (t *tangents) model() (model.Classifier, error) {
	s, d, h := t.s, t.s.d, t.s.Copy.Hidden[0]
	params := make([]float64, s.Copy.Unknowns(d, s.c))
	out := params[h*(d+1):] // c×(h+1)
	for j := range h {
		row := params[j*(d+1) : (j+1)*(d+1)]
		if j >= len(t.net.w) {
			for i := range d {
				row[i] = s.r.NormFloat64() / math.Sqrt(float64(d))
			}
			continue
		}
		copy(row, t.net.w[j])
		v, mean := t.net.v[j], num.Sum(t.net.v[j])/float64(s.c)
		for k := range s.c {
			out[k*(h+1)+j] = -mean
			if k < t.ratios {
				out[k*(h+1)+j] += v[k]
			}
		}
		if s.Copy.Activation == "sigmoid" { // (1 + tanh(u/2))/2
			num.Scale(row, 2)
			for k := range s.c {
				out[k*(h+1)+j] *= 2
			}
		}
		s.unscale(row)
	}
	sizes := []int{d, h, s.c}
	m, err := model.NewMLP(sizes, s.Copy.Activation, params)
	if err != nil {
		return nil, nil // a weight beyond all numbers
	}
	// The output biases are what is left of the log-ratios, on average.
	z := make([]float64, s.n()*s.c)
	m.ScoresTo(z, s.x)
	told := s.ratiosOf(0, s.n())
	for i := range s.n() {
		for k := range t.ratios {
			out[k*(h+1)+h] += (told[i*t.ratios+k] - z[i*s.c+k] + z[i*s.c+t.ratios]) / float64(s.n())
		}
	}
	m, err = model.NewMLP(sizes, s.Copy.Activation, params)
	if err != nil {
		return nil, nil
	}
	return m, nil
}

// bell fits the slope of tanh, top·sech²(scale·at + bias), to heights at places.
// For each scale 1/√height is a sum of two exponentials with linear coefficients,
// so that only the scale is searched for.
func bell(at, height []float64) (scale, bias, top float64) {
	lo, hi := slices.Min(at), slices.Max(at)
	floor := 1e-6 * slices.Max(height)
	peak := slices.Index(height, slices.Max(height))
	const farSide = 1e-4 // of the near side, at the highest place
	// try returns the fit of a scale and its error, relative where heights are not
	// small, because small ones are less sure.
	try := func(scale float64) (bias, top, sum float64) {
		var rows, rhs []float64
		for i, a := range at {
			y := max(height[i], floor)
			sure := y * y / (y*y + 1e8*floor*floor)
			u := scale * (a - lo)
			rows = append(rows, sure*math.Sqrt(y)*math.Exp(u), sure*math.Sqrt(y)*math.Exp(-u))
			rhs = append(rhs, sure)
		}
		e := factor(rows, 2).solve(rhs)
		// Where only one side of the bell shows, it is put no farther than that.
		up, down := rows[2*peak]*e[0], rows[2*peak+1]*e[1]
		e[0] = max(up, farSide*math.Abs(down)) / rows[2*peak]
		e[1] = max(down, farSide*math.Abs(up)) / rows[2*peak+1]
		for i, b := range rhs {
			off := rows[2*i]*e[0] + rows[2*i+1]*e[1] - b
			sum += off * off
		}
		return math.Log(e[0]/e[1])/2 - scale*lo, 1 / (4 * e[0] * e[1]), sum
	}
	// Sums of a node reach over a hundredth to some tens; then by golden section.
	const from, to, step = -4.0, 3.5, 0.1
	best, least := from, math.Inf(1)
	width := hi - lo
	for l := from; l <= to; l += step {
		if _, _, sum := try(math.Exp(l) / width); sum < least {
			best, least = l, sum
		}
	}
	a, b := best-step, best+step
	const golden = 0.6180339887498949
	for b-a > 1e-12 {
		x, y := b-golden*(b-a), a+golden*(b-a)
		_, _, ex := try(math.Exp(x) / width)
		_, _, ey := try(math.Exp(y) / width)
		if ex < ey {
			b = y
		} else {
			a = x
		}
	}
	scale = math.Exp((a+b)/2) / width
	bias, top, _ = try(scale)
	return scale, bias, top
}
