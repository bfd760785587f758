// Package domain describes the inputs of a model: what a data set's columns
// are, what an oracle announces, and what an attacker may draw queries from.
package domain

// Domain is the box of inputs, one Feature a dimension.
type Domain []Feature

// Feature is one input. Its values lie in [Low, High].
type Feature struct {
	Name      string
	Low, High float64
}

// Dim is the number of inputs d.
func (d Domain) Dim() int { return len(d) }
