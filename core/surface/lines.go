package surface

import "math"

// Line is a piece of a decision line between two classes in the coordinates of
// the plane. It is closed, or ends at the edge of the box or where three or more
// classes meet.
type Line struct {
	X, Y    []float64
	Closed  bool
	Between [2]uint8 // classes, the lower first
}

// Lines traces where the label changes, by marching squares between the pixel
// centres and on to the edge of the box. Between neighbours of classes a and b
// the line passes where the score difference s_a − s_b, linear in between, is 0;
// where classes meet, lines meet at the point of equal scores.
func (f *Field) Lines() []Line {
	t := &tracer{f: f, w: f.W + 2, h: f.H + 2}
	t.padLabels()
	t.march()
	return t.join()
}

// tracer collects crossings (where a decision line crosses an edge of the mesh)
// and junctions (where lines meet inside a cell of it), and how they are linked.
//
// The mesh has a node at every pixel centre and one more ring of nodes on the
// edge of the box, where the scores are extrapolated.
type tracer struct {
	f      *Field
	w, h   int // nodes
	labels []uint8
	buffer [4][]float64
	points []point
}

type point struct {
	x, y     float64 // nodes; see place
	links    [4]int32
	degree   int8
	junction bool
	done     bool
	between  [2]uint8
}

// padLabels makes the labels of the nodes.
func (t *tracer) padLabels() {
	f := t.f
	f.pad = resized(f.pad, t.w*t.h)
	t.labels = f.pad
	for k := range t.buffer {
		t.buffer[k] = make([]float64, f.Classes)
	}
	for j := range f.H {
		copy(t.labels[(j+1)*t.w+1:], f.Labels[j*f.W:(j+1)*f.W])
	}
	edge := func(i, j int) { t.labels[j*t.w+i] = top(t.scores(i, j, 0)) }
	for i := range t.w {
		edge(i, 0)
		edge(i, t.h-1)
	}
	for j := range t.h {
		edge(0, j)
		edge(t.w-1, j)
	}
}

// scores are those of a node, in a buffer if it is on the edge.
func (t *tracer) scores(i, j, buffer int) []float64 {
	f := t.f
	at := func(x, y int) []float64 { return f.Scores[(y*f.W+x)*f.Classes:][:f.Classes] }
	x, y := min(max(i-1, 0), f.W-1), min(max(j-1, 0), f.H-1)
	if x == i-1 && y == j-1 {
		return at(x, y)
	}
	// Half a pixel further than the last one, as half a pixel back.
	xi, yi := x, y
	if x != i-1 {
		xi = min(max(2*x-(i-1), 0), f.W-1)
	}
	if y != j-1 {
		yi = min(max(2*y-(j-1), 0), f.H-1)
	}
	out, here, back, up := t.buffer[buffer], at(x, y), at(xi, y), at(x, yi)
	for k, v := range here {
		out[k] = v + (v-back[k])/2 + (v-up[k])/2
	}
	return out
}

// march visits the cells row by row. Of the edges only those of the row above
// and the one to the left are needed again.
func (t *tracer) march() {
	across, down := make([]int32, t.w), int32(-1) // crossings on the edges above, and to the left
	below := make([]int32, t.w)
	fill := func(s []int32) {
		for i := range s {
			s[i] = -1
		}
	}
	fill(across)
	for i := range t.w - 1 {
		across[i] = t.cross(i, 0, i+1, 0)
	}
	for j := range t.h - 1 {
		fill(below)
		down = t.cross(0, j, 0, j+1)
		up, lo := t.labels[j*t.w:(j+1)*t.w], t.labels[(j+1)*t.w:(j+2)*t.w]
		for i := range t.w - 1 {
			a := up[i]
			if up[i+1] == a && lo[i] == a && lo[i+1] == a {
				down = -1
				continue
			}
			below[i] = t.cross(i, j+1, i+1, j+1)
			right := t.cross(i+1, j, i+1, j+1)
			t.link(i, j, [4]int32{across[i], right, below[i], down})
			down = right
		}
		across, below = below, across
	}
}

// cross adds the crossing of the edge between two nodes, if there is one.
func (t *tracer) cross(i0, j0, i1, j1 int) int32 {
	a, b := t.labels[j0*t.w+i0], t.labels[j1*t.w+i1]
	if a == b {
		return -1
	}
	p, q := t.scores(i0, j0, 0), t.scores(i1, j1, 1)
	g, h := p[a]-p[b], q[b]-q[a] // both >= 0
	at := 0.5
	if g+h > 0 {
		at = g / (g + h)
	}
	c := point{x: float64(i0) + at*float64(i1-i0), y: float64(j0) + at*float64(j1-j0), between: [2]uint8{min(a, b), max(a, b)}}
	t.points = append(t.points, c)
	return int32(len(t.points) - 1)
}

// link joins the crossings of a cell: top, right, bottom, left.
func (t *tracer) link(i, j int, edges [4]int32) {
	var have [4]int32
	n := 0
	for _, e := range edges {
		if e >= 0 {
			have[n] = e
			n++
		}
	}
	switch {
	case n == 2:
		t.join2(have[0], have[1])
	case n == 4 && t.saddle(i, j, edges):
	default:
		t.meet(i, j, have[:n])
	}
}

func (t *tracer) join2(a, b int32) {
	for range 2 {
		p := &t.points[a]
		p.links[p.degree] = b
		p.degree++
		a, b = b, a
	}
}

// saddle links four crossings in two pairs if one class has two opposite
// corners and the middle, or all corners belong to two classes.
func (t *tracer) saddle(i, j int, e [4]int32) bool {
	a, b := t.labels[j*t.w+i], t.labels[j*t.w+i+1]
	c, d := t.labels[(j+1)*t.w+i], t.labels[(j+1)*t.w+i+1]
	if a != d && b != c {
		return false
	}
	middle := t.middle(i, j)
	switch {
	case a == d && middle == a:
		// The first diagonal is connected: cut off the other two corners.
		t.join2(e[0], e[1])
		t.join2(e[2], e[3])
	case b == c && middle == b:
		t.join2(e[0], e[3])
		t.join2(e[1], e[2])
	default:
		return false
	}
	return true
}

// middle is the class at the saddle of the bilinear score difference for two
// classes, else at the centre of the cell.
func (t *tracer) middle(i, j int) uint8 {
	s := t.corners(i, j)
	a, b := t.labels[j*t.w+i], t.labels[j*t.w+i+1]
	if c, d := t.labels[(j+1)*t.w+i], t.labels[(j+1)*t.w+i+1]; a == d && b == c {
		g := func(k int) float64 { return s[k][a] - s[k][b] }
		// g(0), g(3) >= 0 >= g(1), g(2): the saddle value is this over a positive sum.
		if g(0)*g(3)-g(1)*g(2) >= 0 {
			return a
		}
		return b
	}
	best, most := uint8(0), math.Inf(-1)
	for k := range t.f.Classes {
		if v := s[0][k] + s[1][k] + s[2][k] + s[3][k]; v > most {
			best, most = uint8(k), v
		}
	}
	return best
}

// corners are the scores of a cell's nodes: top left and right, bottom left and
// right.
func (t *tracer) corners(i, j int) [4][]float64 {
	return [4][]float64{t.scores(i, j, 0), t.scores(i+1, j, 1), t.scores(i, j+1, 2), t.scores(i+1, j+1, 3)}
}

// meet links crossings to one junction inside the cell: where three classes
// have equal scores, or the mean of the crossings if that is elsewhere.
func (t *tracer) meet(i, j int, have []int32) {
	x, y := 0.0, 0.0
	for _, e := range have {
		x += t.points[e].x / float64(len(have))
		y += t.points[e].y / float64(len(have))
	}
	if u, v, ok := t.equal(i, j, x-float64(i), y-float64(j), have); ok {
		x, y = float64(i)+u, float64(j)+v
	}
	m := int32(len(t.points))
	t.points = append(t.points, point{x: x, y: y, junction: true})
	for _, e := range have {
		t.join2(e, m)
	}
}

// equal looks for equal scores of the three classes of three crossings in the
// bilinear interpolation of a cell, by Newton steps from (u, v) in it.
func (t *tracer) equal(i, j int, u, v float64, have []int32) (float64, float64, bool) {
	if len(have) != 3 {
		return 0, 0, false
	}
	p, q := t.points[have[0]].between, t.points[have[1]].between
	s := t.corners(i, j)
	diff := func(k [2]uint8) (g, gu, gv float64) {
		var c [4]float64
		for n := range c {
			c[n] = s[n][k[0]] - s[n][k[1]]
		}
		g = (c[0]*(1-u)+c[1]*u)*(1-v) + (c[2]*(1-u)+c[3]*u)*v
		return g, (c[1]-c[0])*(1-v) + (c[3]-c[2])*v, (c[2]-c[0])*(1-u) + (c[3]-c[1])*u
	}
	for range 8 {
		g, gu, gv := diff(p)
		h, hu, hv := diff(q)
		det := gu*hv - gv*hu
		if det == 0 {
			return 0, 0, false
		}
		u, v = u-(g*hv-h*gv)/det, v-(h*gu-g*hu)/det
	}
	return u, v, u >= 0 && u <= 1 && v >= 0 && v <= 1
}

// join walks along the links: first from the open ends, then from junctions,
// then around what is left, which is closed.
func (t *tracer) join() []Line {
	var lines []Line
	for k := range t.points {
		if p := &t.points[k]; p.degree == 1 && !p.done {
			lines = append(lines, t.walk(int32(k), p.links[0]))
		}
	}
	for k := range t.points {
		if !t.points[k].junction {
			continue
		}
		for _, first := range t.points[k].links[:t.points[k].degree] {
			if !t.points[first].done {
				lines = append(lines, t.walk(int32(k), first))
			}
		}
	}
	for k := range t.points {
		if p := &t.points[k]; p.degree == 2 && !p.done && !p.junction {
			lines = append(lines, t.walk(int32(k), p.links[0]))
		}
	}
	return lines
}

// walk follows the links from one point through another until an end, a
// junction or the start.
func (t *tracer) walk(start, next int32) Line {
	var l Line
	last := start
	t.add(&l, start)
	for range len(t.points) {
		p := &t.points[next]
		if next == start && !p.junction {
			l.Closed = true
			break
		}
		t.add(&l, next)
		if p.junction || p.degree == 1 {
			break
		}
		onward := p.links[0]
		if onward == last {
			onward = p.links[1]
		}
		last, next = next, onward
	}
	return l
}

// add puts a point into a line, in plane coordinates.
func (t *tracer) add(l *Line, k int32) {
	p := &t.points[k]
	if !p.junction {
		p.done = true
		l.Between = p.between
	}
	l.X = append(l.X, t.f.x(place(p.x, t.f.W)))
	l.Y = append(l.Y, t.f.y(place(p.y, t.f.H)))
}

// place turns a node coordinate into pixels from the edge of the box: nodes
// 1..n are the pixel centres, 0 and n+1 the edges, half a pixel further.
func place(node float64, n int) float64 {
	switch {
	case node < 1:
		return node / 2
	case node > float64(n):
		return float64(n) - 0.5 + (node-float64(n))/2
	}
	return node - 0.5
}
