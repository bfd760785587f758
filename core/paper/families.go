package paper

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"modelheist/core/attack"
	"modelheist/core/experiment"
)

// lineup are the families that extract-and-test has to tell apart. A linear
// boundary is the same whatever it was trained by.
var lineup = []string{"linear", "tanh network", "ReLU network", "RBF SVM", "tree", "neighbours"}

var families = Reproduction{
	Name: "families", Title: "Section 4.3: extract-and-test, when the family is unknown",
	Caption: "Victims of six families on the plane, with random hyper-parameters, and the family that 400 answers make the thief take them for: the shares in percent. " +
		"The paper proposes to test hypotheses and has no figures. Scores are probabilities, of the SVM its margin. " +
		"From labels alone many families fit about as well.",
	Columns: columnsOfFamilies(), Seeds: 1, FullSeeds: 5, fixed: true,
	rows: rowsOfFamilies,
}

func columnsOfFamilies() []Column {
	columns := []Column{{Name: "right", Unit: "%", Kind: Agreement}}
	for _, name := range lineup {
		columns = append(columns, Column{Name: name, Kind: Fact})
	}
	return append(columns, Column{Name: "queries", Kind: Cost})
}

func rowsOfFamilies(bool) []Row {
	var rows []Row
	for _, from := range []string{"scores", "labels"} {
		for family, name := range lineup {
			row := Row{Group: name + ", from " + from, X: none, Paper: silent(len(lineup) + 2)}
			for _, set := range []string{"moons", "circles", "blobs", "xor"} {
				row.Sets = append(row.Sets, Set{Name: set, run: func(env experiment.Env, seed int) (Outcome, error) {
					return accuse(env, family, append(suspect(family, set, seed), "data="+set, answersOf(family, from)))
				}})
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func answersOf(family int, from string) string {
	switch {
	case from == "labels":
		return "answers=labels"
	case lineup[family] == "RBF SVM":
		return "answers=margin"
	}
	return "answers=probabilities"
}

// suspect is the settings of a victim of the family.
func suspect(family int, set string, seed int) []string {
	r := rand.New(rand.NewPCG(uint64(seed), uint64(family)))
	between := func(low, high float64) float64 { return low * math.Pow(high/low, r.Float64()) }
	settings := []string{fmt.Sprint("seed=", seed)}
	switch lineup[family] {
	case "linear":
		victim := "victim=logistic"
		if set == "blobs" { // of three classes
			victim = "victim=softmax"
		}
		return append(settings, victim, fmt.Sprintf("C=%.3g", between(0.1, 100)))
	case "tanh network", "ReLU network":
		activation := strings.ToLower(strings.Fields(lineup[family])[0])
		return append(settings, "victim=mlp", "activation="+activation, fmt.Sprint("hidden=", 3+r.IntN(10)))
	case "RBF SVM":
		return append(settings, "victim=svm", fmt.Sprintf("C=%.3g", between(0.1, 100)), fmt.Sprintf("gamma=%.3g", between(0.5, 8)))
	case "tree":
		return append(settings, "victim=tree", fmt.Sprint("depth=", 3+r.IntN(6)))
	}
	return append(settings, "victim=knn", fmt.Sprint("neighbours=", 1+r.IntN(9)))
}

// accuse runs extract-and-test as far as its verdict.
func accuse(env experiment.Env, family int, settings []string) (Outcome, error) {
	spec, err := experiment.Parse(append(settings, "attack=extract-and-test", "queries=400"))
	if err != nil {
		return Outcome{}, err
	}
	env.LastOnly = true
	e, err := experiment.Prepare(spec, env, nil)
	if err != nil {
		return Outcome{}, fmt.Errorf("%s: %w", spec, err)
	}
	out := Outcome{Values: make([]float64, len(lineup)+2), Status: attack.Stopped, Note: spec.String()}
	for event, err := range e.Run(env) {
		if err != nil {
			return Outcome{}, fmt.Errorf("%s: %w", spec, err)
		}
		out.Queries = event.Queries
		if event.Claim == nil || len(event.Claim.Suspects) == 0 {
			continue
		}
		taken := verdict(event.Claim.Suspects[0].Name)
		out.Values[1+taken] = 100
		if taken == family {
			out.Values[0] = 100
		}
		break
	}
	out.Values[len(lineup)+1] = float64(out.Queries)
	return out, nil
}

// verdict is the place in the lineup of a suspect's name.
func verdict(name string) int {
	for i, word := range []string{"", "mlp tanh", "mlp relu", "svm rbf", "tree", "knn"} {
		if i > 0 && strings.HasPrefix(name, word) {
			return i
		}
	}
	return 0 // logistic, softmax, svm linear
}
