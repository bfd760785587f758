package onnx

import (
	"errors"
	"math"

	"modelheist/core/model"
)

// boxes is the values of the first box that contains the input or, where none
// does, of the one that is missed by least: N×c.
func (b *builder) boxes(x string, m *model.Boxes) (string, error) {
	list := m.Boxes()
	n := len(list)
	lows, highs := make([]float64, n*b.d), make([]float64, n*b.d)
	for i := range lows {
		lows[i], highs[i] = math.Inf(-1), math.Inf(1)
	}
	var values []float64
	for i := range list {
		for _, bound := range list[i].Bounds {
			if bound.Set != nil {
				return "", errors.New("onnx: boxes over categories have no ONNX form here")
			}
			at := i*b.d + bound.Feature
			lows[at], highs[at] = max(lows[at], bound.Low), min(highs[at], bound.High)
		}
		values = append(values, list[i].Values...)
	}
	low, high := b.put(Double, lows, n, b.d), b.put(Double, highs, n, b.d)
	x = b.op("Unsqueeze", x, b.whole(1)) // N×1×d
	miss := b.op("Mul", b.op("Max", b.op("Sub", low, x), b.op("Sub", x, high), b.number(0)), b.put(Double, m.Scale(), b.d))
	far := b.with("ReduceSum", drop(), b.op("Mul", miss, miss), b.whole(2))
	within := b.with("Cast", []Attribute{{Name: "to", Int: int64(Double), Written: anInt}},
		b.op("And", b.op("Greater", x, low), b.op("LessOrEqual", x, high)))
	inside := b.with("ReduceMin", append(drop(), Attribute{Name: "axes", Ints: []int64{2}, Written: ints}), within)
	// A distance is at least 0, and a box that contains the input goes first.
	first := b.with("ArgMin", append(drop(), axis(1)...), b.op("Sub", far, inside))
	return b.with("Gather", axis(0), b.put(Double, values, n, b.c), first), nil
}

// drop is the attribute by which an axis goes.
func drop() []Attribute { return []Attribute{{Name: "keepdims", Int: 0, Written: anInt}} }
