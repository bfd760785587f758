// Package dataset makes, reads, scales and splits labelled points.
package dataset

import "modelheist/core/domain"

// Set is n labelled points in d dimensions.
type Set struct {
	Name       string
	X          []float64     // n×d, row-major
	Y          []int         // n class indices in 0..len(Classes)-1
	Domain     domain.Domain // d columns
	Raw        domain.Domain // the columns' ranges before scaling; nil if X is as it was read or drawn
	ClassNames []string      // one a class
}

// N is the number of points.
func (s *Set) N() int { return len(s.Y) }

// D is the number of features.
func (s *Set) D() int { return s.Domain.Dim() }

// Classes is the number of classes.
func (s *Set) Classes() int { return len(s.ClassNames) }
