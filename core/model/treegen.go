package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"modelheist/core/domain"
)

// Shape is what is known of a tree whose data are not at hand.
type Shape struct {
	Domain  domain.Domain
	Classes int // 1 for a regression
	Records int // that it was trained on: at least one a leaf
	Leaves  int
	IDs     int // distinct answers (label or value, confidence) of the leaves, 1..Leaves
	Depth   int // of the deepest leaf
}

// Grown is a random tree of some shape.
type Grown struct {
	Tree    Partial // *Tree or *RegressionTree
	Nodes   []Node
	Records []float64 // a node
	shape   Shape
	boxes   [][]span // a node
}

// span is a node's part of one feature: an interval of numbers, or categories.
type span struct {
	low, high float64
	set       []bool
}

// RandomTree draws a tree of the given shape. Splits fall on random features: of
// a number in the middle half of what is left of it, as long as that is a 64th
// of its range; of a category one against the rest. Answers are drawn as class
// frequencies of few records, or values, so that so many are distinct; leaves
// that share one with another are never two children of one node. An inner node
// answers with all records below it. If all leaves are distinct, all nodes are.
//
// The error says why there is no such tree, or that 100 tries found none.
func RandomTree(s Shape, r *rand.Rand) (*Grown, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	for range 100 {
		g := &Grown{shape: s}
		if g.branch(r) && g.answer(r) {
			return g, g.build()
		}
	}
	return nil, fmt.Errorf("model: found no tree of %d leaves, %d ids and depth %d over %d features", s.Leaves, s.IDs, s.Depth, s.Domain.Dim())
}

func (s Shape) check() error {
	switch {
	case s.Domain.Dim() < 1 || s.Classes < 1:
		panic(fmt.Sprintf("model: a tree of %d features and %d classes", s.Domain.Dim(), s.Classes))
	case s.Leaves < 1 || s.Depth >= s.Leaves || s.Depth < 30 && s.Leaves > 1<<s.Depth:
		return fmt.Errorf("model: %d leaves at depth %d, allowed depth+1..2^depth", s.Leaves, s.Depth)
	case s.IDs < 1 || s.IDs > s.Leaves:
		return fmt.Errorf("model: %d ids of %d leaves, allowed 1..%d", s.IDs, s.Leaves, s.Leaves)
	case s.Records < s.Leaves:
		return fmt.Errorf("model: %d records in %d leaves, allowed %d or more", s.Records, s.Leaves, s.Leaves)
	}
	return nil
}

// branch draws the splits: first one path of full depth, then random leaves.
func (g *Grown) branch(r *rand.Rand) bool {
	root := make([]span, g.shape.Domain.Dim())
	for f, feature := range g.shape.Domain {
		root[f] = span{low: feature.Low, high: feature.High}
		if k := len(feature.Categories); k > 0 {
			root[f].set = slices.Repeat([]bool{true}, k)
		}
	}
	g.Nodes, g.boxes = []Node{{Feature: -1}}, [][]span{root}
	depth := []int{0}
	split := func(i int) bool {
		if depth[i] == g.shape.Depth || !g.split(i, r) {
			return false
		}
		depth = append(depth, depth[i]+1, depth[i]+1)
		return true
	}
	at := 0
	for range g.shape.Depth {
		if !split(at) {
			return false
		}
		at = len(g.Nodes) - 1 - r.IntN(2)
	}
	open := g.leaves()
	for len(g.Nodes) < 2*g.shape.Leaves-1 {
		if len(open) == 0 {
			return false
		}
		k := r.IntN(len(open))
		if i := open[k]; split(i) {
			open = append(open, len(g.Nodes)-2, len(g.Nodes)-1)
		}
		open = slices.Delete(open, k, k+1)
	}
	return true
}

func (g *Grown) leaves() []int {
	var out []int
	for i := range g.Nodes {
		if g.Nodes[i].Leaf() {
			out = append(out, i)
		}
	}
	return out
}

// split gives leaf i two children, if any feature can be split there.
func (g *Grown) split(i int, r *rand.Rand) bool {
	for _, f := range r.Perm(len(g.shape.Domain)) {
		left, right, ok := g.cut(i, f, r)
		if !ok {
			continue
		}
		n := &g.Nodes[i]
		n.Feature, n.Threshold, n.Set = f, left.high, left.set
		n.Left, n.Right = len(g.Nodes), len(g.Nodes)+1
		for _, s := range []span{left, right} {
			box := slices.Clone(g.boxes[i])
			box[f] = s
			g.Nodes, g.boxes = append(g.Nodes, Node{Feature: -1}), append(g.boxes, box)
		}
		return true
	}
	return false
}

func (g *Grown) cut(i, f int, r *rand.Rand) (left, right span, ok bool) {
	s, feature := g.boxes[i][f], g.shape.Domain[f]
	if s.set == nil {
		if w := s.high - s.low; w > 0 && w >= (feature.High-feature.Low)/64 {
			at := s.low + w*(0.25+0.5*r.Float64())
			return span{low: s.low, high: at}, span{low: at, high: s.high}, true
		}
		return s, s, false
	}
	var in []int
	for k, is := range s.set {
		if is {
			in = append(in, k)
		}
	}
	if len(in) < 2 {
		return s, s, false
	}
	one := in[r.IntN(len(in))]
	left.set, right.set = make([]bool, len(s.set)), slices.Clone(s.set)
	left.set[one], right.set[one] = true, false
	return left, right, true
}

// answer draws what the leaves say and derives it for the inner nodes.
func (g *Grown) answer(r *rand.Rand) bool {
	s := g.shape
	ids := s.draw(r)
	if ids == nil {
		return false
	}
	order := g.leaves()
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	counts := make([][]float64, len(g.Nodes)) // of classes; sum and number in a regression
	sibling := g.siblings()
	for at, leaf := range order {
		pick := at
		if at >= s.IDs { // small leaves are alike most often
			u := r.Float64()
			pick = int(u * u * float64(s.IDs))
		}
		counts[leaf] = ids[pick]
		if other := counts[sibling[leaf]]; at >= s.IDs && s.IDs > 1 && other != nil && s.id(other) == s.id(ids[pick]) {
			counts[leaf] = ids[(pick+1)%s.IDs]
		}
	}
	seen := map[string]bool{}
	distinct := 0
	for i := len(g.Nodes) - 1; i >= 0; i-- {
		n := &g.Nodes[i]
		if !n.Leaf() {
			counts[i] = slices.Clone(counts[n.Left])
			for k, v := range counts[n.Right] {
				counts[i][k] += v
			}
		}
		id := s.id(counts[i])
		if seen[id] && s.IDs == s.Leaves {
			return false
		}
		if n.Leaf() && !seen[id] {
			distinct++
		}
		seen[id] = seen[id] || n.Leaf() || s.IDs == s.Leaves
		n.Values, g.Records = s.values(counts[i]), append(g.Records, s.records(counts[i]))
	}
	slices.Reverse(g.Records)
	return distinct == s.IDs
}

func (g *Grown) siblings() []int {
	out := make([]int, len(g.Nodes))
	for i := range g.Nodes {
		if n := &g.Nodes[i]; !n.Leaf() {
			out[n.Left], out[n.Right] = n.Right, n.Left
		}
	}
	return out
}

// draw makes distinct answers, those of few records first.
func (s Shape) draw(r *rand.Rand) [][]float64 {
	mean := float64(s.Records) / float64(s.Leaves)
	seen := map[string]bool{}
	var ids [][]float64
	for range 1000 * s.IDs {
		n := 1 + math.Floor(mean*r.ExpFloat64())
		var counts []float64
		if s.Classes == 1 {
			counts = []float64{n * r.NormFloat64(), n}
		} else {
			counts = make([]float64, s.Classes)
			first := r.IntN(s.Classes)
			for range int(min(n, 1e6)) {
				if k := r.IntN(4 * s.Classes); k < s.Classes {
					counts[k]++
				} else {
					counts[first]++
				}
			}
		}
		if id := s.id(counts); !seen[id] {
			seen[id] = true
			ids = append(ids, counts)
		}
		if len(ids) == s.IDs {
			sort.SliceStable(ids, func(i, j int) bool { return s.records(ids[i]) < s.records(ids[j]) })
			return ids
		}
	}
	return nil
}

func (s Shape) records(counts []float64) float64 {
	if s.Classes == 1 {
		return counts[1]
	}
	sum := 0.0
	for _, v := range counts {
		sum += v
	}
	return sum
}

// values are the frequencies, or the mean.
func (s Shape) values(counts []float64) []float64 {
	n := s.records(counts)
	if s.Classes == 1 {
		return []float64{counts[0] / n}
	}
	out := make([]float64, len(counts))
	for k, v := range counts {
		out[k] = v / n
	}
	return out
}

// id is what a service says of a node: label and confidence, or the value.
func (s Shape) id(counts []float64) string {
	v := s.values(counts)
	if s.Classes == 1 {
		return fmt.Sprint(v[0])
	}
	label := top(v)
	return fmt.Sprint(label, v[label])
}

func (g *Grown) build() (err error) {
	d := g.shape.Domain.Dim()
	if g.shape.Classes == 1 {
		g.Tree, err = NewRegressionTree(d, g.Nodes)
	} else {
		g.Tree, err = NewTree(d, g.shape.Classes, g.Nodes)
	}
	return err
}

// Draw makes n inputs as the records fall: a leaf by its share of them, then
// uniformly inside.
func (g *Grown) Draw(n int, r *rand.Rand) []float64 {
	var x []float64
	for range n {
		i := 0
		for !g.Nodes[i].Leaf() {
			node := &g.Nodes[i]
			if i = node.Right; r.Float64()*(g.Records[node.Left]+g.Records[node.Right]) < g.Records[node.Left] {
				i = node.Left
			}
		}
		for _, s := range g.boxes[i] {
			if s.set == nil {
				x = append(x, s.high-(s.high-s.low)*r.Float64()) // in (low, high]
				continue
			}
			k := r.IntN(len(s.set))
			for !s.set[k] {
				k = (k + 1) % len(s.set)
			}
			x = append(x, float64(k))
		}
	}
	return x
}
