package paper

import (
	"math"
	"slices"
)

// Values are the figures of the cells, raw: one slice a cell, in the order of
// Plan.Cells. done holds the outcomes so far; a cell without one is nil.
func (p *Plan) Values(done []Done) [][]float64 {
	values := make([][]float64, len(p.Cells))
	for _, d := range done {
		values[d.Index] = d.Values
	}
	return values
}

// RunningMinimum are the figures as the paper's plots have them: an error at a
// budget is the least of all at that budget and the smaller ones, and a copy
// from fewer than five queries counts as wrong everywhere.
func (p *Plan) RunningMinimum(done []Done) [][]float64 {
	raw := p.Values(done)
	for _, d := range done {
		if d.Queries < 5 {
			raw[d.Index] = p.wrong(d.Values)
		}
	}
	values := make([][]float64, len(raw))
	for i, c := range p.Cells {
		if raw[i] == nil {
			continue
		}
		values[i] = append([]float64(nil), raw[i]...)
		for j, other := range p.Cells {
			a, b := p.Rows[c.Row], p.Rows[other.Row]
			if raw[j] != nil && c.Set == other.Set && c.Seed == other.Seed && a.Group == b.Group && b.X < a.X {
				p.improve(values[i], raw[j])
			}
		}
	}
	return values
}

// wrong is the figures of a copy that agrees on nothing.
func (p *Plan) wrong(values []float64) []float64 {
	out := append([]float64(nil), values...)
	for k, c := range p.Columns {
		switch c.Kind {
		case Error:
			out[k] = 1
		case Agreement, Gain:
			out[k] = 0
		}
	}
	return out
}

// improve takes over what is better in the other figures.
func (p *Plan) improve(values, other []float64) {
	for k, c := range p.Columns {
		switch c.Kind {
		case Error:
			values[k] = math.Min(values[k], other[k])
		case Agreement, Gain:
			values[k] = math.Max(values[k], other[k])
		}
	}
}

// Of are the figures of a column in a row, over the seeds and, unless one is
// named, over the sets. Those that have no meaning are left out.
func (p *Plan) Of(values [][]float64, row, column int, set string) []float64 {
	var out []float64
	for i, c := range p.Cells {
		if c.Row != row || values[i] == nil || set != "" && c.Set != set {
			continue
		}
		if v := values[i][column]; !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	return out
}

// Worst is the worst of the figures of such a column; NaN for none, and for
// facts, of which none is worse.
func (c Column) Worst(values []float64) float64 {
	if len(values) == 0 || c.Kind == Fact {
		return math.NaN()
	}
	worst := values[0]
	for _, v := range values {
		if c.Kind == Agreement || c.Kind == Gain {
			worst = math.Min(worst, v)
		} else {
			worst = math.Max(worst, v)
		}
	}
	return worst
}

// Mean is the mean of the figures; NaN for none.
func Mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// Median is the median of the figures, of an even number the lower of both in
// the middle; NaN for none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return slices.Sorted(slices.Values(values))[(len(values)-1)/2]
}
