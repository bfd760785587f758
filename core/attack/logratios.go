package attack

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// logRatios solves a softmax by linear equations: log p_i - log p_j is the
// difference of two scores, and scores are linear in the input. An answer of c
// probabilities thus holds c-1 equations, and d+1 answers all c(d+1) unknowns up
// to the shift that changes no probability: α = 1/c is enough.
//
// Rounding blurs a logarithm by the step over the probability, and loses it where
// the probability rounds to 0. The attack sees in the answers how they are
// rounded and weights each equation by what is left of it; the copy is then as
// good as the budget, and more queries help.
//
// Cost: d+1 queries, and a few to see that the copy is right (Solved); with
// rounded answers, or another victim than a softmax, the budget. Needs
// probabilities or logits; logistic regression, the softmax of two classes, top1
// too. Source: a step beyond Tramèr et al. 2016, who solve logistic regression so
// (section 4.1.1) and softmax by minimising a loss (4.1.2).
func logRatios(s *session) (ending, error) {
	switch {
	case s.Copy.Family == "logistic" || s.o.Answers() == oracle.Logits:
		return s.solveLinear(s.linearCopy, false)
	case s.o.Answers() == oracle.Top1 && s.c > 2:
		return ending{}, fmt.Errorf("attack: log-ratios can't use answers = top1 of %d classes, allowed probabilities, logits", s.c)
	}
	return s.solveLinear(s.logRatioCopy, false)
}

// logRatioCopy solves for the softmax by least squares on the log-probabilities,
// each answer's up to an additive unknown of its own.
func (s *session) logRatioCopy() (model.Classifier, string, error) {
	if err := s.tick(); err != nil {
		return nil, "", err
	}
	k := s.d + 1
	if s.n() < k {
		m, err := s.fitOnce(nil)
		return m, fmt.Sprintf("%d answers are fewer than the %d that determine the copy", s.n(), k), err
	}
	p := s.probabilities()
	decimals := s.decimals(p)
	if decimals == 0 {
		if m, note, err := s.solveRatios(p); err != nil {
			return nil, "", err
		} else if m != nil {
			return s.orFitted(m, note)
		}
	}
	note := "some probabilities are 0, which tells no ratio"
	if decimals > 0 {
		note = fmt.Sprintf("the probabilities are rounded to %d decimals; each counts by its precision", decimals)
	}
	m, err := s.weighRatios(p, decimals > 0)
	return m, note, err
}

// solveRatios solves the equations of the answers without a 0; nil if these are
// too few. All equations are equally exact, so that every class has the same
// least-squares problem.
func (s *session) solveRatios(p []float64) (model.Classifier, string, error) {
	k, c := s.d+1, s.c
	var x []float64
	rhs := make([][]float64, c)
	for i := range s.n() {
		z := make([]float64, c)
		num.LogTo(z, p[i*c:(i+1)*c])
		mean := num.Sum(z) / float64(c)
		if math.IsInf(mean, 0) {
			continue
		}
		x = append(x, s.row(i)...)
		for j, v := range z {
			rhs[j] = append(rhs[j], v-mean)
		}
	}
	if len(x)/s.d < k {
		return nil, "", nil
	}
	q := factor(s.design(x), k)
	var w []float64
	for _, b := range rhs {
		w = append(w, s.unscale(q.solve(b))...)
	}
	note := ""
	if cond := q.condition(); cond > 1e10 {
		note = fmt.Sprintf("the equations are ill-conditioned (condition %.1g)", cond)
	}
	m, err := model.NewLinear("softmax", s.d, c, w)
	return m, note, err
}

// weighRatios solves the weighted equations of all answers. A probability p
// known to within a step has a logarithm known to within step/p and weight p²;
// otherwise all that are not 0 count alike. An answer's additive unknown drops
// out as the weighted mean, which ties the classes together: one system of
// c(d+1) unknowns. A ridge far below its rounding error settles the shift and
// whatever nothing determines; two steps of refinement take out its bias.
func (s *session) weighRatios(p []float64, rounded bool) (model.Classifier, error) {
	k, c := s.d+1, s.c
	size := c * k
	a, b := make([]float64, size*size), make([]float64, size)
	x := s.design(s.x)
	for i := range s.n() {
		if i%64 == 0 {
			if err := s.tick(); err != nil {
				return nil, err
			}
		}
		addRatios(a, b, p[i*c:(i+1)*c], x[i*k:(i+1)*k], rounded)
	}
	top := 0.0
	for i := range size {
		top = max(top, a[i*size+i])
		for j := range i {
			a[j*size+i] = a[i*size+j]
		}
	}
	l := append([]float64(nil), a...)
	for i := range size {
		l[i*size+i] += top*1e-11 + math.SmallestNonzeroFloat64
	}
	if !num.Cholesky(l, size) {
		return nil, errors.New("attack: log-ratios: the equations can't be solved")
	}
	w, r := make([]float64, size), make([]float64, size)
	for range 3 {
		for i := range r {
			r[i] = b[i] - num.Dot(a[i*size:(i+1)*size], w)
		}
		num.SolveCholesky(l, r)
		num.AddScaled(w, 1, r)
	}
	for at := 0; at < size; at += k {
		s.unscale(w[at : at+k])
	}
	return model.NewLinear("softmax", s.d, c, w)
}

// addRatios adds the equations of one answer p at the input x (d+1 numbers) to
// the lower triangle of the normal equations a·w = b.
func addRatios(a, b, p, x []float64, rounded bool) {
	c, k := len(p), len(x)
	weight, z := make([]float64, c), make([]float64, c)
	total, mean := 0.0, 0.0
	for j, v := range p {
		if v <= 0 {
			continue
		}
		weight[j], z[j] = 1, math.Log(v)
		if rounded {
			weight[j] = v * v
		}
		total += weight[j]
		mean += weight[j] * z[j]
	}
	if total == 0 {
		return
	}
	mean /= total
	for j, u := range weight {
		if u == 0 {
			continue
		}
		num.AddScaled(b[j*k:(j+1)*k], u*(z[j]-mean), x)
		for l, v := range weight[:j+1] {
			if v == 0 {
				continue
			}
			share := -u * v / total
			if l == j {
				share += u
			}
			for f, xf := range x {
				num.AddScaled(a[(j*k+f)*c*k+l*k:][:k], share*xf, x)
			}
		}
	}
}

// decimals is the number of decimals that the n×c probabilities p were rounded to
// before they were divided by their sum, as read from the answers themselves; 0
// if they are not, or so finely (over 12) that it doesn't matter.
func (s *session) decimals(p []float64) int {
	const most, looks = 12, 24
	step := max(1, s.n()/looks)
	for d := 1; d <= most; d++ {
		all := true
		for i := 0; i < s.n() && all; i += step {
			all = fits(p[i*s.c:(i+1)*s.c], math.Pow10(d))
		}
		if all {
			return d
		}
	}
	return 0
}

// fits tells whether p can be whole numbers of steps over their sum, when units
// steps are 1.
func fits(p []float64, units float64) bool {
	for range sums(p, units) {
		return true
	}
	return false
}

// sums are the numbers of steps, about units, of which all of p are whole shares.
func sums(p []float64, units float64) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		slack := float64(len(p)/2 + 1)
		for sum := max(1, units-slack); sum <= units+slack; sum++ {
			whole := !slices.ContainsFunc(p, func(v float64) bool {
				steps := math.Round(v * sum)
				return math.Abs(v*sum-steps) > 1e-14*sum || steps == 0 && v != 0
			})
			if whole && !yield(sum) {
				return
			}
		}
	}
}
