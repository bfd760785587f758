package attack

import (
	"errors"
	"math"
	"slices"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

func TestInversionClimbsToTheCornerThatASoftmaxIsSurestOf(t *testing.T) {
	t.Parallel()
	// log p1 of two classes grows along (3, -1, 2) everywhere.
	m, err := model.NewLinear("softmax", 3, 2, []float64{0, 0, 0, 0, 3, -1, 2, -1})
	if err != nil {
		t.Fatal(err)
	}
	im, err := Inversion{Sure: 1}.Invert(Free(m), square(3), 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{1, -1, 1} {
		if math.Abs(im.X[j]-want) > 1e-9 {
			t.Errorf("ended at %v, the corner is (1, -1, 1)", im.X)
			break
		}
	}
	p := make([]float64, 2)
	m.ProbabilitiesTo(p, im.X)
	if p[1] != im.Confidence {
		t.Errorf("says %v, the model %v", im.Confidence, p[1])
	}
}

func TestInversionStopsWhenSureAndCountsItsQueries(t *testing.T) {
	t.Parallel()
	victim := tilted("softmax", 5, 3, 4)
	for class := range 3 {
		o := &fake{box: square(5), victim: victim, kind: oracle.Probabilities, left: 10_000}
		ask, err := Paid(o)
		if err != nil {
			t.Fatal(err)
		}
		black, err := Inversion{Sure: 0.9}.Invert(ask, o.box, 3, class)
		if err != nil {
			t.Fatal(err)
		}
		if black.Queries != o.asked || black.Confidence < 0.9 && black.Queries < 100 {
			t.Errorf("class %d: %+v after %d queries", class, black, o.asked)
		}
		white, err := Inversion{Sure: 0.9}.Invert(Free(victim), o.box, 3, class)
		if err != nil || !slices.Equal(white.X, black.X) {
			t.Errorf("class %d: white-box on the victim itself gives %v, black-box %v, error %v", class, white.X, black.X, err)
		}
	}
}

func TestInversionPassesErrorsOn(t *testing.T) {
	t.Parallel()
	o := &fake{box: square(2), victim: tilted("softmax", 2, 3, 4), kind: oracle.Probabilities, left: 2}
	ask, err := Paid(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Inversion{}).Invert(ask, o.box, 3, 0); !errors.Is(err, oracle.ErrBudget) {
		t.Errorf("beyond the budget: %v", err)
	}
	stop := errors.New("stop")
	if _, err := (Inversion{Sure: 1, Tick: func() error { return stop }}).Invert(Free(o.victim), o.box, 3, 0); !errors.Is(err, stop) {
		t.Errorf("tick: %v", err)
	}
	if _, err := Paid(&fake{kind: oracle.Labels}); err == nil {
		t.Error("labels were accepted")
	}
}
