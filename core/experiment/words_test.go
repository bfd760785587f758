package experiment

import (
	"math"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/domain"
	"modelheist/core/model"
)

func TestClaimsAreToldInTheUnitsOfTheData(t *testing.T) {
	t.Parallel()
	raw := domain.Domain{{Name: "width", Low: 0, High: 10}, {Name: "age", Low: 20, High: 60}, {Name: "colour", High: 2, Categories: []string{"red", "green", "blue"}}}
	box := domain.Domain{{Name: "width", Low: -1, High: 1}, {Name: "age", Low: -1, High: 1}, raw[2]}
	e := &Experiment{Set: &dataset.Set{Domain: box, Raw: raw, ClassNames: []string{"no", "yes"}}}
	values := []float64{0.25, 0.75}
	inf := math.Inf(1)
	for want, claim := range map[string]attack.Claim{
		"width ≤ 5 and 30 < age ≤ 50: yes, 75 %": {Leaf: &model.Box{Label: 1, Values: values, Bounds: []model.Bound{
			{Feature: 0, Low: -inf, High: 0}, {Feature: 1, Low: -0.5, High: 0.5},
		}}},
		"2.5 < width and colour is red or blue: no, 25 %": {Leaf: &model.Box{Values: values, Bounds: []model.Bound{
			{Feature: 0, Low: -0.5, High: inf}, {Feature: 1, Low: -inf, High: 1}, {Feature: 2, Set: []bool{true, false, true}},
		}}},
		"anywhere: 3":                  {Leaf: &model.Box{Values: []float64{3}}},
		"age: bins part at 41":         {Edge: &attack.Edge{Feature: 1, At: 0.05}},
		"width 10, age 20, colour red": {Point: []float64{1, -1, 0}},
		"":                             {Suspects: []attack.Suspect{{Name: "tree"}}},
	} {
		if got := e.Words(&claim); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestALongClaimSaysHowMuchMoreThereIs(t *testing.T) {
	t.Parallel()
	e := &Experiment{Set: &dataset.Set{}}
	for range 64 {
		e.Set.Domain = append(e.Set.Domain, domain.Feature{Name: "p", Low: -1, High: 1})
	}
	if got, want := e.PointWords(make([]float64, 64)), "p 0, p 0, p 0, p 0, p 0, p 0 and 58 more"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
