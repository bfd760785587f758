package model

import (
	"math"
	"slices"
	"sort"
)

var _ GridSampler = (*Boxes)(nil)

// GridScoresTo implements GridScorer for inputs of two dimensions.
func (m *Boxes) GridScoresTo(dst, xs, ys []float64) { m.Sampler(xs, ys).RowsTo(dst, 0, len(ys)) }

// Sampler implements GridSampler for inputs of two dimensions. The boxes are
// painted from the last to the first, each a rectangle, if xs and ys ascend and
// are numbers; only pixels outside all boxes are looked up one by one.
func (m *Boxes) Sampler(xs, ys []float64) Sampler {
	if m.d != 2 {
		panic("model: boxes: a grid needs inputs of two dimensions")
	}
	numbers := !slices.ContainsFunc(m.list, func(b Box) bool {
		return slices.ContainsFunc(b.Bounds, func(c Bound) bool { return c.Set != nil })
	})
	return &boxGrid{m, xs, ys, numbers && slices.IsSorted(xs) && slices.IsSorted(ys)}
}

type boxGrid struct {
	m      *Boxes
	xs, ys []float64
	paint  bool
}

// RowsTo implements Sampler.
func (g *boxGrid) RowsTo(dst []float64, from, to int) {
	c, w := g.m.c, len(g.xs)
	if g.paint {
		bare := make([]float64, c)
		bare[0] = math.NaN()
		fill(dst, bare, w, to-from, w)
		for i := len(g.m.list) - 1; i >= 0; i-- {
			x0, x1 := linesWithin(g.m.list[i].Bounds, 0, g.xs)
			y0, y1 := linesWithin(g.m.list[i].Bounds, 1, g.ys[from:to])
			if x0 < x1 && y0 < y1 {
				fill(dst[(y0*w+x0)*c:], g.m.scores[i*c:(i+1)*c], x1-x0, y1-y0, w)
			}
		}
	}
	for p := range (to - from) * w {
		if !g.paint || dst[p*c] != dst[p*c] {
			x := [2]float64{g.xs[p%w], g.ys[from+p/w]}
			copy(dst[p*c:(p+1)*c], g.m.scores[g.m.find(x[:])*c:])
		}
	}
}

// linesWithin is the range of the ascending grid lines that meet the bounds on a
// feature.
func linesWithin(bounds []Bound, feature int, lines []float64) (from, to int) {
	to = len(lines)
	for _, b := range bounds {
		if b.Feature == feature {
			from = max(from, sort.Search(len(lines), func(i int) bool { return lines[i] > b.Low }))
			to = min(to, sort.Search(len(lines), func(i int) bool { return lines[i] > b.High }))
		}
	}
	return from, to
}

// PixelsTo implements Sampler.
func (g *boxGrid) PixelsTo(dst []float64, pixels []int32) {
	c, w := g.m.c, len(g.xs)
	for k, p := range pixels {
		x := [2]float64{g.xs[int(p)%w], g.ys[int(p)/w]}
		copy(dst[k*c:(k+1)*c], g.m.scores[g.m.find(x[:])*c:])
	}
}
