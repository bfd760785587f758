package attack

import (
	"errors"
	"fmt"
	"math"

	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// kernelLeak recovers a kernel logistic regression with its representers, which
// are training points. γ is known, the number of representers known or
// over-estimated (Copy).
//
// With many inputs (about twice as many as representers) it takes the answers
// apart algebraically: a Gaussian is a product over the features, so answers at
// the sums of two sets of steps are a matrix whose rank is the number of
// representers, and its factors hold their coordinates (pencil). Otherwise it
// asks uniform inputs and places one representer after the other where it
// explains most of the log-ratios, all moving together by least squares (grow).
// Where probabilities are rounded, or the victim has more representers than the
// copy, it minimises the cross-entropy from random starts, as the paper does.
//
// Cost: the budget, or less if solved. Needs probabilities or logits, of two
// classes top1. Claims: the representers, at the end. Source: Tramèr et al. 2016,
// section 4.1.3 (the problem); the ways to solve it go beyond.
func kernelLeak(s *session) (ending, error) {
	switch {
	case s.o.Answers() == oracle.Top1 && s.c > 2:
		return ending{}, fmt.Errorf("attack: kernel-leak can't use answers = top1 of %d classes, allowed probabilities, logits", s.c)
	case s.Copy.Representers < 1:
		return ending{}, fmt.Errorf("attack: kernel-leak: representers = %d, must be at least 1", s.Copy.Representers)
	case !(s.Copy.Gamma > 0) || math.IsInf(s.Copy.Gamma, 0):
		return ending{}, fmt.Errorf("attack: kernel-leak: gamma = %v, must be a finite number above 0", s.Copy.Gamma)
	}
	l := &leaker{session: s, gamma: s.Copy.Gamma, most: s.Copy.Representers}
	end, err := l.run()
	if err != nil {
		return ending{}, err
	}
	return end, l.claim()
}

// leaker is a kernel-leak under way.
type leaker struct {
	*session
	gamma float64
	most  int        // representers
	best  *model.KLR // nil before the first
}

func (l *leaker) run() (ending, error) {
	if solved, err := l.algebra(); err != nil || solved {
		return ending{status: Solved}, err
	}
	totals := []int{l.budget}
	if l.n() == 0 {
		totals = schedule(l.budget, max(8, l.budget/4), l.rounds(3))
	}
	for i, total := range totals {
		from := l.n()
		if err := l.ask(l.uniform(total-from), "uniform"); err != nil {
			return ending{}, err
		}
		solved := l.best != nil && from < l.n() && l.misfit(l.best, from) <= solvedFit
		if !solved {
			if err := l.fit(i == len(totals)-1); err != nil {
				return ending{}, err
			}
		}
		if err := l.show(l.best, len(totals)); err != nil {
			return ending{}, err
		}
		if solved || i == len(totals)-1 && l.settled() {
			return ending{Solved, ""}, nil
		}
	}
	note := ""
	if e := math.Sqrt(l.error(l.best)); e > 1e-6 {
		note = fmt.Sprintf("the answers are explained to within %.1g, not exactly: some representers may be off", e)
	}
	return ending{Budget, note}, nil
}

// settled tells whether the copy explains all answers, and these are more than it
// could bend to.
func (l *leaker) settled() bool {
	s := len(l.best.Representers()) / l.d
	unknowns := s*(l.d+l.c-1) + l.c - 1
	return l.n()*(l.c-1) >= unknowns+unknowns/4+4 && l.misfit(l.best, 0) <= solvedFit
}

// algebra tries pencils of growing size and reports whether one gave a copy that
// explains fresh answers.
func (l *leaker) algebra() (bool, error) {
	for _, margin := range []int{4, 4, 16, 32} {
		plan := l.plan(margin)
		if plan == nil {
			return false, nil
		}
		m, err := plan.run()
		if errors.Is(err, errRank) { // the victim has more representers than assumed
			return false, nil
		}
		if errors.Is(err, errPencil) {
			continue
		}
		if err != nil {
			return false, err
		}
		from := l.n()
		if err := l.ask(l.uniform(4), "check"); err != nil {
			return false, err
		}
		if l.best == nil || l.error(m) < l.error(l.best) {
			l.best = m
		}
		solved := from < l.n() && l.misfit(m, from) <= exactLeak
		if err := l.show(l.best, l.round+1); err != nil || solved {
			return solved, err
		}
	}
	return false, nil
}

// exactLeak is the largest error in a probability on fresh answers at which the
// algebra has solved the victim.
const exactLeak = 1e-6

// claim tells the representers.
func (l *leaker) claim() error {
	x := l.best.Representers()
	for i := 0; i < len(x); i += l.d {
		if err := l.emit(Event{Kind: Claimed, Claim: &Claim{Point: x[i : i+l.d]}}); err != nil {
			return err
		}
	}
	return nil
}

// ratios are c-1 channels: the log of each class's probability over the first's.
// Nil where a probability is 0 or rounded.
func (l *leaker) ratios(from int) [][]float64 {
	n, c := l.n()-from, l.c
	z := make([]float64, n*c)
	if l.o.Answers() == oracle.Logits {
		copy(z, l.values[from*c:])
	} else {
		p := l.probabilities()
		if l.decimals(p) > 0 {
			return nil
		}
		num.LogTo(z, p[from*c:])
	}
	y := make([][]float64, c-1)
	for k := range y {
		y[k] = make([]float64, n)
		for i := range y[k] {
			y[k][i] = z[i*c+k+1] - z[i*c]
			if v := y[k][i]; v-v != 0 {
				return nil
			}
		}
	}
	return y
}

// manySteps bounds the multiplications of a step of least squares.
const manySteps = 5e8

// fit improves the copy on all answers.
func (l *leaker) fit(final bool) error {
	y := l.ratios(0)
	size := float64(l.most * l.d)
	if y == nil || float64(l.n()*len(y))*size*size > manySteps || l.n() < l.most+2 {
		return l.learn(final)
	}
	b := l.bumps(y)
	t, err := l.grow(b, final)
	if err != nil {
		return err
	}
	m, err := l.model(t.p, t.weight)
	if err == nil {
		l.best = m
	}
	return err
}

// bumps is the problem of all answers, whose channels are y. Representers lie
// within the domain, as training points do.
func (l *leaker) bumps(y [][]float64) *bumps {
	b := &bumps{d: l.d, n: l.n(), m: len(y), gamma: l.gamma, x: make([]float64, len(l.x)), y: y, tick: l.tick}
	num.TransposeTo(b.x, l.x, b.n, b.d)
	for _, f := range l.box {
		b.low, b.high = append(b.low, f.Low), append(b.high, f.High)
	}
	return b
}

// model makes the copy of s×d places and the weights of c-1 channels.
func (l *leaker) model(p []float64, weight [][]float64) (*model.KLR, error) {
	s := len(p) / l.d
	w := append(append([]float64(nil), p...), make([]float64, s+1)...)
	for _, v := range weight {
		w = append(w, v...)
	}
	return model.NewKLR(l.d, l.c, l.gamma, w)
}

// learn minimises the cross-entropy by L-BFGS, from the last copy and from
// random starts; the least error wins.
func (l *leaker) learn(final bool) error {
	starts := 1
	if final {
		starts = 2
	}
	r := l.Copy
	r.C = math.Inf(1)
	if l.n()*(l.c-1) < r.Unknowns(l.d, l.c) {
		r.C = 1e6
	}
	data := model.Data{X: l.x, Dim: l.d, Classes: l.c, Probabilities: l.probabilities()}
	for i := range starts {
		var warm model.Classifier
		if l.best != nil && i == 0 {
			warm = l.best
		}
		m, err := r.Train(data, model.Options{Rand: l.r, Tick: l.Tick, Warm: warm})
		if err != nil {
			return err
		}
		if l.best == nil || l.error(m) < l.error(l.best) {
			l.best = m.(*model.KLR)
		}
	}
	return nil
}

// How hard grow tries: steps of least squares after a change and at the end of a
// turn, and turns. Tuned on 20 representers on the plane.
const (
	changeSteps = 60
	turnSteps   = 400
	turns       = 12
)

// grow places representers one by one until they explain the answers. Beyond as
// many as may be it goes on to half as many more, then takes away what is missed
// least, and so on in turns: the spare ones let those in a wrong place move.
func (l *leaker) grow(b *bumps, final bool) (*placed, error) {
	total := 0.0
	for _, y := range b.y {
		total += num.Dot(y, y) / 2
	}
	enough := 1e-27 * total
	count := func(t *placed) int { return len(t.p) / l.d }
	most, rounds := min(l.most, (b.n-2)/2), 1
	if final {
		rounds = turns
	}
	var best *placed
	t, err := b.at(nil), error(nil)
	for turn := range rounds {
		spare := max(1, most/2)
		if turn == 0 && !final {
			spare = 0
		}
		// Constant answers need none, and a model has one at least.
		for err == nil && (t.sum > enough || count(t) == 0) && count(t) < min(most+spare, b.n-2) {
			t, err = b.descend(l.add(b, t), changeSteps, enough)
		}
		for err == nil && count(t) > most {
			t, err = b.descend(b.without(t), changeSteps, enough)
		}
		if err == nil {
			t, err = b.descend(t, turnSteps, enough)
		}
		if best == nil || t.sum < best.sum {
			best = t
		}
		if err != nil || best.sum <= enough {
			break
		}
	}
	return best, err
}

// add places one more: the best of many random places.
func (l *leaker) add(b *bumps, t *placed) *placed {
	const tries = 300
	k, s := make([]float64, b.n), len(t.p)/b.d
	var best []float64
	most := -1.0
	for range tries {
		p := l.uniform(1)
		b.kernelTo(k, p)
		t.q.rotate(k)
		rest, gain := k[s+1:], 0.0
		for _, r := range t.rest {
			v := num.Dot(r, rest)
			gain += v * v
		}
		if gain /= num.Dot(rest, rest) + 1e-300; gain > most {
			most, best = gain, p
		}
	}
	return b.at(append(append([]float64(nil), t.p...), best...))
}
