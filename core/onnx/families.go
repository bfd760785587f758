package onnx

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// network makes the model of the layers that were read; at is its last value.
func (w *walker) network(at string) (modelfile.File, error) {
	if len(w.layers) == 0 {
		return modelfile.File{}, errors.New("the graph has neither MatMul nor Gemm nor a classifier of ai.onnx.ml")
	}
	last := &w.layers[len(w.layers)-1]
	switch last.activation {
	case "", "Softmax", "LogSoftmax":
	case "Sigmoid":
		if last.out != 1 {
			return modelfile.File{}, fmt.Errorf("a Sigmoid of %d scores ends the graph, must be of one: classes exclude each other", last.out)
		}
		if err := w.ordered(at); err != nil {
			return modelfile.File{}, err
		}
	default:
		return modelfile.File{}, fmt.Errorf("operator %s ends the graph, must be Softmax or Sigmoid", last.activation)
	}
	if last.out == 1 && last.activation == "Softmax" {
		return modelfile.File{}, errors.New("a Softmax of one score ends the graph: it always answers 1")
	}
	if len(w.layers) == 1 {
		return w.linear(last)
	}
	return w.perceptron()
}

// ordered checks how the probability p of two classes is completed: 1-p goes
// first.
func (w *walker) ordered(p string) error {
	for _, n := range w.g.Nodes {
		if n.Op == "Concat" && len(n.Inputs) == 2 && n.Inputs[0] == p {
			return errors.New("operator Concat puts the Sigmoid's probability first, must be last")
		}
	}
	return nil
}

// rows are a layer's out×(in+1) numbers, the bias last in its row.
func (l *layer) rows() []float64 {
	var rows []float64
	for o := range l.out {
		for i := range l.in {
			rows = append(rows, l.w[i*l.out+o])
		}
		rows = append(rows, l.b[o])
	}
	return rows
}

func (w *walker) linear(l *layer) (modelfile.File, error) {
	family, c := "softmax", l.out
	if l.out == 1 {
		family, c = "logistic", 2
	}
	return built(model.NewLinear(family, l.in, c, l.rows()))
}

func (w *walker) perceptron() (modelfile.File, error) {
	sizes := []int{w.layers[0].in}
	var params []float64
	hidden := w.layers[0].activation
	for i := range w.layers {
		l := &w.layers[i]
		rows, out := l.rows(), l.out
		if i < len(w.layers)-1 {
			if l.activation != hidden {
				return modelfile.File{}, fmt.Errorf("hidden layers end in %s and %s, must be the same", hidden, l.activation)
			}
		} else if out == 1 { // the softmax of 0 and z is the sigmoid of z
			rows, out = append(make([]float64, l.in+1), rows...), 2
		}
		sizes, params = append(sizes, out), append(params, rows...)
	}
	activation := map[string]string{"Tanh": "tanh", "Relu": "relu", "Sigmoid": "sigmoid"}[hidden]
	if activation == "" {
		return modelfile.File{}, fmt.Errorf("hidden layers end in %s, must be Tanh, Relu or Sigmoid", hidden)
	}
	return built(model.NewMLP(sizes, activation, params))
}

func built[M model.Classifier](m M, err error) (modelfile.File, error) {
	if err != nil {
		return modelfile.File{}, err
	}
	return modelfile.File{Model: m}, nil
}

// classifier reads an operator of ai.onnx.ml.
func (w *walker) classifier(n *Node) (f modelfile.File, err error) {
	if f.Classes, err = classes(n); err != nil {
		return f, fmt.Errorf("operator %s: %w", n.Op, err)
	}
	var made modelfile.File
	switch n.Op {
	case "LinearClassifier":
		made, err = w.linearClassifier(n, len(f.Classes))
	case "SVMClassifier":
		made, err = svmClassifier(n, len(f.Classes))
	case "TreeEnsembleClassifier":
		made, err = w.treeClassifier(n, len(f.Classes))
	default:
		err = errors.New("is not known here")
	}
	f.Model = made.Model
	if err != nil {
		return f, fmt.Errorf("operator %s: %w", short(n.Op), err)
	}
	return f, nil
}

// classes are the names of a classifier's classes.
func classes(n *Node) ([]string, error) {
	var names []string
	for _, key := range []string{"classlabels_ints", "classlabels_int64s", "classlabels_strings"} {
		if a := n.attribute(key); a != nil && names == nil {
			for _, v := range a.Ints {
				names = append(names, strconv.FormatInt(v, 10))
			}
			names = append(names, a.Texts...)
		}
	}
	if len(names) < 2 || len(names) > modelfile.MaxClasses {
		return nil, fmt.Errorf("classlabels are %d, must be 2 to %d", len(names), modelfile.MaxClasses)
	}
	return names, nil
}

// numbers are a list attribute's, as floats or as a tensor.
func (n *Node) numbers(name string) []float64 {
	if a := n.attribute(name); a != nil {
		return a.Floats
	}
	if a := n.attribute(name + "_as_tensor"); a != nil && a.Tensor != nil {
		return a.Tensor.Numbers
	}
	return nil
}

func (n *Node) whole(name string) []int64 {
	if a := n.attribute(name); a != nil {
		return a.Ints
	}
	return nil
}

func (n *Node) text(name, otherwise string) string {
	if a := n.attribute(name); a != nil && a.Text != "" {
		return a.Text
	}
	return otherwise
}

func (w *walker) linearClassifier(n *Node, c int) (modelfile.File, error) {
	coefficients, intercepts := n.numbers("coefficients"), n.numbers("intercepts")
	if intercepts == nil {
		intercepts = make([]float64, c)
	}
	d := len(coefficients) / c
	if len(intercepts) != c || d < 1 || len(coefficients) != c*d {
		return modelfile.File{}, fmt.Errorf("coefficients are %d and intercepts %d; %d classes take a row of coefficients and an intercept each", len(coefficients), len(intercepts), c)
	}
	var rows []float64
	for k := range c {
		rows = append(append(rows, coefficients[k*d:(k+1)*d]...), intercepts[k])
	}
	normalised := slices.ContainsFunc(w.g.Nodes, func(n Node) bool { return n.Op == "Normalizer" })
	switch post := n.text("post_transform", "NONE"); {
	case post == "SOFTMAX":
		return built(model.NewLinear("softmax", d, c, rows))
	case post == "LOGISTIC" && c == 2 && opposite(rows[:d+1], rows[d+1:]):
		return built(model.NewLinear("logistic", d, 2, rows[d+1:]))
	case post == "LOGISTIC" && normalised:
		return built(model.NewLinear("ovr", d, c, rows))
	case post == "LOGISTIC":
		return modelfile.File{}, errors.New("post_transform is LOGISTIC without a Normalizer after it: the probabilities do not add up to 1")
	case post == "NONE":
		return margins(d, c, rows)
	default:
		return modelfile.File{}, fmt.Errorf("post_transform is %q, must be NONE, LOGISTIC or SOFTMAX", short(post))
	}
}

func opposite(a, b []float64) bool {
	for i := range a {
		if a[i] != -b[i] {
			return false
		}
	}
	return true
}

// margins is a linear machine: its vectors are its weights.
func margins(d, c int, rows []float64) (modelfile.File, error) {
	if c == 2 {
		if !opposite(rows[:d+1], rows[d+1:]) {
			return modelfile.File{}, errors.New("coefficients of two classes without a post_transform must be each other's opposite")
		}
		rows, c = rows[d+1:], 1
	}
	s := model.Support{Dual: make([]float64, c*c)}
	for k := range c {
		s.Vectors = append(s.Vectors, rows[k*(d+1):k*(d+1)+d]...)
		s.Intercepts = append(s.Intercepts, rows[k*(d+1)+d])
		s.Dual[k*c+k] = 1
	}
	return built(model.NewSVM(model.Recipe{Family: "svm", Kernel: "linear"}, d, max(c, 2), s))
}

func svmClassifier(n *Node, c int) (modelfile.File, error) {
	if c != 2 {
		return modelfile.File{}, fmt.Errorf("has %d classes, must have 2: more are voted on in pairs, which no model here does", c)
	}
	dual, vectors, rho := n.numbers("coefficients"), n.numbers("support_vectors"), n.numbers("rho")
	s := len(dual)
	if s == 0 || len(vectors)%s != 0 || len(rho) != 1 {
		return modelfile.File{}, fmt.Errorf("coefficients are %d, support_vectors %d numbers and rho %d; must be one coefficient a vector and one rho", s, len(vectors), len(rho))
	}
	r := model.Recipe{Family: "svm"}
	kernels := map[string]string{"LINEAR": "linear", "POLY": "poly", "RBF": "rbf"}
	if r.Kernel = kernels[n.text("kernel_type", "LINEAR")]; r.Kernel == "" {
		return modelfile.File{}, fmt.Errorf("kernel_type is %q, must be LINEAR, POLY or RBF", short(n.text("kernel_type", "")))
	}
	if k := n.numbers("kernel_params"); r.Kernel != "linear" {
		if len(k) < 3 || k[2] != float64(int(k[2])) {
			return modelfile.File{}, fmt.Errorf("kernel_params are %v, must be gamma, coef0 and a whole degree", k)
		}
		r.Gamma, r.Coef0, r.Degree = k[0], k[1], int(k[2])
	}
	// A positive sum is a vote for the first class.
	return built(model.NewSVM(r, len(vectors)/s, 2, model.Support{
		Vectors: vectors, Dual: scaled(dual, -1), Intercepts: scaled(rho, -1),
	}))
}

func (w *walker) treeClassifier(n *Node, c int) (modelfile.File, error) {
	if post := n.text("post_transform", "NONE"); post != "NONE" {
		return modelfile.File{}, fmt.Errorf("post_transform is %q, must be NONE: leaves hold frequencies", short(post))
	}
	if base := n.numbers("base_values"); len(base) > 0 {
		return modelfile.File{}, errors.New("has base_values: it is a boosted ensemble, must be a decision tree")
	}
	t := &treeReader{n: n, c: c}
	roots, err := t.index()
	if err != nil {
		return modelfile.File{}, err
	}
	var trees [][]model.Node
	for _, root := range roots {
		t.nodes = nil
		if _, err := t.add(root, 0, float64(len(roots))); err != nil {
			return modelfile.File{}, err
		}
		trees = append(trees, t.nodes)
	}
	var members []model.Probabilistic
	for _, nodes := range trees {
		tree, err := model.NewTree(max(t.features, w.columns()), c, nodes)
		if err != nil {
			return modelfile.File{}, err
		}
		members = append(members, tree)
	}
	if len(members) == 1 {
		return modelfile.File{Model: members[0]}, nil
	}
	return built(model.NewEnsemble(members))
}

// columns is how many features the input is declared to have, 0 if it isn't.
func (w *walker) columns() int {
	name, _ := w.input()
	for _, v := range w.g.Inputs {
		if v.Name == name && len(v.Shape) == 2 && v.Shape[1] > 0 && v.Shape[1] <= modelfile.MaxFeatures {
			return v.Shape[1]
		}
	}
	return 0
}

// place is a node of a tree by the ids of both.
type place struct{ tree, node int64 }

// treeReader puts the flat lists of trees in the order root first.
type treeReader struct {
	n        *Node
	c        int
	at       map[place]int // in the lists
	values   map[place][]float64
	nodes    []model.Node // of the tree being read
	features int
	single   bool // two classes, and weights of the second only
}

// index finds every node, and the roots: the first node of each tree.
func (t *treeReader) index() (roots []place, err error) {
	ids, modes := t.n.whole("nodes_nodeids"), t.n.attribute("nodes_modes")
	if len(ids) == 0 || modes == nil {
		return nil, errors.New("nodes_nodeids or nodes_modes are missing")
	}
	trees := t.n.whole("nodes_treeids")
	for _, list := range []struct {
		name string
		n    int
	}{
		{"nodes_treeids", len(trees)}, {"nodes_featureids", len(t.n.whole("nodes_featureids"))},
		{"nodes_truenodeids", len(t.n.whole("nodes_truenodeids"))}, {"nodes_falsenodeids", len(t.n.whole("nodes_falsenodeids"))},
		{"nodes_values", len(t.n.numbers("nodes_values"))}, {"nodes_modes", len(modes.Texts)},
	} {
		if list.n != len(ids) {
			return nil, fmt.Errorf("%s are %d, must be as many as nodes_nodeids (%d)", list.name, list.n, len(ids))
		}
	}
	t.at = map[place]int{}
	for i, tree := range trees {
		at := place{tree, ids[i]}
		if _, twice := t.at[at]; twice {
			return nil, fmt.Errorf("nodes_nodeids has %d of tree %d twice", ids[i], tree)
		}
		t.at[at] = i
		if i == 0 || tree != trees[i-1] {
			roots = append(roots, at)
		}
	}
	if len(roots) > model.MaxMembers {
		return nil, fmt.Errorf("has %d trees, allowed are %d", len(roots), model.MaxMembers)
	}
	return roots, t.leaves()
}

// leaves reads what each leaf says of each class.
func (t *treeReader) leaves() error {
	trees, ids := t.n.whole("class_treeids"), t.n.whole("class_nodeids")
	classes, weights := t.n.whole("class_ids"), t.n.numbers("class_weights")
	if len(trees) != len(ids) || len(classes) != len(ids) || len(weights) != len(ids) {
		return fmt.Errorf("class_treeids are %d, class_ids %d and class_weights %d, must be as many as class_nodeids (%d)", len(trees), len(classes), len(weights), len(ids))
	}
	t.values = map[place][]float64{}
	some, told := make([]bool, t.c), 0
	for i, id := range ids {
		k, at := classes[i], place{trees[i], id}
		if k < 0 || k >= int64(t.c) || !(weights[i] >= 0 && weights[i] <= 1) {
			return fmt.Errorf("class_ids[%d] is %d with weight %v, must be a class from 0 to %d with a frequency from 0 to 1", i, k, weights[i], t.c-1)
		}
		if t.values[at] == nil {
			t.values[at] = make([]float64, t.c)
		}
		t.values[at][k] += weights[i]
		if !some[k] {
			some[k] = true
			told++
		}
	}
	if t.single = t.c == 2 && told == 1; told < 2 && !t.single {
		return fmt.Errorf("class_weights speak of %d classes of %d", told, t.c)
	}
	return nil
}

// says is what a leaf of one of the given number of trees answers by itself: a
// forest's leaves hold their part of the mean.
func (t *treeReader) says(at place, trees float64) ([]float64, error) {
	values := scaled(t.values[at], trees)
	sum := total(values)
	if t.single && sum <= 1 {
		return []float64{1 - sum, sum}, nil
	}
	if t.single || !(math.Abs(sum-1) < 1e-3) {
		return nil, fmt.Errorf("leaf %d has class_weights of a sum of %v, must be %v", at.node, sum/trees, 1/trees)
	}
	return values, nil
}

// deepest a tree may be.
const deepest = 1000

// add puts a node and those below it at the end of the list.
func (t *treeReader) add(at place, level int, trees float64) (int, error) {
	i, known := t.at[at]
	if !known {
		return 0, fmt.Errorf("a branch leads to node %d, which is missing or has two parents", at.node)
	}
	delete(t.at, at)
	if level > deepest {
		return 0, fmt.Errorf("is deeper than %d", deepest)
	}
	own := len(t.nodes)
	mode := t.n.attribute("nodes_modes").Texts[i]
	if mode == "LEAF" {
		values, err := t.says(at, trees)
		if err != nil {
			return 0, err
		}
		t.nodes = append(t.nodes, model.Node{Feature: -1, Values: values})
		return own, nil
	}
	feature, threshold := t.n.whole("nodes_featureids")[i], t.n.numbers("nodes_values")[i]
	if mode != "BRANCH_LEQ" || feature < 0 || feature >= modelfile.MaxFeatures || threshold-threshold != 0 {
		return 0, fmt.Errorf("node %d is a %s on feature %d at %v, must be a BRANCH_LEQ at a finite threshold", at.node, short(mode), feature, threshold)
	}
	t.features = max(t.features, int(feature)+1)
	t.nodes = append(t.nodes, model.Node{Feature: int(feature), Threshold: threshold})
	left, err := t.add(place{at.tree, t.n.whole("nodes_truenodeids")[i]}, level+1, trees)
	if err != nil {
		return 0, err
	}
	right, err := t.add(place{at.tree, t.n.whole("nodes_falsenodeids")[i]}, level+1, trees)
	if err != nil {
		return 0, err
	}
	// The file has no frequencies of inner nodes, which only incomplete inputs ask for.
	values := make([]float64, t.c)
	for k := range values {
		values[k] = (t.nodes[left].Values[k] + t.nodes[right].Values[k]) / 2
	}
	n := &t.nodes[own]
	n.Left, n.Right, n.Values = left, right, values
	return own, nil
}

func total(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum
}
