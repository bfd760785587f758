//go:build js && wasm

package main

import (
	"syscall/js"
	"unsafe"

	dom "honnef.co/go/js/dom/v2"

	"modelheist/core/num"
	"modelheist/core/paint"
	"modelheist/core/surface"
)

// square is the plane on side×side pixels.
func square(side int) surface.Raster {
	return surface.Raster{Left: -1, Bottom: -1, Right: 1, Top: 1, W: side, H: side}
}

var (
	field  surface.Field
	pixels []byte
	single []float32
)

// raster fills a Float32Array with the probabilities and a Uint8Array with the
// labels of side×side pixels.
func raster(args []js.Value) (any, error) {
	field.Make(square(args[0].Int()), net.Classes())
	field.Full(net)
	scores, c := field.Scores, field.Classes
	if len(single) != len(scores) {
		single = make([]float32, len(scores))
	}
	p := make([]float64, 1024*c) // of pixels that stay in a first-level cache
	for at := 0; at < len(scores); at += len(p) {
		n := copy(p, scores[at:])
		num.SoftmaxRows(p[:n], n/c, c)
		out := single[at : at+n]
		for i := range out {
			out[i] = float32(p[i])
		}
	}
	js.CopyBytesToJS(bytesOf(args[1]), unsafe.Slice((*byte)(unsafe.Pointer(&single[0])), 4*len(single)))
	js.CopyBytesToJS(args[2], field.Labels)
	return nil, nil
}

func resized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

var (
	ramp  *paint.Ramp
	image *dom.ImageData
)

// frame draws the perceptron and its decision lines on a canvas, as the engine
// does, and returns how many pixels the perceptron was asked about.
func frame(args []js.Value) (any, error) {
	side := args[1].Int()
	ctx := dom.CanvasRenderingContext2D{Value: args[0]}
	if ramp == nil {
		ramp = paint.NewRamp(paint.Colour{250, 250, 250}, []paint.Colour{{0, 90, 180}, {220, 120, 0}, {0, 130, 90}}, 0.6)
		image = ctx.CreateImageData(side, side)
	}
	field.Make(square(side), net.Classes())
	asked := side * side
	if args[2].Bool() {
		asked = field.Adaptive(net)
	} else {
		field.Full(net)
	}
	pixels = resized(pixels, 4*side*side)
	ramp.PixelsTo(pixels, field.Scores, field.Classes, 1)
	js.CopyBytesToJS(image.Get("data"), pixels)
	ctx.PutImageData(image, 0, 0)
	drawLines(ctx, field.Lines(), float64(side))
	return asked, nil
}

func drawLines(ctx dom.CanvasRenderingContext2D, lines []surface.Line, side float64) {
	ctx.BeginPath()
	for _, line := range lines {
		for k, x := range line.X {
			px, py := (x+1)/2*side, (1-line.Y[k])/2*side
			if k == 0 {
				ctx.MoveTo(px, py)
			} else {
				ctx.LineTo(px, py)
			}
		}
	}
	ctx.Stroke()
}
