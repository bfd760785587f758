package model

import (
	"fmt"
	"slices"

	"modelheist/core/num"
)

// Activations are the functions a hidden layer may apply.
var Activations = []string{"tanh", "relu", "sigmoid"}

// MLP is a multilayer perceptron: hidden layers of one activation and a softmax
// output.
//
// Its parameters are the layers, input side first; each is a matrix of
// out×(in+1) numbers, row by row: the weights of one node and then its bias.
// Permuting the nodes of a hidden layer together with the columns of the next
// gives the same function, as do a tanh node's signs flipped on both sides and
// a number added to a column of the last layer.
type MLP struct {
	sizes      []int // d, hidden layers, c
	activation string
	w          []float64
	fit        Fit
}

var (
	_ Probabilistic = (*MLP)(nil)
	_ Parametric    = (*MLP)(nil)
	_ Fitted        = (*MLP)(nil)
)

// Layer is one layer of an MLP: W is Out×(In+1), row by row, the bias last.
type Layer struct {
	In, Out int
	W       []float64
}

// NewMLP makes a perceptron from parameters, which it copies. sizes are the
// inputs d, the nodes of each hidden layer and the classes c.
func NewMLP(sizes []int, activation string, params []float64) (*MLP, error) {
	if len(sizes) < 3 {
		return nil, fmt.Errorf("model: mlp with sizes %v, must be inputs, at least one hidden layer and classes", sizes)
	}
	for i, s := range sizes {
		if s < 1 || i == len(sizes)-1 && s < 2 {
			return nil, fmt.Errorf("model: mlp with sizes %v, must be at least 1, and 2 classes", sizes)
		}
	}
	if !slices.Contains(Activations, activation) {
		return nil, fmt.Errorf("model: activation %q, must be one of %v", activation, Activations)
	}
	m := &MLP{sizes: slices.Clone(sizes), activation: activation, w: slices.Clone(params)}
	if want := unknowns(sizes); len(params) != want {
		return nil, fmt.Errorf("model: %d parameters for an mlp with sizes %v, must be %d", len(params), sizes, want)
	}
	for i, v := range params {
		if v-v != 0 {
			return nil, fmt.Errorf("model: parameter %d is %v, must be a finite number", i, v)
		}
	}
	return m, nil
}

func unknowns(sizes []int) int {
	k := 0
	for i := 1; i < len(sizes); i++ {
		k += sizes[i] * (sizes[i-1] + 1)
	}
	return k
}

// Dim implements Classifier.
func (m *MLP) Dim() int { return m.sizes[0] }

// Classes implements Classifier.
func (m *MLP) Classes() int { return m.sizes[len(m.sizes)-1] }

// Hidden are the nodes of each hidden layer, input side first.
func (m *MLP) Hidden() []int { return slices.Clone(m.sizes[1 : len(m.sizes)-1]) }

// Activation is tanh, relu or sigmoid.
func (m *MLP) Activation() string { return m.activation }

// Params implements Parametric.
func (m *MLP) Params() []float64 { return slices.Clone(m.w) }

// Fit implements Fitted; it is zero for a model made from parameters.
func (m *MLP) Fit() Fit { return m.fit }

// Layers returns copies of the layers, input side first.
func (m *MLP) Layers() []Layer {
	ls := layers(m.sizes, m.w)
	for i := range ls {
		ls[i].W = slices.Clone(ls[i].W)
	}
	return ls
}

// layers cuts the flat parameters w into layers.
func layers(sizes []int, w []float64) []Layer {
	var ls []Layer
	for i := 1; i < len(sizes); i++ {
		l := Layer{In: sizes[i-1], Out: sizes[i]}
		l.W, w = w[:l.Out*(l.In+1)], w[l.Out*(l.In+1):]
		ls = append(ls, l)
	}
	return ls
}

// ScoresTo implements Classifier.
func (m *MLP) ScoresTo(dst, x []float64) {
	d, c := m.Dim(), m.Classes()
	n := len(x) / d
	dst = dst[:n*c]
	net := newNet(m.sizes, m.activation, min(n, blockRows))
	in := make([]float64, (d+1)*min(n, blockRows))
	for at := 0; at < n; at += blockRows {
		b := min(blockRows, n-at)
		num.TransposeTo(in, x[at*d:], b, d)
		num.Fill(in[d*b:(d+1)*b], 1)
		z := net.forward(m.w, in[:(d+1)*b], b)
		num.TransposeTo(dst[at*c:], z, c, b)
	}
}

// ProbabilitiesTo implements Probabilistic.
func (m *MLP) ProbabilitiesTo(dst, x []float64) {
	m.ScoresTo(dst, x)
	m.link(dst[:len(x)/m.Dim()*m.Classes()])
}

// link turns the n×c scores z into probabilities.
func (m *MLP) link(z []float64) { num.SoftmaxRows(z, len(z)/m.Classes(), m.Classes()) }

// net evaluates a perceptron and its gradient on blocks of points.
type net struct {
	sizes      []int
	activation string
	values     [][]float64 // of each layer: inputs, hidden layers with a row of ones, scores
	deltas     [][]float64 // gradient by the values before activation, a layer each
	tmp        []float64
}

// newNet makes a net for at most that many points at a time.
func newNet(sizes []int, activation string, points int) *net {
	e := &net{sizes: sizes, activation: activation, values: make([][]float64, len(sizes)), deltas: make([][]float64, len(sizes))}
	for i, s := range sizes[1:] {
		e.values[i+1] = make([]float64, (s+1)*points)
		e.deltas[i+1] = make([]float64, s*points)
	}
	e.tmp = make([]float64, 2*sizes[len(sizes)-1]*points)
	return e
}

// forward returns the c×n scores of the (d+1)×n inputs; they are overwritten by
// the next call.
func (e *net) forward(w, in []float64, n int) []float64 {
	e.values[0] = in
	return e.forwardFrom(layers(e.sizes, w), 0, n)
}

// forwardFrom is forward from the values of layer first on.
func (e *net) forwardFrom(ls []Layer, first, n int) []float64 {
	last := len(e.sizes) - 1
	for i := first; i < last; i++ {
		l := ls[i]
		v := e.values[i+1][:(l.Out+1)*n]
		out := v[:l.Out*n]
		num.AffineTo(out, l.W, e.values[i], l.Out, l.In, n)
		if i+1 < last {
			activate(e.activation, out)
			num.Fill(v[l.Out*n:], 1)
		}
	}
	return e.values[last][:e.sizes[last]*n]
}

// backward adds the gradient by w to grad, given the gradient delta by the
// scores of the last forward.
func (e *net) backward(grad, w, delta []float64, n int) {
	ls, gs := layers(e.sizes, w), layers(e.sizes, grad)
	for i := len(ls) - 1; ; i-- {
		l := ls[i]
		num.MulAddBT(gs[i].W, delta, e.values[i], l.Out, l.In+1, n)
		if i == 0 {
			return
		}
		down := e.deltas[i][:l.In*n]
		num.Fill(down, 0)
		backProject(down, l, delta, n)
		slope(e.activation, down, e.values[i][:l.In*n])
		delta = down
	}
}

// backProject adds Wᵀ·delta, without the bias column, to down.
func backProject(down []float64, l Layer, delta []float64, n int) {
	w := make([]float64, l.Out*l.In)
	for o := 0; o < l.Out; o++ {
		copy(w[o*l.In:(o+1)*l.In], l.W[o*(l.In+1):])
	}
	num.MulAddAT(down, w, delta, l.In, l.Out, n)
}

func activate(kind string, v []float64) {
	switch kind {
	case "tanh":
		num.TanhTo(v, v)
	case "near tanh": // of a picture
		num.NearTanhTo(v, v)
	case "sigmoid":
		num.SigmoidTo(v, v)
	case "relu":
		for i, x := range v {
			if x < 0 {
				v[i] = 0
			}
		}
	}
}

// slope multiplies delta by the derivative of the activation, told from its
// values v.
func slope(kind string, delta, v []float64) {
	delta = delta[:len(v)]
	switch kind {
	case "tanh":
		i := 0
		for ; i < len(v)-3; i += 4 {
			a, b, c, d := v[i], v[i+1], v[i+2], v[i+3]
			delta[i] *= 1 - float64(a*a)
			delta[i+1] *= 1 - float64(b*b)
			delta[i+2] *= 1 - float64(c*c)
			delta[i+3] *= 1 - float64(d*d)
		}
		for ; i < len(v); i++ {
			delta[i] *= 1 - float64(v[i]*v[i])
		}
	case "sigmoid":
		for i, a := range v {
			delta[i] *= a * (1 - a)
		}
	case "relu":
		for i, a := range v {
			if a == 0 {
				delta[i] = 0
			}
		}
	}
}
