package export

import (
	"encoding/json"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/experiment"
	"modelheist/core/oracle"
)

// far is an oracle as behind a network: inputs in ranges of their own, and labels.
type far struct{}

func (far) Domain() domain.Domain {
	return domain.Domain{{Name: "width", Low: 0, High: 50}, {Name: "height", Low: 100, High: 200}}
}
func (far) Classes() int         { return 2 }
func (far) Answers() oracle.Kind { return oracle.Labels }
func (far) Left() int            { return 1000 }

func (far) Ask(x []float64) (oracle.Reply, error) {
	r := oracle.Reply{Kind: oracle.Labels, Classes: 2}
	for i := 0; i < len(x); i += 2 {
		label := 0
		if 2*x[i]+x[i+1] > 200 {
			label = 1
		}
		r.Labels = append(r.Labels, label)
	}
	return r, nil
}

func TestATheftAcrossANetworkIsExportedWithoutAVictimAndWithoutItsToken(t *testing.T) {
	t.Parallel()
	spec, err := experiment.Parse([]string{"oracle=http://far.example:8080", "model=shop", "token=hushhush", "copy=svm", "attack=adaptive", "queries=60"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiment.Prepare(spec, experiment.Env{OpenOracle: func(experiment.Spec) (oracle.Oracle, error) { return far{}, nil }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &Result{Exp: e}
	for event, err := range e.Run(experiment.Env{}) {
		if err != nil {
			t.Fatal(err)
		}
		r.Add(event)
	}
	for _, kind := range Kinds {
		if kind == "figure.png" { // painted from the SVG
			continue
		}
		text, err := r.File(kind, Look{})
		if strings.HasPrefix(kind, "victim") || kind == "points.csv" {
			if err == nil || !strings.Contains(err.Error(), "behind a network") {
				t.Errorf("%s: %v", kind, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if strings.Contains(string(text), "hushhush") {
			t.Errorf("%s has the token", kind)
		}
	}

	figure := string(file(t, r, "figure.svg"))
	for _, want := range []string{"shop behind a network", "Agreement with the answers received", `class="curve"`, `class="copy-line"`, "The victim is behind a network.", "oracle=http"} {
		if !strings.Contains(figure, want) {
			t.Errorf("the figure has no %q", want)
		}
	}
	if strings.Count(figure, `class="queries"`) != 2 {
		t.Error("the queries of two classes are not on the plane")
	}

	var whole struct {
		Settings map[string]string
		Victim   any
		Curve    struct{ Queries, Agreement []float64 }
		Asked    struct{ Labels []int }
	}
	if err := json.Unmarshal(file(t, r, "experiment.json"), &whole); err != nil {
		t.Fatal(err)
	}
	if whole.Settings["oracle"] != "http://far.example:8080" || whole.Victim != nil || len(whole.Asked.Labels) != r.Queries {
		t.Errorf("%+v", whole)
	}
	if n := len(whole.Curve.Agreement); n != len(r.Rounds) || !(whole.Curve.Agreement[n-1] > 0.9) {
		t.Errorf("the curve is %+v", whole.Curve)
	}
	if csv := string(file(t, r, "curve.csv")); !strings.HasPrefix(csv, "queries,agreement_with_answers\n") || strings.Count(csv, "\n") != 1+len(r.Rounds) {
		t.Errorf("curve.csv is\n%s", csv)
	}
	saved, err := Read(file(t, r, "experiment.json"))
	if err != nil || saved.Spec.Get("model") != "shop" || saved.Copy.Model == nil || saved.Victim.Model != nil {
		t.Errorf("it is read back as %+v, %v", saved, err)
	}
}
