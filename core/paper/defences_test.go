package paper

import (
	"slices"
	"strings"
	"testing"

	"modelheist/core/attack"
)

// only keeps the cells of rows whose name has one of the texts.
func only(p *Plan, texts ...string) {
	p.Cells = slices.DeleteFunc(p.Cells, func(c Cell) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(p.Rows[c.Row].Name(), text) })
	})
}

func TestAnEnsembleIsStolenNearlyWhereOneModelIsStolenExactly(t *testing.T) {
	t.Parallel()
	p := plan(t, "ensembles", Options{Seeds: 2, Settings: []string{"alpha=2"}})
	only(p, "one logistic, probabilities", "20 logistic, probabilities", "one tree, probabilities", "forest of 5, labels, tree")
	done := runAll(t, p)
	values := p.Values(done)
	for _, d := range done {
		name := p.Rows[p.Cells[d.Index].Row].Group
		one := strings.HasPrefix(name, "one ")
		if one != (d.Status == attack.Solved) || one && d.Values[2] < 99.95 || d.Values[2] < 97 || d.Values[3] < 75 {
			t.Errorf("%s: %s, %v", name, d.Status, d.Values)
		}
	}
	queries := func(group string) float64 { return Mean(p.Of(values, find(t, p, group), 0, "")) }
	if few, many := queries("one logistic, probabilities, one model, 2"), queries("20 logistic, probabilities, one model, 2"); many != 20*few {
		t.Errorf("%v queries for one model, %v for twenty", few, many)
	}
}

func TestPrivacyCostsTheOwnerAndNotTheThief(t *testing.T) {
	t.Parallel()
	p := plan(t, "privacy", Options{Seeds: 5, Settings: []string{"data=moons"}})
	only(p, "probabilities, ε", "plain victim, probabilities")
	values := p.Values(runAll(t, p))
	mean := func(group string, column int) float64 { return Mean(p.Of(values, find(t, p, group), column, "")) }
	for _, method := range []string{"objective", "output"} {
		for _, epsilon := range []string{"0.1", "1", "10"} {
			if v := mean("private victim ("+method+"), probabilities, ε, "+epsilon, 2); v != 100 {
				t.Errorf("%s, ε = %s: the copy agrees on %v %%", method, epsilon, v)
			}
		}
		low, high := mean("private victim ("+method+"), probabilities, ε, 0.1", 4), mean("private victim ("+method+"), probabilities, ε, 10", 4)
		if plain := mean("plain victim, probabilities", 4); !(low < high-1 && high <= plain+0.5) {
			t.Errorf("%s: accuracy %v at ε = 0.1, %v at 10, %v without", method, low, high, plain)
		}
	}
}

func TestNoiseCostsTheThief(t *testing.T) {
	t.Parallel()
	p := plan(t, "privacy", Options{Seeds: 3})
	only(p, "fresh noise, labels", "fresh noise, probabilities, σ", "no noise")
	values := p.Values(runAll(t, p))
	mean := func(group string, column int) float64 { return Mean(p.Of(values, find(t, p, group), column, "")) }
	for _, answers := range []string{"labels", "probabilities"} {
		last := mean("no noise, "+answers, 2)
		for _, sigma := range []string{"0.01", "0.1", "0.3"} {
			v := mean("fresh noise, "+answers+", σ, "+sigma, 2)
			if !(v < last) {
				t.Errorf("%s, σ = %s: agreement %v after %v", answers, sigma, v, last)
			}
			last = v
		}
	}
	if quiet, loud := mean("no noise, labels", 4), mean("fresh noise, labels, σ, 0.3", 4); !(loud < quiet-1) {
		t.Errorf("accuracy %v without noise and %v with", quiet, loud)
	}
}
