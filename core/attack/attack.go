// Package attack holds the thieves. An attack sees an oracle and nothing else:
// no victim, no data set, no metric. It runs as a stream of events, so pulling
// is stepping, not pulling is pausing, and breaking off is cancelling.
package attack

import (
	"iter"
	"math/rand/v2"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// Attack rebuilds a model from an oracle's answers.
type Attack interface {
	// Events asks the oracle until the attack is solved, stuck or out of budget,
	// and yields what happens: queries, rounds (a new copy), claims, and one end.
	// A non-nil error is last and has no event. The stream is single-use; the
	// same oracle state and the same r give the same events.
	Events(o oracle.Oracle, r *rand.Rand) iter.Seq2[Event, error]
}

// EventKind tells events apart.
type EventKind string

const (
	Queried EventKind = "query" // a batch was asked and answered
	Rounded EventKind = "round" // a new copy
	Claimed EventKind = "claim" // something the attacker now believes
	Ended   EventKind = "end"   // the last event
)

// Status is how an attack ended.
type Status string

const (
	Solved  Status = "solved"  // the attack knows it is done
	Budget  Status = "budget"  // the budget is spent
	Stuck   Status = "stuck"   // no way on; the last copy is what there is
	Stopped Status = "stopped" // the caller broke off
)

// Event is one thing that happened. Its slices belong to the receiver.
type Event struct {
	Kind    EventKind
	Queries int // spent so far, this event's included

	// Queried
	X     []float64    // n×d inputs
	Reply oracle.Reply // n answers
	Why   []string     // n short reasons ("uniform", "on the copy's boundary"), or one for all

	// Rounded
	Round, Rounds int
	Copy          model.Classifier

	// Claimed
	Claim *Claim

	// Ended
	Status Status
	Note   string // what stood in the way, for Stuck
}

// Claim is something that the attacker believes of the victim. One of its
// fields is set.
type Claim struct {
	Leaf     *model.Box // a leaf of a tree: where it is and what it answers
	Suspects []Suspect  // families that the victim may be of, the likeliest first
	Point    []float64  // d numbers: an input that the victim was trained on
	Edge     *Edge      // where a service parts a number into bins
}

// Edge is a place on a feature where one bin ends and the next begins.
type Edge struct {
	Feature int
	At      float64
}

// Suspect is a family that extract-and-test has held against the answers.
type Suspect struct {
	Name  string
	Error float64 // in cross-validation; NaN if ruled out
	Out   string  // why it is ruled out, or empty
}
