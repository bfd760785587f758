// Package paint is the part of drawing that needs no canvas: colours, the
// pixels of a field, the scales of the chart.
package paint

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Colour is an opaque sRGB colour.
type Colour [3]uint8

// ParseColour reads #rrggbb.
func ParseColour(s string) (Colour, error) {
	v, err := strconv.ParseUint(s[min(len(s), 1):], 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return Colour{}, fmt.Errorf("paint: colour %.40q is not #rrggbb", s)
	}
	return Colour{uint8(v >> 16), uint8(v >> 8), uint8(v)}, nil
}

// CSS writes the colour with an opacity from 0 to 1.
func (c Colour) CSS(alpha float64) string {
	return fmt.Sprintf("rgb(%d %d %d / %.3g)", c[0], c[1], c[2], alpha)
}

// Mix goes from a (t = 0) to b (t = 1).
func Mix(a, b Colour, t float64) Colour {
	var out Colour
	for i := range out {
		out[i] = uint8(math.Round(float64(a[i]) + (float64(b[i])-float64(a[i]))*t))
	}
	return out
}

// steps of a ramp: enough that neighbours differ by less than the eye sees.
const steps = 256

// Ramp is the colours of a field: for every class from the neutral ground, where
// the model is undecided, to the class's own colour, where it is sure.
type Ramp struct {
	rgba [][steps][4]uint8
}

// NewRamp makes a ramp that goes from ground the share depth of the way to each
// class's colour.
func NewRamp(ground Colour, classes []Colour, depth float64) *Ramp {
	r := &Ramp{make([][steps][4]uint8, len(classes))}
	for c, colour := range classes {
		for i := range steps {
			m := Mix(ground, colour, depth*float64(i)/(steps-1))
			r.rgba[c][i] = [4]uint8{m[0], m[1], m[2], 255}
		}
	}
	return r
}

// Classes is how many classes the ramp has colours for.
func (r *Ramp) Classes() int { return len(r.rgba) }

// PixelsTo writes one RGBA pixel a point to dst from the n×c scores: the colour
// of the largest, as far along its ramp as it leads.
//
// A lead of g over the runner-up, times gain, gives tanh(g/2): for the logits of
// two classes and a gain of 1 that is p₁ − p₂. It is 0 on every boundary,
// whatever the family.
func (r *Ramp) PixelsTo(dst []byte, scores []float64, c int, gain float64) {
	for i := 0; i*4 < len(dst); i++ {
		row := scores[i*c : i*c+c]
		best, ahead := 0, 0.0
		if c == 3 {
			best, ahead = leadOfThree(row[0], row[1], row[2])
		} else {
			best, ahead = lead(row)
		}
		*(*[4]uint8)(dst[i*4:]) = r.rgba[best%len(r.rgba)][int(squash(ahead*gain)*(steps-1)+0.5)]
	}
}

// StepsTo writes for each of the n×c scores what PixelsTo would colour: the class
// times steps and how far along its ramp, from 0 to steps-1. c·steps is at most
// 256.
func StepsTo(dst []uint8, scores []float64, c int, gain float64, steps int) {
	for i := range dst {
		best, ahead := lead(scores[i*c : i*c+c])
		dst[i] = uint8(best*steps + int(squash(ahead*gain)*float64(steps-1)+0.5))
	}
}

// Gain is the gain for the n×c scores of a model whose scores have no unit, such
// as margins: three quarters of the points show less than 0.9 of the full
// colour.
func Gain(scores []float64, c int) float64 {
	const sample = 1024
	n := len(scores) / c
	leads := make([]float64, 0, sample+1)
	for i := 0; i < n; i += max(1, n/sample) {
		_, ahead := lead(scores[i*c : i*c+c])
		leads = append(leads, ahead)
	}
	slices.Sort(leads)
	if q := leads[len(leads)*3/4]; q > 0 {
		return 2 * math.Atanh(0.9) / q
	}
	return 1
}

// lead is the first largest score's index and how far it is ahead of the next.
func lead(row []float64) (best int, ahead float64) {
	first, second := row[0], math.Inf(-1)
	for k := 1; k < len(row); k++ {
		switch v := row[k]; {
		case v > first:
			best, first, second = k, v, first
		case v > second:
			second = v
		}
	}
	ahead = first - second
	if !(ahead >= 0) { // scores that are not numbers lead nowhere
		return best, 0
	}
	return best, ahead
}

// leadOfThree is lead for the usual number of classes, small enough to be part
// of the loop over the pixels.
func leadOfThree(a, b, c float64) (best int, ahead float64) {
	if b > a {
		a, b, best = b, a, 1
	}
	if c > a {
		a, b, best = c, a, 2
	} else if c > b {
		b = c
	}
	if ahead = a - b; !(ahead >= 0) {
		ahead = 0
	}
	return best, ahead
}

// squash is tanh(g/2) for g >= 0 from a table in steps of 1/64, within 1/255.
func squash(g float64) float64 {
	k := int(g*64 + 0.5)
	if k < 0 || k >= len(squashed) {
		return 1
	}
	return squashed[k]
}

var squashed = func() (t [640]float64) {
	for i := range t {
		t[i] = math.Tanh(float64(i) / 128)
	}
	return t
}()
