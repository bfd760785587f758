// Package modelfile reads and writes trained models as JSON: a victim to be
// published, a stolen copy to be handed in. A file holds numbers only; reading
// one runs nothing that came with it.
//
// The text is one object:
//
//	modelheist  1, the version of the format
//	family      logistic softmax ovr mlp svm klr tree regression-tree knn boxes
//	            regression-boxes ensemble
//	features    one object an input: name; low and high, or categories (a list
//	            of names, then the values are 0, 1, …)
//	classes     names of the classes; absent for a regression
//
// and the family's own members (d inputs, c classes, n×d row by row):
//
//	logistic softmax ovr  parameters: r×(d+1), the intercept last in its row;
//	                      r = 1 for logistic, else c
//	                      behind feature extraction also bins: one object a
//	                      feature with the edges of its bins (x ≤ edge is below),
//	                      without edges for categories; d is then their number
//	mlp                   hidden (nodes a layer, input side first), activation
//	                      (tanh relu sigmoid), parameters: layer by layer
//	                      out×(in+1), the bias last in its row
//	svm                   kernel (linear poly rbf), gamma (poly, rbf), coef0 and
//	                      degree (poly), vectors: s×d, dual: margins×s,
//	                      intercepts: margins, missing (classes without points,
//	                      may be absent); one margin for two classes, else c
//	klr                   gamma, representers: s×d, weights: c×(s+1), the intercept
//	                      last in its row
//	tree regression-tree  nodes, the root first, children after their parents:
//	                      values (c class frequencies, or the one prediction) and,
//	                      unless a leaf, feature, left, right, and threshold
//	                      (x ≤ threshold goes left) or set (categories go left)
//	knn                   neighbours, points: n×d, votes: n×c
//	boxes                 boxes, the first that contains an input answers: label,
//	regression-boxes      values (as of nodes), bounds: feature with low (low < x)
//	                      and high (x ≤ high), absent where open, or with set
//	ensemble              members: objects of family (logistic softmax ovr mlp
//	                      tree, the same in all) and its members as above
//
// Unknown members, wrong shapes and numbers out of range are errors that name
// the member. Numbers keep their bits: what is read predicts exactly as what was
// written.
package modelfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"modelheist/core/domain"
	"modelheist/core/jsontext"
	"modelheist/core/model"
)

// Version of the format.
const Version = 1

// Bounds of what is read.
const (
	MaxFeatures   = 4096
	MaxClasses    = 1000
	MaxCategories = 1000
	maxName       = 200     // bytes
	maxNodes      = 1 << 16 // of an MLP's layer
)

// File is a model with the meaning of its inputs and classes.
type File struct {
	Model   model.Classifier
	Domain  domain.Domain // Optional is the oracle's business, and not written
	Classes []string      // nil for a regression
}

// Append writes f. It returns an error for a model of no known family, and
// panics on a domain or classes that are not the model's.
func Append(dst []byte, f File) ([]byte, error) {
	c := f.Model.Classes()
	if f.Model.Dim() != f.Domain.Dim() || c > 1 && len(f.Classes) != c {
		panic(fmt.Sprintf("modelfile: a model of %d inputs and %d classes with %d features and %d names", f.Model.Dim(), c, f.Domain.Dim(), len(f.Classes)))
	}
	family, body := describe(f.Model)
	if body == nil {
		return dst, errors.New("modelfile: a model of this kind can't be written")
	}
	w := jsontext.Begin(dst)
	w.Int("modelheist", Version)
	w.Text("family", family)
	inputs := slices.Clone(f.Domain)
	for i := range inputs {
		inputs[i].Optional = false
	}
	w.Add("features", func(dst []byte) []byte { return AppendFeatures(dst, inputs) })
	if c > 1 {
		w.Texts("classes", f.Classes)
	}
	body(w)
	return w.End(), nil
}

// AppendFeatures writes the inputs of a domain.
func AppendFeatures(dst []byte, d domain.Domain) []byte {
	return jsontext.AppendObjects(dst, len(d), func(w *jsontext.Writer, i int) {
		w.Text("name", d[i].Name)
		if d[i].Categories != nil {
			w.Texts("categories", d[i].Categories)
		} else {
			w.Float("low", d[i].Low)
			w.Float("high", d[i].High)
		}
		if d[i].Optional {
			w.Bool("optional", true)
		}
	})
}

// Family is the name of the model's family, empty for a stranger.
func Family(c model.Classifier) string {
	name, _ := describe(c)
	return name
}

// describe is the family's name and what writes its members, nil for a stranger.
func describe(c model.Classifier) (family string, body func(*jsontext.Writer)) {
	switch m := c.(type) {
	case *model.Linear:
		return m.Family(), func(w *jsontext.Writer) { w.Floats("parameters", m.Params()) }
	case *model.Binned:
		return m.Family(), func(w *jsontext.Writer) {
			w.Add("bins", func(dst []byte) []byte {
				bins := m.Bins()
				return jsontext.AppendObjects(dst, len(bins), func(w *jsontext.Writer, i int) {
					if bins[i].Categories == 0 {
						w.Floats("edges", bins[i].Edges)
					}
				})
			})
			w.Floats("parameters", m.Params())
		}
	case *model.MLP:
		return "mlp", func(w *jsontext.Writer) {
			w.Ints("hidden", m.Hidden())
			w.Text("activation", m.Activation())
			w.Floats("parameters", m.Params())
		}
	case *model.SVM:
		return "svm", func(w *jsontext.Writer) { writeSVM(w, m) }
	case *model.KLR:
		return "klr", func(w *jsontext.Writer) {
			w.Float("gamma", m.Gamma())
			w.Floats("representers", m.Representers())
			w.Floats("weights", m.Weights())
		}
	case *model.Tree:
		return "tree", func(w *jsontext.Writer) { writeNodes(w, m.Nodes()) }
	case *model.RegressionTree:
		return "regression-tree", func(w *jsontext.Writer) { writeNodes(w, m.Nodes()) }
	case *model.Boxes:
		return "boxes", func(w *jsontext.Writer) { writeBoxes(w, m.Boxes()) }
	case *model.RegressionBoxes:
		return "regression-boxes", func(w *jsontext.Writer) { writeBoxes(w, m.Boxes()) }
	case *model.KNN:
		return "knn", func(w *jsontext.Writer) {
			w.Int("neighbours", m.Neighbours())
			w.Floats("points", m.Points())
			w.Floats("votes", m.Votes())
		}
	case *model.Ensemble:
		return "ensemble", func(w *jsontext.Writer) { writeMembers(w, m.Members()) }
	}
	return "", nil
}

func writeMembers(w *jsontext.Writer, members []model.Probabilistic) {
	w.Add("members", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, len(members), func(w *jsontext.Writer, i int) {
			family, body := describe(members[i])
			w.Text("family", family)
			body(w)
		})
	})
}

func writeSVM(w *jsontext.Writer, m *model.SVM) {
	k, s := m.Kernel(), m.Support()
	w.Text("kernel", k.Kernel)
	if k.Kernel != "linear" {
		w.Float("gamma", k.Gamma)
	}
	if k.Kernel == "poly" {
		w.Float("coef0", k.Coef0)
		w.Int("degree", k.Degree)
	}
	w.Floats("vectors", s.Vectors)
	w.Floats("dual", s.Dual)
	w.Floats("intercepts", s.Intercepts)
	if len(s.Missing) > 0 {
		w.Ints("missing", s.Missing)
	}
}

func writeNodes(w *jsontext.Writer, nodes []model.Node) {
	w.Add("nodes", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, len(nodes), func(w *jsontext.Writer, i int) {
			n := &nodes[i]
			w.Floats("values", n.Values)
			if n.Leaf() {
				return
			}
			w.Int("feature", n.Feature)
			w.Int("left", n.Left)
			w.Int("right", n.Right)
			if n.Set == nil {
				w.Float("threshold", n.Threshold)
				return
			}
			w.Ints("set", indices(n.Set))
		})
	})
}

// indices are those of the members of a set.
func indices(set []bool) []int {
	list := []int{}
	for k, in := range set {
		if in {
			list = append(list, k)
		}
	}
	return list
}

func writeBoxes(w *jsontext.Writer, list []model.Box) {
	w.Add("boxes", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, len(list), func(w *jsontext.Writer, i int) {
			w.Int("label", list[i].Label)
			w.Floats("values", list[i].Values)
			w.Add("bounds", func(dst []byte) []byte {
				bounds := list[i].Bounds
				return jsontext.AppendObjects(dst, len(bounds), func(w *jsontext.Writer, i int) { writeBound(w, &bounds[i]) })
			})
		})
	})
}

func writeBound(w *jsontext.Writer, b *model.Bound) {
	w.Int("feature", b.Feature)
	if b.Set != nil {
		w.Ints("set", indices(b.Set))
		return
	}
	if !math.IsInf(b.Low, -1) {
		w.Float("low", b.Low)
	}
	if !math.IsInf(b.High, 1) {
		w.Float("high", b.High)
	}
}

// Decode reads a file. Errors name the member and what is allowed.
func Decode(text []byte) (File, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return File{}, fmt.Errorf("model: %w", err)
	}
	return Read(v)
}

// Read is Decode for a text that has been parsed, as part of a larger one.
func Read(v jsontext.Value) (File, error) {
	f, err := read(jsontext.Open(v, "model"))
	if err != nil {
		return File{}, err
	}
	return f, nil
}

func read(o *jsontext.Fields) (File, error) {
	o.Int("modelheist", Version, Version)
	var f File
	family := o.Text("family", maxName)
	f.Domain = ReadFeatures(o.Objects("features"))
	if d := f.Domain.Dim(); d < 1 || d > MaxFeatures {
		o.Fail("features", "are %d, allowed are 1..%d", d, MaxFeatures)
	}
	if slices.ContainsFunc(f.Domain, func(f domain.Feature) bool { return f.Optional }) {
		o.Fail("features", "have an optional one, which is for oracles only")
	}
	build := families[family]
	if build == nil {
		o.Fail("family", "is %q, must be one of logistic softmax ovr mlp svm klr tree regression-tree knn boxes regression-boxes ensemble", jsontext.Short(family))
	}
	if !strings.HasPrefix(family, "regression-") {
		f.Classes = o.Texts("classes", maxName)
		if c := len(f.Classes); c < 2 || c > MaxClasses {
			o.Fail("classes", "are %d, allowed are 2..%d", c, MaxClasses)
		}
	}
	if o.Err() != nil {
		return File{}, o.Err()
	}
	m, err := build(o, family, f.Domain, len(f.Classes))
	if wrong := o.Done(); wrong != nil {
		return File{}, wrong
	}
	if err != nil {
		return File{}, err
	}
	f.Model = m
	return f, nil
}

// ReadFeatures reads what AppendFeatures writes. What is wrong goes to the
// objects' error.
func ReadFeatures(list []*jsontext.Fields) domain.Domain {
	d := make(domain.Domain, 0, len(list))
	for _, o := range list {
		f := domain.Feature{Name: o.Text("name", maxName)}
		if o.Has("categories") {
			f.Categories = o.Texts("categories", maxName)
			if k := len(f.Categories); k < 1 || k > MaxCategories {
				o.Fail("categories", "are %d, allowed are 1..%d", k, MaxCategories)
			}
			f.High = float64(len(f.Categories) - 1)
		} else {
			f.Low, f.High = o.Float("low"), o.Float("high")
			if !(f.Low <= f.High) || math.IsInf(f.High-f.Low, 0) {
				o.Fail("high", "is %v, must be at least low = %v, and not too far", f.High, f.Low)
			}
		}
		if o.Has("optional") {
			f.Optional = o.Bool("optional")
		}
		o.Done()
		d = append(d, f)
	}
	return d
}

// A builder reads a family's members. It may be called only after what it is
// given is valid; what it finds wrong in members goes to o.
type builder func(o *jsontext.Fields, family string, d domain.Domain, c int) (model.Classifier, error)

var families = map[string]builder{
	"logistic": readLinear, "softmax": readLinear, "ovr": readLinear,
	"mlp": readMLP, "svm": readSVM, "klr": readKLR, "tree": readTree, "regression-tree": readTree, "knn": readKNN,
	"boxes": readBoxes, "regression-boxes": readBoxes, "ensemble": readEnsemble,
}

// memberFamilies are those that an ensemble may have.
var memberFamilies = map[string]builder{
	"logistic": readLinear, "softmax": readLinear, "ovr": readLinear, "mlp": readMLP, "tree": readTree,
}

// built hides the nil pointer that comes with an error.
func built[M model.Classifier](m M, err error) (model.Classifier, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}

func readLinear(o *jsontext.Fields, family string, d domain.Domain, c int) (model.Classifier, error) {
	if !o.Has("bins") {
		return built(model.NewLinear(family, d.Dim(), c, o.Floats("parameters")))
	}
	list := o.Objects("bins")
	if len(list) != d.Dim() {
		o.Fail("bins", "are of %d features, and there are %d", len(list), d.Dim())
		return nil, o.Err()
	}
	bins := make(model.Extraction, d.Dim())
	for f, in := range list {
		if bins[f].Categories = len(d[f].Categories); bins[f].Categories == 0 {
			bins[f].Edges = in.Floats("edges")
		}
		in.Done()
	}
	if o.Err() != nil {
		return nil, o.Err()
	}
	return built(model.NewBinned(family, c, bins, o.Floats("parameters")))
}

func readEnsemble(o *jsontext.Fields, _ string, d domain.Domain, c int) (model.Classifier, error) {
	var members []model.Probabilistic
	for _, in := range o.Objects("members") {
		family := in.Text("family", maxName)
		build := memberFamilies[family]
		if build == nil {
			in.Fail("family", "is %q, must be one of logistic softmax ovr mlp tree", jsontext.Short(family))
			return nil, o.Err()
		}
		m, err := build(in, family, d, c)
		in.Done()
		if o.Err() != nil || err != nil {
			return nil, err
		}
		members = append(members, m.(model.Probabilistic))
	}
	return built(model.NewEnsemble(members))
}

func readMLP(o *jsontext.Fields, _ string, d domain.Domain, c int) (model.Classifier, error) {
	hidden := o.Ints("hidden", 1, maxNodes)
	if h := len(hidden); h < 1 || h > 8 {
		o.Fail("hidden", "has %d layers, allowed are 1..8", h)
		return nil, o.Err()
	}
	sizes := append(append([]int{d.Dim()}, hidden...), c)
	return built(model.NewMLP(sizes, o.Text("activation", maxName), o.Floats("parameters")))
}

func readSVM(o *jsontext.Fields, _ string, d domain.Domain, c int) (model.Classifier, error) {
	r := model.Recipe{Family: "svm", Kernel: o.Text("kernel", maxName)}
	if r.Kernel != "linear" {
		r.Gamma = o.Float("gamma")
	}
	if r.Kernel == "poly" {
		r.Coef0, r.Degree = o.Float("coef0"), o.Int("degree", 1, 20)
	}
	s := model.Support{Vectors: o.Floats("vectors"), Dual: o.Floats("dual"), Intercepts: o.Floats("intercepts")}
	if o.Has("missing") {
		s.Missing = o.Ints("missing", 0, c-1)
	}
	return built(model.NewSVM(r, d.Dim(), c, s))
}

func readKLR(o *jsontext.Fields, _ string, d domain.Domain, c int) (model.Classifier, error) {
	gamma, points, weights := o.Float("gamma"), o.Floats("representers"), o.Floats("weights")
	if s := len(points) / d.Dim(); len(points) != s*d.Dim() || len(weights) != c*(s+1) {
		o.Fail("weights", "are %d beside %d numbers of representers; s representers of %d inputs and %d classes take s·%d and %d·(s+1)", len(weights), len(points), d.Dim(), c, d.Dim(), c)
		return nil, o.Err()
	}
	return built(model.NewKLR(d.Dim(), c, gamma, slices.Concat(points, weights)))
}

func readKNN(o *jsontext.Fields, _ string, d domain.Domain, c int) (model.Classifier, error) {
	k := o.Int("neighbours", 1, model.MaxNeighbours)
	return built(model.NewKNN(k, d.Dim(), c, o.Floats("points"), o.Floats("votes")))
}

func readTree(o *jsontext.Fields, family string, d domain.Domain, c int) (model.Classifier, error) {
	list := o.Objects("nodes")
	nodes := make([]model.Node, 0, len(list))
	for _, in := range list {
		nodes = append(nodes, readNode(in, d, len(list), family == "tree"))
	}
	if o.Err() != nil {
		return nil, o.Err()
	}
	if family == "tree" {
		return built(model.NewTree(d.Dim(), c, nodes))
	}
	return built(model.NewRegressionTree(d.Dim(), nodes))
}

func readNode(o *jsontext.Fields, d domain.Domain, nodes int, frequencies bool) model.Node {
	n := model.Node{Feature: -1, Values: readValues(o, frequencies)}
	if o.Has("feature") {
		n.Feature = o.Int("feature", 0, d.Dim()-1)
		n.Left, n.Right = o.Int("left", 1, nodes), o.Int("right", 1, nodes)
		if o.Has("set") {
			n.Set = readSet(o, d[n.Feature])
		} else {
			n.Threshold = o.Float("threshold")
		}
	}
	o.Done()
	return n
}

// readValues are what a node or a box answers.
func readValues(o *jsontext.Fields, frequencies bool) []float64 {
	values := o.Floats("values")
	for _, v := range values {
		if frequencies && !(v >= 0 && v <= 1) {
			o.Fail("values", "has a frequency of %v, must be in 0..1", v)
		}
	}
	return values
}

func readSet(o *jsontext.Fields, f domain.Feature) []bool {
	k := len(f.Categories)
	set := make([]bool, k)
	for _, in := range o.Ints("set", 0, k-1) {
		set[in] = true
	}
	return set
}

func readBoxes(o *jsontext.Fields, family string, d domain.Domain, c int) (model.Classifier, error) {
	c = max(c, 1)
	var list []model.Box
	for _, in := range o.Objects("boxes") {
		b := model.Box{Label: in.Int("label", 0, c-1), Values: readValues(in, family == "boxes")}
		for _, at := range in.Objects("bounds") {
			b.Bounds = append(b.Bounds, readBound(at, d))
		}
		in.Done()
		list = append(list, b)
	}
	if o.Err() != nil {
		return nil, o.Err()
	}
	widths := make([]float64, d.Dim())
	for i, f := range d {
		widths[i] = f.High - f.Low
	}
	return model.NewBoxes(c, widths, list)
}

func readBound(o *jsontext.Fields, d domain.Domain) model.Bound {
	b := model.Bound{Feature: o.Int("feature", 0, d.Dim()-1), Low: math.Inf(-1), High: math.Inf(1)}
	if o.Has("set") {
		b.Set = readSet(o, d[b.Feature])
	}
	if o.Has("low") {
		b.Low = o.Float("low")
	}
	if o.Has("high") {
		b.High = o.Float("high")
	}
	if b.Set != nil && (o.Has("low") || o.Has("high")) {
		o.Fail("set", "has no place beside low or high")
	}
	o.Done()
	return b
}
