// Package export writes what an experiment came to: models, figures, tables, and
// the whole of it as JSON. The command line and the page write the same files.
package export

import (
	"fmt"
	"slices"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/experiment"
	"modelheist/core/figure"
	"modelheist/core/metric"
	"modelheist/core/model"
	"modelheist/core/modelfile"
	"modelheist/core/paint"
)

// Result is an experiment and what has come of it: of the events that Add was
// given.
type Result struct {
	Exp    *experiment.Experiment
	Engine string // version of the program; empty is unknown

	Copy    model.Classifier // the latest; nil if there was no round
	Rounds  []Round
	Asked   Asked
	Status  attack.Status // empty if the run has not ended
	Queries int           // spent
}

// Round is a copy, measured.
type Round struct {
	Queries  int
	Measures *metric.Measures // nil for a remote oracle
	Answered float64          // share of a remote oracle's answers that the copy gives too
}

// agreement is with the victim; across a network, with the answers received. It
// is NaN if neither was measured.
func (r *Round) agreement() float64 {
	if r.Measures == nil {
		return r.Answered
	}
	return 1 - r.Measures.RUnif
}

// Asked is the queries with their answers.
type Asked struct {
	X      []float64 // n×d, NaN where a feature was left out
	Labels []int
	Values []float64 // n×width
	Width  int
	Why    []string // of each
}

// Add takes note of an event.
func (r *Result) Add(e experiment.Event) {
	r.Queries = e.Queries
	switch e.Kind {
	case attack.Queried:
		a := &r.Asked
		a.X = append(a.X, e.X...)
		a.Labels = append(a.Labels, e.Reply.Labels...)
		a.Values, a.Width = append(a.Values, e.Reply.Values...), e.Reply.Width()
		for i := range e.Reply.N() {
			why := ""
			if len(e.Why) > 0 {
				why = e.Why[min(i, len(e.Why)-1)]
			}
			a.Why = append(a.Why, why)
		}
	case attack.Rounded:
		r.Copy = e.Copy
		r.Rounds = append(r.Rounds, Round{e.Queries, e.Measures, e.Answered})
	case attack.Ended:
		r.Status = e.Status
	}
}

// measures are those of the latest copy, nil if there are none.
func (r *Result) measures() *metric.Measures {
	if len(r.Rounds) == 0 {
		return nil
	}
	return r.Rounds[len(r.Rounds)-1].Measures
}

// file is a model with the names of its inputs and classes.
func (r *Result) file(m model.Classifier) modelfile.File {
	return modelfile.File{Model: m, Domain: r.Exp.Set.Domain, Classes: r.Exp.Set.ClassNames}
}

// link is the experiment's, with the version of the program.
func (r *Result) link() string { return r.Exp.Spec.LinkFrom(r.Engine) }

// content is what a figure shows of the result.
func (r *Result) content(look Look) *figure.Content {
	set, spec := r.Exp.Set, r.Exp.Spec
	c := &figure.Content{
		Tick: look.Tick, Link: r.link(), Victim: r.Exp.Victim, Copy: r.Copy, Budget: r.Exp.Budget, ClassNames: set.ClassNames,
		Title: fmt.Sprintf("%s on %s, answers: %s; %s", spec.Get("victim"), set.Name, r.Exp.Answers(), spec.Get("attack")),
	}
	if r.remote() {
		c.Title = fmt.Sprintf("%s behind a network, answers: %s; %s", set.Name, r.Exp.Answers(), spec.Get("attack"))
		c.Remote, c.Domain = true, set.Domain
	} else if m := r.measures(); m != nil {
		c.Title += ": " + paint.Percent(1-m.RUnif) + " agreement after " + fmt.Sprint(r.Queries) + " queries"
	}
	if points, err := dataset.UnpackPoints(spec.Get("points")); spec.Get("points") != "" && err == nil {
		c.Colours = drawn(points)
	}
	if set.D() == 2 {
		c.Points = marks(set.X, set.Y)
		c.Queries = marks(r.Asked.X, r.Asked.Labels)
	}
	for _, round := range r.Rounds {
		if y := round.agreement(); y == y {
			c.Curve = append(c.Curve, paint.Point{X: float64(round.Queries), Y: y})
		}
	}
	return c
}

// remote tells whether the victim is behind a network.
func (r *Result) remote() bool { return r.Exp.Victim == nil }

// drawn are the classes of a drawing that have points: the experiment numbers
// them without gaps.
func drawn(points []dataset.Point) []int {
	var classes []int
	for _, p := range points {
		if !slices.Contains(classes, p.Class) {
			classes = append(classes, p.Class)
		}
	}
	slices.Sort(classes)
	return classes
}

func marks(x []float64, labels []int) []figure.Mark {
	out := make([]figure.Mark, len(labels))
	for i, l := range labels {
		out[i] = figure.Mark{X: x[2*i], Y: x[2*i+1], Class: l}
	}
	return out
}
