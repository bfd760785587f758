package attack

import (
	"errors"
	"math"

	"modelheist/core/model"
)

// How a copy is fitted to labels. An oracle's labels are never wrong, so nothing
// is gained by a penalty beyond what keeps the weights finite.
const (
	looseC  = 1e6  // of the linear families
	looseL2 = 1e-6 // of the MLP
	hardC   = 1e5  // of the SVM; the paper's code has 1e5 too
)

// learner retrains the copy on all labels so far. It starts from the previous
// copy where the family can, and chooses the SVM's γ itself.
type learner struct {
	s     *session
	copy  model.Classifier // the last one, nil before the first
	gamma float64          // of the kernel, chosen when n was chosen
	chose int
	refit func() (model.Classifier, error) // a better way than training on labels, or nil; a nil copy says that it has none
}

// learn fits a new copy to the labels and yields it. Labels of one class make a
// copy that always says that class.
func (l *learner) learn(rounds int) error {
	c, err := l.fit()
	if err != nil {
		return err
	}
	l.copy = c
	return l.s.show(c, rounds)
}

func (l *learner) fit() (model.Classifier, error) {
	s := l.s
	if seen := classes(s.labels, s.c); len(seen) == 1 {
		return constant{s.d, s.c, seen[0]}, nil
	}
	if l.refit != nil {
		if m, err := l.refit(); m != nil || err != nil {
			return m, err
		}
	}
	return l.train(l.warm())
}

// train fits the copy to the labels, from a model of the same shape or nil.
func (l *learner) train(warm model.Classifier) (model.Classifier, error) {
	s := l.s
	r := s.Copy
	switch r.Family {
	case "logistic", "softmax", "ovr":
		r.C = looseC
	case "mlp":
		r.L2 = looseL2
	case "svm":
		r.C = hardC
		if r.Kernel != "linear" {
			if err := l.chooseGamma(); err != nil {
				return nil, err
			}
			r.Gamma = l.gamma
		}
	case "tree":
		r.Depth, r.MinLeaf, r.Laplace = 0, 1, 0
	case "knn":
		r.Neighbours = 1 // every answer is exact; more would blur the boundary
	case "klr":
		r.C, r.Learnt = looseC, true
	}
	data := model.Data{X: s.x, Dim: s.d, Classes: s.c, Labels: s.labels}
	switch r.Family {
	case "ovr":
		return l.fitRest(r, data, warm)
	case "svm":
		return s.trainMachine(r, data)
	}
	return r.Train(data, model.Options{Rand: s.r, Tick: s.Tick, Warm: warm})
}

// fitRest fits a one-vs-rest copy through a softmax: both label by the largest
// linear score, and softmax separates all labels that such scores can, where
// one regression a class cannot.
func (l *learner) fitRest(r model.Recipe, data model.Data, warm model.Classifier) (model.Classifier, error) {
	s := l.s
	r.Family = "softmax"
	warm, err := as(warm, "softmax")
	if err != nil {
		return nil, err
	}
	m, err := r.Train(data, model.Options{Tick: s.Tick, Warm: warm})
	if err != nil {
		return nil, err
	}
	return as(m, "ovr")
}

// as is a model with the same linear scores in another family; nil stays nil.
func as(m model.Classifier, family string) (model.Classifier, error) {
	if m == nil {
		return nil, nil
	}
	return model.NewLinear(family, m.Dim(), m.Classes(), m.(*model.Linear).Params())
}

// warm is the last copy, unless it is a constant.
func (l *learner) warm() model.Classifier {
	if _, is := l.copy.(constant); is {
		return nil
	}
	return l.copy
}

// chooseGamma picks the kernel's γ by cross-validation on the labels so far,
// again whenever these have grown by half. The grid is in powers of 2 around
// 1/d, scikit-learn's and libsvm's customary value: all of it at first, then the
// neighbours of the last choice, which more labels seldom move far.
func (l *learner) chooseGamma() error {
	s := l.s
	if l.gamma > 0 && s.n() < l.chose+l.chose/2 {
		return nil
	}
	const low, high, reach = -3, 6, 2
	best, bestWrong := 1/float64(s.d), s.n()+1
	for e := low; e <= high; e++ {
		g := math.Ldexp(1/float64(s.d), e)
		if l.gamma > 0 && l.chose > 30 && math.Abs(math.Log2(g/l.gamma)) > reach {
			continue
		}
		wrong, err := l.crossValidate(g, bestWrong)
		if err != nil {
			return err
		}
		if wrong < bestWrong || wrong == bestWrong && (wrong == s.n() || math.Abs(math.Log(g/l.gamma)) < math.Abs(math.Log(best/l.gamma))) {
			best, bestWrong = g, wrong
		}
	}
	l.gamma, l.chose = best, s.n()
	return nil
}

// crossValidate counts the labels that SVMs trained on the other folds get
// wrong, on the last labels if there are many; it stops counting above most. A γ
// whose training takes too long is too small for the labels: all are counted,
// and the largest such γ is the next to try.
func (l *learner) crossValidate(gamma float64, most int) (int, error) {
	const folds, latest, ticks = 5, 400, 24
	s := l.s
	from := max(0, s.n()-latest)
	wrong := 0
	for f := 0; f < folds && wrong <= most; f++ {
		in := model.Data{Dim: s.d, Classes: s.c}
		out := model.Data{Dim: s.d, Classes: s.c}
		for i := from; i < s.n(); i++ {
			part := &in
			if i%folds == f {
				part = &out
			}
			part.X = append(part.X, s.row(i)...)
			part.Labels = append(part.Labels, s.labels[i])
		}
		if len(classes(in.Labels, s.c)) < 2 {
			continue
		}
		r := s.Copy
		r.C, r.Gamma = hardC, gamma
		m, err := r.Train(in, model.Options{Tick: s.within(ticks * s.c), Tol: 1e-3})
		if errors.Is(err, errSlow) {
			return s.n(), nil
		}
		if err != nil {
			return 0, err
		}
		for i, y := range predict(m, out.X) {
			if y != out.Labels[i] {
				wrong++
			}
		}
	}
	return wrong, nil
}

// errSlow says that a training took more ticks than it was given.
var errSlow = errors.New("attack: training takes too long")

// within is a tick that fails with errSlow after n calls. A machine ticks every
// half millisecond or so of work, the same on every computer.
func (s *session) within(n int) model.Tick {
	return func() error {
		if n--; n < 0 {
			return errSlow
		}
		return s.tick()
	}
}

// trainMachine trains an SVM that gets all labels right, or, where that takes too
// long (they can't be, or barely, with this kernel), one with a softer margin.
func (s *session) trainMachine(r model.Recipe, data model.Data) (model.Classifier, error) {
	const ticks = 200
	for ; r.C > 1; r.C /= 30 {
		m, err := r.Train(data, model.Options{Tick: s.within(ticks), Tol: 1e-3})
		if !errors.Is(err, errSlow) {
			return m, err
		}
	}
	r.C = 1
	return r.Train(data, model.Options{Tick: s.Tick, Tol: 1e-3})
}

// predict labels the n×d batch x.
func predict(m model.Classifier, x []float64) []int {
	scores := make([]float64, len(x)/m.Dim()*m.Classes())
	m.ScoresTo(scores, x)
	labels := make([]int, len(x)/m.Dim())
	model.LabelsTo(labels, scores, m.Classes())
	return labels
}

// constant is the copy of a victim that has shown a single class so far.
type constant struct{ d, c, class int }

var _ model.Probabilistic = constant{}

func (k constant) Dim() int     { return k.d }
func (k constant) Classes() int { return k.c }

func (k constant) ScoresTo(dst, x []float64) { k.ProbabilitiesTo(dst, x) }

func (k constant) ProbabilitiesTo(dst, _ []float64) {
	for i := range dst {
		dst[i] = 0
		if i%k.c == k.class {
			dst[i] = 1
		}
	}
}
