//go:build js && wasm

// Command bench is the program's own side of ./build.sh bench: the product's
// code at work on data that the page hands over, timed by the page. It sets the
// global bench, whose functions are called with plain values.
package main

import (
	"errors"
	"fmt"
	"math"
	"syscall/js"

	"modelheist/core/model"
	"modelheist/core/optimize"
)

// jobs are the functions of the global bench. Each answers a number, which the
// page compares with what the others got.
var jobs = map[string]func(args []js.Value) (any, error){
	"setData":   setData,   // x, labels, dim, classes
	"train":     train,     // family, penalty C -> loss
	"gradients": gradients, // family, penalty C, times -> loss
	"adam":      adam,      // hidden nodes, start, rate, epochs -> loss
	"reach":     reach,     // hidden nodes, start, loss -> iterations
	"setNet":    setNet,    // sizes, parameters
	"raster":    raster,    // side, probabilities to fill, labels to fill
	"frame":     frame,     // context of a canvas, side, adaptive -> pixels asked about
	"fit":       fit,       // svm, C, gamma, tolerance, or tree -> support vectors or leaves
	"dual":      dual,      // -> objective of the machine
	"labels":    labels,    // side, reach, adaptive, labels to fill -> pixels asked about
}

func main() {
	object := js.Global().Get("Object").New()
	for name, job := range jobs {
		object.Set(name, js.FuncOf(func(_ js.Value, args []js.Value) any {
			answer, err := job(args)
			if err != nil {
				return js.Global().Get("Error").New(err.Error())
			}
			return answer
		}))
	}
	js.Global().Set("bench", object)
	select {}
}

var (
	data model.Data
	net  *model.MLP
)

// floats copies a Float64Array.
func floats(v js.Value) []float64 {
	raw := make([]byte, 8*v.Length())
	js.CopyBytesToGo(raw, bytesOf(v))
	out := make([]float64, v.Length())
	for i := range out {
		bits := uint64(0)
		for k := 7; k >= 0; k-- {
			bits = bits<<8 | uint64(raw[8*i+k])
		}
		out[i] = math.Float64frombits(bits)
	}
	return out
}

// bytesOf is the same memory as a Uint8Array.
func bytesOf(v js.Value) js.Value {
	return js.Global().Get("Uint8Array").New(v.Get("buffer"), v.Get("byteOffset"), v.Get("byteLength"))
}

func setData(args []js.Value) (any, error) {
	data = model.Data{X: floats(args[0]), Dim: args[2].Int(), Classes: args[3].Int()}
	labels := make([]byte, args[1].Length())
	js.CopyBytesToGo(labels, args[1])
	for _, l := range labels {
		data.Labels = append(data.Labels, int(l))
	}
	return nil, nil
}

// train minimises down to a largest gradient of 1e-6 and answers the loss.
func train(args []js.Value) (any, error) {
	f, k, err := model.Recipe{Family: args[0].String(), C: args[1].Float()}.Objective(data)
	if err != nil {
		return nil, err
	}
	result, err := optimize.LBFGS(f, make([]float64, k), optimize.Settings{GradTol: 1e-6, Memory: 20})
	if err != nil {
		return nil, err
	}
	if result.Status != optimize.Converged {
		return nil, fmt.Errorf("bench: L-BFGS %s at a gradient of %g", result.Status, result.GradNorm)
	}
	return result.F, nil
}

func gradients(args []js.Value) (any, error) {
	f, k, err := model.Recipe{Family: args[0].String(), C: args[1].Float()}.Objective(data)
	if err != nil {
		return nil, err
	}
	w, grad, loss := make([]float64, k), make([]float64, k), 0.0
	for i := range w {
		w[i] = 0.01 * float64(i%7)
	}
	for range args[2].Int() {
		loss = f(grad, w)
	}
	return loss, nil
}

func mlp(hidden js.Value) (optimize.Func, error) {
	f, _, err := model.Recipe{Family: "mlp", Hidden: []int{hidden.Int()}, Activation: "tanh"}.Objective(data)
	return f, err
}

// adam takes full-batch steps of Kingma and Ba (2015), algorithm 1, with their
// constants. The product has better optimisers; this is the peers' work.
func adam(args []js.Value) (any, error) {
	f, err := mlp(args[0])
	if err != nil {
		return nil, err
	}
	w, rate := floats(args[1]), args[2].Float()
	grad, m, v := make([]float64, len(w)), make([]float64, len(w)), make([]float64, len(w))
	c1, c2 := 1.0, 1.0
	for range args[3].Int() {
		f(grad, w)
		c1, c2 = c1*0.9, c2*0.999
		for i, g := range grad {
			m[i] += 0.1 * (g - m[i])
			v[i] += 0.001 * (g*g - v[i])
			w[i] -= rate * (m[i] / (1 - c1)) / (math.Sqrt(v[i]/(1-c2)) + 1e-7)
		}
	}
	return f(grad, w), nil
}

var errReached = errors.New("bench: the loss is reached")

// reach runs the product's optimiser until the loss is as low as a peer's.
func reach(args []js.Value) (any, error) {
	f, err := mlp(args[0])
	if err != nil {
		return nil, err
	}
	best, target := math.Inf(1), args[2].Float()
	result, err := optimize.LBFGS(func(grad, w []float64) float64 {
		loss := f(grad, w)
		best = min(best, loss)
		return loss
	}, floats(args[1]), optimize.Settings{Memory: 20, Tick: func() error {
		if best <= target {
			return errReached
		}
		return nil
	}})
	if err != nil && !errors.Is(err, errReached) {
		return nil, err
	}
	if best > target {
		return nil, errors.New("bench: L-BFGS ended above the loss it should reach")
	}
	return result.Iterations, nil
}

func setNet(args []js.Value) (any, error) {
	sizes := make([]int, args[0].Length())
	for i := range sizes {
		sizes[i] = args[0].Index(i).Int()
	}
	var err error
	net, err = model.NewMLP(sizes, "tanh", floats(args[1]))
	return nil, err
}
