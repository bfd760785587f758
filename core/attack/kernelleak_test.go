package attack

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// kernelVictim has s random representers in the box and random weights.
func kernelVictim(t *testing.T, d, c, s int, gamma float64, seed uint64) *model.KLR {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 77))
	w := make([]float64, s*d+c*(s+1))
	for i := range w {
		w[i] = 2*r.Float64() - 1
		if i >= s*d {
			w[i] = 2 * r.NormFloat64()
		}
	}
	m, err := model.NewKLR(d, c, gamma, w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// leak runs kernel-leak and returns the representers claimed.
func leak(t *testing.T, o *fake, recipe model.Recipe) (points []float64, end Event) {
	t.Helper()
	a, err := New("kernel-leak", Config{Copy: recipe})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range a.Events(o, source()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == Claimed {
			points = append(points, e.Claim.Point...)
		}
		end = e
	}
	return points, end
}

// missed is the largest distance from a true point to the nearest found.
func missed(truth, found []float64, d int) (far float64) {
	for x := range slices.Chunk(truth, d) {
		near := math.Inf(1)
		for y := range slices.Chunk(found, d) {
			sum := 0.0
			for f, v := range x {
				sum += (v - y[f]) * (v - y[f])
			}
			near = min(near, math.Sqrt(sum))
		}
		far = max(far, near)
	}
	return far
}

func TestKernelLeakFindsTheRepresenters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		d, c, s     int
		gamma       float64
		assumed     int
		kind        oracle.Kind
		left, spent int
		far         float64
	}{
		{"on the plane", 2, 2, 4, 8, 4, oracle.Top1, 80, 80, 1e-6},
		{"on the plane, three classes", 2, 3, 6, 8, 6, oracle.Probabilities, 120, 120, 1e-6},
		{"on the plane, too many assumed", 2, 3, 4, 8, 7, oracle.Logits, 120, 120, 1e-6},
		{"of one representer", 1, 2, 1, 3, 1, oracle.Probabilities, 20, 20, 1e-6},
		{"with many features", 30, 4, 7, 0.05, 7, oracle.Probabilities, 2000, 900, 1e-5},
		{"with many features, two classes", 40, 2, 6, 0.05, 6, oracle.Top1, 3000, 1200, 1e-5},
		{"with many features, too many assumed", 40, 5, 5, 0.05, 9, oracle.Logits, 3000, 1200, 1e-5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			victim := kernelVictim(t, c.d, c.c, c.s, c.gamma, 5)
			o := &fake{box: square(c.d), victim: victim, kind: c.kind, left: c.left}
			points, end := leak(t, o, model.Recipe{Family: "klr", Representers: c.assumed, Gamma: c.gamma})
			if end.Status != Solved || o.asked > c.spent {
				t.Errorf("%s (%s) after %d queries, want solved within %d", end.Status, end.Note, o.asked, c.spent)
			}
			if far := missed(victim.Representers(), points, c.d); !(far <= c.far) {
				t.Errorf("a representer is missed by %g", far)
			}
		})
	}
}

func TestKernelLeakSaysWhenAnswersAreNotExplained(t *testing.T) {
	t.Parallel()
	o := &fake{box: square(2), victim: tilted("softmax", 2, 3, 7), kind: oracle.Probabilities, left: 60}
	if _, end := leak(t, o, model.Recipe{Family: "klr", Representers: 2, Gamma: 30}); end.Status != Budget || end.Note == "" {
		t.Errorf("a softmax: %s %q", end.Status, end.Note)
	}
	for _, r := range []model.Recipe{{Family: "klr", Gamma: 1}, {Family: "klr", Representers: 2}} {
		a, err := New("kernel-leak", Config{Copy: r})
		if err != nil {
			t.Fatal(err)
		}
		o.left = 60
		for _, err := range a.Events(o, source()) {
			if err == nil {
				t.Errorf("%+v: no error", r)
			}
		}
	}
}

func TestKernelLeakEndsWhereNoRepresenterShows(t *testing.T) {
	t.Parallel()
	const d, c, s, gamma = 20, 3, 3, 2.0
	w := append(make([]float64, s*d), 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3) // every weight 0 but the biases
	victim, err := model.NewKLR(d, c, gamma, w)
	if err != nil {
		t.Fatal(err)
	}
	o := &fake{box: square(d), victim: victim, kind: oracle.Probabilities, left: 300}
	if points, end := leak(t, o, model.Recipe{Family: "klr", Representers: s, Gamma: gamma}); end.Kind != Ended {
		t.Errorf("%s, %d points", end.Kind, len(points)/d)
	}
}

func TestSlopesOfBumpsAreThoseOfTheirSum(t *testing.T) {
	t.Parallel()
	victim := kernelVictim(t, 3, 3, 4, 0.7, 2)
	s := &session{box: square(3), d: 3, c: 3, r: source()}
	x := s.uniform(60)
	z := make([]float64, 60*3)
	victim.ScoresTo(z, x)
	b := &bumps{d: 3, n: 60, m: 2, gamma: 0.7, x: make([]float64, len(x)), tick: s.tick}
	num.TransposeTo(b.x, x, 60, 3)
	for k := 1; k < 3; k++ {
		y := make([]float64, 60)
		for i := range y {
			y[i] = z[3*i+k] - z[3*i]
		}
		b.y = append(b.y, y)
	}
	p := []float64{0.3, -0.2, 0.9, -0.7, 1.1, 0.1} // two places of the four
	at := b.at(p)
	j, r := b.slopes(at), b.joined(at)
	for i := range p {
		const h = 1e-6
		up, down := slices.Clone(p), slices.Clone(p)
		up[i] += h
		down[i] -= h
		want := (b.at(up).sum - b.at(down).sum) / (2 * h)
		if got := num.Dot(j[i*len(r):(i+1)*len(r)], r); math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
			t.Errorf("slope %d is %v, by differences %v", i, got, want)
		}
	}
}
