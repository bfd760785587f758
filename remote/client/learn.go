package client

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"modelheist/core/domain"
	"modelheist/core/jsontext"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
	"modelheist/remote/oip"
)

// learn reads what the metadata say and takes the rest from the options.
func (c *Oracle) learn(m oip.Metadata) error {
	c.info = Info{Name: m.Name}
	own, err := readOwn(m.Parameters)
	if err != nil {
		return failed(Schema, "the server's description of the model: %v", err)
	}
	if err := c.pickInput(m, own); err != nil {
		return err
	}
	if err := c.pickDomain(own); err != nil {
		return err
	}
	if err := c.pickOutputs(m, own); err != nil {
		return err
	}
	c.info.Title, c.info.Decimals, c.info.Submissions = own.title, own.decimals, own.submissions
	c.info.Batch = cmpOr(c.o.Batch, own.batch, defaultBatch)
	if own.batch > 0 {
		c.info.Batch = min(c.info.Batch, own.batch)
	}
	c.info.Batch = min(c.info.Batch, maxBatch, max(1, maxItems/c.info.Domain.Dim()))
	return nil
}

// maxItems bounds the numbers of a request, so that its body stays below 1 MB.
const maxItems = 40_000

func cmpOr(values ...int) int {
	for _, v := range values {
		if v > 0 {
			return v
		}
	}
	return 0
}

// own is what our servers say in the metadata's parameters.
type own struct {
	title    string
	answers  oracle.Kind
	decimals int
	fields   bool
	features domain.Domain
	classes  []string
	batch    int

	submissions int
}

// readOwn reads them; another server's parameters, without answers, are passed
// over.
func readOwn(v jsontext.Value) (own, error) {
	var p own
	if v.Kind != jsontext.Object {
		return p, nil
	}
	o := jsontext.Open(v, "parameters")
	if !o.Has("answers") || !o.Has("features") {
		return p, nil
	}
	p.answers = oracle.Kind(o.Text("answers", oip.MaxText))
	known := []oracle.Kind{oracle.Labels, oracle.Top1, oracle.Probabilities, oracle.Logits, oracle.Margin, oracle.Value}
	if !slices.Contains(known, p.answers) {
		o.Fail("answers", "is %q, must be one of %v", jsontext.Short(string(p.answers)), known)
	}
	p.features = modelfile.ReadFeatures(o.Objects("features"))
	if o.Has("title") {
		p.title = o.Text("title", 2*oip.MaxText)
	}
	if o.Has("decimals") {
		p.decimals = o.Int("decimals", 1, oracle.MaxDecimals)
	}
	if o.Has("fields") {
		p.fields = o.Bool("fields")
	}
	if o.Has("classes") {
		p.classes = o.Texts("classes", oip.MaxText)
	}
	if o.Has("max_batch") {
		p.batch = o.Int("max_batch", 1, 1<<20)
	}
	if o.Has("submissions") {
		p.submissions = o.Int("submissions", 0, 1<<20)
	}
	return p, o.Err()
}

// pickInput finds the one input of n×d numbers.
func (c *Oracle) pickInput(m oip.Metadata, own own) error {
	var fit []oip.TensorInfo
	var names []string
	for _, in := range m.Inputs {
		names = append(names, in.Name)
		if c.o.Input != "" && in.Name == c.o.Input || c.o.Input == "" && oip.Float(in.Datatype) {
			fit = append(fit, in)
		}
	}
	switch {
	case len(m.Inputs) == 0 && c.o.Input != "" && c.o.Features > 0:
		fit = []oip.TensorInfo{{Name: c.o.Input, Datatype: "FP64", Shape: []int{-1, c.o.Features}}}
	case len(m.Inputs) == 0:
		return failed(Schema, "the server doesn't describe its inputs; give input and features")
	case len(fit) != 1:
		return failed(Schema, "of the model's inputs (%s) %d could be the one; give input", strings.Join(names, " "), len(fit))
	case !oip.Float(fit[0].Datatype):
		return failed(Schema, "the model's input %s is of type %s, and only FP32 and FP64 are sent", fit[0].Name, jsontext.Short(fit[0].Datatype))
	}
	in := fit[0]
	d := c.o.Features
	if len(in.Shape) == 2 && in.Shape[1] > 0 {
		d = in.Shape[1]
	} else if len(in.Shape) > 2 {
		return failed(Schema, "the model's input %s has the shape %v, must be [-1, d]", in.Name, in.Shape)
	}
	if own.features != nil && d != len(own.features) {
		return failed(Schema, "the model's input has %d features, and %d are described", d, len(own.features))
	}
	if d < 1 || d > maxFeatures {
		return failed(Schema, "the model's input %s has %d features, allowed are 1..%d; give features where the server doesn't", in.Name, d, maxFeatures)
	}
	c.info.Input = oip.TensorInfo{Name: in.Name, Datatype: in.Datatype, Shape: []int{-1, d}}
	return nil
}

// pickDomain takes the ranges from the server, or the user's.
func (c *Oracle) pickDomain(own own) error {
	d := c.info.Input.Shape[1]
	given := c.o.Low < c.o.High
	if !given && own.features == nil {
		return failed(Schema, "the server doesn't tell the range of the inputs; give low and high")
	}
	if own.features != nil {
		c.info.Domain = own.features
	} else {
		c.info.Domain = make(domain.Domain, d)
	}
	for i := range c.info.Domain {
		f := &c.info.Domain[i]
		if f.Name == "" {
			f.Name = fmt.Sprintf("x%d", i+1)
		}
		if given && f.Categories == nil {
			f.Low, f.High = c.o.Low, c.o.High
		}
	}
	return nil
}

// Names that outputs have on servers that we know.
var (
	labelNames = []string{"label", "predict", "labels", "class", "classes", "output_label"}
	scoreNames = map[string]oracle.Kind{
		"probabilities": oracle.Probabilities, "predict_proba": oracle.Probabilities, "output_probability": oracle.Probabilities,
		"probability": oracle.Probabilities, "prob": oracle.Probabilities, "probs": oracle.Probabilities,
		"logits": oracle.Logits, "decision_function": oracle.Margin, "margins": oracle.Margin, "margin": oracle.Margin,
	}
	ownScores = map[oracle.Kind]string{
		oracle.Top1: "probability", oracle.Probabilities: "probabilities", oracle.Logits: "logits", oracle.Margin: "margins", oracle.Value: "value",
	}
)

// pickOutputs finds the label and the scores, and from them the classes.
func (c *Oracle) pickOutputs(m oip.Metadata, own own) error {
	label, scores := c.o.Label, c.o.Scores
	if own.answers != "" {
		c.info.Answers, c.info.Missing, c.info.ClassNames = own.answers, own.fields, own.classes
		if scores == "" {
			scores = ownScores[own.answers]
		}
		if label == "" && own.answers != oracle.Value {
			label = "label"
		}
	} else {
		label, scores = c.guess(m, label, scores)
	}
	find := func(name string) (oip.TensorInfo, error) {
		for _, out := range m.Outputs {
			if out.Name == name {
				return out, nil
			}
		}
		if len(m.Outputs) == 0 { // the server doesn't tell
			return oip.TensorInfo{Name: name}, nil
		}
		return oip.TensorInfo{}, failed(Schema, "the model has no output %s", jsontext.Short(name))
	}
	c.info.Label, c.info.Scores = label, scores
	c.info.Classes = max(c.o.Classes, len(own.classes))
	if label != "" {
		if _, err := find(label); err != nil {
			return err
		}
	}
	if scores != "" {
		out, err := find(scores)
		if err != nil {
			return err
		}
		c.info.Precision = out.Datatype
		if k := len(out.Shape); k == 2 && out.Shape[1] > 0 && c.info.Classes == 0 {
			c.info.Classes = out.Shape[1]
		}
	}
	return c.settle()
}

// guess picks the outputs of another's server by their names.
func (c *Oracle) guess(m oip.Metadata, label, scores string) (string, string) {
	for _, out := range m.Outputs {
		name := strings.ToLower(out.Name)
		if label == "" && slices.Contains(labelNames, name) && strings.HasPrefix(out.Datatype, "INT") {
			label = out.Name
		}
		if _, known := scoreNames[name]; scores == "" && known && oip.Float(out.Datatype) && len(out.Shape) == 2 {
			scores = out.Name
		}
	}
	c.info.Answers = oracle.Labels
	if scores != "" {
		c.info.Answers = c.o.Kind
		if c.info.Answers == "" {
			c.info.Answers = scoreNames[strings.ToLower(scores)]
		}
	}
	return label, scores
}

// settle checks that what was learnt is enough.
func (c *Oracle) settle() error {
	switch {
	case c.info.Answers == oracle.Value:
		c.info.Classes = 1
	case c.info.Label == "" && c.info.Scores == "":
		return failed(Schema, "none of the model's outputs is known to be a label or scores; give label-output or score-output")
	case c.info.Answers == "":
		return failed(Schema, "what the output %s means is not known; give score-kind", jsontext.Short(c.info.Scores))
	case c.info.Classes < 2 || c.info.Classes > maxClasses:
		return failed(Schema, "the model has %d classes, allowed are 2..%d; give class-count where the server doesn't", c.info.Classes, maxClasses)
	}
	return nil
}

// read turns an answer into a reply, and believes nothing: names, shapes, labels
// and values are checked.
func (c *Oracle) read(answer oip.Response, n int) (oracle.Reply, error) {
	r := oracle.Reply{Kind: c.info.Answers, Classes: c.info.Classes, Labels: make([]int, n)}
	if width := r.Width(); width > 0 {
		t, err := output(answer, c.info.Scores, n*width, n)
		if err != nil {
			return r, err
		}
		r.Values = t.Data
		if err := checkValues(r); err != nil {
			return r, err
		}
	}
	switch {
	case c.info.Label != "":
		t, err := output(answer, c.info.Label, n, n)
		if err != nil {
			return r, err
		}
		if r.Labels, err = whole(t, 0, c.info.Classes-1); err != nil {
			return r, err
		}
	case r.Width() > 1:
		argmax(r)
	case r.Kind != oracle.Value:
		return r, failed(Schema, "the server answers no label")
	}
	if c.info.Missing {
		t, err := output(answer, "missing", n, n)
		if err != nil {
			return r, err
		}
		if r.Missing, err = whole(t, -1, c.info.Domain.Dim()-1); err != nil {
			return r, err
		}
	}
	return r, nil
}

func argmax(r oracle.Reply) {
	for i := range r.Labels {
		row := r.Values[i*r.Classes : (i+1)*r.Classes]
		for k, v := range row {
			if v > row[r.Labels[i]] {
				r.Labels[i] = k
			}
		}
	}
}

// output is the tensor of that name with so many items in n rows.
func output(answer oip.Response, name string, items, n int) (oip.Tensor, error) {
	for _, t := range answer.Outputs {
		if t.Name != name {
			continue
		}
		if t.Shape[0] != n || len(t.Data) != items {
			return t, failed(Shape, "output %s has the shape %v, must be %d rows with %d numbers in all", name, t.Shape, n, items)
		}
		return t, nil
	}
	return oip.Tensor{}, failed(Schema, "the answer has no output %s", name)
}

func whole(t oip.Tensor, low, high int) ([]int, error) {
	out := make([]int, len(t.Data))
	for i, v := range t.Data {
		if !(v == math.Trunc(v) && v >= float64(low) && v <= float64(high)) {
			return nil, failed(Shape, "output %s: row %d is %v, must be a whole number in %d..%d", t.Name, i, v, low, high)
		}
		out[i] = int(v)
	}
	return out, nil
}

// slack is how far a probability of FP32 may lie above 1.
const slack = 1e-5

func checkValues(r oracle.Reply) error {
	for i, v := range r.Values {
		probability := r.Kind == oracle.Probabilities || r.Kind == oracle.Top1
		if math.IsNaN(v) || math.Abs(v) > largest || probability && (v < 0 || v > 1+slack) {
			return failed(Shape, "value %d of the answer is %v, which is no %s", i, v, r.Kind)
		}
	}
	return nil
}
