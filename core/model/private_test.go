package model

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// farFromGamma is the largest distance between the distribution of the numbers
// and the Gamma distribution, in units at which 1 is exceeded by chance once in
// about a thousand (Kolmogorov–Smirnov, asymptotic).
func farFromGamma(v []float64, shape, scale float64) float64 {
	g := distuv.Gamma{Alpha: shape, Beta: 1 / scale}
	v = slices.Sorted(slices.Values(v))
	n, far := float64(len(v)), 0.0
	for i, x := range v {
		p := g.CDF(x)
		far = max(far, p-float64(i)/n, float64(i+1)/n-p)
	}
	return far * math.Sqrt(n) / 1.95
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

// inside the box that privacy asks for.
func boxed(n, d int, seed uint64) Data {
	data := clouds(n, d, 2, seed)
	for i, v := range data.X {
		data.X[i] = min(max(v, -1), 1)
	}
	return data
}

func private(t *testing.T, data Data, method string, c, epsilon float64, seed uint64) []float64 {
	t.Helper()
	m, err := Recipe{Family: "logistic", C: c, Privacy: epsilon, PrivacyMethod: method}.Train(data, Options{Rand: rand.New(rand.NewPCG(seed, 1))})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*Linear).Params()
}

func TestTheNoiseHasGammaLengthsAndAllDirections(t *testing.T) {
	t.Parallel()
	const n = 4000
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		dim  int
		beta float64
	}{{1, 1}, {3, 0.2}, {31, 7}} {
		var lengths []float64
		mean := make([]float64, c.dim)
		for range n {
			b := spherical(r, c.dim, c.beta)
			lengths = append(lengths, norm(b))
			for i, v := range b {
				mean[i] += v / n
			}
		}
		if far := farFromGamma(lengths, float64(c.dim), 1/c.beta); far > 1 {
			t.Errorf("dimension %d: lengths are %.2f times too far from Gamma(%d, %v)", c.dim, far, c.dim, 1/c.beta)
		}
		// A coordinate has variance (dim+1)/β².
		for i, v := range mean {
			if deviation := math.Sqrt(float64(c.dim+1)) / c.beta / math.Sqrt(n); math.Abs(v) > 4.5*deviation {
				t.Errorf("dimension %d: coordinate %d has mean %v, deviation %v", c.dim, i, v, deviation)
			}
		}
	}
}

// TestTheOutputsNoiseIsThatOfTheTheorem: in weights for rows of norm 1, the
// distance from the minimum is Gamma(d+1, 2/(nΛε)), and nΛ = 1/(C(d+1)).
func TestTheOutputsNoiseIsThatOfTheTheorem(t *testing.T) {
	t.Parallel()
	const c, epsilon, d = 0.3, 2.0, 2
	data := boxed(50, d, 1)
	exact := private(t, data, "output", c, 1e14, 1)
	var lengths []float64
	for seed := range uint64(1500) {
		w := private(t, data, "output", c, epsilon, seed)
		for i, v := range exact {
			w[i] = math.Sqrt(d+1) * (w[i] - v)
		}
		lengths = append(lengths, norm(w))
	}
	if far := farFromGamma(lengths, d+1, 2*c*(d+1)/epsilon); far > 1 {
		t.Errorf("distances are %.2f times too far from the theorem's distribution", far)
	}
}

// TestTheObjectivesNoiseIsThatOfTheTheorem reads b off the gradient at the
// result: ∇J + b/n + Δθ = 0, and ‖b‖ is Gamma(d+1, 2/ε').
func TestTheObjectivesNoiseIsThatOfTheTheorem(t *testing.T) {
	t.Parallel()
	const n, d = 50, 2
	data := boxed(n, d, 1)
	scale := math.Sqrt(d + 1)
	for _, s := range []struct{ c, epsilon float64 }{{0.3, 2}, {1, 0.5}} {
		lambda := 1 / (s.c * n * (d + 1))
		// Algorithm 2 with c = 1/4, written as in the paper.
		used := s.epsilon - math.Log(1+2*0.25/(n*lambda)+0.25*0.25/(n*n*lambda*lambda))
		more := 0.0
		if used <= 0 {
			more, used = 0.25/(n*(math.Exp(s.epsilon/4)-1))-lambda, s.epsilon/2
		}
		if (more > 0) != (s.c == 1) {
			t.Fatalf("C = %v does not show its case: Δ = %v", s.c, more)
		}
		var lengths []float64
		for seed := range uint64(1500) {
			w := private(t, data, "objective", s.c, s.epsilon, seed)
			b := make([]float64, d+1)
			for j := range b {
				b[j] = -n * (lambda + more) * scale * w[j]
			}
			for i, y := range data.Labels {
				x := []float64{data.X[2*i], data.X[2*i+1], 1}
				p := 1 / (1 + math.Exp(-w[0]*x[0]-w[1]*x[1]-w[2]))
				for j := range b {
					b[j] -= (p - float64(y)) * x[j] / scale
				}
			}
			lengths = append(lengths, norm(b))
		}
		if far := farFromGamma(lengths, d+1, 2/used); far > 1 {
			t.Errorf("C = %v: lengths are %.2f times too far from the theorem's distribution", s.c, far)
		}
	}
}

// TestOnePointMovesTheMinimumNoFurtherThanTheTheoremSays: 2/(nΛ) = 2C(d+1), for
// rows of norm 1.
func TestOnePointMovesTheMinimumNoFurtherThanTheTheoremSays(t *testing.T) {
	t.Parallel()
	for _, c := range []float64{0.01, 0.3, 3} {
		most := 0.0
		for seed := range uint64(30) {
			data := boxed(8, 2, seed)
			a := private(t, data, "output", c, 1e14, 1)
			data.X = slices.Clone(data.X)
			data.X[0], data.X[1], data.Labels[0] = -data.X[0], -1, 1-data.Labels[0]
			b := private(t, data, "output", c, 1e14, 1)
			for i := range a {
				a[i] = math.Sqrt(3) * (a[i] - b[i])
			}
			most = max(most, norm(a))
		}
		if bound := 2 * c * 3; most > bound || c == 0.01 && most < bound/20 {
			t.Errorf("C = %v: one point moved the minimum by %v, the bound is %v", c, most, bound)
		}
	}
}

// TestWithoutPrivacyTheVictimIsThePlainOne: for a large ε and, because the
// intercept is penalised too, a large C.
func TestWithoutPrivacyTheVictimIsThePlainOne(t *testing.T) {
	t.Parallel()
	data := boxed(300, 3, 4)
	m, err := Recipe{Family: "logistic", C: 1e6}.Train(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	plain := m.(*Linear).Params()
	for _, method := range PrivacyMethods {
		for i, v := range private(t, data, method, 1e6, 1e14, 7) {
			if math.Abs(v-plain[i]) > 1e-5 {
				t.Errorf("%s: parameter %d is %v, the plain victim's %v", method, i, v, plain[i])
			}
		}
		near, far := private(t, data, method, 1, 100, 7), private(t, data, method, 1, 0.5, 7)
		rest := private(t, data, method, 1, 1e14, 7)
		for i, v := range rest {
			near[i], far[i] = near[i]-v, far[i]-v
		}
		if !(norm(near) < norm(far)/5) {
			t.Errorf("%s: ε = 100 moves the weights by %v, ε = 0.5 by %v", method, norm(near), norm(far))
		}
	}
}

func TestPrivacyNamesWhatItCantKeep(t *testing.T) {
	t.Parallel()
	good := Recipe{Family: "logistic", C: 1, Privacy: 1, PrivacyMethod: "output"}
	for _, c := range []struct {
		change func(r *Recipe, d *Data)
		says   string
	}{
		{func(_ *Recipe, d *Data) { d.X[5] = 1.5 }, "point 2: feature 1 is 1.5, allowed -1..1"},
		{func(r *Recipe, _ *Data) { r.Family = "softmax" }, "privacy for softmax, allowed for logistic"},
		{func(r *Recipe, _ *Data) { r.Privacy = -1 }, "privacy = -1"},
		{func(r *Recipe, _ *Data) { r.Privacy = math.NaN() }, "privacy = NaN"},
		{func(r *Recipe, _ *Data) { r.PrivacyMethod = "hope" }, `privacy by "hope", allowed [output objective]`},
		{func(r *Recipe, _ *Data) { r.C = math.Inf(1) }, "C is +Inf"},
		{func(r *Recipe, _ *Data) { r.Members = 2 }, "for an ensemble"},
		{func(_ *Recipe, d *Data) { d.Labels = make([]int, 20) }, ErrOneClass.Error()},
	} {
		r, data := good, boxed(20, 2, 1)
		c.change(&r, &data)
		if _, err := r.Train(data, Options{Rand: rand.New(rand.NewPCG(1, 1))}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
	stop := errors.New("stop")
	if _, err := good.Train(boxed(20, 2, 1), Options{Rand: rand.New(rand.NewPCG(1, 1)), Tick: func() error { return stop }}); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
}
