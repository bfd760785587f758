package client

import (
	"strconv"
	"strings"

	"modelheist/core/domain"
	"modelheist/core/jsontext"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
	"modelheist/remote/oip"
)

// learn reads what the metadata say and takes the rest from the options.
func (c *Oracle) learn(m *oip.Metadata) error {
	i := &c.info
	i.Name = m.Name
	if err := i.readOwn(&m.Parameters); err != nil {
		return failed(Schema, "the server's description of the model: "+err.Error())
	}
	if err := c.pickInput(m); err != nil {
		return err
	}
	if err := c.pickDomain(); err != nil {
		return err
	}
	if err := c.pickOutputs(m); err != nil {
		return err
	}
	missing := ""
	if i.Missing {
		missing = "missing"
	}
	for _, name := range [...]string{i.Label, i.Scores, missing} {
		if name != "" {
			c.outputs = append(c.outputs, name)
		}
	}
	if own := c.o.Batch; own > 0 && (i.Batch == 0 || own < i.Batch) {
		i.Batch = own
	}
	if i.Batch == 0 {
		i.Batch = defaultBatch
	}
	i.Batch = min(i.Batch, maxBatch, max(1, maxItems/i.Domain.Dim()))
	return nil
}

// maxItems bounds the numbers of a request, so that its body stays below 1 MB.
const maxItems = 40_000

// readOwn reads what our servers say in the metadata's parameters; another
// server's, without answers, are passed over.
func (i *Info) readOwn(v *jsontext.Value) error {
	if v.Kind != jsontext.Object {
		return nil
	}
	o := jsontext.Open(*v, "parameters")
	if !o.Has("answers") || !o.Has("features") {
		return nil
	}
	i.Answers = oracle.Kind(o.Text("answers", oip.MaxText))
	if ownScores(i.Answers) == "" && i.Answers != oracle.Labels {
		o.Fail("answers", "must be labels, top1, probabilities, logits, margin or value")
	}
	i.Domain = modelfile.ReadFeatures(o.Objects("features"))
	if o.Has("title") {
		i.Title = o.Text("title", 2*oip.MaxText)
	}
	if o.Has("fields") {
		i.Missing = o.Bool("fields")
	}
	if o.Has("classes") {
		i.ClassNames = o.Texts("classes", oip.MaxText)
	}
	count := func(name string, low, high int) int {
		if !o.Has(name) {
			return 0
		}
		return o.Int(name, low, high)
	}
	i.Decimals = count("decimals", 1, oracle.MaxDecimals)
	i.Batch = count("max_batch", 1, 1<<20)
	i.Submissions = count("submissions", 0, 1<<20)
	return o.Err()
}

// ownScores is what our servers call the scores of a kind, empty if there are none.
func ownScores(kind oracle.Kind) string {
	for i := range ownNames {
		if ownNames[i].kind == kind {
			return ownNames[i].name
		}
	}
	return ""
}

// pickInput finds the one input of n×d numbers.
func (c *Oracle) pickInput(m *oip.Metadata) error {
	in := &oip.TensorInfo{Name: c.o.Input, Datatype: "FP64"} // unless the server describes its own
	names, fit := "", 0
	for i := range m.Inputs {
		t := &m.Inputs[i]
		names += " " + t.Name
		if t.Name == c.o.Input || c.o.Input == "" && oip.Float(t.Datatype) {
			in = t
			fit++
		}
	}
	switch {
	case names == "" && (c.o.Input == "" || c.o.Features == 0):
		return failed(Schema, "the server doesn't describe its inputs; give input and features")
	case names != "" && fit != 1:
		return failed(Schema, "none or several of the model's inputs could be the one; give input as one of"+names)
	case !oip.Float(in.Datatype):
		return failed(Schema, "the model's input is of type "+jsontext.Short(in.Datatype)+", and only FP32 and FP64 are sent")
	case len(in.Shape) > 2:
		return failed(Schema, "the shape of the model's input must be [-1, d]")
	}
	d := c.o.Features
	if len(in.Shape) == 2 && in.Shape[1] > 0 {
		d = in.Shape[1]
	}
	if own := len(c.info.Domain); own > 0 && d != own {
		return failed(Schema, "the model's input has "+strconv.Itoa(d)+" features, and "+strconv.Itoa(own)+" are described")
	}
	c.info.Input = oip.TensorInfo{Name: in.Name, Datatype: in.Datatype, Shape: []int{-1, d}}
	return bounded(d, 1, maxFeatures, "features", "features")
}

// bounded is an error for a number of things that is out of bounds; key is the
// option that tells it.
func bounded(n, low, high int, things, key string) error {
	if n >= low && n <= high {
		return nil
	}
	return failed(Schema, "the model has "+strconv.Itoa(n)+" "+things+", allowed are "+interval(low, high)+"; give "+key+" where the server doesn't")
}

// pickDomain takes the ranges from the server, or the user's.
func (c *Oracle) pickDomain() error {
	given := c.o.Low < c.o.High
	if c.info.Domain == nil {
		if !given {
			return failed(Schema, "the server doesn't tell the range of the inputs; give low and high")
		}
		c.info.Domain = make(domain.Domain, c.info.Input.Shape[1])
	}
	for i := range c.info.Domain {
		f := &c.info.Domain[i]
		if f.Name == "" {
			f.Name = "x" + strconv.Itoa(i+1)
		}
		if given && f.Categories == nil {
			f.Low, f.High = c.o.Low, c.o.High
		}
	}
	return nil
}

// scores is what an output of that name means.
type scores struct {
	name string
	kind oracle.Kind
}

// Names that outputs have on servers that we know, and on our own.
var (
	labelNames = [...]string{"label", "predict", "labels", "class", "classes", "output_label"}
	ownNames   = [...]scores{
		{"probability", oracle.Top1},
		{"probabilities", oracle.Probabilities},
		{"logits", oracle.Logits},
		{"margins", oracle.Margin},
		{"value", oracle.Value},
	}
	scoreNames = [...]scores{
		{"probabilities", oracle.Probabilities},
		{"predict_proba", oracle.Probabilities},
		{"output_probability", oracle.Probabilities},
		{"probability", oracle.Probabilities},
		{"prob", oracle.Probabilities},
		{"probs", oracle.Probabilities},
		{"logits", oracle.Logits},
		{"decision_function", oracle.Margin},
		{"margins", oracle.Margin},
		{"margin", oracle.Margin},
	}
)

// labelName tells whether an output of that name is known to be a label.
func labelName(name string) bool {
	for i := range labelNames {
		if labelNames[i] == strings.ToLower(name) {
			return true
		}
	}
	return false
}

// scoreKind is what an output of that name is known to mean, or empty.
func scoreKind(name string) oracle.Kind {
	for i := range scoreNames {
		if scoreNames[i].name == strings.ToLower(name) {
			return scoreNames[i].kind
		}
	}
	return ""
}

// pickOutputs finds the label and the scores, and from them the classes.
func (c *Oracle) pickOutputs(m *oip.Metadata) error {
	i := &c.info
	i.Label, i.Scores = c.o.Label, c.o.Scores
	if i.Answers == "" {
		c.guess(m)
	} else {
		if i.Scores == "" {
			i.Scores = ownScores(i.Answers)
		}
		if i.Label == "" && i.Answers != oracle.Value {
			i.Label = "label"
		}
	}
	i.Classes = max(c.o.Classes, len(i.ClassNames))
	if _, err := find(m, i.Label); err != nil {
		return err
	}
	out, err := find(m, i.Scores)
	if err != nil {
		return err
	}
	if out != nil {
		i.Precision = out.Datatype
		if len(out.Shape) == 2 && out.Shape[1] > 0 && i.Classes == 0 {
			i.Classes = out.Shape[1]
		}
	}
	return i.settle()
}

// find is the output of that name; nil for no name, or where the server doesn't
// tell its outputs.
func find(m *oip.Metadata, name string) (*oip.TensorInfo, error) {
	if name == "" || len(m.Outputs) == 0 {
		return nil, nil
	}
	for i := range m.Outputs {
		if m.Outputs[i].Name == name {
			return &m.Outputs[i], nil
		}
	}
	return nil, failed(Schema, "the model has no output "+jsontext.Short(name))
}

// guess picks the outputs of another's server by their names.
func (c *Oracle) guess(m *oip.Metadata) {
	i := &c.info
	for k := range m.Outputs {
		out := &m.Outputs[k]
		if i.Label == "" && labelName(out.Name) && strings.HasPrefix(out.Datatype, "INT") {
			i.Label = out.Name
		}
		if i.Scores == "" && scoreKind(out.Name) != "" && oip.Float(out.Datatype) && len(out.Shape) == 2 {
			i.Scores = out.Name
		}
	}
	switch {
	case i.Scores == "":
		i.Answers = oracle.Labels
	case c.o.Kind != "":
		i.Answers = c.o.Kind
	default:
		i.Answers = scoreKind(i.Scores)
	}
}

// settle checks that what was learnt is enough.
func (i *Info) settle() error {
	switch {
	case i.Answers == oracle.Value:
		i.Classes = 1
		return nil
	case i.Label == "" && i.Scores == "":
		return failed(Schema, "none of the model's outputs is known to be a label or scores; give label-output or score-output")
	case i.Answers == "":
		return failed(Schema, "what the output "+jsontext.Short(i.Scores)+" means is not known; give score-kind")
	}
	return bounded(i.Classes, 2, maxClasses, "classes", "class-count")
}
