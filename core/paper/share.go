package paper

import "math"

// Share estimates how much of the plan's work is done, from 0 to 1, by the seconds
// that each cell took, 0 for those that have not run. A cell to come is taken for
// as long as the same row's on that set, or else on any; else as the nearest row's
// of its group, of which a larger α takes more in proportion; else as the mean.
func (p *Plan) Share(took []float64) float64 {
	type place struct {
		row int
		set string
	}
	var all mean
	bySet, byRow := map[place]mean{}, make([]mean, len(p.Rows))
	for i, c := range p.Cells {
		if took[i] > 0 {
			at := place{c.Row, c.Set}
			bySet[at] = bySet[at].with(took[i])
			byRow[c.Row] = byRow[c.Row].with(took[i])
			all = all.with(took[i])
		}
	}
	if all.n == 0 {
		return 0
	}
	left := 0.0
	for i, c := range p.Cells {
		if took[i] > 0 {
			continue
		}
		switch same := bySet[place{c.Row, c.Set}]; {
		case same.n > 0:
			left += same.value()
		case byRow[c.Row].n > 0:
			left += byRow[c.Row].value()
		default:
			left += p.alike(c.Row, byRow, all.value())
		}
	}
	return all.sum / (all.sum + left)
}

// alike is what a cell of the row takes by the nearest row of its group that has
// run, or else the given seconds.
func (p *Plan) alike(row int, byRow []mean, otherwise float64) float64 {
	seconds, nearest := otherwise, math.Inf(1)
	to := p.Rows[row]
	for i, from := range p.Rows {
		if byRow[i].n == 0 || from.Group != to.Group {
			continue
		}
		factor := to.X / from.X
		if far := math.Abs(math.Log(factor)); far < nearest {
			seconds, nearest = byRow[i].value(), far
			if p.axis(to) == "α" {
				seconds *= factor
			}
		}
	}
	return seconds
}

// axis is what the row's X is.
func (p *Plan) axis(r Row) string {
	if p.Panels == nil {
		return p.Axis
	}
	return p.Panels[r.Panel].Axis
}

// mean is one under way.
type mean struct {
	sum float64
	n   int
}

func (m mean) with(v float64) mean { return mean{m.sum + v, m.n + 1} }
func (m mean) value() float64      { return m.sum / float64(m.n) }
