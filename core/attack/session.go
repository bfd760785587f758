package attack

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// session is one attack under way: the oracle, all that it has answered so far,
// and the stream of events. What an attack does is a function on a session.
type session struct {
	Config
	o      oracle.Oracle
	r      *rand.Rand
	yield  func(Event, error) bool
	box    domain.Domain
	d, c   int // inputs and classes
	budget int // inputs that could be asked at the start, each as often as it is repeated

	x       []float64 // n×d, everything asked
	labels  []int     // n
	values  []float64 // n×width, nil for labels
	missing []int     // n, if the oracle tells which field an answer stopped at
	round   int       // copies so far
	spent   int       // queries
}

// ending is how an attack ends, if nothing breaks.
type ending struct {
	status Status
	note   string
}

// errBroken says that the receiver of the events wants no more.
var errBroken = errors.New("attack: broken off")

// stream turns a function on a session into a stream of events.
func stream(c Config, o oracle.Oracle, r *rand.Rand, run func(*session) (ending, error)) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := &session{Config: c, o: o, r: r, yield: yield, box: o.Domain(), c: o.Classes()}
		s.Repeat = max(1, s.Repeat)
		s.budget = s.affordable()
		s.d = s.box.Dim()
		end, err := s.check(), error(nil)
		if end == nil {
			var e ending
			e, err = run(s)
			end = &e
		}
		switch {
		case errors.Is(err, errBroken):
		case err != nil:
			yield(Event{}, err)
		default:
			yield(Event{Kind: Ended, Queries: s.spent, Status: end.status, Note: end.note}, nil)
		}
	}
}

// check ends an attack that can't begin.
func (s *session) check() *ending {
	for _, f := range s.box {
		if !(f.High >= f.Low) || math.IsInf(f.High-f.Low, 0) {
			return &ending{Stuck, fmt.Sprintf("the domain of %s is [%v, %v]; there is nowhere to draw queries from", f.Name, f.Low, f.High)}
		}
	}
	switch {
	case s.o.Left() <= 0:
		return &ending{Budget, "the budget is empty"}
	case s.budget <= 0:
		return &ending{Budget, fmt.Sprintf("the budget of %d queries does not cover one input asked %d times", s.o.Left(), s.Repeat)}
	}
	return nil
}

// n is the number of inputs asked.
func (s *session) n() int { return len(s.labels) }

// left is the number of inputs that may still be asked.
func (s *session) left() int { return min(s.budget-s.n(), s.affordable()) }

// affordable is the number of inputs that the oracle's budget covers.
func (s *session) affordable() int { return s.o.Left() / s.Repeat }

// ask sends the batch x and yields what came back. A batch larger than what is
// left is cut to it, so that attacks need not count.
func (s *session) ask(x []float64, why ...string) error {
	n := min(len(x)/s.d, s.left())
	if n <= 0 {
		return nil
	}
	x = x[:n*s.d]
	if len(why) > 1 {
		why = why[:n]
	}
	s.x = append(s.x, x...)
	reply, err := s.answers(x, n)
	if err != nil {
		return err
	}
	s.labels = append(s.labels, reply.Labels...)
	s.values = append(s.values, reply.Values...)
	s.missing = append(s.missing, reply.Missing...)
	return s.emit(Event{Kind: Queried, X: slices.Clone(x), Reply: reply, Why: slices.Clone(why)})
}

// answers asks the n rows of x, each as often as it is repeated, in one batch, and
// averages.
func (s *session) answers(x []float64, n int) (oracle.Reply, error) {
	batch := make([]float64, 0, len(x)*s.Repeat)
	for i := 0; i < len(x); i += s.d {
		for range s.Repeat {
			batch = append(batch, x[i:i+s.d]...)
		}
	}
	reply, err := s.o.Ask(batch)
	if err == nil {
		err = s.accept(reply, n*s.Repeat)
	}
	if err != nil {
		return oracle.Reply{}, err
	}
	s.spent += n * s.Repeat
	if s.Repeat > 1 {
		reply = averaged(reply, s.Repeat)
	}
	return reply, nil
}

// accept refuses replies that don't fit the batch: the oracle may be remote.
func (s *session) accept(r oracle.Reply, n int) error {
	if r.N() != n || r.Classes != s.c || r.Kind != s.o.Answers() || len(r.Values) != n*r.Width() || r.Missing != nil && len(r.Missing) != n {
		return fmt.Errorf("attack: %d queries were answered by %d labels and %d values of %d classes as %s", n, r.N(), len(r.Values), r.Classes, r.Kind)
	}
	for i, y := range r.Labels {
		if y < 0 || y >= s.c {
			return fmt.Errorf("attack: answer %d is class %d, allowed 0..%d", i, y, s.c-1)
		}
	}
	for i, v := range r.Values {
		if math.IsNaN(v) {
			return fmt.Errorf("attack: value %d of the answers is not a number", i)
		}
	}
	return nil
}

// show yields a new copy.
func (s *session) show(copy model.Classifier, rounds int) error {
	s.round++
	return s.emit(Event{Kind: Rounded, Round: s.round, Rounds: max(rounds, s.round), Copy: copy})
}

func (s *session) emit(e Event) error {
	e.Queries = s.spent
	if !s.yield(e, nil) {
		return errBroken
	}
	return nil
}

// tick gives way in the attack's own loops.
func (s *session) tick() error {
	if s.Tick == nil {
		return nil
	}
	return s.Tick()
}

// row is input i.
func (s *session) row(i int) []float64 { return s.x[i*s.d : (i+1)*s.d] }

// uniform draws n inputs uniformly from the domain.
func (s *session) uniform(n int) []float64 {
	x := make([]float64, n*s.d)
	for i := range x {
		f := s.box[i%s.d]
		if k := len(f.Categories); k > 0 {
			x[i] = float64(s.r.IntN(k))
			continue
		}
		x[i] = f.Low + (f.High-f.Low)*s.r.Float64()
	}
	return x
}

// clip moves x into the domain: arithmetic may leave it by a last digit.
func (s *session) clip(x []float64) {
	for i := range x {
		f := s.box[i%s.d]
		x[i] = min(max(x[i], f.Low), f.High)
	}
}

// classes lists the classes seen among the labels.
func classes(labels []int, c int) []int {
	seen := make([]bool, c)
	for _, y := range labels {
		seen[y] = true
	}
	var out []int
	for k, yes := range seen {
		if yes {
			out = append(out, k)
		}
	}
	return out
}

// schedule spreads m queries over at most rounds growing batches and returns the
// totals after each. Equal steps suit small budgets; beyond first times rounds
// the steps grow by a factor, so that all trainings together cost a few times
// the last one.
func schedule(m, first, rounds int) []int {
	first = min(max(first, 1), m)
	rounds = max(1, min(rounds, m))
	if rounds == 1 {
		return []int{m}
	}
	first = min(first, max(1, m/rounds))
	// The steps are first·q^i with the q at which they sum to m.
	lo, hi := 1.0, 10.0
	sum := func(q float64) (t float64) {
		p := float64(first)
		for range rounds {
			t, p = t+p, p*q
		}
		return t
	}
	for sum(hi) < float64(m) && hi < 1e9 {
		hi *= 10
	}
	for range 60 {
		if mid := (lo + hi) / 2; sum(mid) < float64(m) {
			lo = mid
		} else {
			hi = mid
		}
	}
	totals := make([]int, 0, rounds)
	t, p := 0.0, float64(first)
	for i := range rounds {
		t, p = t+p, p*hi
		total := min(int(math.Round(t)), m)
		if i == rounds-1 {
			total = m
		}
		if len(totals) == 0 || total > totals[len(totals)-1] {
			totals = append(totals, total)
		}
	}
	return totals
}
