package paper

import (
	"reflect"
	"testing"

	"modelheist/core/dataset"
	"modelheist/core/model"
	"modelheist/site/data"
)

func TestDistinctTreesOfEveryRowAreStolenExactly(t *testing.T) {
	t.Parallel()
	for _, row := range Table6 {
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			r, err := Trees6{Distinct: true, Points: 2000}.Run(row, 1)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", r)
			for _, got := range []Theft{r.PathFinding, r.TopDown} {
				if got.Test != 100 || got.Unif != 100 {
					t.Errorf("agreement %v %% test, %v %% uniform", got.Test, got.Unif)
				}
			}
			if r.Leaves != row.Leaves || r.IDs != row.Leaves || r.Found != [2]int{row.Leaves, row.Leaves} {
				t.Errorf("%d leaves with %d ids, found %v", r.Leaves, r.IDs, r.Found)
			}
			ratio := float64(r.PathFinding.Queries) / float64(r.TopDown.Queries)
			if ratio < 1.5 {
				t.Errorf("top-down saves a factor of %.2f", ratio)
			}
		})
	}
}

func TestTheRowsAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, row := range Table6 {
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && row.Leaves > 200 {
				t.Skip("large")
			}
			r, err := Trees6{Points: 2000}.Run(row, 2)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("paper %v %v, %+v", row.PathFinding, row.TopDown, r)
			if r.Leaves != row.Leaves || r.IDs != row.IDs {
				t.Errorf("%d leaves, %d ids", r.Leaves, r.IDs)
			}
			if r.TopDown.Unif < 90 || r.TopDown.Unif < r.PathFinding.Unif-5 {
				t.Errorf("top-down agrees on %v %%, path-finding on %v %%", r.TopDown.Unif, r.PathFinding.Unif)
			}
		})
	}
}

func TestATheftIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	german := Table6[5]
	a, err := Trees6{Points: 500}.Run(german, 3)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := (Trees6{Points: 500}).Run(german, 3); !reflect.DeepEqual(a, b) {
		t.Errorf("%+v and %+v", a, b)
	}
	if b, _ := (Trees6{Points: 500}).Run(german, 4); reflect.DeepEqual(a, b) {
		t.Error("the seed has no effect")
	}
}

func TestRealTreesAreStolen(t *testing.T) {
	t.Parallel()
	for _, s := range dataset.ShippedSets {
		text, err := data.Open(s.File)
		if err != nil {
			t.Fatal(err)
		}
		set, err := dataset.ParseShipped(s.Name, text)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Trees6{Points: 2000}.Real(set, model.Recipe{Family: "tree", MinLeaf: 2, Laplace: 1}, 1)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", r)
		if r.TopDown.Test < 95 || r.TopDown.Unif < 95 || r.TopDown.Queries >= r.PathFinding.Queries {
			t.Errorf("%+v", r)
		}
	}
}
