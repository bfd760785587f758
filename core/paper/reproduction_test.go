package paper

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/site/data"
)

var env = experiment.Env{Open: data.Open}

// find is the index of a plan's row.
func find(t *testing.T, p *Plan, name string) int {
	t.Helper()
	i := slices.IndexFunc(p.Rows, func(r Row) bool { return r.Name() == name })
	if i < 0 {
		t.Fatalf("%s has no row %q", p.Name, name)
	}
	return i
}

func plan(t *testing.T, name string, o Options) *Plan {
	t.Helper()
	r, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Plan(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// runAll runs a plan and returns its values.
func runAll(t *testing.T, p *Plan) (done []Done) {
	t.Helper()
	for d, err := range p.Run(env) {
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, d)
	}
	return done
}

// equal is equality in which NaN equals NaN.
func equal(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

func TestThePapersFiguresAreThePapers(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []struct {
		name, row string
		want      []float64
	}{
		{"table4", "Softmax, 0.5", []float64{265, 99.96, 99.75, nan, nan}},
		{"table4", "OvR, 1", []float64{530, 100, 100, nan, nan}},
		{"table4", "MLP, 20 hidden, 2", []float64{4450, 99.89, 99.82, nan, nan}},
		{"table6", "Email Spam", []float64{219, 78, 29, 87.20, 100, 42324, 99.70, 100, 21808}},
		{"fig2", "(a) 20 random training points", []float64{5000, 1490, nan, nan, nan, nan, nan, nan}},
		{"inversion", "equations, α = 0.1", []float64{800000, 41216, 800000. / 41216, nan, nan, nan, nan, nan, nan, nan}},
		{"table7", "Iris", []float64{644, 100, nan, nan}},
		{"fig4", "adaptive, 50", []float64{8.5e-4, 7.1e-4}},
		{"fig4", "lowd-meek, 20", []float64{.0329, .087}},
		{"fig5", "line-search, 0.5", []float64{.535, .562}},
		{"fig6", "uniform, 8", []float64{.083, .087}},
		{"fig7", "2 decimals, 100", []float64{4.4e-5, nan}},
		{"fig7", "labels only, 1", []float64{.195, nan}},
	} {
		p := plan(t, c.name, Options{Full: true})
		if got := p.Rows[find(t, p, c.row)].Paper; !equal(got, c.want) {
			t.Errorf("%s, %s: %v, want %v", c.name, c.row, got, c.want)
		}
	}
}

func TestEveryReproductionHasAPlanForBothSizes(t *testing.T) {
	t.Parallel()
	for _, r := range Reproductions {
		var cells [2]int
		for i, full := range []bool{false, true} {
			p, err := r.Plan(Options{Full: full})
			if err != nil {
				t.Fatal(err)
			}
			cells[i] = len(p.Cells)
			for _, row := range p.Rows {
				if len(row.Paper) != len(r.Columns) || len(row.Sets) == 0 {
					t.Errorf("%s, %s: %d figures in %d columns, %d sets", r.Name, row.Name(), len(row.Paper), len(r.Columns), len(row.Sets))
				}
			}
			again, err := r.Plan(Options{Full: full})
			if err != nil {
				t.Fatal(err)
			}
			for j, c := range p.Cells {
				if d := again.Cells[j]; c.Row != d.Row || c.Set != d.Set || c.Seed != d.Seed || c.Spec.String() != d.Spec.String() {
					t.Errorf("%s: cell %d is %v and %v", r.Name, j, c, d)
				}
			}
		}
		if cells[0] == 0 || cells[0] >= cells[1] {
			t.Errorf("%s has %d cells, %d in full", r.Name, cells[0], cells[1])
		}
	}
}

func TestACellsOutcomeDoesNotDependOnItsNeighbours(t *testing.T) {
	t.Parallel()
	p := plan(t, "table4", Options{Seeds: 1, Settings: []string{"data=iris", "victim=softmax"}})
	done := runAll(t, p)
	for i := len(p.Cells) - 1; i >= 0; i-- {
		out, _, err := p.Cells[i].Run(env, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !equal(out.Values, done[i].Values) || out.Queries != done[i].Queries {
			t.Errorf("%s: %v alone, %v after others", p.Cells[i].Spec, out, done[i])
		}
	}
	other := plan(t, "table4", Options{Seeds: 2, Settings: []string{"data=iris", "victim=softmax", "alpha=0.5"}})
	done = runAll(t, other)
	if len(done) != 2 || equal(done[0].Values, done[1].Values) {
		t.Errorf("the seed has no effect: %v", done)
	}
}

func TestSoftmaxAndOneVsRestAreExactFromAsManyAnswersAsUnknowns(t *testing.T) {
	t.Parallel()
	for _, victim := range []string{"softmax", "ovr"} {
		p := plan(t, "table4", Options{Seeds: 2, Settings: []string{"data=iris", "victim=" + victim, "alpha=1"}})
		for _, d := range runAll(t, p) {
			if d.Queries > 15 || d.Values[1] != 100 || d.Values[2] != 100 || !(d.Values[3] < 1e-6 && d.Values[4] < 1e-6) {
				t.Errorf("%s: %v", p.Cells[d.Index].Spec, d)
			}
		}
	}
}

func TestLogRatiosNeedAnAnswerForEachFeature(t *testing.T) {
	t.Parallel()
	p := plan(t, "table4", Options{Seeds: 1, Settings: []string{"attack=log-ratios"}})
	p.Cells = slices.DeleteFunc(p.Cells, func(c Cell) bool { return c.Set == "Digits" && testing.Short() })
	for _, d := range runAll(t, p) {
		want := map[string]int{"Digits": 65, "Iris": 5, "5-Class": 21, "Blobs": 3}[p.Cells[d.Index].Set]
		if d.Queries != want || d.Values[1] != 100 || !(d.Values[2] >= 99.99) {
			t.Errorf("%s: %v, want %d queries", p.Cells[d.Index].Spec, d, want)
		}
	}
}

func TestTheLadderOfRounding(t *testing.T) {
	t.Parallel()
	p := plan(t, "fig7", Options{Seeds: 3, Settings: []string{"alpha=5"}})
	p.Cells = slices.DeleteFunc(p.Cells, func(c Cell) bool { return c.Set == "5-Class" })
	values := p.Values(runAll(t, p))
	at := func(group string) float64 { return Mean(p.Of(values, find(t, p, group+", 5"), 1, "")) }
	last := 0.0
	for _, group := range []string{"not rounded", "5 decimals", "4 decimals", "3 decimals", "2 decimals"} {
		if v := at(group); v < last {
			t.Errorf("%s: R_unif %v after %v", group, v, last)
		} else {
			last = v
		}
	}
	if labels := at("labels only"); labels < 4*last {
		t.Errorf("labels only: R_unif %v, with 2 decimals %v", labels, last)
	}
	if v := at("not rounded"); v != 0 {
		t.Errorf("not rounded: R_unif %v", v)
	}
}

func TestAdaptiveBeatsUniform(t *testing.T) {
	t.Parallel()
	p := plan(t, "fig4", Options{Seeds: 3, Settings: []string{"alpha=20", "data=breast-cancer"}})
	values := p.Values(runAll(t, p))
	at := func(group string) float64 { return Mean(p.Of(values, find(t, p, group+", 20"), 1, "")) }
	if a, u := at("adaptive"), at("uniform"); !(a < u/2) {
		t.Errorf("R_unif %v by adaptive retraining, %v by uniform", a, u)
	}
}

func TestSettingsPickReplaceAndAdd(t *testing.T) {
	t.Parallel()
	all := plan(t, "fig4", Options{Seeds: 1})
	for _, c := range []struct {
		name, settings string
		cells          int
		spec           string // of the first cell
	}{
		{"fig4", "alpha=5", len(all.Cells) / 8, ""},
		{"fig4", "attack=uniform alpha=5", 3, ""},
		{"fig4", "attack=uniform alpha=5 data=moons", 1, "data=moons n=5000 noise=0.25 seed=1 victim=logistic answers=labels attack=uniform alpha=5"},
		{"fig4", "attack=uniform alpha=5 data=moons n=100", 1, "data=moons n=100 seed=1 victim=logistic answers=labels attack=uniform alpha=5"},
		{"fig4", "attack=uniform alpha=5 data=moons C=9", 1, "data=moons n=5000 noise=0.25 seed=1 victim=logistic C=9 answers=labels attack=uniform alpha=5"},
		{"fig6", "attack=uniform alpha=5 data=moons gamma=3", 1, "data=moons n=5000 noise=0.25 seed=1 victim=svm kernel=rbf C=1 gamma=3 answers=labels attack=uniform alpha=5"},
		{"fig6", "attack=uniform alpha=5 file=a.csv gamma=3", 1, "data=csv file=a.csv seed=1 victim=svm kernel=rbf C=1 gamma=3 answers=labels attack=uniform alpha=5"},
		{"table4", "file=adult.csv label=race", 8, ""},
		{"table4", "data=iris", 9, ""},
		{"table7", "data=iris", 2, "data=iris seed=1 victim=softmax bins=10 answers=probabilities partial=yes attack=bin-edges queries=644"},
		{"table7", "data=digits", 1, ""},
		{"table7", "data=moons", 2, "data=moons seed=1 victim=logistic bins=10 answers=probabilities partial=yes attack=bin-edges queries=20000"},
	} {
		p := plan(t, c.name, Options{Seeds: 1, Settings: strings.Fields(c.settings)})
		if len(p.Cells) != c.cells || c.spec != "" && p.Cells[0].Spec.String() != c.spec {
			t.Errorf("%s %s: %d cells, the first %q", c.name, c.settings, len(p.Cells), p.Cells[0].Spec)
		}
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, setting, key string }{
		{"fig4", "alpha=3", "alpha"}, {"fig4", "seed=3", "seed"}, {"fig4", "speed=3", "speed"}, {"fig4", "label", "label"},
		{"table6", "alpha=3", "alpha"}, {"fig6", "file=a.csv", "gamma"}, {"fig4", "hidden=3", "hidden"},
	} {
		r, err := Find(c.name)
		if err != nil {
			t.Fatal(err)
		}
		var bad *experiment.ParamError
		if _, err := r.Plan(Options{Settings: []string{c.setting}}); !errors.As(err, &bad) || bad.Key != c.key {
			t.Errorf("%s %s: %v", c.name, c.setting, err)
		}
	}
	if _, err := Find("fig1"); err == nil {
		t.Error("figure 1 is found")
	}
}

func TestTheRunningMinimumIsThePlots(t *testing.T) {
	t.Parallel()
	p := &Plan{Reproduction: Reproduction{Columns: []Column{rTest, agreeTest, queries}}}
	var done []Done
	for i, v := range []float64{.1, .3, .2, .05} {
		p.Rows = append(p.Rows, Row{Group: "a", X: float64(i + 1)})
		p.Cells = append(p.Cells, Cell{Row: i, Set: "s", Seed: 1})
		done = append(done, Done{i, Outcome{Values: []float64{v, 100 - 100*v, 10}, Queries: 4 + i}})
	}
	p.Cells = append(p.Cells, Cell{Row: 3, Set: "s", Seed: 2})
	done = append(done, Done{4, Outcome{Values: []float64{.5, 50, 10}, Queries: 9}})
	want := [][]float64{{1, 0, 10}, {.3, 70, 10}, {.2, 80, 10}, {.05, 95, 10}, {.5, 50, 10}}
	if got := p.RunningMinimum(done); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if done[0].Values[0] != .1 {
		t.Error("the raw figures have changed")
	}
}

func TestTheWorstIsByKind(t *testing.T) {
	t.Parallel()
	v := []float64{2, 1, 3}
	for kind, want := range map[Kind]float64{Error: 3, Agreement: 1, Gain: 1, Cost: 3} {
		if got := (Column{Kind: kind}).Worst(v); got != want {
			t.Errorf("%s: %v, want %v", kind, got, want)
		}
	}
	if got := Mean(v); got != 2 {
		t.Errorf("mean %v", got)
	}
	if !math.IsNaN(Mean(nil)) || !math.IsNaN(Column{Kind: Error}.Worst(nil)) {
		t.Error("nothing has a mean")
	}
}

// adult is a file with the columns and categories of UCI's Adult, 6 numbers and
// 8 texts, and made-up rows.
func adult() []byte {
	var b strings.Builder
	b.WriteString("age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,capital-loss,hours-per-week,native-country,income\n")
	for i := range 420 {
		category := func(name string, n int, missing bool) string {
			if k := (i*7 + i/n) % n; k > 0 || !missing {
				return name + strconv.Itoa(k)
			}
			return "?"
		}
		fields := []string{
			strconv.Itoa(17 + i%70), category("work", 9, true), strconv.Itoa(12285 + 991*i), category("school", 16, false), strconv.Itoa(1 + i%16),
			category("married", 7, false), category("job", 15, true), category("kin", 6, false), category("race", 5, false), category("sex", 2, false),
			strconv.Itoa(i % 3 * 5000), strconv.Itoa(i % 5 * 100), strconv.Itoa(1 + i%99), category("country", 42, true), category("income", 2, false),
		}
		b.WriteString(strings.Join(fields, ", ") + "\n")
	}
	return []byte(b.String())
}

func TestAdultHasThePapersFeatures(t *testing.T) {
	t.Parallel()
	files := experiment.Env{Open: func(string) ([]byte, error) { return adult(), nil }}
	for label, features := range map[string]int{"race": 105, "income": 108} {
		p := plan(t, "table4", Options{Settings: []string{"file=adult.csv", "label=" + label, "victim=softmax", "alpha=0.5"}})
		e, err := experiment.Prepare(p.Cells[0].Spec, files, nil)
		if err != nil {
			t.Fatal(err)
		}
		if e.Set.D() != features || e.Train.N() != 294 {
			t.Errorf("label=%s: %d features, want %d; %d training points of %d", label, e.Set.D(), features, e.Train.N(), e.Set.N())
		}
		for _, v := range e.Set.X {
			if v < -1 || v > 1 {
				t.Fatalf("a value of %v", v)
			}
		}
		if label == "race" && e.Unknowns != 530 {
			t.Errorf("%d unknowns", e.Unknowns)
		}
	}
}

func TestServicesAreRebuiltFromThePapersQueriesOrFewer(t *testing.T) {
	t.Parallel()
	p := plan(t, "table7", Options{Seeds: 3})
	p.Cells = slices.DeleteFunc(p.Cells, func(c Cell) bool { return c.Set == "Digits" && c.Seed > 1 })
	for _, d := range runAll(t, p) {
		row := p.Rows[p.Cells[d.Index].Row]
		most := row.Paper[0]
		if math.IsNaN(most) {
			most = 330
		}
		complete := strings.HasSuffix(row.Group, "only")
		if d.Status != attack.Solved && p.Cells[d.Index].Set != "Digits" || d.Values[0] > most || d.Values[1] < 100 && !complete || d.Values[1] < 99.9 || d.Values[2] < 99.8 || d.Values[3] > 1e-3 {
			t.Errorf("%s, seed %d: %s, %v", row.Group, p.Cells[d.Index].Seed, d.Status, d.Values)
		}
	}
}

func TestTable7TakesAnAdultOfOnesOwn(t *testing.T) {
	t.Parallel()
	files := experiment.Env{Open: func(string) ([]byte, error) { return adult(), nil }}
	p := plan(t, "table7", Options{Seeds: 1, Settings: []string{"file=adult.csv", "label=income"}})
	if len(p.Rows) != 2 || p.Rows[0].Paper[0] != 1485 {
		t.Fatalf("%d rows, the paper's figures are %v", len(p.Rows), p.Rows[0].Paper)
	}
	e, err := experiment.Prepare(p.Cells[0].Spec, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	categories := 0
	for _, f := range e.Set.Domain {
		categories += len(f.Categories)
	}
	if e.Set.D() != 14 || categories != 102 {
		t.Errorf("%d features, %d categories; the paper has 6 numbers and 102 columns", e.Set.D(), categories)
	}
	for d, err := range p.Run(files) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Status != attack.Solved || d.Values[0] > 1485 || d.Values[1] < 99 || d.Values[3] > 1e-3 {
			t.Errorf("%s: %s, %v", p.Rows[p.Cells[d.Index].Row].Group, d.Status, d.Values)
		}
	}
}

func TestFamiliesAreToldApartByScores(t *testing.T) {
	t.Parallel()
	p := plan(t, "families", Options{Seeds: 1})
	p.Cells = slices.DeleteFunc(p.Cells, func(c Cell) bool { return c.Set != "circles" })
	for _, d := range runAll(t, p) {
		row := p.Rows[p.Cells[d.Index].Row].Group
		family, from, _ := strings.Cut(row, ", from ")
		at := slices.Index(lineup, family)
		sum := 0.0
		for _, v := range d.Values[1 : 1+len(lineup)] {
			sum += v
		}
		if d.Queries > 400 || sum != 100 || (d.Values[0] == 100) != (d.Values[1+at] == 100) {
			t.Errorf("%s: %v", row, d.Values)
		}
		if from == "scores" && d.Values[0] != 100 {
			t.Errorf("%s: %v, %s", row, d.Values, d.Note)
		}
	}
}
