package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Options are the settings of a generator.
type Options struct {
	N       int     // points, classes..MaxPoints
	Noise   float64 // what it means is the generator's NoiseMeans
	Classes int
}

// MaxPoints is the largest set that Generate makes.
const MaxPoints = 100_000

// Generator is a recipe for labelled points.
type Generator struct {
	Name        string
	Title       string
	Default     Options
	MinClasses  int
	MaxClasses  int
	MaxNoise    float64
	NoiseMeans  string
	Dim         int
	coordinates func(s *Set, o Options, r *rand.Rand)
}

// Generators are the recipes by name. The first four, with their defaults, are
// the synthetic sets of Tramèr et al. 2016, Table 3, as scikit-learn defines
// them; their numbers differ from scikit-learn's only by the random source.
var Generators = []Generator{
	{"moons", "Two moons", Options{5000, 0.25, 2}, 2, 2, 1, "standard deviation added to both coordinates", 2, moons},
	{"circles", "Two circles", Options{5000, 0.05, 2}, 2, 2, 1, "standard deviation added to both coordinates", 2, circles},
	{"blobs", "Blobs", Options{5000, 0.5, 3}, 2, 10, 10, "standard deviation of a blob; the centres lie in [-10, 10]²", 2, blobs},
	{"five-class", "Five classes", Options{1000, 0.01, 5}, 5, 5, 1, "share of points with a random label", 20, fiveClass},
	{"spirals", "Spirals", Options{1000, 0.02, 2}, 2, 4, 1, "standard deviation added to both coordinates", 2, spirals},
	{"xor", "Exclusive or", Options{1000, 0.05, 2}, 2, 2, 1, "standard deviation added to both coordinates", 2, xor},
}

// FindGenerator returns the generator of that name.
func FindGenerator(name string) (Generator, bool) {
	for _, g := range Generators {
		if g.Name == name {
			return g, true
		}
	}
	return Generator{}, false
}

// Generate makes a set by the generator of that name, in random order and not
// yet scaled. Classes have the same number of points, give or take one. The
// error names the setting that is out of range and what is allowed.
func Generate(name string, o Options, r *rand.Rand) (*Set, error) {
	g, ok := FindGenerator(name)
	if !ok {
		return nil, fmt.Errorf("dataset: no generator %q", name)
	}
	switch {
	case o.Classes < g.MinClasses || o.Classes > g.MaxClasses:
		return nil, fmt.Errorf("dataset: %s: classes = %d, allowed %d..%d", name, o.Classes, g.MinClasses, g.MaxClasses)
	case o.N < o.Classes || o.N > MaxPoints:
		return nil, fmt.Errorf("dataset: %s: n = %d, allowed %d..%d (at least one point a class)", name, o.N, o.Classes, MaxPoints)
	case !(o.Noise >= 0 && o.Noise <= g.MaxNoise):
		return nil, fmt.Errorf("dataset: %s: noise = %v, allowed 0..%v", name, o.Noise, g.MaxNoise)
	}
	s := &Set{Name: name, X: make([]float64, o.N*g.Dim), Y: make([]int, o.N), ClassNames: numbered("class ", o.Classes)}
	g.coordinates(s, o, r)
	s.Domain = ranges(numbered("x", g.Dim), s.X)
	shuffle(s, r)
	return s, nil
}

// numbered returns prefix1..prefixn.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(prefix, i+1)
	}
	return names
}

// shuffle puts the rows in random order.
func shuffle(s *Set, r *rand.Rand) {
	d := s.D()
	r.Shuffle(s.N(), func(i, j int) {
		s.Y[i], s.Y[j] = s.Y[j], s.Y[i]
		for k := range d {
			s.X[i*d+k], s.X[j*d+k] = s.X[j*d+k], s.X[i*d+k]
		}
	})
}

// parts calls fill for each of c consecutive shares of n rows; the first n mod c
// are one row longer.
func parts(n, c int, fill func(part, from, to int)) {
	from := 0
	for k := range c {
		to := from + n/c
		if k < n%c {
			to++
		}
		fill(k, from, to)
		from = to
	}
}

// jitter adds Gaussian noise to every coordinate.
func jitter(x []float64, sd float64, r *rand.Rand) {
	for i := range x {
		x[i] += sd * r.NormFloat64()
	}
}

// moons is sklearn.datasets.make_moons: two interleaving half circles.
func moons(s *Set, o Options, r *rand.Rand) {
	parts(o.N, 2, func(class, from, to int) {
		for i := from; i < to; i++ {
			t := 0.0
			if to-from > 1 {
				t = math.Pi * float64(i-from) / float64(to-from-1)
			}
			s.Y[i] = class
			s.X[2*i], s.X[2*i+1] = math.Cos(t), math.Sin(t)
			if class == 1 {
				s.X[2*i], s.X[2*i+1] = 1-math.Cos(t), 0.5-math.Sin(t)
			}
		}
	})
	jitter(s.X, o.Noise, r)
}

// circles is sklearn.datasets.make_circles with factor 0.5.
func circles(s *Set, o Options, r *rand.Rand) {
	parts(o.N, 2, func(class, from, to int) {
		radius := 1 - 0.5*float64(class)
		for i := from; i < to; i++ {
			t := 2 * math.Pi * float64(i-from) / float64(to-from)
			s.Y[i] = class
			s.X[2*i], s.X[2*i+1] = radius*math.Cos(t), radius*math.Sin(t)
		}
	})
	jitter(s.X, o.Noise, r)
}

// blobs is sklearn.datasets.make_blobs: centres uniform in [-10, 10]².
func blobs(s *Set, o Options, r *rand.Rand) {
	parts(o.N, o.Classes, func(class, from, to int) {
		cx, cy := 20*r.Float64()-10, 20*r.Float64()-10
		for i := from; i < to; i++ {
			s.Y[i] = class
			s.X[2*i], s.X[2*i+1] = cx, cy
		}
	})
	jitter(s.X, o.Noise, r)
}

// spirals winds each class once and a quarter around the origin.
func spirals(s *Set, o Options, r *rand.Rand) {
	const turns, inner = 1.25, 0.05
	parts(o.N, o.Classes, func(class, from, to int) {
		start := 2 * math.Pi * float64(class) / float64(o.Classes)
		for i := from; i < to; i++ {
			radius := inner + (1-inner)*(float64(i-from)+0.5)/float64(to-from)
			angle := start + 2*math.Pi*turns*radius
			s.Y[i] = class
			s.X[2*i], s.X[2*i+1] = radius*math.Cos(angle), radius*math.Sin(angle)
		}
	})
	jitter(s.X, o.Noise, r)
}

// xor is uniform over [-1, 1]²: class 0 where the signs of both coordinates
// agree, class 1 where they differ.
func xor(s *Set, o Options, r *rand.Rand) {
	parts(o.N, 2, func(class, from, to int) {
		for i := from; i < to; i++ {
			x, y := 2*r.Float64()-1, r.Float64()
			if (x < 0) != (class == 1) {
				y = -y
			}
			s.Y[i] = class
			s.X[2*i], s.X[2*i+1] = x, y
		}
	})
	jitter(s.X, o.Noise, r)
}
