//go:build js && wasm

package main

import (
	"math"
	"syscall/js"

	dom "honnef.co/go/js/dom/v2"

	"modelheist/core/paint"
)

// sheet is a canvas with its context: one of the page's, or a layer of our own.
// It is drawn on in CSS pixels; y runs down.
type sheet struct {
	*dom.CanvasRenderingContext2D
	canvas        js.Value
	width, height float64 // CSS pixels
	scale         float64 // device pixels to one
}

// newSheet draws on the canvas, or on a new one if it is undefined.
func newSheet(canvas js.Value) *sheet {
	if canvas.IsUndefined() {
		canvas = js.Global().Get("OffscreenCanvas").New(1, 1)
	}
	ctx := canvas.Call("getContext", "2d")
	return &sheet{CanvasRenderingContext2D: &dom.CanvasRenderingContext2D{Value: ctx}, canvas: canvas}
}

// resize makes the sheet that large and tells whether that changed anything; if
// so the sheet is empty. Device pixels are at most maxScale to one.
func (s *sheet) resize(width, height, scale float64) bool {
	scale = min(scale, maxScale)
	if s.width == width && s.height == height && s.scale == scale {
		return false
	}
	s.width, s.height, s.scale = width, height, scale
	s.canvas.Set("width", max(1, int(math.Round(width*scale))))
	s.canvas.Set("height", max(1, int(math.Round(height*scale))))
	s.SetTransform(scale, 0, 0, scale, 0, 0)
	s.SetLineCap("round")
	s.SetLineJoin("round")
	return true
}

// maxScale is the largest number of device pixels to one that is drawn.
const maxScale = 2

func (s *sheet) clear() { s.ClearRect(0, 0, s.width, s.height) }

// lay draws another sheet of the same size on this one.
func (s *sheet) lay(from *sheet) {
	s.Call("drawImage", from.canvas, 0, 0, s.width, s.height)
}

func (s *sheet) lineWidth(w float64) { s.Set("lineWidth", w) }

// line strokes the path as it is now.
func (s *sheet) line(colour string, width float64, dash ...float64) {
	s.SetStrokeStyle(colour)
	s.lineWidth(width)
	s.dash(dash...)
	s.Stroke()
}

// dash sets the lengths of dashes and gaps; none is a solid line.
func (s *sheet) dash(lengths ...float64) {
	list := make([]any, len(lengths))
	for i, v := range lengths {
		list[i] = v
	}
	s.Call("setLineDash", list)
}

func (s *sheet) fill(colour string) {
	s.SetFillStyle(colour)
	s.Fill()
}

// text writes at a point; align is left, center or right, and the baseline is
// the middle of the letters.
func (s *sheet) text(text string, x, y float64, font, align, colour string) {
	s.SetFont(font)
	s.SetTextAlign(align)
	s.SetTextBaseline("middle")
	s.SetFillStyle(colour)
	s.Call("fillText", text, x, y)
}

func (s *sheet) textWidth(text, font string) float64 {
	s.SetFont(font)
	return s.Call("measureText", text).Get("width").Float()
}

// trace makes a path of polylines.
func (s *sheet) trace(lines [][]paint.Point) {
	s.BeginPath()
	for _, line := range lines {
		for i, p := range line {
			if i == 0 {
				s.MoveTo(p.X, p.Y)
			} else {
				s.LineTo(p.X, p.Y)
			}
		}
	}
}

// outline makes the path of a class's mark.
func (s *sheet) outline(class int, x, y, r float64) {
	s.BeginPath()
	points := paint.Outline(class, x, y, r)
	if points == nil {
		s.Arc(x, y, r, 0, 2*math.Pi, false)
		return
	}
	for i, p := range points {
		if i == 0 {
			s.MoveTo(p.X, p.Y)
		} else {
			s.LineTo(p.X, p.Y)
		}
	}
	s.ClosePath()
}

// raster is a picture of pixels, reused from frame to frame.
type raster struct {
	side   int
	pixels []byte // side×side RGBA
	sheet  *sheet
	image  *dom.ImageData
	data   js.Value // the image's own bytes
}

func newRaster(side int) *raster {
	r := &raster{side: side, pixels: make([]byte, 4*side*side), sheet: newSheet(js.Undefined())}
	r.sheet.resize(float64(side), float64(side), 1)
	r.image = r.sheet.CreateImageData(side, side)
	r.data = r.image.Get("data")
	return r
}

// flush moves the pixels to the raster's canvas.
func (r *raster) flush() {
	js.CopyBytesToJS(r.data, r.pixels)
	r.sheet.PutImageData(r.image, 0, 0)
}

// layOn draws the raster over the whole sheet, smoothly.
func (r *raster) layOn(s *sheet) {
	s.Set("imageSmoothingEnabled", true)
	s.Set("imageSmoothingQuality", "high")
	s.Call("drawImage", r.sheet.canvas, 0, 0, s.width, s.height)
}
