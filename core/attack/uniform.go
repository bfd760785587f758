package attack

// uniform asks inputs drawn uniformly from the domain and trains the copy on
// their labels.
//
// Cost: the whole budget. Needs labels only. Source: Tramèr et al. 2016, section
// 6.1, "retraining with uniform queries". Beyond the paper, the copy is retrained
// as the answers come in, from its last state.
func uniform(s *session) (ending, error) {
	l := learner{s: s}
	totals := schedule(s.budget, firstBatch(s), s.rounds(20))
	for _, total := range totals {
		if err := s.ask(s.uniform(total-s.n()), "uniform"); err != nil {
			return ending{}, err
		}
		if err := l.learn(len(totals)); err != nil {
			return ending{}, err
		}
	}
	return ending{status: Budget}, nil
}

// rounds is the number of rounds asked for, or by default: for an ensemble of
// networks, which take long to train, a third.
func (s *session) rounds(byDefault int) int {
	switch {
	case s.Rounds > 0:
		return s.Rounds
	case s.Copy.Members > 0 && s.Copy.Family == "mlp":
		return (byDefault + 2) / 3
	}
	return byDefault
}

// firstBatch is the number of queries before the first copy: enough that more
// than one class is likely among the answers.
func firstBatch(s *session) int { return max(8, 2*s.c, min(s.d+1, s.budget/10)) }
