package onnx

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestFilesOfOursAreReadBackWithTheSameBits(t *testing.T) {
	t.Parallel()
	for name, m := range trained(t) {
		f := fileOf(m)
		data, err := Append(nil, f, "v=1&data=moons")
		if err != nil {
			t.Fatal(name, err)
		}
		back, err := Read(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if back.Domain[0].Name != f.Domain[0].Name || !slices.Equal(back.Classes, f.Classes) {
			t.Errorf("%s: inputs %v and classes %v", name, back.Domain, back.Classes)
		}
		x := points(name, m)
		want, got := make([]float64, 1000*m.Classes()), make([]float64, 1000*m.Classes())
		m.ScoresTo(want, x)
		back.Model.ScoresTo(got, x)
		if !slices.Equal(want, got) {
			t.Errorf("%s: other scores", name)
		}
		if link := Link(data); link != "v=1&data=moons" {
			t.Errorf("%s: link %q", name, link)
		}
	}
}

func TestAGraphThatWasChangedAfterwardsIsRefused(t *testing.T) {
	t.Parallel()
	data, err := Append(nil, fileOf(trained(t)["softmax"]), "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	m.Graph.Tensors[0].Numbers[1] += 0.5
	if _, err := Read(m.Append(nil)); err == nil || !strings.Contains(err.Error(), "changed after it was written") {
		t.Errorf("got %v", err)
	}
}

// text, number and list make attributes.
func text(name, v string) Attribute { return Attribute{Name: name, Text: v, Written: aText} }
func whole(name string, v ...int64) Attribute {
	return Attribute{Name: name, Ints: v, Written: ints}
}
func real(name string, v ...float64) Attribute {
	return Attribute{Name: name, Floats: v, Written: floats}
}
func flag(name string, v int64) Attribute { return Attribute{Name: name, Int: v, Written: anInt} }

// strange are files as other programs write them, with two features: float32
// and the operators of skl2onnx, PyTorch and Keras.
func strange() map[string]*Model {
	r := rand.New(rand.NewPCG(8, 14))
	weights := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = float64(float32(r.NormFloat64()))
		}
		return v
	}
	with := func(outputs []Value, tensors []Tensor, nodes ...Node) *Model {
		return &Model{
			IR: 8, Producer: "someone else", Operators: []OperatorSet{{"", 13}, {"ai.onnx.ml", 2}},
			Graph: Graph{Name: "g", Nodes: nodes, Tensors: tensors, Inputs: []Value{{"X", Float, []int{-1, 2}}}, Outputs: outputs},
		}
	}
	probabilities := func(c int) []Value { return []Value{{"p", Float, []int{-1, c}}} }
	both := []Value{{"label", Int64, []int{-1}}, {"p", Float, []int{-1, -1}}}
	ml := func(op string, attributes ...Attribute) Node {
		return Node{Op: op, Domain: "ai.onnx.ml", Inputs: []string{"X"}, Outputs: []string{"label", "p"}, Attributes: attributes}
	}
	// Two trees of one question each; of two classes the weights are the second's.
	forest := ml("TreeEnsembleClassifier", whole("classlabels_int64s", 0, 1), text("post_transform", "NONE"),
		whole("nodes_treeids", 0, 0, 0, 1, 1, 1), whole("nodes_nodeids", 0, 1, 2, 0, 1, 2), whole("nodes_featureids", 1, 0, 0, 0, 0, 0),
		Attribute{Name: "nodes_modes", Texts: []string{"BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"}, Written: texts},
		real("nodes_values", 0.25, 0, 0, -0.5, 0, 0), whole("nodes_truenodeids", 1, 0, 0, 1, 0, 0), whole("nodes_falsenodeids", 2, 0, 0, 2, 0, 0),
		whole("class_treeids", 0, 0, 1, 1), whole("class_nodeids", 1, 2, 1, 2), whole("class_ids", 0, 0, 0, 0), real("class_weights", 0.125, 0.375, 0.25, 0.5))
	node := func(op, in, out string) Node {
		return Node{Op: op, Inputs: strings.Split(in, " "), Outputs: []string{out}}
	}
	w := weights(4)
	return map[string]*Model{
		"PyTorch": with(probabilities(3), []Tensor{{"w1", Float, []int{5, 2}, weights(10), nil}, {"b1", Float, []int{5}, weights(5), nil}, {"w2", Float, []int{3, 5}, weights(15), nil}, {"b2", Float, []int{3}, weights(3), nil}},
			Node{Op: "Gemm", Inputs: []string{"X", "w1", "b1"}, Outputs: []string{"h"}, Attributes: []Attribute{flag("transB", 1)}},
			node("Relu", "h", "a"),
			Node{Op: "Gemm", Inputs: []string{"a", "w2", "b2"}, Outputs: []string{"z"}, Attributes: []Attribute{flag("transB", 1)}},
			node("Softmax", "z", "p")),
		"Keras": with(probabilities(1), []Tensor{{"w1", Float, []int{2, 4}, weights(8), nil}, {"b1", Float, []int{4}, weights(4), nil}, {"w2", Float, []int{4, 1}, weights(4), nil}, {"b2", Float, []int{1}, weights(1), nil}},
			node("MatMul", "X w1", "m1"), node("Add", "m1 b1", "h"), node("Tanh", "h", "a"),
			node("MatMul", "a w2", "m2"), node("Add", "m2 b2", "z"), node("Sigmoid", "z", "p")),
		"skl2onnx logistic": with(both, nil, ml("LinearClassifier", whole("classlabels_ints", 0, 1), flag("multi_class", 1), text("post_transform", "LOGISTIC"),
			real("coefficients", -w[0], -w[1], w[0], w[1]), real("intercepts", -w[2], w[2]))),
		"skl2onnx softmax": with(both, nil, ml("LinearClassifier", whole("classlabels_ints", 0, 1, 2), flag("multi_class", 1), text("post_transform", "SOFTMAX"),
			real("coefficients", weights(6)...), real("intercepts", weights(3)...))),
		"skl2onnx svm": with(both, nil, ml("SVMClassifier", whole("classlabels_ints", 0, 1), text("kernel_type", "RBF"), real("kernel_params", 0.5, 0, 3), text("post_transform", "NONE"),
			whole("vectors_per_class", 3, 2), real("support_vectors", weights(10)...), real("coefficients", 0.5, 1, 0.25, -1, -0.75), real("rho", 0.1))),
		"skl2onnx svm poly": with(both, nil, ml("SVMClassifier", whole("classlabels_ints", 0, 1), text("kernel_type", "POLY"), real("kernel_params", 0.5, 1, 2), text("post_transform", "NONE"),
			whole("vectors_per_class", 3, 2), real("support_vectors", weights(10)...), real("coefficients", 0.5, 1, 0.25, -1, -0.75), real("rho", -0.1))),
		"skl2onnx forest": with(both, nil, forest),
		"skl2onnx tree": with(both, nil, ml("TreeEnsembleClassifier", whole("classlabels_int64s", 0, 1, 2), text("post_transform", "NONE"),
			whole("nodes_treeids", 0, 0, 0, 0, 0), whole("nodes_nodeids", 0, 1, 2, 3, 4), whole("nodes_featureids", 1, 0, 0, 0, 0),
			Attribute{Name: "nodes_modes", Texts: []string{"BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"}, Written: texts},
			real("nodes_values", 0.25, 0, -0.5, 0, 0), whole("nodes_truenodeids", 1, 0, 3, 0, 0), whole("nodes_falsenodeids", 2, 0, 4, 0, 0),
			whole("class_treeids", 0, 0, 0, 0, 0, 0, 0), whole("class_nodeids", 1, 1, 3, 3, 4, 4, 4), whole("class_ids", 0, 2, 1, 2, 0, 1, 2), real("class_weights", 0.75, 0.25, 0.5, 0.5, 0.125, 0.125, 0.75))),
	}
}

func TestStrangeFilesAreReadAsOnnxruntimeRunsThem(t *testing.T) {
	t.Parallel()
	var names []string
	var files [][]byte
	var cases []runtimeCase
	for name, m := range strange() {
		names, files = append(names, name), append(files, m.Append(nil))
		x := make([]float64, 2000)
		r := rand.New(rand.NewPCG(3, 4))
		for i := range x {
			x[i] = float64(float32(2*r.Float64() - 1))
		}
		cases = append(cases, runtimeCase{Inputs: x, Dim: 2, Float: true})
	}
	for i, answer := range runONNX(t, files, cases) {
		f, err := Read(files[i])
		if err != nil {
			t.Errorf("%s: %v", names[i], err)
			continue
		}
		labels, _, values := outputs(f.Model, cases[i].Inputs)
		c := f.Model.Classes()
		for k, want := range answer["p"] {
			row, column := k/c, k%c
			if len(answer["p"]) == len(labels) { // a single probability, of the second class
				row, column = k, 1
			}
			got := values[row*c+column]
			if strings.Contains(names[i], "svm") {
				break // of margins, runtimes make what they like: the labels count
			}
			if math.Abs(got-want) > 1e-6 {
				t.Errorf("%s: point %d, class %d: probability %v, must be %v", names[i], row, column, got, want)
				break
			}
		}
		wrong := 0
		for k, want := range answer["label"] {
			if labels[k] != int(want) {
				wrong++
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d labels differ", names[i], wrong)
		}
		if used := slices.Compact(slices.Sorted(slices.Values(labels))); len(used) < 2 {
			t.Errorf("%s: a single label everywhere tells nothing", names[i])
		}
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(map[string]*Model) *Model{
		"operator Elu": func(m map[string]*Model) *Model { m["Keras"].Graph.Nodes[2].Op = "Elu"; return m["Keras"] },
		"number 3 of \"w1\" is NaN": func(m map[string]*Model) *Model {
			m["Keras"].Graph.Tensors[0].Numbers[3] = math.NaN()
			return m["Keras"]
		},
		"takes 4 numbers and gets 8": func(m map[string]*Model) *Model {
			m["Keras"].Graph.Tensors[0].Shape = []int{1, 8}
			m["Keras"].Graph.Tensors[1] = Tensor{"b1", Float, []int{8}, make([]float64, 8), nil}
			return m["Keras"]
		},
		"has 10 numbers for a shape of 12": func(m map[string]*Model) *Model {
			m["PyTorch"].Graph.Tensors[0].Shape = []int{6, 2}
			return m["PyTorch"]
		},
		"the inputs \"X\" and \"Y\"": func(m map[string]*Model) *Model {
			m["Keras"].Graph.Inputs = append(m["Keras"].Graph.Inputs, Value{"Y", Float, []int{-1, 1}})
			return m["Keras"]
		},
		"intercepts 1": func(m map[string]*Model) *Model {
			*m["skl2onnx softmax"].Graph.Nodes[0].attribute("intercepts") = real("intercepts", 1)
			return m["skl2onnx softmax"]
		},
		"kernel_type is \"SIGMOID\"": func(m map[string]*Model) *Model {
			*m["skl2onnx svm"].Graph.Nodes[0].attribute("kernel_type") = text("kernel_type", "SIGMOID")
			return m["skl2onnx svm"]
		},
		"missing or has two parents": func(m map[string]*Model) *Model {
			*m["skl2onnx tree"].Graph.Nodes[0].attribute("nodes_falsenodeids") = whole("nodes_falsenodeids", 2, 0, 0, 0, 0)
			return m["skl2onnx tree"]
		},
		"class_weights of a sum of 1, must be 0.5": func(m map[string]*Model) *Model {
			*m["skl2onnx tree"].Graph.Nodes[0].attribute("nodes_treeids") = whole("nodes_treeids", 0, 0, 0, 1, 1)
			return m["skl2onnx tree"]
		},
		"must be as many as class_nodeids": func(m map[string]*Model) *Model {
			*m["skl2onnx tree"].Graph.Nodes[0].attribute("class_weights") = real("class_weights", 0.5)
			return m["skl2onnx tree"]
		},
		"no graph": func(map[string]*Model) *Model { return &Model{IR: 8} },
	} {
		if _, err := Read(spoil(strange()).Append(nil)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, m := range trained(f) {
		if data, err := Append(nil, fileOf(m), "v=1"); err == nil && len(data) < 20_000 {
			f.Add(data)
		}
	}
	for _, m := range strange() {
		f.Add(m.Append(nil))
	}
	f.Add([]byte("\x08\x08"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read(data)
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Errorf("an error of %d characters", len(err.Error()))
			}
			return
		}
		if d := file.Model.Dim(); d <= 100 {
			scores := make([]float64, file.Model.Classes())
			file.Model.ScoresTo(scores, make([]float64, d))
		}
	})
}
