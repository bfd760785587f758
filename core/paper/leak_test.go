package paper

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
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

// pictured runs the first seed of some rows and reads the pictures from the
// report's JSON.
func pictured(t *testing.T, name string, rows ...int) (values [][]float64, pictures [][]struct {
	Name  string
	Width int
	Grey  [][]int
}) {
	t.Helper()
	p := plan(t, name, Options{Seeds: 1})
	var done []Done
	for _, i := range rows {
		out, _, err := p.Cells[i].Run(env, nil)
		if err != nil {
			t.Fatal(err)
		}
		values, done = append(values, out.Values), append(done, Done{i, out})
	}
	var report struct {
		Captions []string
		Runs     []struct {
			Pictures []struct {
				Name  string
				Width int
				Grey  [][]int
			}
		}
	}
	if err := json.Unmarshal(p.Report(done, false).AppendJSON(nil), &report); err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Runs {
		pictures = append(pictures, r.Pictures)
		for _, p := range r.Pictures {
			if len(p.Grey) != len(report.Captions) {
				t.Fatalf("%d images for the captions %v", len(p.Grey), report.Captions)
			}
			for _, grey := range p.Grey {
				if len(grey) != 64 || p.Width != 8 {
					t.Fatalf("%d pixels in rows of %d", len(grey), p.Width)
				}
			}
		}
	}
	return values, pictures
}

// alike is equality but for how a shade between two was rounded.
func alike(a, b []int) bool {
	return slices.EqualFunc(a, b, func(u, v int) bool { return u-v <= 1 && v-u <= 1 })
}

func TestFigure2ShowsTheTrainingImagesThatLeaked(t *testing.T) {
	t.Parallel()
	values, pictures := pictured(t, "fig2", 0)
	if v := values[0]; v[0] > 5000 || v[1] != 1490 || v[3] != 100 || v[4] != 20 || !(v[5] < 1e-5) || !(v[7] > 1e5) {
		t.Errorf("%v", v)
	}
	if len(pictures[0]) != 20 {
		t.Fatalf("%d pictures", len(pictures[0]))
	}
	dark := 0
	for _, p := range pictures[0] {
		if !alike(p.Grey[0], p.Grey[1]) {
			t.Errorf("%s: found %v, true %v", p.Name, p.Grey[0], p.Grey[1])
		}
		for _, v := range p.Grey[0] {
			if v > 200 {
				dark++
			}
		}
	}
	if dark < 20 {
		t.Errorf("%d pixels in all are bright", dark)
	}
}

func TestInversionOfAStolenModelGivesTheSameImagesForATwentiethOfTheQueries(t *testing.T) {
	t.Parallel()
	values, pictures := pictured(t, "inversion", 0, 1, 2)
	for i, v := range values {
		if v[5] < 99.9 || v[6] < 99.9 || math.Abs(v[7]-v[8]) > 0.02 || i != 1 && v[2] < 20 || i > 0 && v[9] > 1e-6 {
			t.Errorf("%v", v)
		}
	}
	for _, p := range pictures[2] {
		if !alike(p.Grey[0], p.Grey[1]) || alike(p.Grey[0], p.Grey[2]) {
			t.Errorf("%s: %v", p.Name, p.Grey)
		}
	}
}
