// Package figure draws an experiment: victim and copy over the plane with their
// boundaries, the data, the queries, and the curve of agreement against queries
// spent. It makes a Drawing, which is a list of shapes, and writes it as SVG;
// package raster paints the same Drawing as pixels.
package figure

import "modelheist/core/paint"

// Drawing is shapes from back to front on a sheet of W×H pixels; y runs down.
type Drawing struct {
	W, H   float64
	Title  string // what it shows, in a sentence
	Link   string // of the experiment
	Shapes []Shape
}

// Shape is one of a path, an image or a text.
type Shape struct {
	Name  string // for a reader of the file; may be empty
	Path  *Path
	Image *Image
	Text  *Text
}

// Path is polylines and discs with the same colours.
type Path struct {
	Lines  [][]paint.Point
	Closed bool // every line
	Discs  []Disc
	Fill   Ink
	Stroke Ink
	Width  float64   // of the stroke
	Dash   []float64 // lengths of dashes and gaps; none is a solid line
}

// Disc is a circle and what is in it.
type Disc struct{ X, Y, R float64 }

// Ink is a colour with an opacity from 0, which draws nothing, to 1.
type Ink struct {
	paint.Colour
	Alpha float64
}

// Image is Columns×Rows pixels of colours of a palette, scaled to W×H smoothly.
type Image struct {
	X, Y, W, H    float64
	Columns, Rows int
	Pixels        []uint8 // indices
	Palette       []paint.Colour
}

// Text is one line of text; its baseline is at Y.
type Text struct {
	X, Y   float64
	Size   float64
	Anchor Anchor
	Bold   bool
	Italic bool
	Ink    Ink
	Text   string
}

// Anchor is the part of a text that is at X.
type Anchor string

const (
	Start  Anchor = "start"
	Middle Anchor = "middle"
	End    Anchor = "end"
)

func (d *Drawing) path(name string, p Path) { d.Shapes = append(d.Shapes, Shape{Name: name, Path: &p}) }

func (d *Drawing) text(t Text) { d.Shapes = append(d.Shapes, Shape{Text: &t}) }

// box fills a rectangle.
func (d *Drawing) box(name string, x, y, w, h float64, fill, stroke Ink) {
	d.path(name, Path{Lines: [][]paint.Point{{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}}}, Closed: true, Fill: fill, Stroke: stroke, Width: 1})
}
