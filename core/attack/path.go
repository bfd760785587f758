package attack

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// defaultEpsilon is how finely splits of numbers are told apart, in units of the
// input: Tramèr et al. 2016, table 6.
const defaultEpsilon = 1e-3

// pathFinding finds the leaves of a decision tree one by one. From an input in a
// new leaf it follows each feature over its range with the others fixed: where
// the answer changes is a split, and behind it is another leaf to start from.
//
// A leaf is known by all that the oracle says of it: label or value, and
// confidence. Two leaves that get the same answer (Stuck names them) hide the
// splits between them.
//
// Cost: about leaves·(features + splits·log2(range/ε)) queries; identical ones
// are asked once. Ends solved when every split seen has been followed. Needs
// top1, probabilities or value. Splits are found within ε. Source: Tramèr et al.
// 2016, section 4.2, algorithm 1.
func pathFinding(s *session) (ending, error) {
	p, err := newPaths(s)
	if err != nil {
		return ending{}, err
	}
	start := make(lattice, s.d)
	for f := range start {
		start[f] = int32(s.r.IntN(int(p.last[f]) + 1))
	}
	stack := []lattice{start}
	return p.end(p.explore(func() (bool, error) {
		if len(stack) == 0 {
			return false, nil
		}
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		found, err := p.leafAt(x)
		for _, f := range found {
			stack = append(stack, f.x)
		}
		return true, err
	}))
}

// topDown finds the nodes of a decision tree from the root, by queries that
// leave out all features but those on the path: the answer is then the node's,
// and a feature that changes it is the node's split. Oracles that tell the field
// they missed save the search for it.
//
// Cost: about nodes·(2·depth + log2(range/ε)) queries, plus 2·features a node if
// the oracle doesn't tell fields. Needs an oracle that takes incomplete inputs;
// otherwise as path-finding. Source: Tramèr et al. 2016, section 4.2, "top-down
// approach".
func topDown(s *session) (ending, error) {
	for _, f := range s.box {
		if !f.Optional {
			return ending{}, fmt.Errorf("attack: top-down can't use an oracle that refuses incomplete inputs (%s may not be missing), allowed with partial = yes", f.Name)
		}
	}
	p, err := newPaths(s)
	if err != nil {
		return ending{}, err
	}
	root := make(lattice, s.d)
	for f := range root {
		root[f] = absent
	}
	queue := []lead{{root, p.everywhere(), -1}}
	return p.end(p.explore(func() (bool, error) {
		if len(queue) == 0 {
			return false, nil
		}
		at := queue[0]
		queue = queue[1:]
		found, err := p.nodeAt(at)
		queue = append(queue, found...)
		return true, err
	}))
}

// lattice is an input on the grid of ε: of a number the steps above the
// feature's low end, of a category its index.
type lattice []int32

const absent int32 = -1

// side is a part of one feature's range: the steps lo..hi of a number, or the
// categories in set.
type side struct {
	lo, hi int32
	set    []bool
}

func (d side) has(k int32) bool {
	if d.set != nil {
		return d.set[k]
	}
	return d.lo <= k && k <= d.hi
}

// region is a part of the input space, one side a feature.
type region []side

// has tells whether the input lies in the region, as far as it is complete.
func (r region) has(x lattice) bool {
	for f, k := range x {
		if k != absent && !r[f].has(k) {
			return false
		}
	}
	return true
}

// with is the region narrowed to a side of one feature.
func (r region) with(f int, d side) region {
	r = slices.Clone(r)
	r[f] = d
	return r
}

// answer is what the oracle said to one input.
type answer struct {
	id      string // label, values and missing field, to the last bit
	label   int
	values  []float64
	missing int  // feature, -1 for none
	told    bool // missing is the oracle's word
}

// part is a side on which the answer is the same, and an input there.
type part struct {
	side
	x      lattice
	answer answer
}

// lead is an input to explore, and a region that holds all of its node. fresh is
// the feature whose parts were just told apart there, or -1.
type lead struct {
	x     lattice
	outer region
	fresh int
}

// paths is what both attacks on trees share.
type paths struct {
	*session
	eps   float64
	last  []int32 // last step or category of each feature
	known map[string]answer
	cuts  [][]int32 // splits seen, of each feature: the step below, ascending

	nodes   map[string][]region // explored, by id
	leaves  []model.Box
	shared  int // leaves with an id seen before
	guesses []guess
	next    int // number of leaves that is worth a new copy
}

// guess is a region that probably has one answer, until it is explored.
type guess struct {
	region
	x      lattice
	answer answer
}

// errSpent says that the budget is spent.
var errSpent = errors.New("attack: the budget is spent")

func newPaths(s *session) (*paths, error) {
	p := &paths{session: s, eps: s.Epsilon, known: map[string]answer{}, nodes: map[string][]region{}, last: make([]int32, s.d), cuts: make([][]int32, s.d)}
	if p.eps == 0 {
		p.eps = defaultEpsilon
	}
	for f, feature := range s.box {
		if k := len(feature.Categories); k > 0 {
			p.last[f] = int32(k - 1)
			continue
		}
		steps := math.Ceil((feature.High - feature.Low) / p.eps)
		if steps > math.MaxInt32/2 {
			return nil, fmt.Errorf("attack: epsilon = %v is too fine for %s in [%v, %v], allowed %v or more", p.eps, feature.Name, feature.Low, feature.High, (feature.High-feature.Low)/(1<<30))
		}
		p.last[f] = int32(steps)
	}
	return p, nil
}

// explore takes steps until there are none left or the budget is spent. Every
// step takes up an input that was asked before it was queued, and no input is
// explored twice, so that the budget bounds the steps.
func (p *paths) explore(step func() (more bool, err error)) error {
	for {
		if err := p.tick(); err != nil {
			return err
		}
		if more, err := step(); err != nil || !more {
			return err
		}
	}
}

// end shows the last copy and says how the attack ended.
func (p *paths) end(err error) (ending, error) {
	if err != nil && !errors.Is(err, errSpent) {
		return ending{}, err
	}
	if len(p.leaves)+len(p.guesses) > 0 {
		if err := p.showCopy(); err != nil {
			return ending{}, err
		}
	}
	switch {
	case err != nil:
		return ending{Budget, fmt.Sprintf("%d leaves found so far", len(p.leaves))}, nil
	case p.shared > 0:
		return ending{Stuck, fmt.Sprintf("%d of the %d leaves found share an answer with another; a split between two such leaves can't be seen", p.shared, len(p.leaves))}, nil
	}
	return ending{status: Solved}, nil
}

// leafAt explores the leaf at x, if it is new, and returns where to go on.
func (p *paths) leafAt(x lattice) ([]lead, error) {
	answers, err := p.answers([]lattice{x}, "start")
	if err != nil {
		return nil, err
	}
	at := answers[0]
	if p.visited(at.id, x) {
		return nil, nil
	}
	everywhere := p.everywhere()
	features := make([]int, p.d)
	for f := range features {
		features[f] = f
	}
	parts, err := p.follow(x, features, everywhere)
	if err != nil {
		return nil, err
	}
	leaf := slices.Clone(everywhere)
	for f := range leaf {
		leaf[f] = own(parts[f], x[f])
	}
	var found []lead
	for f := range leaf {
		for _, other := range parts[f] {
			if !other.has(x[f]) {
				found = append(found, lead{x: other.x})
				p.guesses = append(p.guesses, guess{leaf.with(f, other.side), other.x, other.answer})
			}
		}
	}
	return found, p.claim(leaf, at)
}

// own is the part that the value k is in.
func own(parts []part, k int32) side {
	for _, c := range parts {
		if c.has(k) {
			return c.side
		}
	}
	panic("attack: a value lies in no part of its range")
}

// nodeAt explores the node at a lead, if it is new, and returns its children and
// what lies beside it.
func (p *paths) nodeAt(at lead) ([]lead, error) {
	answers, err := p.answers([]lattice{at.x}, "node")
	if err != nil {
		return nil, err
	}
	here := answers[0]
	if p.visited(here.id, at.x) {
		return nil, nil
	}
	// A feature on the path may have been split again behind the last one: see
	// which of its values lead here.
	var set []int
	for f, k := range at.x {
		if k != absent {
			set = append(set, f)
		}
	}
	if whole, err := p.fills(at, here, set); err != nil {
		return nil, err
	} else if whole {
		set = []int{at.fresh}
	}
	parts, err := p.follow(at.x, set, at.outer)
	if err != nil {
		return nil, err
	}
	var found []lead
	node := slices.Clone(at.outer)
	for i, f := range set {
		node[f] = own(parts[i], at.x[f])
		for _, other := range parts[i] {
			if !other.has(at.x[f]) {
				found = append(found, lead{other.x, at.outer, -1})
			}
		}
	}
	children, err := p.children(at.x, here, node)
	if err != nil {
		return nil, err
	}
	if len(children) == 0 {
		return found, p.claim(node, here)
	}
	p.nodes[here.id] = append(p.nodes[here.id], node)
	p.guesses = append(p.guesses, guess{node, nil, here})
	return append(found, children...), nil
}

// fills tells whether the node at a lead takes all of its outer region, but for
// the fresh feature. A node is a product of sides, so that two opposite corners
// tell, or as many inputs as some feature has categories that between them go
// through all of each feature's: for all features about as many queries as for
// one. (Beyond the paper, which tries each feature by itself.)
func (p *paths) fills(at lead, here answer, set []int) (bool, error) {
	if at.fresh < 0 || len(set) < 3 {
		return false, nil // no cheaper than feature by feature
	}
	var inputs []lattice
	for _, f := range set {
		if f == at.fresh {
			continue
		}
		for i, k := range p.probes(absent, at.outer[f]) {
			if i == len(inputs) {
				inputs = append(inputs, slices.Clone(at.x))
			}
			inputs[i][f] = k
		}
	}
	answers, err := p.answers(inputs, "corners")
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(answers, func(a answer) bool { return a.id != here.id }), nil
}

// children are leads to both sides of the node's split, or none at a leaf.
func (p *paths) children(x lattice, here answer, node region) ([]lead, error) {
	for f, k := range x {
		if k != absent || here.told && f != here.missing {
			continue
		}
		parts, err := p.follow(x, []int{f}, node)
		if err != nil {
			return nil, err
		}
		if len(parts[0]) == 1 && parts[0][0].answer.id == here.id {
			continue // the tree didn't ask for this feature here
		}
		var leads []lead
		for _, c := range parts[0] {
			leads = append(leads, lead{c.x, node, f})
		}
		return leads, nil
	}
	return nil, nil
}

// visited tells whether x lies in an explored node that gave this answer.
func (p *paths) visited(id string, x lattice) bool {
	return slices.ContainsFunc(p.nodes[id], func(r region) bool { return r.has(x) })
}

// claim records a leaf.
func (p *paths) claim(leaf region, at answer) error {
	if len(p.nodes[at.id]) > 0 {
		p.shared++
	}
	p.nodes[at.id] = append(p.nodes[at.id], leaf)
	p.leaves = append(p.leaves, p.boxOf(leaf, at))
	box := p.boxOf(leaf, at)
	if err := p.emit(Event{Kind: Claimed, Claim: &Claim{Leaf: &box}}); err != nil {
		return err
	}
	if len(p.leaves) < p.next {
		return nil
	}
	p.next = len(p.leaves) + 1 + len(p.leaves)/8
	return p.showCopy()
}

// maxGuesses bounds what a copy costs to ask.
const maxGuesses = 200

// showCopy yields the leaves found so far as a copy. What lies outside them is
// guessed: by the newest region seen on the way.
func (p *paths) showCopy() error {
	p.guesses = slices.DeleteFunc(p.guesses, func(g guess) bool { return g.x != nil && p.visited(g.answer.id, g.x) })
	list := slices.Clone(p.leaves)
	for i := len(p.guesses) - 1; i >= max(0, len(p.guesses)-maxGuesses); i-- {
		list = append(list, p.boxOf(p.guesses[i].region, p.guesses[i].answer))
	}
	widths := make([]float64, p.d)
	for f, feature := range p.box {
		widths[f] = feature.High - feature.Low
	}
	m, err := model.NewBoxes(p.c, widths, list)
	if err != nil {
		return err
	}
	return p.show(m, 0)
}

// boxOf puts a region into units of the input. A split is put midway between the
// two steps that it lies between.
func (p *paths) boxOf(r region, a answer) model.Box {
	b := model.Box{Label: a.label, Values: p.frequencies(a)}
	for f, d := range r {
		switch {
		case d.set != nil:
			if slices.Contains(d.set, false) {
				b.Bounds = append(b.Bounds, model.Bound{Feature: f, Set: slices.Clone(d.set)})
			}
		case d.lo > 0 || d.hi < p.last[f]:
			bound := model.Bound{Feature: f, Low: math.Inf(-1), High: math.Inf(1)}
			if d.lo > 0 {
				bound.Low = (p.at(f, d.lo-1) + p.at(f, d.lo)) / 2
			}
			if d.hi < p.last[f] {
				bound.High = (p.at(f, d.hi) + p.at(f, d.hi+1)) / 2
			}
			b.Bounds = append(b.Bounds, bound)
		}
	}
	return b
}

// frequencies are the class frequencies that an answer tells. What top1 leaves
// open is spread evenly.
func (p *paths) frequencies(a answer) []float64 {
	if p.o.Answers() != oracle.Top1 {
		return slices.Clone(a.values)
	}
	out := make([]float64, p.c)
	for k := range out {
		if out[k] = a.values[0]; k != a.label {
			out[k] = min(a.values[0], (1-a.values[0])/float64(p.c-1))
		}
	}
	return out
}

func (p *paths) everywhere() region {
	r := make(region, p.d)
	for f := range r {
		r[f].hi = p.last[f]
		if k := len(p.box[f].Categories); k > 0 {
			r[f].set = make([]bool, k)
			for i := range r[f].set {
				r[f].set[i] = true
			}
		}
	}
	return r
}

// at is the value of step k of feature f.
func (p *paths) at(f int, k int32) float64 {
	feature := p.box[f]
	switch {
	case k == absent:
		return math.NaN()
	case len(feature.Categories) > 0:
		return float64(k)
	case k == p.last[f]:
		return feature.High
	}
	return feature.Low + float64(k)*p.eps
}

// answers asks about inputs, each only once in the attack. If the budget doesn't
// cover them, it is spent on the first, and the error is errSpent.
func (p *paths) answers(inputs []lattice, why string) ([]answer, error) {
	var x []float64
	var keys []string
	all := make([]string, len(inputs))
	for i, in := range inputs {
		all[i] = key(in)
		if _, known := p.known[all[i]]; known {
			continue
		}
		p.known[all[i]] = answer{} // not twice in this batch either
		keys = append(keys, all[i])
		for f, k := range in {
			x = append(x, p.at(f, k))
		}
	}
	spent := p.left() < len(keys)
	first := p.n()
	if err := p.ask(x, why); err != nil {
		return nil, err
	}
	if spent {
		return nil, errSpent
	}
	for i, k := range keys {
		p.known[k] = p.answer(first + i)
	}
	out := make([]answer, len(inputs))
	for i, k := range all {
		out[i] = p.known[k]
	}
	return out, nil
}

func key(x lattice) string {
	b := make([]byte, 0, 4*len(x))
	for _, k := range x {
		b = appendBits(b, uint64(uint32(k)))
	}
	return string(b)
}

// answer reads answer number i of the session.
func (p *paths) answer(i int) answer {
	w := oracle.Reply{Kind: p.o.Answers(), Classes: p.c}.Width()
	a := answer{label: p.labels[i], values: p.values[i*w : (i+1)*w], missing: -1}
	b := strconv.AppendInt(nil, int64(a.label), 10)
	for _, v := range a.values {
		b = appendBits(b, math.Float64bits(v))
	}
	if i < len(p.missing) {
		a.missing, a.told = p.missing[i], true
		b = strconv.AppendInt(b, int64(a.missing), 10)
	}
	a.id = string(b)
	return a
}

// follow varies each of the features over its side of the region, the others
// fixed at x, and returns the parts with one answer each, in order. Equal
// answers at two ends count as one part, but for the answer at x itself.
func (p *paths) follow(x lattice, features []int, within region) ([][]part, error) {
	out := make([][]part, len(features))
	var gaps []gap
	var err error
	if gaps, err = p.ends(x, features, within, out); err != nil {
		return nil, err
	}
	// All gaps are narrowed side by side, each by at least a step a turn.
	for len(gaps) > 0 {
		inputs := make([]lattice, len(gaps))
		for i, g := range gaps {
			inputs[i] = set(x, g.feature, p.between(g))
		}
		answers, err := p.answers(inputs, "bisection")
		if err != nil {
			return nil, err
		}
		if err := p.tick(); err != nil {
			return nil, err
		}
		var next []gap
		for i, g := range gaps {
			mid := inputs[i][g.feature]
			out[g.line] = append(out[g.line], part{side{lo: mid, hi: mid}, inputs[i], answers[i]})
			next = p.appendGap(next, gap{g.line, g.feature, g.lo, mid, g.a, answers[i]})
			next = p.appendGap(next, gap{g.line, g.feature, mid, g.hi, answers[i], g.b})
		}
		gaps = next
	}
	for i, f := range features {
		if within[f].set == nil {
			out[i] = merge(out[i])
			stretch(out[i], within[f])
		}
	}
	return out, nil
}

// gap is a stretch of a line with different answers at its ends.
type gap struct {
	line, feature int
	lo, hi        int32
	a, b          answer
}

// appendGap keeps a gap that has to be searched, and learns the split of one
// that has no inside.
func (p *paths) appendGap(gaps []gap, g gap) []gap {
	if g.a.id == g.b.id {
		return gaps
	}
	if g.hi-g.lo > 1 {
		return append(gaps, g)
	}
	if i, known := slices.BinarySearch(p.cuts[g.feature], g.lo); !known {
		p.cuts[g.feature] = slices.Insert(p.cuts[g.feature], i, g.lo)
	}
	return gaps
}

// between is where to look inside a gap. Many leaves lie behind one split, so
// the splits that are known of the feature come first, the middle one of them,
// and both steps beside it: one that is met again costs a few queries instead of
// log2(range/ε). Without any it is the middle of the gap.
func (p *paths) between(g gap) int32 {
	cuts := p.cuts[g.feature]
	from, here := slices.BinarySearch(cuts, g.lo)
	if here {
		return g.lo + 1
	}
	to, _ := slices.BinarySearch(cuts, g.hi)
	if from < to {
		return cuts[(from+to)/2]
	}
	return g.lo + (g.hi-g.lo)/2
}

func set(x lattice, f int, k int32) lattice {
	x = slices.Clone(x)
	x[f] = k
	return x
}

// ends asks about every category, and about both ends of every number, puts what
// it learns into out, and returns the gaps between.
func (p *paths) ends(x lattice, features []int, within region, out [][]part) ([]gap, error) {
	var inputs []lattice
	var lines []int
	for i, f := range features {
		for _, k := range p.probes(x[f], within[f]) {
			inputs = append(inputs, set(x, f, k))
			lines = append(lines, i)
		}
	}
	answers, err := p.answers(inputs, "ends of the range")
	if err != nil {
		return nil, err
	}
	for i, line := range lines {
		f := features[line]
		k := inputs[i][f]
		out[line] = append(out[line], part{side{lo: k, hi: k}, inputs[i], answers[i]})
	}
	var gaps []gap
	for line, f := range features {
		if within[f].set != nil {
			out[line] = grouped(out[line], len(within[f].set))
			continue
		}
		for i := 1; i < len(out[line]); i++ {
			a, b := out[line][i-1], out[line][i]
			gaps = p.appendGap(gaps, gap{line, f, a.lo, b.lo, a.answer, b.answer})
		}
	}
	return gaps, nil
}

// probes are the values to begin with: all categories; of a number the ends of
// the side and the value at hand.
func (p *paths) probes(at int32, d side) []int32 {
	var ks []int32
	if d.set != nil {
		for k, in := range d.set {
			if in {
				ks = append(ks, int32(k))
			}
		}
		return ks
	}
	ks = append(ks, d.lo)
	if at != absent && at > d.lo && at < d.hi {
		ks = append(ks, at)
	}
	if d.hi > d.lo {
		ks = append(ks, d.hi)
	}
	return ks
}

// grouped joins the categories with equal answers.
func grouped(parts []part, categories int) []part {
	var out []part
	for _, c := range parts {
		i := slices.IndexFunc(out, func(o part) bool { return o.answer.id == c.answer.id })
		if i < 0 {
			i = len(out)
			c.set = make([]bool, categories)
			out = append(out, c)
		}
		out[i].set[c.lo] = true
	}
	return out
}

// merge sorts single values and joins neighbours with equal answers. The input
// of a joined part is its upper end.
func merge(parts []part) []part {
	sort.Slice(parts, func(i, j int) bool { return parts[i].lo < parts[j].lo })
	var out []part
	for _, c := range parts {
		if last := len(out) - 1; last >= 0 && out[last].answer.id == c.answer.id {
			out[last].hi, out[last].x = c.hi, c.x
			continue
		}
		out = append(out, c)
	}
	return out
}

// stretch closes the ends of the parts to those of the side. Between two parts
// there is nothing to close: their ends are neighbours.
func stretch(parts []part, d side) {
	parts[0].lo, parts[len(parts)-1].hi = d.lo, d.hi
}

// appendBits appends v's bytes; encoding/binary would bring reflection along.
func appendBits(b []byte, v uint64) []byte {
	for range 8 {
		b = append(b, byte(v))
		v >>= 8
	}
	return b
}
