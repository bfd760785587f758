package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"

	"modelheist/core/num"
)

// KNN labels an input by a vote of its k nearest training points, in Euclidean
// distance. Of points equally far the one that came first in training is
// nearer; of classes with equal votes the one of lower index wins, as in
// scikit-learn.
//
// Its probabilities are the shares of the votes, its scores their logarithms
// (of 0: those of a share of 2^-60, which keeps scores finite).
type KNN struct {
	k, c   int
	points columns
	votes  []float64 // n×c, each row sums to 1
	byY    []int32   // the plane: points by y, then by index
}

var (
	_ Probabilistic = (*KNN)(nil)
	_ GridScorer    = (*KNN)(nil)
)

// MaxNeighbours bounds k.
const MaxNeighbours = 99

// trainKNN remembers the data. A point trained on probabilities splits its vote.
func (r Recipe) trainKNN(data Data) (Classifier, error) {
	if err := data.check(); err != nil {
		return nil, err
	}
	n := data.N()
	if r.Neighbours < 1 || r.Neighbours > min(n, MaxNeighbours) {
		return nil, fmt.Errorf("model: knn: neighbours = %d of %d points, allowed 1..%d", r.Neighbours, n, min(n, MaxNeighbours))
	}
	return newKNN(r.Neighbours, data.Dim, data.Classes, data.X, data.targets()), nil
}

// NewKNN makes a classifier from its n×d points and their n×c votes, each a share
// of 1, which it copies.
func NewKNN(k, d, c int, x, votes []float64) (*KNN, error) {
	n := len(x) / max(d, 1)
	switch {
	case d < 1 || c < 2:
		return nil, fmt.Errorf("model: knn: %d dimensions and %d classes; at least 1 and 2 are needed", d, c)
	case len(x) != n*d || len(votes) != n*c:
		return nil, fmt.Errorf("model: knn: %d numbers and %d votes are not points of %d dimensions with votes for %d classes each", len(x), len(votes), d, c)
	case k < 1 || k > min(n, MaxNeighbours):
		return nil, fmt.Errorf("model: knn: neighbours = %d of %d points, allowed 1..%d", k, n, min(n, MaxNeighbours))
	}
	if at := notFinite(x); at >= 0 {
		return nil, fmt.Errorf("model: knn: point %d: feature %d is %v, must be a finite number", at/d, at%d, x[at])
	}
	for i, v := range votes {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("model: knn: point %d votes %v for class %d, must be in [0, 1]", i/c, v, i%c)
		}
	}
	return newKNN(k, d, c, x, slices.Clone(votes)), nil
}

func newKNN(k, d, c int, x, votes []float64) *KNN {
	m := &KNN{k: k, c: c, points: columnsOf(x, d, nil), votes: votes}
	if d == 2 {
		n := m.points.n
		m.byY = make([]int32, n)
		for i := range m.byY {
			m.byY[i] = int32(i)
		}
		ys := m.points.x[n:]
		sort.SliceStable(m.byY, func(i, j int) bool { return ys[m.byY[i]] < ys[m.byY[j]] })
	}
	return m
}

// Dim implements Classifier.
func (m *KNN) Dim() int { return m.points.d }

// Classes implements Classifier.
func (m *KNN) Classes() int { return m.c }

// Neighbours is k.
func (m *KNN) Neighbours() int { return m.k }

// Points returns a copy of the n×d training points.
func (m *KNN) Points() []float64 {
	x := make([]float64, len(m.points.x))
	num.TransposeTo(x, m.points.x, m.points.d, m.points.n)
	return x
}

// Votes returns a copy of the n×c votes of the points.
func (m *KNN) Votes() []float64 { return slices.Clone(m.votes) }

// ProbabilitiesTo implements Probabilistic.
func (m *KNN) ProbabilitiesTo(dst, x []float64) {
	d, n := m.points.d, m.points.n
	squares := make([]float64, n)
	near := newNearest(m.k)
	for i := range len(x) / d {
		m.points.squaresTo(squares, x[i*d:(i+1)*d], 0)
		near.clear(math.Inf(1))
		for s, v := range squares {
			if v < near.far {
				near.add(v, int32(s))
			}
		}
		m.voteTo(dst[i*m.c:(i+1)*m.c], near.at)
	}
}

// ScoresTo implements Classifier.
func (m *KNN) ScoresTo(dst, x []float64) {
	dst = dst[:len(x)/m.points.d*m.c]
	m.ProbabilitiesTo(dst, x)
	logShares(dst)
}

func (m *KNN) voteTo(dst []float64, voters []int32) {
	clear(dst)
	for _, s := range voters {
		num.AddScaled(dst, 1, m.votes[int(s)*m.c:][:m.c])
	}
	for c := range dst {
		dst[c] /= float64(m.k)
	}
}

func logShares(p []float64) {
	for i, v := range p {
		p[i] = max(v, 0x1p-60)
	}
	num.LogTo(p, p)
}

// GridScoresTo implements GridScorer with the same bits as ScoresTo. A row of
// the grid visits the points from its own height outwards and stops where the
// height alone is farther than the k-th neighbour; the neighbours of the pixel
// before bound that distance from the start.
func (m *KNN) GridScoresTo(dst, xs, ys []float64) {
	if m.points.d != 2 {
		panic(fmt.Sprintf("model: knn: a grid needs d = 2, not %d", m.points.d))
	}
	n := m.points.n
	px, py := m.points.x[:n], m.points.x[n:]
	order, heights := make([]int32, n), make([]float64, n)
	near := newNearest(m.k)
	at := 0
	for _, y := range ys {
		m.outwards(order, heights, y)
		for i := range near.at {
			near.at[i] = order[i]
		}
		for _, x := range xs {
			bound := 0.0
			for _, s := range near.at {
				bound = max(bound, square(px[s]-x)+square(py[s]-y))
			}
			near.clear(bound)
			for i, s := range order {
				if heights[i] > near.far {
					break
				}
				if v := square(px[s]-x) + heights[i]; v <= near.far {
					near.add(v, s)
				}
			}
			m.voteTo(dst[at:at+m.c], near.at)
			at += m.c
		}
	}
	logShares(dst[:at])
}

func square(v float64) float64 { return float64(v * v) }

// outwards lists the points by their distance in height from y, with its square.
func (m *KNN) outwards(order []int32, squares []float64, y float64) {
	n := m.points.n
	py := m.points.x[n:]
	up, _ := slices.BinarySearchFunc(m.byY, y, func(s int32, y float64) int { return cmp.Compare(py[s], y) })
	down := up - 1
	for i := range order {
		if up < n && (down < 0 || py[m.byY[up]]-y <= y-py[m.byY[down]]) {
			order[i] = m.byY[up]
			up++
		} else {
			order[i] = m.byY[down]
			down--
		}
		squares[i] = square(py[order[i]] - y)
	}
}

// nearest keeps the k nearest of the points that it is shown, ties to the lower
// index.
type nearest struct {
	k   int
	at  []int32
	d   []float64
	far float64 // points at a larger distance are of no interest
}

func newNearest(k int) *nearest {
	return &nearest{k: k, at: make([]int32, k), d: make([]float64, k)}
}

// clear forgets all; points farther than far will not be shown to matter.
func (l *nearest) clear(far float64) { l.at, l.d, l.far = l.at[:0], l.d[:0], far }

func (l *nearest) add(d float64, s int32) {
	i := len(l.d)
	if i < l.k {
		l.at, l.d = append(l.at, s), append(l.d, d)
	} else if i--; !before(d, s, l.d[i], l.at[i]) {
		return
	}
	for ; i > 0 && before(d, s, l.d[i-1], l.at[i-1]); i-- {
		l.at[i], l.d[i] = l.at[i-1], l.d[i-1]
	}
	l.at[i], l.d[i] = s, d
	if len(l.d) == l.k {
		l.far = min(l.far, l.d[l.k-1])
	}
}

func before(d float64, s int32, other float64, t int32) bool {
	return d < other || d == other && s < t
}
