package paint

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var (
	white = Colour{255, 255, 255}
	blue  = Colour{0, 114, 178}
	red   = Colour{213, 94, 0}
)

func TestColoursAreReadAndWritten(t *testing.T) {
	t.Parallel()
	c, err := ParseColour("#0072B2")
	if err != nil || c != blue {
		t.Errorf("got %v, %v", c, err)
	}
	if got := c.CSS(0.5); got != "rgb(0 114 178 / 0.5)" {
		t.Error(got)
	}
	for _, bad := range []string{"", "#", "0072b2", "#0072b", "#0072b2ff", "#00g2b2", "#+072b2"} {
		if _, err := ParseColour(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestAFieldIsGroundOnTheBoundaryAndFullFarFromIt(t *testing.T) {
	t.Parallel()
	r := NewRamp(white, []Colour{blue, red}, 0.5)
	dst := make([]byte, 4*4)
	r.PixelsTo(dst, []float64{0, 0, 50, -50, -50, 50, math.NaN(), 1}, 2, 1)
	at := func(i int) Colour { return Colour(dst[4*i : 4*i+3]) }
	if at(0) != white {
		t.Errorf("boundary is %v", at(0))
	}
	if at(1) != Mix(white, blue, 0.5) || at(2) != Mix(white, red, 0.5) {
		t.Errorf("far off it is %v and %v", at(1), at(2))
	}
	if dst[3] != 255 {
		t.Error("the field is not opaque")
	}
}

func TestTheRampFollowsTheDifferenceOfProbabilities(t *testing.T) {
	t.Parallel()
	r := NewRamp(Colour{}, []Colour{{255, 255, 255}, {255, 255, 255}}, 1)
	dst := make([]byte, 4)
	for g := 0.0; g < 12; g += 0.01 {
		r.PixelsTo(dst, []float64{g, 0}, 2, 1)
		p := 1 / (1 + math.Exp(-g))
		if want := 255 * (2*p - 1); math.Abs(float64(dst[0])-want) > 3 {
			t.Fatalf("lead %v: %d, want %.1f", g, dst[0], want)
		}
	}
}

func TestTheLeadIsOverTheRunnerUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row   []float64
		best  int
		ahead float64
	}{
		{[]float64{1, 3}, 1, 2}, {[]float64{3, 1}, 0, 2}, {[]float64{2, 2, 1}, 0, 0},
		{[]float64{-1, -4, -2}, 0, 1}, {[]float64{0, 1, 5, 4.5}, 2, 0.5}, {[]float64{math.Inf(1), math.Inf(1)}, 0, 0},
	} {
		if best, ahead := lead(c.row); best != c.best || ahead != c.ahead {
			t.Errorf("%v: class %d ahead by %v, want %d, %v", c.row, best, ahead, c.best, c.ahead)
		}
	}
}

func TestGainMakesMarginsComparable(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	small, large := make([]float64, 2000), make([]float64, 2000)
	for i := 0; i < len(small); i += 2 {
		m := r.NormFloat64()
		small[i], small[i+1], large[i], large[i+1] = -m/100, m/100, -m*100, m*100
	}
	a, b := Gain(small, 2), Gain(large, 2)
	if math.Abs(a/b-1e4) > 1e-6*1e4 {
		t.Errorf("gains %v and %v for margins 10⁴ apart", a, b)
	}
	if g := Gain(make([]float64, 10), 2); g != 1 {
		t.Errorf("gain of a flat model is %v", g)
	}
}

func TestScalesPlaceTheirEndsAndKeepOrder(t *testing.T) {
	t.Parallel()
	for _, s := range []Scale{{0, 200, 40, 900, false}, {0.5, 1, 150, 10, false}, {1, 1000, 40, 900, true}, {4e-5, 0.5, 150, 10, true}} {
		if math.Abs(s.At(s.Low)-s.From) > 1e-9 || math.Abs(s.At(s.High)-s.To) > 1e-9 {
			t.Errorf("%+v: ends at %v and %v", s, s.At(s.Low), s.At(s.High))
		}
		middle := s.At((s.Low + s.High) / 2)
		if (middle-s.From)*(s.To-middle) <= 0 {
			t.Errorf("%+v: the middle lies at %v", s, middle)
		}
	}
	if got := (Scale{1, 100, 0, 10, true}).At(0); got != 0 {
		t.Errorf("0 on a logarithmic scale lies at %v", got)
	}
	if got := (Scale{5, 5, 3, 10, false}).At(5); got != 3 {
		t.Errorf("a scale of one value: %v", got)
	}
}

func TestTicksAreRoundAndWithinTheScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		scale Scale
		n     int
		want  []float64
	}{
		{Scale{Low: 0, High: 200}, 5, []float64{0, 50, 100, 150, 200}},
		{Scale{Low: 0, High: 60}, 7, []float64{0, 10, 20, 30, 40, 50, 60}},
		{Scale{Low: 0.5, High: 1}, 4, []float64{0.6, 0.8, 1}},
		{Scale{Low: 1, High: 1000, Log: true}, 8, []float64{1, 10, 100, 1000}},
		{Scale{Low: 1, High: 1e6, Log: true}, 4, []float64{1, 100, 1e4, 1e6}},
		{Scale{Low: 5, High: 50, Log: true}, 12, []float64{5, 10, 20, 50}},
		{Scale{Low: 7, High: 7}, 3, []float64{7}},
	} {
		got := c.scale.Ticks(c.n)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(1, math.Abs(b)) }) {
			t.Errorf("%+v, %d: got %v, want %v", c.scale, c.n, got, c.want)
		}
	}
	if zero := (Scale{Low: 0, High: 200}).Ticks(5)[0]; math.Signbit(zero) {
		t.Error("the first tick is −0")
	}
	r := rand.New(rand.NewPCG(3, 3))
	for range 2000 {
		low := math.Exp(10*r.Float64() - 5)
		s := Scale{Low: low, High: low * math.Exp(8*r.Float64()+0.01), Log: r.IntN(2) == 0}
		n := 1 + r.IntN(12)
		ticks := s.Ticks(n)
		if len(ticks) > 3*n+1 {
			t.Fatalf("%+v, %d: %d ticks", s, n, len(ticks))
		}
		for i, v := range ticks {
			if v < s.Low*(1-1e-6) || v > s.High*(1+1e-6) || i > 0 && v <= ticks[i-1] {
				t.Fatalf("%+v, %d: ticks %v", s, n, ticks)
			}
		}
	}
}

func TestRoundDownIsOneTwoOrFive(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]float64{0: 1, 1: 1, 1.9: 1, 4.9: 2, 5: 5, 19: 10, 20: 20, 777: 500} {
		if got := RoundDown(v); got != want {
			t.Errorf("%v: got %v, want %v", v, got, want)
		}
	}
}

func TestNumbersOnAxesAreShort(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 200: "200", 1500: "1500", 2e4: "20k", 12500: "12.5k", 1e6: "1M"} {
		if got := Count(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{0.5: "50 %", 0.995: "99.5 %", 1: "100 %", 0.0001: "0.01 %", 0.01: "1 %"} {
		if got := Percent(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

func TestDecimationKeepsEndsPeaksAndOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	points := make([]Point, 20_000)
	for i := range points {
		points[i] = Point{float64(i), r.Float64()}
	}
	points[7777].Y, points[12345].Y = 9, -9
	got := Decimate(points, 600)
	if len(got) > 600 || len(got) < 300 {
		t.Fatalf("%d points", len(got))
	}
	if got[0] != points[0] || got[len(got)-1] != points[len(points)-1] {
		t.Error("an end is gone")
	}
	for _, peak := range []Point{points[7777], points[12345]} {
		if !slices.Contains(got, peak) {
			t.Errorf("the peak %v is gone", peak)
		}
	}
	for i, p := range got {
		if i > 0 && p.X <= got[i-1].X {
			t.Fatalf("point %d is out of order", i)
		}
		if points[int(p.X)] != p {
			t.Fatalf("%v is not one of the points", p)
		}
	}
}

func TestDecimationLeavesShortLinesAlone(t *testing.T) {
	t.Parallel()
	short := []Point{{1, 1}, {2, 5}, {3, 2}}
	if got := Decimate(short, 3); !slices.Equal(got, short) {
		t.Error(got)
	}
	if got := Decimate(nil, 600); len(got) != 0 {
		t.Error(got)
	}
	same := make([]Point, 100)
	if got := Decimate(same, 8); len(got) == 0 || len(got) > 8 {
		t.Errorf("%d points of a vertical line", len(got))
	}
}

func TestTheLeadOfThreeIsTheLead(t *testing.T) {
	t.Parallel()
	values := []float64{-1, 0, 0.5, 2, math.Inf(1), math.NaN()}
	for _, a := range values {
		for _, b := range values {
			for _, c := range values {
				best, ahead := leadOfThree(a, b, c)
				if math.IsNaN(a + b + c) {
					continue // a lead over nothing
				}
				if k, want := lead([]float64{a, b, c}); best != k || ahead != want {
					t.Errorf("%v %v %v: class %d by %v, want %d by %v", a, b, c, best, ahead, k, want)
				}
			}
		}
	}
}
