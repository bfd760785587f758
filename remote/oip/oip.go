// Package oip writes and reads the messages of the Open Inference Protocol,
// version 2, over REST, for a server and for a client of any server. It knows
// nothing of HTTP, so that it fits into a page.
package oip

import (
	"fmt"
	"math"
	"strconv"
	"strings"

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
	Model, Version, ID string
	Outputs            []Tensor
	Parameters         jsontext.Value // an object, or Null
}

// TensorInfo describes an input or output of a model; -1 is a variable dimension.
type TensorInfo struct {
	Name, Datatype string
	Shape          []int
}

// Metadata describes a model.
type Metadata struct {
	Name, Platform  string
	Versions        []string
	Inputs, Outputs []TensorInfo
	Parameters      jsontext.Value // the server's own, an object, or Null
}

// whole is the range of a datatype's whole numbers; low and high are 0 for those
// of other kinds.
func whole(datatype string) (low, high float64, known bool) {
	switch datatype {
	case "BYTES", "FP32", "FP64":
		return 0, 0, true
	case "BOOL":
		return 0, 1, true
	}
	signed, found := strings.CutPrefix(datatype, "INT")
	if !found {
		signed, found = strings.CutPrefix(datatype, "UINT")
		found = found && signed != ""
	}
	bits := 0
	switch signed {
	case "8":
		bits = 8
	case "16":
		bits = 16
	case "32":
		bits = 32
	case "64":
		bits = 53 // of a JSON number
	}
	if !found || bits == 0 {
		return 0, 0, false
	}
	high = float64(uint64(1)<<bits - 1)
	if datatype[0] == 'I' {
		if bits < 53 {
			bits--
		}
		low, high = -float64(uint64(1)<<bits), float64(uint64(1)<<bits-1)
	}
	return low, high, true
}

// Float tells whether a datatype is FP32 or FP64.
func Float(datatype string) bool { return datatype == "FP32" || datatype == "FP64" }

// Append writes the request.
func (r *Request) Append(dst []byte) []byte {
	w := jsontext.Begin(dst)
	if r.ID != "" {
		w.Text("id", r.ID)
	}
	w.Add("inputs", func(dst []byte) []byte { return appendTensors(dst, r.Inputs) })
	if r.Outputs != nil {
		w.Add("outputs", func(dst []byte) []byte {
			return jsontext.AppendObjects(dst, len(r.Outputs), func(w *jsontext.Writer, i int) { w.Text("name", r.Outputs[i]) })
		})
	}
	return w.End()
}

// ParseRequest reads a request. Errors name the member and what is allowed.
func ParseRequest(text []byte) (Request, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return Request{}, err
	}
	o := jsontext.Open(v, "")
	var r Request
	if o.Has("id") {
		r.ID = o.Text("id", MaxText)
	}
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
	if r.Version != "" {
		w.Text("model_version", r.Version)
	}
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
func ParseResponse(text []byte) (Response, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return Response{}, err
	}
	o := jsontext.Open(v, "")
	var r Response
	for name, to := range map[string]*string{"model_name": &r.Model, "model_version": &r.Version, "id": &r.ID} {
		if o.Has(name) {
			*to = o.Text(name, MaxText)
		}
	}
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
	case "FP32":
		dst = append(dst, '[')
		for i, v := range t.Data {
			if i > 0 {
				dst = append(dst, ',')
			}
			if math.IsNaN(v) {
				dst = append(dst, "null"...)
			} else {
				dst = strconv.AppendFloat(dst, v, 'g', -1, 32)
			}
		}
		return append(dst, ']')
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
	_, _, known := whole(t.Datatype)
	if !known {
		o.Fail("datatype", "is %q, must be BOOL, INT8 to INT64, UINT8 to UINT64, FP32, FP64 or BYTES", jsontext.Short(t.Datatype))
	}
	if k := len(t.Shape); k < 1 || k > MaxDims {
		o.Fail("shape", "has %d dimensions, allowed are 1..%d", k, MaxDims)
	}
	v := o.Any("data")
	if o.Err() != nil {
		return
	}
	n, err := items(t.Shape)
	if err != nil {
		o.Fail("shape", "%v", err)
		return
	}
	f := flattening{t: t, n: n}
	if err := f.array(v); err != nil {
		o.Fail("data", "%v", err)
	}
	o.Done()
}

// items is the product of a shape.
func items(shape []int) (int, error) {
	n := 1
	for _, k := range shape {
		if n *= k; n > maxItems {
			return 0, fmt.Errorf("asks for more than %d items", maxItems)
		}
	}
	return n, nil
}

// flattening reads data, flat or nested as the shape is.
type flattening struct {
	t *Tensor
	n int // items that the shape asks for
}

func (f *flattening) array(v jsontext.Value) error {
	if v.Kind != jsontext.Array {
		return fmt.Errorf("is %s, must be an array", v.Kind)
	}
	var err error
	if nested := len(f.t.Shape) > 1 && len(v.Items) > 0 && v.Items[0].Kind == jsontext.Array; nested {
		err = f.level(v, 0)
	} else {
		err = f.row(v)
	}
	if err != nil {
		return err
	}
	if got := len(f.t.Data) + len(f.t.Texts); got != f.n {
		return fmt.Errorf("has %d items, the shape %v needs %d", got, f.t.Shape, f.n)
	}
	return nil
}

// level reads an array of the given depth of nesting.
func (f *flattening) level(v jsontext.Value, depth int) error {
	if v.Kind != jsontext.Array || v.Len() != f.t.Shape[depth] {
		return fmt.Errorf("is not nested as the shape %v", f.t.Shape)
	}
	if depth == len(f.t.Shape)-1 {
		return f.row(v)
	}
	for _, item := range v.Items {
		if err := f.level(item, depth+1); err != nil {
			return err
		}
	}
	if len(v.Numbers) > 0 {
		return fmt.Errorf("is not nested as the shape %v", f.t.Shape)
	}
	return nil
}

// row reads an array of items.
func (f *flattening) row(v jsontext.Value) error {
	if v.Len() > f.n {
		return fmt.Errorf("has %d items or more, the shape %v needs %d", v.Len(), f.t.Shape, f.n)
	}
	for _, x := range v.Numbers {
		x, err := f.number(x)
		if err != nil {
			return err
		}
		f.t.Data = append(f.t.Data, x)
	}
	for _, item := range v.Items {
		switch {
		case item.Kind == jsontext.String && f.t.Datatype == "BYTES":
			f.t.Texts = append(f.t.Texts, item.Text)
		case item.Kind == jsontext.Bool && f.t.Datatype == "BOOL":
			x := 0.0
			if item.Bool {
				x = 1
			}
			f.t.Data = append(f.t.Data, x)
		default:
			return fmt.Errorf("has %s among items of type %s", item.Kind, f.t.Datatype)
		}
	}
	return nil
}

// number is a number as the datatype holds it.
func (f *flattening) number(x float64) (float64, error) {
	low, high, _ := whole(f.t.Datatype)
	switch {
	case f.t.Datatype == "BYTES" || math.IsNaN(x) && !Float(f.t.Datatype):
		return 0, fmt.Errorf("has a number or null among items of type %s", f.t.Datatype)
	case f.t.Datatype == "FP32":
		if x = float64(float32(x)); math.IsInf(x, 0) {
			return 0, fmt.Errorf("has a number beyond FP32")
		}
	case f.t.Datatype != "FP64" && !(x == math.Trunc(x) && x >= low && x <= high):
		return 0, fmt.Errorf("has %v, which is no %s", x, f.t.Datatype)
	}
	return x, nil
}

// Append writes the metadata.
func (m *Metadata) Append(dst []byte) []byte {
	w := jsontext.Begin(dst)
	w.Text("name", m.Name)
	if m.Versions != nil {
		w.Texts("versions", m.Versions)
	}
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
func ParseMetadata(text []byte) (Metadata, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return Metadata{}, err
	}
	o := jsontext.Open(v, "")
	m := Metadata{Name: o.Text("name", MaxText)}
	if o.Has("platform") {
		m.Platform = o.Text("platform", MaxText)
	}
	if o.Has("versions") {
		m.Versions = o.Texts("versions", MaxText)
	}
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
	var infos []TensorInfo
	for _, in := range o.Objects(name) {
		infos = append(infos, TensorInfo{in.Text("name", MaxText), in.Text("datatype", MaxText), in.Ints("shape", -1, maxItems)})
	}
	if len(infos) > MaxTensors {
		o.Fail(name, "are %d, allowed are %d", len(infos), MaxTensors)
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
func ParseError(text []byte) string {
	v, err := jsontext.Parse(text)
	if err != nil || v.Kind != jsontext.Object {
		return ""
	}
	for _, m := range v.Members {
		if m.Name == "error" && m.Value.Kind == jsontext.String {
			if r := []rune(m.Value.Text); len(r) > maxReason {
				return string(r[:maxReason]) + "…"
			}
			return m.Value.Text
		}
	}
	return ""
}
