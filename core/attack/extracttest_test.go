package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// plane is n labelled points: rings, arcs, clouds or opposite quadrants.
func plane(kind, n int, r *rand.Rand) model.Data {
	data := model.Data{Dim: 2, Classes: 2}
	for i := range n {
		y := i % 2
		var x [2]float64
		switch a := r.Float64() * math.Pi; kind {
		case 0: // two arcs
			x = [2]float64{0.55*math.Cos(a) - 0.28, 0.8*math.Sin(a) - 0.2}
			if y == 1 {
				x = [2]float64{0.28 - 0.55*math.Cos(a), 0.2 - 0.8*math.Sin(a)}
			}
		case 1: // a ring around a disc
			d := 0.35 + 0.45*float64(y)
			x = [2]float64{d * math.Cos(2*a), d * math.Sin(2*a)}
		case 2: // three clouds
			data.Classes = 3
			y = i % 3
			x = [2]float64{0.6 * math.Cos(float64(2*y)+0.4), 0.6 * math.Sin(float64(2*y)+0.4)}
		case 3: // opposite quadrants
			u, v := r.Float64(), r.Float64()
			x = [2]float64{u * float64(2*r.IntN(2)-1), v}
			if (x[0] > 0) != (y == 1) {
				x[1] = -v
			}
		}
		data.X = append(data.X, x[0]+0.1*r.NormFloat64(), x[1]+0.1*r.NormFloat64())
		data.Labels = append(data.Labels, y)
	}
	for i, v := range data.X {
		data.X[i] = min(max(v, -1), 1)
	}
	return data
}

// lineup are the families that extract-and-test has to tell apart.
var lineup = []string{"logistic", "tanh", "relu", "svm", "tree", "knn"}

// suspect trains a victim of a family with random data and hyper-parameters.
func suspect(t *testing.T, family string, seed uint64) model.Classifier {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 21))
	data := plane(r.IntN(4), 280, r)
	var recipe model.Recipe
	switch family {
	case "logistic":
		recipe = model.Recipe{Family: "logistic", C: math.Pow(10, 3*r.Float64()-1)}
		if data.Classes > 2 {
			recipe.Family = "softmax"
		}
	case "tanh", "relu":
		recipe = model.Recipe{Family: "mlp", Hidden: []int{3 + r.IntN(10)}, Activation: family, L2: 1e-4}
	case "svm":
		recipe = model.Recipe{Family: "svm", Kernel: "rbf", C: math.Pow(10, 3*r.Float64()-1), Gamma: 0.5 * math.Pow(16, r.Float64())}
	case "tree":
		recipe = model.Recipe{Family: "tree", Depth: 3 + r.IntN(6)}
	case "knn":
		recipe = model.Recipe{Family: "knn", Neighbours: 1 + r.IntN(9)}
	}
	m, err := recipe.Train(data, model.Options{Rand: r})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// familyOf names the likeliest suspect as in the lineup.
func familyOf(suspects []Suspect) string {
	if len(suspects) == 0 {
		return "none"
	}
	word := strings.Fields(suspects[0].Name)
	switch {
	case word[0] == "softmax" || word[0] == "svm" && word[1] == "linear":
		return "logistic"
	case word[0] == "mlp":
		return word[1]
	}
	return word[0]
}

// normalised gives an SVM probabilities: the softmax of its margins.
type normalised struct{ model.Classifier }

func (m normalised) ProbabilitiesTo(dst, x []float64) { copy(dst, probabilitiesOf(m.Classifier, x)) }

// answering is how an oracle answers, and how often.
type answering struct {
	kind              oracle.Kind
	decimals, queries int
}

// accuse runs extract-and-test on a victim and returns the family it takes the
// victim for.
func accuse(t *testing.T, victim model.Classifier, a answering, seed uint64) (family string, end Event) {
	t.Helper()
	p, is := victim.(model.Probabilistic)
	if !is {
		p = normalised{victim}
	}
	box := domain.Domain{{Name: "x", Low: -1, High: 1}, {Name: "y", Low: -1, High: 1}}
	var o oracle.Oracle = &fake{box: box, victim: p, kind: a.kind, left: a.queries}
	if a.decimals > 0 {
		o = roundedOracle(t, o, a.decimals)
	}
	thief, err := New("extract-and-test", Config{Copy: model.Recipe{Family: "svm", Kernel: "rbf"}})
	if err != nil {
		t.Fatal(err)
	}
	var list []Suspect
	for e, err := range thief.Events(o, rand.New(rand.NewPCG(seed, 1))) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Claim != nil && e.Claim.Suspects != nil {
			list = e.Claim.Suspects
		}
		end = e
	}
	if end.Queries > a.queries {
		t.Errorf("%d of %d queries", end.Queries, a.queries)
	}
	return familyOf(list), end
}

// confusion logs the table of victims against what they were taken for: one
// victim a family, or as many as HEIST_LONG says. It returns the share taken
// rightly.
func confusion(t *testing.T, a answering) float64 {
	t.Helper()
	each, right := 1, 0
	if n, err := strconv.Atoi(os.Getenv("HEIST_LONG")); err == nil {
		each = n
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-9s %v\n", "victim", lineup)
	for _, family := range lineup {
		count := map[string]int{}
		for seed := range uint64(each) {
			got, end := accuse(t, suspect(t, family, seed), a, seed)
			count[got]++
			if got != family {
				t.Logf("%s %d: %s", family, seed, end.Note)
			} else {
				right++
			}
		}
		fmt.Fprintf(&table, "%-9s", family)
		for _, other := range append(lineup, "none") {
			fmt.Fprintf(&table, " %3d", count[other])
		}
		table.WriteByte('\n')
	}
	t.Logf("%+v, %d victims a family:\n%s", a, each, table.String())
	return float64(right) / float64(each*len(lineup))
}

func TestExtractAndTestTellsFamiliesApartByScores(t *testing.T) {
	t.Parallel()
	if right := confusion(t, answering{oracle.Probabilities, 0, 400}); right < 0.95 {
		t.Errorf("%.0f %% of the victims", 100*right)
	}
}

func TestExtractAndTestGuessesFamiliesFromLess(t *testing.T) {
	t.Parallel()
	if os.Getenv("HEIST_LONG") == "" {
		t.Skip("set HEIST_LONG to the victims a family to measure")
	}
	for _, a := range []answering{
		{oracle.Labels, 0, 400}, {oracle.Labels, 0, 2000}, {oracle.Top1, 0, 400},
		{oracle.Probabilities, 4, 400}, {oracle.Probabilities, 3, 400}, {oracle.Probabilities, 2, 400},
	} {
		t.Run(fmt.Sprint(a), func(t *testing.T) {
			if right := confusion(t, a); right < 1.0/3 {
				t.Errorf("%.0f %% of the victims", 100*right)
			}
		})
	}
}
