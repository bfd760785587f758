package experiment

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func parse(t *testing.T, settings string) Spec {
	t.Helper()
	spec, err := Parse(strings.Fields(settings))
	if err != nil {
		t.Fatalf("Parse(%s): %v", settings, err)
	}
	return spec
}

func TestTheTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range Params {
		if seen[p.Key] {
			t.Errorf("%s stands twice", p.Key)
		}
		if !slices.Contains(Sections, p.Section) && p.Section != RemoteSection {
			t.Errorf("%s: no section %q", p.Key, p.Section)
		}
		if p.Help == "" || p.Label == "" {
			t.Errorf("%s: needs a label and help", p.Key)
		}
		conds := slices.Clone(p.When)
		values := []string{p.Default}
		for _, d := range p.Defaults {
			conds = append(conds, d.When)
			values = append(values, d.Value)
		}
		for _, o := range p.Choices {
			conds = append(conds, o.When...)
		}
		for _, c := range conds {
			of, ok := Lookup(c.Key)
			if !ok || !seen[c.Key] {
				t.Errorf("%s: its condition on %s does not name a key above it", p.Key, c.Key)
			}
			for _, v := range c.In {
				if v == "" && (len(of.When) > 0 || of.Default == "") || v == Any {
					continue // holds where the parameter does not apply, or is off; or is not
				}
				if !of.takes(v) {
					t.Errorf("%s: its condition %s=%s can't hold", p.Key, c.Key, v)
				}
			}
		}
		for _, v := range values {
			if v != "" && !p.takes(v) {
				t.Errorf("%s: default %q is not allowed", p.Key, v)
			}
		}
		seen[p.Key] = true
	}
}

func TestTheDefaultsAreALabelOnlyAdaptiveTheftOfAnSVMOnMoons(t *testing.T) {
	t.Parallel()
	spec := parse(t, "")
	for key, want := range map[string]string{
		"data": "moons", "victim": "svm", "kernel": "rbf", "answers": "labels", "attack": "adaptive",
		"queries": "200", "alpha": "", "hidden": "", "round": "", "seed": "1",
	} {
		if got := spec.Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
}

func TestDefaultsFollowOtherSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, key, want string }{
		{"data=blobs", "noise", "0.5"},
		{"data=xor", "classes", ""},
		{"data=spirals", "classes", "2"},
		{"victim=logistic answers=probabilities", "attack", "equations"},
		{"victim=logistic answers=probabilities", "alpha", "2"},
		{"victim=logistic answers=probabilities", "queries", ""},
		{"victim=logistic answers=probabilities queries=7", "alpha", ""},
		{"victim=logistic answers=probabilities queries=7", "queries", "7"},
		{"alpha=3", "queries", ""},
		{"victim=knn answers=probabilities", "attack", "adaptive"},
		{"victim=knn answers=probabilities", "queries", "200"},
		{"victim=mlp", "copy", "mlp"},
		{"victim=knn answers=probabilities copy=mlp", "attack", "equations"},
		{"victim=knn answers=probabilities copy=mlp", "copy-hidden", "20"},
		{"victim=mlp", "copy-hidden", ""},
		{"victim=logistic attack=lowd-meek", "inside", "no"},
		{"kernel=poly attack=lowd-meek", "inside", "yes"},
		{"victim=logistic", "C", "1"},
		{"victim=tree", "answers", "top1"},
		{"victim=tree", "attack", "path-finding"},
		{"victim=tree", "partial", "no"},
		{"victim=tree", "fields", ""},
		{"victim=tree partial=yes", "attack", "top-down"},
		{"victim=tree partial=yes", "queries", "5000"},
		{"victim=tree answers=labels", "attack", "adaptive"},
		{"victim=tree answers=labels", "partial", ""},
		{"victim=tree copy=svm", "attack", "adaptive"},
		{"victim=tree answers=probabilities copy=mlp", "attack", "equations"},
		{"victim=mlp answers=probabilities copy=tree", "attack", "adaptive"},
		{"victim=svm", "C", "10"},
		{"victim=tree members=5", "attack", "adaptive"},
		{"victim=tree answer-noise=0.1", "attack", "adaptive"},
		{"answer-noise=0.1", "noise-kind", "fresh"},
		{"", "noise-kind", ""},
		{"", "repeat", "1"},
		{"victim=tree members=5", "partial", ""},
		{"victim=tree members=5", "copy-members", ""},
		{"victim=mlp members=5 answers=probabilities", "attack", "equations"},
		{"victim=mlp copy-members=5 answers=probabilities", "attack", "adaptive"},
		{"victim=tree copy-members=5", "attack", "adaptive"},
		{"victim=softmax bins=5 answers=probabilities", "attack", "bin-edges"},
		{"victim=softmax bins=5 answers=probabilities", "queries", "1000"},
		{"victim=softmax bins=5 answers=probabilities", "partial", "no"},
		{"victim=softmax bins=5 answers=probabilities partial=yes", "fields", ""},
		{"victim=softmax bins=5 answers=probabilities copy=mlp", "attack", "equations"},
		{"victim=softmax bins=5 answers=probabilities copy=svm", "attack", "adaptive"},
		{"victim=softmax bins=5", "attack", "adaptive"},
		{"victim=softmax bins=5", "partial", ""},
		{"victim=softmax answers=probabilities partial=yes", "attack", "equations"},
		{"victim=softmax answers=probabilities copy=tree", "attack", "adaptive"},
		{"victim=tree copy=logistic answers=probabilities partial=yes", "attack", "equations"},
		{"victim=svm copy=softmax answers=margin", "attack", "adaptive"},
	} {
		if got := parse(t, c.settings).Get(c.key); got != c.want {
			t.Errorf("%s: %s = %q, want %q", c.settings, c.key, got, c.want)
		}
	}
}

func TestTheCopyIsOfTheVictimsFamilyUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	victim, _ := Lookup("victim")
	for _, o := range victim.Choices {
		if got := parse(t, "victim="+o.Value).Get("copy"); got != o.Value {
			t.Errorf("victim=%s: copy = %q", o.Value, got)
		}
	}
}

func TestBadSettingsNameTheKeyTheValueAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, key, says string }{
		{"colour=red", "colour", "no such key"},
		{"noise", "noise", "key=value"},
		{"noise=2", "noise", "from 0 to 1"},
		{"noise=NaN", "noise", "from 0 to 1"},
		{"n=1e3", "n", "whole number from 20 to 20000"},
		{"n=+50 n=60", "n", "given twice"},
		{"data=moon", "data", "one of moons"},
		{"victim=mlp hidden=0", "hidden", "from 1 to 256"},
		{"victim=mlp hidden=8,8,8,8", "hidden", "one to three"},
		{"victim=mlp hidden=", "hidden", "must be"},
		{"hidden=8", "hidden", "needs victim=mlp, and victim is svm"},
		{"box=true", "box", "yes or no"},
		{"round=3", "round", "needs answers="},
		{"attack=equations", "attack", "needs copy="},
		{"victim=softmax attack=log-ratios", "attack", "needs answers="},
		{"victim=ovr answers=probabilities attack=log-ratios", "attack", "needs copy="},
		{"victim=softmax answers=probabilities copy=svm attack=equations", "attack", "needs copy="},
		{"victim=mlp copy=mlp copy-hidden=4", "copy-hidden", "needs victim="},
		{"copy-hidden=4", "copy-hidden", "needs copy=mlp"},
		{"kernel=rbf attack=lowd-meek", "attack", "needs kernel=linear|poly"},
		{"victim=softmax attack=lowd-meek", "attack", "needs copy="},
		{"kernel=linear inside=yes", "inside", "needs attack=lowd-meek"},
		{"victim=mlp attack=equations", "attack", "needs answers="},
		{"victim=mlp answers=margin", "answers", "needs victim=svm"},
		{"alpha=1 queries=10", "alpha", "not both"},
		{"attack=path-finding", "attack", "needs victim=tree"},
		{"victim=tree attack=top-down", "attack", "needs partial=yes, and partial is no"},
		{"victim=tree answers=labels attack=path-finding", "attack", "needs answers=top1|probabilities"},
		{"victim=tree answers=labels partial=yes", "partial", "needs answers=top1|probabilities"},
		{"victim=tree answers=logits", "answers", "needs victim="},
		{"victim=tree fields=yes", "fields", "needs partial=yes"},
		{"victim=tree epsilon=0", "epsilon", "from 1e-08 to 0.5"},
		{"victim=tree attack=uniform epsilon=0.1", "epsilon", "needs attack=path-finding|top-down"},
		{"victim=tree rounds=3", "rounds", "has no effect here"},
		{"victim=tree answer-noise=0.1 attack=path-finding", "attack", "needs no answer-noise, and answer-noise is 0.1"},
		{"privacy=1", "privacy", "needs victim=logistic, and victim is svm"},
		{"victim=logistic members=3 privacy=1", "privacy", "needs no members"},
		{"victim=logistic privacy=0", "privacy", "from 0.001 to 1000000"},
		{"victim=logistic privacy-method=output", "privacy-method", "needs privacy, and privacy is not set"},
		{"noise-kind=fixed", "noise-kind", "needs answer-noise, and answer-noise is not set"},
		{"answer-noise=0", "answer-noise", "from 0.0001 to 10"},
		{"repeat=0", "repeat", "from 1 to 1000"},
		{"victim=svm members=5", "members", "needs victim=logistic|softmax|mlp|tree, and victim is svm"},
		{"victim=tree members=0", "members", "from 1 to 100"},
		{"victim=tree members=101", "members", "from 1 to 100"},
		{"victim=tree members=5 attack=path-finding", "attack", "needs no members, and members is 5"},
		{"victim=tree members=5 partial=yes", "partial", "needs no members"},
		{"victim=softmax members=5 answers=logits", "answers", "needs no members"},
		{"victim=softmax answers=probabilities copy-members=5 attack=equations", "attack", "needs no copy-members, and copy-members is 5"},
		{"victim=softmax copy=svm copy-members=5", "copy-members", "needs copy="},
		{"victim=svm bins=5", "bins", "needs victim=logistic|softmax|ovr, and victim is svm"},
		{"victim=logistic bins=1", "bins", "from 2 to 100"},
		{"victim=logistic bins=5 members=3", "members", "needs no bins, and bins is 5"},
		{"victim=logistic bins=5 answers=probabilities attack=equations", "attack", "needs no bins"},
		{"victim=logistic bins=5 attack=bin-edges", "attack", "needs answers="},
		{"victim=logistic answers=probabilities attack=bin-edges", "attack", "needs bins, and bins is not set"},
		{"victim=logistic bins=5 copy=tree", "copy", "needs no bins"},
		{"victim=logistic partial=yes", "partial", "needs answers="},
		{"data=csv", "file", "is needed"},
		{"data=points", "points", "is needed"},
		{"points=AAAA", "points", "needs data=points"},
		{"oracle=http://localhost queries=5", "model", "is needed with oracle"},
		{"oracle=http://localhost model=m data=moons", "data", "no effect with oracle=URL"},
		{"oracle=http://localhost model=m answers=labels", "answers", "no effect with oracle=URL"},
		{"oracle=http://localhost model=m goal=0.9", "goal", "no effect with oracle=URL"},
		{"oracle=http://localhost model=m low=1 high=-1", "high", "low the smaller"},
		{"oracle=http://localhost model=m low=1", "high", "together"},
		{"oracle=http://localhost model=m copy=tree attack=equations", "attack", "needs copy="},
		{"model=m", "model", "needs oracle, and oracle is not set"},
		{"token=t", "token", "needs oracle, and oracle is not set"},
		{"seed=-1", "seed", "from 0 to 4503599627370496"},
	} {
		_, err := Parse(strings.Fields(c.settings))
		var bad *ParamError
		if !errors.As(err, &bad) {
			t.Errorf("%s: error %v, want a ParamError", c.settings, err)
			continue
		}
		if bad.Key != c.key || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, want key %s and %q", c.settings, err, c.key, c.says)
		}
	}
}

// TestEveryBoundIsKept makes values just outside and just inside each range.
func TestEveryBoundIsKept(t *testing.T) {
	t.Parallel()
	for _, p := range Params {
		if p.Kind != Int && p.Kind != Float && p.Kind != Ints {
			continue
		}
		for _, v := range []float64{p.Min, p.Max} {
			if !p.takes(number(v)) {
				t.Errorf("%s does not take its bound %v", p.Key, v)
			}
		}
		for _, v := range []string{number(p.Min - 1), number(p.Max + 1), "", "x", "Inf", "0x10", " 1"} {
			if p.takes(v) {
				t.Errorf("%s takes %q", p.Key, v)
			}
		}
	}
}

func TestALinkIsTheSameExperimentAsTheCommandLine(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{
		"", "data=moons victim=mlp hidden=16,16 answers=probabilities attack=equations alpha=2 seed=1",
		"data=csv file=my%20own+table&x.csv label=é", "data=points points=AB-_",
	} {
		spec := parse(t, settings)
		again, err := ParseLink("#" + spec.Link())
		if err != nil {
			t.Errorf("%s: %v", spec.Link(), err)
		} else if again.String() != spec.String() {
			t.Errorf("%s became %s", spec, again)
		}
	}
	if link := parse(t, "victim=mlp hidden=16,16").Link(); link != "v=1&victim=mlp&hidden=16,16" {
		t.Errorf("link %s is not readable", link)
	}
}

func TestSecretsAreNotInLinksNorPrinted(t *testing.T) {
	t.Parallel()
	spec := parse(t, "oracle=http://localhost:8080 model=m token=hush queries=5")
	if text := spec.Link() + spec.String(); strings.Contains(text, "hush") || !strings.Contains(text, "oracle=http://localhost:8080") {
		t.Errorf("%s", text)
	}
	if spec.Get("token") != "hush" {
		t.Error("the token is lost")
	}
	for _, link := range []string{"oracle=http://x&model=m&token=hush", "token=hush"} {
		if _, err := ParseLink(link); err == nil || !strings.Contains(err.Error(), "no place in a link") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestALinkOfAnotherVersionSaysSo(t *testing.T) {
	t.Parallel()
	_, err := ParseLink("v=2&data=moons")
	if err == nil || !strings.Contains(err.Error(), "reads version 1") {
		t.Errorf("error %v", err)
	}
}

func TestWithReplacesAndRemoves(t *testing.T) {
	t.Parallel()
	spec := parse(t, "data=circles noise=0.3")
	spec, err := spec.With("noise", "")
	if err != nil || spec.String() != "data=circles" {
		t.Errorf("%s, %v", spec, err)
	}
	if _, err := spec.With("noise", "9"); err == nil {
		t.Error("With took noise=9")
	}
}

func FuzzParseLink(f *testing.F) {
	for _, seed := range []string{"", "#v=1", "data=moons&victim=mlp&hidden=8", "%", "data=%zz", "points=AAAA&data=points", "alpha=1&queries=2", "=", "&&", "seed=99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, link string) {
		spec, err := ParseLink(link)
		if err != nil {
			return
		}
		again, err := ParseLink(spec.Link())
		if err != nil || again.Link() != spec.Link() {
			t.Errorf("%q: %s became %s: %v", link, spec.Link(), again.Link(), err)
		}
	})
}
