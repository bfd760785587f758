package surface

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/dataset"
	"modelheist/core/model"
)

// formula is a model given by its scores.
type formula struct {
	classes int
	scores  func(dst []float64, x, y float64)
}

func (m formula) Dim() int     { return 2 }
func (m formula) Classes() int { return m.classes }
func (m formula) ScoresTo(dst, x []float64) {
	for i := 0; i < len(x); i += 2 {
		m.scores(dst[i/2*m.classes:][:m.classes], x[i], x[i+1])
	}
}

var (
	// The boundary is 2x − 3y = 0.7.
	slope = formula{2, func(s []float64, x, y float64) { s[0], s[1] = 0, 2*x-3*y-0.7 }}
	// The boundary is the circle of radius 0.8 around (0.1, -0.2).
	disc = formula{2, func(s []float64, x, y float64) {
		s[0], s[1] = math.Hypot(x-0.1, y+0.2), 0.8
	}}
	// The boundaries are three rays from (0, 0).
	thirds = formula{3, func(s []float64, x, y float64) {
		for k := range s {
			a := 2*math.Pi*float64(k)/3 + 0.3
			dx, dy := x-math.Cos(a), y-math.Sin(a)
			s[k] = -(dx*dx + dy*dy)
		}
	}}
)

func square(n int) Raster { return Raster{-1, -1, 1, 1, n, n} }

func full(m model.Classifier, r Raster) *Field {
	f := &Field{}
	f.Make(r, m.Classes())
	f.Full(m)
	return f
}

func TestRowsRunFromTheTopAndColumnsFromTheLeft(t *testing.T) {
	t.Parallel()
	f := full(formula{2, func(s []float64, x, y float64) { s[0], s[1] = 10*x, y }}, Raster{0, 0, 4, 2, 4, 2})
	want := []float64{5, 1.5, 15, 1.5, 25, 1.5, 35, 1.5, 5, 0.5, 15, 0.5, 25, 0.5, 35, 0.5}
	if !slices.Equal(f.Scores, want) {
		t.Errorf("scores %v, want %v", f.Scores, want)
	}
	for i, l := range f.Labels {
		if l != 0 {
			t.Errorf("label of pixel %d is %d", i, l)
		}
	}
}

func TestLinesFollowKnownBoundariesWithinASmallPartOfAPixel(t *testing.T) {
	t.Parallel()
	rays := func(x, y float64) float64 {
		best := math.Hypot(x, y)
		for k := range 3 {
			a := 2*math.Pi*(float64(k)+0.5)/3 + 0.3
			if u := x*math.Cos(a) + y*math.Sin(a); u > 0 {
				best = min(best, math.Abs(x*math.Sin(a)-y*math.Cos(a)))
			}
		}
		return best
	}
	for _, c := range []struct {
		name     string
		m        formula
		size     int
		distance func(x, y float64) float64
		pixels   float64 // allowed
		lines    int
		closed   int
	}{
		{"line", slope, 40, func(x, y float64) float64 { return math.Abs(2*x-3*y-0.7) / math.Sqrt(13) }, 1e-9, 1, 0},
		{"circle", disc, 40, func(x, y float64) float64 { return math.Abs(math.Hypot(x-0.1, y+0.2) - 0.8) }, 0.05, 1, 1},
		{"coarse circle", disc, 12, func(x, y float64) float64 { return math.Abs(math.Hypot(x-0.1, y+0.2) - 0.8) }, 0.1, 1, 1},
		{"three blobs", thirds, 41, rays, 1e-9, 3, 0},
		{"three blobs on few pixels", thirds, 6, rays, 1e-9, 3, 0},
	} {
		f := full(c.m, square(c.size))
		lines := f.Lines()
		closed, length := 0, 0.0
		for _, l := range lines {
			if l.Closed {
				closed++
			}
			for k := range l.X {
				if d := c.distance(l.X[k], l.Y[k]) / (2 / float64(c.size)); d > c.pixels {
					t.Errorf("%s: point %d is %.3g pixels off", c.name, k, d)
				}
				if k > 0 {
					length += math.Hypot(l.X[k]-l.X[k-1], l.Y[k]-l.Y[k-1])
				}
			}
		}
		if len(lines) != c.lines || closed != c.closed {
			t.Errorf("%s: %d lines, %d closed; want %d and %d", c.name, len(lines), closed, c.lines, c.closed)
		}
		if c.name == "three blobs" {
			// A ray from the middle to the edge of the box at angle a has this length.
			want := 0.0
			for k := range 3 {
				a := 2*math.Pi*(float64(k)+0.5)/3 + 0.3
				want += 1 / max(math.Abs(math.Cos(a)), math.Abs(math.Sin(a)))
			}
			if math.Abs(length-want) > 1e-9 {
				t.Errorf("%s: the lines are %.6f long, want %.6f", c.name, length, want)
			}
		}
	}
}

func TestASaddleIsCutTheWayTheScoresSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		shift  float64
		across bool // the lines pass through the quadrants where class 1 wins, else class 0
	}{{"towards class 1", 0.02, false}, {"towards class 0", -0.02, true}} {
		f := full(formula{2, func(s []float64, x, y float64) { s[0], s[1] = 0, x*y+c.shift }}, square(8))
		lines := f.Lines()
		if len(lines) != 2 {
			t.Fatalf("%s: %d lines, want the two branches of a hyperbola", c.name, len(lines))
		}
		for _, l := range lines {
			for k := range l.X {
				if in := l.X[k]*l.Y[k] > 0; in != c.across {
					t.Errorf("%s: point (%g, %g) is on the wrong branch", c.name, l.X[k], l.Y[k])
				}
			}
		}
	}
}

// checkEnds makes sure that lines are closed or end at the box or at a point
// where at least three lines end.
func checkEnds(t *testing.T, name string, f *Field, lines []Line) {
	t.Helper()
	ends := map[[2]float64]int{}
	for _, l := range lines {
		if l.Closed {
			continue
		}
		n := len(l.X) - 1
		ends[[2]float64{l.X[0], l.Y[0]}]++
		ends[[2]float64{l.X[n], l.Y[n]}]++
	}
	for p, n := range ends {
		border := math.Abs(p[0]-f.Left) < 1e-12 || math.Abs(p[0]-f.Right) < 1e-12 || math.Abs(p[1]-f.Top) < 1e-12 || math.Abs(p[1]-f.Bottom) < 1e-12
		if !border && n < 3 {
			t.Errorf("%s: %d lines end at (%g, %g) inside the box", name, n, p[0], p[1])
		}
	}
}

func TestLinesOfRandomFieldsEndAtTheBoxOrAtEachOther(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := 2 + int(seed%4)
		f := &Field{}
		f.Make(Raster{-1, -1, 1, 1, 1 + r.IntN(20), 1 + r.IntN(20)}, c)
		for i := range f.Scores {
			f.Scores[i] = r.NormFloat64()
		}
		labelsTo(f.Labels, f.Scores, c)
		lines := f.Lines()
		checkEnds(t, fmt.Sprint("seed ", seed), f, lines)
		changes := 0
		for j := range f.H {
			for i := range f.W {
				if i > 0 && f.Labels[j*f.W+i] != f.Labels[j*f.W+i-1] {
					changes++
				}
				if j > 0 && f.Labels[j*f.W+i] != f.Labels[(j-1)*f.W+i] {
					changes++
				}
			}
		}
		points := 0
		for _, l := range lines {
			points += len(l.X)
		}
		if points < changes {
			t.Errorf("seed %d: %d points for %d changes of label between pixels", seed, points, changes)
		}
	}
}

func TestConfidenceIsTheProbabilityOfTheLabel(t *testing.T) {
	t.Parallel()
	params := []float64{1, -2, 0.5, -1, 1, 0, 0.3, 0.4, -0.2}
	for _, family := range []string{"softmax", "ovr"} {
		m, err := model.NewLinear(family, 2, 3, params)
		if err != nil {
			t.Fatal(err)
		}
		f := full(m, Raster{-3, -2, 3, 2, 31, 17})
		got, want := make([]float32, len(f.Labels)), make([]float64, 3*len(f.Labels))
		f.ConfidenceTo(got)
		var x []float64
		for _, y := range f.Ys() {
			for _, v := range f.Xs() {
				x = append(x, v, y)
			}
		}
		m.ProbabilitiesTo(want, x)
		for i, p := range got {
			if w := slices.Max(want[3*i : 3*i+3]); math.Abs(float64(p)-w) > 1e-7 {
				t.Fatalf("%s: pixel %d has confidence %g, want %g", family, i, p, w)
			}
		}
	}
}

func TestDisagreementCountsPixelsAndDistanceIsTotalVariation(t *testing.T) {
	t.Parallel()
	// Two steps at x = 0 and x = 0.5 disagree on a quarter of the square.
	step := func(at, steep float64) formula {
		return formula{2, func(s []float64, x, _ float64) { s[0], s[1] = 0, steep*(x-at) }}
	}
	a, b := full(step(0, 1), square(40)), full(step(0.5, 3), square(40))
	mask := make([]uint8, 1600)
	if got := DisagreementTo(mask, a, b); got != 0.25 || Disagreement(a, b) != 0.25 {
		t.Errorf("share %g, want 0.25", got)
	}
	if got := mask[20:30]; !slices.Equal(got, []uint8{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}) || mask[19] != 0 || mask[30] != 0 {
		t.Errorf("mask %v", mask[:40])
	}
	dst := make([]float32, 1600)
	largest, mean := DistanceTo(dst, a, b)
	sigma := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	wantLargest, wantMean := 0.0, 0.0
	for i, x := range a.Xs() {
		d := math.Abs(sigma(x) - sigma(3*(x-0.5)))
		wantLargest, wantMean = max(wantLargest, d), wantMean+d/40
		if math.Abs(float64(dst[i])-d) > 1e-6 {
			t.Errorf("pixel %d: distance %g, want %g", i, dst[i], d)
		}
	}
	if math.Abs(largest-wantLargest) > 1e-12 || math.Abs(mean-wantMean) > 1e-12 {
		t.Errorf("largest %g and mean %g, want %g and %g", largest, mean, wantLargest, wantMean)
	}
}

// victims trains every family that fits on every shipped plane set.
func victims(t testing.TB, n int, use func(name string, m model.Classifier)) {
	t.Helper()
	for _, name := range []string{"moons", "circles", "blobs", "spirals", "xor"} {
		g, _ := dataset.FindGenerator(name)
		o := g.Default
		o.N = n
		set, err := dataset.Generate(name, o, rand.New(rand.NewPCG(3, 0)))
		if err != nil {
			t.Fatal(err)
		}
		set = dataset.Scale(set)
		d := model.Data{X: set.X, Dim: 2, Classes: set.Classes(), Labels: set.Y}
		for _, r := range []model.Recipe{
			{Family: "logistic", C: 1},
			{Family: "softmax", C: 1},
			{Family: "ovr", C: 1},
			{Family: "mlp", Hidden: []int{8}, Activation: "tanh", L2: 1e-3},
			{Family: "mlp", Hidden: []int{6, 6}, Activation: "relu", L2: 1e-3},
			{Family: "svm", C: 1, Kernel: "rbf", Gamma: 0.5},
			{Family: "svm", C: 1e3, Kernel: "rbf", Gamma: 8},
			{Family: "svm", C: 100, Kernel: "rbf", Gamma: 100},
			{Family: "svm", C: 10, Kernel: "poly", Gamma: 1, Coef0: 1, Degree: 3},
		} {
			if r.Family == "logistic" && d.Classes > 2 {
				continue
			}
			m, err := r.Train(d, model.Options{Rand: rand.New(rand.NewPCG(4, 0))})
			if err != nil {
				t.Fatalf("%s %s: %v", name, r.Family, err)
			}
			use(fmt.Sprintf("%s %s%v%s%g", name, r.Family, r.Hidden, r.Kernel, r.Gamma), m)
		}
	}
}

func TestPassesWorkInSlicesAndReuseTheField(t *testing.T) {
	t.Parallel()
	f := &Field{}
	for _, r := range []Raster{square(300), square(90), {-1, -1, 1, 1, 1, 7}, {-1, -1, 1, 1, 500, 3}} {
		f.Make(r, 2)
		want := full(disc, r)
		p, steps := f.FullPass(disc), 1
		for p.Next() {
			steps++
		}
		if most := 4 * max(sliceScores, r.W); p.Exact() != r.W*r.H || steps < r.W*r.H/most {
			t.Errorf("%d×%d: %d pixels in %d slices", r.W, r.H, p.Exact(), steps)
		}
		if !slices.Equal(f.Labels, want.Labels) || !slices.Equal(f.Scores, want.Scores) {
			t.Errorf("%d×%d: a reused field differs from a new one", r.W, r.H)
		}
		f.Make(r, 2)
		if asked := f.Adaptive(disc); asked > r.W*r.H {
			t.Errorf("%d×%d: asked about %d pixels", r.W, r.H, asked)
		}
		if !slices.Equal(f.Labels, want.Labels) {
			t.Errorf("%d×%d: adaptive labels differ", r.W, r.H)
		}
	}
}

func TestAdaptiveFindsIslandsOfTenPixels(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 0))
	var coarse Field
	for range 40 {
		// A bump of the score whose island has a radius of 1.18 σ = 4.7 pixels.
		x0, y0, sigma := 1.8*r.Float64()-0.9, 1.8*r.Float64()-0.9, 4*2/400.
		m := formula{2, func(s []float64, x, y float64) {
			d2 := (x-x0)*(x-x0) + (y-y0)*(y-y0)
			s[0], s[1] = 0, 2*math.Exp(-d2/(2*sigma*sigma))-1
		}}
		f := full(m, square(400))
		coarse.Make(f.Raster, 2)
		if asked := coarse.Adaptive(m); asked > 8000 {
			t.Errorf("island at (%g, %g): %d pixels asked for", x0, y0, asked)
		}
		if !slices.Equal(coarse.Labels, f.Labels) {
			t.Errorf("island at (%g, %g): labels differ", x0, y0)
		}
		if lines := coarse.Lines(); len(lines) != 1 || !lines[0].Closed {
			t.Errorf("island at (%g, %g): %d lines", x0, y0, len(lines))
		}
	}
}

func TestAdaptiveLabelsEqualFullOnesOnEverySetAndVictim(t *testing.T) {
	t.Parallel()
	var coarse Field
	victims(t, 200, func(name string, m model.Classifier) {
		for _, r := range []Raster{
			{-1, -1, 1, 1, 400, 400},
			{-1.2, -1.2, 1.2, 1.2, 200, 200},
			{-1.1, -1.3, 1.3, 1.1, 128, 171},
		} {
			f := full(m, r)
			coarse.Make(r, m.Classes())
			exact := coarse.Adaptive(m)
			wrong, worst := 0, 0.0
			for i, l := range f.Labels {
				if coarse.Labels[i] != l {
					wrong++
				}
			}
			d := make([]float32, len(f.Labels))
			worst, _ = DistanceTo(d, f, &coarse)
			if wrong > 0 {
				t.Errorf("%s, %d×%d: %d labels differ", name, r.W, r.H, wrong)
			}
			if worst > 3*blur {
				t.Errorf("%s, %d×%d: a probability is %.3f off", name, r.W, r.H, worst)
			}
			if testing.Verbose() {
				t.Logf("%-24s %d×%d: asked %.1f %%, largest |Δp| %.4f", name, r.W, r.H, 100*float64(exact)/float64(r.W*r.H), worst)
			}
			checkEnds(t, name, &coarse, coarse.Lines())
		}
	})
}
