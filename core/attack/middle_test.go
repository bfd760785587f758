package attack

import (
	"math"
	"math/rand/v2"
	"testing"

	"modelheist/core/model"
)

func TestLargeNetworksAreAskedInTheMiddleFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ d, hidden, budget, inner int }{
		{36, 20, 400, 200},   // half of it
		{36, 20, 8000, 1806}, // 9/2 equations, two an answer, for each of 803 unknowns
		{36, 2, 400, 0},      // small
		{4, 200, 400, 0},     // nothing is saturated
	} {
		s := &session{
			Config: Config{Copy: model.Recipe{Family: "mlp", Hidden: []int{c.hidden}, Activation: "tanh"}},
			r:      rand.New(rand.NewPCG(1, 2)), box: square(c.d), d: c.d, c: 3, budget: c.budget,
		}
		if got := s.inner(); got != c.inner {
			t.Errorf("d = %d, %d hidden: %d of %d queries in the middle, want %d", c.d, c.hidden, got, c.budget, c.inner)
		}
		far, want := 0.0, min(1, 2/math.Sqrt(float64(c.d)))
		for i, v := range s.middle(100) {
			f := s.box[i%c.d]
			far = max(far, math.Abs(2*v-f.Low-f.High)/(f.High-f.Low))
		}
		if far > want+1e-12 || far < 0.9*want {
			t.Errorf("d = %d: the middle reaches %v of the range, want %v", c.d, far, want)
		}
	}
}
