package export

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"modelheist/core/experiment"
	"modelheist/core/model"
	"modelheist/core/onnx"
)

// stolen runs an experiment to its end.
func stolen(t testing.TB, settings ...string) *Result {
	t.Helper()
	spec, err := experiment.Parse(settings)
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiment.Prepare(spec, experiment.Env{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{Exp: e, Engine: "v1 & more"}
	for event, err := range e.Run(experiment.Env{}) {
		if err != nil {
			t.Fatal(err)
		}
		r.Add(event)
	}
	return r
}

func file(t testing.TB, r *Result, kind string) []byte {
	t.Helper()
	text, err := r.File(kind, Look{})
	if err != nil {
		t.Fatal(kind, err)
	}
	return text
}

func TestTheExperimentsFileGivesBackSpecAndModelsBitForBit(t *testing.T) {
	t.Parallel()
	for _, settings := range [][]string{
		{"n=80", "queries=30"},
		{"n=80", "data=blobs", "victim=mlp", "hidden=4", "answers=probabilities", "queries=60", "seed=3"},
		{"n=80", "victim=tree", "answers=top1", "queries=400"},
		{"n=60", "victim=klr", "representers=3", "answers=probabilities", "attack=adaptive", "copy=mlp", "queries=20"},
	} {
		r := stolen(t, settings...)
		saved, err := Read(file(t, r, "experiment.json"))
		if err != nil {
			t.Errorf("%v: %v", settings, err)
			continue
		}
		if saved.Spec.Link() != r.Exp.Spec.Link() || saved.Engine != r.Engine {
			t.Errorf("%v: spec %s of %s", settings, saved.Spec, saved.Engine)
		}
		for _, m := range []struct{ want, got model.Classifier }{{r.Exp.Victim, saved.Victim.Model}, {r.Copy, saved.Copy.Model}} {
			x, c := r.Exp.Set.X, r.Exp.Set.Classes()
			want, got := make([]float64, r.Exp.Set.N()*c), make([]float64, r.Exp.Set.N()*c)
			m.want.ScoresTo(want, x)
			m.got.ScoresTo(got, x)
			if !slices.Equal(want, got) {
				t.Errorf("%v: other scores", settings)
			}
		}
	}
}

func TestTheExperimentsFileHoldsEveryQueryAndRound(t *testing.T) {
	t.Parallel()
	r := stolen(t, "n=80", "victim=tree", "answers=top1", "attack=top-down", "partial=yes", "queries=300")
	var got struct {
		Outcome struct {
			Status  string
			Queries int
		}
		Curve struct{ Queries, Agreement []float64 }
		Asked struct {
			X, Values []*float64
			Labels    []int
			Width     int
			Why       []string
		}
	}
	if err := json.Unmarshal(file(t, r, "experiment.json"), &got); err != nil {
		t.Fatal(err)
	}
	n := got.Outcome.Queries
	if n == 0 || len(got.Asked.Labels) != n || len(got.Asked.X) != 2*n || len(got.Asked.Values) != got.Asked.Width*n || len(got.Asked.Why) != n {
		t.Errorf("%d queries, and %d labels, %d numbers, %d values", n, len(got.Asked.Labels), len(got.Asked.X), len(got.Asked.Values))
	}
	if !slices.Contains(got.Asked.X, nil) {
		t.Error("no feature was left out, and the attack leaves out features")
	}
	if got.Outcome.Status == "" || len(got.Curve.Queries) != len(r.Rounds) || len(got.Curve.Agreement) != len(r.Rounds) {
		t.Errorf("status %q, %d rounds of %d", got.Outcome.Status, len(got.Curve.Queries), len(r.Rounds))
	}
}

func TestTablesHoldWhatTheRunHeld(t *testing.T) {
	t.Parallel()
	r := stolen(t, "n=50", "data=blobs", "victim=softmax", "answers=probabilities", "attack=uniform", "queries=25")
	r.Exp.Set.ClassNames = []string{"a, b", `say "c"`, "d\ne"}
	r.Exp.Set.Domain[0].Name = "width, cm"
	rows := map[string][][]string{}
	for _, kind := range []string{"points.csv", "queries.csv", "curve.csv"} {
		table, err := csv.NewReader(strings.NewReader(string(file(t, r, kind)))).ReadAll()
		if err != nil {
			t.Fatal(kind, err)
		}
		rows[kind] = table
	}
	if len(rows["points.csv"]) != 51 || len(rows["queries.csv"]) != 26 || len(rows["curve.csv"]) != len(r.Rounds)+1 {
		t.Errorf("%d points, %d queries, %d rounds", len(rows["points.csv"]), len(rows["queries.csv"]), len(rows["curve.csv"]))
	}
	for i, row := range rows["queries.csv"][1:] {
		for k := range 3 {
			if v, err := strconv.ParseFloat(row[4+k], 64); err != nil || v != r.Asked.Values[3*i+k] {
				t.Errorf("query %d: value %q, must be %v", i+1, row[4+k], r.Asked.Values[3*i+k])
			}
		}
		if row[3] != r.Exp.Set.ClassNames[r.Asked.Labels[i]] {
			t.Errorf("query %d: label %q", i+1, row[3])
		}
	}
	if rows["points.csv"][0][0] != "width, cm" || rows["queries.csv"][0][5] != `probabilities of say "c"` {
		t.Errorf("heads %q and %q", rows["points.csv"][0], rows["queries.csv"][0])
	}
}

func TestPicturesAndModelsCarryTheExperimentsLink(t *testing.T) {
	t.Parallel()
	r := stolen(t, "n=50", "queries=25", "seed=9")
	link := "v=1&n=50&seed=9&queries=25&e=v1%20%26%20more"
	if got := onnx.Link(file(t, r, "copy.onnx")); got != link {
		t.Errorf("copy.onnx has %q", got)
	}
	if text := string(file(t, r, "figure.svg")); !strings.Contains(text, `<metadata id="modelheist">`+strings.ReplaceAll(link, "&", "&amp;")+"</metadata>") {
		t.Error("figure.svg has no link")
	}
	if spec, err := experiment.ParseLink(link); err != nil || spec.Link() != r.Exp.Spec.Link() {
		t.Errorf("the link is read as %v, %v", spec, err)
	}
}

func TestTheNameOfAFileTellsWhatItIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"copy.json": "copy.json", "stolen.json": "copy.json", "out/moons-victim.onnx": "victim.onnx", `C:\x\Victim.JSON`: "victim.json",
		"figure@2x.png": "figure.png", "a.svg": "figure.svg", "my_queries.csv": "queries.csv", "experiment.json": "experiment.json",
		"table.csv": "", "copy.txt": "", "run.py": "copy.py", "copy": "", "curve.json": "copy.json",
	} {
		got, err := KindOf(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Parallel()
	r := stolen(t, "n=50", "queries=25")
	r.Copy, r.Rounds = nil, nil
	if _, err := r.File("copy.onnx", Look{}); err == nil || !strings.Contains(err.Error(), "without a copy") {
		t.Errorf("got %v", err)
	}
	for _, kind := range []string{"figure.svg", "curve.csv", "experiment.json", "queries.csv"} {
		file(t, r, kind)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, stolen(f, "n=20", "queries=5"), "experiment.json"))
	f.Add([]byte(`{"modelheist":1,"settings":{"data":"moons"},"victim":null,"copy":{}}`))
	f.Add([]byte(`{"modelheist":1,"settings":[1]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if saved, err := Read(text); err == nil && saved.Victim.Model != nil && saved.Victim.Model.Dim() < 1 {
			t.Error("a victim of no inputs")
		}
	})
}
