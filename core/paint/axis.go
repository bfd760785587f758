package paint

import (
	"math"
	"strconv"
)

// Scale places values on a stretch of pixels.
type Scale struct {
	Low, High float64 // values
	From, To  float64 // pixels
	Log       bool
}

// At is the pixel of v. A value off the scale is off the stretch; on a
// logarithmic scale what is not positive lies at the low end.
func (s Scale) At(v float64) float64 {
	a, b := s.Low, s.High
	if s.Log {
		a, b, v = math.Log10(a), math.Log10(b), math.Log10(max(v, a))
	}
	if a == b {
		return s.From
	}
	return s.From + (v-a)/(b-a)*(s.To-s.From)
}

// Ticks are round values on the scale, at most n+1 of them on a linear one: steps of 1, 2
// or 5 times a power of ten. A logarithmic scale has its powers of ten, thinned
// to at most n, and where there are fewer than three also 2 and 5 times them.
func (s Scale) Ticks(n int) []float64 {
	if n < 1 || !(s.High > s.Low) {
		return []float64{s.Low}
	}
	if s.Log {
		return s.logTicks(n)
	}
	step := roundUp((s.High - s.Low) / float64(n))
	var out []float64
	for k := math.Ceil(s.Low/step - 1e-9); k*step <= s.High+step*1e-9; k++ {
		out = append(out, k*step+0) // never −0
	}
	return out
}

func (s Scale) logTicks(n int) []float64 {
	from, to := math.Ceil(math.Log10(s.Low)-1e-9), math.Floor(math.Log10(s.High)+1e-9)
	every := max(1, int(math.Ceil((to-from+1)/float64(n))))
	fine := to-from < 2 && n >= 3*int(to-from+2)
	var out []float64
	for k := -1; k <= int(to-from); k++ {
		if k%every != 0 {
			continue
		}
		for _, m := range []float64{1, 2, 5} {
			v := m * math.Pow(10, from+float64(k))
			if (fine || m == 1) && v >= s.Low*(1-1e-9) && v <= s.High*(1+1e-9) {
				out = append(out, v)
			}
		}
	}
	return out
}

// roundUp is the smallest of 1, 2, 5 times a power of ten that is not below v.
func roundUp(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// RoundDown is the largest of 1, 2, 5 times a power of ten that is not above v,
// and at least 1.
func RoundDown(v float64) float64 {
	best := 1.0
	for power := 1.0; power <= v; power *= 10 {
		for _, m := range []float64{1, 2, 5} {
			if m*power <= v {
				best = m * power
			}
		}
	}
	return best
}

// Count writes a number of queries shortly: 200, 1.5k, 20k, 1M.
func Count(v float64) string {
	short := func(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
	switch {
	case v >= 1e6:
		return short(v/1e6) + "M"
	case v >= 1e4:
		return short(v/1e3) + "k"
	}
	return short(v)
}

// Percent writes a share in percent with no more digits than it has: 50 %,
// 99.5 %, 0.01 %.
func Percent(v float64) string {
	return strconv.FormatFloat(math.Round(v*1e6)/1e4, 'f', -1, 64) + " %"
}

// Point is a position in pixels or a pair of values.
type Point struct{ X, Y float64 }

// Decimate keeps at most limit of the points, in order: of every equal stretch
// of x its first, lowest, highest and last, so that no peak is lost and no
// value is made up.
func Decimate(points []Point, limit int) []Point {
	buckets := limit / 4
	if len(points) <= limit || buckets < 1 {
		return points
	}
	low, high := points[0].X, points[len(points)-1].X
	bucket := func(p Point) int {
		if high == low {
			return 0
		}
		return min(buckets-1, int((p.X-low)/(high-low)*float64(buckets)))
	}
	var out []Point
	for from := 0; from < len(points); {
		to, least, most := from, from, from
		for to < len(points) && bucket(points[to]) == bucket(points[from]) {
			if points[to].Y < points[least].Y {
				least = to
			}
			if points[to].Y > points[most].Y {
				most = to
			}
			to++
		}
		last := -1
		for _, k := range []int{from, min(least, most), max(least, most), to - 1} {
			if k > last {
				out, last = append(out, points[k]), k
			}
		}
		from = to
	}
	return out
}
