package dataset

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/site/data"
)

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

func counts(s *Set) []int {
	c := make([]int, s.Classes())
	for _, y := range s.Y {
		c[y]++
	}
	return c
}

func TestGeneratorsHaveTheShapesOfTable3(t *testing.T) {
	t.Parallel()
	// Tramèr et al. 2016, Table 3: records, classes, features.
	table := map[string][3]int{"circles": {5000, 2, 2}, "moons": {5000, 2, 2}, "blobs": {5000, 3, 2}, "five-class": {1000, 5, 20}}
	for name, want := range table {
		g, _ := FindGenerator(name)
		s, err := Generate(name, g.Default, rng(1))
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]int{s.N(), s.Classes(), s.D()}; got != want {
			t.Errorf("%s: %v records, classes, features; Table 3 has %v", name, got, want)
		}
	}
}

func TestGeneratorsAreBalancedAndRepeatable(t *testing.T) {
	t.Parallel()
	for _, g := range Generators {
		for _, n := range []int{g.MaxClasses, 7 + g.MaxClasses, 100, 1003} {
			for c := g.MinClasses; c <= g.MaxClasses; c++ {
				o := Options{N: n, Classes: c}
				a, err := Generate(g.Name, o, rng(3))
				if err != nil {
					t.Fatal(err)
				}
				b, _ := Generate(g.Name, o, rng(3))
				if !slices.Equal(a.X, b.X) || !slices.Equal(a.Y, b.Y) {
					t.Errorf("%s: same seed, other points", g.Name)
				}
				other, _ := Generate(g.Name, o, rng(4))
				if slices.Equal(a.X, other.X) {
					t.Errorf("%s: other seed, same points", g.Name)
				}
				if k := counts(a); slices.Max(k)-slices.Min(k) > 1 || slices.Min(k) == 0 || a.N() != n {
					t.Errorf("%s n=%d: class counts %v", g.Name, n, k)
				}
			}
		}
	}
}

func TestGenerateNamesWhatIsOutOfRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"rings", Options{10, 0, 2}, `dataset: no generator "rings"`},
		{"moons", Options{10, 0, 3}, "dataset: moons: classes = 3, allowed 2..2"},
		{"blobs", Options{10, 0, 11}, "dataset: blobs: classes = 11, allowed 2..10"},
		{"blobs", Options{3, 0, 4}, "dataset: blobs: n = 3, allowed 4..100000 (at least one point a class)"},
		{"xor", Options{100_001, 0, 2}, "dataset: xor: n = 100001, allowed 2..100000 (at least one point a class)"},
		{"circles", Options{10, -1, 2}, "dataset: circles: noise = -1, allowed 0..1"},
		{"five-class", Options{10, math.NaN(), 5}, "dataset: five-class: noise = NaN, allowed 0..1"},
	} {
		_, err := Generate(c.name, c.o, rng(1))
		if err == nil || err.Error() != c.want {
			t.Errorf("Generate(%s, %v): %v; want %s", c.name, c.o, err, c.want)
		}
	}
}

func TestNoiselessRecipesLieOnTheirCurves(t *testing.T) {
	t.Parallel()
	moons, _ := Generate("moons", Options{N: 101, Classes: 2}, rng(1))
	circles, _ := Generate("circles", Options{N: 101, Classes: 2}, rng(1))
	for i := range 101 {
		x, y := moons.X[2*i], moons.X[2*i+1]
		if moons.Y[i] == 1 {
			x, y = 1-x, 0.5-y
		}
		if math.Abs(math.Hypot(x, y)-1) > 1e-12 || y < -1e-12 {
			t.Errorf("moons: (%v, %v) is not on its half circle", x, y)
		}
		if r := math.Hypot(circles.X[2*i], circles.X[2*i+1]); math.Abs(r-[]float64{1, 0.5}[circles.Y[i]]) > 1e-12 {
			t.Errorf("circles: class %d at radius %v", circles.Y[i], r)
		}
	}
	xor, _ := Generate("xor", Options{N: 200, Classes: 2}, rng(1))
	for i, y := range xor.Y {
		if (xor.X[2*i]*xor.X[2*i+1] < 0) != (y == 1) {
			t.Errorf("xor: (%v, %v) has class %d", xor.X[2*i], xor.X[2*i+1], y)
		}
	}
}

func TestBlobsHaveTheirStandardDeviation(t *testing.T) {
	t.Parallel()
	s, _ := Generate("blobs", Options{N: 30000, Noise: 0.5, Classes: 3}, rng(2))
	for class := range 3 {
		n, sx, sxx := 0.0, 0.0, 0.0
		for i, y := range s.Y {
			if y == class {
				n, sx, sxx = n+1, sx+s.X[2*i], sxx+s.X[2*i]*s.X[2*i]
			}
		}
		if sd := math.Sqrt(sxx/n - sx/n*sx/n); math.Abs(sd-0.5) > 0.015 {
			t.Errorf("class %d: standard deviation %v, want 0.5", class, sd)
		}
	}
}

func TestFiveClassHasSixColumnsThatDependOnTheClass(t *testing.T) {
	t.Parallel()
	s, _ := Generate("five-class", Options{N: 20000, Noise: 0, Classes: 5}, rng(5))
	// Noise columns are standard normal whatever the class; a mixture of two
	// clusters a class with random covariance isn't, in the mean or the variance.
	informative := 0
	for j := range 20 {
		far := 0.0
		for class := range 5 {
			n, sx, sxx := 0.0, 0.0, 0.0
			for i, y := range s.Y {
				if v := s.X[i*20+j]; y == class {
					n, sx, sxx = n+1, sx+v, sxx+v*v
				}
			}
			mean := sx / n
			far = max(far, math.Abs(mean), math.Abs(sxx/n-mean*mean-1))
		}
		if far > 0.12 { // five standard errors of a variance from 4,000 points
			informative++
		}
	}
	if informative != 6 {
		t.Errorf("%d columns depend on the class, want 4 informative and 2 redundant", informative)
	}
}

func TestFlipDrawsAShareOfTheLabelsAnew(t *testing.T) {
	t.Parallel()
	y := make([]int, 10000)
	y[0] = 1
	flip(y, 5, 0.5, rng(1))
	changed := 0
	for _, c := range y[1:] {
		if c != 0 {
			changed++
		}
	}
	if changed < 3800 || changed > 4200 { // 0.5·4/5
		t.Errorf("%d of 10000 labels changed, want about 4000", changed)
	}
	for seed := range uint64(50) {
		small := []int{0, 1, 2, 3, 4}
		flip(small, 5, 1, rng(seed))
		if !slices.Equal(small, []int{0, 1, 2, 3, 4}) {
			t.Errorf("a class lost its last point: %v", small)
		}
	}
}

func TestShippedSetsAreTheKnownOnes(t *testing.T) {
	t.Parallel()
	// Shapes and first rows from scikit-learn's load_*.
	for _, c := range []struct {
		name       string
		n, d       int
		counts     []int
		class, row string
		first      []float64
	}{
		{"iris", 150, 4, []int{50, 50, 50}, "setosa", "", []float64{5.1, 3.5, 1.4, 0.2}},
		{"breast-cancer", 569, 30, []int{212, 357}, "malignant", "", []float64{17.99, 10.38, 122.8}},
		{"wine", 178, 13, []int{59, 71, 48}, "class_0", "", []float64{14.23, 1.71, 2.43}},
		{"digits", 1797, 64, []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, "0", "", []float64{0, 0, 5, 13, 9, 1}},
	} {
		s := shipped(t, c.name)
		if s.N() != c.n || s.D() != c.d || !slices.Equal(counts(s), c.counts) || s.ClassNames[0] != c.class {
			t.Errorf("%s: %d×%d, %v, %v", c.name, s.N(), s.D(), counts(s), s.ClassNames)
		}
		if !slices.Equal(s.X[:len(c.first)], c.first) {
			t.Errorf("%s: first row starts %v, want %v", c.name, s.X[:len(c.first)], c.first)
		}
	}
}

func shipped(t *testing.T, name string) *Set {
	t.Helper()
	for _, e := range ShippedSets {
		if e.Name == name {
			text, err := data.Open(e.File)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ParseShipped(name, text)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
	t.Fatalf("no shipped set %q", name)
	return nil
}

func TestParseShippedSaysWhichLineIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", `dataset: iris line 1: "" is not rows, features and at least two class names`},
		{"3,2,a,b\n1,2,0", `dataset: iris line 1: announces "3" rows × "2" features, the file has 1 rows`},
		{"1,2,a,b\n1,0", "dataset: iris line 2: 2 fields, expected 3"},
		{"1,2,a,b\n1,NaN,0", `dataset: iris line 2: field 2: "NaN" is not a finite number`},
		{"1,2,a,b\n1,2,2", `dataset: iris line 2: class "2", allowed 0..1`},
	} {
		if _, err := ParseShipped("iris", []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v; want %s", c.text, err, c.want)
		}
	}
}

func TestScaleMapsEveryColumnToMinusOneAndOne(t *testing.T) {
	t.Parallel()
	for _, e := range ShippedSets {
		raw := shipped(t, e.Name)
		before := slices.Clone(raw.X)
		s := Scale(raw)
		if !slices.Equal(before, raw.X) {
			t.Fatalf("%s: Scale changed its input", e.Name)
		}
		for j, f := range ranges(names(s.Domain), s.X) {
			constant := s.Raw[j].Low == s.Raw[j].High
			if f.Low != -1 || (f.High != 1) != constant || s.Domain[j].Low != -1 || s.Domain[j].High != 1 {
				t.Errorf("%s column %d: scaled to [%v, %v], constant %v", e.Name, j, f.Low, f.High, constant)
			}
		}
	}
}

func TestScaleKeepsProportionsEvenOfHugeValues(t *testing.T) {
	t.Parallel()
	big := math.MaxFloat64
	s := Scale(&Set{X: []float64{-big, 3, 0, 3, big / 2, 3, big, 3}, Y: []int{0, 1, 0, 1}, ClassNames: []string{"a", "b"},
		Domain: ranges([]string{"u", "v"}, []float64{0, 0})})
	if want := []float64{-1, -1, 0, -1, 0.5, -1, 1, -1}; !slices.Equal(s.X, want) {
		t.Errorf("scaled to %v, want %v", s.X, want)
	}
	if s.Raw[0].Low != -big || s.Raw[1].High != 3 || s.Raw[0].Name != "u" {
		t.Errorf("original ranges %v", s.Raw)
	}
}

func TestSplitSharesRowsOutOnceAndCoversEveryClass(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rng(seed)
		n, classes := 2+r.IntN(40), 2+r.IntN(4)
		s := &Set{X: make([]float64, n), Y: make([]int, n), ClassNames: numbered("", classes), Domain: ranges([]string{"x"}, []float64{0})}
		present := map[int]bool{}
		for i := range n {
			s.X[i] = float64(i)
			s.Y[i] = min(r.IntN(classes), r.IntN(classes))
			present[s.Y[i]] = true
		}
		train, test := Split(s, 0.7, rng(seed))
		seen := map[int]bool{}
		for _, y := range train.Y {
			seen[y] = true
		}
		if len(seen) != len(present) {
			t.Fatalf("seed %d: training set has %d of %d classes", seed, len(seen), len(present))
		}
		all := append(slices.Clone(train.X), test.X...)
		labels := append(slices.Clone(train.Y), test.Y...)
		for i, v := range all {
			if labels[i] != s.Y[int(v)] {
				t.Fatalf("seed %d: row %v changed its label", seed, v)
			}
		}
		slices.Sort(all)
		if !slices.Equal(all, s.X) {
			t.Fatalf("seed %d: rows %v", seed, all)
		}
		if n > len(present) && test.N() == 0 {
			t.Fatalf("seed %d: nothing to test on", seed)
		}
	}
	s := shipped(t, "iris")
	a, b := Split(s, 0.7, rng(7))
	again, _ := Split(s, 0.7, rng(7))
	if a.N() != 105 || b.N() != 45 || !slices.Equal(a.X, again.X) {
		t.Errorf("iris: %d and %d rows, want 105 and 45, the same for the same seed", a.N(), b.N())
	}
}
