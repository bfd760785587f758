package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
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

// suspects are the families that extract-and-test has to tell apart.
var suspects = []string{"logistic", "tanh", "relu", "svm", "tree", "knn"}

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

// familyOf names a copy as the suspects are named.
func familyOf(m model.Classifier) string {
	switch m := m.(type) {
	case *model.Linear:
		return "logistic"
	case *model.MLP:
		return m.Activation()
	case *model.SVM:
		if m.Kernel().Kernel == "linear" {
			return "logistic"
		}
		return "svm"
	case *model.Tree:
		return "tree"
	case *model.KNN:
		return "knn"
	}
	return "none"
}

// normalised gives an SVM probabilities: the softmax of its margins.
type normalised struct{ model.Classifier }

func (m normalised) ProbabilitiesTo(dst, x []float64) { copy(dst, probabilitiesOf(m.Classifier, x)) }

// accuse runs extract-and-test on a victim with so many queries and returns the
// family it takes the victim for.
func accuse(t *testing.T, victim model.Classifier, kind oracle.Kind, queries int, seed uint64) (family string, end Event) {
	t.Helper()
	p, is := victim.(model.Probabilistic)
	if !is {
		p = normalised{victim}
	}
	box := domain.Domain{{Name: "x", Low: -1, High: 1}, {Name: "y", Low: -1, High: 1}}
	copied, end := steal(t, "extract-and-test", model.Recipe{Family: "svm", Kernel: "rbf"}, &fake{box: box, victim: p, kind: kind, left: queries}, seed)
	if end.Queries > queries {
		t.Errorf("%d of %d queries", end.Queries, queries)
	}
	return familyOf(copied), end
}

func confusion(t *testing.T, kind oracle.Kind, each, queries int) (right int) {
	t.Helper()
	var table strings.Builder
	fmt.Fprintf(&table, "%-9s %v\n", "victim", suspects)
	for _, family := range suspects {
		count := map[string]int{}
		for seed := range uint64(each) {
			got, end := accuse(t, suspect(t, family, seed), kind, queries, seed)
			count[got]++
			if got != family {
				t.Logf("%s %d: %s", family, seed, end.Note)
			} else {
				right++
			}
		}
		fmt.Fprintf(&table, "%-9s", family)
		for _, other := range append(suspects, "none") {
			fmt.Fprintf(&table, " %3d", count[other])
		}
		table.WriteByte('\n')
	}
	t.Logf("%s, %d queries, %d victims a family:\n%s", kind, queries, each, table.String())
	return right
}

func TestExtractAndTestTellsFamiliesApartByScores(t *testing.T) {
	t.Parallel()
	each := 1
	if os.Getenv("HEIST_LONG") != "" {
		each = 17
	}
	if right := confusion(t, oracle.Probabilities, each, 400); right < each*len(suspects)*95/100 {
		t.Errorf("%d of %d victims", right, each*len(suspects))
	}
}
