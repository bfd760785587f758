// Package oip writes and reads the messages of the Open Inference Protocol,
// version 2, over REST, for a server and for a client of any server. It knows
// nothing of HTTP, so that it fits into a page.
package oip

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"modelheist/core/jsontext"
)

// Bounds of messages.
const (
	MaxText    = 200 // bytes of a name, an id
	MaxTensors = 16  // of a request, or of a model
	MaxDims    = 8   // of a shape
	maxItems   = 1 << 26
	maxReason  = 300 // characters that are kept of a server's error
)

// Tensor is one input or output with its data: numbers, or for BYTES strings.
// Booleans are 0 and 1. Data are row-major, as many as the shape says; NaN is a
// missing value, which is written as null.
type Tensor struct {
	Name     string
	Datatype string // FP64 FP32 INT64 … BYTES
	Shape    []int
	Data     []float64
	Texts    []string // of BYTES
}

// Request asks for an inference.
type Request struct {
	ID      string   // may be empty
	Inputs  []Tensor // at least one
	Outputs []string // names of those wanted; nil is all of them
}

// Response is the answer to a Request.
type Response struct {
	Model, ID  string
	Outputs    []Tensor
	Parameters jsontext.Value // an object, or Null
}

// TensorInfo describes an input or output of a model; -1 is a variable dimension.
type TensorInfo struct {
	Name, Datatype string
	Shape          []int
}

// Metadata describes a model.
type Metadata struct {
	Name, Platform  string
	Inputs, Outputs []TensorInfo
	Parameters      jsontext.Value // the server's own, an object, or Null
}

// datatypes are those that there are, with the range of the whole numbers.
var datatypes = [...]struct {
	name      string
	low, high float64
}{
	{name: "FP64"},
	{name: "FP32"},
	{"INT64", -1 << 53, 1<<53 - 1}, // 53 bits are what a JSON number holds
	{"INT32", -1 << 31, 1<<31 - 1},
	{"INT16", -1 << 15, 1<<15 - 1},
	{"INT8", -1 << 7, 1<<7 - 1},
	{"UINT64", 0, 1<<53 - 1},
	{"UINT32", 0, 1<<32 - 1},
	{"UINT16", 0, 1<<16 - 1},
	{"UINT8", 0, 1<<8 - 1},
	{"BOOL", 0, 1},
	{name: "BYTES"},
}

// Float tells whether a datatype is FP32 or FP64.
func Float(datatype string) bool { return datatype == "FP32" || datatype == "FP64" }

// Append writes the request.
func (r *Request) Append(dst []byte) []byte {
	w := jsontext.Begin(dst)
	if r.ID != "" {
		w.Text("id", r.ID)
	}
	w.Raw("inputs", appendTensors(nil, r.Inputs))
	if r.Outputs != nil {
		w.Raw("outputs", jsontext.AppendObjects(nil, len(r.Outputs), func(w *jsontext.Writer, i int) { w.Text("name", r.Outputs[i]) }))
	}
	return w.End()
}

// ParseRequest reads a request. Errors name the member and what is allowed.
func ParseRequest(body []byte) (Request, error) {
	o, err := open(body)
	if err != nil {
		return Request{}, err
	}
	r := Request{ID: text(o, "id")}
	if o.Has("parameters") {
		o.Object("parameters")
	}
	r.Inputs = readTensors(o, "inputs")
	if o.Has("outputs") {
		r.Outputs = []string{}
		for _, out := range o.Objects("outputs") {
			r.Outputs = append(r.Outputs, out.Text("name", MaxText))
			if out.Has("parameters") {
				out.Object("parameters")
			}
			out.Done()
		}
		if len(r.Outputs) > MaxTensors {
			o.Fail("outputs", "are %d, allowed are %d", len(r.Outputs), MaxTensors)
		}
	}
	if err := o.Done(); err != nil {
		return Request{}, err
	}
	return r, nil
}

// Append writes the response.
func (r *Response) Append(dst []byte) []byte {
	w := jsontext.Begin(dst)
	w.Text("model_name", r.Model)
	if r.ID != "" {
		w.Text("id", r.ID)
	}
	if r.Parameters.Kind == jsontext.Object {
		w.Add("parameters", func(dst []byte) []byte { return jsontext.Append(dst, r.Parameters) })
	}
	w.Add("outputs", func(dst []byte) []byte { return appendTensors(dst, r.Outputs) })
	return w.End()
}

// ParseResponse reads a response of any server: what it doesn't know is passed
// over.
func ParseResponse(body []byte) (Response, error) {
	o, err := open(body)
	if err != nil {
		return Response{}, err
	}
	r := Response{Model: text(o, "model_name"), ID: text(o, "id")}
	if o.Has("parameters") {
		r.Parameters = o.Any("parameters")
	}
	r.Outputs = readTensors(o, "outputs")
	if err := o.Err(); err != nil {
		return Response{}, err
	}
	return r, nil
}

func appendTensors(dst []byte, list []Tensor) []byte {
	return jsontext.AppendObjects(dst, len(list), func(w *jsontext.Writer, i int) {
		t := &list[i]
		w.Text("name", t.Name)
		w.Ints("shape", t.Shape)
		w.Text("datatype", t.Datatype)
		w.Add("data", t.appendData)
	})
}

func (t *Tensor) appendData(dst []byte) []byte {
	switch t.Datatype {
	case "BYTES":
		return jsontext.AppendStrings(dst, t.Texts)
	case "BOOL":
		dst = append(dst, '[')
		for i, v := range t.Data {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendBool(dst, v != 0)
		}
		return append(dst, ']')
	}
	return jsontext.AppendFloats(dst, t.Data)
}

// open reads a message, which must be an object.
func open(body []byte) (*jsontext.Fields, error) {
	v, err := jsontext.Parse(body)
	return jsontext.Open(v, ""), err
}

// text is a member that may be missing.
func text(o *jsontext.Fields, name string) string {
	if !o.Has(name) {
		return ""
	}
	return o.Text(name, MaxText)
}

func readTensors(o *jsontext.Fields, name string) []Tensor {
	list := o.Objects(name)
	if n := len(list); n < 1 || n > MaxTensors {
		o.Fail(name, "are %d, allowed are 1..%d", n, MaxTensors)
		return nil
	}
	tensors := make([]Tensor, len(list))
	for i, in := range list {
		readTensor(in, &tensors[i])
	}
	return tensors
}

func readTensor(o *jsontext.Fields, t *Tensor) {
	t.Name = o.Text("name", MaxText)
	t.Shape = o.Ints("shape", 0, maxItems)
	t.Datatype = o.Text("datatype", MaxText)
	if o.Has("parameters") {
		o.Object("parameters")
	}
	f := flattening{t: t}
	for f.kind < len(datatypes) && datatypes[f.kind].name != t.Datatype {
		f.kind++
	}
	if f.kind == len(datatypes) {
		o.Fail("datatype", "is %q, must be BOOL, INT8 to INT64, UINT8 to UINT64, FP32, FP64 or BYTES", jsontext.Short(t.Datatype))
	}
	if k := len(t.Shape); k < 1 || k > MaxDims {
		o.Fail("shape", "has %d dimensions, allowed are 1..%d", k, MaxDims)
	}
	v := o.Any("data")
	if o.Err() != nil {
		return
	}
	if f.n = items(t.Shape); f.n > maxItems {
		o.Fail("shape", "asks for more than %d items", maxItems)
		return
	}
	if err := f.array(&v); err != nil {
		o.Fail("data", "%v", err)
	}
	o.Done()
}

// items is the product of a shape, or more than maxItems.
func items(shape []int) int {
	n := 1
	for _, k := range shape {
		if n *= k; n > maxItems {
			break
		}
	}
	return n
}

// flattening reads data, flat or nested as the shape is.
type flattening struct {
	t    *Tensor
	kind int // in datatypes
	n    int // items that the shape asks for
}

func (f *flattening) array(v *jsontext.Value) error {
	if v.Kind != jsontext.Array {
		return errors.New("is " + v.Kind.String() + ", must be an array")
	}
	var err error
	if nested := len(f.t.Shape) > 1 && len(v.Items) > 0 && v.Items[0].Kind == jsontext.Array; nested {
		err = f.level(v, 0)
	} else {
		err = f.row(v)
	}
	if got := len(f.t.Data) + len(f.t.Texts); err == nil && got != f.n {
		err = f.unfit("", got)
	}
	return err
}

// unfit is the error of so many items.
func (f *flattening) unfit(orMore string, got int) error {
	return fmt.Errorf("has %d items%s, the shape %v needs %d", got, orMore, f.t.Shape, f.n)
}

// level reads an array of the given depth of nesting.
func (f *flattening) level(v *jsontext.Value, depth int) error {
	last := depth == len(f.t.Shape)-1
	if v.Kind != jsontext.Array || v.Len() != f.t.Shape[depth] || !last && len(v.Numbers) > 0 {
		return fmt.Errorf("is not nested as the shape %v", f.t.Shape)
	}
	if last {
		return f.row(v)
	}
	for i := range v.Items {
		if err := f.level(&v.Items[i], depth+1); err != nil {
			return err
		}
	}
	return nil
}

// row reads an array of items.
func (f *flattening) row(v *jsontext.Value) error {
	if v.Len() > f.n {
		return f.unfit(" or more", v.Len())
	}
	t := f.t
	at := len(t.Data)
	t.Data = append(t.Data, v.Numbers...)
	for i, x := range t.Data[at:] {
		x, err := f.number(x)
		if err != nil {
			return err
		}
		t.Data[at+i] = x
	}
	for i := range v.Items {
		item := &v.Items[i]
		switch {
		case item.Kind == jsontext.String && t.Datatype == "BYTES":
			t.Texts = append(t.Texts, item.Text)
		case item.Kind == jsontext.Bool && t.Datatype == "BOOL":
			x := 0.0
			if item.Bool {
				x = 1
			}
			t.Data = append(t.Data, x)
		default:
			return errors.New("has " + item.Kind.String() + " among items of type " + t.Datatype)
		}
	}
	return nil
}

// number is a number as the datatype holds it.
func (f *flattening) number(x float64) (float64, error) {
	kind := &datatypes[f.kind]
	switch name := kind.name; {
	case name == "FP64":
	case name == "BYTES" || name != "FP32" && math.IsNaN(x):
		return 0, errors.New("has a number or null among items of type " + name)
	case name == "FP32":
		if x = float64(float32(x)); math.IsInf(x, 0) {
			return 0, errors.New("has a number beyond FP32")
		}
	case !(x == math.Trunc(x) && x >= kind.low && x <= kind.high):
		return 0, errors.New("has " + strconv.FormatFloat(x, 'g', -1, 64) + ", which is no " + name)
	}
	return x, nil
}

// Append writes the metadata.
func (m *Metadata) Append(dst []byte) []byte {
	w := jsontext.Begin(dst)
	w.Text("name", m.Name)
	w.Text("platform", m.Platform)
	w.Add("inputs", func(dst []byte) []byte { return appendInfos(dst, m.Inputs) })
	w.Add("outputs", func(dst []byte) []byte { return appendInfos(dst, m.Outputs) })
	if m.Parameters.Kind == jsontext.Object {
		w.Add("parameters", func(dst []byte) []byte { return jsontext.Append(dst, m.Parameters) })
	}
	return w.End()
}

func appendInfos(dst []byte, list []TensorInfo) []byte {
	return jsontext.AppendObjects(dst, len(list), func(w *jsontext.Writer, i int) {
		w.Text("name", list[i].Name)
		w.Text("datatype", list[i].Datatype)
		w.Ints("shape", list[i].Shape)
	})
}

// ParseMetadata reads the metadata of any server's model: what it doesn't know
// is passed over, and a server may leave out what it doesn't know itself.
func ParseMetadata(body []byte) (Metadata, error) {
	o, err := open(body)
	if err != nil {
		return Metadata{}, err
	}
	m := Metadata{Name: o.Text("name", MaxText), Platform: text(o, "platform")}
	m.Inputs, m.Outputs = readInfos(o, "inputs"), readInfos(o, "outputs")
	if o.Has("parameters") {
		m.Parameters = o.Any("parameters")
	}
	if err := o.Err(); err != nil {
		return Metadata{}, err
	}
	return m, nil
}

func readInfos(o *jsontext.Fields, name string) []TensorInfo {
	if !o.Has(name) {
		return nil
	}
	list := o.Objects(name)
	if len(list) > MaxTensors {
		o.Fail(name, "are %d, allowed are %d", len(list), MaxTensors)
	}
	infos := make([]TensorInfo, len(list))
	for i, in := range list {
		t := &infos[i]
		t.Name, t.Datatype, t.Shape = in.Text("name", MaxText), in.Text("datatype", MaxText), in.Ints("shape", -1, maxItems)
	}
	return infos
}

// AppendError writes what an error's body holds.
func AppendError(dst []byte, reason string) []byte {
	w := jsontext.Begin(dst)
	w.Text("error", reason)
	return w.End()
}

// ParseError reads the reason from an error's body; it is empty if there is none.
func ParseError(body []byte) string {
	o, err := open(body)
	if err != nil {
		return ""
	}
	reason := o.Text("error", len(body))
	n := 0
	for i := range reason {
		if n++; n > maxReason {
			return reason[:i] + "…"
		}
	}
	return reason
}
