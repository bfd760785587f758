package experiment

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/model"
)

// The tests of this file also run under the build tag lean.

func TestTheTableSaysWhatALeanBuildHas(t *testing.T) {
	t.Parallel()
	for key, has := range map[string][]string{"victim": model.Families, "copy": model.Families, "attack": attack.Names} {
		p, _ := Lookup(key)
		marked := 0
		for _, o := range p.Choices {
			if o.Full {
				marked++
			}
			if want := !lean || !o.Full; slices.Contains(has, o.Value) != want {
				t.Errorf("%s=%s: this build has it: %v, the table says %v", key, o.Value, !want, want)
			}
		}
		if marked == 0 || marked == len(p.Choices) {
			t.Errorf("%s: %d of %d options need the full build", key, marked, len(p.Choices))
		}
		if p.full(p.Default) {
			t.Errorf("%s: the default needs the full build", key)
		}
	}
}

func TestWhatALeanBuildLacksIsAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, key, value string }{
		{"n=40", "", ""},
		{"n=40 victim=logistic answers=probabilities", "", ""},
		{"n=40 victim=tree", "victim", "tree"},
		{"n=40 victim=klr representers=3", "victim", "klr"},
		{"n=40 copy=knn", "copy", "knn"},
		{"n=40 victim=logistic members=3", "members", "3"},
		{"n=40 victim=logistic privacy=2", "privacy", "2"},
		{"n=40 attack=extract-and-test", "attack", "extract-and-test"},
	} {
		spec := parse(t, c.settings)
		var lacks *LeanError
		if err := spec.within(true); errors.As(err, &lacks) != (c.key != "") || lacks != nil && *lacks != (LeanError{c.key, c.value}) {
			t.Errorf("%s in a lean build: %v", c.settings, err)
		}
		if _, err := Prepare(spec, Env{}, nil); errors.As(err, &lacks) != (lean && c.key != "") || err != nil && !errors.As(err, &lacks) {
			t.Errorf("%s in this build: %v", c.settings, err)
		}
	}
}

func TestAVictimBehindANetworkNeedsTheFullBuild(t *testing.T) {
	t.Parallel()
	var lacks *LeanError
	if err := parse(t, "oracle=http://localhost model=a").within(true); !errors.As(err, &lacks) || lacks.Key != "oracle" {
		t.Error(err)
	}
}

func TestAFullParameterNeedsTheFullBuildForMoreThanItsDefault(t *testing.T) {
	t.Parallel()
	p := Param{Kind: Int, Min: 1, Max: 9, Default: "1", Full: true}
	for value, want := range map[string]bool{"": false, "1": false, "2": true} {
		if p.full(value) != want {
			t.Errorf("%q needs the full build: %v", value, !want)
		}
	}
}

func TestTheOrderOfTheTableDecidesWhichLackIsNamed(t *testing.T) {
	t.Parallel()
	if err := parse(t, "victim=tree copy=knn").within(true); !strings.HasPrefix(err.Error(), "victim=tree: ") {
		t.Error(err)
	}
}
