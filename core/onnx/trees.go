package onnx

import (
	"math"

	"modelheist/core/model"
)

// trees is the mean of the values of the leaves where the inputs end: N×c.
//
// All inputs walk all trees at once, a step a level: the nodes of the trees lie
// in one row, and a matrix N×trees tells at which each input is. A leaf leads to
// itself. The operator of ai.onnx.ml for this, TreeEnsembleClassifier, answers in
// float32 and knows no sets of categories.
func (b *builder) trees(x string, trees [][]model.Node) string {
	t := &forest{b: b}
	var roots []int
	depth := 0
	for _, nodes := range trees {
		roots = append(roots, len(t.feature))
		depth = max(depth, t.add(nodes))
	}
	return t.walk(x, roots, depth)
}

type forest struct {
	b                    *builder
	feature, left, right []int
	threshold, values    []float64
	sets                 [][]bool // of each node; nil for a number
	widest               int      // set
}

// add takes over the nodes of a tree and returns its depth.
func (t *forest) add(nodes []model.Node) int {
	from := len(t.feature)
	level, deepest := make([]int, len(nodes)), 0
	for i := range nodes {
		n := &nodes[i]
		feature, left, right := max(n.Feature, 0), i, i
		if !n.Leaf() {
			left, right = n.Left, n.Right
			level[left], level[right] = level[i]+1, level[i]+1
			deepest = max(deepest, level[i]+1)
		}
		threshold := n.Threshold
		if n.Set != nil {
			threshold = math.Inf(-1)
		}
		t.feature, t.threshold = append(t.feature, feature), append(t.threshold, threshold)
		t.left, t.right = append(t.left, from+left), append(t.right, from+right)
		t.values, t.sets = append(t.values, n.Values...), append(t.sets, n.Set)
		t.widest = max(t.widest, len(n.Set))
	}
	return deepest
}

func (t *forest) walk(x string, roots []int, depth int) string {
	b := t.b
	features, lefts, rights := b.whole(t.feature...), b.whole(t.left...), b.whole(t.right...)
	thresholds := b.put(Double, t.threshold, len(t.threshold))
	sets := t.members()
	rows := b.with("Gather", axis(0), b.op("Shape", x), b.whole(0))
	at := b.op("Expand", b.whole(roots...), b.with("Concat", axis(0), rows, b.whole(len(roots))))
	for range depth {
		v := b.with("GatherElements", axis(1), x, b.with("Gather", axis(0), features, at))
		goes := b.op("LessOrEqual", v, b.with("Gather", axis(0), thresholds, at))
		if t.widest > 0 {
			goes = b.op("Or", goes, t.among(sets, v, at))
		}
		at = b.op("Where", goes, b.with("Gather", axis(0), lefts, at), b.with("Gather", axis(0), rights, at))
	}
	c := b.c
	return b.mean(b.with("Gather", axis(0), b.put(Double, t.values, len(t.values)/c, c), at), 1)
}

// members is the table of the nodes' sets: a row a node, a column a category, and
// one more at each end for what is no category.
func (t *forest) members() string {
	if t.widest == 0 {
		return ""
	}
	table := make([]float64, len(t.sets)*(t.widest+2))
	for i, set := range t.sets {
		for k, in := range set {
			if in {
				table[i*(t.widest+2)+k+1] = 1
			}
		}
	}
	return t.b.put(Bool, table, len(table))
}

// among tells whether the category v is of the set of the node.
func (t *forest) among(sets, v, at string) string {
	b := t.b
	column := b.op("Clip", b.op("Add", v, b.number(1)), b.number(0), b.number(float64(t.widest+1)))
	whole := b.with("Cast", []Attribute{{Name: "to", Int: int64(Int64), Written: anInt}}, b.op("Floor", column))
	row := b.op("Mul", at, b.put(Int64, []float64{float64(t.widest + 2)}))
	return b.with("Gather", axis(0), sets, b.op("Add", row, whole))
}
