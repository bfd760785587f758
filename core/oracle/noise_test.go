package oracle

import (
	"math"
	"slices"
	"strings"
	"testing"

	"modelheist/core/model"
)

func ask(t *testing.T, o Oracle, x []float64) Reply {
	t.Helper()
	r, err := o.Ask(x)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// many is n times the same input.
func many(n int, x ...float64) []float64 { return slices.Repeat(x, n) }

// moments are the mean and the standard deviation.
func moments(v []float64) (mean, sd float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		sd += (x - mean) * (x - mean) / float64(len(v))
	}
	return mean, math.Sqrt(sd)
}

// every is every step-th value from the first.
func every(v []float64, first, step int) (out []float64) {
	for i := first; i < len(v); i += step {
		out = append(out, v[i])
	}
	return out
}

func TestNoiseIsGaussianOfTheStandardDeviationAskedFor(t *testing.T) {
	t.Parallel()
	const n = 20_000
	scores := make([]float64, 3)
	victim.ScoresTo(scores, points[:2])
	for _, fixed := range []bool{false, true} {
		x := many(n, points[0], points[1])
		if fixed { // other inputs, that differ by nothing the victim could see
			for i := range n {
				x[2*i] += float64(i) * 0x1p-52
			}
		}
		r := ask(t, open(t, victim, Settings{Answers: Logits, Budget: n, Noise: Noise{0.5, fixed, 3}}), x)
		a, b := every(r.Values, 0, 3), every(r.Values, 1, 3)
		mean, sd := moments(a)
		// Four standard errors: sd/√n of the mean, sd/√(2n) of sd.
		if math.Abs(mean-scores[0]) > 4*0.5/math.Sqrt(n) || math.Abs(sd-0.5) > 4*0.5/math.Sqrt(2*n) {
			t.Errorf("fixed = %v: mean %v and deviation %v, want %v and 0.5", fixed, mean, sd, scores[0])
		}
		within := 0 // of one deviation: 68.27 % of a Gaussian
		both := 0.0
		for i, v := range a {
			if math.Abs(v-scores[0]) < 0.5 {
				within++
			}
			both += (v - scores[0]) * (b[i] - scores[1]) / n
		}
		if math.Abs(float64(within)/n-0.6827) > 0.014 || math.Abs(both) > 4*0.25/math.Sqrt(n) {
			t.Errorf("fixed = %v: %d of %d within one deviation, covariance of two values %v", fixed, within, n, both)
		}
	}
}

func TestFixedNoiseRepeatsAndFreshNoiseDoesNot(t *testing.T) {
	t.Parallel()
	for _, answers := range []Kind{Probabilities, Logits, Top1} {
		for _, fixed := range []bool{false, true} {
			s := Settings{Answers: answers, Budget: 100, Noise: Noise{0.05, fixed, 7}}
			m := open(t, victim, s)
			twice := ask(t, m, many(2, 0.25, 2)).Values
			later := ask(t, m, many(1, 0.25, 2)).Values
			w := len(later)
			if same := slices.Equal(twice[:w], twice[w:]) && slices.Equal(twice[:w], later); same != fixed {
				t.Errorf("%s: fixed = %v, and the answers are %v, %v", answers, fixed, twice, later)
			}
			// -0 is the same input as 0, and another seed makes other noise.
			zero, negative := ask(t, m, []float64{0, 2}).Values, ask(t, m, []float64{math.Copysign(0, -1), 2}).Values
			if fixed && !slices.Equal(zero, negative) {
				t.Errorf("%s: 0 gets %v and -0 %v", answers, zero, negative)
			}
			s.Noise.Seed++
			if other := ask(t, open(t, victim, s), many(1, 0.25, 2)).Values; slices.Equal(other, twice[:w]) {
				t.Errorf("%s: two seeds make the same noise", answers)
			}
			// A fresh oracle begins again.
			s.Noise.Seed--
			if again := ask(t, open(t, victim, s), many(2, 0.25, 2)).Values; !slices.Equal(again, twice) {
				t.Errorf("%s: the same seed gives %v and then %v", answers, twice, again)
			}
		}
	}
}

func TestNoisyLabelsFollowTheNoisyValues(t *testing.T) {
	t.Parallel()
	x := many(500, 0, 0.4) // two classes are near
	s := Settings{Answers: Probabilities, Budget: 500, Noise: Noise{Sigma: 0.2, Seed: 1}}
	full := ask(t, open(t, victim, s), x)
	exact := ask(t, open(t, victim, Settings{Answers: Labels, Budget: 1}), x[:2]).Labels[0]
	changed := 0
	for i, y := range full.Labels {
		p := full.Values[3*i : 3*i+3]
		sum := 0.0
		for _, v := range p {
			sum += v
			if v < 0 || v > 1 || v > p[y] {
				t.Fatalf("label %d with probabilities %v", y, p)
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("probabilities %v sum to %v", p, sum)
		}
		if y != exact {
			changed++
		}
	}
	if changed < 50 || changed > 450 {
		t.Errorf("%d of 500 labels changed", changed)
	}
	// What is cut from the same answers is the same.
	s.Answers = Labels
	labels := ask(t, open(t, victim, s), x)
	s.Answers = Top1
	top := ask(t, open(t, victim, s), x)
	if !slices.Equal(labels.Labels, full.Labels) || !slices.Equal(top.Labels, full.Labels) || labels.Values != nil {
		t.Error("labels and top1 differ from the noisy probabilities' labels")
	}
	for i, v := range top.Values {
		if v != full.Values[3*i+top.Labels[i]] {
			t.Fatalf("top1 %v of %v", v, full.Values[3*i:3*i+3])
		}
	}
}

func TestTheMarginsOfTwoClassesStayOpposite(t *testing.T) {
	t.Parallel()
	m, err := model.NewSVM(model.Recipe{Kernel: "linear"}, 2, 2, model.Support{Vectors: []float64{1, 1}, Dual: []float64{1}, Intercepts: []float64{0}})
	if err != nil {
		t.Fatal(err)
	}
	s := Settings{Answers: Margin, Budget: 200, Noise: Noise{Sigma: 1, Seed: 2}}
	full := ask(t, open(t, m, s), many(200, 0.5, 0))
	ones := 0
	for i, y := range full.Labels {
		if full.Values[2*i] != -full.Values[2*i+1] || (full.Values[2*i+1] > 0) != (y == 1) {
			t.Fatalf("label %d with margins %v", y, full.Values[2*i:2*i+2])
		}
		ones += y
	}
	if ones < 100 || ones > 180 { // 69 % of a Gaussian of mean 0.5
		t.Errorf("%d of 200 noisy margins are positive", ones)
	}
	s.Answers = Labels
	if got := ask(t, open(t, m, s), many(200, 0.5, 0)); !slices.Equal(got.Labels, full.Labels) {
		t.Error("labels alone don't follow the noisy margins")
	}
}

func TestNoiseIsRoundedAndSaysWhatItCantDo(t *testing.T) {
	t.Parallel()
	r := ask(t, open(t, victim, Settings{Answers: Logits, Round: 1, Budget: 9, Noise: Noise{Sigma: 1, Seed: 1}}), points)
	for _, v := range r.Values {
		if math.Abs(10*v-math.Round(10*v)) > 1e-9 {
			t.Errorf("%v is not rounded", v)
		}
	}
	for _, sigma := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := Open(victim, box, Settings{Answers: Logits, Noise: Noise{Sigma: sigma}}); err == nil || !strings.Contains(err.Error(), "noise = ") {
			t.Errorf("noise %v: %v", sigma, err)
		}
	}
	labels, err := New(victim, box, Labels)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Blur(labels, Noise{Sigma: 1}); err == nil {
		t.Error("labels were blurred")
	}
}
