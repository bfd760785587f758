package oracle

import (
	"fmt"
	"math"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/model"
)

// Settings say how an oracle answers. The zero value is not valid: Answers and
// Budget have to be given.
type Settings struct {
	Answers Kind
	Noise   Noise
	Round   int  // decimals 1..15; 0 leaves the values as they are
	Box     bool // refuse inputs outside the domain
	Budget  int  // queries that may be asked, >= 0

	// Partial takes incomplete inputs, NaN where a value is missing; without it
	// they are refused. Fields tells which feature an answer to one stopped at.
	Partial, Fields bool
}

// Open puts the victim behind a prediction API: its answers, then noise, rounding,
// the box, and the meter outermost, so that what is refused costs nothing. The
// error says which setting the victim can't meet and what is allowed.
func Open(victim model.Classifier, d domain.Domain, s Settings) (*Meter, error) {
	source, err := newSource(victim, d, s.Answers)
	if err != nil {
		return nil, err
	}
	if s.Partial {
		if err := source.takeIncomplete(s.Fields); err != nil {
			return nil, err
		}
	}
	o := Oracle(source)
	if s.Noise.Sigma != 0 {
		source.answers = blurrable(victim, s.Answers)
		if o, err = Blur(o, s.Noise); err != nil {
			return nil, err
		}
		if source.answers != s.Answers {
			o = Cut(o, s.Answers)
		}
	}
	if s.Round != 0 {
		if o, err = Round(o, s.Round); err != nil {
			return nil, err
		}
	}
	if s.Box {
		o = Box(o)
	}
	if s.Budget < 0 {
		return nil, fmt.Errorf("oracle: budget = %d queries, allowed 0 or more", s.Budget)
	}
	return NewMeter(o, s.Budget), nil
}

// New answers from the victim itself, without limit. Top1, Probabilities and
// Logits need a model.Probabilistic; Margin is for the others (the SVM); Value
// is for a regression (one class), and only that; Labels any other victim has.
func New(victim model.Classifier, d domain.Domain, answers Kind) (Oracle, error) {
	o, err := newSource(victim, d, answers)
	if err != nil {
		return nil, err
	}
	return o, nil
}

func newSource(victim model.Classifier, d domain.Domain, answers Kind) (*source, error) {
	if victim.Dim() != d.Dim() {
		panic(fmt.Sprintf("oracle: victim of %d inputs, domain of %d", victim.Dim(), d.Dim()))
	}
	p, probabilistic := victim.(model.Probabilistic)
	if (victim.Classes() == 1) != (answers == Value) {
		return nil, fmt.Errorf("oracle: answers = %s: the victim has %d classes, allowed value for a regression and only for it", answers, victim.Classes())
	}
	switch answers {
	case Value:
	case Labels:
	case Top1, Probabilities, Logits:
		if !probabilistic {
			return nil, fmt.Errorf("oracle: answers = %s: the victim has no probabilities, allowed labels, margin", answers)
		}
	case Margin:
		if probabilistic {
			return nil, fmt.Errorf("oracle: answers = margin: the victim has no margins, allowed labels, top1, probabilities, logits")
		}
	default:
		return nil, fmt.Errorf("oracle: answers = %q, allowed labels, top1, probabilities, logits, margin", answers)
	}
	return &source{victim: victim, probabilistic: p, box: d, answers: answers}, nil
}

// source is the victim itself.
type source struct {
	victim        model.Classifier
	probabilistic model.Probabilistic // nil if the victim has none
	box           domain.Domain
	answers       Kind
	partial       model.Partial // to tell what was missing, or nil
}

// takeIncomplete makes all inputs optional.
func (s *source) takeIncomplete(tell bool) error {
	p, is := s.victim.(model.Partial)
	if !is {
		return fmt.Errorf("oracle: partial = yes: the victim can't answer incomplete inputs, allowed no")
	}
	if tell {
		s.partial = p
	}
	s.box = slices.Clone(s.box)
	for i := range s.box {
		s.box[i].Optional = true
	}
	return nil
}

func (s *source) Domain() domain.Domain { return s.box }
func (s *source) Classes() int          { return s.victim.Classes() }
func (s *source) Answers() Kind         { return s.answers }
func (s *source) Left() int             { return math.MaxInt }

func (s *source) Ask(x []float64) (Reply, error) {
	if err := Check(s.box, x); err != nil {
		return Reply{}, err
	}
	n, c := len(x)/s.box.Dim(), s.Classes()
	scores := make([]float64, n*c)
	s.victim.ScoresTo(scores, x)
	r := Reply{Kind: s.answers, Classes: c, Labels: make([]int, n)}
	model.LabelsTo(r.Labels, scores, c)
	if s.partial != nil {
		r.Missing = make([]int, n)
		s.partial.MissingTo(r.Missing, x)
	}
	switch s.answers {
	case Logits, Margin, Value:
		r.Values = scores
	case Probabilities:
		s.probabilistic.ProbabilitiesTo(scores, x)
		r.Values = scores
	case Top1:
		s.probabilistic.ProbabilitiesTo(scores, x)
		r.Values = make([]float64, n)
		for i, label := range r.Labels {
			r.Values[i] = scores[i*c+label]
		}
	}
	return r, nil
}
