package dataset

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"modelheist/core/domain"
)

// Limits of a drawing.
const (
	MaxDrawn        = 2000 // points
	MaxDrawnClasses = 4
)

// Point is one drawn point of the plane [-1, 1]².
type Point struct {
	X, Y  float64
	Class int // 0..MaxDrawnClasses-1
}

// alphabet is base64url (RFC 4648, section 5).
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// steps is the largest quantised coordinate: 10 bits for [-1, 1].
const steps = 1<<10 - 1

// PackPoints writes points for a link: 24 bits a point, from the highest 10 bits
// of x, 10 bits of y and 4 bits of class, as four characters of base64url. A
// coordinate q of 0..1023 stands for -1 + 2q/1023; coordinates are rounded to
// the nearest. The error names the first point outside the plane or the classes.
func PackPoints(points []Point) (string, error) {
	if len(points) > MaxDrawn {
		return "", fmt.Errorf("%d points, allowed at most %d", len(points), MaxDrawn)
	}
	var text strings.Builder
	for i, p := range points {
		if !(math.Abs(p.X) <= 1 && math.Abs(p.Y) <= 1) {
			return "", fmt.Errorf("point %d lies at (%v, %v), allowed -1..1", i+1, p.X, p.Y)
		}
		if p.Class < 0 || p.Class >= MaxDrawnClasses {
			return "", fmt.Errorf("point %d has class %d, allowed 0..%d", i+1, p.Class, MaxDrawnClasses-1)
		}
		word := quantum(p.X)<<14 | quantum(p.Y)<<4 | p.Class
		for shift := 18; shift >= 0; shift -= 6 {
			text.WriteByte(alphabet[word>>shift&63])
		}
	}
	return text.String(), nil
}

func quantum(v float64) int { return int(math.Round((v + 1) / 2 * steps)) }

// UnpackPoints reads what PackPoints wrote. The error names the character or the
// point that can't be read.
func UnpackPoints(text string) ([]Point, error) {
	if len(text)%4 != 0 {
		return nil, fmt.Errorf("%d characters, allowed four a point: the last point is cut off", len(text))
	}
	if len(text)/4 > MaxDrawn {
		return nil, fmt.Errorf("%d points, allowed at most %d", len(text)/4, MaxDrawn)
	}
	points := make([]Point, len(text)/4)
	for i := range points {
		word := 0
		for k := 4 * i; k < 4*i+4; k++ {
			bits := strings.IndexByte(alphabet, text[k])
			if bits < 0 {
				return nil, fmt.Errorf("character %d is %q, allowed A-Z a-z 0-9 - _", k+1, text[k])
			}
			word = word<<6 | bits
		}
		p := Point{coordinate(word >> 14), coordinate(word >> 4 & steps), word & 15}
		if p.Class >= MaxDrawnClasses {
			return nil, fmt.Errorf("point %d (characters %d to %d) has class %d, allowed 0..%d", i+1, 4*i+1, 4*i+4, p.Class, MaxDrawnClasses-1)
		}
		points[i] = p
	}
	return points, nil
}

func coordinate(q int) float64 { return -1 + 2*float64(q)/steps }

// DecodePoints is the data set of a packed drawing.
func DecodePoints(text string) (*Set, error) {
	points, err := UnpackPoints(text)
	if err != nil {
		return nil, err
	}
	return FromPoints(points)
}

// FromPoints is the data set of a drawing: at most MaxDrawn points of two to
// MaxDrawnClasses classes, not rescaled: the domain is the plane [-1, 1]². The
// classes that have points are numbered without gaps and named "class 1" for the
// drawn class 0, and so on: a class without points couldn't be trained.
func FromPoints(points []Point) (*Set, error) {
	if len(points) < 2 {
		return nil, fmt.Errorf("%d points, needed at least two, of different classes", len(points))
	}
	if len(points) > MaxDrawn {
		return nil, fmt.Errorf("%d points, allowed at most %d", len(points), MaxDrawn)
	}
	var present [MaxDrawnClasses]bool
	for i, p := range points {
		if p.Class < 0 || p.Class >= MaxDrawnClasses {
			return nil, fmt.Errorf("point %d has class %d, allowed 0..%d", i+1, p.Class, MaxDrawnClasses-1)
		}
		if !(math.Abs(p.X) <= 1 && math.Abs(p.Y) <= 1) {
			return nil, fmt.Errorf("point %d lies at (%v, %v), allowed -1..1", i+1, p.X, p.Y)
		}
		present[p.Class] = true
	}
	s := &Set{Name: "points", Domain: domain.Domain{{Name: "x", Low: -1, High: 1}, {Name: "y", Low: -1, High: 1}}}
	var index [MaxDrawnClasses]int
	for c, name := range numbered("class ", MaxDrawnClasses) {
		if present[c] {
			index[c] = len(s.ClassNames)
			s.ClassNames = append(s.ClassNames, name)
		}
	}
	if s.Classes() < 2 {
		return nil, fmt.Errorf("all %d points are of %s, needed at least two classes", len(points), s.ClassNames[0])
	}
	for _, p := range points {
		s.X = append(s.X, p.X, p.Y)
		s.Y = append(s.Y, index[p.Class])
	}
	return s, nil
}

// Drawing turns a set of the plane into points that can be drawn on and packed.
func Drawing(s *Set) ([]Point, error) {
	switch {
	case s.D() != 2:
		return nil, fmt.Errorf("%d features, allowed two for a drawing", s.D())
	case s.Classes() > MaxDrawnClasses:
		return nil, fmt.Errorf("%d classes, allowed at most %d in a drawing", s.Classes(), MaxDrawnClasses)
	case s.N() > MaxDrawn:
		return nil, fmt.Errorf("%d points, allowed at most %d in a drawing", s.N(), MaxDrawn)
	}
	points := make([]Point, s.N())
	for i := range points {
		points[i] = Point{s.X[2*i], s.X[2*i+1], s.Y[i]}
		if !(math.Abs(points[i].X) <= 1 && math.Abs(points[i].Y) <= 1) {
			return nil, errors.New("points outside -1..1: scale the columns for a drawing")
		}
	}
	return points, nil
}
