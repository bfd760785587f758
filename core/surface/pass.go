package surface

import (
	"math"

	"modelheist/core/model"
)

// Pass fills a field slice by slice, so that a caller can give way in between.
// While it runs, the pixels that it has not reached keep their old labels.
type Pass struct {
	next  func() bool
	exact int
}

// Next does one slice of work, some thousand pixels at most, and reports
// whether there is more to do.
func (p *Pass) Next() bool { return p.next() }

// Exact is the number of pixels the model itself was asked about so far.
func (p *Pass) Exact() int { return p.exact }

// sliceScores is how many pixels one slice scores.
const sliceScores = 2048

// Full fills the field with the model's own scores at every pixel.
func (f *Field) Full(m model.Classifier) {
	for p := f.FullPass(m); p.Next(); {
	}
}

// Adaptive fills the field as AdaptivePass does and returns the number of
// pixels the model was asked about.
func (f *Field) Adaptive(m model.Classifier) int {
	p := f.AdaptivePass(m)
	for p.Next() {
	}
	return p.Exact()
}

// FullPass is Full in slices of rows, from the top.
func (f *Field) FullPass(m model.Classifier) *Pass {
	f.check(m)
	s, j, rows := model.SamplerOf(m, f.Xs(), f.Ys()), 0, max(1, sliceScores/f.W)
	painter, paints := s.(model.Painter)
	if _, ok := m.(model.GridSampler); !ok {
		rows *= 4 // a GridScorer makes the tables of the columns for each slice
	} else if paints {
		rows *= 16 // about as long as scoring one of them
	}
	p := &Pass{}
	p.next = func() bool {
		to := min(j+rows, f.H)
		from, end := j*f.W, to*f.W
		scores, labels := f.Scores[from*f.Classes:end*f.Classes], f.Labels[from:end]
		if paints {
			painter.PaintTo(scores, labels, j, to)
		} else {
			s.RowsTo(scores, j, to)
			labelsTo(labels, scores, f.Classes)
		}
		p.exact += end - from
		j = to
		return j < f.H
	}
	return p
}

func (f *Field) check(m model.Classifier) {
	if m.Dim() != 2 || m.Classes() != f.Classes {
		panic("surface: the model is not over the plane or has other classes than the field")
	}
	l, ok := m.(interface{ Family() string })
	f.ovr = ok && l.Family() == "ovr"
}

// AdaptivePass fills the field from coarse to fine. The model is asked on a
// lattice of every 8th pixel (every 4th or 2nd on small rasters), then about
// the middles of each cell whose labels are not certain, and so on down to
// single pixels. Scores inside the other cells are interpolated, which changed
// probabilities by at most 0.05 on the shipped sets and victims.
//
// The labels of a cell are certain if its corners have one label and the
// interpolation error, estimated from second differences, is a safety factor
// below the corners' lead over every other class. This finds islands inside a
// cell by the bend of the scores around them; only a model that is flat on the
// lattice and bends between its points can hide one, so a caller who shows the
// field for long lets a FullPass follow.
func (f *Field) AdaptivePass(m model.Classifier) *Pass {
	step := 8
	for step > 1 && min(f.W, f.H) < 32*step {
		step /= 2
	}
	if step == 1 {
		return f.FullPass(m)
	}
	f.check(m)
	clear(f.state)
	a := &refiner{f: f, m: m, lx: lattice(f.W, step), ly: lattice(f.H, step), pass: &Pass{}}
	a.all = model.SamplerOf(m, f.Xs(), f.Ys())
	a.stage = a.scoreLattice
	a.pass.next = func() bool {
		a.stage()
		return a.stage != nil
	}
	return a.pass
}

// lattice is every step-th pixel of n, and the last.
func lattice(n, step int) []int {
	var at []int
	for i := 0; i < n-1; i += step {
		at = append(at, i)
	}
	return append(at, n-1)
}

// What is known of a pixel.
const (
	unknown = iota
	wanted
	known
)

// cell is a rectangle of pixels between four corners that are known. bend is
// an estimate of the interpolation error inside.
type cell struct {
	x0, y0, x1, y1 int32
	bend           float64
}

// refiner is an adaptive pass.
type refiner struct {
	f      *Field
	m      model.Classifier
	pass   *Pass
	all    model.Sampler // over all pixels
	lx, ly []int
	stage  func() // what Next does; nil at the end

	cells  []cell // to look at
	split  []cell // to refine
	pixels []int32
	asked  int // of pixels
	scores []float64
}

// safety is how far above its estimate the interpolation error may be. At 3
// no pixel is wrong on the shipped sets and victims.
const safety = 3

// blur is about the largest error of a probability between exact pixels.
const blur = 0.02

func (a *refiner) scoreLattice() {
	f := a.f
	xs, ys := pickFloats(f.Xs(), a.lx), pickFloats(f.Ys(), a.ly)
	s, j, rows, c := model.SamplerOf(a.m, xs, ys), 0, max(1, sliceScores/len(xs)), f.Classes
	row := make([]float64, rows*len(xs)*c)
	a.stage = func() {
		to := min(j+rows, len(ys))
		s.RowsTo(row[:(to-j)*len(xs)*c], j, to)
		for n := 0; j < to; j++ {
			for _, x := range a.lx {
				a.put(int32(a.ly[j]*f.W+x), row[n*c:(n+1)*c])
				n++
			}
		}
		if j == len(ys) {
			a.stage = a.firstCells
		}
	}
	a.stage()
}

func pickFloats(v []float64, at []int) []float64 {
	out := make([]float64, len(at))
	for k, i := range at {
		out[k] = v[i]
	}
	return out
}

// put stores the model's scores of a pixel.
func (a *refiner) put(pixel int32, scores []float64) {
	c := a.f.Classes
	copy(a.f.Scores[int(pixel)*c:], scores)
	a.f.Labels[pixel] = top(scores)
	a.f.state[pixel] = known
	a.pass.exact++
}

func (a *refiner) at(x, y int32) []float64 {
	c := a.f.Classes
	return a.f.Scores[(int(y)*a.f.W+int(x))*c:][:c]
}

// firstCells are the cells of the lattice. The error of bilinear interpolation
// is at most ⅛·(|second difference in x| + |in y|), and a lead is a difference
// of two scores.
func (a *refiner) firstCells() {
	w, h := len(a.lx), len(a.ly)
	x, y := func(i int) int32 { return int32(a.lx[i]) }, func(j int) int32 { return int32(a.ly[j]) }
	bend := make([]float64, w*h)
	for j := range h {
		for i := range w {
			u, v := min(max(i, 1), w-2), min(max(j, 1), h-2)
			bend[j*w+i] = (a.second(x(u-1), y(j), x(u), y(j), x(u+1), y(j)) +
				a.second(x(i), y(v-1), x(i), y(v), x(i), y(v+1))) / 4
		}
	}
	for j := range h - 1 {
		for i := range w - 1 {
			b := max(bend[j*w+i], bend[j*w+i+1], bend[(j+1)*w+i], bend[(j+1)*w+i+1])
			a.cells = append(a.cells, cell{x(i), y(j), x(i + 1), y(j + 1), b})
		}
	}
	a.stage = a.judge
}

// second is the largest |second difference| of any score over three known
// pixels of a row or column; q need not be in the middle.
func (a *refiner) second(x0, y0, x1, y1, x2, y2 int32) float64 {
	p, q, r := a.at(x0, y0), a.at(x1, y1), a.at(x2, y2)
	t := float64(x1-x0+y1-y0) / float64(x2-x0+y2-y0)
	worst := 0.0
	for k, v := range q {
		worst = max(worst, math.Abs(p[k]+t*(r[k]-p[k])-v))
	}
	return 2 * worst
}

// judge fills the cells that are certain and wants the middles of the others.
func (a *refiner) judge() {
	a.split = a.split[:0]
	for _, c := range a.cells {
		if a.certain(c) {
			a.fill(c)
			continue
		}
		a.split = append(a.split, c)
		mx, my := (c.x0+c.x1)/2, (c.y0+c.y1)/2
		for _, y := range [3]int32{c.y0, my, c.y1} {
			for _, x := range [3]int32{c.x0, mx, c.x1} {
				if s := &a.f.state[int(y)*a.f.W+int(x)]; *s != known {
					*s = wanted
				}
			}
		}
	}
	a.pixels, a.asked = a.pixels[:0], 0
	if len(a.split) == 0 {
		a.stage = nil
		return
	}
	for i, s := range a.f.state {
		if s == wanted {
			a.pixels = append(a.pixels, int32(i))
		}
	}
	a.stage = a.ask
}

// certain reports whether all pixels of a cell have the label of its corners and
// about their interpolated probabilities.
func (a *refiner) certain(c cell) bool {
	if c.x1-c.x0 <= 1 && c.y1-c.y0 <= 1 {
		return true
	}
	corners := [4][]float64{a.at(c.x0, c.y0), a.at(c.x1, c.y0), a.at(c.x0, c.y1), a.at(c.x1, c.y1)}
	label, lead := top(corners[0]), math.Inf(1)
	for _, s := range corners {
		first := s[label]
		for k, v := range s {
			if k != int(label) {
				lead = min(lead, first-v)
			}
		}
	}
	// The slope of a probability by its log-odds ℓ is below exp(-ℓ).
	return lead > safety*c.bend && c.bend < blur*(1+lead*(1+lead*(1./2+lead/6)))
}

// fill interpolates what is not known of a cell, its right and bottom edges
// left to its neighbours.
func (a *refiner) fill(c cell) {
	f, n := a.f, a.f.Classes
	x1, y1 := c.x1, c.y1
	if int(x1) == f.W-1 {
		x1++
	}
	if int(y1) == f.H-1 {
		y1++
	}
	label := top(a.at(c.x0, c.y0))
	p, q, r, s := a.at(c.x0, c.y0), a.at(c.x1, c.y0), a.at(c.x0, c.y1), a.at(c.x1, c.y1)
	dx, dy := 1/float64(max(c.x1-c.x0, 1)), 1/float64(max(c.y1-c.y0, 1))
	for y := c.y0; y < y1; y++ {
		v := float64(y-c.y0) * dy
		from, at := c.x0, int(y)*f.W+int(c.x0)
		inside := y > c.y0 && y < c.y1
		if inside { // nothing is known but perhaps the left edge
			if f.state[at] == known {
				from++
				at++
			}
			if from == x1 {
				continue
			}
			row := f.Labels[at : at+int(x1-from)]
			for i := range row {
				row[i] = label
			}
		}
		for k := range n {
			left := p[k] + v*(r[k]-p[k])
			slope := (q[k] + v*(s[k]-q[k]) - left) * dx
			if inside {
				ramp(f.Scores[at*n+k:(at+int(x1-from)-1)*n+k+1], n, left, slope, float64(from-c.x0))
				continue
			}
			for x := c.x0; x < x1; x++ {
				if at := int(y)*f.W + int(x); f.state[at] != known {
					f.Scores[at*n+k] = left + slope*float64(x-c.x0)
					f.Labels[at] = label
				}
			}
		}
	}
}

// ramp writes left + slope·x, left + slope·(x+1), … to every n-th of dst.
func ramp(dst []float64, n int, left, slope, x float64) {
	for i := 0; i < len(dst); i += n {
		dst[i] = left + slope*x
		x++
	}
}

// ask scores some of the wanted pixels.
func (a *refiner) ask() {
	to, c := min(a.asked+sliceScores, len(a.pixels)), a.f.Classes
	batch := a.pixels[a.asked:to]
	a.scores = resized(a.scores, len(batch)*c)
	a.all.PixelsTo(a.scores, batch)
	for k, pixel := range batch {
		a.put(pixel, a.scores[k*c:(k+1)*c])
	}
	if a.asked = to; to == len(a.pixels) {
		a.stage = a.quarter
	}
}

// quarter splits cells at their middles, now known. A bend falls fourfold when
// the cell is halved, a kink twofold, so what the middles show counts half.
func (a *refiner) quarter() {
	a.cells = a.cells[:0]
	for _, c := range a.split {
		mx, my := (c.x0+c.x1)/2, (c.y0+c.y1)/2
		seen := max(a.second(c.x0, c.y0, mx, c.y0, c.x1, c.y0), a.second(c.x0, c.y1, mx, c.y1, c.x1, c.y1)) +
			max(a.second(c.x0, c.y0, c.x0, my, c.x0, c.y1), a.second(c.x1, c.y0, c.x1, my, c.x1, c.y1))
		bend := max(c.bend/4, seen/8)
		xs, ys := [3]int32{c.x0, mx, c.x1}, [3]int32{c.y0, my, c.y1}
		for j := range 2 {
			for i := range 2 {
				k := cell{xs[i], ys[j], xs[i+1], ys[j+1], bend}
				if k.x1 > k.x0 && k.y1 > k.y0 {
					a.cells = append(a.cells, k)
				}
			}
		}
	}
	a.stage = a.judge
}
