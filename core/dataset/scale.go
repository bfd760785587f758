package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"

	"modelheist/core/domain"
)

// ranges is the domain of the n×d points x: the smallest and largest value of
// each named column.
func ranges(names []string, x []float64) domain.Domain {
	d := len(names)
	box := make(domain.Domain, d)
	for j := range box {
		low, high := math.Inf(1), math.Inf(-1)
		for i := j; i < len(x); i += d {
			low, high = min(low, x[i]), max(high, x[i])
		}
		box[j] = domain.Feature{Name: names[j], Low: low, High: high}
	}
	return box
}

// Scale returns the set with every column of numbers mapped linearly to [-1, 1] by
// its smallest and largest value; categories stay. A constant column becomes -1 (scikit-learn's
// MinMaxScaler, as Tramèr et al. 2016 use it on all rows before the split). The
// domain is [-1, 1] in every number and Raw keeps the original ranges. Labels are shared.
func Scale(s *Set) *Set {
	d := s.D()
	scaled := &Set{Name: s.Name, X: make([]float64, len(s.X)), Y: s.Y, ClassNames: s.ClassNames, Domain: make(domain.Domain, d)}
	scaled.Raw = ranges(names(s.Domain), s.X)
	for j, f := range scaled.Raw {
		if s.Domain[j].Categories != nil {
			scaled.Domain[j], scaled.Raw[j] = s.Domain[j], s.Domain[j]
			for i := j; i < len(s.X); i += d {
				scaled.X[i] = s.X[i]
			}
			continue
		}
		scaled.Domain[j] = domain.Feature{Name: f.Name, Low: -1, High: 1}
		// Halves, so that a span of more than the largest float64 doesn't overflow.
		span := f.High/2 - f.Low/2
		for i := j; i < len(s.X); i += d {
			scaled.X[i] = -1
			if span > 0 {
				scaled.X[i] = 2*((s.X[i]/2-f.Low/2)/span) - 1
			}
		}
	}
	return scaled
}

func names(box domain.Domain) []string {
	names := make([]string, len(box))
	for j, f := range box {
		names[j] = f.Name
	}
	return names
}

// Split draws a training set of about share·n rows, 0 < share < 1, and leaves
// the rest for testing. The draw is plainly random, as in the paper, except that
// every class of s has a row in the training set: a missing one is exchanged for
// a row of a class with several. With hardly more rows than classes the training
// set takes as many as there are classes, and the test set may be empty.
func Split(s *Set, share float64, r *rand.Rand) (train, test *Set) {
	if !(share > 0 && share < 1) {
		panic(fmt.Sprintf("dataset: split share %v is not in (0, 1)", share))
	}
	count := make([]int, s.Classes())
	for _, c := range s.Y {
		count[c]++
	}
	present := 0
	for _, c := range count {
		if c > 0 {
			present++
		}
	}
	n := s.N()
	size := min(max(int(math.Round(share*float64(n))), present), n)
	if size == n && n > present {
		size-- // leave one row to test on
	}
	order := r.Perm(n)
	cover(s.Y, order, size, s.Classes())
	return s.rows(order[:size]), s.rows(order[size:])
}

// cover exchanges rows across order[:size] | order[size:] so that every class of
// y has a row in the first part, which must be long enough.
func cover(y, order []int, size, classes int) {
	count := make([]int, classes)
	for _, i := range order[:size] {
		count[y[i]]++
	}
	giver := 0
	for k := size; k < len(order); k++ {
		if count[y[order[k]]] > 0 {
			continue
		}
		for count[y[order[giver]]] < 2 {
			giver++
		}
		count[y[order[giver]]]--
		count[y[order[k]]]++
		order[giver], order[k] = order[k], order[giver]
	}
}

// rows is the set of the rows with these indices, in that order.
func (s *Set) rows(index []int) *Set {
	d := s.D()
	part := &Set{Name: s.Name, X: make([]float64, 0, len(index)*d), Y: make([]int, 0, len(index)), Domain: s.Domain, Raw: s.Raw, ClassNames: s.ClassNames}
	for _, i := range index {
		part.X = append(part.X, s.X[i*d:(i+1)*d]...)
		part.Y = append(part.Y, s.Y[i])
	}
	return part
}
