package model

import (
	"fmt"
	"math"

	"modelheist/core/num"
)

// kernel is the similarity K(x, y) of an SVM: linear x·y, poly
// (γ·x·y + coef0)^degree, rbf exp(-γ‖x-y‖²).
type kernel struct {
	kind   string
	gamma  float64
	coef0  float64
	degree int
}

// kernelOf checks the kernel part of a recipe.
func kernelOf(r Recipe) (kernel, error) {
	k := kernel{kind: r.Kernel}
	switch r.Kernel {
	case "linear":
		return k, nil
	case "poly":
		if r.Degree < 1 || r.Degree > 20 {
			return k, fmt.Errorf("model: svm: degree is %d; the polynomial kernel takes 1 to 20", r.Degree)
		}
		if math.IsNaN(r.Coef0) || math.IsInf(r.Coef0, 0) {
			return k, fmt.Errorf("model: svm: coef0 is %g; a finite number is needed", r.Coef0)
		}
		k.coef0, k.degree = r.Coef0, r.Degree
	case "rbf":
	default:
		return k, fmt.Errorf("model: svm: no kernel %q; there are linear, poly and rbf", r.Kernel)
	}
	if !(r.Gamma > 0) || math.IsInf(r.Gamma, 0) {
		return k, fmt.Errorf("model: svm: gamma is %g; a finite number above 0 is needed", r.Gamma)
	}
	k.gamma = r.Gamma
	return k, nil
}

// columns are n points stored feature by feature (d×n), so that one kernel row
// runs along memory whatever d is.
type columns struct {
	n, d int
	x    []float64
}

// columnsOf transposes the n×d points x; a non-nil pick takes only those rows.
func columnsOf(x []float64, d int, pick []int32) columns {
	n := len(x) / d
	if pick != nil {
		n = len(pick)
	}
	c := columns{n: n, d: d, x: make([]float64, n*d)}
	if pick == nil {
		num.TransposeTo(c.x, x, n, d)
		return c
	}
	for k, row := range pick {
		for f, v := range x[int(row)*d : (int(row)+1)*d] {
			c.x[f*n+k] = v
		}
	}
	return c
}

// rowBlock keeps the part of a row that is being worked on in the first-level
// cache.
const rowBlock = 1024

// rowTo writes K(x, p_k) for all n points p to dst.
func (k kernel) rowTo(dst []float64, p columns, x []float64) {
	for from := 0; from < p.n; from += rowBlock {
		to := min(from+rowBlock, p.n)
		out := dst[from:to]
		if k.kind == "rbf" {
			p.squaresTo(out, x, from)
			num.Scale(out, -k.gamma)
			num.ExpTo(out, out)
			continue
		}
		p.dotsTo(out, x, from)
		if k.kind == "poly" {
			k.powers(out)
		}
	}
}

// at is K(x, y) of a single pair.
func (k kernel) at(x, y []float64) float64 {
	var v [1]float64
	k.rowTo(v[:], columns{n: 1, d: len(y), x: y}, x)
	return v[0]
}

// powers turns dot products into (γ·v + coef0)^degree.
func (k kernel) powers(v []float64) {
	switch k.degree {
	case 2:
		for i, dot := range v {
			b := float64(k.gamma*dot) + k.coef0
			v[i] = b * b
		}
	case 3:
		for i, dot := range v {
			b := float64(k.gamma*dot) + k.coef0
			v[i] = b * b * b
		}
	default:
		for i, dot := range v {
			v[i] = power(float64(k.gamma*dot)+k.coef0, k.degree)
		}
	}
}

// power is b^e by repeated squaring: math.Pow gives other bits on other
// machines.
func power(b float64, e int) float64 {
	p := 1.0
	for ; e > 0; e >>= 1 {
		if e&1 == 1 {
			p *= b
		}
		b *= b
	}
	return p
}

// squaresTo writes ‖x-p_k‖² for the points k = from, from+1, … to dst.
func (p columns) squaresTo(dst, x []float64, from int) {
	col := func(f int) []float64 { return p.x[f*p.n+from:][:len(dst)] }
	clear(dst)
	f := 0
	for ; f+4 <= p.d; f += 4 {
		addSquares4(dst, col(f), col(f+1), col(f+2), col(f+3), x[f:])
	}
	for ; f+2 <= p.d; f += 2 {
		addSquares2(dst, col(f), col(f+1), x[f], x[f+1])
	}
	for ; f < p.d; f++ {
		for i, v := range col(f) {
			t := v - x[f]
			dst[i] += float64(t * t)
		}
	}
}

func addSquares4(dst, a, b, c, d, x []float64) {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	a, b, c, d = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	for i := range dst {
		s, t, u, v := a[i]-x0, b[i]-x1, c[i]-x2, d[i]-x3
		dst[i] += float64(s*s) + float64(t*t) + (float64(u*u) + float64(v*v))
	}
}

func addSquares2(dst, a, b []float64, x0, x1 float64) {
	for len(dst) >= 4 {
		p, q, r := (*[4]float64)(dst), (*[4]float64)(a), (*[4]float64)(b)
		s0, s1, s2, s3 := q[0]-x0, q[1]-x0, q[2]-x0, q[3]-x0
		t0, t1, t2, t3 := r[0]-x1, r[1]-x1, r[2]-x1, r[3]-x1
		p[0] += float64(s0*s0) + float64(t0*t0)
		p[1] += float64(s1*s1) + float64(t1*t1)
		p[2] += float64(s2*s2) + float64(t2*t2)
		p[3] += float64(s3*s3) + float64(t3*t3)
		dst, a, b = dst[4:], a[4:], b[4:]
	}
	for i := range dst {
		s, t := a[i]-x0, b[i]-x1
		dst[i] += float64(s*s) + float64(t*t)
	}
}

// dotsTo writes x·p_k for the points k = from, from+1, … to dst.
func (p columns) dotsTo(dst, x []float64, from int) {
	col := func(f int) []float64 { return p.x[f*p.n+from:][:len(dst)] }
	clear(dst)
	f := 0
	for ; f+4 <= p.d; f += 4 {
		addScaled4(dst, col(f), col(f+1), col(f+2), col(f+3), x[f:])
	}
	for ; f < p.d; f++ {
		for i, v := range col(f) {
			dst[i] += float64(v * x[f])
		}
	}
}

func addScaled4(dst, a, b, c, d, w []float64) {
	w0, w1, w2, w3 := w[0], w[1], w[2], w[3]
	a, b, c, d = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	for i := range dst {
		dst[i] += float64(a[i]*w0) + float64(b[i]*w1) + (float64(c[i]*w2) + float64(d[i]*w3))
	}
}

// rowCache holds kernel rows over one set of points. The rows it hands out stay
// valid until two further misses.
type rowCache struct {
	length int     // of one row
	limit  int     // rows held at most
	slot   []int32 // by point: where its row is, or -1
	owner  []int32 // by slot
	fresh  []bool  // by slot: used since the hand last passed
	rows   [][]float64
	hand   int
}

// newRowCache makes a cache for rows of the given length of the given number
// of points, within a budget of floats.
func newRowCache(length, points, budget int) *rowCache {
	c := &rowCache{length: length, limit: max(3, min(points, budget/max(length, 1))), slot: make([]int32, points)}
	for i := range c.slot {
		c.slot[i] = -1
	}
	return c
}

// get returns the row of point i, or nil.
func (c *rowCache) get(i int32) []float64 {
	s := c.slot[i]
	if s < 0 {
		return nil
	}
	c.fresh[s] = true
	return c.rows[s]
}

// add returns an empty row for point i, taking the place of one that was not
// used lately (the clock algorithm) and is not that of keep.
func (c *rowCache) add(i, keep int32) []float64 {
	s := len(c.rows)
	if s < c.limit {
		c.rows = append(c.rows, make([]float64, c.length))
		c.owner, c.fresh = append(c.owner, i), append(c.fresh, true)
	} else {
		s = c.victim(keep)
		c.slot[c.owner[s]] = -1
		c.owner[s], c.fresh[s] = i, true
	}
	c.slot[i] = int32(s)
	return c.rows[s]
}

func (c *rowCache) victim(keep int32) int {
	// Two turns clear every mark, so the third finds one.
	for range 3 * len(c.rows) {
		s := c.hand
		c.hand = (c.hand + 1) % len(c.rows)
		if c.owner[s] == keep {
			continue
		}
		if !c.fresh[s] {
			return s
		}
		c.fresh[s] = false
	}
	panic("model: kernel row cache: nothing to evict")
}
