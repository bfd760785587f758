package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// Growth limits a tree. The zero value grows it until the leaves are pure.
type Growth struct {
	Depth   int // at most so many splits on a path; 0 for no limit
	MinLeaf int // at least so many points a leaf; 0 is 1
	// Laplace is added to every class count before a node's frequencies are
	// taken, so that a leaf's confidence tells its size too (C4.5 and its heirs
	// have 1); 0 gives plain frequencies.
	Laplace float64
	// Categories is the number of categories of each feature, 0 for numbers; nil
	// if all are numbers.
	Categories []int
	// Features is how many features a node looks at, drawn by Rand at each node,
	// and more only until one allows a split; 0 is all.
	Features int
	Rand     *rand.Rand
	Tick     Tick // called once a node; may be nil
}

// GrowTree grows a classification tree by CART: every node takes the split with
// the least weighted Gini impurity, ties to the lower feature and value, until
// its points have one class or no split is allowed. Numbers are split midway
// between neighbours. Categories are split into the best two subsets for two
// classes (Breiman et al. 1984, theorem 4.5), one against the rest for more.
//
// Labels of one class give ErrOneClass. Probabilities instead of labels are
// taken at their largest.
func GrowTree(data Data, g Growth) (*Tree, error) {
	if err := data.check(); err != nil {
		return nil, err
	}
	labels := data.Labels
	if labels == nil {
		labels = make([]int, data.N())
		LabelsTo(labels, data.Probabilities, data.Classes)
	}
	gr := &grower{Growth: g, d: data.Dim, c: data.Classes, labels: labels}
	if err := gr.grow(data.X); err != nil {
		return nil, err
	}
	return NewTree(data.Dim, data.Classes, gr.nodes)
}

// GrowRegression grows a regression tree on the n×d inputs x with the n values
// y: as GrowTree does, with the variance in place of the impurity.
func GrowRegression(x []float64, d int, y []float64, g Growth) (*RegressionTree, error) {
	if d < 1 || len(x) != d*len(y) {
		panic(fmt.Sprintf("model: %d inputs for %d values in %d dimensions", len(x), len(y), d))
	}
	if len(y) == 0 {
		return nil, fmt.Errorf("model: no points to train on")
	}
	for i, v := range slices.Concat(x, y) {
		if v-v != 0 {
			return nil, fmt.Errorf("model: number %d of inputs and values is %v, must be finite", i, v)
		}
	}
	gr := &grower{Growth: g, d: d, c: 1, values: y}
	if err := gr.grow(x); err != nil {
		return nil, err
	}
	return NewRegressionTree(d, gr.nodes)
}

// point is a training point in the order of one feature. The value and the
// class ride along, so that scans read memory in order.
type point struct {
	v     float64
	i     int32
	class int32
}

// grower grows one tree. Every feature keeps the points sorted by its value; a
// node is the same range lo..hi of all orders, and a split partitions each
// stably. So there is one sort a feature, and none below the root.
type grower struct {
	Growth
	d, c   int
	labels []int     // of a classification
	values []float64 // of a regression

	orders [][]point
	left   []bool  // by point: the side in the split under way
	spare  []point // the right side, while the left one closes up
	nodes  []Node

	total, below []float64 // class counts of a node, and left of a cut
	features     []int     // all, in the order that a node looks at them
}

// split is the best one of a node so far.
type split struct {
	feature   int
	threshold float64
	set       []bool
	score     float64 // larger is better
}

// job is a node to grow.
type job struct{ node, lo, hi, depth int }

func (g *grower) grow(x []float64) error {
	n := len(x) / g.d
	if g.Depth < 0 || g.MinLeaf < 0 || g.Laplace < 0 {
		return fmt.Errorf("model: tree: depth %d, leaf %d, laplace %v, allowed 0 or more", g.Depth, g.MinLeaf, g.Laplace)
	}
	g.MinLeaf = max(1, g.MinLeaf)
	g.left, g.spare = make([]bool, n), make([]point, n)
	if err := g.sort(x, n); err != nil {
		return err
	}
	g.total, g.below = make([]float64, g.c), make([]float64, g.c)
	g.features = make([]int, g.d)
	for f := range g.features {
		g.features[f] = f
	}
	g.nodes = []Node{{}}
	for jobs := []job{{0, 0, n, 0}}; len(jobs) > 0; {
		if g.Tick != nil {
			if err := g.Tick(); err != nil {
				return err
			}
		}
		j := jobs[len(jobs)-1]
		jobs = jobs[:len(jobs)-1]
		pure := g.describe(j)
		if pure || g.Depth > 0 && j.depth == g.Depth || j.hi-j.lo < 2*g.MinLeaf {
			continue
		}
		s := g.best(j)
		if s.feature < 0 {
			continue
		}
		mid := g.partition(j, s)
		l := len(g.nodes)
		g.nodes = append(g.nodes, Node{}, Node{})
		at := &g.nodes[j.node]
		at.Feature, at.Threshold, at.Set, at.Left, at.Right = s.feature, s.threshold, s.set, l, l+1
		jobs = append(jobs, job{l + 1, mid, j.hi, j.depth + 1}, job{l, j.lo, mid, j.depth + 1})
	}
	return nil
}

// sort makes the orders.
func (g *grower) sort(x []float64, n int) error {
	if g.Categories != nil && len(g.Categories) != g.d {
		panic(fmt.Sprintf("model: categories of %d features, there are %d", len(g.Categories), g.d))
	}
	g.orders = make([][]point, g.d)
	for f := range g.orders {
		order := make([]point, n)
		k := g.arity(f)
		for i := range order {
			v := x[i*g.d+f]
			if k > 0 && (v != math.Trunc(v) || v < 0 || v >= float64(k)) {
				return fmt.Errorf("model: point %d: feature %d is %v, must be a category 0..%d", i, f, v, k-1)
			}
			order[i] = point{v: v + 0, i: int32(i)} // -0 becomes 0
			if g.labels != nil {
				order[i].class = int32(g.labels[i])
			}
		}
		sortPoints(order, g.spare)
		g.orders[f] = order
	}
	return nil
}

// A radix sort takes so many passes over digits of so many bits.
const (
	digitBits = 11
	digits    = (64 + digitBits - 1) / digitBits
)

// sortPoints sorts by value, equal ones as they came: a radix sort of the bits,
// which costs a third of a sort by comparisons. spare is as long as points.
func sortPoints(points, spare []point) {
	var counts [digits][1 << digitBits]int32
	for i := range points {
		for d, k := 0, ordered(points[i].v); d < digits; d++ {
			counts[d][k&(1<<digitBits-1)]++
			k >>= digitBits
		}
	}
	from, to := points, spare[:len(points)]
	for d := range digits {
		count, shift := &counts[d], d*digitBits
		if first := ordered(from[0].v) >> shift & (1<<digitBits - 1); count[first] == int32(len(from)) {
			continue // the digit is the same everywhere
		}
		at := int32(0)
		for k, n := range count {
			count[k], at = at, at+n
		}
		for i := range from {
			k := ordered(from[i].v) >> shift & (1<<digitBits - 1)
			to[count[k]] = from[i]
			count[k]++
		}
		from, to = to, from
	}
	if &from[0] != &points[0] {
		copy(points, from)
	}
}

// ordered maps numbers to bits that compare as they do.
func ordered(v float64) uint64 {
	bits := math.Float64bits(v)
	return bits ^ (uint64(int64(bits)>>63) | 1<<63)
}

func (g *grower) arity(f int) int {
	if g.Categories == nil {
		return 0
	}
	return g.Categories[f]
}

// describe makes the node a leaf, with its answer, and tells whether all its
// points are alike.
func (g *grower) describe(j job) (pure bool) {
	points := g.orders[0][j.lo:j.hi]
	n := &g.nodes[j.node]
	n.Feature, n.Values = -1, make([]float64, g.c)
	if g.labels == nil {
		sum, first := 0.0, g.values[points[0].i]
		pure = true
		for _, p := range points {
			sum += g.values[p.i]
			pure = pure && g.values[p.i] == first
		}
		n.Values[0] = sum / float64(len(points))
		return pure
	}
	if g.c == 2 {
		ones := int32(0)
		for i := range points {
			ones += points[i].class
		}
		n.Values[0], n.Values[1] = float64(int32(len(points))-ones), float64(ones)
	} else {
		for i := range points {
			n.Values[points[i].class]++
		}
	}
	copy(g.total, n.Values)
	for k, count := range n.Values {
		pure = pure || count == float64(len(points))
		n.Values[k] = (count + g.Laplace) / (float64(len(points)) + g.Laplace*float64(g.c))
	}
	return pure
}

// best is the node's best split; its feature is -1 if none is allowed.
func (g *grower) best(j job) split {
	s := split{feature: -1, score: math.Inf(-1)}
	for i := range g.features {
		if g.Features > 0 {
			if i >= g.Features && s.feature >= 0 {
				break
			}
			k := i + g.Rand.IntN(len(g.features)-i)
			g.features[i], g.features[k] = g.features[k], g.features[i]
		}
		f := g.features[i]
		points := g.orders[f][j.lo:j.hi]
		switch {
		case points[0].v == points[len(points)-1].v:
		case g.arity(f) > 0:
			g.subsets(f, points, &s)
		case g.labels == nil:
			g.scanValues(f, points, &s)
		case g.c == 2:
			g.scanTwo(f, points, &s)
		default:
			g.scanClasses(f, points, &s)
		}
	}
	return s
}

// take takes the cut before points[at], if there is one.
func (s *split) take(score float64, f int, points []point, at int) {
	if at == 0 {
		return
	}
	a, b := points[at-1].v, points[at].v
	mid := a + (b-a)/2
	if !(mid < b) { // neighbours among the float64
		mid = a
	}
	*s = split{feature: f, threshold: mid, score: score}
}

// scanTwo is scanClasses for two classes. The least weighted impurity is where
// Σ left²/n_left + Σ right²/n_right of the class counts is largest.
func (g *grower) scanTwo(f int, points []point, s *split) {
	n := float64(len(points))
	ones, below := g.total[1], 0.0
	best, found := s.score, 0
	for at := 1; at <= len(points)-g.MinLeaf; at++ {
		below += float64(points[at-1].class)
		if at < g.MinLeaf || points[at-1].v == points[at].v {
			continue
		}
		l := float64(at)
		r, above := n-l, ones-below
		lz, rz := l-below, r-above
		if score := (below*below+lz*lz)/l + (above*above+rz*rz)/r; score > best {
			best, found = score, at
		}
	}
	s.take(best, f, points, found)
}

func (g *grower) scanClasses(f int, points []point, s *split) {
	n := float64(len(points))
	clear(g.below)
	best, found := s.score, 0
	left, right := 0.0, 0.0 // Σ counts²
	for _, t := range g.total {
		right += t * t
	}
	for at := 1; at <= len(points)-g.MinLeaf; at++ {
		k := points[at-1].class
		left += 2*g.below[k] + 1
		right -= 2*(g.total[k]-g.below[k]) - 1
		g.below[k]++
		if at < g.MinLeaf || points[at-1].v == points[at].v {
			continue
		}
		l := float64(at)
		if score := left/l + right/(n-l); score > best {
			best, found = score, at
		}
	}
	s.take(best, f, points, found)
}

// scanValues finds the least squared error, around the node's mean, so that a
// common offset of the values costs no digits.
func (g *grower) scanValues(f int, points []point, s *split) {
	n, total := float64(len(points)), 0.0
	for _, p := range points {
		total += g.values[p.i]
	}
	mean, below := total/n, 0.0
	best, found := s.score, 0
	for at := 1; at <= len(points)-g.MinLeaf; at++ {
		below += g.values[points[at-1].i] - mean
		if at < g.MinLeaf || points[at-1].v == points[at].v {
			continue
		}
		l := float64(at)
		if score := below * below * n / (l * (n - l)); score > best {
			best, found = score, at
		}
	}
	s.take(best, f, points, found)
}

// bin is what one category of a node holds.
type bin struct {
	category int
	n        float64
	counts   []float64 // of the classes, or the sum of the values
}

// subsets splits a category. With two classes, or values, the best subset is
// among the beginnings of the categories in the order of their means; with more
// classes each category is held against the rest.
func (g *grower) subsets(f int, points []point, s *split) {
	bins := g.bins(points)
	if g.c <= 2 {
		last := g.c - 1
		sort.SliceStable(bins, func(i, j int) bool { return bins[i].counts[last]/bins[i].n < bins[j].counts[last]/bins[j].n })
	}
	total := bin{counts: make([]float64, g.c)}
	for _, b := range bins {
		total.add(b)
	}
	left := bin{counts: make([]float64, g.c)}
	for at, b := range bins {
		if g.c > 2 {
			left = bin{counts: make([]float64, g.c)}
		}
		left.add(b)
		right := total.n - left.n
		if left.n < float64(g.MinLeaf) || right < float64(g.MinLeaf) {
			continue
		}
		score := 0.0
		for k, l := range left.counts {
			r := total.counts[k] - l
			score += l*l/left.n + r*r/right
		}
		if !(score > s.score) {
			continue
		}
		*s = split{feature: f, set: make([]bool, g.arity(f)), score: score}
		from := 0
		if g.c > 2 {
			from = at
		}
		for _, in := range bins[from : at+1] {
			s.set[in.category] = true
		}
	}
}

func (b *bin) add(other bin) {
	b.n += other.n
	for k, v := range other.counts {
		b.counts[k] += v
	}
}

// bins counts the categories of the points, which are sorted by it. Values are
// taken around the node's mean, as scanValues does.
func (g *grower) bins(points []point) []bin {
	mean := 0.0
	if g.labels == nil {
		for _, p := range points {
			mean += g.values[p.i] / float64(len(points))
		}
	}
	var bins []bin
	for at, p := range points {
		if at == 0 || p.v != points[at-1].v {
			bins = append(bins, bin{category: int(p.v), counts: make([]float64, g.c)})
		}
		b := &bins[len(bins)-1]
		b.n++
		if g.labels == nil {
			b.counts[0] += g.values[p.i] - mean
		} else {
			b.counts[p.class]++
		}
	}
	return bins
}

// partition moves the points of the node's left side to the front of its range
// in every order, and returns where the right side begins.
func (g *grower) partition(j job, s split) int {
	side := Node{Feature: s.feature, Threshold: s.threshold, Set: s.set}
	n := 0
	for _, p := range g.orders[s.feature][j.lo:j.hi] {
		left := side.goesLeft(p.v)
		g.left[p.i] = left
		if left {
			n++
		}
	}
	for f, order := range g.orders {
		if f == s.feature && s.set == nil {
			continue // it is sorted by this very value
		}
		points := order[j.lo:j.hi]
		l, r := 0, 0
		for _, p := range points {
			if g.left[p.i] {
				points[l] = p
				l++
			} else {
				g.spare[r] = p
				r++
			}
		}
		copy(points[l:], g.spare[:r])
	}
	return j.lo + n
}
