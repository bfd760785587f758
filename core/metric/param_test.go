package metric

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/model"
)

func mlp(t *testing.T, sizes []int, activation string, params []float64) *model.MLP {
	t.Helper()
	m, err := model.NewMLP(sizes, activation, params)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLinearParametersAreComparedUpToShift(t *testing.T) {
	t.Parallel()
	victim := []float64{1, 2, 3, 4, 5, 6} // three rows of one weight and a bias
	for _, c := range []struct {
		family string
		params []float64
		want   float64
	}{
		{"softmax", []float64{11, 1, 13, 3, 15, 5}, 0},    // (10, -1) added to each row
		{"softmax", []float64{1, 2, 3.5, 4, 5, 6}, 0.25},  // half of it goes into the shift
		{"softmax", []float64{1, 2, 3.5, 4, 4.5, 6}, 0.5}, // differences -½, 0, ½
		{"ovr", []float64{11, 1, 13, 3, 15, 5}, 10},
		{"ovr", []float64{1, 2, 3.5, 4, 5, 6}, 0.5},
	} {
		if got := ParamError(linear(t, c.family, 1, 3, victim...), linear(t, c.family, 1, 3, c.params...)); got != c.want {
			t.Errorf("%s %v: %v, want %v", c.family, c.params, got, c.want)
		}
	}
	if got := ParamError(linear(t, "logistic", 2, 2, 1, 2, 3), linear(t, "logistic", 2, 2, 1, 2.5, 2)); got != 1 {
		t.Errorf("logistic: %v, want 1", got)
	}
}

func TestAShiftChangesOneVsRestButNotSoftmax(t *testing.T) {
	t.Parallel()
	x := []float64{0.3, -0.7}
	for family, same := range map[string]bool{"softmax": true, "ovr": false} {
		p, q := make([]float64, 3), make([]float64, 3)
		a := linear(t, family, 2, 3, 1, 2, 0.5, -1, 0.25, 1, 0.75, -2, -1).(model.Probabilistic)
		b := linear(t, family, 2, 3, 2, 2, 1.5, 0, 0.25, 2, 1.75, -2, 0).(model.Probabilistic)
		a.ProbabilitiesTo(p, x)
		b.ProbabilitiesTo(q, x)
		if (largest(p, q) < 1e-14) != same {
			t.Errorf("%s: probabilities %v and %v", family, p, q)
		}
	}
}

func TestModelsOfOtherShapesHaveNoParameterError(t *testing.T) {
	t.Parallel()
	softmax := linear(t, "softmax", 1, 3, 1, 2, 3, 4, 5, 6)
	tanh := mlp(t, []int{1, 2, 3}, "tanh", normal(13, 1, rng(1)))
	for _, pair := range [][2]model.Classifier{
		{softmax, linear(t, "ovr", 1, 3, 1, 2, 3, 4, 5, 6)},
		{softmax, linear(t, "softmax", 2, 2, 1, 2, 3, 4, 5, 6)},
		{softmax, tanh}, {tanh, softmax}, {labeller{}, labeller{}},
		{tanh, mlp(t, []int{1, 2, 3}, "relu", normal(13, 1, rng(1)))},
		{tanh, mlp(t, []int{1, 3, 3}, "tanh", normal(18, 1, rng(1)))},
	} {
		if e := ParamError(pair[0], pair[1]); !math.IsNaN(e) {
			t.Errorf("%T and %T: %v, want NaN", pair[0], pair[1], e)
		}
	}
}

// disguise turns a perceptron into an equivalent one by all its symmetries.
func disguise(t *testing.T, m *model.MLP, r *rand.Rand) *model.MLP {
	t.Helper()
	layers := m.Layers()
	for l, layer := range layers[:len(layers)-1] {
		next := layers[l+1]
		in, out := slices.Clone(layer.W), slices.Clone(next.W)
		for to, from := range r.Perm(layer.Out) {
			s := 1.0
			if m.Activation() == "relu" {
				s = math.Exp(r.NormFloat64())
			} else if r.IntN(2) == 0 {
				s = -1
			}
			for k := range layer.In + 1 {
				layer.W[to*(layer.In+1)+k] = s * in[from*(layer.In+1)+k]
			}
			for o := range next.Out {
				v := out[o*(next.In+1)+from]
				next.W[o*(next.In+1)+to] = v / s
				if m.Activation() == "sigmoid" && s < 0 {
					next.W[o*(next.In+1)+next.In] += v
				}
			}
		}
	}
	last := layers[len(layers)-1]
	for j := range last.In + 1 {
		shift := r.NormFloat64()
		for o := range last.Out {
			last.W[o*(last.In+1)+j] += shift
		}
	}
	var params []float64
	for _, l := range layers {
		params = append(params, l.W...)
	}
	return mlp(t, append(append([]int{m.Dim()}, m.Hidden()...), m.Classes()), m.Activation(), params)
}

func unknowns(sizes []int) int {
	return model.Recipe{Family: "mlp", Hidden: sizes[1 : len(sizes)-1]}.Unknowns(sizes[0], sizes[len(sizes)-1])
}

func TestADisguisedPerceptronIsRecognised(t *testing.T) {
	t.Parallel()
	for _, activation := range model.Activations {
		for _, sizes := range [][]int{{2, 1, 2}, {4, 20, 3}, {2, 7, 5, 4}, {3, 6, 6, 6, 2}} {
			for seed := range uint64(5) {
				r := rng(seed)
				m := mlp(t, sizes, activation, normal(unknowns(sizes), 1, r))
				other := disguise(t, m, r)
				x := normal(50*sizes[0], 1, r)
				p, q := make([]float64, 50*m.Classes()), make([]float64, 50*m.Classes())
				m.ProbabilitiesTo(p, x)
				other.ProbabilitiesTo(q, x)
				if far := largest(p, q); far > 1e-9 {
					t.Fatalf("%s %v: the disguise changed the function by %v", activation, sizes, far)
				}
				if e := ParamError(m, other); e > 1e-12 {
					t.Errorf("%s %v seed %d: parameter error %v", activation, sizes, seed, e)
				}
			}
		}
	}
}

func TestADisguisedPerceptronWithOneChangedWeightIsThatFarAway(t *testing.T) {
	t.Parallel()
	for _, activation := range model.Activations {
		sizes := []int{3, 8, 4}
		r := rng(11)
		params := normal(unknowns(sizes), 1, r)
		changed := slices.Clone(params)
		changed[5] += 0.125 // a weight into the second node
		m := mlp(t, sizes, activation, params)
		e := ParamError(m, disguise(t, mlp(t, sizes, activation, changed), r))
		// A ReLU node is brought to the length of the victim's, which spreads the
		// change over its weights.
		if activation != "relu" && math.Abs(e-0.125) > 1e-12 || !(e > 0.01 && e < 0.25) {
			t.Errorf("%s: parameter error %v, want 0.125", activation, e)
		}
		if other := ParamError(m, mlp(t, sizes, activation, normal(len(params), 1, r))); other < 0.5 {
			t.Errorf("%s: an unrelated perceptron is only %v away", activation, other)
		}
	}
}

func TestHugeParametersDoNotTrapTheMatching(t *testing.T) {
	t.Parallel()
	for _, activation := range model.Activations {
		sizes := []int{2, 5, 3}
		huge := mlp(t, sizes, activation, normal(unknowns(sizes), 1e200, rng(1)))
		small := mlp(t, sizes, activation, make([]float64, unknowns(sizes)))
		if e := ParamError(huge, small); !(e > 1e190) {
			t.Errorf("%s: %v", activation, e)
		}
	}
}

func TestAssignmentIsTheCheapest(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rng(seed)
		n := 1 + r.IntN(6)
		costs := make([]float64, n*n)
		for i := range costs {
			costs[i] = float64(r.IntN(9)) - 2 // with ties, and negative ones
		}
		total := func(p []int) (s float64) {
			for i, j := range p {
				s += costs[i*n+j]
			}
			return s
		}
		best := math.Inf(1)
		everyOrder(n, func(p []int) { best = min(best, total(p)) })
		p := assign(costs, n)
		if got := total(p); got != best {
			t.Errorf("seed %d: %v costs %v, the cheapest %v", seed, p, got, best)
		}
		slices.Sort(p)
		for i, j := range p {
			if i != j {
				t.Fatalf("seed %d: not a permutation", seed)
			}
		}
	}
}

// everyOrder visits all permutations of 0..n-1.
func everyOrder(n int, visit func(p []int)) {
	p := make([]int, 0, n)
	var extend func()
	extend = func() {
		if len(p) == n {
			visit(p)
			return
		}
		for j := range n {
			if !slices.Contains(p, j) {
				p = append(p, j)
				extend()
				p = p[:len(p)-1]
			}
		}
	}
	extend()
}

func TestEdgesAreComparedWithTheNearest(t *testing.T) {
	t.Parallel()
	binned := func(edges ...float64) model.Classifier {
		m, err := model.NewBinned("logistic", 2, model.Extraction{{Edges: edges}}, make([]float64, len(edges)+2))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	victim := binned(-0.5, 0.25)
	for _, c := range []struct {
		copied model.Classifier
		want   float64
	}{{binned(-0.5, 0.25), 0}, {binned(-0.375, 0, 0.25), 0.125}, {binned(-0.5), 0.75}, {binned(), math.Inf(1)}} {
		if got := EdgeError(victim, c.copied); got != c.want {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
	plain, err := model.NewLinear("logistic", 1, 2, []float64{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := EdgeError(victim, plain); !math.IsNaN(got) {
		t.Errorf("a copy without bins has the error %v", got)
	}
}
