//go:build js && wasm

package main

import (
	"fmt"
	"math"

	"modelheist/core/dataset"
	"modelheist/wasm/engine/wire"
)

// table reads a file of separated values and, with its columns chosen, the
// points of the plane in it.
func (e *engine) table(r wire.CSV) {
	options := dataset.CSVOptions{}
	if r.Header != nil {
		options.Header = dataset.WithoutHeader
		if *r.Header {
			options.Header = dataset.WithHeader
		}
	}
	preview, err := dataset.Inspect([]byte(r.Text), options)
	if err != nil {
		e.fail(&r.ID, "data", err)
		return
	}
	out := wire.Table{ID: r.ID, Rows: preview.Rows, Count: preview.Count, Header: preview.Header}
	for _, c := range preview.Columns {
		out.Columns = append(out.Columns, wire.Column{Name: c.Name, Kind: c.Kind, Distinct: c.Distinct})
	}
	if r.X != "" && r.Y != "" && r.Label != "" {
		options.Columns, options.Numbers, options.Label = []string{r.X, r.Y}, []string{r.X, r.Y}, r.Label
		options.DropMissing = true
		set, err := dataset.ReadCSV([]byte(r.Text), options)
		if err == nil {
			err = toPlane(set, r.Standardise != nil && *r.Standardise)
		}
		if err != nil {
			e.fail(&r.ID, "data", err)
			return
		}
		points, err := dataset.Drawing(thinned(set, dataset.MaxDrawn))
		if err != nil {
			e.fail(&r.ID, "data", err)
			return
		}
		out.Points, out.ClassNames = triples(points), set.ClassNames
	}
	e.post(out)
}

// thinned is the set, or most of its rows from all over it. They are not every
// so-manieth, which in a table of alternating classes might all be of one.
func thinned(s *dataset.Set, most int) *dataset.Set {
	n := s.N()
	if n <= most {
		return s
	}
	out := *s
	out.X, out.Y = nil, nil
	for i := range most {
		_, jitter := math.Modf(float64(i) * math.Phi)
		row := int((float64(i) + jitter) * float64(n) / float64(most))
		out.X, out.Y = append(out.X, s.X[2*row:2*row+2]...), append(out.Y, s.Y[row])
	}
	return &out
}

// reach is how far towards the edge of the plane the points of a table go.
const reach = 0.9

// toPlane moves the two columns of s into [-0.9, 0.9]: each by its own range,
// or standardised, where a standard deviation is as long on both axes.
func toPlane(s *dataset.Set, standardise bool) error {
	if s.D() != 2 {
		return fmt.Errorf("the plane takes two columns of numbers, and these make %d features", s.D())
	}
	var scaled [2]float64 // divisors
	for axis := range 2 {
		mean, low, high := 0.0, math.Inf(1), math.Inf(-1)
		n := float64(s.N())
		for i := axis; i < len(s.X); i += 2 {
			mean += s.X[i] / n
			low, high = min(low, s.X[i]), max(high, s.X[i])
		}
		centre, spread := (low+high)/2, (high-low)/2
		if standardise {
			variance := 0.0
			for i := axis; i < len(s.X); i += 2 {
				variance += (s.X[i] - mean) * (s.X[i] - mean) / n
			}
			centre, spread = mean, math.Sqrt(variance)
		}
		if !(spread > 0) {
			spread = 1 // one value: all in the middle
		}
		for i := axis; i < len(s.X); i += 2 {
			s.X[i] = (s.X[i] - centre) / spread
			scaled[axis] = max(scaled[axis], math.Abs(s.X[i]))
		}
	}
	furthest := max(scaled[0], scaled[1])
	for i := range s.X {
		if furthest > 0 {
			s.X[i] *= reach / furthest
		}
	}
	return nil
}
