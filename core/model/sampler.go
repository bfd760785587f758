package model

// Sampler scores the pixels of one fixed grid in parts.
type Sampler interface {
	// RowsTo writes the scores of the rows from, …, to-1 to dst, which is
	// ((to-from)·w)×c.
	RowsTo(dst []float64, from, to int)
	// PixelsTo writes the scores of the pixels j·w + i to dst, n×c.
	PixelsTo(dst []float64, pixels []int32)
}

// Painter is a Sampler that knows whole areas of one score, so that scores and
// labels of a grid cost it little more than writing them down.
type Painter interface {
	Sampler
	// PaintTo does what RowsTo does, and writes the labels of the rows, ties to the
	// lower class, to labels, which is (to-from)·w.
	PaintTo(scores []float64, labels []uint8, from, to int)
}

// GridSampler is a GridScorer over the plane that prepares a grid once and then
// scores parts of it for less. surface uses it.
type GridSampler interface {
	GridScorer
	Sampler(xs, ys []float64) Sampler
}

// SamplerOf is the fastest way that m has to score a grid in parts.
func SamplerOf(m Classifier, xs, ys []float64) Sampler {
	if g, ok := m.(GridSampler); ok {
		return g.Sampler(xs, ys)
	}
	return plain{m, xs, ys}
}

// plain samples any classifier point by point, and by its grid if it has one.
type plain struct {
	m      Classifier
	xs, ys []float64
}

func (s plain) RowsTo(dst []float64, from, to int) {
	if g, ok := s.m.(GridScorer); ok {
		g.GridScoresTo(dst, s.xs, s.ys[from:to])
		return
	}
	x := make([]float64, 0, 2*len(s.xs)*(to-from))
	for _, y := range s.ys[from:to] {
		for _, v := range s.xs {
			x = append(x, v, y)
		}
	}
	s.m.ScoresTo(dst, x)
}

func (s plain) PixelsTo(dst []float64, pixels []int32) {
	w := len(s.xs)
	x := make([]float64, 2*len(pixels))
	for k, p := range pixels {
		x[2*k], x[2*k+1] = s.xs[int(p)%w], s.ys[int(p)/w]
	}
	s.m.ScoresTo(dst, x)
}
