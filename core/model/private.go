package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"modelheist/core/num"
	"modelheist/core/optimize"
)

// PrivacyMethods are the ways to train under differential privacy.
var PrivacyMethods = []string{"output", "objective"}

// trainPrivate trains logistic regression so that its weights are
// ε-differentially private: changing one training point changes the density of
// any outcome by a factor of at most e^ε.
//
// With θ the weights of the rows (x, 1)/√(d+1), the objective is
//
//	J(θ) = mean loss + ½Λ‖θ‖², Λ = 1/(C·n·(d+1)),
//
// which in the model's own weights is scikit-learn's, but with a penalty on the
// intercept too. That and rows of norm at most 1 are conditions of the theorems;
// the features have to lie in [-1, 1], a range that counts as public. The loss of
// logistic regression has a derivative of at most 1 and a second one of at most
// c = ¼. Then, with noise b of density ∝ exp(-β‖b‖),
//
//	output     releases argmin J + b with β = nΛε/2, because one point moves the
//	           minimum by 2/(nΛ) at most;
//	objective  releases argmin J + b·θ/n + ½Δ‖θ‖² with β = ε'/2, where
//	           ε' = ε - log(1 + 2c/(nΛ) + c²/(nΛ)²) and Δ = 0 if that is above 0,
//	           else ε' = ε/2 and Δ = c/(n(e^(ε/4) - 1)) - Λ.
//
// Source: Chaudhuri, Monteleoni, Sarwate, "Differentially private empirical risk
// minimization", Journal of Machine Learning Research 12 (2011), algorithms 1 and 2
// and theorems 6 and 9. It holds for real numbers and true randomness; float64 and
// a seeded generator show what privacy costs, and protect nobody.
//
// Errors: another family or method, ε that is no number above 0, features outside
// [-1, 1], and those of Train.
func (r Recipe) trainPrivate(data Data, o Options) (Classifier, error) {
	switch {
	case r.Family != "logistic":
		return nil, fmt.Errorf("model: privacy for %s, allowed for logistic", r.Family)
	case !(r.Privacy > 0) || math.IsInf(r.Privacy, 0):
		return nil, fmt.Errorf("model: privacy = %v, allowed a number above 0", r.Privacy)
	case !slices.Contains(PrivacyMethods, r.PrivacyMethod):
		return nil, fmt.Errorf("model: privacy by %q, allowed %v", r.PrivacyMethod, PrivacyMethods)
	case !(r.C > 0) || math.IsInf(r.C, 0):
		return nil, fmt.Errorf("model: C is %v; privacy needs a finite number above 0", r.C)
	}
	if err := checkLinear(r.Family, data.Classes); err != nil {
		return nil, err
	}
	if err := data.check(); err != nil {
		return nil, err
	}
	for i, v := range data.X {
		if !(v >= -1 && v <= 1) {
			return nil, fmt.Errorf("model: privacy: point %d: feature %d is %v, allowed -1..1", i/data.Dim, i%data.Dim, v)
		}
	}
	return r.perturb(data, o)
}

// perturb trains with the noise of the method.
func (r Recipe) perturb(data Data, o Options) (Classifier, error) {
	n, d := data.N(), data.Dim
	scale := math.Sqrt(float64(d + 1)) // θ = scale·w
	lambda := 1 / (r.C * float64(n*(d+1)))
	l := &privateLoss{linearLoss: linearLoss{d: d, rows: 1, n: n, link: logisticLink}, slope: make([]float64, d+1)}
	l.blocks = pack(data.X, column(data.targets(), 1, 2), d, 1)
	output := r.PrivacyMethod == "output"
	if !output {
		beta, more := objectiveNoise(r.Privacy, n, lambda)
		lambda += more
		copy(l.slope, spherical(o.Rand, d+1, beta))
		num.Scale(l.slope, scale/float64(n))
	}
	l.ridge = lambda * float64(d+1)
	m := &Linear{family: "logistic", d: d, c: 2, w: make([]float64, d+1)}
	l.pace = &pacer{tick: o.Tick}
	res, err := optimize.LBFGS(l.value, m.w, optimize.Settings{GradTol: 1e-10, MaxIter: 3000, Memory: 20, Tick: l.pace.check})
	if err != nil {
		return nil, err
	}
	copy(m.w, res.X)
	m.fit = Fit{res.F, res.GradNorm, res.Iterations, res.Status == optimize.Converged}
	if output {
		num.AddScaled(m.w, 1/scale, spherical(o.Rand, d+1, float64(n)*lambda*r.Privacy/2))
	}
	return m, nil
}

// objectiveNoise is β of the noise of objective perturbation, and Δ.
func objectiveNoise(epsilon float64, n int, lambda float64) (beta, more float64) {
	const c = 0.25
	k := c / (float64(n) * lambda)
	if left := epsilon - math.Log1p(2*k+k*k); left > 0 {
		return left / 2, 0
	}
	return epsilon / 4, c/(float64(n)*math.Expm1(epsilon/4)) - lambda
}

// spherical draws from the density ∝ exp(-β‖b‖): any direction, and a length that
// is Gamma distributed with the dimension as its shape and scale 1/β.
func spherical(r *rand.Rand, dim int, beta float64) []float64 {
	b, length := make([]float64, dim), 0.0
	for i := range b {
		b[i] = r.NormFloat64()
		length += r.ExpFloat64() / beta
	}
	num.Scale(b, length/math.Sqrt(num.Dot(b, b)))
	return b
}

// privateLoss adds to a linear loss of one row the penalty on the intercept and a
// linear term.
type privateLoss struct {
	linearLoss
	slope []float64
}

func (l *privateLoss) value(grad, w []float64) float64 {
	f := l.linearLoss.value(grad, w)
	last := w[l.d]
	grad[l.d] += l.ridge * last
	num.AddScaled(grad, 1, l.slope)
	return f + l.ridge*last*last/2 + num.Dot(l.slope, w)
}
