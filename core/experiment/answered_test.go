package experiment

import (
	"errors"
	"math"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// rightOf is the class of x > 0 on the line.
type rightOf struct{}

func (rightOf) Dim() int     { return 1 }
func (rightOf) Classes() int { return 2 }

func (rightOf) ScoresTo(dst, x []float64) {
	for i, v := range x {
		dst[2*i], dst[2*i+1] = -v, v
	}
}

var _ model.Classifier = rightOf{}

func batch(kind oracle.Kind, x []float64, labels ...int) attack.Event {
	return attack.Event{Kind: attack.Queried, X: x, Reply: oracle.Reply{Kind: kind, Classes: 2, Labels: labels}}
}

func TestACopyIsHeldAgainstTheLatestCompleteAnswers(t *testing.T) {
	t.Parallel()
	var a answered
	if v, err := a.agreement(rightOf{}, nil); err != nil || !math.IsNaN(v) {
		t.Errorf("%v, %v without answers", v, err)
	}
	a.add(batch(oracle.Labels, []float64{-1, 2, 3, math.NaN()}, 0, 1, 0, 0))
	a.add(batch(oracle.Value, []float64{5}, 0))
	if v, err := a.agreement(rightOf{}, nil); err != nil || v != 2.0/3 {
		t.Errorf("%v, %v of two right and one wrong", v, err)
	}
	for range 3 * maxAnswered {
		a.add(batch(oracle.Labels, []float64{1}, 1))
	}
	if v, err := a.agreement(rightOf{}, nil); err != nil || v != 1 || len(a.labels) > 2*maxAnswered+1 || len(a.x) != len(a.labels) {
		t.Errorf("%v, %v with %d answers kept", v, err, len(a.labels))
	}
	stop := errors.New("stop")
	if _, err := a.agreement(rightOf{}, func() error { return stop }); err != stop {
		t.Errorf("a stopped comparison returns %v", err)
	}
}
