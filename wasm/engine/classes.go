//go:build js && wasm

package main

import (
	"fmt"
	"slices"

	"modelheist/core/dataset"
	"modelheist/core/experiment"
)

// classes are an experiment's classes as the visitor knows them. A drawing may
// leave classes out, which the experiment then numbers without gaps; on view
// each keeps the colour and shape that it was drawn in.
type classes struct {
	drawn []int // by the experiment's number; nil if they are the same
	names []string
}

func (c classes) of(label int) int {
	if label < len(c.drawn) {
		return c.drawn[label]
	}
	return label
}

func classesOf(exp *experiment.Experiment) classes {
	out := classes{names: slices.Clone(exp.Set.ClassNames)}
	if exp.Spec.Get("data") != "points" {
		return out
	}
	points, err := dataset.UnpackPoints(exp.Spec.Get("points"))
	if err != nil {
		return out
	}
	for _, p := range points {
		if !slices.Contains(out.drawn, p.Class) {
			out.drawn = append(out.drawn, p.Class)
		}
	}
	slices.Sort(out.drawn)
	out.names = nil
	for c := range out.drawn[len(out.drawn)-1] + 1 {
		out.names = append(out.names, fmt.Sprintf("class %d", c+1))
	}
	return out
}

// triples are points as the stage has them: x, y, class.
func triples(points []dataset.Point) []float64 {
	out := make([]float64, 0, 3*len(points))
	for _, p := range points {
		out = append(out, p.X, p.Y, float64(p.Class))
	}
	return out
}
