package raster

import (
	"bytes"
	"image/png"
	"testing"

	"modelheist/core/figure"
	"modelheist/core/paint"
)

var (
	ink   = figure.Ink{Colour: paint.Colour{10, 20, 30}, Alpha: 1}
	faint = figure.Ink{Colour: paint.Colour{255, 255, 255}, Alpha: 0.5}
)

func drawing(shapes ...figure.Shape) *figure.Drawing {
	return &figure.Drawing{W: 40, H: 20, Link: "v=1&data=moons", Shapes: shapes}
}

func TestShapesCoverThePixelsThatTheyShould(t *testing.T) {
	t.Parallel()
	square := figure.Path{Lines: [][]paint.Point{{{X: 10, Y: 5}, {X: 10, Y: 15}, {X: 20, Y: 15}, {X: 20, Y: 5}}}, Closed: true, Fill: ink}
	stroke := figure.Path{Lines: [][]paint.Point{{{X: 25, Y: 10}, {X: 35, Y: 10}}}, Stroke: ink, Width: 4}
	for _, scale := range []float64{1, 2, 4} {
		m := Paint(drawing(figure.Shape{Path: &square}, figure.Shape{Path: &stroke}), scale)
		if b := m.Bounds(); b.Dx() != int(40*scale) || b.Dy() != int(20*scale) {
			t.Fatalf("size %v", b)
		}
		for _, c := range []struct {
			x, y   float64
			filled bool
		}{{15, 10, true}, {10.5, 5.5, true}, {9.5, 10, false}, {20.5, 10, false}, {30, 10, true}, {30, 11.4, true}, {30, 12.6, false}, {36.4, 10, true}, {37.6, 10, false}} {
			if _, _, _, a := m.At(int(c.x*scale), int(c.y*scale)).RGBA(); (a > 0x8000) != c.filled {
				t.Errorf("scale %v: (%v, %v) has opacity %v", scale, c.x, c.y, a)
			}
		}
	}
}

func TestOverlappingStrokesAreDrawnOnce(t *testing.T) {
	t.Parallel()
	cross := figure.Path{Lines: [][]paint.Point{{{X: 5, Y: 10}, {X: 35, Y: 10}}, {{X: 20, Y: 18}, {X: 20, Y: 2}}}, Stroke: faint, Width: 6}
	m := Paint(drawing(figure.Shape{Path: &cross}), 1)
	if _, _, _, a := m.At(20, 10).RGBA(); a>>8 < 126 || a>>8 > 129 {
		t.Errorf("opacity %d where the lines cross, must be 128", a>>8)
	}
}

func TestDashesLeaveGaps(t *testing.T) {
	t.Parallel()
	line := figure.Path{Lines: [][]paint.Point{{{X: 0, Y: 10}, {X: 13, Y: 10}, {X: 40, Y: 10}}}, Stroke: ink, Width: 1, Dash: []float64{6, 4}}
	m := Paint(drawing(figure.Shape{Path: &line}), 1)
	for x, want := range map[int]bool{2: true, 8: false, 12: true, 18: false, 22: true, 28: false, 38: false} {
		if _, _, _, a := m.At(x, 10).RGBA(); (a > 0) != want {
			t.Errorf("x = %d: opacity %v", x, a)
		}
	}
}

func TestTheFileHasTheLinkAndIsAPicture(t *testing.T) {
	t.Parallel()
	file, err := PNG(drawing(figure.Shape{Text: &figure.Text{X: 2, Y: 15, Size: 12, Ink: ink, Text: "Victim"}}), 2)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(file, []byte("tEXtmodelheist\x00v=1&data=moons")) {
		t.Error("no text chunk")
	}
	m, err := png.Decode(bytes.NewReader(file)) // checks every chunk's sum
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if _, _, _, a := m.At(x, y).RGBA(); a > 0x8000 {
				dark++
			}
		}
	}
	if dark < 100 || dark > 1200 {
		t.Errorf("a word of %d pixels", dark)
	}
}
