package attack

import (
	"math"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// squeezeRounded makes the most of rounded answers, for a linear copy. A rounded
// probability says between which two numbers it lies, and inputs where it is about
// to be rounded the other way are everywhere: there an answer tells on which side
// of the copy the victim is, as a label does at the decision boundary. So the copy
// is the centre of all that explain every answer, and the next inputs lie where
// their answers would be rounded differently.
//
// It is false if the answers are not rounded, or if it finds no copy of the family
// that explains them; the copy returned is then the last that did, or nil. What
// was asked meanwhile stays.
func (s *session) squeezeRounded() (end ending, last model.Classifier, ok bool, err error) {
	f, err := s.firstCentre()
	if f == nil || err != nil {
		return ending{}, nil, false, err
	}
	k, start, rest := s.Copy.Unknowns(s.d, s.c), s.n(), s.budget-s.n()
	var totals []int
	if rest > 0 {
		const most = 40 // rounds. Each makes the doubt smaller by half or more
		totals = schedule(rest, max(4, k/2), s.rounds(min(most, 3+2*rest/k))-1)
	}
	for round := 0; f != nil; round++ {
		if last, err = f.model(); err != nil {
			return ending{}, nil, false, err
		}
		if err := s.show(last, len(totals)+1); err != nil {
			return ending{}, nil, false, err
		}
		if round == len(totals) {
			return ending{status: Budget}, last, true, nil
		}
		x, doubt, err := f.choose(start + totals[round] - s.n())
		switch {
		case err != nil:
			return ending{}, nil, false, err
		case doubt <= solvedFit && f.sure:
			return ending{Solved, ""}, last, true, nil
		case len(x) == 0:
			return ending{Stuck, "what is still in doubt makes no difference to rounded answers"}, last, true, nil
		}
		if err := s.ask(x, "about to be rounded the other way"); err != nil {
			return ending{}, nil, false, err
		}
		if f, err = s.nextCentre(f); err != nil {
			return ending{}, nil, false, err
		}
	}
	return ending{}, last, false, nil
}

// enough is how many uniform inputs are asked before others can be chosen: three
// equations for two unknowns, if that leaves half of the budget.
func (s *session) enough() int {
	if s.Rounds == 1 {
		return s.budget
	}
	determined := (3*s.Copy.Unknowns(s.d, s.c) + 2*s.c - 3) / (2*s.c - 2)
	return min(s.budget, max(4, min(determined, s.budget/2)))
}

// firstCentre asks uniform inputs until it finds a copy that explains their rounded
// answers; nil if they are not rounded, or if four times enough of them don't help.
func (s *session) firstCentre() (*centre, error) {
	for _, share := range []int{1, 2, 4} {
		if s.n() > 0 && s.steps() == 0 {
			return nil, nil
		}
		if missing := share*s.enough() - s.n(); missing > 0 {
			if err := s.ask(s.uniform(missing), "uniform"); err != nil {
				return nil, err
			}
		}
		if f, err := s.nextCentre(nil); f != nil || err != nil {
			return f, err
		}
		if s.left() == 0 {
			return nil, nil
		}
	}
	return nil, nil
}

// nextCentre is the centre by all answers so far, looked for near the last one, and
// failing that near what loss minimisation gives; nil if there is none.
func (s *session) nextCentre(last *centre) (*centre, error) {
	for {
		f, err := newCentre(s, last)
		if f == nil || err != nil {
			return nil, err
		}
		if ok, err := f.solve(); err != nil {
			return nil, err
		} else if ok {
			return f, nil
		}
		if last == nil {
			return nil, nil
		}
		last = nil
	}
}

// steps is how many steps of their rounding the answers take to 1; 0 if they are
// not rounded, or so finely that they are as good as exact.
func (s *session) steps() float64 {
	const finest = 8 // decimals
	if s.o.Answers() == oracle.Logits {
		return 0
	}
	d := s.decimals(s.probabilities())
	if d == 0 || d > finest {
		return 0
	}
	return math.Pow10(d)
}

// bounds writes between which probabilities the answer p may have been rounded to
// whole steps and divided by its sum. It is false if p can't be such an answer.
func bounds(low, high, p []float64, steps float64) bool {
	found := false
	for sum := range sums(p, steps) {
		least, most := 0.0, 0.0
		for _, v := range p {
			least += max(math.Round(v*sum)-0.5, 0)
			most += math.Round(v*sum) + 0.5
		}
		if least > steps || most < steps {
			continue
		}
		for k, v := range p {
			lo, hi := max(math.Round(v*sum)-0.5, 0)/steps, min((math.Round(v*sum)+0.5)/steps, 1)
			if found { // by more than one sum
				lo, hi = min(lo, low[k]), max(hi, high[k])
			}
			low[k], high[k] = lo, hi
		}
		found = true
	}
	return found
}
