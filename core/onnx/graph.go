// Package onnx writes trained models as ONNX, which runtimes in many languages
// load, and reads those of families that there are.
//
// The files are protocol buffers (onnx.proto3 of github.com/onnx/onnx), written
// here field by field: a model needs few of them. Everything is in the standard
// domain, operators of version 17, and in float64, as the models are:
//
//	input          N×d    tensor(double)
//	label          N      tensor(int64), the class's number
//	probabilities  N×c    tensor(double); of an SVM scores instead
package onnx

// Model is a file: a graph and what comes with it.
type Model struct {
	IR        int64
	Producer  string
	Operators []OperatorSet
	Metadata  []Property
	Graph     Graph
}

// OperatorSet is the version of a domain's operators; "" is the standard domain.
type OperatorSet struct {
	Domain  string
	Version int64
}

// Property is a key of a file's metadata.
type Property struct{ Key, Value string }

// Graph is nodes in an order in which they can be worked off.
type Graph struct {
	Name    string
	Nodes   []Node
	Tensors []Tensor // constants
	Inputs  []Value
	Outputs []Value
}

// Node applies an operator.
type Node struct {
	Op, Domain      string
	Inputs, Outputs []string // names of tensors
	Attributes      []Attribute
}

// Attribute is one of a node's settings; the kind of its value goes by which of
// the members is set, ints before numbers.
type Attribute struct {
	Name    string
	Int     int64
	Float   float64
	Text    string
	Tensor  *Tensor
	Ints    []int64
	Floats  []float64
	Texts   []string
	Written kind // how it was or will be written
}

// kind of an attribute, as in AttributeProto.
type kind int64

const (
	aFloat  kind = 1
	anInt   kind = 2
	aText   kind = 3
	aTensor kind = 4
	floats  kind = 6
	ints    kind = 7
	texts   kind = 8
)

// Type of a tensor's elements, as in TensorProto.
type Type int64

const (
	Float  Type = 1
	Int32  Type = 6
	Int64  Type = 7
	String Type = 8
	Bool   Type = 9
	Double Type = 11
)

// Tensor is a constant: Numbers of any numeric type, or Texts.
type Tensor struct {
	Name    string
	Type    Type
	Shape   []int
	Numbers []float64
	Texts   []string
}

// Value is a graph's input or output: Shape has -1 where any size fits.
type Value struct {
	Name  string
	Type  Type
	Shape []int
}
