//go:build js && wasm

package main

import (
	"modelheist/core/paint"
	"modelheist/wasm/engine/wire"
)

// theme is the page's colours, ready for drawing.
type theme struct {
	paper, card, ink, soft, line, differ paint.Colour
	classes                              []paint.Colour
	dark                                 bool
}

func newTheme(t wire.Theme) theme {
	parse := func(s string) paint.Colour {
		c, err := paint.ParseColour(s)
		if err != nil {
			panic(err) // wire has checked it
		}
		return c
	}
	out := theme{
		paper: parse(t.Paper), card: parse(t.Card), ink: parse(t.Ink), soft: parse(t.Soft),
		line: parse(t.Line), differ: parse(t.Differ), dark: t.Dark,
	}
	for _, c := range t.Classes {
		out.classes = append(out.classes, parse(c))
	}
	return out
}

// class is the colour of a class; there are more classes than colours only on
// data that are not drawn on the plane.
func (t theme) class(c int) paint.Colour { return t.classes[c%len(t.classes)] }

// ring is the colour of a query's mark: its answer's, a little towards the ink so
// that it stands out from the field of the same class.
func (t theme) ring(c int) paint.Colour { return paint.Mix(t.class(c), t.ink, 0.18) }

// depth is how far a field goes towards the class's colour where the model is
// sure: enough to tell the classes apart, not so much that the marks drown.
func (t theme) depth() float64 {
	if t.dark {
		return 0.50
	}
	return 0.56
}
