package attack

import (
	"modelheist/core/model"
)

// adaptive asks a few uniform inputs, then, round by round, inputs on the
// boundary of the copy so far, and retrains the copy on all labels.
//
// Cost: the whole budget. Needs labels only. Source: Tramèr et al. 2016, section
// 6.1, "adaptive retraining". Beyond the paper: many rounds instead of five; a
// boundary point is asked as a pair, one input on either side of the copy's
// boundary, at a distance that falls while the oracle's labels confirm the copy
// and grows while they don't, so that the true boundary is bracketed ever more
// closely; and copies with linear boundaries are fitted to these brackets, which
// locate the boundary far more closely than any classifier's loss would.
func adaptive(s *session) (ending, error) {
	a := prober{learner: learner{s: s}, reach: 0.1}
	start := min(s.budget, max(firstBatch(s), s.budget/10))
	totals := schedule(s.budget-start, max(4, 2*s.c), s.rounds(30)-1)
	rounds := len(totals) + 1
	if err := s.ask(s.uniform(start), "uniform"); err != nil {
		return ending{}, err
	}
	if err := a.learn(rounds); err != nil {
		return ending{}, err
	}
	for _, total := range totals {
		if err := a.probe(start + total - s.n()); err != nil {
			return ending{}, err
		}
		if err := a.learn(rounds); err != nil {
			return ending{}, err
		}
	}
	return ending{status: Budget}, nil
}

// prober asks on both sides of the copy's boundary.
type prober struct {
	learner
	reach    float64 // distance of the probes from the copy's boundary, in a domain scaled to [-1, 1]
	brackets []bracket
}

// bracket is a place on the true boundary: the labels at both ends differ.
type bracket struct {
	segment
	other int // class at b
}

// minReach is where float64 inputs stop to tell the two sides apart.
const minReach = 1e-12

// probe spends n queries: an eighth anywhere, so that nothing stays unseen, the
// rest in pairs across the copy's boundary.
func (a *prober) probe(n int) error {
	s := a.s
	segs, err := a.spread((n - n/8) / 2)
	if err != nil {
		return err
	}
	cross, err := s.crossings(a.copy, segs)
	if err != nil {
		return err
	}
	var x []float64
	var pairs []segment
	for i, g := range segs {
		step := a.reach / s.length(g)
		pair := segment{a: g.at(max(0, cross[i]-step)), b: g.at(min(1, cross[i]+step))}
		pairs = append(pairs, pair)
		x = append(append(x, pair.a...), pair.b...)
	}
	s.clip(x)
	from := s.n()
	if err := s.ask(x, "on the copy's boundary"); err != nil {
		return err
	}
	a.judge(from, len(pairs))
	return s.ask(s.uniform(n-(s.n()-from)), "uniform")
}

// judge keeps the pairs whose labels differ and sets the reach for the next
// round.
func (a *prober) judge(from, pairs int) {
	s, held := a.s, 0
	for i := range pairs {
		j := from + 2*i
		if s.labels[j] != s.labels[j+1] {
			held++
			a.brackets = append(a.brackets, bracket{segment{s.row(j), s.row(j + 1), s.labels[j]}, s.labels[j+1]})
		}
	}
	switch share := float64(held) / float64(max(pairs, 1)); {
	case pairs == 0:
	case share > 0.8:
		a.reach = max(a.reach/4, minReach)
	case share > 0.6:
		a.reach = max(a.reach/2, minReach)
	case share < 0.4:
		a.reach = min(a.reach*2, 0.5)
	}
}

// spread picks n segments across the copy's boundary, far from each other: ends
// are uniform inputs of different classes by the copy, every class as often as
// the others; the middles are kept apart from those chosen before.
func (a *prober) spread(n int) ([]segment, error) {
	s := a.s
	x := s.uniform(max(200, 4*n))
	if err := s.tick(); err != nil {
		return nil, err
	}
	labels := predict(a.copy, x)
	// Answered inputs stand in for classes that are rare in the domain.
	x, labels = append(x, s.x...), append(labels, s.labels...)
	of := make([][]int, s.c)
	for i, y := range labels {
		of[y] = append(of[y], i)
	}
	var there []int
	for y, rows := range of {
		if len(rows) > 0 {
			there = append(there, y)
		}
	}
	if len(there) < 2 {
		return nil, nil
	}
	at := func(i int) []float64 { return x[i*s.d : (i+1)*s.d] }
	var segs []segment
	for range n {
		p := s.r.IntN(len(there))
		q := (p + 1 + s.r.IntN(len(there)-1)) % len(there)
		i, j := of[there[p]], of[there[q]]
		g := segment{a: at(i[s.r.IntN(len(i))]), b: at(j[s.r.IntN(len(j))])}
		if s.length(g) > 0 && differ(a.copy, g) {
			segs = append(segs, g)
		}
	}
	return segs, nil
}

// differ says whether the copy gives the two ends different labels.
func differ(m model.Classifier, g segment) bool {
	y := predict(m, append(append([]float64{}, g.a...), g.b...))
	return y[0] != y[1]
}
