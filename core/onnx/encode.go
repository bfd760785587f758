package onnx

import (
	"encoding/binary"
	"math"
)

// The wire format of protocol buffers: a field is its number and the kind of
// what follows, a varint, eight or four bytes, or a length and so many bytes.
const (
	varint = 0
	eight  = 1
	bytes  = 2
	four   = 5
)

func appendKey(dst []byte, field, wire int) []byte {
	return binary.AppendUvarint(dst, uint64(field<<3|wire))
}

func appendInt(dst []byte, field int, v int64) []byte {
	return binary.AppendUvarint(appendKey(dst, field, varint), uint64(v))
}

func appendText(dst []byte, field int, s string) []byte {
	dst = binary.AppendUvarint(appendKey(dst, field, bytes), uint64(len(s)))
	return append(dst, s...)
}

// appendMessage writes what body appends as one field.
func appendMessage(dst []byte, field int, body func(dst []byte) []byte) []byte {
	return appendText(dst, field, string(body(nil)))
}

// Append writes the file.
func (m *Model) Append(dst []byte) []byte {
	dst = appendInt(dst, 1, m.IR)
	dst = appendText(dst, 2, m.Producer)
	dst = appendMessage(dst, 7, m.Graph.append)
	for _, set := range m.Operators {
		dst = appendMessage(dst, 8, func(dst []byte) []byte {
			return appendInt(appendText(dst, 1, set.Domain), 2, set.Version)
		})
	}
	for _, p := range m.Metadata {
		dst = appendMessage(dst, 14, func(dst []byte) []byte { return appendText(appendText(dst, 1, p.Key), 2, p.Value) })
	}
	return dst
}

func (g *Graph) append(dst []byte) []byte {
	for i := range g.Nodes {
		dst = appendMessage(dst, 1, g.Nodes[i].append)
	}
	dst = appendText(dst, 2, g.Name)
	for i := range g.Tensors {
		dst = appendMessage(dst, 5, g.Tensors[i].append)
	}
	for i := range g.Inputs {
		dst = appendMessage(dst, 11, g.Inputs[i].append)
	}
	for i := range g.Outputs {
		dst = appendMessage(dst, 12, g.Outputs[i].append)
	}
	return dst
}

func (n *Node) append(dst []byte) []byte {
	for _, name := range n.Inputs {
		dst = appendText(dst, 1, name)
	}
	for _, name := range n.Outputs {
		dst = appendText(dst, 2, name)
	}
	dst = appendText(dst, 4, n.Op)
	for i := range n.Attributes {
		dst = appendMessage(dst, 5, n.Attributes[i].append)
	}
	if n.Domain != "" {
		dst = appendText(dst, 7, n.Domain)
	}
	return dst
}

func (a *Attribute) append(dst []byte) []byte {
	dst = appendText(dst, 1, a.Name)
	switch a.Written {
	case aFloat:
		dst = appendFloat(appendKey(dst, 2, four), a.Float)
	case anInt:
		dst = appendInt(dst, 3, a.Int)
	case aText:
		dst = appendText(dst, 4, a.Text)
	case aTensor:
		dst = appendMessage(dst, 5, a.Tensor.append)
	case floats:
		for _, v := range a.Floats {
			dst = appendFloat(appendKey(dst, 7, four), v)
		}
	case ints:
		for _, v := range a.Ints {
			dst = appendInt(dst, 8, v)
		}
	case texts:
		for _, v := range a.Texts {
			dst = appendText(dst, 9, v)
		}
	}
	return appendInt(dst, 20, int64(a.Written))
}

func appendFloat(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(v)))
}

func (t *Tensor) append(dst []byte) []byte {
	for _, n := range t.Shape {
		dst = appendInt(dst, 1, int64(n))
	}
	dst = appendInt(dst, 2, int64(t.Type))
	for _, s := range t.Texts {
		dst = appendText(dst, 6, s)
	}
	dst = appendText(dst, 8, t.Name)
	if t.Type == String {
		return dst
	}
	return appendMessage(dst, 9, func(dst []byte) []byte {
		for _, v := range t.Numbers {
			dst = t.Type.append(dst, v)
		}
		return dst
	})
}

// append writes an element of raw data.
func (t Type) append(dst []byte, v float64) []byte {
	switch t {
	case Float:
		return appendFloat(dst, v)
	case Int32:
		return binary.LittleEndian.AppendUint32(dst, uint32(int32(v)))
	case Int64:
		return binary.LittleEndian.AppendUint64(dst, uint64(int64(v)))
	case Bool:
		return append(dst, byte(v))
	}
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

func (v *Value) append(dst []byte) []byte {
	dst = appendText(dst, 1, v.Name)
	return appendMessage(dst, 2, func(dst []byte) []byte {
		return appendMessage(dst, 1, func(dst []byte) []byte {
			return appendMessage(appendInt(dst, 1, int64(v.Type)), 2, v.appendShape)
		})
	})
}

func (v *Value) appendShape(dst []byte) []byte {
	for _, n := range v.Shape {
		dst = appendMessage(dst, 1, func(dst []byte) []byte {
			if n < 0 {
				return appendText(dst, 2, "N")
			}
			return appendInt(dst, 1, int64(n))
		})
	}
	return dst
}
