package attack

import (
	"math"
	"math/rand/v2"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// rings are n points of c concentric rings around (0.1, -0.1), class 0 an inner
// disc of the given radius, labelled by a machine trained on them.
func rings(t *testing.T, n, c int, inner float64, seed uint64) labelled {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	data := model.Data{Dim: 2, Classes: c}
	for i := range n {
		k := i % c
		radius := inner * math.Sqrt(r.Float64())
		if k > 0 {
			radius = inner + 0.1 + (0.85-inner)*(float64(k-1)+0.5*r.Float64())/float64(c-1)
		}
		angle := 2 * math.Pi * r.Float64()
		data.X = append(data.X, 0.1+radius*math.Cos(angle), -0.1+radius*math.Sin(angle))
		data.Labels = append(data.Labels, k)
	}
	m, err := model.Recipe{Family: "svm", Kernel: "rbf", C: 10, Gamma: 5}.Train(data, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return labelled{m}
}

// A region of 3 % of the domain is found among 200 queries and kept.
func TestAdaptiveKeepsASmallClass(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		victim := rings(t, 150, 3, 0.15, seed)
		o := &fake{box: square(1), victim: victim, kind: oracle.Labels, left: 200}
		o.box = append(o.box, o.box[0])
		if wrong := disagreement(t, "adaptive", model.Recipe{Family: "svm", Kernel: "rbf"}, o, seed); wrong > 0.015 {
			t.Errorf("seed %d: %g of uniform points wrong; all of the inner disc is 0.03", seed, wrong)
		}
	}
}

func TestAdaptiveStealsACurvedBoundaryIn200Queries(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		victim := rings(t, 150, 2, 0.4, seed)
		budget := func() *fake {
			o := &fake{box: square(1), victim: victim, kind: oracle.Labels, left: 200}
			o.box = append(o.box, o.box[0])
			return o
		}
		recipe := model.Recipe{Family: "svm", Kernel: "rbf"}
		adaptive, uniform := disagreement(t, "adaptive", recipe, budget(), seed), disagreement(t, "uniform", recipe, budget(), seed)
		if adaptive > 0.01 || adaptive > uniform/2 {
			t.Errorf("seed %d: %g of uniform points wrong, %g by uniform queries; want at most 0.01 and half of that", seed, adaptive, uniform)
		}
	}
}
