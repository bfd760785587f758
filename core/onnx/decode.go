package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Bounds of what is read.
const (
	maxNodes   = 10_000
	maxNumbers = 1 << 24 // of all constants and attributes
	maxDepth   = 8       // messages in messages
)

// Decode reads a file. What a model needs is kept, the rest of the format is
// passed over; errors name the field.
func Decode(data []byte) (*Model, error) {
	m := &Model{}
	d := &decoder{}
	d.message(data, "the file", m.read)
	if d.err == nil && len(m.Graph.Nodes) == 0 {
		d.fail("the file", "has no graph with nodes: it is no ONNX model")
	}
	if d.err != nil {
		return nil, d.err
	}
	return m, nil
}

// decoder keeps the first thing wrong.
type decoder struct {
	depth, nodes, numbers int
	err                   error
}

func (d *decoder) fail(where, format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("onnx: %s %s", where, fmt.Sprintf(format, args...))
	}
}

// field is one field of a message: number holds a varint or the bits of four or
// eight bytes, data what has a length.
type field struct {
	at     int
	wire   int
	number uint64
	data   []byte
	name   string // of the message
	d      *decoder
}

var errCut = errors.New("cut")

// message calls read with each field of a message.
func (d *decoder) message(data []byte, name string, read func(f field)) {
	if d.depth++; d.depth > maxDepth {
		d.fail(name, "is nested too deep")
	}
	for len(data) > 0 && d.err == nil {
		f := field{name: name, d: d}
		rest, err := f.next(data)
		if err != nil {
			d.fail(name, "is cut off or no ONNX model")
			break
		}
		data = rest
		read(f)
	}
	d.depth--
}

// next reads one field from the front of data.
func (f *field) next(data []byte) ([]byte, error) {
	key, n := binary.Uvarint(data)
	if n <= 0 || key>>3 == 0 || key>>3 > 1<<29 {
		return nil, errCut
	}
	data = data[n:]
	f.at, f.wire = int(key>>3), int(key&7)
	switch f.wire {
	case varint, bytes:
		if f.number, n = binary.Uvarint(data); n <= 0 {
			return nil, errCut
		}
		data = data[n:]
		if f.wire == bytes {
			if f.number > uint64(len(data)) {
				return nil, errCut
			}
			f.data, data = data[:f.number], data[f.number:]
		}
	case four:
		if len(data) < 4 {
			return nil, errCut
		}
		f.number, data = uint64(binary.LittleEndian.Uint32(data)), data[4:]
	case eight:
		if len(data) < 8 {
			return nil, errCut
		}
		f.number, data = binary.LittleEndian.Uint64(data), data[8:]
	default:
		return nil, errCut
	}
	return data, nil
}

// is checks how a field is written.
func (f field) is(wire int) bool {
	if f.wire != wire {
		f.d.fail(f.name, "has field %d written as kind %d, must be %d", f.at, f.wire, wire)
	}
	return f.wire == wire
}

func (f field) text() string {
	if !f.is(bytes) {
		return ""
	}
	return string(f.data)
}

func (f field) int() int64 {
	f.is(varint)
	return int64(f.number)
}

// in reads a message within.
func (f field) in(name string, read func(f field)) {
	if f.is(bytes) {
		f.d.message(f.data, name, read)
	}
}

// count notes that n more numbers are kept.
func (f field) count(n int) bool {
	if f.d.numbers += n; f.d.numbers > maxNumbers {
		f.d.fail(f.name, "brings the file to more than %d numbers", maxNumbers)
	}
	return f.d.err == nil
}

// whole reads repeated whole numbers, packed or one by one.
func (f field) whole(dst []int64) []int64 {
	if f.wire == varint {
		if !f.count(1) {
			return dst
		}
		return append(dst, int64(f.number))
	}
	if !f.is(bytes) || !f.count(len(f.data)) {
		return dst
	}
	for data := f.data; len(data) > 0; {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			f.d.fail(f.name, "has a list of whole numbers that is cut off")
			return dst
		}
		dst, data = append(dst, int64(v)), data[n:]
	}
	return dst
}

// real reads repeated numbers of four or eight bytes, packed or one by one.
func (f field) real(dst []float64, width int) []float64 {
	if f.wire == width {
		if !f.count(1) {
			return dst
		}
		if width == four {
			return append(dst, float64(math.Float32frombits(uint32(f.number))))
		}
		return append(dst, math.Float64frombits(f.number))
	}
	t := Float
	if width == eight {
		t = Double
	}
	if !f.is(bytes) {
		return dst
	}
	return f.raw(dst, t)
}

// raw reads elements of a type as they lie in memory.
func (f field) raw(dst []float64, t Type) []float64 {
	size := map[Type]int{Float: 4, Int32: 4, Int64: 8, Bool: 1, Double: 8}[t]
	if size == 0 || len(f.data)%size != 0 {
		f.d.fail(f.name, "has %d bytes of data of type %d", len(f.data), t)
		return dst
	}
	if !f.count(len(f.data) / size) {
		return dst
	}
	for data := f.data; len(data) > 0; data = data[size:] {
		dst = append(dst, t.at(data))
	}
	return dst
}

// at is the element at the front of data.
func (t Type) at(data []byte) float64 {
	switch t {
	case Float:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(data)))
	case Int32:
		return float64(int32(binary.LittleEndian.Uint32(data)))
	case Int64:
		return float64(int64(binary.LittleEndian.Uint64(data)))
	case Bool:
		return float64(data[0])
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(data))
}

func (m *Model) read(f field) {
	switch f.at {
	case 1:
		m.IR = f.int()
	case 2:
		m.Producer = f.text()
	case 7:
		f.in("graph", m.Graph.read)
	case 8:
		var set OperatorSet
		f.in("opset_import", func(f field) {
			switch f.at {
			case 1:
				set.Domain = f.text()
			case 2:
				set.Version = f.int()
			}
		})
		m.Operators = append(m.Operators, set)
	case 14:
		var p Property
		f.in("metadata_props", func(f field) {
			switch f.at {
			case 1:
				p.Key = f.text()
			case 2:
				p.Value = f.text()
			}
		})
		m.Metadata = append(m.Metadata, p)
	}
}

func (g *Graph) read(f field) {
	switch f.at {
	case 1:
		if f.d.nodes++; f.d.nodes > maxNodes {
			f.d.fail("graph", "has more than %d nodes", maxNodes)
			return
		}
		var n Node
		f.in("node", n.read)
		g.Nodes = append(g.Nodes, n)
	case 2:
		g.Name = f.text()
	case 5:
		g.Tensors = append(g.Tensors, f.tensor("initializer"))
	case 11:
		g.Inputs = append(g.Inputs, f.value("input"))
	case 12:
		g.Outputs = append(g.Outputs, f.value("output"))
	}
}

func (n *Node) read(f field) {
	switch f.at {
	case 1:
		n.Inputs = append(n.Inputs, f.text())
	case 2:
		n.Outputs = append(n.Outputs, f.text())
	case 4:
		n.Op = f.text()
	case 5:
		var a Attribute
		f.in("attribute", a.read)
		n.Attributes = append(n.Attributes, a)
	case 7:
		n.Domain = f.text()
	}
}

func (a *Attribute) read(f field) {
	switch f.at {
	case 1:
		a.Name = f.text()
	case 2:
		if f.is(four) {
			a.Float = float64(math.Float32frombits(uint32(f.number)))
		}
	case 3:
		a.Int = f.int()
	case 4:
		a.Text = f.text()
	case 5:
		t := f.tensor("attribute")
		a.Tensor = &t
	case 7:
		a.Floats = f.real(a.Floats, four)
	case 8:
		a.Ints = f.whole(a.Ints)
	case 9:
		if f.count(1) {
			a.Texts = append(a.Texts, f.text())
		}
	case 20:
		a.Written = kind(f.int())
	}
}

// tensor reads a constant.
func (f field) tensor(name string) Tensor {
	t := Tensor{}
	size := 1
	var raw field
	f.in(name, func(f field) {
		switch f.at {
		case 1:
			for _, n := range f.whole(nil) {
				if n < 0 || n > maxNumbers || size > maxNumbers {
					f.d.fail(name, "has a side of %d", n)
					return
				}
				t.Shape = append(t.Shape, int(n))
				size *= int(n)
			}
		case 2:
			t.Type = Type(f.int())
		case 4:
			t.Numbers = f.real(t.Numbers, four)
		case 5, 7:
			for _, v := range f.whole(nil) {
				t.Numbers = append(t.Numbers, float64(v))
			}
		case 6:
			if f.count(1) {
				t.Texts = append(t.Texts, f.text())
			}
		case 8:
			t.Name = f.text()
		case 9:
			raw = f
		case 10:
			t.Numbers = f.real(t.Numbers, eight)
		case 13, 14:
			if f.at == 13 || f.number == 1 {
				f.d.fail(name, "keeps its numbers in another file, which can't be read here")
			}
		}
	})
	if raw.d != nil && f.d.err == nil {
		t.Numbers = raw.raw(t.Numbers, t.Type)
	}
	if f.d.err == nil && len(t.Numbers)+len(t.Texts) != size {
		f.d.fail(fmt.Sprintf("%s %q", name, t.Name), "has %d numbers for a shape of %d", len(t.Numbers)+len(t.Texts), size)
	}
	return t
}

// value reads a graph's input or output.
func (f field) value(name string) Value {
	var v Value
	f.in(name, func(f field) {
		switch f.at {
		case 1:
			v.Name = f.text()
		case 2:
			f.in(name, func(f field) {
				if f.at == 1 { // a tensor; sequences and maps are of no interest
					f.in(name, v.read)
				}
			})
		}
	})
	return v
}

func (v *Value) read(f field) {
	switch f.at {
	case 1:
		v.Type = Type(f.int())
	case 2:
		f.in("shape", func(f field) {
			n := -1
			f.in("shape", func(f field) {
				if f.at == 1 {
					n = int(f.int())
				}
			})
			v.Shape = append(v.Shape, n)
		})
	}
}
