package model

import (
	"errors"
	"fmt"
	"math"

	"modelheist/core/num"
)

// SVM is a support vector classifier: margins f(x) = Σ β_s·K(x, v_s) + b over
// its support vectors v_s, with β_s = y_s·α_s.
//
// Two classes have one margin m and the scores -m and +m. More classes are
// separated one against the rest and their scores are the c margins, so the
// label is the argmax of a continuous field (libsvm's one-vs-one votes are
// not).
type SVM struct {
	kernel  kernel
	classes int
	support Support

	vectors columns   // the support vectors by feature
	weights []float64 // linear: margins×dim, else nil
	missing []int     // classes without training points
	solved  bool
}

// Support is what an SVM consists of. A margin is one separation: there is one
// for two classes and c for c > 2.
type Support struct {
	Vectors    []float64 // s×d
	Dual       []float64 // margins×s, β = y·α; 0 where a vector supports others only
	Intercepts []float64 // one a margin
	Missing    []int     // classes that had no training points; they never win
}

var _ GridScorer = (*SVM)(nil)

// NewSVM makes an SVM of r's kernel from its support. It copies s and returns
// an error that names what does not fit.
func NewSVM(r Recipe, dim, classes int, s Support) (*SVM, error) {
	k, err := kernelOf(r)
	if err != nil {
		return nil, err
	}
	margins := marginsOf(classes)
	switch n := len(s.Vectors) / max(dim, 1); {
	case dim < 1 || classes < 2:
		return nil, fmt.Errorf("model: svm: %d dimensions and %d classes; at least 1 and 2 are needed", dim, classes)
	case len(s.Vectors) != n*dim:
		return nil, fmt.Errorf("model: svm: %d numbers are not support vectors of %d dimensions", len(s.Vectors), dim)
	case len(s.Intercepts) != margins || len(s.Dual) != margins*n:
		return nil, fmt.Errorf("model: svm: %d intercepts and %d dual coefficients; %d classes and %d support vectors need %d and %d",
			len(s.Intercepts), len(s.Dual), classes, n, margins, margins*n)
	}
	for _, list := range [][]float64{s.Vectors, s.Dual, s.Intercepts} {
		if at := notFinite(list); at >= 0 {
			return nil, fmt.Errorf("model: svm: number %d of the support is %g; all must be finite", at, list[at])
		}
	}
	for _, c := range s.Missing {
		if c < 0 || c >= classes || classes == 2 || len(s.Missing) > classes-2 {
			return nil, fmt.Errorf("model: svm: missing classes %v of %d; at least two must be there", s.Missing, classes)
		}
	}
	return newSVM(k, dim, classes, s.clone()), nil
}

func newSVM(k kernel, dim, classes int, s Support) *SVM {
	m := &SVM{kernel: k, classes: classes, support: s, missing: s.Missing, solved: true}
	m.vectors = columnsOf(s.Vectors, dim, nil)
	if k.kind != "linear" {
		return m
	}
	n := m.vectors.n
	m.weights = make([]float64, len(s.Intercepts)*dim)
	for c := range s.Intercepts {
		w := m.weights[c*dim : (c+1)*dim]
		for i, b := range s.Dual[c*n : (c+1)*n] {
			for f := range w {
				w[f] += float64(b * s.Vectors[i*dim+f])
			}
		}
	}
	return m
}

func (s Support) clone() Support {
	return Support{
		Vectors:    append([]float64(nil), s.Vectors...),
		Dual:       append([]float64(nil), s.Dual...),
		Intercepts: append([]float64(nil), s.Intercepts...),
		Missing:    append([]int(nil), s.Missing...),
	}
}

// marginsOf is the number of separations for c classes.
func marginsOf(classes int) int {
	if classes == 2 {
		return 1
	}
	return classes
}

func notFinite(v []float64) int {
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return i
		}
	}
	return -1
}

// Dim implements Classifier.
func (m *SVM) Dim() int { return m.vectors.d }

// Classes implements Classifier.
func (m *SVM) Classes() int { return m.classes }

// Support returns a copy of the support vectors, their coefficients and the
// intercepts.
func (m *SVM) Support() Support { return m.support.clone() }

// Kernel returns the recipe fields of the kernel: Kernel, Gamma, Coef0, Degree.
func (m *SVM) Kernel() Recipe {
	return Recipe{Family: "svm", Kernel: m.kernel.kind, Gamma: m.kernel.gamma, Coef0: m.kernel.coef0, Degree: m.kernel.degree}
}

// Converged reports whether training reached its tolerance; if it ran out of
// iterations, the model is usable but not the optimum.
func (m *SVM) Converged() bool { return m.solved }

// ScoresTo implements Classifier.
func (m *SVM) ScoresTo(dst, x []float64) {
	d := m.vectors.d
	n := len(x) / d
	if len(x) != n*d || len(dst) != n*m.classes {
		panic("model: svm: shapes of dst and x do not fit")
	}
	var row []float64
	if m.weights == nil {
		row = make([]float64, m.vectors.n)
	}
	for i := range n {
		in, out := x[i*d:(i+1)*d], dst[i*m.classes:(i+1)*m.classes]
		factors := m.weights
		if m.weights == nil {
			m.kernel.rowTo(row, m.vectors, in)
			in, factors = row, m.support.Dual
		}
		for c, b := range m.support.Intercepts {
			out[c] = b + num.Dot(factors[c*len(in):(c+1)*len(in)], in)
		}
		m.finish(out)
	}
}

// finish turns the margins at the front of one point's scores into its scores.
func (m *SVM) finish(out []float64) {
	if m.classes == 2 {
		out[0], out[1] = -out[0], out[0]
		return
	}
	if len(m.missing) == 0 {
		return
	}
	lowest, k := math.Inf(1), 0
	for c, v := range out {
		if k < len(m.missing) && m.missing[k] == c {
			k++
			continue
		}
		lowest = min(lowest, v)
	}
	for _, c := range m.missing {
		out[c] = lowest - 1
	}
}

// trainSVM fits a C-SVC, for more than two classes one against the rest.
func (r Recipe) trainSVM(data Data, o Options) (Classifier, error) {
	k, err := kernelOf(r)
	if err != nil {
		return nil, err
	}
	if !(r.C > 0) || math.IsInf(r.C, 0) {
		return nil, fmt.Errorf("model: svm: C is %g; a finite number above 0 is needed", r.C)
	}
	counts, err := checkLabels(data)
	if err != nil {
		return nil, err
	}
	s := newSMO(k, data.X, data.Dim, r.C, o.Tick)
	if at := notFinite(s.diag); at >= 0 {
		return nil, fmt.Errorf("model: svm: the %s kernel overflows at point %d; scale the inputs or lower gamma or degree", k.kind, at)
	}
	if o.Tol > 0 {
		s.tol = o.Tol
	}
	return s.train(data, counts)
}

// checkLabels counts the points of each class.
func checkLabels(data Data) ([]int, error) {
	if data.Labels == nil {
		return nil, errors.New("model: svm: the data have no labels; an SVM cannot learn from probabilities")
	}
	if data.Dim < 1 || data.Classes < 2 || len(data.X) != len(data.Labels)*data.Dim {
		panic("model: svm: shapes of the data do not fit")
	}
	if at := notFinite(data.X); at >= 0 {
		return nil, fmt.Errorf("model: svm: feature %d of point %d is %g; all must be finite", at%data.Dim, at/data.Dim, data.X[at])
	}
	counts := make([]int, data.Classes)
	for i, c := range data.Labels {
		if c < 0 || c >= data.Classes {
			return nil, fmt.Errorf("model: svm: label of point %d is %d; 0 to %d are allowed", i, c, data.Classes-1)
		}
		counts[c]++
	}
	present := 0
	for _, n := range counts {
		if n > 0 {
			present++
		}
	}
	if present < 2 {
		return nil, ErrOneClass
	}
	return counts, nil
}

// train solves one separation after the other and gathers the support.
func (s *smo) train(data Data, counts []int) (*SVM, error) {
	n, margins := data.N(), marginsOf(data.Classes)
	betas := make([][]float64, margins)
	out := Support{Intercepts: make([]float64, margins)}
	solved, y, used := true, make([]float64, n), make([]bool, n)
	for c := range margins {
		positive := c
		if margins == 1 {
			positive = 1
		}
		betas[c] = make([]float64, n)
		if counts[positive] == 0 {
			out.Missing = append(out.Missing, c)
			continue
		}
		for i, l := range data.Labels {
			y[i] = -1
			if l == positive {
				y[i] = 1
			}
		}
		b, err := s.solve(y)
		if err != nil {
			return nil, err
		}
		solved = solved && s.wasSolved
		out.Intercepts[c] = b
		copy(betas[c], s.beta)
		for i, b := range s.beta {
			used[i] = used[i] || b != 0
		}
	}
	for i := range n {
		if used[i] {
			out.Vectors = append(out.Vectors, s.row(int32(i))...)
		}
	}
	for _, beta := range betas {
		for i, b := range beta {
			if used[i] {
				out.Dual = append(out.Dual, b)
			}
		}
	}
	m := newSVM(s.kernel, data.Dim, data.Classes, out)
	m.solved = solved
	return m, nil
}
