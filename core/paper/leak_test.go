package paper

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/site/data"
)

// shipped is a data set of site/data, scaled to [-1, 1].
func shipped(t *testing.T, name, file string) *dataset.Set {
	t.Helper()
	text, err := data.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	set, err := dataset.ParseShipped(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return dataset.Scale(set)
}

func TestThePapersFiguresOfFig2FollowFromItsSizes(t *testing.T) {
	t.Parallel()
	for _, row := range Fig2 {
		if got := row.Queries * 10; got != row.Equations {
			t.Errorf("%s: %d equations, not %d", row.Name, got, row.Equations)
		}
		if got := row.Assumed*64 + 10*(row.Assumed+1); got != row.Unknowns {
			t.Errorf("%s: %d unknowns, not %d", row.Name, got, row.Unknowns)
		}
	}
}

func TestTwentyTrainingImagesLeakExactly(t *testing.T) {
	t.Parallel()
	set := shipped(t, "digits", "digits.csv.gz")
	for seed := range uint64(2) {
		r, err := Leaks{Gamma: 0.03}.Run(Fig2[0], set, seed)
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != attack.Solved || r.Leak.Within(1e-5) != 20 || r.Leak.Score() < 1e5 || r.Queries > 1000 {
			t.Errorf("seed %d: %s after %d queries, %d of 20 images, score %.3g", seed, r.Status, r.Queries, r.Leak.Within(1e-5), r.Leak.Score())
		}
		if r.Accuracy < 70 || r.Theft.Unif != 100 {
			t.Errorf("seed %d: accuracy %.1f %%, agreement %.2f %%", seed, r.Accuracy, r.Theft.Unif)
		}
	}
}

func TestTooManyAssumedRepresentersDoNoHarm(t *testing.T) {
	t.Parallel()
	set := shipped(t, "digits", "digits.csv.gz")
	r, err := Leaks{Gamma: 0.03}.Run(Leak2{Name: "over-estimated", Representers: 10, Assumed: 18, Queries: 5000}, set, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Found) != 10*64 || r.Leak.Within(1e-5) != 10 {
		t.Errorf("%d points found, %d of 10 images", len(r.Found)/64, r.Leak.Within(1e-5))
	}
}

func TestTheSameSeedLeaksTheSame(t *testing.T) {
	t.Parallel()
	g, _ := dataset.FindGenerator("blobs")
	o := g.Default
	o.N = 100
	set, err := dataset.Generate("blobs", o, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	set = dataset.Scale(set)
	var r [2]ResultLeak
	for i := range r {
		if r[i], err = (Leaks{Gamma: 10}).Run(Leak2{Name: "blobs", Representers: 4, Assumed: 4, Queries: 60}, set, 5); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(r[0], r[1]) {
		t.Errorf("%+v\n%+v", r[0], r[1])
	}
	if r[0].Leak.Within(1e-6) != 4 || r[0].Queries > 60 {
		t.Errorf("%d of 4 representers after %d queries", r[0].Leak.Within(1e-6), r[0].Queries)
	}
}

func TestStealingFirstSpares20TimesTheQueriesOfInversion(t *testing.T) {
	t.Parallel()
	r, err := Images{}.Run(shipped(t, "digits", "digits.csv.gz"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if r.Fewer() < 20 || r.Apart > 1e-6 {
		t.Errorf("%d queries black-box, %d to steal, images %g apart", r.BlackSum, r.Theft.Queries, r.Apart)
	}
	for i, im := range r.White {
		if math.Abs(im.Confidence-r.Black[i].Confidence) > 1e-6 || im.Confidence < 0.999 || r.WhiteLike[i] < 0.2 {
			t.Errorf("class %d: confidence %v and %v, correlation with the mean %v", im.Class, im.Confidence, r.Black[i].Confidence, r.WhiteLike[i])
		}
	}
}
