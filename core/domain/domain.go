// Package domain describes the inputs of a model: what a data set's columns
// are, what an oracle announces, and what an attacker may draw queries from.
package domain

// Domain is the box of inputs, one Feature a dimension.
type Domain []Feature

// Feature is one input. Its values lie in [Low, High].
type Feature struct {
	Name      string
	Low, High float64
	// Categories names the values of a categorical input: value v is
	// Categories[v], Low is 0 and High the last. Nil for a number.
	Categories []string
	// Optional inputs may be missing from a query: the value is NaN.
	Optional bool
}

// Dim is the number of inputs d.
func (d Domain) Dim() int { return len(d) }

// Categories is the number of categories of each input, 0 for numbers.
func (d Domain) Categories() []int {
	k := make([]int, len(d))
	for i, f := range d {
		k[i] = len(f.Categories)
	}
	return k
}
