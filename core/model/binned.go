package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"modelheist/core/num"
)

// Bins is what a service makes of one feature before its model sees it: a column
// of 0 and 1 for each bin of a number, or for each category.
type Bins struct {
	Edges      []float64 // of a number, ascending: v <= Edges[i] and above the one before is bin i
	Categories int       // of a category; 0 for a number
}

// Count is the number of columns.
func (b Bins) Count() int {
	if b.Categories > 0 {
		return b.Categories
	}
	return len(b.Edges) + 1
}

// Of is the bin of the value v: -1, which contributes nothing, for a missing one
// (NaN) and for a category that isn't known.
func (b Bins) Of(v float64) int {
	if v != v {
		return -1
	}
	if b.Categories > 0 {
		k := math.Round(v)
		if k < 0 || k >= float64(b.Categories) {
			return -1
		}
		return int(k)
	}
	i, _ := slices.BinarySearchFunc(b.Edges, v, cmp.Compare[float64])
	return i
}

// Extraction is what a service makes of all d features.
type Extraction []Bins

// Width is d', the number of columns after the extraction.
func (e Extraction) Width() int {
	width := 0
	for _, b := range e {
		width += b.Count()
	}
	return width
}

// Columns encodes the n×d batch x as n×d' columns of 0 and 1.
func (e Extraction) Columns(x []float64) []float64 {
	width := e.Width()
	out := make([]float64, len(x)/len(e)*width)
	for i := range len(x) / len(e) {
		at := i * width
		for f, b := range e {
			if k := b.Of(x[i*len(e)+f]); k >= 0 {
				out[at+k] = 1
			}
			at += b.Count()
		}
	}
	return out
}

// golden is the golden section, the number farthest from all simple fractions.
const golden = 0.3819660112501051

// Quantiles puts the n×d points x into bins of about as many points each, at most
// so many a number. An edge lies between the points on both sides of it, but not
// midway, where other values lie if these are whole numbers of some unit.
// categories are the numbers of categories of each feature, 0 for numbers; nil if
// all are numbers.
func Quantiles(x []float64, d, bins int, categories []int) Extraction {
	e := make(Extraction, d)
	column := make([]float64, len(x)/d)
	for f := range e {
		if categories != nil && categories[f] > 0 {
			e[f].Categories = categories[f]
			continue
		}
		for i := range column {
			column[i] = x[i*d+f]
		}
		slices.Sort(column)
		for k := 1; k < bins; k++ {
			last := column[max(1, k*len(column)/bins)-1]
			next, _ := slices.BinarySearchFunc(column, last, func(v, last float64) int {
				if v <= last {
					return -1
				}
				return 1
			})
			if next == len(column) {
				break
			}
			if edge := last*(1-golden) + column[next]*golden; len(e[f].Edges) == 0 || edge > e[f].Edges[len(e[f].Edges)-1] {
				e[f].Edges = append(e[f].Edges, edge)
			}
		}
	}
	return e
}

// Binned is a linear model behind feature extraction, as prediction services had
// it (Tramèr et al. 2016, section 5.2, of Amazon): numbers in bins, bins and
// categories one-hot, a missing feature contributes nothing. Over the inputs it is
// constant in each cell between edges.
type Binned struct {
	linear *Linear // over d' columns
	bins   Extraction
}

var (
	_ Probabilistic = (*Binned)(nil)
	_ GridScorer    = (*Binned)(nil)
	_ Partial       = (*Binned)(nil)
	_ Fitted        = (*Binned)(nil)
)

// NewBinned makes a model from its extraction, which it keeps, and the parameters
// of the linear model over the columns: rows of d' weights and an intercept, as
// NewLinear takes them.
func NewBinned(family string, c int, bins Extraction, params []float64) (*Binned, error) {
	for f, b := range bins {
		for i, edge := range b.Edges {
			switch {
			case edge-edge != 0:
				return nil, fmt.Errorf("model: edge %d of feature %d is %v, must be a finite number", i, f, edge)
			case i > 0 && !(edge > b.Edges[i-1]):
				return nil, fmt.Errorf("model: edge %d of feature %d is %v, must be above the one before, %v", i, f, edge, b.Edges[i-1])
			case b.Categories > 0:
				return nil, fmt.Errorf("model: feature %d has %d categories and edges, allowed is one of both", f, b.Categories)
			}
		}
	}
	linear, err := NewLinear(family, bins.Width(), c, params)
	if err != nil {
		return nil, err
	}
	return &Binned{linear, bins}, nil
}

// trainBinned trains the linear model on the columns.
func (r Recipe) trainBinned(data Data, o Options) (Classifier, error) {
	if err := data.check(); err != nil {
		return nil, err
	}
	if err := checkLinear(r.Family, data.Classes); err != nil {
		return nil, err
	}
	bins := Quantiles(data.X, data.Dim, r.Bins, data.Categories)
	r.Bins, o.Warm = 0, nil
	data.X, data.Dim, data.Categories = bins.Columns(data.X), bins.Width(), nil
	m, err := r.Train(data, o)
	if err != nil {
		return nil, err
	}
	return &Binned{m.(*Linear), bins}, nil
}

// Family is that of the linear model.
func (m *Binned) Family() string { return m.linear.family }

// Dim implements Classifier.
func (m *Binned) Dim() int { return len(m.bins) }

// Classes implements Classifier.
func (m *Binned) Classes() int { return m.linear.c }

// Fit implements Fitted.
func (m *Binned) Fit() Fit { return m.linear.fit }

// Bins is the extraction. It belongs to the model.
func (m *Binned) Bins() Extraction { return m.bins }

// Params returns a copy of the linear model's parameters.
func (m *Binned) Params() []float64 { return m.linear.Params() }

// Unknowns is k, the number of parameters: d'+1 or c(d'+1).
func (m *Binned) Unknowns() int { return len(m.linear.w) }

// ScoresTo implements Classifier. Inputs may be incomplete.
func (m *Binned) ScoresTo(dst, x []float64) {
	d, c, r := len(m.bins), m.linear.c, m.linear.rows()
	width := m.linear.d + 1
	at := make([]int, d) // the column of each feature that is 1, or -1
	for i := range len(x) / d {
		offset := 0
		for f, b := range m.bins {
			at[f] = -1
			if k := b.Of(x[i*d+f]); k >= 0 {
				at[f] = offset + k
			}
			offset += b.Count()
		}
		out := dst[i*c : (i+1)*c]
		out[0] = 0
		for k := range r {
			w := m.linear.w[k*width : (k+1)*width]
			z := w[width-1]
			for _, j := range at {
				if j >= 0 {
					z += w[j]
				}
			}
			out[c-r+k] = z
		}
	}
}

// GridScoresTo implements GridScorer with the same bits as ScoresTo.
func (m *Binned) GridScoresTo(dst, xs, ys []float64) {
	if len(m.bins) != 2 {
		panic(fmt.Sprintf("model: a grid needs d = 2, not %d", len(m.bins)))
	}
	c, r, width := m.linear.c, m.linear.rows(), m.linear.d+1
	columns := make([]int, len(xs))
	for i, x := range xs {
		columns[i] = m.bins[0].Of(x)
	}
	num.Fill(dst[:len(xs)*len(ys)*c], 0)
	for j, y := range ys {
		row := m.bins[1].Of(y)
		for k := range r {
			w := m.linear.w[k*width : (k+1)*width]
			for i, column := range columns {
				z := w[width-1]
				if column >= 0 {
					z += w[column]
				}
				if row >= 0 {
					z += w[m.bins[0].Count()+row]
				}
				dst[(j*len(xs)+i)*c+c-r+k] = z
			}
		}
	}
}

// ProbabilitiesTo implements Probabilistic.
func (m *Binned) ProbabilitiesTo(dst, x []float64) {
	dst = dst[:len(x)/len(m.bins)*m.linear.c]
	m.ScoresTo(dst, x)
	m.linear.link(dst)
}

// MissingTo implements Partial: no answer stops at a missing feature.
func (m *Binned) MissingTo(dst []int, _ []float64) {
	for i := range dst {
		dst[i] = -1
	}
}
