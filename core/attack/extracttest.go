package attack

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// extractAndTest steals a victim of unknown family. It asks one pool of inputs,
// tries its hypotheses on the answers, ranks them by cross-validation, and
// extracts with the winner, from the pool and the rest of the budget.
//
// What the answers look like close by rules hypotheses out before any is trained:
// scores that stay the same over a small step belong to a tree or to neighbours,
// scores that are straight everywhere to a linear model, straight in pieces to a
// ReLU network, and curved ones to the rest; where an answer changes on moving
// along one feature, it changes at the same place after a step along another if
// the victim is a tree. Rounded scores, and labels, tell less.
//
// Cost: about 380 queries for the pool, less for small budgets, then what the
// winner's attack costs. Needs labels; scores help a lot. The copy's family in
// the configuration is not looked at. Source: Tramèr et al. 2016, section 4.3,
// "extract-and-test".
func extractAndTest(s *session) (ending, error) {
	t := &tester{s: s}
	if err := t.gather(); err != nil {
		return ending{}, err
	}
	if len(classes(s.labels, s.c)) == 1 {
		err := s.show(constant{s.d, s.c, s.labels[0]}, 1)
		return ending{Budget, fmt.Sprintf("%d answers have all been class %d", s.n(), s.labels[0])}, err
	}
	ranked, err := t.rank()
	if err != nil {
		return ending{}, err
	}
	s.Copy = ranked[0].recipe
	list := suspects(ranked)
	if err := s.emit(Event{Kind: Claimed, Claim: &Claim{Suspects: list}}); err != nil {
		return ending{}, err
	}
	end, err := t.extract(ranked[0])
	end.note = strings.TrimSuffix(ranking(list)+"; "+end.note, "; ")
	return end, err
}

// shape is how scores look from close by; a hypothesis has one, a clue is a set
// of those that are still possible.
type shape uint8

const (
	flat     shape = 1 << iota // constant in cells
	straight                   // linear
	pieces                     // linear in cells
	curved
	anyShape = flat | straight | pieces | curved
)

// hypothesis is a family that the victim may be of.
type hypothesis struct {
	recipe  model.Recipe
	shape   shape
	classes int // that it takes; 0 for any
	error   float64
	tested  int    // folds
	out     string // why it is ruled out
}

// hypotheses are tried in this order; of equals the first wins.
func hypotheses() []hypothesis {
	hs := []hypothesis{
		{recipe: model.Recipe{Family: "logistic"}, shape: straight, classes: 2},
		{recipe: model.Recipe{Family: "softmax"}, shape: straight},
		{recipe: model.Recipe{Family: "tree"}, shape: flat},
	}
	for _, k := range []int{1, 3, 5, 9} {
		hs = append(hs, hypothesis{recipe: model.Recipe{Family: "knn", Neighbours: k}, shape: flat})
	}
	for _, h := range []int{8, 16, 4} {
		hs = append(hs,
			hypothesis{recipe: model.Recipe{Family: "mlp", Hidden: []int{h}, Activation: "tanh"}, shape: curved},
			hypothesis{recipe: model.Recipe{Family: "mlp", Hidden: []int{h}, Activation: "relu"}, shape: pieces})
	}
	for e := -8; e <= 12; e++ {
		hs = append(hs, hypothesis{recipe: model.Recipe{Family: "svm", Kernel: "rbf", C: hardC, Gamma: math.Exp2(float64(e) / 2)}, shape: curved})
	}
	return append(hs, hypothesis{recipe: model.Recipe{Family: "svm", Kernel: "linear", C: hardC, Gamma: 1}, shape: straight})
}

// name is the family with what tells it from its siblings.
func (h hypothesis) name() string {
	r := h.recipe
	switch r.Family {
	case "mlp":
		return fmt.Sprintf("mlp %s %d", r.Activation, r.Hidden[0])
	case "svm":
		if r.Kernel == "rbf" {
			return fmt.Sprintf("svm rbf γ=%.3g", r.Gamma)
		}
		return "svm " + r.Kernel
	case "knn":
		return fmt.Sprintf("knn %d", r.Neighbours)
	}
	return r.Family
}

// kin is what counts as one family in a ranking.
func (h hypothesis) kin() string {
	return strings.TrimSpace(h.recipe.Family + " " + h.recipe.Activation + h.recipe.Kernel)
}

// suspects are the best hypothesis of each family, and those ruled out.
func suspects(ranked []hypothesis) (list []Suspect) {
	seen := map[string]bool{}
	for _, h := range ranked {
		switch {
		case seen[h.kin()]:
			continue
		case h.out != "":
			list = append(list, Suspect{h.kin(), math.NaN(), h.out})
		default:
			list = append(list, Suspect{h.name(), h.error, ""})
		}
		seen[h.kin()] = true
	}
	return list
}

// ranking says it in words.
func ranking(list []Suspect) string {
	var tried, out []string
	for _, p := range list {
		if p.Out != "" {
			out = append(out, p.Name+" ("+p.Out+")")
		} else {
			tried = append(tried, fmt.Sprintf("%s (error %.2g)", p.Name, p.Error))
		}
	}
	text := "taken for " + strings.Join(tried, ", before ")
	if len(out) > 0 {
		text += "; ruled out: " + strings.Join(out, ", ")
	}
	return text
}

// rank rules hypotheses out and cross-validates the others, best first. All are
// tested on a first fold, those near the best on the others too; networks of other
// sizes are passed over once one is exact.
func (t *tester) rank() ([]hypothesis, error) {
	const folds = 4
	hs := hypotheses()
	for i := range hs {
		hs[i].out = t.ruledOut(hs[i])
	}
	if !slices.ContainsFunc(hs, func(h hypothesis) bool { return h.out == "" }) {
		for i := range hs {
			hs[i].out = ""
		}
	}
	slack := 1e-12
	if !t.complete() && t.s.o.Answers() != oracle.Margin {
		slack = 0.05 // a few wrong labels in a fold are chance
	}
	found := map[string]bool{} // families with a member that explains the first fold
	for f := range folds {
		best := math.Inf(1)
		for _, h := range hs {
			if h.out == "" && h.tested == f {
				best = min(best, h.error)
			}
		}
		for i := range hs {
			h := &hs[i]
			if h.out != "" || h.tested != f || f > 0 && h.error > 10*best+slack || f == 0 && found[h.kin()] {
				continue
			}
			wrong, err := t.test(*h, f, folds)
			if err != nil {
				return nil, err
			}
			found[h.kin()] = found[h.kin()] || h.recipe.Family == "mlp" && wrong < 1e-7 && t.complete()
			h.error = (h.error*float64(f) + wrong) / float64(f+1)
			h.tested++
		}
	}
	sort.SliceStable(hs, func(i, j int) bool {
		a, b := hs[i], hs[j]
		switch {
		case (a.out == "") != (b.out == ""):
			return a.out == ""
		case a.tested != b.tested:
			return a.tested > b.tested
		}
		return a.error < b.error
	})
	return hs, nil
}

// ruledOut says why a hypothesis can't be, or nothing.
func (t *tester) ruledOut(h hypothesis) string {
	margin := t.s.o.Answers() == oracle.Margin
	switch {
	case h.classes != 0 && h.classes != t.s.c:
		return fmt.Sprintf("%d classes", t.s.c)
	case h.recipe.Family == "softmax" && t.s.c == 2:
		return "logistic is the same"
	case margin != (h.recipe.Family == "svm") && margin:
		return "has no margins"
	case h.recipe.Family == "svm" && h.recipe.Kernel == "linear" && !margin:
		return "logistic is the same"
	case h.shape&t.possible == 0:
		return map[shape]string{flat: "scores change everywhere", straight: "scores are not straight", pieces: "scores are not straight in pieces", curved: "scores are not curved"}[h.shape]
	case t.boundary() == straight && h.shape != straight && (h.recipe.Family != "tree" || t.moved >= t.aligned):
		return "the boundary is straight"
	case t.boundary() == anyShape&^straight && h.shape == straight:
		return "the boundary is not straight"
	case h.recipe.Family == "tree" && t.moved > t.aligned && t.moved > 1:
		return "changes are not along features"
	case h.recipe.Family == "knn" && t.aligned > t.moved && t.aligned > 1:
		return "changes are along features"
	case h.recipe.Family != "tree" && t.aligned > 3+3*t.moved:
		return "changes are along features"
	}
	return ""
}

// part is a session on some of the answers, for training on them.
func (t *tester) part(h hypothesis, in func(i int) bool) *session {
	s := t.s
	w := len(s.values) / s.n()
	p := &session{Config: s.Config, o: s.o, r: s.r, box: s.box, d: s.d, c: s.c, budget: s.budget}
	p.Copy = h.recipe
	for i := range s.n() {
		if in(i) {
			p.x = append(p.x, s.row(i)...)
			p.labels = append(p.labels, s.labels[i])
			p.values = append(p.values, s.values[i*w:(i+1)*w]...)
		}
	}
	return p
}

// test trains a hypothesis without one fold of the uniform answers and returns
// its error there: mean total variation, relative root mean square of margins, or
// share of wrong labels.
func (t *tester) test(h hypothesis, fold, folds int) (float64, error) {
	in := t.part(h, func(i int) bool { return i < t.uniform && i%folds != fold })
	out := t.part(h, func(i int) bool { return i < t.uniform && i%folds == fold })
	if out.n() == 0 || in.n() == 0 {
		return 1, nil
	}
	m, err := (&tester{s: in, decimals: t.decimals}).fit(h)
	if err != nil {
		return 0, err
	}
	wrong := 0.0
	switch {
	case in.o.Answers() == oracle.Margin:
		z := make([]float64, len(out.values))
		m.ScoresTo(z, out.x)
		num.AddScaled(z, -1, out.values)
		return math.Sqrt(num.Dot(z, z) / (num.Dot(out.values, out.values) + 1e-300)), nil
	case t.complete():
		p := probabilitiesOf(m, out.x)
		for i, v := range out.probabilities() {
			wrong += math.Abs(v-p[i]) / 2
		}
	default:
		for i, y := range predict(m, out.x) {
			if y != out.labels[i] {
				wrong++
			}
		}
	}
	return wrong / float64(out.n()), nil
}

// probabilitiesOf are a model's probabilities, or the softmax of its margins.
func probabilitiesOf(m model.Classifier, x []float64) []float64 {
	n, c := len(x)/m.Dim(), m.Classes()
	p := make([]float64, n*c)
	if q, is := m.(model.Probabilistic); is {
		q.ProbabilitiesTo(p, x)
		return p
	}
	m.ScoresTo(p, x)
	num.SoftmaxRows(p, n, c)
	return p
}

// fit trains a hypothesis on all answers of its session, by their scores where
// they have any that the family can use.
func (t *tester) fit(h hypothesis) (model.Classifier, error) {
	s := t.s
	if seen := classes(s.labels, s.c); len(seen) == 1 {
		return constant{s.d, s.c, seen[0]}, nil
	}
	scores := t.complete() || s.o.Answers() == oracle.Margin
	family := h.recipe.Family
	switch {
	case scores && family == "svm":
		return t.fitKernel(h.recipe)
	case scores && family == "logistic":
		m, _, err := s.linearCopy()
		return m, err
	case scores && family == "softmax" && s.o.Answers() == oracle.Logits:
		m, _, err := s.linearCopy()
		return m, err
	case scores && family == "softmax":
		m, _, err := s.logRatioCopy()
		return m, err
	case scores && family == "mlp":
		return s.fitOnce(nil)
	case family == "knn":
		data := model.Data{X: s.x, Dim: s.d, Classes: s.c, Labels: s.labels}
		if scores {
			data.Labels, data.Probabilities = nil, s.probabilities()
		}
		r := h.recipe
		r.Neighbours = min(r.Neighbours, s.n())
		return r.Train(data, model.Options{})
	case family == "svm":
		return h.recipe.Train(model.Data{X: s.x, Dim: s.d, Classes: s.c, Labels: s.labels}, model.Options{Tick: s.Tick})
	}
	return (&learner{s: s}).fit()
}

// fitKernel finds the machine whose margins are the scores of all answers: a
// support vector at each, and a constant in the kernel for the intercept.
// Unrounded scores are met to the last digits, rounded ones within their error.
func (t *tester) fitKernel(r model.Recipe) (model.Classifier, error) {
	const intercept = 10
	s := t.s
	n := s.n()
	if err := s.tick(); err != nil {
		return nil, err
	}
	z, w := t.scores()
	k := make([]float64, n*n)
	for i := range n {
		row := k[i*n : i*n+i+1]
		for j := range row {
			a, b := s.row(i), s.row(j)
			if r.Kernel == "linear" {
				row[j] = num.Dot(a, b)
				continue
			}
			for f, v := range a {
				row[j] -= r.Gamma * (v - b[f]) * (v - b[f])
			}
		}
		if r.Kernel == "rbf" {
			num.ExpTo(row, row)
		}
		for j := range row {
			row[j] += intercept
		}
	}
	l := make([]float64, n*n)
	ridge := 1e-12
	if t.decimals > 0 {
		ridge = math.Pow10(-t.decimals)
	}
	for ok := false; !ok; ridge *= 10 {
		if ridge > 1e6 {
			return nil, fmt.Errorf("attack: extract-and-test: the kernel's equations can't be solved")
		}
		copy(l, k)
		for i := range n {
			l[i*n+i] += ridge
		}
		ok = num.Cholesky(l, n)
	}
	out := model.Support{Vectors: slices.Clone(s.x)}
	for c := range w {
		if s.c == 2 && c == 0 {
			continue
		}
		b := make([]float64, n)
		for i := range b {
			b[i] = z[i*w+c]
		}
		num.SolveCholesky(l, b)
		out.Dual = append(out.Dual, b...)
		out.Intercepts = append(out.Intercepts, intercept*num.Sum(b))
	}
	return model.NewSVM(r, s.d, s.c, out)
}

// mostKernel bounds the support vectors of a copy fitted to scores.
const mostKernel = 1500

// queriesPerLeaf is about what path-finding asks for each leaf of a small tree.
const queriesPerLeaf = 40

// leaves is about how many leaves the tree has that gave the answers: no fewer
// than one grown on their labels.
func (t *tester) leaves(h hypothesis) (int, error) {
	m, err := t.fit(h)
	if tree, is := m.(*model.Tree); is {
		return tree.Leaves(), err
	}
	return 1, err
}

// extract goes on with the winner: a tree by its paths, if the budget may do;
// others by their scores until further answers show that the copy is right, or by
// labels with the adaptive attack.
func (t *tester) extract(h hypothesis) (ending, error) {
	s := t.s
	family := h.recipe.Family
	if family == "tree" && slices.Contains(leafAnswers, s.o.Answers()) {
		leaves, err := t.leaves(h)
		if err != nil {
			return ending{}, err
		}
		if s.left() >= queriesPerLeaf*leaves {
			return pathFinding(s)
		}
	}
	if s.values == nil || !t.complete() && s.o.Answers() != oracle.Margin || family == "tree" || family == "knn" {
		return adaptive(s)
	}
	totals := schedule(max(1, s.left()), 5, s.rounds(8))
	for i := range totals {
		totals[i] += s.n()
	}
	var m model.Classifier
	for i, total := range append([]int{s.n()}, totals...) {
		from := s.n()
		if err := s.ask(s.uniform(max(0, total-from)), "uniform"); err != nil {
			return ending{}, err
		}
		solved := m != nil && s.n() >= from+3 && s.misfit(m, from) <= solvedFit
		var err error
		switch {
		case family == "mlp":
			m, err = s.better(m, i == len(totals))
		case family == "svm" && s.n() > mostKernel && m != nil:
		default:
			m, err = t.fit(h)
		}
		if err != nil {
			return ending{}, err
		}
		if err := s.show(m, len(totals)+1); err != nil {
			return ending{}, err
		}
		if solved {
			return ending{Solved, ""}, nil
		}
	}
	return ending{status: Budget}, nil
}
