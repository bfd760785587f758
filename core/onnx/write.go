package onnx

import (
	"fmt"
	"math"
	"slices"

	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// Keys of the metadata. A file of ours carries the model as JSON, too: names and
// ranges of the inputs, names of the classes, and every number's own bits.
const (
	MetaModel      = "modelheist.model"
	MetaExperiment = "modelheist.experiment" // a link's fragment
)

// Append writes a model, and the link of the experiment that it comes from
// unless that is empty. The error names a family that has no ONNX form.
func Append(dst []byte, f modelfile.File, link string) ([]byte, error) {
	g, err := graphOf(f.Model)
	if err != nil {
		return dst, err
	}
	text, err := modelfile.Append(nil, f)
	if err != nil {
		return dst, err
	}
	m := Model{
		IR: 8, Producer: "Model Heist", Operators: []OperatorSet{{"", 17}},
		Metadata: []Property{{MetaModel, string(text)}}, Graph: g,
	}
	if link != "" {
		m.Metadata = append(m.Metadata, Property{MetaExperiment, link})
	}
	return m.Append(dst), nil
}

// graphOf is the model's graph.
func graphOf(m model.Classifier) (Graph, error) {
	b := &builder{d: m.Dim(), c: m.Classes()}
	b.Name = "model"
	b.Inputs = []Value{{"input", Double, []int{-1, b.d}}}
	scores, probabilities, err := b.model("input", m)
	if err != nil {
		return Graph{}, err
	}
	b.answer(scores, probabilities)
	return b.Graph, nil
}

// model is a model's N×c scores, or something of the same order, and its
// probabilities, which an SVM has not.
func (b *builder) model(x string, m model.Classifier) (scores, probabilities string, err error) {
	switch m := m.(type) {
	case *model.Linear:
		scores, probabilities = b.linear(x, m.Family(), m.Params())
	case *model.Binned:
		scores, probabilities = b.linear(b.columns(x, m.Bins()), m.Family(), m.Params())
	case *model.MLP:
		scores = b.mlp(x, m)
		probabilities = b.op("Softmax", scores)
	case *model.SVM:
		scores = b.svm(x, m)
	case *model.KLR:
		k := b.kernel(x, m.Representers(), model.Recipe{Kernel: "rbf", Gamma: m.Gamma()})
		scores = b.affine(k, m.Weights(), m.Classes())
		probabilities = b.op("Softmax", scores)
	case *model.KNN:
		scores = b.knn(x, m)
		probabilities = scores
	case *model.Tree:
		scores = b.trees(x, [][]model.Node{m.Nodes()})
		probabilities = scores
	case *model.Boxes:
		scores, err = b.boxes(x, m)
		probabilities = scores
	case *model.Ensemble:
		scores, err = b.ensemble(x, m)
		probabilities = scores
	default:
		err = fmt.Errorf("onnx: a model of family %q has no ONNX form here", modelfile.Family(m))
	}
	return scores, probabilities, err
}

// ensemble is the mean of the members' probabilities.
func (b *builder) ensemble(x string, m *model.Ensemble) (string, error) {
	var trees [][]model.Node
	sum := ""
	for _, member := range m.Members() {
		if tree, is := member.(*model.Tree); is {
			trees = append(trees, tree.Nodes())
			continue
		}
		_, p, err := b.model(x, member)
		if err != nil {
			return "", err
		}
		if sum == "" {
			sum = p
		} else {
			sum = b.op("Add", sum, p)
		}
	}
	if trees != nil {
		return b.trees(x, trees), nil
	}
	return b.op("Mul", sum, b.number(1/float64(len(m.Members())))), nil
}

// builder grows a graph; its methods return the name of what they compute.
type builder struct {
	Graph
	d, c int
}

// op adds a node with one output.
func (b *builder) op(op string, inputs ...string) string {
	return b.with(op, nil, inputs...)
}

// with is op with attributes.
func (b *builder) with(op string, attributes []Attribute, inputs ...string) string {
	name := fmt.Sprintf("t%d", len(b.Nodes)+1)
	b.Nodes = append(b.Nodes, Node{Op: op, Inputs: inputs, Outputs: []string{name}, Attributes: attributes})
	return name
}

func axis(v int64) []Attribute { return []Attribute{{Name: "axis", Int: v, Written: anInt}} }

// put adds a constant.
func (b *builder) put(t Type, numbers []float64, shape ...int) string {
	name := fmt.Sprintf("c%d", len(b.Tensors)+1)
	b.Tensors = append(b.Tensors, Tensor{Name: name, Type: t, Shape: shape, Numbers: numbers})
	return name
}

// number is a constant without dimensions.
func (b *builder) number(v float64) string { return b.put(Double, []float64{v}) }

// whole adds whole numbers.
func (b *builder) whole(numbers ...int) string {
	values := make([]float64, len(numbers))
	for i, v := range numbers {
		values[i] = float64(v)
	}
	return b.put(Int64, values, len(values))
}

// answer ends the graph: the label is that of the largest score, the first of
// equals, and probabilities are put out where there are any.
func (b *builder) answer(scores, probabilities string) {
	b.Nodes = append(b.Nodes, Node{
		Op: "ArgMax", Inputs: []string{scores}, Outputs: []string{"label"},
		Attributes: []Attribute{{Name: "axis", Int: 1, Written: anInt}, {Name: "keepdims", Int: 0, Written: anInt}},
	})
	from, name := probabilities, "probabilities"
	if from == "" {
		from, name = scores, "scores"
	}
	b.Nodes = append(b.Nodes, Node{Op: "Identity", Inputs: []string{from}, Outputs: []string{name}})
	b.Outputs = []Value{{"label", Int64, []int{-1}}, {name, Double, []int{-1, b.c}}}
}

// affine is x·Wᵀ + b for rows×(in+1) numbers, the b of a row last in it.
func (b *builder) affine(x string, rows []float64, n int) string {
	in := len(rows)/n - 1
	w, bias := make([]float64, in*n), make([]float64, n)
	for r := range n {
		row := rows[r*(in+1) : (r+1)*(in+1)]
		for i, v := range row[:in] {
			w[i*n+r] = v
		}
		bias[r] = row[in]
	}
	return b.op("Add", b.op("MatMul", x, b.put(Double, w, in, n)), b.put(Double, bias, n))
}

// linear is a linear model of a family with its parameters: rows of weights and
// an intercept.
func (b *builder) linear(x, family string, rows []float64) (scores, probabilities string) {
	if family == "logistic" { // a softmax of the scores 0 and z
		rows = append(make([]float64, len(rows)), rows...)
	}
	scores = b.affine(x, rows, b.c)
	if family != "ovr" {
		return scores, b.op("Softmax", scores)
	}
	p := b.op("Sigmoid", scores)
	return scores, b.op("Div", p, b.op("ReduceSum", p, b.whole(1)))
}

// columns is what a service makes of the inputs: 1 where a feature is in a bin or
// a category, 0 elsewhere, and for a missing one (NaN).
func (b *builder) columns(x string, bins model.Extraction) string {
	var features []int
	var lows, highs []float64
	for f, bin := range bins {
		for k := range bin.Count() {
			low, high := math.Inf(-1), math.Inf(1)
			switch {
			case bin.Categories > 0:
				low, high = float64(k)-0.5, float64(k)+0.5
			default:
				if k > 0 {
					low = bin.Edges[k-1]
				}
				if k < len(bin.Edges) {
					high = bin.Edges[k]
				}
			}
			features, lows, highs = append(features, f), append(lows, low), append(highs, high)
		}
	}
	n := len(features)
	v := b.with("Gather", axis(1), x, b.whole(features...))
	within := b.op("And", b.op("Greater", v, b.put(Double, lows, n)), b.op("LessOrEqual", v, b.put(Double, highs, n)))
	return b.with("Cast", []Attribute{{Name: "to", Int: int64(Double), Written: anInt}}, within)
}

func (b *builder) mlp(x string, m *model.MLP) string {
	op := map[string]string{"tanh": "Tanh", "relu": "Relu", "sigmoid": "Sigmoid"}[m.Activation()]
	layers := m.Layers()
	for i, l := range layers {
		x = b.affine(x, l.W, l.Out)
		if i < len(layers)-1 {
			x = b.op(op, x)
		}
	}
	return x
}

// kernel is K(x, v) for each of the s×d vectors: N×s. A factor of x·v goes into
// the vectors: onnxruntime would make it a float32 of its product of matrices.
func (b *builder) kernel(x string, vectors []float64, r model.Recipe) string {
	switch r.Kernel {
	case "poly":
		return b.power(b.op("Add", b.dots(x, vectors, r.Gamma), b.number(r.Coef0)), r.Degree)
	case "rbf":
		return b.op("Exp", b.op("Mul", b.squares(x, vectors), b.number(-r.Gamma)))
	}
	return b.dots(x, vectors, 1)
}

// dots is factor·x·v.
func (b *builder) dots(x string, vectors []float64, factor float64) string {
	s := len(vectors) / b.d
	across := make([]float64, len(vectors))
	for i, v := range vectors {
		across[i%b.d*s+i/b.d] = factor * v
	}
	return b.op("MatMul", x, b.put(Double, across, b.d, s))
}

// power is xᵉ by repeated squaring, as the model does it: runtimes may take the
// operator Pow in float32.
func (b *builder) power(x string, e int) string {
	p := ""
	for {
		switch {
		case e&1 == 1 && p == "":
			p = x
		case e&1 == 1:
			p = b.op("Mul", p, x)
		}
		if e >>= 1; e == 0 {
			return p
		}
		x = b.op("Mul", x, x)
	}
}

// squares is ‖x-v‖² = ‖x‖² - 2x·v + ‖v‖², never below 0.
func (b *builder) squares(x string, vectors []float64) string {
	norms := make([]float64, len(vectors)/b.d)
	for i, v := range vectors {
		norms[i/b.d] += v * v
	}
	own := b.op("ReduceSum", b.op("Mul", x, x), b.whole(1))
	rest := b.op("Add", b.dots(x, vectors, -2), b.put(Double, norms, len(norms)))
	return b.op("Max", b.op("Add", own, rest), b.number(0))
}

// svm is the N×c scores.
func (b *builder) svm(x string, m *model.SVM) string {
	s := m.Support()
	n := len(s.Vectors) / b.d
	margins := len(s.Intercepts)
	rows := make([]float64, 0, b.c*(n+1))
	add := func(margin int, sign float64) {
		for _, v := range s.Dual[margin*n : (margin+1)*n] {
			rows = append(rows, sign*v)
		}
		rows = append(rows, sign*s.Intercepts[margin])
	}
	if margins == 1 {
		add(0, -1)
		add(0, 1)
	} else {
		for k := range margins {
			if !slices.Contains(s.Missing, k) {
				add(k, 1)
			}
		}
	}
	scores := b.affine(b.kernel(x, s.Vectors, m.Kernel()), rows, b.c-len(s.Missing))
	if len(s.Missing) == 0 {
		return scores
	}
	return b.behind(scores, s.Missing)
}

// behind puts scores of the missing classes, 1 below the lowest, among the others.
func (b *builder) behind(scores string, missing []int) string {
	lowest := b.with("ReduceMin", []Attribute{{Name: "axes", Ints: []int64{1}, Written: ints}}, scores)
	all := b.with("Concat", axis(1), scores, b.op("Sub", lowest, b.number(1)))
	columns, present := make([]int, b.c), 0
	for k := range columns {
		columns[k] = b.c - len(missing) // the one that is 1 below
		if !slices.Contains(missing, k) {
			columns[k] = present
			present++
		}
	}
	return b.with("Gather", axis(1), all, b.whole(columns...))
}

// knn is the mean vote of the nearest points: N×c. Of points equally far the
// first is nearer; distances are rounded as ‖x‖² - 2x·v + ‖v‖² is.
func (b *builder) knn(x string, m *model.KNN) string {
	points := m.Points()
	n, far := len(points)/b.d, b.squares(x, points)
	at := fmt.Sprintf("t%d", len(b.Nodes)+1)
	b.Nodes = append(b.Nodes, Node{
		Op: "TopK", Inputs: []string{far, b.whole(m.Neighbours())}, Outputs: []string{at + "d", at},
		Attributes: []Attribute{{Name: "axis", Int: 1, Written: anInt}, {Name: "largest", Int: 0, Written: anInt}},
	})
	votes := b.with("Gather", axis(0), b.put(Double, m.Votes(), n, b.c), at)
	return b.mean(votes, 1)
}

// mean over an axis, which goes.
func (b *builder) mean(x string, over int64) string {
	return b.with("ReduceMean", []Attribute{{Name: "axes", Ints: []int64{over}, Written: ints}, {Name: "keepdims", Int: 0, Written: anInt}}, x)
}
