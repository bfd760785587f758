package foreign

import (
	"errors"
	"fmt"
	"math"

	"modelheist/core/domain"
	"modelheist/core/jsontext"
	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// scikit reads a classifier of scikit-learn: an object of its attributes under
// their own names, as testdata/save_sklearn.py writes it:
//
//	sklearn   LogisticRegression, LinearSVC, SVC (two classes), MLPClassifier,
//	          DecisionTreeClassifier or KNeighborsClassifier
//	low high  range of each input; may be absent
//	classes   names of the classes
//
// and what its kind has: coef_ and intercept_; coefs_, intercepts_, activation;
// kernel, _gamma, coef0, degree, dual_coef_, support_vectors_; children_left,
// children_right, feature, threshold, value; n_neighbors, weights, p, _fit_X, _y.
// Other members are passed over.
func scikit(o *jsontext.Fields) (modelfile.File, error) {
	r := &reader{Fields: o}
	kind := o.Text("sklearn", 200)
	f := modelfile.File{Classes: o.Texts("classes", 200)}
	r.classes = len(f.Classes)
	if r.classes < 2 || r.classes > modelfile.MaxClasses {
		o.Fail("classes", "are %d, allowed are 2..%d", r.classes, modelfile.MaxClasses)
	}
	build := map[string]func() (model.Classifier, error){
		"LogisticRegression": r.logistic, "LinearSVC": r.linearSVC, "SVC": r.svc, "MLPClassifier": r.mlp,
		"DecisionTreeClassifier": r.tree, "KNeighborsClassifier": r.neighbours,
	}[kind]
	if build == nil {
		o.Fail("sklearn", "is %q, must be one of LogisticRegression LinearSVC SVC MLPClassifier DecisionTreeClassifier KNeighborsClassifier", jsontext.Short(kind))
	}
	if o.Err() != nil {
		return modelfile.File{}, o.Err()
	}
	m, err := build()
	if o.Err() != nil {
		return modelfile.File{}, o.Err()
	}
	if err != nil {
		return modelfile.File{}, err
	}
	f.Model = m
	if o.Has("low") || o.Has("high") {
		f.Domain = r.ranges(m.Dim())
	}
	if o.Err() != nil {
		return modelfile.File{}, o.Err()
	}
	return f, nil
}

// reader reads what the kinds of classifier have.
type reader struct {
	*jsontext.Fields
	classes int
}

// matrix is the rows of a nested array, all equally long, and their length. What
// is wrong goes to the fields' error.
func (r *reader) matrix(name string) (rows [][]float64, columns int) {
	return r.rowsOf(name, r.List(name))
}

func (r *reader) rowsOf(name string, list []jsontext.Value) (rows [][]float64, columns int) {
	for i, v := range list {
		if v.Kind != jsontext.Array || v.Items != nil || v.Nulls || i > 0 && len(v.Numbers) != columns {
			r.Fail(name, "must be rows of as many numbers each, and row %d is not", i)
			return nil, 0
		}
		columns = len(v.Numbers)
		rows = append(rows, v.Numbers)
	}
	if columns < 1 || columns > modelfile.MaxFeatures {
		r.Fail(name, "has rows of %d numbers, allowed are 1..%d", columns, modelfile.MaxFeatures)
		return nil, 0
	}
	return rows, columns
}

func (r *reader) ranges(d int) domain.Domain {
	low, high := r.Floats("low"), r.Floats("high")
	if len(low) != d || len(high) != d {
		r.Fail("low", "and high are %d and %d numbers, must be %d", len(low), len(high), d)
		return nil
	}
	out := make(domain.Domain, d)
	for i := range out {
		if !(low[i] <= high[i]) || math.IsInf(high[i]-low[i], 0) {
			r.Fail("high", "is %v for input %d, must be at least low = %v", high[i], i, low[i])
		}
		out[i] = domain.Feature{Name: fmt.Sprintf("x%d", i+1), Low: low[i], High: high[i]}
	}
	return out
}

// linear is rows of coefficients with their intercepts: r×(d+1).
func (r *reader) linear() (rows []float64, n, d int) {
	coefficients, d := r.matrix("coef_")
	intercepts := r.Floats("intercept_")
	want := r.classes
	if want == 2 {
		want = 1
	}
	if r.Err() == nil && (len(coefficients) != want || len(intercepts) != want) {
		r.Fail("coef_", "has %d rows and intercept_ %d numbers, must be %d for %d classes", len(coefficients), len(intercepts), want, r.classes)
	}
	if r.Err() != nil {
		return nil, 0, 0
	}
	for k, row := range coefficients {
		rows = append(append(rows, row...), intercepts[k])
	}
	return rows, want, d
}

func (r *reader) logistic() (model.Classifier, error) {
	rows, n, d := r.linear()
	family := "softmax"
	switch {
	case n == 1:
		family = "logistic"
	case r.Has("multi_class") && r.Text("multi_class", 40) == "ovr":
		family = "ovr"
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	return made(model.NewLinear(family, d, r.classes, rows))
}

func (r *reader) linearSVC() (model.Classifier, error) {
	rows, n, d := r.linear()
	if r.Err() != nil {
		return nil, r.Err()
	}
	s := model.Support{Dual: make([]float64, n*n)}
	for k := range n {
		s.Vectors = append(s.Vectors, rows[k*(d+1):k*(d+1)+d]...)
		s.Intercepts = append(s.Intercepts, rows[k*(d+1)+d])
		s.Dual[k*n+k] = 1
	}
	return made(model.NewSVM(model.Recipe{Family: "svm", Kernel: "linear"}, d, r.classes, s))
}

func (r *reader) svc() (model.Classifier, error) {
	if r.classes != 2 {
		r.Fail("classes", "are %d, must be 2 of an SVC: more are voted on in pairs, which no model here does", r.classes)
		return nil, r.Err()
	}
	recipe := model.Recipe{Family: "svm", Kernel: r.Text("kernel", 40)}
	if recipe.Kernel != "linear" {
		recipe.Gamma = r.Float("_gamma")
	}
	if recipe.Kernel == "poly" {
		recipe.Coef0, recipe.Degree = r.Float("coef0"), r.Int("degree", 1, 20)
	}
	vectors, d := r.matrix("support_vectors_")
	dual, s := r.matrix("dual_coef_")
	if r.Err() == nil && (len(dual) != 1 || s != len(vectors)) {
		r.Fail("dual_coef_", "is %d×%d, must be 1×%d: a number for each of the support_vectors_", len(dual), s, len(vectors))
	}
	intercepts := r.Floats("intercept_")
	if r.Err() != nil {
		return nil, r.Err()
	}
	support := model.Support{Dual: dual[0], Intercepts: intercepts}
	for _, v := range vectors {
		support.Vectors = append(support.Vectors, v...)
	}
	return made(model.NewSVM(recipe, d, 2, support))
}

func (r *reader) mlp() (model.Classifier, error) {
	activation := r.Text("activation", 40)
	if activation == "logistic" {
		activation = "sigmoid"
	}
	coefficients, intercepts := r.List("coefs_"), r.List("intercepts_")
	if r.Err() == nil && (len(coefficients) != len(intercepts) || len(coefficients) < 2 || len(coefficients) > 9) {
		r.Fail("coefs_", "are %d and intercepts_ %d, must be one each a layer, two to nine layers", len(coefficients), len(intercepts))
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	var sizes []int
	var params []float64
	for l, v := range coefficients {
		if v.Kind != jsontext.Array || v.Numbers != nil {
			r.Fail(fmt.Sprintf("coefs_[%d]", l), "must be a matrix")
			return nil, r.Err()
		}
		in, out := r.rowsOf(fmt.Sprintf("coefs_[%d]", l), v.Items)
		bias := intercepts[l].Numbers
		if r.Err() == nil && (len(bias) != out || l > 0 && len(in) != sizes[l]) {
			r.Fail(fmt.Sprintf("coefs_[%d]", l), "is %d×%d beside %d intercepts, and does not fit the layer before", len(in), out, len(bias))
		}
		if r.Err() != nil {
			return nil, r.Err()
		}
		if l == 0 {
			sizes = append(sizes, len(in))
		}
		last := l == len(coefficients)-1
		if last && out == 1 && r.classes == 2 { // the softmax of 0 and z is the sigmoid of z
			params = append(params, make([]float64, len(in)+1)...)
		}
		for o := range out {
			for i := range in {
				params = append(params, in[i][o])
			}
			params = append(params, bias[o])
		}
		if last {
			if out != r.classes && (out != 1 || r.classes != 2) {
				r.Fail("coefs_", "end in %d scores for %d classes", out, r.classes)
				return nil, r.Err()
			}
			out = r.classes
		}
		sizes = append(sizes, out)
	}
	return made(model.NewMLP(sizes, activation, params))
}

func (r *reader) tree() (model.Classifier, error) {
	left, right := r.Ints("children_left", -1, 1<<20), r.Ints("children_right", -1, 1<<20)
	feature, threshold := r.Ints("feature", -2, modelfile.MaxFeatures-1), r.Floats("threshold")
	values := r.List("value")
	if n := len(left); r.Err() == nil && (n == 0 || len(right) != n || len(feature) != n || len(threshold) != n || len(values) != n) {
		r.Fail("children_left", "are %d beside %d children_right, %d features, %d thresholds and %d values, must be as many", n, len(right), len(feature), len(threshold), len(values))
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	nodes := make([]model.Node, len(left))
	d := 1
	for i := range nodes {
		row := values[i].Numbers
		if values[i].Items != nil { // one output, of which there could be more
			if len(values[i].Items) != 1 {
				return nil, errors.New("model: value: the tree has several outputs")
			}
			row = values[i].Items[0].Numbers
		}
		frequencies, ok := shares(row, r.classes)
		if !ok {
			r.Fail(fmt.Sprintf("value[%d]", i), "must be %d counts or frequencies", r.classes)
			return nil, r.Err()
		}
		nodes[i] = model.Node{Feature: -1, Values: frequencies}
		if left[i] >= 0 {
			if v := threshold[i]; feature[i] < 0 || v-v != 0 {
				r.Fail(fmt.Sprintf("feature[%d]", i), "is %d at threshold %v, must be a feature at a finite one", feature[i], v)
				return nil, r.Err()
			}
			nodes[i].Feature, nodes[i].Threshold, nodes[i].Left, nodes[i].Right = feature[i], threshold[i], left[i], right[i]
			d = max(d, feature[i]+1)
		}
	}
	if r.Has("low") {
		d = max(d, len(r.Floats("low")))
	}
	return made(model.NewTree(d, r.classes, nodes))
}

// shares divides counts by their sum.
func shares(counts []float64, n int) ([]float64, bool) {
	sum := 0.0
	for _, v := range counts {
		if !(v >= 0) {
			return nil, false
		}
		sum += v
	}
	if len(counts) != n || !(sum > 0) || math.IsInf(sum, 0) {
		return nil, false
	}
	out := make([]float64, n)
	for i, v := range counts {
		out[i] = v / sum
	}
	return out, true
}

func (r *reader) neighbours() (model.Classifier, error) {
	k := r.Int("n_neighbors", 1, model.MaxNeighbours)
	if w := r.Text("weights", 40); r.Err() == nil && w != "uniform" {
		r.Fail("weights", "is %q, must be uniform", w)
	}
	r.Int("p", 2, 2) // Euclidean
	points, d := r.matrix("_fit_X")
	labels := r.Ints("_y", 0, r.classes-1)
	if r.Err() == nil && len(labels) != len(points) {
		r.Fail("_y", "are %d, must be one for each of the %d points of _fit_X", len(labels), len(points))
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	var x []float64
	votes := make([]float64, len(points)*r.classes)
	for i, p := range points {
		x = append(x, p...)
		votes[i*r.classes+labels[i]] = 1
	}
	return made(model.NewKNN(k, d, r.classes, x, votes))
}

// made hides the nil pointer that comes with an error.
func made[M model.Classifier](m M, err error) (model.Classifier, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
