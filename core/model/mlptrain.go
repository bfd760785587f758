package model

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"modelheist/core/num"
	"modelheist/core/optimize"
)

// mlpLoss is the mean cross-entropy plus ½·L2·‖W‖², with its gradient.
type mlpLoss struct {
	net    *net
	blocks []block
	n      int
	l2     float64
	pace   *pacer
}

// value is the loss at w, or +Inf once the pacer stopped.
func (l *mlpLoss) value(grad, w []float64) float64 {
	num.Fill(grad, 0)
	c := l.net.sizes[len(l.net.sizes)-1]
	sum := 0.0
	for _, b := range l.blocks {
		if !l.pace.work(3 * len(w) * b.n) {
			return math.Inf(1)
		}
		z := l.net.forward(w, b.x, b.n)
		sum += softmaxLink(z, b.y, l.net.tmp, c, b.n)
		l.net.backward(grad, w, z, b.n)
	}
	num.Scale(grad, 1/float64(l.n))
	return sum/float64(l.n) + l.penalty(grad, w)
}

// penalty is ½·L2·‖W‖² over the weights, not the biases; it adds its gradient.
func (l *mlpLoss) penalty(grad, w []float64) float64 {
	if l.l2 == 0 {
		return 0
	}
	norm := 0.0
	gs := layers(l.net.sizes, grad)
	for k, la := range layers(l.net.sizes, w) {
		for i, v := range la.W {
			if (i+1)%(la.In+1) != 0 {
				gs[k].W[i] += l.l2 * v
				norm += v * v
			}
		}
	}
	return l.l2 * norm / 2
}

// maxSecondOrder is the number of parameters up to which a copy is solved for by
// Levenberg-Marquardt, whose steps cost their square for each point and their
// cube: with 1510 parameters and as many points a second or two.
const maxSecondOrder = 2000

// Large is the number of parameters from which on a copy gets one start only.
const Large = 800

// trainMLP minimises mean cross-entropy + ½·L2·‖W‖². From labels it is a
// victim's training.
//
// From probabilities it recovers the model that gave them. Where none is 0, a
// perceptron with one hidden layer and at most maxSecondOrder parameters is
// solved for by least squares on log-ratios, from the warm start or from up to
// three random ones (of Large ones one start in all). Unless that explains the
// answers, as it can't when they are rounded, cross-entropy is minimised too, and
// the smaller one wins.
func (r Recipe) trainMLP(data Data, o Options) (Classifier, error) {
	if o.Rand == nil {
		panic("model: training an mlp needs Options.Rand")
	}
	sizes := append(append([]int{data.Dim}, r.Hidden...), data.Classes)
	if !(r.L2 >= 0) || math.IsInf(r.L2, 1) {
		return nil, fmt.Errorf("model: L2 is %v, must be finite and at least 0", r.L2)
	}
	m, err := NewMLP(sizes, r.Activation, make([]float64, unknowns(sizes)))
	if err != nil {
		return nil, err
	}
	if err := data.check(); err != nil {
		return nil, err
	}
	y := data.targets()
	t := &mlpTraining{m: m, n: data.N(), rand: o.Rand, pace: &pacer{tick: o.Tick}, tol: 1e-6}
	if data.Labels == nil && len(m.w) <= maxSecondOrder {
		t.tol = 1e-8
	}
	if w, ok := o.Warm.(*MLP); ok && slices.Equal(w.sizes, sizes) && w.activation == r.Activation {
		t.warm = w.w
	}
	t.loss = &mlpLoss{net: newNet(sizes, r.Activation, blockRows), n: t.n, l2: r.L2, pace: t.pace, blocks: pack(data.X, y, data.Dim, data.Classes)}
	if data.Labels == nil && len(sizes) == 3 && len(m.w) <= maxSecondOrder {
		if logs := centredLogs(y, data.Classes); logs != nil {
			return m, t.solve(newLogRatios(sizes, r.Activation, pack(data.X, logs, data.Dim, data.Classes), t.n))
		}
	}
	return m, t.minimise(t.start())
}

type mlpTraining struct {
	m    *MLP
	n    int
	rand *rand.Rand
	tol  float64   // gradient of the cross-entropy to stop at
	warm []float64 // or nil
	pace *pacer
	loss *mlpLoss
}

// start is where a training starts: the warm start or a random one.
func (t *mlpTraining) start() []float64 {
	w := slices.Clone(t.warm)
	if w == nil {
		w = make([]float64, len(t.m.w))
		glorot(w, t.m.sizes, t.rand)
	}
	return w
}

// minimise trains on cross-entropy from w. The model keeps the better of the
// result and what it had.
func (t *mlpTraining) minimise(w []float64) error {
	res, err := optimize.LBFGS(t.loss.value, w, optimize.Settings{GradTol: t.tol, MaxIter: 3000, Memory: 20, Tick: t.pace.check})
	if err != nil {
		return err
	}
	if t.m.fit.Iterations == 0 || res.F < t.m.fit.Loss {
		t.m.w = res.X
		t.m.fit = Fit{res.F, res.GradNorm, res.Iterations, res.Status == optimize.Converged}
	}
	return nil
}

// The root mean square error of centred log-probabilities, in nats, at which a
// copy counts as exact, as good, at which its answers count as explained, and at
// which a large copy is on the way there and waits for more answers.
const (
	exactLogs     = 1e-9
	goodLogs      = 1e-4
	explainedLogs = 1e-3
	promisingLogs = 0.1
)

// solve recovers the model from unrounded probabilities.
func (t *mlpTraining) solve(q *logRatios) error {
	q.pace = t.pace
	large, starts := len(t.m.w) >= Large, 3
	if large {
		starts = 1
	}
	for range starts {
		rms, err := t.recover(q, t.start())
		if err != nil {
			return err
		}
		if rms <= explainedLogs {
			t.m.fit.Converged = true
			return nil
		}
		if large && rms <= promisingLogs {
			return nil
		}
		t.warm = nil
	}
	if err := t.minimise(slices.Clone(t.m.w)); err != nil || large {
		return err
	}
	return t.minimise(t.start())
}

// errSlow ends a least-squares run that no longer gains.
var errSlow = errors.New("model: slow")

// recover runs least squares from w. The model takes the result if its
// cross-entropy is smaller than what it had; the result's root mean square
// error is returned.
func (t *mlpTraining) recover(q *logRatios, w []float64) (float64, error) {
	const window = 25 // trial steps in which the value has to fall by a tenth, or a third once it is small
	size := float64(t.n * q.c)
	small := goodLogs * goodLogs * size / 2
	steps, before := 0, math.Inf(1)
	tick := func() error {
		if steps++; steps%window == 0 {
			if q.best > 0.9*before || q.best <= small && q.best > before*2/3 {
				return errSlow
			}
			before = q.best
		}
		return t.pace.check()
	}
	res, err := optimize.LevenbergMarquardt(q, w, optimize.Settings{
		GradTol: 1e-300, ValueTol: exactLogs * exactLogs * size / 2, MaxIter: 400, Tick: tick})
	if err != nil && !errors.Is(err, errSlow) {
		return 0, err
	}
	grad := make([]float64, len(w))
	loss := t.loss.value(grad, res.X)
	if t.pace.err != nil {
		return 0, t.pace.err
	}
	if t.m.fit.Iterations == 0 || loss < t.m.fit.Loss {
		t.m.w = res.X
		t.m.fit = Fit{loss, num.MaxAbs(grad), max(1, res.Iterations), false}
	}
	return math.Sqrt(2 * res.F / size), nil
}

// glorot draws weights uniform in ±√(6/(in+out)) and sets biases to 0 (Glorot
// and Bengio, 2010).
func glorot(w []float64, sizes []int, r *rand.Rand) {
	for _, l := range layers(sizes, w) {
		s := math.Sqrt(6 / float64(l.In+l.Out))
		for i := range l.W {
			l.W[i] = s * (2*r.Float64() - 1)
			if (i+1)%(l.In+1) == 0 {
				l.W[i] = 0
			}
		}
	}
}
