package experiment

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/model"
	"modelheist/site/data"
)

func prepare(t *testing.T, settings string, prev *Experiment) *Experiment {
	t.Helper()
	e, err := Prepare(parse(t, settings), Env{Open: data.Open}, prev)
	if err != nil {
		t.Fatalf("%s: %v", settings, err)
	}
	return e
}

func events(t *testing.T, e *Experiment, env Env) []Event {
	t.Helper()
	var all []Event
	for ev, err := range e.Run(env) {
		if err != nil {
			t.Fatalf("%s: %v", e.Spec, err)
		}
		all = append(all, ev)
	}
	return all
}

func TestEveryRunEndsOnceWithinItsBudgetAndIsMeasured(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		"n=100 queries=40",
		"n=100 victim=logistic answers=probabilities alpha=1",
		"n=100 victim=logistic attack=line-search queries=30",
		"n=100 data=blobs victim=softmax answers=probabilities round=3",
		"n=100 data=blobs victim=ovr attack=uniform queries=30",
		"n=100 victim=mlp hidden=3 answers=logits",
		"n=100 answers=margin attack=uniform queries=30 box=yes",
		"data=iris victim=softmax queries=30",
		"data=iris victim=softmax answers=probabilities attack=log-ratios alpha=0.4",
		"data=iris victim=softmax answers=probabilities copy=mlp copy-hidden=4 queries=40",
		"n=100 victim=knn answers=probabilities copy=softmax queries=40",
		"n=100 victim=logistic copy=svm queries=30",
		"n=100 victim=logistic answers=probabilities attack=extract-and-test queries=60",
		"n=100 answers=margin attack=extract-and-test queries=60",
		"n=100 victim=logistic attack=lowd-meek alpha=20",
		"n=100 victim=logistic attack=lowd-meek alpha=20 box=yes",
		"n=100 kernel=poly attack=lowd-meek queries=30 box=yes",
		"n=100 victim=mlp hidden=3 copy=knn queries=30",
		"n=100 victim=knn neighbours=3 answers=probabilities attack=uniform queries=30",
		"n=100 victim=klr gamma=10 representers=5",
		"n=100 victim=klr gamma=10 representers=5 copy-representers=7 answers=logits",
		"n=100 victim=klr representers=4 answers=labels queries=40",
		"n=100 victim=klr representers=4 round=3",
		"n=100 victim=mlp hidden=3 copy=klr copy-representers=4 answers=probabilities attack=kernel-leak queries=40",
		"n=100 victim=tree",
		"n=100 victim=tree partial=yes queries=30",
		"data=iris victim=tree answers=probabilities partial=yes fields=no smoothing=0 epsilon=0.01",
		"n=100 victim=tree answers=labels depth=3 queries=30",
		"n=100 victim=tree copy=mlp copy-hidden=3 answers=probabilities alpha=1",
		"n=100 victim=mlp hidden=3 copy=tree answers=probabilities queries=30",
		"n=100 victim=tree members=4 queries=40",
		"n=100 victim=logistic privacy=1 queries=30",
		"data=breast-cancer victim=logistic privacy=1 privacy-method=output answers=probabilities alpha=1",
		"n=100 victim=logistic answers=probabilities answer-noise=0.1 alpha=3",
		"n=100 data=blobs victim=softmax answers=top1 answer-noise=0.1 noise-kind=fixed round=2 attack=uniform queries=30",
		"n=100 answer-noise=0.1 queries=40",
		"n=100 answers=margin answer-noise=0.1 attack=extract-and-test queries=60",
		"n=100 victim=tree answers=probabilities answer-noise=0.1 attack=extract-and-test queries=60",
		"n=100 victim=klr gamma=10 representers=4 answer-noise=0.05 queries=60",
		"n=100 victim=logistic attack=lowd-meek alpha=20 answer-noise=0.2",
		"data=iris victim=softmax answers=probabilities attack=log-ratios answer-noise=0.01 alpha=1",
		"n=100 victim=logistic members=3 copy-members=2 queries=30",
		"n=100 victim=mlp hidden=3 members=2 answers=probabilities round=3 queries=30",
		"data=iris victim=softmax members=3 answers=probabilities attack=log-ratios alpha=0.4",
		"n=100 victim=tree members=3 answers=top1 attack=extract-and-test queries=60",
		"n=100 victim=logistic bins=5 answers=top1 partial=yes queries=90",
		"data=iris victim=softmax bins=4 answers=probabilities queries=40",
		"n=100 victim=logistic bins=4 queries=30",
		"n=100 victim=softmax bins=4 answers=probabilities copy=mlp copy-hidden=3 queries=60",
		"n=100 victim=softmax answers=probabilities partial=yes alpha=2",
		"data=points points=AAAAAAAA__8B__8B victim=logistic queries=5",
	} {
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			e := prepare(t, settings, nil)
			all := events(t, e, Env{})
			queries := 0
			for i, ev := range all {
				if ev.Kind == attack.Queried {
					queries += ev.Reply.N()
				}
				if ev.Queries != queries {
					t.Fatalf("event %d says %d queries, asked were %d", i, ev.Queries, queries)
				}
				if ev.Kind == attack.Rounded && ev.Measures == nil {
					t.Errorf("round %d is not measured", ev.Round)
				}
				if (ev.Kind == attack.Ended) != (i == len(all)-1) {
					t.Errorf("event %d of %d is %s", i+1, len(all), ev.Kind)
				}
			}
			end := all[len(all)-1]
			if queries > e.Budget || end.Measures == nil || math.IsNaN(end.Measures.RUnif) {
				t.Errorf("%d of %d queries, %+v", queries, e.Budget, end)
			}
		})
	}
}

// trace writes a run down to the last bit of its queries and measures.
func trace(all []Event) string {
	var b strings.Builder
	for _, ev := range all {
		fmt.Fprintf(&b, "%s %d %x %v %v\n", ev.Kind, ev.Queries, ev.X, ev.Reply, ev.Status)
		if ev.Measures != nil {
			fmt.Fprintf(&b, "%x %x\n", *ev.Measures, ev.Moved)
		}
	}
	return b.String()
}

func TestTheSameSpecGivesTheSameEvents(t *testing.T) {
	t.Parallel()
	const settings = "n=100 victim=mlp hidden=4 queries=30 seed=7"
	first := prepare(t, settings, nil)
	want := trace(events(t, first, Env{}))
	if got := trace(events(t, prepare(t, settings, nil), Env{})); got != want {
		t.Error("two runs of one Spec differ")
	}
	if got := trace(events(t, first, Env{})); got != want {
		t.Error("running an Experiment again differs from the first time")
	}
	if got := trace(events(t, prepare(t, settings, first), Env{})); got != want {
		t.Error("a shared victim changes the run")
	}
	if got := trace(events(t, prepare(t, strings.Replace(settings, "seed=7", "seed=8", 1), nil), Env{})); got == want {
		t.Error("the seed has no effect")
	}
}

func TestPrepareSharesWhatTheSpecsShare(t *testing.T) {
	t.Parallel()
	first := prepare(t, "n=100", nil)
	sameVictim := prepare(t, "n=100 attack=uniform queries=10", first)
	if sameVictim.Victim != first.Victim || sameVictim.yardstick != first.yardstick {
		t.Error("another attack retrained the victim")
	}
	sameData := prepare(t, "n=100 victim=logistic", first)
	if sameData.Set != first.Set || sameData.Victim == first.Victim {
		t.Error("another victim must keep the data and be trained")
	}
	if other := prepare(t, "n=101", first); other.Set == first.Set || other.Victim == first.Victim {
		t.Error("other data must be made and trained on")
	}
}

func TestGoalAndPatienceStopTheRun(t *testing.T) {
	t.Parallel()
	goal := events(t, prepare(t, "n=100 victim=logistic queries=200 goal=0.9", nil), Env{})
	if end := goal[len(goal)-1]; end.Status != Goal || 1-end.Measures.RUnif < 0.9 || end.Queries == 200 {
		t.Errorf("goal: %+v", end)
	}
	patience := events(t, prepare(t, "n=100 victim=logistic attack=uniform queries=400 rounds=40 patience=20", nil), Env{})
	if end := patience[len(patience)-1]; end.Status != Patience || end.Queries == 400 {
		t.Errorf("patience: %+v", end)
	}
}

func TestOnlyTheLastCopyIsMeasuredOnRequest(t *testing.T) {
	t.Parallel()
	e := prepare(t, "n=100 victim=logistic queries=30", nil)
	full, last := events(t, e, Env{}), events(t, e, Env{LastOnly: true})
	for _, ev := range last[:len(last)-1] {
		if ev.Measures != nil {
			t.Error("a round was measured")
		}
	}
	if got, want := last[len(last)-1].Measures, full[len(full)-1].Measures; got.RUnif != want.RUnif || got.RTest != want.RTest {
		t.Errorf("%+v, want %+v", got, want)
	}
}

var errStop = errors.New("stop")

func TestTickStopsEveryStage(t *testing.T) {
	t.Parallel()
	spec := parse(t, "n=200 victim=mlp queries=40")
	for _, after := range []int{0, 3, 30} {
		left := after
		tick := func() error {
			if left--; left < 0 {
				return errStop
			}
			return nil
		}
		if _, err := Prepare(spec, Env{Tick: tick}, nil); !errors.Is(err, errStop) {
			t.Errorf("after %d ticks: %v", after, err)
		}
	}
	e := prepare(t, spec.String(), nil)
	for _, err := range e.Run(Env{Tick: func() error { return errStop }}) {
		if err != nil && !errors.Is(err, errStop) {
			t.Error(err)
		}
	}
}

func TestDataThatNoVictimCanBeTrainedOnAreRefusedInWords(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"ragged.csv": "a,b,c\n1,2,x\n1,2\n", "one.csv": "1,2,x\n3,4,x\n", "empty.csv": "",
		"text.csv": "a,b,c\n" + strings.Repeat("1,2,x\n3,4,y\n", 10) + "1,oops,x\n",
	}
	env := Env{Open: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no such file")
	}}
	for _, c := range []struct{ settings, says string }{
		{"data=csv file=ragged.csv", "line 3"},
		{"data=csv file=one.csv", "two classes"},
		{"data=csv file=empty.csv", "empty.csv"},
		{"data=csv file=text.csv", "oops"},
		{"data=csv file=none.csv", "no such file"},
		{"data=iris", "no such file"},
		{"data=points points=AAAA", "two"},
		{"data=points points=AAAAAAAA", "two classes"},
		{"data=points points=AAA", "cut off"},
		{"data=blobs victim=logistic", "takes two classes and the data have 3"},
		{"data=blobs victim=softmax answers=top1", "one of 3"},
		{"data=blobs victim=klr answers=top1", "one of 3"},
		{"n=20 victim=klr", "more than the 14 training points"},
	} {
		spec := parse(t, c.settings)
		_, err := Prepare(spec, env, nil)
		if !errors.As(err, new(*ParamError)) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want a ParamError with %q", c.settings, err, c.says)
		}
	}
}

func TestACopyOfAnotherFamilyHasNoParameterError(t *testing.T) {
	t.Parallel()
	for settings, same := range map[string]bool{
		"data=blobs n=100 victim=softmax answers=probabilities queries=30":                 true,
		"data=blobs n=100 victim=softmax answers=probabilities copy=ovr queries=30":        false,
		"data=blobs n=100 victim=softmax attack=uniform copy=svm queries=30":               false,
		"n=100 victim=mlp hidden=3 answers=probabilities copy=softmax queries=30":          false,
		"n=100 victim=svm attack=uniform copy=mlp copy-hidden=5 queries=30 answers=labels": false,
	} {
		all := events(t, prepare(t, settings, nil), Env{})
		m := all[len(all)-1].Measures
		if math.IsNaN(m.ParamError) == same {
			t.Errorf("%s: parameter error %v", settings, m.ParamError)
		}
		if math.IsNaN(m.RUnif) {
			t.Errorf("%s: no agreement measured", settings)
		}
	}
}

func TestTopDownReadsATreeOffItsAnswers(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		"data=breast-cancer victim=tree partial=yes epsilon=1e-7",
		"data=wine victim=tree partial=yes answers=probabilities epsilon=1e-7",
		"data=iris victim=tree partial=yes answers=probabilities epsilon=1e-7",
	} {
		e := prepare(t, settings, nil)
		all := events(t, e, Env{LastOnly: true})
		end := all[len(all)-1]
		claims := 0
		for _, ev := range all {
			if ev.Kind == attack.Claimed {
				claims++
			}
		}
		if end.Measures.RTest != 0 || end.Measures.RUnif > 1e-4 || 2*claims-1 != e.Unknowns {
			t.Errorf("%s: %d leaves of %d nodes, %+v", settings, claims, e.Unknowns, end.Measures)
		}
	}
}

func TestEnsemblesAreVictimsAndCopies(t *testing.T) {
	t.Parallel()
	one := prepare(t, "n=100 data=blobs victim=softmax", nil)
	e := prepare(t, "n=100 data=blobs victim=softmax members=5 copy-members=3 queries=60", one)
	if n := len(e.Victim.(*model.Ensemble).Members()); n != 5 || e.Unknowns != 5*one.Unknowns {
		t.Errorf("%d members and %d unknowns, one model has %d", n, e.Unknowns, one.Unknowns)
	}
	all := events(t, e, Env{})
	for _, ev := range all {
		if ev.Copy != nil && ev.Queries == 60 && len(ev.Copy.(*model.Ensemble).Members()) != 3 {
			t.Errorf("the copy is a %T", ev.Copy)
		}
	}
	if m := all[len(all)-1].Measures; !(m.RUnif < 0.05) {
		t.Errorf("R_unif = %v after 60 queries", m.RUnif)
	}
	forest := prepare(t, "n=100 victim=tree members=5 queries=40", nil)
	k := 0
	for _, m := range forest.Victim.(*model.Ensemble).Members() {
		k += m.(*model.Tree).Unknowns()
	}
	if forest.Unknowns != k || len(forest.copied().Hidden) != 0 || forest.copied().Members != 0 {
		t.Errorf("a forest of %d nodes has %d unknowns", k, forest.Unknowns)
	}
}

func TestAServiceOfAFileHasItsCategories(t *testing.T) {
	t.Parallel()
	text := "age,work,income\n"
	for i := range 60 {
		text += fmt.Sprintf("%d,job%d,%d\n", 20+i*7%41, i%4, (i%4)/2)
	}
	spec, err := Parse(strings.Fields("data=csv file=a.csv victim=logistic bins=4 answers=probabilities partial=yes"))
	if err != nil {
		t.Fatal(err)
	}
	env := Env{Open: func(string) ([]byte, error) { return []byte(text), nil }}
	e, err := Prepare(spec, env, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e.Set.D() != 2 || len(e.Set.Domain[1].Categories) != 4 || e.Unknowns != 4+4+1 {
		t.Fatalf("%d features, %d unknowns", e.Set.D(), e.Unknowns)
	}
	all := events(t, e, env)
	if end := all[len(all)-1]; end.Status != attack.Solved || end.Measures.RUnif > 0.001 || end.Measures.EdgeError > 1e-3 {
		t.Errorf("%s %+v", end.Status, end.Measures)
	}
	spec, err = spec.With("bins", "")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Prepare(spec, env, e)
	if err != nil {
		t.Fatal(err)
	}
	if plain.Set.D() != 5 {
		t.Errorf("without bins, %d features; want one for each category", plain.Set.D())
	}
}
