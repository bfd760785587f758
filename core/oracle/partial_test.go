package oracle

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"modelheist/core/model"
)

// stump splits u at 0, then v at 2 on the left.
func stump(t *testing.T) *model.Tree {
	t.Helper()
	tree, err := model.NewTree(2, 2, []model.Node{
		{Feature: 0, Left: 1, Right: 2, Values: []float64{0.6, 0.4}},
		{Feature: 1, Threshold: 2, Left: 3, Right: 4, Values: []float64{0.3, 0.7}},
		{Feature: -1, Values: []float64{1, 0}},
		{Feature: -1, Values: []float64{0.8, 0.2}}, {Feature: -1, Values: []float64{0.1, 0.9}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestIncompleteInputsAreAnsweredWhereTheyAreAllowed(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	x := []float64{nan, nan, -1, nan, 1, nan, -1, 3}
	for _, fields := range []bool{false, true} {
		m := open(t, stump(t), Settings{Answers: Top1, Box: true, Budget: 9, Partial: true, Fields: fields})
		for _, f := range m.Domain() {
			if !f.Optional {
				t.Errorf("%s is announced as required", f.Name)
			}
		}
		r, err := m.Ask(x)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.Labels, []int{0, 1, 0, 1}) || !slices.Equal(r.Values, []float64{0.6, 0.7, 1, 0.9}) {
			t.Errorf("answers %v %v", r.Labels, r.Values)
		}
		if want := []int{0, 1, -1, -1}; fields && !slices.Equal(r.Missing, want) || !fields && r.Missing != nil {
			t.Errorf("fields = %v: missing %v", fields, r.Missing)
		}
		if m.Spent() != 4 {
			t.Errorf("spent %d", m.Spent())
		}
	}
	for _, f := range box {
		if f.Optional {
			t.Error("opening an oracle changed the caller's domain")
		}
	}
}

func TestRefusingIncompleteInputsNamesTheFeature(t *testing.T) {
	t.Parallel()
	m := open(t, stump(t), Settings{Answers: Top1, Budget: 9})
	_, err := m.Ask([]float64{0, 1, 0, math.NaN()})
	var refused *RangeError
	if !errors.As(err, &refused) || refused.Feature.Name != "v" || err.Error() != "oracle: query 1: v is missing (NaN), allowed are complete inputs only" {
		t.Errorf("%v", err)
	}
	if m.Spent() != 0 {
		t.Errorf("a refused query cost %d", m.Spent())
	}
	if _, err := Open(victim, box, Settings{Answers: Labels, Partial: true}); err == nil || !strings.HasPrefix(err.Error(), "oracle: partial = yes") {
		t.Errorf("a linear victim: %v", err)
	}
	if _, err := open(t, stump(t), Settings{Answers: Labels, Partial: true, Budget: 9}).Ask([]float64{math.Inf(1), 0}); !errors.As(err, &refused) {
		t.Errorf("+Inf: %v", err)
	}
}

func TestARegressionAnswersWithItsValue(t *testing.T) {
	t.Parallel()
	tree, err := model.NewRegressionTree(2, []model.Node{
		{Feature: 0, Left: 1, Right: 2, Values: []float64{5}}, {Feature: -1, Values: []float64{3.25}}, {Feature: -1, Values: []float64{7}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := open(t, tree, Settings{Answers: Value, Round: 1, Partial: true, Budget: 9}).Ask([]float64{-1, 0, 1, 0, math.NaN(), 0})
	if err != nil || r.Classes != 1 || r.Width() != 1 || !slices.Equal(r.Values, []float64{3.2, 7, 5}) || !slices.Equal(r.Labels, []int{0, 0, 0}) {
		t.Errorf("%+v, %v", r, err)
	}
	for _, kind := range []Kind{Labels, Margin, Top1} {
		if _, err := Open(tree, box, Settings{Answers: kind}); err == nil {
			t.Errorf("a regression answers %s", kind)
		}
	}
	if _, err := Open(victim, box, Settings{Answers: Value}); err == nil {
		t.Error("a classifier answers value")
	}
}
