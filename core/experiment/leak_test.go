package experiment

import (
	"math"
	"slices"
	"testing"

	"modelheist/core/attack"
)

func TestARoundTellsWhichTrainingPointsTheCopyHasGot(t *testing.T) {
	t.Parallel()
	spec := parse(t, "data=moons n=120 victim=klr representers=6")
	e, err := Prepare(spec, Env{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var leaks []*Leak
	for event, err := range e.Run(Env{}) {
		if err != nil {
			t.Fatal(err)
		}
		if (event.Leak != nil) != (event.Kind == attack.Rounded || event.Kind == attack.Ended) {
			t.Errorf("a leak at %s: %v", event.Kind, event.Leak)
		}
		if event.Kind == attack.Rounded {
			leaks = append(leaks, event.Leak)
		}
	}
	last := leaks[len(leaks)-1]
	if last.Mean > 1e-6 || last.Score() < 1e4 || last.Within(1e-5) != 6 {
		t.Errorf("solved, and yet mean %v, random %v", last.Mean, last.Random)
	}
	for i := 0; i < len(last.Truth); i += 2 {
		x, y := last.Truth[i], last.Truth[i+1]
		if far := math.Hypot(last.Found[i]-x, last.Found[i+1]-y); math.Abs(far-last.Distance[i/2]) > 1e-12 {
			t.Errorf("point %d lies %v from its match and not %v", i/2, far, last.Distance[i/2])
		}
		trained := false
		for j := 0; j < len(e.Train.X); j += 2 {
			trained = trained || e.Train.X[j] == x && e.Train.X[j+1] == y
		}
		if !trained {
			t.Errorf("(%v, %v) is no training point", x, y)
		}
	}
	if first := leaks[0]; len(leaks) > 1 && !(first.Mean > last.Mean) {
		t.Errorf("the first copy is at %v, the last at %v", first.Mean, last.Mean)
	}
}

func TestPointsThatNoTrainingPointIsLeftForHaveNone(t *testing.T) {
	t.Parallel()
	e, err := Prepare(parse(t, "data=moons n=120 victim=klr representers=3 copy-representers=5 attack=uniform queries=60 rounds=1"), Env{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for event, err := range e.Run(Env{}) {
		if err != nil {
			t.Fatal(err)
		}
		if event.Kind != attack.Ended {
			continue
		}
		l := event.Leak
		if l == nil || len(l.Found) != 10 || slices.IndexFunc(l.Truth, math.IsNaN) < 0 {
			t.Fatalf("got %+v", l)
		}
		for i, k := range l.Match {
			if math.IsNaN(l.Truth[2*i]) != (k < 0) {
				t.Errorf("point %d: match %d at %v", i, k, l.Truth[2*i])
			}
		}
	}
}

func TestOnlyAVictimThatHoldsTrainingPointsLeaksThem(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		"data=moons n=80 attack=uniform queries=30",
		"data=moons n=80 victim=logistic answers=probabilities copy=klr attack=uniform queries=30",
		"data=moons n=600 victim=klr representers=201 attack=uniform queries=30 rounds=1",
	} {
		e, err := Prepare(parse(t, settings), Env{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for event, err := range e.Run(Env{}) {
			if err != nil {
				t.Fatal(settings, err)
			}
			if event.Leak != nil {
				t.Fatalf("%s: %+v", settings, event.Leak)
			}
		}
	}
}
