package model

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Node is one node of a decision tree. The children of node i come after it.
type Node struct {
	Feature     int     // that the node splits on; -1 at a leaf
	Threshold   float64 // of a number: x ≤ Threshold goes left
	Set         []bool  // of a category: x with Set[x] goes left; nil for a number
	Left, Right int     // children

	Label  int       // class of the largest frequency, ties to the lower; 0 in a regression
	Values []float64 // c class frequencies, or the one value of a regression
}

// Leaf tells whether the node is one.
func (n *Node) Leaf() bool { return n.Feature < 0 }

// goesLeft tells on which side of the node the value v falls. A category that
// the set doesn't know goes right.
func (n *Node) goesLeft(v float64) bool {
	if n.Set != nil {
		k := int(v)
		return k >= 0 && k < len(n.Set) && n.Set[k]
	}
	return v <= n.Threshold
}

// Partial is a Classifier that answers incomplete inputs, too: NaN stands for a
// missing value. A tree's answer is then that of the node where it stops, to a
// linear model a missing feature is without effect.
type Partial interface {
	Classifier
	// MissingTo writes, for each row of the n×d batch x, the feature whose
	// absence ended the prediction early, or -1, to dst.
	MissingTo(dst []int, x []float64)
}

// branches is what classification and regression trees share.
type branches struct {
	d     int
	nodes []Node // the root first
}

// Dim implements Classifier.
func (t *branches) Dim() int { return t.d }

// Nodes are all nodes, the root first. They belong to the tree.
func (t *branches) Nodes() []Node { return t.nodes }

// Unknowns is k, the number of nodes: a split each or an answer each.
func (t *branches) Unknowns() int { return len(t.nodes) }

// Leaves is the number of leaves.
func (t *branches) Leaves() int { return (len(t.nodes) + 1) / 2 }

// Depth is the number of splits on the longest path.
func (t *branches) Depth() int {
	at, deepest := make([]int, len(t.nodes)), 0
	for i := range t.nodes {
		if n := &t.nodes[i]; !n.Leaf() {
			at[n.Left], at[n.Right] = at[i]+1, at[i]+1
			deepest = max(deepest, at[i]+1)
		}
	}
	return deepest
}

// Find is the node at which the input x ends: a leaf, or for incomplete inputs
// the inner node whose feature is missing.
func (t *branches) Find(x []float64) int {
	i := 0
	for {
		n := &t.nodes[i]
		if n.Feature < 0 {
			return i
		}
		v := x[n.Feature]
		switch {
		case v != v:
			return i
		case n.Set == nil && v <= n.Threshold, n.Set != nil && n.goesLeft(v):
			i = n.Left
		default:
			i = n.Right
		}
	}
}

// MissingTo implements Partial.
func (t *branches) MissingTo(dst []int, x []float64) {
	for r := range dst {
		dst[r] = t.nodes[t.Find(x[r*t.d:(r+1)*t.d])].Feature
	}
}

// checkNodes reports nodes that aren't a tree over d inputs with the given
// number of values each.
func checkNodes(nodes []Node, d, values int) error {
	if len(nodes) == 0 {
		return fmt.Errorf("model: a tree without nodes")
	}
	parents := make([]int, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		if len(n.Values) != values {
			return fmt.Errorf("model: node %d has %d values, must be %d", i, len(n.Values), values)
		}
		if n.Leaf() {
			continue
		}
		if n.Feature >= d {
			return fmt.Errorf("model: node %d splits on feature %d, allowed 0..%d", i, n.Feature, d-1)
		}
		for _, child := range []int{n.Left, n.Right} {
			if child <= i || child >= len(nodes) {
				return fmt.Errorf("model: node %d has child %d, allowed %d..%d", i, child, i+1, len(nodes)-1)
			}
			parents[child]++
		}
	}
	for i, p := range parents[1:] {
		if p != 1 {
			return fmt.Errorf("model: node %d has %d parents", i+1, p)
		}
	}
	return nil
}

// Tree is a decision tree for classification.
//
// Its probabilities are the class frequencies of the node where an input ends,
// its scores their logarithms (of 0: those of a frequency of 2^-60). It takes
// incomplete inputs, as prediction services do: where the value that a node
// splits on is missing, the answer is the node's own (Tramèr et al. 2016,
// section 4.2).
type Tree struct {
	branches
	c      int
	scores []float64 // nodes×c
}

var (
	_ Probabilistic = (*Tree)(nil)
	_ Partial       = (*Tree)(nil)
	_ GridSampler   = (*Tree)(nil)
)

// NewTree makes a tree over d inputs of c classes from its nodes, which it
// keeps. The labels are set from the frequencies.
func NewTree(d, c int, nodes []Node) (*Tree, error) {
	if err := checkNodes(nodes, d, c); err != nil {
		return nil, err
	}
	t := &Tree{branches{d, nodes}, c, make([]float64, len(nodes)*c)}
	for i := range nodes {
		logsTo(t.scores[i*c:(i+1)*c], nodes[i].Values)
		nodes[i].Label = top(nodes[i].Values)
	}
	return t, nil
}

func top(values []float64) int {
	label := make([]int, 1)
	LabelsTo(label, values, len(values))
	return label[0]
}

// logsTo writes the logarithms of frequencies. The floor keeps scores finite and
// is below what a probability beside 1 can carry.
func logsTo(dst, p []float64) {
	for k, v := range p {
		dst[k] = math.Log(max(v, 0x1p-60))
	}
}

// Classes implements Classifier.
func (t *Tree) Classes() int { return t.c }

// ScoresTo implements Classifier.
func (t *Tree) ScoresTo(dst, x []float64) {
	for r := range len(x) / t.d {
		i := t.Find(x[r*t.d : (r+1)*t.d])
		copy(dst[r*t.c:(r+1)*t.c], t.scores[i*t.c:])
	}
}

// ProbabilitiesTo implements Probabilistic.
func (t *Tree) ProbabilitiesTo(dst, x []float64) {
	for r := range len(x) / t.d {
		copy(dst[r*t.c:(r+1)*t.c], t.nodes[t.Find(x[r*t.d:(r+1)*t.d])].Values)
	}
}

// RegressionTree is a decision tree that predicts a number. As a Classifier it
// has a single class, whose score is the prediction.
type RegressionTree struct{ branches }

var _ Partial = (*RegressionTree)(nil)

// NewRegressionTree makes a tree over d inputs from its nodes, which it keeps.
func NewRegressionTree(d int, nodes []Node) (*RegressionTree, error) {
	if err := checkNodes(nodes, d, 1); err != nil {
		return nil, err
	}
	return &RegressionTree{branches{d, nodes}}, nil
}

// Classes is 1.
func (t *RegressionTree) Classes() int { return 1 }

// ScoresTo writes the n predictions.
func (t *RegressionTree) ScoresTo(dst, x []float64) {
	for r := range len(x) / t.d {
		dst[r] = t.nodes[t.Find(x[r*t.d:(r+1)*t.d])].Values[0]
	}
}

// GridScoresTo implements GridScorer for inputs of two dimensions.
func (t *Tree) GridScoresTo(dst, xs, ys []float64) { t.Sampler(xs, ys).RowsTo(dst, 0, len(ys)) }

// Sampler implements GridSampler for inputs of two dimensions; it is a Painter.
// Rows are painted leaf by leaf, each a rectangle, if xs and ys ascend or descend
// and are numbers.
func (t *Tree) Sampler(xs, ys []float64) Sampler { return t.sampler(t.scores, xs, ys) }

// values is the nodes×c table of the class frequencies.
func (t *Tree) values() []float64 {
	var table []float64
	for i := range t.nodes {
		table = append(table, t.nodes[i].Values...)
	}
	return table
}

// sampler samples a nodes×c table.
func (t *Tree) sampler(table, xs, ys []float64) Sampler {
	if t.d != 2 {
		panic("model: tree: a grid needs inputs of two dimensions")
	}
	numbers := !slices.ContainsFunc(t.nodes, func(n Node) bool { return n.Set != nil })
	labels := make([]uint8, len(t.nodes))
	for i := range labels {
		labels[i] = uint8(top(table[i*t.c : (i+1)*t.c]))
	}
	return &rectangles{t, table, labels, xs, ys, numbers && monotone(xs) && monotone(ys)}
}

// monotone tells whether v ascends or descends.
func monotone(v []float64) bool {
	up, down := true, true
	for i := 1; i < len(v); i++ {
		up, down = up && v[i-1] <= v[i], down && v[i-1] >= v[i]
	}
	return up || down
}

type rectangles struct {
	t      *Tree
	table  []float64 // nodes×c, what an input that ends at a node gets
	labels []uint8   // the largest of each of its rows
	xs, ys []float64
	paint  bool
}

var _ Painter = (*rectangles)(nil)

// RowsTo implements Sampler.
func (g *rectangles) RowsTo(dst []float64, from, to int) { g.PaintTo(dst, nil, from, to) }

// PaintTo implements Painter; without labels it paints none.
func (g *rectangles) PaintTo(scores []float64, labels []uint8, from, to int) {
	if g.paint {
		g.rectangle(sheet{scores, labels}, 0, 0, [2][]float64{g.xs, g.ys[from:to]})
		return
	}
	c := g.t.c
	for j := from; j < to; j++ {
		for i, x := range g.xs {
			at := (j-from)*len(g.xs) + i
			node := g.t.Find([]float64{x, g.ys[j]})
			copy(scores[at*c:(at+1)*c], g.table[node*c:])
			if labels != nil {
				labels[at] = g.labels[node]
			}
		}
	}
}

func (g *rectangles) pixelTo(dst []float64, x, y float64) {
	copy(dst, g.table[g.t.Find([]float64{x, y})*len(dst):])
}

// sheet is what a grid is painted on; labels may be nil.
type sheet struct {
	scores []float64
	labels []uint8
}

// rectangle paints the part of the grid between the given columns and rows,
// whose first pixel is at, with the subtree of a node.
func (g *rectangles) rectangle(on sheet, at, node int, sides [2][]float64) {
	n := &g.t.nodes[node]
	w, h, c := len(sides[0]), len(sides[1]), g.t.c
	if w == 0 || h == 0 {
		return
	}
	if n.Leaf() {
		fill(on.scores[at*c:], g.table[node*c:(node+1)*c], w, h, len(g.xs))
		if on.labels != nil {
			fill(on.labels[at:], g.labels[node:node+1], w, h, len(g.xs))
		}
		return
	}
	// The first child is the side on which the grid begins.
	side := sides[n.Feature]
	left := n.goesLeft(side[0])
	cut := sort.Search(len(side), func(i int) bool { return n.goesLeft(side[i]) != left })
	first, second := n.Left, n.Right
	if !left {
		first, second = second, first
	}
	a, b := sides, sides
	a[n.Feature], b[n.Feature] = side[:cut], side[cut:]
	g.rectangle(on, at, first, a)
	g.rectangle(on, at+cut*[2]int{1, len(g.xs)}[n.Feature], second, b)
}

// fill paints w×h pixels of a grid so many pixels wide: the first row by doubling,
// the others as copies of it.
func fill[T float64 | uint8](dst, pixel []T, w, h, wide int) {
	if w == 0 || h == 0 {
		return
	}
	c, stride := len(pixel), wide*len(pixel)
	row := dst[:w*c]
	for have := copy(row, pixel); have < len(row); have *= 2 {
		copy(row[have:], row[:have])
	}
	for j := 1; j < h; j++ {
		copy(dst[j*stride:], row)
	}
}

// PixelsTo implements Sampler.
func (g *rectangles) PixelsTo(dst []float64, pixels []int32) {
	c, w := g.t.c, len(g.xs)
	for k, p := range pixels {
		g.pixelTo(dst[k*c:(k+1)*c], g.xs[int(p)%w], g.ys[int(p)/w])
	}
}
