package attack

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// binEdges rebuilds a linear model behind feature extraction: numbers in bins,
// bins and categories one-hot, missing features without effect. On a line along
// one feature, with all others left out, the scores are steps. It bisects between
// answers that differ down to ε, which finds the bins' edges, and each step's
// answer is an equation with one unknown: the weight of that bin. A category's
// weight takes one query.
//
// Of an oracle that refuses incomplete inputs the lines run through a random
// complete input instead. That tells the weights up to what no complete input can
// tell, so that, unlike in the paper, no further inputs are needed. One-vs-rest
// answers don't tell scores but only ratios, so that random inputs follow and the
// weights are fitted to all answers; the same where answers are rounded.
//
// All inputs lie in the announced range, where the paper goes a tenth beyond: edges
// are quantiles of the training points.
//
// Shapes: the copy is a *model.Binned over the d features. Cost: about
// edges·log2(range/ε) queries, one a category, one more; three to check (Solved).
// Noise on the answers defeats it: no two of them are equal then, so that every
// input looks like a bin of its own, which it says (Stuck).
// Two bins with the same answer hide the edge between them, and what lies between
// two such bins, as rounding causes. Needs top1 (two classes), probabilities or
// logits. Claims: the edges. Source: Tramèr et al. 2016, section 5.2.
func binEdges(s *session) (ending, error) {
	if s.o.Answers() == oracle.Top1 && s.c > 2 {
		return ending{}, fmt.Errorf("attack: bin-edges can't use answers = top1 of %d classes, allowed probabilities, logits", s.c)
	}
	b := &binner{session: s, eps: s.Epsilon, lines: make([][]stop, s.d)}
	if b.eps == 0 {
		b.eps = defaultEpsilon
	}
	for _, f := range s.box {
		if (f.High-f.Low)/b.eps > math.MaxInt32/2 {
			return ending{}, fmt.Errorf("attack: epsilon = %v is too fine for %s in [%v, %v], allowed %v or more", b.eps, f.Name, f.Low, f.High, (f.High-f.Low)/(1<<30))
		}
	}
	err := b.search()
	if errors.Is(err, errSpent) {
		return ending{Budget, b.found()}, b.showBest()
	}
	if none := (smooth{}); errors.As(err, &none) {
		return ending{Stuck, none.Error()}, b.showBest()
	}
	if err != nil {
		return ending{}, err
	}
	return b.confirm()
}

// binner is a bin-edges under way.
type binner struct {
	*session
	eps   float64
	base  []float64 // the input that all lines run through; NaN is missing
	lines [][]stop  // of each feature, ascending; nil before it is searched
	best  *model.Binned
}

// mostEdges is more than a feature has: services make tens of bins.
const mostEdges = 128

// smooth says that the answers along a feature have no steps.
type smooth struct{ feature string }

func (e smooth) Error() string {
	return fmt.Sprintf("more than %d answers in a row along %s all differ: there is noise on them, which this attack can't take, or the feature is in no bins", mostEdges, e.feature)
}

// stop is a value of a feature, the others as in the base, with its answer.
type stop struct {
	value  float64
	answer int // its number in the session
}

// search follows all features, and shows a copy after each.
func (b *binner) search() error {
	b.base = b.uniform(1)
	if !slices.ContainsFunc(b.box, func(f domain.Feature) bool { return !f.Optional }) {
		for f := range b.base {
			b.base[f] = math.NaN()
		}
	}
	if err := b.spend(b.base, "start"); err != nil {
		return err
	}
	for f := range b.box {
		if err := b.follow(f); err != nil {
			return err
		}
		if err := b.showBest(); err != nil {
			return err
		}
	}
	return nil
}

// spend asks about inputs; errSpent if the budget doesn't cover all of them.
func (b *binner) spend(x []float64, why string) error {
	if err := b.tick(); err != nil {
		return err
	}
	short := b.left() < len(x)/b.d
	if err := b.ask(x, why); err != nil {
		return err
	}
	if short {
		return errSpent
	}
	return nil
}

// follow finds the steps along feature f.
func (b *binner) follow(f int) error {
	if k := len(b.box[f].Categories); k > 0 {
		values := make([]float64, k)
		for i := range values {
			values[i] = float64(i)
		}
		return b.stopAt(f, values, "category")
	}
	low, high := b.box[f].Low, b.box[f].High
	ends := []float64{low}
	if high > low {
		ends = append(ends, high)
	}
	if err := b.stopAt(f, ends, "end of the range"); err != nil {
		return err
	}
	// Equal ends may have other bins between them: one look at the middle.
	if line := b.lines[f]; high > low && b.same(line[0], line[len(line)-1]) && len(line) == 2 {
		if err := b.stopAt(f, []float64{(low + high) / 2}, "middle"); err != nil {
			return err
		}
	}
	for {
		var middles []float64
		line := b.lines[f]
		for i := 1; i < len(line); i++ {
			if p, q := line[i-1], line[i]; q.value-p.value > b.eps && !b.same(p, q) {
				middles = append(middles, (p.value+q.value)/2)
			}
		}
		if len(middles) == 0 {
			return b.claim(f)
		}
		if len(middles) > mostEdges {
			return smooth{b.box[f].Name}
		}
		if err := b.stopAt(f, middles, "bisection"); err != nil {
			return err
		}
	}
}

// stopAt asks about values of feature f and sorts the answers into its line,
// which begins with what the base tells of it.
func (b *binner) stopAt(f int, values []float64, why string) error {
	if v := b.base[f]; b.lines[f] == nil && v == v {
		b.lines[f] = []stop{{v, 0}}
		values = slices.DeleteFunc(values, func(w float64) bool { return v == w })
	}
	x := make([]float64, 0, len(values)*b.d)
	for _, v := range values {
		x = append(x, b.base...)
		x[len(x)-b.d+f] = v
	}
	from := b.n()
	err := b.spend(x, why)
	for i := from; i < b.n(); i++ {
		b.lines[f] = append(b.lines[f], stop{values[i-from], i})
	}
	slices.SortFunc(b.lines[f], func(p, q stop) int {
		if p.value < q.value {
			return -1
		}
		return 1
	})
	return err
}

// same tells whether two answers are equal to the last bit.
func (b *binner) same(p, q stop) bool {
	w := len(b.values) / b.n()
	return b.labels[p.answer] == b.labels[q.answer] &&
		slices.Equal(b.values[p.answer*w:(p.answer+1)*w], b.values[q.answer*w:(q.answer+1)*w])
}

// claim tells the edges of feature f.
func (b *binner) claim(f int) error {
	for _, at := range b.bins(f).Edges {
		if err := b.emit(Event{Kind: Claimed, Claim: &Claim{Edge: &Edge{f, at}}}); err != nil {
			return err
		}
	}
	return nil
}

// bins are those of feature f, as far as they are known: edges lie midway
// between the stops on both sides.
func (b *binner) bins(f int) (bins model.Bins) {
	if bins.Categories = len(b.box[f].Categories); bins.Categories > 0 {
		return bins
	}
	line := b.lines[f]
	for i := 1; i < len(line); i++ {
		if !b.same(line[i-1], line[i]) {
			bins.Edges = append(bins.Edges, (line[i-1].value+line[i].value)/2)
		}
	}
	return bins
}

// steps are a stop in each bin of feature f, well inside of it; the answer is -1
// where none was asked.
func (b *binner) steps(f int, bins model.Bins) []stop {
	inside := make([][]stop, bins.Count())
	for _, p := range b.lines[f] {
		k := bins.Of(p.value)
		inside[k] = append(inside[k], p)
	}
	out := make([]stop, len(inside))
	for k, in := range inside {
		out[k].answer = -1
		if len(in) > 0 {
			out[k] = in[len(in)/2]
		}
	}
	return out
}

func (b *binner) extraction() model.Extraction {
	e := make(model.Extraction, b.d)
	for f := range e {
		e[f] = b.bins(f)
	}
	return e
}

// found says what is known of the bins.
func (b *binner) found() string {
	edges, lines := 0, 0
	for f, line := range b.lines {
		if line != nil {
			lines++
			edges += len(b.bins(f).Edges)
		}
	}
	text := fmt.Sprintf("%d edges on %d of %d features found so far", edges, lines, b.d)
	if b.uneven() {
		text += "; most answers in a row differ, which never ends if there is noise on them"
	}
	return text
}

// uneven tells whether most answers in a row differ, and these are many.
func (b *binner) uneven() bool {
	const many = 32
	differ, steps := 0, 0
	for _, line := range b.lines {
		for i := 1; i < len(line); i++ {
			steps++
			if !b.same(line[i-1], line[i]) {
				differ++
			}
		}
	}
	return steps >= many && 4*differ > 3*steps
}

// showBest shows the copy that explains the answers best.
func (b *binner) showBest() error {
	e := b.extraction()
	m, err := b.solve(e)
	if err == nil && m == nil {
		m, err = b.fit(e, nil)
	}
	if err != nil {
		return err
	}
	b.best = m
	return b.show(m, 0)
}

// solve reads the weights off the answers; nil if these don't tell scores. The
// scores of the base are the intercepts.
func (b *binner) solve(e model.Extraction) (*model.Binned, error) {
	start := b.scores(0)
	if start == nil {
		return nil, nil
	}
	rows, width := len(start), e.Width()+1
	w := make([]float64, rows*width)
	at := 0
	for f, bins := range e {
		for k, step := range b.steps(f, bins) {
			if step.answer < 0 {
				continue
			}
			z := b.scores(step.answer)
			if z == nil {
				return nil, nil
			}
			for r := range rows {
				w[r*width+at+k] = z[r] - start[r]
			}
		}
		at += bins.Count()
	}
	for r := range rows {
		w[r*width+width-1] = start[r]
	}
	return model.NewBinned(b.Copy.Family, b.c, e, w)
}

// scores are the linear scores that answer i tells: the log-odds, the logits, or
// the logarithms of a softmax's probabilities, centred. Nil where it tells none.
func (b *binner) scores(i int) []float64 {
	if b.Copy.Family == "logistic" {
		if z, weight := b.logits(i); weight > 0 {
			return z
		}
		return nil
	}
	if b.o.Answers() == oracle.Logits {
		return b.values[i*b.c : (i+1)*b.c]
	}
	if b.Copy.Family == "ovr" {
		return nil
	}
	p := b.values
	if b.o.Answers() == oracle.Top1 {
		p = b.probabilities()
	}
	z := make([]float64, b.c)
	num.LogTo(z, p[i*b.c:(i+1)*b.c])
	mean := num.Sum(z) / float64(b.c)
	if mean-mean != 0 {
		return nil
	}
	for k := range z {
		z[k] -= mean
	}
	return z
}

// fit trains the linear model on all answers.
func (b *binner) fit(e model.Extraction, last *model.Binned) (*model.Binned, error) {
	r := model.Recipe{Family: b.Copy.Family, C: math.Inf(1)}
	width := e.Width()
	if b.n()*(b.c-1) < r.Unknowns(width, b.c) {
		r.C = 1e6
	}
	o := model.Options{Rand: b.r, Tick: b.Tick}
	if last != nil {
		warm, err := model.NewLinear(r.Family, width, b.c, last.Params())
		if err != nil {
			return nil, err
		}
		o.Warm = warm
	}
	m, err := r.Train(model.Data{X: e.Columns(b.x), Dim: width, Classes: b.c, Probabilities: b.probabilities()}, o)
	if err != nil {
		return nil, err
	}
	fitted, err := model.NewBinned(r.Family, b.c, e, m.(*model.Linear).Params())
	if err != nil {
		return nil, err
	}
	if last != nil && b.error(last) <= b.error(fitted) {
		return last, nil
	}
	return fitted, nil
}

// solvedBins is the largest error in a probability on answers not used for the
// weights at which the copy counts as solved: one-vs-rest is fitted to 1e-8 or so.
const solvedBins = 1e-7

// confirm asks random inputs, and fits the weights to all answers unless the copy
// foretold these.
func (b *binner) confirm() (ending, error) {
	e := b.extraction()
	first := 3
	if m, err := b.solve(e); err != nil {
		return ending{}, err
	} else if m == nil {
		// Each answer leaves one of its c unknowns open, so far for d'+1 answers.
		first += (e.Width() + 1) * 5 / (4 * (b.c - 1))
	}
	totals := []int{b.n() + min(first, b.left()), b.n() + min(first+3, b.left())}
	if rest := b.left() - first - 3; rest > 0 {
		for _, t := range schedule(rest, max(8, rest/8), b.rounds(6)) {
			totals = append(totals, totals[1]+t)
		}
	}
	for _, total := range totals {
		from := b.n()
		if from == total {
			continue
		}
		if err := b.ask(b.combinations(e, total-from), "random bins"); err != nil {
			return ending{}, err
		}
		if b.misfit(b.best, from) <= solvedBins {
			return ending{Solved, ""}, nil
		}
		var err error
		if b.best, err = b.fit(e, b.best); err != nil {
			return ending{}, err
		}
		if err := b.show(b.best, len(totals)); err != nil {
			return ending{}, err
		}
	}
	return ending{Budget, b.found()}, nil
}

// combinations draws n inputs, each feature in a random bin, well inside of it.
func (b *binner) combinations(e model.Extraction, n int) []float64 {
	var steps [][]stop
	for f, bins := range e {
		steps = append(steps, slices.DeleteFunc(b.steps(f, bins), func(p stop) bool { return p.answer < 0 }))
	}
	x := make([]float64, 0, n*b.d)
	for range n {
		for _, of := range steps {
			x = append(x, of[b.r.IntN(len(of))].value)
		}
	}
	return x
}
