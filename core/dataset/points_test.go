package dataset

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPackedPointsComeBackExactly(t *testing.T) {
	t.Parallel()
	r := rng(1)
	points := make([]Point, MaxDrawn)
	for i := range points {
		points[i] = Point{coordinate(r.IntN(1024)), coordinate(r.IntN(1024)), r.IntN(4)}
	}
	text, err := PackPoints(points)
	if err != nil || len(text) != 4*len(points) {
		t.Fatal(len(text), err)
	}
	back, err := UnpackPoints(text)
	if err != nil || !slices.Equal(back, points) {
		t.Errorf("points came back changed: %v", err)
	}
}

func TestPackingRoundsToTheNearestStep(t *testing.T) {
	t.Parallel()
	// 24 bits by hand: x 0, y 1023, class 2 is 0000000000 1111111111 0010.
	for _, c := range []struct {
		p    Point
		want string
	}{
		{Point{-1, 1, 2}, "AD_y"}, {Point{-1, -1, 0}, "AAAA"}, {Point{1, 1, 3}, "___z"},
		{Point{-1 + 0.0009, -1, 1}, "AAAB"}, {Point{-1 + 0.0011, -1, 1}, "AEAB"},
	} {
		if text, err := PackPoints([]Point{c.p}); err != nil || text != c.want {
			t.Errorf("%v packs as %q, %v; want %q", c.p, text, err, c.want)
		}
	}
}

func TestDrawnSetsAreNotRescaled(t *testing.T) {
	t.Parallel()
	s, err := FromPoints([]Point{{0.25, -0.5, 3}, {0.5, 0.125, 1}, {0.25, 0, 3}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.X, []float64{0.25, -0.5, 0.5, 0.125, 0.25, 0}) || s.Domain[0].Low != -1 || s.Domain[1].High != 1 {
		t.Errorf("points %v in %v", s.X, s.Domain)
	}
	if !slices.Equal(s.Y, []int{1, 0, 1}) || !slices.Equal(s.ClassNames, []string{"class 2", "class 4"}) {
		t.Errorf("classes %v named %q", s.Y, s.ClassNames)
	}
	back, err := Drawing(s)
	if err != nil || !slices.Equal(back, []Point{{0.25, -0.5, 1}, {0.5, 0.125, 0}, {0.25, 0, 1}}) {
		t.Errorf("drawn again: %v, %v", back, err)
	}
}

func TestBadDrawingsSayWhatAndWhere(t *testing.T) {
	t.Parallel()
	decode := func(text string) func() error {
		return func() error { _, err := DecodePoints(text); return err }
	}
	pack := func(points ...Point) func() error {
		return func() error { _, err := PackPoints(points); return err }
	}
	draw := func(s *Set) func() error { return func() error { _, err := Drawing(s); return err } }
	for _, c := range []struct {
		do   func() error
		want string
	}{
		{decode(""), "0 points, needed at least two, of different classes"},
		{decode("AAAA"), "1 points, needed at least two, of different classes"},
		{decode("AAABAAAB"), "all 2 points are of class 2, needed at least two classes"},
		{decode("AAAAAA"), "6 characters, allowed four a point: the last point is cut off"},
		{decode("AAAAAA+A"), `character 7 is '+', allowed A-Z a-z 0-9 - _`},
		{decode("AAAAAAAE"), "point 2 (characters 5 to 8) has class 4, allowed 0..3"},
		{decode(strings.Repeat("AAAA", 2001)), "2001 points, allowed at most 2000"},
		{pack(Point{0, 0, 0}, Point{0, 1.5, 0}), "point 2 lies at (0, 1.5), allowed -1..1"},
		{pack(Point{math.NaN(), 0, 0}), "point 1 lies at (NaN, 0), allowed -1..1"},
		{pack(Point{0, 0, 4}), "point 1 has class 4, allowed 0..3"},
		{pack(make([]Point, 2001)...), "2001 points, allowed at most 2000"},
		{draw(shippedIris(t)), "4 features, allowed two for a drawing"},
	} {
		if err := c.do(); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func shippedIris(t *testing.T) *Set { return shipped(t, "iris") }

func FuzzUnpackPoints(f *testing.F) {
	for _, text := range []string{"", "AAAA", "AD_y___z", "AAAAAA+A", "AAAAAAAE", "AAAAA"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		points, err := UnpackPoints(text)
		if err != nil {
			return
		}
		again, err := PackPoints(points)
		if err != nil || again != text {
			t.Errorf("%q packs again as %q, %v", text, again, err)
		}
		if s, err := FromPoints(points); err == nil && (s.N() != len(points) || s.Classes() < 2) {
			t.Errorf("%q: a set of %d points, %d classes", text, s.N(), s.Classes())
		}
	})
}
