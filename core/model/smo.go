package model

import (
	"math"

	"modelheist/core/num"
)

// The dual of a C-SVC in signed coefficients β_i = y_i·α_i:
//
//	minimise ½ Σ β_i β_j K(x_i, x_j) − Σ y_i β_i
//	with Σ β_i = 0 and β_i between 0 and y_i·C,
//
// solved two coefficients at a time (sequential minimal optimisation) with the
// second-order choice of the pair and the shrinking of Fan, Chen and Lin,
// "Working Set Selection Using Second Order Information for Training SVM",
// JMLR 6, 2005. In β the labels are not part of the kernel matrix, so the
// problems of one-vs-rest share its rows.
//
// F_i = y_i − Σ β_j K_ij is the negated gradient. At the optimum one number b
// separates it: F_i ≤ b where β_i can grow, F_i ≥ b where it can fall.

const (
	// gapTolerance is the largest remaining violation max F − min F, unless the
	// caller sets another. The decision values of the points are ±1 at the
	// margin, so this is their scale; libsvm stops at 1e-3, which leaves errors of 1e-2 in far decision
	// values at C = 1000.
	gapTolerance = 1e-6
	// tiny replaces a curvature that is not positive (an indefinite kernel, or
	// two equal points), as in libsvm.
	tiny = 1e-12
	// cacheFloats is the budget of each of the two row caches (128 MB), taken as
	// it is needed.
	cacheFloats = 16 << 20
	// maxVisits bounds one training: active points looked at in all iterations.
	// It takes about 4 s natively; only C >= 1000 on overlapping classes gets
	// there.
	maxVisits = 1_000_000_000
	// shrinkEvery is the most iterations between two shrinkings.
	shrinkEvery = 100
	// shrinkShare is the share of the active points below which shrinking pays.
	shrinkShare = 0.9
	// tickEvery is the work between two ticks in elementary steps, about half a
	// millisecond.
	tickEvery = 200_000
)

const (
	canGrow = 1 << iota // β is below its upper bound
	canFall             // β is above its lower bound
)

// smo solves the duals of one set of points.
type smo struct {
	kernel kernel
	dim    int
	x      []float64 // n×dim
	c      float64
	tick   Tick
	work   int // since the last tick
	visits int // active points looked at so far
	tol    float64

	all   columns
	diag  []float64
	cache *rowCache // rows over all points

	// The problem being solved, by point.
	y, beta, f []float64

	// The active part of it, by position.
	points    []int32 // position -> point
	shrunk    bool    // fewer than all are active
	columns   columns
	partial   *rowCache // rows over the active points, if shrunk
	ay, ab    []float64
	af, ad    []float64
	flags     []uint8
	rebuilt   bool // F was rebuilt near the end already
	iters     int
	wasSolved bool
}

func newSMO(k kernel, x []float64, dim int, c float64, tick Tick) *smo {
	n := len(x) / dim
	s := &smo{kernel: k, dim: dim, x: x, c: c, tol: gapTolerance, tick: tick, all: columnsOf(x, dim, nil)}
	s.cache = newRowCache(n, n, cacheFloats)
	s.diag = make([]float64, n)
	for i := range s.diag {
		s.diag[i] = k.at(s.row(int32(i)), s.row(int32(i)))
	}
	s.beta, s.f = make([]float64, n), make([]float64, n)
	return s
}

func (s *smo) row(i int32) []float64 { return s.x[int(i)*s.dim : (int(i)+1)*s.dim] }

// did counts work and ticks when it is time.
func (s *smo) did(work int) error {
	s.work += work
	if s.work < tickEvery || s.tick == nil {
		return nil
	}
	s.work = 0
	return s.tick()
}

// solve finds β for the labels y = ±1 and returns the intercept b. It stops
// with s.wasSolved unset if it runs out of visits.
func (s *smo) solve(y []float64) (intercept float64, err error) {
	s.y, s.rebuilt, s.wasSolved, s.iters = y, false, false, 0
	clear(s.beta)
	copy(s.f, y)
	s.activateAll()
	err = s.iterate()
	s.store()
	if err != nil {
		return 0, err
	}
	if s.shrunk {
		if err := s.rebuild(); err != nil {
			return 0, err
		}
	}
	return s.intercept(), nil
}

func (s *smo) iterate() error {
	countdown := min(len(s.y), shrinkEvery)
	p := s.extremes()
	for s.visits = 0; s.visits < maxVisits; s.visits += len(s.points) {
		s.iters++
		if p.high-p.low < s.tol {
			if !s.shrunk {
				s.wasSolved = true
				return nil
			}
			if err := s.unshrink(); err != nil {
				return err
			}
			countdown = 1
			p = s.extremes()
			continue
		}
		if countdown--; countdown == 0 {
			countdown = min(len(s.y), shrinkEvery)
			if err := s.shrink(p); err != nil {
				return err
			}
			p = s.extremes()
			continue
		}
		ki := s.activeRow(p.grow, -1)
		j := s.second(p.grow, ki)
		kj := s.activeRow(j, p.grow)
		p = s.step(p.grow, j, ki, kj)
		if err := s.did(4 * len(s.points)); err != nil {
			return err
		}
	}
	return nil
}

// extreme is where F is largest among those that can grow and its smallest
// value among those that can fall.
type extreme struct {
	grow      int
	high, low float64
}

func (s *smo) extremes() extreme {
	return descend(s.af, s.flags, s.af, s.af, 0)
}

// descend subtracts t·(ki − kj) from f and returns the new extremes.
func descend(f []float64, flags []uint8, ki, kj []float64, t float64) extreme {
	e := extreme{grow: -1, high: math.Inf(-1), low: math.Inf(1)}
	flags, ki, kj = flags[:len(f)], ki[:len(f)], kj[:len(f)]
	for k, v := range f {
		v -= float64(t * (ki[k] - kj[k]))
		f[k] = v
		if v > e.high && flags[k]&canGrow != 0 {
			e.high, e.grow = v, k
		}
		if v < e.low && flags[k]&canFall != 0 {
			e.low = v
		}
	}
	return e
}

// second is the partner of i with the largest decrease of the dual, judged by
// its quadratic model: (F_i − F_j)² / (K_ii + K_jj − 2 K_ij).
func (s *smo) second(i int, ki []float64) int {
	f, flags, ad := s.af, s.flags[:len(s.af)], s.ad[:len(s.af)]
	ki = ki[:len(f)]
	fi, kii := f[i], ad[i]
	best, over, under := -1, 0.0, 1.0 // the gain so far is over/under
	for k, v := range f {
		b := fi - v
		a := kii + ad[k] - 2*ki[k] // 2x is exact: no fused rounding
		if a < tiny {
			a = tiny
		}
		if b*b*under > over*a && b > 0 && flags[k]&canFall != 0 {
			best, over, under = k, b*b, a
		}
	}
	return best
}

// step moves β from j to i as far as the model or the box says.
func (s *smo) step(i, j int, ki, kj []float64) extreme {
	a := max(s.ad[i]+s.ad[j]-2*ki[j], tiny)
	t := (s.af[i] - s.af[j]) / a
	top, bottom := s.upper(s.ay[i]), s.lower(s.ay[j])
	if room := s.ab[j] - bottom; t >= room {
		t = room
	}
	if room := top - s.ab[i]; t >= room {
		t = room
	}
	s.ab[i], s.ab[j] = s.land(s.ab[i]+t, s.ay[i]), s.land(s.ab[j]-t, s.ay[j])
	s.flags[i], s.flags[j] = s.flag(s.ab[i], s.ay[i]), s.flag(s.ab[j], s.ay[j])
	return descend(s.af, s.flags, ki, kj, t)
}

func (s *smo) upper(y float64) float64 { return max(0, y*s.c) }
func (s *smo) lower(y float64) float64 { return min(0, y*s.c) }

// land puts a coefficient on the bound it has reached but for rounding.
func (s *smo) land(b, y float64) float64 {
	const rounding = 1e-14
	if math.Abs(b) <= rounding*s.c {
		return 0
	}
	if math.Abs(b-y*s.c) <= rounding*s.c {
		return y * s.c
	}
	return b
}

func (s *smo) flag(b, y float64) (f uint8) {
	if b < s.upper(y) {
		f |= canGrow
	}
	if b > s.lower(y) {
		f |= canFall
	}
	return f
}

// activeRow is the kernel row of the point at a position, over the active
// points.
func (s *smo) activeRow(position, keep int) []float64 {
	i, k := s.points[position], int32(-1)
	if keep >= 0 {
		k = s.points[keep]
	}
	if !s.shrunk {
		return s.fullRow(i, k)
	}
	if row := s.partial.get(i); row != nil {
		return row
	}
	row := s.partial.add(i, k)
	if full := s.cache.get(i); full != nil {
		gather(row, full, s.points)
		s.work += len(row)
		return row
	}
	s.kernel.rowTo(row, s.columns, s.row(i))
	s.work += len(row) * (s.dim + 8)
	return row
}

func (s *smo) fullRow(i, keep int32) []float64 {
	if row := s.cache.get(i); row != nil {
		return row
	}
	row := s.cache.add(i, keep)
	s.kernel.rowTo(row, s.all, s.row(i))
	s.work += len(row) * (s.dim + 8)
	return row
}

func gather(dst, src []float64, pick []int32) {
	for k, i := range pick {
		dst[k] = src[i]
	}
}

// activateAll starts over with every point, from beta and f.
func (s *smo) activateAll() {
	pick := make([]int32, len(s.y))
	for i := range pick {
		pick[i] = int32(i)
	}
	s.activate(pick)
}

// activate makes the given points the active ones.
func (s *smo) activate(pick []int32) {
	n := len(pick)
	s.points, s.shrunk = pick, n < len(s.y)
	if s.shrunk {
		s.columns = columnsOf(s.x, s.dim, pick)
		s.partial = newRowCache(n, len(s.y), cacheFloats)
	}
	s.ay, s.ab, s.af, s.ad = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	s.flags = make([]uint8, n)
	gather(s.ay, s.y, pick)
	gather(s.ab, s.beta, pick)
	gather(s.af, s.f, pick)
	gather(s.ad, s.diag, pick)
	for k := range s.flags {
		s.flags[k] = s.flag(s.ab[k], s.ay[k])
	}
}

// store writes the active coefficients and F back by point.
func (s *smo) store() {
	for k, i := range s.points {
		s.beta[i], s.f[i] = s.ab[k], s.af[k]
	}
}

// shrink sets points aside whose coefficient is at a bound and will stay there
// by the present extremes.
func (s *smo) shrink(e extreme) error {
	if !s.rebuilt && e.high-e.low <= 10*s.tol {
		s.rebuilt = true
		if err := s.unshrink(); err != nil {
			return err
		}
		e = s.extremes()
	}
	keep := make([]int32, 0, len(s.points))
	for k, i := range s.points {
		switch f := s.af[k]; {
		case s.flags[k] == canFall && f > e.high, s.flags[k] == canGrow && f < e.low:
		default:
			keep = append(keep, i)
		}
	}
	if float64(len(keep)) < shrinkShare*float64(len(s.points)) {
		s.store()
		s.activate(keep)
	}
	return nil
}

// unshrink makes all points active again.
func (s *smo) unshrink() error {
	if !s.shrunk {
		return nil
	}
	s.store()
	if err := s.rebuild(); err != nil {
		return err
	}
	s.activateAll()
	return nil
}

// rebuild computes F anew for the points that are not active.
func (s *smo) rebuild() error {
	active := make([]bool, len(s.y))
	for _, i := range s.points {
		active[i] = true
	}
	var rest []int32
	for i := range s.y {
		if !active[i] {
			rest = append(rest, int32(i))
		}
	}
	// Rows at hand are added whole, which is faster than picking the rest from
	// them.
	cols := columnsOf(s.x, s.dim, rest)
	whole, part, row := make([]float64, len(s.y)), make([]float64, len(rest)), make([]float64, len(rest))
	for i, b := range s.beta {
		if b == 0 {
			continue
		}
		work := len(s.y) / 2
		if full := s.cache.get(int32(i)); full != nil {
			num.AddScaled(whole, b, full)
		} else {
			s.kernel.rowTo(row, cols, s.row(int32(i)))
			num.AddScaled(part, b, row)
			work = len(rest) * (s.dim + 8)
		}
		if err := s.did(work); err != nil {
			return err
		}
	}
	for k, i := range rest {
		s.f[i] = s.y[i] - whole[i] - part[k]
	}
	return nil
}

// intercept is the mean of F over the free points, or the middle of its
// extremes if there are none.
func (s *smo) intercept() float64 {
	sum, free, high, low := 0.0, 0, math.Inf(-1), math.Inf(1)
	for i, f := range s.f {
		flags := s.flag(s.beta[i], s.y[i])
		if flags == canGrow|canFall {
			sum += f
			free++
		}
		if flags&canGrow != 0 {
			high = max(high, f)
		}
		if flags&canFall != 0 {
			low = min(low, f)
		}
	}
	if free > 0 {
		return sum / float64(free)
	}
	return (high + low) / 2
}
