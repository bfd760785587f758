package model

import (
	"fmt"

	"modelheist/core/num"
)

var _ GridSampler = (*MLP)(nil)

// GridScoresTo implements GridScorer. Scores of a tanh perceptron agree with
// ScoresTo to about 1e-9 of the size of the weights, see Sampler; those of
// others to their last bits.
func (m *MLP) GridScoresTo(dst, xs, ys []float64) {
	m.Sampler(xs, ys).RowsTo(dst, 0, len(ys))
}

// Sampler implements GridSampler for inputs of two dimensions. On a grid the
// first layer's tanh needs no exponential of its own: with w·(x, y) + b =
// a(x) + b(y),
//
//	tanh(a+b) = 1 - 2/(e^2a·e^2b + 1),
//
// and 1 - 2u goes into the next layer's weights. The tanh of further layers is
// that of num.NearTanhTo, within 2e-10.
func (m *MLP) Sampler(xs, ys []float64) Sampler {
	if m.Dim() != 2 {
		panic(fmt.Sprintf("model: a grid needs d = 2, not %d", m.Dim()))
	}
	g := &netGrid{m: m, xs: xs, ys: ys, ls: m.Layers(), net: newNet(m.sizes, m.activation, blockRows)}
	if m.activation == "tanh" && g.split() {
		g.net.activation = "near tanh"
		g.fold()
	}
	return g
}

// netGrid evaluates a perceptron on a grid. With ex and ey, which are
// e^2(w_x·x) as h×len(xs) and e^2(w_y·y + b) as h×len(ys), its ls start with the
// second layer's weights for u.
type netGrid struct {
	m      *MLP
	xs, ys []float64
	ex, ey []float64 // or nil
	ls     []Layer
	net    *net
}

// split makes ex and ey, unless one could overflow.
func (g *netGrid) split() bool {
	h, w, nx, ny := g.m.sizes[1], g.m.w, len(g.xs), len(g.ys)
	ex, ey := make([]float64, h*nx), make([]float64, h*ny)
	for j := 0; j < h; j++ {
		num.AddScaled(ex[j*nx:], 2*w[3*j], g.xs)
		num.Fill(ey[j*ny:(j+1)*ny], 2*w[3*j+2])
		num.AddScaled(ey[j*ny:], 2*w[3*j+1], g.ys)
	}
	if !(num.MaxAbs(ex) < 300 && num.MaxAbs(ey) < 300) {
		return false
	}
	num.ExpTo(ex, ex)
	num.ExpTo(ey, ey)
	g.ex, g.ey = ex, ey
	return true
}

// fold turns the second layer's W·tanh + b into -2W·u + (b + ΣW).
func (g *netGrid) fold() {
	l := g.ls[1]
	for o := 0; o < l.Out; o++ {
		row := l.W[o*(l.In+1) : (o+1)*(l.In+1)]
		row[l.In] += num.Sum(row[:l.In])
		num.Scale(row[:l.In], -2)
	}
}

func (g *netGrid) RowsTo(dst []float64, from, to int) {
	nx, c := len(g.xs), g.m.Classes()
	blocks := (nx + blockRows - 1) / blockRows
	width := ((nx+blocks-1)/blocks + 3) &^ 3 // of about equal blocks
	for y := from; y < to; y++ {
		for at := 0; at < nx; at += width {
			n := min(width, nx-at)
			g.row(y, at, n)
			num.TransposeTo(dst[((y-from)*nx+at)*c:], g.scores(n), c, n)
		}
	}
}

// row sets the first values of n pixels of row y from column at on.
func (g *netGrid) row(y, at, n int) {
	nx, ny, h := len(g.xs), len(g.ys), g.m.sizes[1]
	if g.ex == nil {
		in := g.inputs(n)
		copy(in, g.xs[at:at+n])
		num.Fill(in[n:2*n], g.ys[y])
		return
	}
	u := g.net.values[1]
	for j := 0; j < h; j++ {
		shares(u[j*n:(j+1)*n], g.ex[j*nx+at:], g.ey[j*ny+y])
	}
}

// shares sets u to 1/(e·ex + 1).
func shares(u, ex []float64, e float64) {
	ex = ex[:len(u)]
	i := 0
	for ; i < len(u)-3; i += 4 {
		u[i] = 1 / (float64(ex[i]*e) + 1)
		u[i+1] = 1 / (float64(ex[i+1]*e) + 1)
		u[i+2] = 1 / (float64(ex[i+2]*e) + 1)
		u[i+3] = 1 / (float64(ex[i+3]*e) + 1)
	}
	for ; i < len(u); i++ {
		u[i] = 1 / (float64(ex[i]*e) + 1)
	}
}

func (g *netGrid) PixelsTo(dst []float64, pixels []int32) {
	c := g.m.Classes()
	for at := 0; at < len(pixels); at += blockRows {
		n := min(blockRows, len(pixels)-at)
		g.pick(pixels[at : at+n])
		num.TransposeTo(dst[at*c:], g.scores(n), c, n)
	}
}

// pick sets the first values of the pixels.
func (g *netGrid) pick(pixels []int32) {
	nx, ny, n, h := len(g.xs), len(g.ys), len(pixels), g.m.sizes[1]
	if g.ex == nil {
		in := g.inputs(n)
		for k, p := range pixels {
			in[k], in[n+k] = g.xs[int(p)%nx], g.ys[int(p)/nx]
		}
		return
	}
	u := g.net.values[1]
	for k, p := range pixels {
		x, y := int(p)%nx, int(p)/nx
		for j := 0; j < h; j++ {
			u[j*n+k] = 1 / (float64(g.ex[j*nx+x]*g.ey[j*ny+y]) + 1)
		}
	}
}

// inputs is the 3×n inputs of the first layer, the last row ones.
func (g *netGrid) inputs(n int) []float64 {
	if g.net.values[0] == nil {
		g.net.values[0] = make([]float64, 3*blockRows)
	}
	in := g.net.values[0]
	num.Fill(in[2*n:3*n], 1)
	return in
}

// scores are the c×n scores from the first values.
func (g *netGrid) scores(n int) []float64 {
	if g.ex == nil {
		return g.net.forwardFrom(g.ls, 0, n)
	}
	h := g.m.sizes[1]
	num.Fill(g.net.values[1][h*n:(h+1)*n], 1)
	return g.net.forwardFrom(g.ls, 1, n)
}
