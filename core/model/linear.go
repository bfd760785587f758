package model

import (
	"fmt"
	"math"

	"modelheist/core/num"
	"modelheist/core/optimize"
)

// Linear is a model whose scores are linear in the input: binary logistic
// regression, softmax regression or one-vs-rest logistic regression.
//
// Its parameters are a matrix of r×(d+1) numbers, row by row, the intercept
// last in its row: r = 1 for logistic (the log-odds of class 1) and r = c for
// softmax and one-vs-rest. Probabilities are, with z = w·x + b:
//
//	logistic  p1 = σ(z), p0 = σ(-z)
//	softmax   p_i = exp(z_i) / Σ_j exp(z_j)
//	ovr       p_i = σ(z_i) / Σ_j σ(z_j)
//
// (Tramèr et al. 2016, section 4.1). Each has its own relative precision, also
// near 0: log p_i - log p_j is exact to about 1e-15.
type Linear struct {
	family string
	d, c   int
	w      []float64
	fit    Fit
}

var (
	_ Probabilistic = (*Linear)(nil)
	_ Parametric    = (*Linear)(nil)
	_ GridScorer    = (*Linear)(nil)
	_ Partial       = (*Linear)(nil)
	_ Fitted        = (*Linear)(nil)
)

// NewLinear makes a model from parameters, which it copies. The family is
// logistic (two classes, d+1 parameters), softmax or ovr (c(d+1) each).
func NewLinear(family string, d, c int, params []float64) (*Linear, error) {
	if err := checkLinear(family, c); err != nil {
		return nil, err
	}
	if d < 1 {
		return nil, fmt.Errorf("model: %s in %d dimensions: must be at least 1", family, d)
	}
	m := &Linear{family: family, d: d, c: c, w: append([]float64(nil), params...)}
	if want := m.rows() * (d + 1); len(params) != want {
		return nil, fmt.Errorf("model: %d parameters for %s with d = %d and %d classes, must be %d", len(params), family, d, c, want)
	}
	for i, v := range params {
		if v-v != 0 {
			return nil, fmt.Errorf("model: parameter %d is %v, must be a finite number", i, v)
		}
	}
	return m, nil
}

func checkLinear(family string, c int) error {
	switch family {
	case "logistic":
		if c != 2 {
			return fmt.Errorf("model: logistic takes 2 classes, not %d; softmax and ovr take more", c)
		}
	case "softmax", "ovr":
		if c < 2 {
			return fmt.Errorf("model: %s takes at least 2 classes, not %d", family, c)
		}
	default:
		return fmt.Errorf("model: %q is not a linear family; allowed are logistic, softmax and ovr", family)
	}
	return nil
}

// Family is logistic, softmax or ovr.
func (m *Linear) Family() string { return m.family }

// Dim implements Classifier.
func (m *Linear) Dim() int { return m.d }

// Classes implements Classifier.
func (m *Linear) Classes() int { return m.c }

// Params implements Parametric: rows of weights with their intercept.
func (m *Linear) Params() []float64 { return append([]float64(nil), m.w...) }

// Weights returns copies of the r×d weights and the r intercepts.
func (m *Linear) Weights() (w, b []float64) {
	for i := 0; i < len(m.w); i += m.d + 1 {
		w = append(w, m.w[i:i+m.d]...)
		b = append(b, m.w[i+m.d])
	}
	return w, b
}

// Fit implements Fitted; it is zero for a model made from parameters.
func (m *Linear) Fit() Fit { return m.fit }

func (m *Linear) rows() int {
	if m.family == "logistic" {
		return 1
	}
	return m.c
}

// ScoresTo implements Classifier. The scores of logistic are 0 and z. A missing
// feature (NaN) contributes nothing.
func (m *Linear) ScoresTo(dst, x []float64) {
	d, r := m.d, m.rows()
	n := len(x) / d
	dst = dst[:n*m.c]
	for i := 0; i < n; i++ {
		row := x[i*d : i*d+d]
		out := dst[i*m.c : i*m.c+m.c]
		out[0] = 0
		for k := 0; k < r; k++ {
			w := m.w[k*(d+1) : (k+1)*(d+1)]
			z := w[d] + num.Dot(row, w)
			if z != z {
				z = w[d] + present(row, w)
			}
			out[m.c-r+k] = z
		}
	}
}

// present is the dot product without the features that are missing.
func present(x, w []float64) (z float64) {
	for j, v := range x {
		if v == v {
			z += v * w[j]
		}
	}
	return z
}

// MissingTo implements Partial: no answer stops at a missing feature.
func (m *Linear) MissingTo(dst []int, _ []float64) {
	for i := range dst {
		dst[i] = -1
	}
}

// GridScoresTo implements GridScorer with the same bits as ScoresTo.
func (m *Linear) GridScoresTo(dst, xs, ys []float64) {
	if m.d != 2 {
		panic(fmt.Sprintf("model: a grid needs d = 2, not %d", m.d))
	}
	c, r := m.c, m.rows()
	dst = dst[:len(xs)*len(ys)*c]
	for k := 0; k < r; k++ {
		wx, wy, b := m.w[3*k], m.w[3*k+1], m.w[3*k+2]
		at := c - r + k
		for _, y := range ys {
			v := float64(wy * y)
			for _, x := range xs {
				dst[at] = b + (float64(wx*x) + v)
				at += c
			}
		}
	}
	if r == 1 {
		for i := 0; i < len(dst); i += 2 {
			dst[i] = 0
		}
	}
}

// ProbabilitiesTo implements Probabilistic.
func (m *Linear) ProbabilitiesTo(dst, x []float64) {
	dst = dst[:len(x)/m.d*m.c]
	m.ScoresTo(dst, x)
	m.link(dst)
}

// link turns the n×c scores z into probabilities.
func (m *Linear) link(z []float64) {
	n := len(z) / m.c
	switch m.family {
	case "logistic":
		for i := 0; i < len(z); i += 2 {
			z[i] = -z[i+1]
		}
		num.SigmoidTo(z, z)
	case "softmax":
		num.SoftmaxRows(z, n, m.c)
	case "ovr":
		m.ovrLink(z, n)
	}
}

// ovrLink replaces scores by normalised sigmoids. Where all of a row's sigmoids
// underflow, σ(z) = exp(z) and the row is a softmax.
func (m *Linear) ovrLink(z []float64, n int) {
	c := m.c
	for i := 0; i < n; i++ {
		row := z[i*c : i*c+c]
		top := row[0]
		for _, v := range row {
			top = math.Max(top, v)
		}
		if top < -600 {
			num.SoftmaxRows(row, 1, c)
			continue
		}
		num.SigmoidTo(row, row)
		num.NormalizeRows(row, 1, c)
	}
}

// trainLinear minimises ½‖w‖² + C·Σ loss, intercepts free, where the loss is
// the cross-entropy between the targets (labels or probabilities) and the
// model's probabilities; one-vs-rest on labels instead trains one logistic
// regression a class, as scikit-learn does.
func (r Recipe) trainLinear(data Data, o Options) (Classifier, error) {
	if err := checkLinear(r.Family, data.Classes); err != nil {
		return nil, err
	}
	if !(r.C > 0) {
		return nil, fmt.Errorf("model: C is %v, must be above 0", r.C)
	}
	if err := data.check(); err != nil {
		return nil, err
	}
	m := &Linear{family: r.Family, d: data.Dim, c: data.Classes}
	m.w = make([]float64, m.rows()*(m.d+1))
	if w, ok := o.Warm.(*Linear); ok && w.family == m.family && w.d == m.d && w.c == m.c {
		copy(m.w, w.w)
	}
	t := linearTraining{data: data, o: o, y: data.targets()}
	t.ridge, t.tol = r.penalty(data)
	if m.family == "ovr" && data.Labels != nil {
		return m, t.oneVsRest(m)
	}
	return m, t.train(m)
}

// Without a penalty the optimum on separable data is infinite: weights grow
// until the rounding of float64 stops them. Instead C = +Inf then means a ridge
// of 1e-10 on the mean loss, which every solver step can still see.
const freeRidge = 1e-10

// penalty is λ, as in mean loss + ½·λ·‖w‖², and the gradient to stop at.
// Answers strictly inside (0, 1) need no guard: their optimum is finite.
func (r Recipe) penalty(data Data) (ridge, tol float64) {
	if !math.IsInf(r.C, 1) {
		return 1 / (r.C * float64(data.N())), 1e-9
	}
	if data.Labels == nil && inside(data.Probabilities) {
		return 0, 1e-11
	}
	return freeRidge, 1e-10
}

func inside(p []float64) bool {
	for _, v := range p {
		if v <= 0 || v >= 1 {
			return false
		}
	}
	return true
}

type linearTraining struct {
	data       Data
	o          Options
	y          []float64 // n×c
	ridge, tol float64
}

func (t *linearTraining) train(m *Linear) error {
	l := &linearLoss{d: m.d, rows: m.rows(), n: t.data.N(), ridge: t.ridge, link: links[m.family]}
	y := t.y
	if m.family == "logistic" {
		y = column(t.y, 1, 2)
	}
	l.blocks = pack(t.data.X, y, m.d, l.rows)
	return t.minimise(m.w, l, &m.fit)
}

// oneVsRest trains a logistic regression a class.
func (t *linearTraining) oneVsRest(m *Linear) error {
	m.fit.Converged = true
	for k := 0; k < m.c; k++ {
		l := &linearLoss{d: m.d, rows: 1, n: t.data.N(), ridge: t.ridge, link: logisticLink}
		l.blocks = pack(t.data.X, column(t.y, k, m.c), m.d, 1)
		var fit Fit
		if err := t.minimise(m.w[k*(m.d+1):(k+1)*(m.d+1)], l, &fit); err != nil {
			return err
		}
		m.fit.Loss += fit.Loss
		m.fit.GradNorm = math.Max(m.fit.GradNorm, fit.GradNorm)
		m.fit.Iterations += fit.Iterations
		m.fit.Converged = m.fit.Converged && fit.Converged
	}
	return nil
}

// minimise improves w in place.
func (t *linearTraining) minimise(w []float64, l *linearLoss, fit *Fit) error {
	l.pace = &pacer{tick: t.o.Tick}
	res, err := optimize.LBFGS(l.value, w, optimize.Settings{GradTol: t.tol, MaxIter: 3000, Memory: 20, Tick: l.pace.check})
	if err != nil {
		return err
	}
	copy(w, res.X)
	*fit = Fit{res.F, res.GradNorm, res.Iterations, res.Status == optimize.Converged}
	return nil
}

// column is column k of an n×c matrix.
func column(y []float64, k, c int) []float64 {
	out := make([]float64, len(y)/c)
	for i := range out {
		out[i] = y[i*c+k]
	}
	return out
}

// linearLoss is the mean loss of a linear model with its gradient.
type linearLoss struct {
	blocks     []block
	d, rows, n int
	ridge      float64
	link       link
	pace       *pacer
	z, tmp     []float64 // work space
}

// link turns the r×n scores z of a block into the gradient of its loss by z, in
// place, and returns the loss; y are the r×n targets, tmp has room for 2rn.
type link func(z, y, tmp []float64, r, n int) float64

var links = map[string]link{"logistic": logisticLink, "softmax": softmaxLink, "ovr": ovrLink}

func (l *linearLoss) value(grad, w []float64) float64 {
	if l.z == nil {
		l.z = make([]float64, l.rows*blockRows)
		l.tmp = make([]float64, 2*l.rows*blockRows)
	}
	num.Fill(grad, 0)
	sum := 0.0
	for _, b := range l.blocks {
		if !l.pace.work(2 * len(w) * b.n) {
			return math.Inf(1)
		}
		z := l.z[:l.rows*b.n]
		num.AffineTo(z, w, b.x, l.rows, l.d, b.n)
		sum += l.link(z, b.y, l.tmp, l.rows, b.n)
		num.MulAddBT(grad, z, b.x, l.rows, l.d+1, b.n)
	}
	num.Scale(grad, 1/float64(l.n))
	norm := 0.0
	for i, v := range w {
		if (i+1)%(l.d+1) != 0 {
			grad[i] += l.ridge * v
			norm += v * v
		}
	}
	return sum/float64(l.n) + l.ridge*norm/2
}

// logisticLink: loss log(1+e^z) - y·z, gradient σ(z) - y.
func logisticLink(z, y, tmp []float64, _, n int) float64 {
	e := tmp[:n]
	for i, v := range z {
		e[i] = -math.Abs(v)
	}
	num.ExpTo(e, e)
	sum := 0.0
	for i, v := range z {
		p := e[i]
		e[i]++
		sum -= y[i] * v
		if v >= 0 {
			sum += v
			p = 1
		}
		z[i] = p/e[i] - y[i]
	}
	return sum + num.SumLog(e)
}

// softmaxLink: loss log Σ e^z - Σ y·z, gradient p - y.
func softmaxLink(z, y, tmp []float64, c, n int) float64 {
	top, total := tmp[:n], tmp[n:2*n]
	copy(top, z[:n])
	for k := 1; k < c; k++ {
		for i, v := range z[k*n : k*n+n] {
			if v > top[i] {
				top[i] = v
			}
		}
	}
	for k := 0; k < c; k++ {
		row := z[k*n : k*n+n]
		for i, t := range top {
			row[i] -= t
		}
	}
	sum := -num.Dot(z, y)
	num.ExpTo(z, z)
	num.Fill(total, 0)
	for k := 0; k < c; k++ {
		for i, v := range z[k*n : k*n+n] {
			total[i] += v
		}
	}
	sum += num.SumLog(total)
	for i, t := range total {
		total[i] = 1 / t
	}
	for k := 0; k < c; k++ {
		row, yk := z[k*n:k*n+n], y[k*n:k*n+n]
		for i, s := range total {
			row[i] = row[i]*s - yk[i]
		}
	}
	return sum
}

// ovrLink: with s = σ(z), loss log Σ s - Σ y·log s, gradient (1-s)(s/Σs - y).
func ovrLink(z, y, tmp []float64, c, n int) float64 {
	logs, total := tmp[:c*n], tmp[c*n:c*n+n]
	for i, v := range z {
		z[i] = -v
	}
	num.SoftplusTo(logs, z) // -log σ
	sum := num.Dot(logs, y)
	num.SigmoidTo(z, z) // 1 - σ
	num.Scale(logs, -1)
	num.ExpTo(logs, logs) // σ
	num.Fill(total, 0)
	for k := 0; k < c; k++ {
		for i, v := range logs[k*n : k*n+n] {
			total[i] += v
		}
	}
	for k := 0; k < c; k++ {
		for i, s := range total {
			at := k*n + i
			z[at] *= logs[at]/s - y[at]
		}
	}
	num.LogTo(total, total)
	return sum + num.Sum(total)
}
