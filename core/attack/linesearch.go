package attack

// precision is the distance, in a domain scaled to [-1, 1], at which a search
// between two answers ends (Tramèr et al. 2016 and its code: 0.1).
const precision = 0.1

// lineSearch asks uniform inputs, then bisects the segments between answers of
// different classes down to the boundary, and trains the copy on everything
// asked.
//
// Cost: the whole budget. Needs labels only. Source: Tramèr et al. 2016, section
// 6.1, "line-search retraining". Beyond the paper: the searches run in groups
// as the budget allows and the copy is retrained after each group; a search
// starts at the nearest answer of the other class instead of the first.
func lineSearch(s *session) (ending, error) {
	l := learner{s: s}
	totals := schedule(s.budget, firstBatch(s), s.rounds(20))
	for _, total := range totals {
		if err := s.searchUpTo(total); err != nil {
			return ending{}, err
		}
		if err := l.learn(len(totals)); err != nil {
			return ending{}, err
		}
	}
	return ending{status: Budget}, nil
}

// searchUpTo spends queries up to the total: a quarter on uniform inputs, the
// rest on searches from these.
func (s *session) searchUpTo(total int) error {
	from := s.n()
	if err := s.ask(s.uniform((total-from+3)/4), "uniform"); err != nil {
		return err
	}
	fresh := s.n()
	var open []segment
	for i := from; i < fresh; i++ {
		if j := s.nearestOther(i, fresh); j >= 0 {
			open = append(open, segment{s.row(i), s.row(j), s.labels[i]})
		}
	}
	if len(open) == 0 {
		return s.ask(s.uniform(total-s.n()), "uniform")
	}
	return s.bisect(open, total)
}

// nearestOther is the answered input among the first n nearest to input i with
// another class, or -1.
func (s *session) nearestOther(i, n int) int {
	best, at := 0.0, -1
	for j := range n {
		if s.labels[j] == s.labels[i] {
			continue
		}
		if l := s.length(segment{a: s.row(i), b: s.row(j)}); at < 0 || l < best {
			best, at = l, j
		}
	}
	return at
}

// bisect halves the open segments on the oracle, all of them a step, until they
// are shorter than precision or the total is reached; what is left over goes
// back to uniform inputs.
func (s *session) bisect(open []segment, total int) error {
	for len(open) > 0 && s.n() < total {
		open = open[:min(len(open), total-s.n())]
		x := make([]float64, 0, len(open)*s.d)
		for _, g := range open {
			x = append(x, g.at(0.5)...)
		}
		from := s.n()
		if err := s.ask(x, "between two answers"); err != nil {
			return err
		}
		rest := open[:0]
		for i, g := range open {
			mid, label := s.row(from+i), s.labels[from+i]
			if label == g.class {
				g.a = mid
			} else {
				g.b = mid
			}
			if s.length(g) > precision {
				rest = append(rest, g)
			}
		}
		open = rest
	}
	return s.ask(s.uniform(total-s.n()), "uniform")
}
