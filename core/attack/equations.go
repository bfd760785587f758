package attack

import (
	"fmt"
	"math"

	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// equations takes every answer as equations in the copy's unknowns and solves
// them.
//
// Binary logistic regression, and every linear family if the oracle gives its
// logits, is a linear system in the log-odds: d+1 queries determine the copy,
// and a few more show that it is right (Solved). Softmax, one-vs-rest and the
// MLP are fitted to the probabilities by loss minimisation.
//
// Cost: the budget, or less if solved. Needs top1 (two classes), probabilities or
// logits. Errors: those of the oracle and of the training. Source: Tramèr et al.
// 2016, section 4.1. Beyond the paper: a fit starts from the last one and is
// replaced only by one that explains all answers better, so that more queries
// never make the copy worse; for an MLP with one smooth hidden layer and three
// classes or more, pairs of queries a small step apart give slopes, from which
// algebra gives the nodes (fromSlopes); where that can't be, the queries for a
// large MLP begin in the middle of the domain (inner); and where probabilities are rounded, a linear copy is the
// centre of all that give every rounded answer, and further queries are not
// uniform, but where such copies would be rounded differently (squeezeRounded).
func equations(s *session) (ending, error) {
	kind := s.o.Answers()
	if kind == oracle.Top1 && s.c > 2 {
		return ending{}, fmt.Errorf("attack: equations can't use answers = top1 of %d classes, allowed probabilities, logits", s.c)
	}
	if s.Copy.Family == "logistic" || kind == oracle.Logits && s.Copy.Family != "mlp" {
		return s.solveLinear(s.linearCopy, kind != oracle.Logits)
	}
	return s.fitProbabilities()
}

// exact is the largest error in a probability, or relative error in a logit, on
// answers not used in the fit, at which a copy counts as solved.
const exact = 1e-10

// solveLinear asks until the linear system that solve solves is determined, then
// checks it. Answers that turn out to be rounded may be squeezed instead.
func (s *session) solveLinear(solve func() (model.Classifier, string, error), squeeze bool) (ending, error) {
	need := s.d + 1
	first := min(need, s.budget)
	check := min(3, s.budget-first)
	totals := []int{first}
	if check > 0 {
		totals = append(totals, first+check)
	}
	if rest := s.budget - first - check; rest > 0 {
		for _, t := range schedule(rest, max(4, need/4), s.rounds(12)) {
			totals = append(totals, first+check+t)
		}
	}
	var m model.Classifier
	note := ""
	for i, total := range totals {
		from := s.n()
		if from > total {
			continue
		}
		x := s.uniform(total - from)
		if i == 0 {
			x = s.spreadOut(total)
		}
		if err := s.ask(x, "uniform"); err != nil {
			return ending{}, err
		}
		if squeeze && i == 0 {
			if end, _, ok, err := s.squeezeRounded(); ok || err != nil {
				return end, err
			}
		}
		solved := s.confirmed(m, from, exact)
		var err error
		if m, note, err = solve(); err != nil {
			return ending{}, err
		}
		if err := s.show(m, len(totals)); err != nil {
			return ending{}, err
		}
		if solved {
			return ending{Solved, ""}, nil
		}
	}
	return ending{Budget, note}, nil
}

// spreadOut draws n uniform inputs whose equations are independent: the best of
// a few draws. It costs no query, and spares the unlucky draw that is close to
// singular.
func (s *session) spreadOut(n int) []float64 {
	const draws = 16
	best := s.uniform(n)
	if n != s.d+1 {
		return best
	}
	cond := factor(s.design(best), s.d+1).condition()
	for range draws - 1 {
		x := s.uniform(n)
		if c := factor(s.design(x), s.d+1).condition(); c < cond {
			best, cond = x, c
		}
	}
	return best
}

// scaled is feature j of an input, scaled to [-1, 1].
func (s *session) scaled(j int, v float64) float64 {
	f := s.box[j]
	if f.High == f.Low {
		return 0
	}
	return (2*v - f.Low - f.High) / (f.High - f.Low)
}

// design is the n×(d+1) matrix [x 1] of scaled inputs.
func (s *session) design(x []float64) []float64 {
	a := make([]float64, 0, len(x)/s.d*(s.d+1))
	for i, v := range x {
		a = append(a, s.scaled(i%s.d, v))
		if i%s.d == s.d-1 {
			a = append(a, 1)
		}
	}
	return a
}

// linearCopy solves for the copy's weights by least squares. An equation counts
// by how closely its answer tells the log-odds: p(1-p) for a probability, so
// that one rounded to 0 or 1 tells nothing. With too few equations that count,
// the copy is the one that training on the probabilities gives.
func (s *session) linearCopy() (model.Classifier, string, error) {
	k := s.d + 1
	var a []float64
	rhs := make([][]float64, s.rows())
	for i := range s.n() {
		z, weight := s.logits(i)
		if weight == 0 {
			continue
		}
		for _, v := range s.design(s.row(i)) {
			a = append(a, v*weight)
		}
		for j := range rhs {
			rhs[j] = append(rhs[j], z[j]*weight)
		}
	}
	if n := len(a) / k; n < k {
		m, err := s.fitOnce(nil)
		return m, fmt.Sprintf("%d of %d answers tell the log-odds; %d are needed", n, s.n(), k), err
	}
	q := factor(a, k)
	w := make([]float64, 0, s.c*k)
	for _, b := range rhs {
		w = append(w, s.unscale(q.solve(b))...)
	}
	note := ""
	if c := q.condition(); c > 1e10 {
		note = fmt.Sprintf("the equations are ill-conditioned (condition %.1g)", c)
	}
	m, err := model.NewLinear(s.Copy.Family, s.d, s.c, w)
	if err != nil {
		return nil, "", err
	}
	if s.o.Answers() == oracle.Logits {
		return m, note, nil
	}
	return s.orFitted(m, note)
}

// orFitted is the copy that linear equations gave, or, if that leaves answers
// unexplained, the one that loss minimisation finds from there if it explains them
// better: noise and rounding hardly move a probability, but the logarithm of a
// small one.
func (s *session) orFitted(m model.Classifier, note string) (model.Classifier, string, error) {
	const explained = 1e-16 // of a mean square
	left := s.error(m)
	if left < explained {
		return m, note, nil
	}
	fitted, err := s.fitOnce(m)
	if err != nil {
		return nil, "", err
	}
	if s.error(fitted) < left {
		m = fitted
	}
	return m, note, nil
}

// rows is the number of linear scores of a linear family.
func (s *session) rows() int {
	if s.Copy.Family == "logistic" {
		return 1
	}
	return s.c
}

// logits are the linear scores that answer i tells, with the weight of the
// equation: the log-odds for logistic, else the c logits.
func (s *session) logits(i int) ([]float64, float64) {
	switch s.o.Answers() {
	case oracle.Logits:
		z := s.values[i*s.c : (i+1)*s.c]
		if s.rows() == 1 {
			return []float64{z[1] - z[0]}, 1
		}
		return z, 1
	case oracle.Top1:
		p := s.values[i]
		z := math.Log(p) - math.Log1p(-p)
		if s.labels[i] == 0 {
			z = -z
		}
		return []float64{z}, usable(z, p*(1-p))
	}
	p, q := s.values[2*i], s.values[2*i+1]
	z := math.Log(q) - math.Log(p)
	return []float64{z}, usable(z, p*q)
}

func usable(z, weight float64) float64 {
	if math.IsNaN(z) || math.IsInf(z, 0) {
		return 0
	}
	return weight
}

// unscale turns weights for scaled inputs into weights for raw ones.
func (s *session) unscale(w []float64) []float64 {
	for j, f := range s.box {
		if f.High == f.Low {
			continue
		}
		half := (f.High - f.Low) / 2
		w[s.d] -= w[j] * (f.Low + f.High) / 2 / half
		w[j] /= half
	}
	return w
}

// confirmed tells whether the answers from one on, which were not used in the fit,
// show that the copy is right: rounded ones show that of no copy.
func (s *session) confirmed(m model.Classifier, from int, within float64) bool {
	return m != nil && from < s.n() && s.steps() == 0 && s.misfit(m, from) <= within
}

// misfit is the largest error of the copy on the answers from one on: in a
// probability, or relative in a logit.
func (s *session) misfit(m model.Classifier, from int) float64 {
	x := s.x[from*s.d:]
	got := make([]float64, len(x)/s.d*s.c)
	worst := 0.0
	if s.o.Answers() == oracle.Logits && s.Copy.Family != "mlp" && s.Copy.Family != "klr" {
		m.ScoresTo(got, x)
		for i, v := range s.values[from*s.c:] {
			worst = max(worst, math.Abs(v-got[i])/(1+math.Abs(v)))
		}
		return worst
	}
	p, is := m.(model.Probabilistic)
	if !is {
		return math.Inf(1)
	}
	p.ProbabilitiesTo(got, x)
	for i, v := range s.probabilities()[from*s.c:] {
		worst = max(worst, math.Abs(v-got[i]))
	}
	return worst
}

// probabilities are the n×c probabilities that the answers tell. Logits get here
// from an MLP, and from a linear family with too few of them.
func (s *session) probabilities() []float64 {
	p := make([]float64, s.n()*s.c)
	switch s.o.Answers() {
	case oracle.Probabilities:
		copy(p, s.values)
	case oracle.Top1:
		for i, y := range s.labels {
			p[2*i+y], p[2*i+1-y] = s.values[i], 1-s.values[i]
		}
	case oracle.Logits:
		copy(p, s.values)
		num.SoftmaxRows(p, s.n(), s.c)
	}
	return p
}

// fitProbabilities minimises the loss on the returned probabilities, round by
// round, from the network that slopes tell, if they do. Otherwise it does so once
// more between the queries in the middle of the domain and those all over it.
func (s *session) fitProbabilities() (ending, error) {
	rounds := 8
	if s.large() {
		rounds = 3
	}
	totals := schedule(s.budget, max(8, s.budget/8), s.rounds(rounds))
	best, end, done, err := s.opening(totals[0])
	if done || err != nil {
		return end, err
	}
	inner := 0
	if best == nil {
		inner = s.inner()
	}
	for i, total := range totals {
		last := i == len(totals)-1
		if total < s.n() {
			continue
		}
		if s.n() < inner && inner < total {
			if err := s.ask(s.middle(inner-s.n()), "uniform in the middle"); err != nil {
				return ending{}, err
			}
			if best, err = s.better(best, false); err != nil {
				return ending{}, err
			}
		}
		from, draw, why := s.n(), s.uniform, "uniform"
		if total <= inner {
			draw, why = s.middle, "uniform in the middle"
		}
		if err := s.ask(draw(total-from), why); err != nil {
			return ending{}, err
		}
		solved := total > inner && s.confirmed(best, from, solvedFit)
		if best, err = s.better(best, last); err != nil {
			return ending{}, err
		}
		if err := s.show(best, len(totals)); err != nil {
			return ending{}, err
		}
		if solved {
			return ending{Solved, ""}, nil
		}
	}
	return ending{status: Budget}, nil
}

// opening asks what tells more than a fit to uniform queries does: of a network,
// slopes; of another copy, the first answers, which show whether they are rounded.
// It returns the copy from there, or nil, and whether the attack ended with it.
func (s *session) opening(first int) (best model.Classifier, end ending, done bool, err error) {
	if s.Copy.Family == "mlp" {
		best, err = s.fromSlopes()
		return best, ending{}, false, err
	}
	if err := s.ask(s.uniform(min(first, s.enough())), "uniform"); err != nil {
		return nil, ending{}, false, err
	}
	end, best, done, err = s.squeezeRounded()
	return best, end, done, err
}

// large tells whether the copy is an MLP that takes long to fit.
func (s *session) large() bool {
	return s.Copy.Family == "mlp" && s.Copy.Unknowns(s.d, s.c) >= model.Large
}

// spread is how far from the centre the middle of the domain reaches, as a share
// of its range: in d dimensions the sums that a node makes of its inputs vary
// there as they do in four.
func (s *session) spread() float64 { return min(1, 2/math.Sqrt(float64(s.d))) }

// inner is how many queries are asked in the middle first: where the nodes of a
// network are not saturated, and solvers find the way from a random start. Half of
// the budget, but not more than determine the copy well. On Digits the fit to
// uniform queries ends in a local minimum instead.
func (s *session) inner() int {
	if !s.large() || s.spread() == 1 {
		return 0
	}
	return min(s.budget/2, 9*s.Copy.Unknowns(s.d, s.c)/(2*(s.c-1)))
}

// middle draws n inputs uniformly from the middle of the domain.
func (s *session) middle(n int) []float64 {
	x := s.uniform(n)
	for i, v := range x {
		if f := s.box[i%s.d]; f.Categories == nil {
			centre := (f.Low + f.High) / 2
			x[i] = centre + s.spread()*(v-centre)
		}
	}
	return x
}

// solvedFit is the largest error in a probability on answers not used in the fit
// at which a fitted copy counts as solved.
const solvedFit = 1e-9

// better fits the copy anew, from the last one and from scratch, because a fit to
// few answers may have saturated and its descendants with it, and returns the fit
// that explains all answers best; one that explains them already stays. For the
// MLP, which has local minima, the last round tries hardest, unless it is large.
func (s *session) better(last model.Classifier, final bool) (model.Classifier, error) {
	fresh := 1
	switch {
	case s.large():
		fresh = 0
	case s.Copy.Family == "mlp" && final:
		fresh = 4
	}
	best, least := last, math.Inf(1)
	if last != nil {
		if s.confirmed(last, 0, solvedFit) {
			return last, nil
		}
		least = s.error(last)
	}
	for try := range fresh + 1 {
		warm := last
		if try > 0 {
			warm = nil
		}
		if try > 0 && least < 1e-12 {
			break
		}
		m, err := s.fitOnce(warm)
		if err != nil {
			return nil, err
		}
		if e := s.error(m); e < least {
			best, least = m, e
		}
	}
	return best, nil
}

// fitOnce trains on the probabilities. While there are fewer equations than
// unknowns, a small penalty picks the copy with small weights. A large MLP is
// fitted to ten equations for each unknown at first, or to four if it is nearly
// right before, and to all answers only if those leave some unexplained.
func (s *session) fitOnce(warm model.Classifier) (model.Classifier, error) {
	r := s.Copy
	r.C, r.L2 = math.Inf(1), 0
	k := r.Unknowns(s.d, s.c)
	if s.n()*(s.c-1) < k || s.n() < s.d+2 {
		r.C, r.L2 = 1e6, 1e-7
	}
	data := model.Data{X: s.x, Dim: s.d, Classes: s.c, Probabilities: s.probabilities()}
	o := model.Options{Rand: s.r, Tick: s.Tick, Warm: warm}
	ratio := 10
	if warm != nil && s.misfit(warm, 0) <= nearFit {
		ratio = 4
	}
	if enough := (ratio*k + s.c - 2) / (s.c - 1); s.large() && r.Members == 0 && s.n() > enough {
		some := data
		some.X, some.Probabilities = data.X[:enough*s.d], data.Probabilities[:enough*s.c]
		m, err := r.Train(some, o)
		if err != nil || s.misfit(m, 0) <= exactFit {
			return m, err
		}
		o.Warm = m
	}
	return r.Train(data, o)
}

// exactFit is the largest error in a probability at which answers that were not
// fitted are explained.
const exactFit = 1e-6

// nearFit is the largest error in a probability from which a fit only sharpens.
const nearFit = 1e-3

// error is the mean squared error of the copy's probabilities on all answers.
func (s *session) error(m model.Classifier) float64 {
	p, is := m.(model.Probabilistic)
	if !is {
		return math.Inf(1)
	}
	got := make([]float64, s.n()*s.c)
	p.ProbabilitiesTo(got, s.x)
	sum := 0.0
	for i, v := range s.probabilities() {
		sum += (v - got[i]) * (v - got[i])
	}
	return sum / float64(len(got))
}
