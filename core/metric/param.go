package metric

import (
	"math"
	"slices"

	"modelheist/core/model"
)

// ParamError is the largest absolute difference between the parameters of
// victim and copy after removing the family's symmetries, that is, after turning
// the copy into the equivalent model that lies nearest; NaN where the two are not
// of one parametric family and shape, and for the SVM. The symmetries are
//
//   - softmax: a vector added to all rows of weights changes nothing;
//   - mlp: that, for the last layer; the order of the nodes of a hidden layer;
//     the sign of a tanh or sigmoid node; the scale of a ReLU node;
//   - logistic and ovr: none. One-vs-rest has no shift although its
//     probabilities are normalised: σ(z+s) is not a multiple of σ(z).
//
// Nodes are matched by least squares over all their weights with one hidden
// layer. With more, a layer is matched by its incoming weights once the layer
// before it is, which finds a match where there is one but is not the nearest in
// general.
func ParamError(victim, copied model.Classifier) float64 {
	switch f := victim.(type) {
	case *model.Linear:
		g, ok := copied.(*model.Linear)
		if !ok || f.Family() != g.Family() || f.Dim() != g.Dim() || f.Classes() != g.Classes() {
			return math.NaN()
		}
		if f.Family() == "softmax" {
			return shiftError(f.Params(), g.Params(), f.Dim()+1)
		}
		return largest(f.Params(), g.Params())
	case *model.MLP:
		g, ok := copied.(*model.MLP)
		if !ok || f.Activation() != g.Activation() || f.Dim() != g.Dim() || f.Classes() != g.Classes() || !slices.Equal(f.Hidden(), g.Hidden()) {
			return math.NaN()
		}
		return mlpError(f.Layers(), g.Layers(), f.Activation())
	}
	return math.NaN()
}

// largest is the largest absolute difference.
func largest(a, b []float64) float64 {
	far := 0.0
	for i, v := range a {
		far = max(far, math.Abs(v-b[i]))
	}
	return far
}

// shiftError is the smallest largest difference between two matrices of rows of
// cols numbers when a number may be added to each column of one: half the spread
// of the differences.
func shiftError(a, b []float64, cols int) float64 {
	far := 0.0
	for j := range cols {
		low, high := math.Inf(1), math.Inf(-1)
		for i := j; i < len(a); i += cols {
			low, high = min(low, a[i]-b[i]), max(high, a[i]-b[i])
		}
		far = max(far, (high-low)/2)
	}
	return far
}

// mlpError aligns the layers g, which it overwrites, with f and compares them.
func mlpError(f, g []model.Layer, activation string) float64 {
	last := len(f) - 1
	far := 0.0
	for l := range last {
		var out [2]model.Layer
		if l+1 == last {
			out = [2]model.Layer{centred(f[last]), centred(g[last])}
		}
		align(f[l], out[0], &g[l], out[1], &g[l+1], activation)
		far = max(far, largest(f[l].W, g[l].W))
	}
	return max(far, shiftError(f[last].W, g[last].W, f[last].In+1))
}

// centred is the last layer with the mean of each column taken away.
func centred(l model.Layer) model.Layer {
	c := model.Layer{In: l.In, Out: l.Out, W: slices.Clone(l.W)}
	cols := l.In + 1
	for j := range cols {
		mean := 0.0
		for i := j; i < len(c.W); i += cols {
			mean += c.W[i] / float64(l.Out)
		}
		for i := j; i < len(c.W); i += cols {
			c.W[i] -= mean
		}
	}
	return c
}

// farthest bounds a cost, so that sums of costs stay finite.
const farthest = 1e300

// align reorders the nodes of the hidden layer g, and the columns of the next,
// to lie nearest to those of f. fOut and gOut are the centred last layers if they
// come next, else empty; then outgoing weights don't count.
func align(f, fOut model.Layer, g *model.Layer, gOut model.Layer, next *model.Layer, activation string) {
	n := f.Out
	costs, factors := make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		for j := range n {
			a, b := row(f, i), row(*g, j)
			u, v := column(fOut, i), column(gOut, j)
			at := i*n + j
			costs[at], factors[at] = farthest, 1
			for _, s := range gauges(a, b, activation) {
				if cost := squares(a, b, s) + squares(u, v, 1/s); cost < costs[at] {
					costs[at], factors[at] = cost, s
				}
			}
		}
	}
	match := assign(costs, n)
	from, after := slices.Clone(g.W), slices.Clone(next.W)
	cols := next.In + 1
	for i, j := range match {
		s := factors[i*n+j]
		for k, v := range from[j*(g.In+1) : (j+1)*(g.In+1)] {
			g.W[i*(g.In+1)+k] = s * v
		}
		for o := range next.Out {
			v := after[o*cols+j]
			next.W[o*cols+i] = v / s
			if activation == "sigmoid" && s < 0 { // σ(z) = 1 - σ(-z)
				next.W[o*cols+next.In] += v
			}
		}
	}
}

// gauges are the factors by which a node's incoming weights b may be multiplied,
// and its outgoing ones divided, to bring it nearer to a.
func gauges(a, b []float64, activation string) []float64 {
	if activation != "relu" {
		return []float64{1, -1}
	}
	if u, v := squares(a, nil, 0), squares(b, nil, 0); u > 0 && v > 0 {
		return []float64{math.Sqrt(u / v)}
	}
	return []float64{1}
}

func row(l model.Layer, i int) []float64 { return l.W[i*(l.In+1) : (i+1)*(l.In+1)] }

// column is the weights that come from node j; none for an empty layer.
func column(l model.Layer, j int) []float64 {
	c := make([]float64, l.Out)
	for o := range c {
		c[o] = l.W[o*(l.In+1)+j]
	}
	return c
}

// squares is ‖a - s·b‖², or ‖a‖² without b.
func squares(a, b []float64, s float64) float64 {
	sum := 0.0
	for i, v := range a {
		if b != nil {
			v -= s * b[i]
		}
		sum += v * v
	}
	return sum
}

// EdgeError is the largest distance of an edge of the victim's bins from the
// nearest of the copy's on the same feature, in units of the input; +Inf if the
// copy has none there, NaN where the two don't both have bins.
func EdgeError(victim, copied model.Classifier) float64 {
	f, ok := victim.(*model.Binned)
	g, also := copied.(*model.Binned)
	if !ok || !also || f.Dim() != g.Dim() {
		return math.NaN()
	}
	far := 0.0
	for i, b := range f.Bins() {
		for _, edge := range b.Edges {
			near := math.Inf(1)
			for _, other := range g.Bins()[i].Edges {
				near = min(near, math.Abs(edge-other))
			}
			far = max(far, near)
		}
	}
	return far
}
