package attack

import (
	"math/rand/v2"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// committee is an ensemble of eight members on noisy labels of a curved boundary.
func committee(t *testing.T, r model.Recipe) *model.Ensemble {
	t.Helper()
	rnd := rand.New(rand.NewPCG(4, 4))
	data := model.Data{Dim: 2, Classes: 2}
	for range 120 {
		x, y := 2*rnd.Float64()-1, 3*rnd.Float64()-1
		label := 0
		if y+0.3*rnd.NormFloat64() > x*x {
			label = 1
		}
		data.X, data.Labels = append(data.X, x, y), append(data.Labels, label)
	}
	r.Members = 8
	m, err := r.Train(data, model.Options{Rand: rnd})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*model.Ensemble)
}

func TestRetrainingFollowsAForest(t *testing.T) {
	t.Parallel()
	forest := committee(t, model.Recipe{Family: "tree", Depth: 4, Laplace: 1})
	for _, members := range []int{0, 8} {
		o := &fake{box: square(2), victim: forest, kind: oracle.Labels, left: 600}
		copied, end := steal(t, "adaptive", model.Recipe{Family: "tree", Members: members}, o, 1)
		if _, is := copied.(*model.Ensemble); is != (members > 0) {
			t.Errorf("a copy of %d members is a %T", members, copied)
		}
		if wrong := differing(o, copied, 5000); end.Status != Budget || wrong > 150 {
			t.Errorf("copy of %d members: %s, %d of 5000 labels differ", members, end.Status, wrong)
		}
	}
}

// TestAlgebraNeverTakesAnEnsembleForOneModel: what a single model can't explain
// is not called solved, but its answers still make a near copy.
func TestAlgebraNeverTakesAnEnsembleForOneModel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attack string
		recipe model.Recipe
		kind   oracle.Kind
	}{
		{"equations", model.Recipe{Family: "logistic", C: 1}, oracle.Probabilities},
		{"equations", model.Recipe{Family: "logistic", C: 1}, oracle.Top1},
		{"equations", model.Recipe{Family: "softmax", C: 1}, oracle.Probabilities},
		{"equations", model.Recipe{Family: "mlp", Hidden: []int{3}, Activation: "tanh", L2: 1e-3}, oracle.Probabilities},
		{"log-ratios", model.Recipe{Family: "softmax", C: 1}, oracle.Probabilities},
		{"lowd-meek", model.Recipe{Family: "logistic", C: 1}, oracle.Labels},
	} {
		o := &fake{box: square(2), victim: committee(t, c.recipe), kind: c.kind, left: 160, open: true}
		copied, end := steal(t, c.attack, c.recipe, o, 1)
		if wrong := differing(o, copied, 5000); end.Status == Solved || wrong > 250 {
			t.Errorf("%s %s %s: %s, %d of 5000 labels differ", c.attack, c.recipe.Family, c.kind, end.Status, wrong)
		}
	}
}
