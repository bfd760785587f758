package onnx

import (
	"errors"
	"fmt"
	"slices"

	"modelheist/core/modelfile"
)

// Read reads a model. Files of ours carry it whole; of others it is rebuilt from
// the graph, without names or ranges of the inputs (Domain and, where the file
// has no labels, Classes are nil), in one of these forms:
//
//   - MatMul or Gemm, Add, and Tanh, Relu or Sigmoid in between: a linear model
//     or a perceptron, with a Softmax, a Sigmoid of one score, or neither at the
//     end (PyTorch, Keras, scikit-learn's MLPClassifier);
//   - LinearClassifier, SVMClassifier of two classes and TreeEnsembleClassifier
//     with frequencies in its leaves in ai.onnx.ml (skl2onnx).
//
// What comes after only turns scores into labels: ArgMax, ZipMap and the like.
// Errors name the operator or the field.
func Read(data []byte) (modelfile.File, error) {
	m, err := Decode(data)
	if err != nil {
		return modelfile.File{}, err
	}
	if text := m.property(MetaModel); text != "" {
		return own(m, text)
	}
	w := newWalker(&m.Graph)
	f, err := w.file()
	if err != nil {
		return modelfile.File{}, fmt.Errorf("onnx: %w", err)
	}
	return f, nil
}

// Link is the experiment that a file of ours comes from, or empty.
func Link(data []byte) string {
	m, err := Decode(data)
	if err != nil {
		return ""
	}
	return m.property(MetaExperiment)
}

func (m *Model) property(key string) string {
	for _, p := range m.Metadata {
		if p.Key == key {
			return p.Value
		}
	}
	return ""
}

// own reads the model that came along, if the graph is its graph: somebody may
// have changed the one and not the other.
func own(m *Model, text string) (modelfile.File, error) {
	f, err := modelfile.Decode([]byte(text))
	if err != nil {
		return modelfile.File{}, fmt.Errorf("onnx: metadata %s: %w", MetaModel, err)
	}
	g, err := graphOf(f.Model)
	if err != nil {
		return modelfile.File{}, err
	}
	if !slices.Equal(g.append(nil), m.Graph.append(nil)) {
		return modelfile.File{}, errors.New("onnx: the graph is no longer that of the model in its metadata: the file was changed after it was written")
	}
	return f, nil
}

// walker follows a foreign graph from its input to its scores.
type walker struct {
	g         *Graph
	constants map[string]*Tensor
	seen      map[*Node]bool
	layers    []layer
}

// layer is x·W + b with W in×out, and what is done to the sum.
type layer struct {
	in, out    int
	w, b       []float64
	activation string // operator; empty for none yet
}

func newWalker(g *Graph) *walker {
	w := &walker{g: g, constants: map[string]*Tensor{}, seen: map[*Node]bool{}}
	for i := range g.Tensors {
		w.constants[g.Tensors[i].Name] = &g.Tensors[i]
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if value := n.attribute("value"); n.Op == "Constant" && value != nil && value.Tensor != nil && len(n.Outputs) == 1 {
			w.constants[n.Outputs[0]] = value.Tensor
			w.seen[n] = true
		}
	}
	return w
}

func (n *Node) attribute(name string) *Attribute {
	for i := range n.Attributes {
		if n.Attributes[i].Name == name {
			return &n.Attributes[i]
		}
	}
	return nil
}

// input is the graph's one input that is no constant.
func (w *walker) input() (string, error) {
	name := ""
	for _, v := range w.g.Inputs {
		if w.constants[v.Name] != nil {
			continue
		}
		if name != "" {
			return "", fmt.Errorf("the graph has the inputs %q and %q, must have one: a table of numbers", short(name), short(v.Name))
		}
		name = v.Name
	}
	if name == "" {
		return "", errors.New("the graph has no input")
	}
	return name, nil
}

// file walks to the end.
func (w *walker) file() (modelfile.File, error) {
	at, err := w.input()
	if err != nil {
		return modelfile.File{}, err
	}
	for range w.g.Nodes {
		n, err := w.next(at)
		if err != nil {
			return modelfile.File{}, err
		}
		if n == nil {
			break
		}
		w.seen[n] = true
		if n.Domain == "ai.onnx.ml" {
			if len(w.layers) > 0 {
				return modelfile.File{}, fmt.Errorf("operator %s comes after others, must be the first", n.Op)
			}
			f, err := w.classifier(n)
			if err == nil {
				err = w.rest()
			}
			return f, err
		}
		if err := w.step(n, at); err != nil {
			return modelfile.File{}, fmt.Errorf("operator %s (%q): %w", short(n.Op), short(n.Outputs[0]), err)
		}
		at = n.Outputs[0]
	}
	if err := w.rest(); err != nil {
		return modelfile.File{}, err
	}
	return w.network(at)
}

// passing are operators that leave numbers as they are.
var passing = []string{"Identity", "Cast", "Flatten", "Dropout"}

// working are operators that can be part of a model.
var working = append([]string{"MatMul", "Gemm", "Add", "Tanh", "Relu", "Sigmoid", "Softmax", "LogSoftmax"}, passing...)

var classifiers = []string{"LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier"}

// after are operators that turn scores into labels and lists of probabilities.
var after = []string{"ArgMax", "ArrayFeatureExtractor", "Cast", "Reshape", "Identity", "ZipMap", "Normalizer", "Concat", "Sub", "Squeeze", "Max", "ReduceMax"}

// next is the node that goes on from a value, nil at the end.
func (w *walker) next(at string) (*Node, error) {
	var found *Node
	for i := range w.g.Nodes {
		n := &w.g.Nodes[i]
		if w.seen[n] || !slices.Contains(n.Inputs, at) || len(n.Outputs) == 0 {
			continue
		}
		if !slices.Contains(working, n.Op) && !slices.Contains(classifiers, n.Op) || w.ended() && slices.Contains(after, n.Op) {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("the graph branches at %q into %s and %s, must be a chain", short(at), short(found.Op), short(n.Op))
		}
		found = n
	}
	return found, nil
}

// ended tells whether what has been read can be a whole model.
func (w *walker) ended() bool {
	return len(w.layers) > 0 && slices.Contains([]string{"Softmax", "LogSoftmax", "Sigmoid"}, w.layers[len(w.layers)-1].activation)
}

// rest checks that nothing is left that could change the answers.
func (w *walker) rest() error {
	for i := range w.g.Nodes {
		if n := &w.g.Nodes[i]; !w.seen[n] && !slices.Contains(after, n.Op) {
			return fmt.Errorf("operator %s is not known here, or not in this place; known are %v, and %v in ai.onnx.ml", short(n.Op), working, classifiers)
		}
	}
	return nil
}

// step reads one node of a network.
func (w *walker) step(n *Node, at string) error {
	switch n.Op {
	case "MatMul", "Gemm":
		return w.product(n, at)
	case "Add":
		return w.bias(n, at)
	case "Tanh", "Relu", "Sigmoid", "Softmax", "LogSoftmax":
		if len(w.layers) == 0 {
			return errors.New("comes before any MatMul or Gemm")
		}
		l := &w.layers[len(w.layers)-1]
		if l.activation != "" {
			return fmt.Errorf("comes right after %s", l.activation)
		}
		l.activation = n.Op
	}
	return nil
}

// constant is the other of a node's two inputs, which must be one.
func (w *walker) constant(n *Node, at string) (*Tensor, error) {
	for _, name := range n.Inputs {
		if t := w.constants[name]; t != nil && name != at {
			if t.Texts != nil {
				return nil, errors.New("has texts where numbers must be")
			}
			return t, finite(t)
		}
	}
	return nil, errors.New("has no constant among its inputs: the weights must be in the file")
}

func finite(t *Tensor) error {
	for i, v := range t.Numbers {
		if v-v != 0 {
			return fmt.Errorf("number %d of %q is %v, must be finite", i, short(t.Name), v)
		}
	}
	return nil
}

func (w *walker) product(n *Node, at string) error {
	if n.Inputs[0] != at || len(n.Inputs) < 2 {
		return errors.New("must multiply the inputs by weights from the right")
	}
	t, err := w.constant(&Node{Inputs: n.Inputs[:2]}, at)
	if err != nil {
		return err
	}
	if len(t.Shape) != 2 || t.Shape[0] < 1 || t.Shape[1] < 1 {
		return fmt.Errorf("has weights of shape %v, must be a matrix", t.Shape)
	}
	l := layer{in: t.Shape[0], out: t.Shape[1], w: t.Numbers}
	scale, shift := 1.0, 1.0
	if n.Op == "Gemm" {
		for _, a := range n.Attributes {
			switch {
			case a.Name == "transB" && a.Int == 1:
				l = layer{in: l.out, out: l.in, w: transposed(t.Numbers, l.in, l.out)}
			case a.Name == "transA" && a.Int != 0:
				return errors.New("transposes its inputs (transA)")
			case a.Name == "alpha":
				scale = a.Float
			case a.Name == "beta":
				shift = a.Float
			}
		}
	}
	if k := len(w.layers); k > 0 && w.layers[k-1].activation == "" {
		return errors.New("comes right after another, must be after an activation")
	}
	if k := len(w.layers); k > 0 && w.layers[k-1].out != l.in {
		return fmt.Errorf("takes %d numbers and gets %d", l.in, w.layers[k-1].out)
	}
	l.w = scaled(l.w, scale)
	l.b = make([]float64, l.out)
	w.layers = append(w.layers, l)
	if n.Op == "Gemm" && len(n.Inputs) > 2 && n.Inputs[2] != "" {
		c := w.constants[n.Inputs[2]]
		if c == nil {
			return errors.New("has a bias that is not in the file")
		}
		return w.shift(c, shift)
	}
	return nil
}

func (w *walker) bias(n *Node, at string) error {
	t, err := w.constant(n, at)
	if err != nil {
		return err
	}
	if len(w.layers) == 0 || w.layers[len(w.layers)-1].activation != "" {
		return errors.New("must come after a MatMul or Gemm")
	}
	return w.shift(t, 1)
}

// shift adds to the last layer's bias.
func (w *walker) shift(t *Tensor, factor float64) error {
	l := &w.layers[len(w.layers)-1]
	if len(t.Numbers) != 1 && len(t.Numbers) != l.out {
		return fmt.Errorf("has %d biases for %d sums", len(t.Numbers), l.out)
	}
	if err := finite(t); err != nil {
		return err
	}
	for i := range l.b {
		l.b[i] += factor * t.Numbers[i%len(t.Numbers)]
	}
	return nil
}

func scaled(v []float64, factor float64) []float64 {
	out := slices.Clone(v)
	for i := range out {
		out[i] *= factor
	}
	return out
}

// transposed turns a rows×columns matrix over.
func transposed(v []float64, rows, columns int) []float64 {
	out := make([]float64, len(v))
	for r := range rows {
		for c := range columns {
			out[c*rows+r] = v[r*columns+c]
		}
	}
	return out
}

// short cuts a name from elsewhere to what an error may repeat of it.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:37]) + "…"
	}
	return s
}
