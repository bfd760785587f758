// Package oracle is the prediction API as an attacker sees it: it answers
// batches of inputs, and tells its domain, the kind of its answers and how much
// of the budget is left. Nothing else of the victim can be reached through it.
package oracle

import (
	"errors"
	"fmt"
	"math"

	"modelheist/core/domain"
)

// Kind names what an oracle returns for a query.
type Kind string

const (
	Labels        Kind = "labels"        // the class
	Top1          Kind = "top1"          // the class and its probability
	Probabilities Kind = "probabilities" // the class and all c probabilities
	Logits        Kind = "logits"        // the class and all c scores before the link
	Margin        Kind = "margin"        // the class and the signed distance scores of an SVM
	Value         Kind = "value"         // the number that a regression predicts; its one class is 0
)

// Reply answers a batch of n queries.
type Reply struct {
	Kind    Kind
	Classes int
	Labels  []int     // n
	Values  []float64 // n×Width(); nil for labels
	// Missing tells of each answer which absent feature it stopped at, -1 for
	// none. Nil unless the API takes incomplete inputs and lists the fields it
	// went by.
	Missing []int // n
}

// N is the number of answers.
func (r Reply) N() int { return len(r.Labels) }

// Width is the number of values that come with each label.
func (r Reply) Width() int {
	switch r.Kind {
	case Labels:
		return 0
	case Top1, Value:
		return 1
	}
	return r.Classes
}

// Oracle answers queries. Implementations are the victim itself, the meter and
// the defences around it, and a remote API.
type Oracle interface {
	// Domain tells the inputs' names, ranges and categories, and which of them a
	// query may leave out (NaN).
	Domain() domain.Domain
	// Classes is the number of classes, 1 for a regression.
	Classes() int
	// Answers is the kind of the replies.
	Answers() Kind
	// Left is the number of queries that may still be asked.
	Left() int
	// Ask answers the n×d batch x. It costs n queries, taken as a whole: a batch
	// that the budget does not cover is not answered at all (ErrBudget), and
	// neither is one with an input outside a box that is enforced (*RangeError).
	Ask(x []float64) (Reply, error)
}

// ErrBudget reports a batch larger than the queries left; none was answered.
var ErrBudget = errors.New("oracle: the query budget does not cover this batch")

// RangeError reports an input that the oracle refuses.
type RangeError struct {
	Row     int
	Feature domain.Feature
	Value   float64
}

func (e *RangeError) Error() string {
	if math.IsNaN(e.Value) {
		return fmt.Sprintf("oracle: query %d: %s is missing (NaN), allowed are complete inputs only", e.Row, e.Feature.Name)
	}
	return fmt.Sprintf("oracle: query %d: %s = %v is outside [%v, %v]", e.Row, e.Feature.Name, e.Value, e.Feature.Low, e.Feature.High)
}

// Check panics on a batch that is not whole rows (the caller's mistake) and
// reports inputs that are not numbers, nor missing where they may be.
func Check(d domain.Domain, x []float64) error {
	if len(x)%d.Dim() != 0 {
		panic(fmt.Sprintf("oracle: batch of %d values is not a multiple of d = %d", len(x), d.Dim()))
	}
	for i, v := range x {
		if v-v == 0 {
			continue
		}
		if f := d[i%d.Dim()]; !f.Optional || !math.IsNaN(v) {
			return &RangeError{Row: i / d.Dim(), Feature: f, Value: v}
		}
	}
	return nil
}

// inner is the oracle that a decorator embeds. The name keeps it private:
// whoever holds the decorator can't reach around it.
type inner = Oracle
