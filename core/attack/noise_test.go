package attack

import (
	"math"
	"slices"
	"testing"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

func TestRepeatedAnswersAreAveraged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reply, want oracle.Reply
	}{
		{
			oracle.Reply{Kind: oracle.Labels, Classes: 3, Labels: []int{2, 1, 2, 1, 0, 2}},
			oracle.Reply{Kind: oracle.Labels, Classes: 3, Labels: []int{2, 0}},
		},
		{
			oracle.Reply{Kind: oracle.Top1, Classes: 2, Labels: []int{1, 0, 1}, Values: []float64{0.5, 0.75, 1}},
			oracle.Reply{Kind: oracle.Top1, Classes: 2, Labels: []int{1}, Values: []float64{0.75}},
		},
		{ // the label is the mean's, though most answers say another
			oracle.Reply{Kind: oracle.Logits, Classes: 2, Labels: []int{0, 0, 1}, Values: []float64{1, 0, 1, 0, 0, 8}, Missing: []int{1, 1, 1}},
			oracle.Reply{Kind: oracle.Logits, Classes: 2, Labels: []int{1}, Values: []float64{2.0 / 3, 8.0 / 3}, Missing: []int{1}},
		},
		{
			oracle.Reply{Kind: oracle.Value, Classes: 1, Labels: []int{0, 0, 0}, Values: []float64{1, 2, 6}},
			oracle.Reply{Kind: oracle.Value, Classes: 1, Labels: []int{0}, Values: []float64{3}},
		},
	} {
		got := averaged(c.reply, 3)
		for i, v := range got.Values {
			if math.Abs(v-c.want.Values[i]) > 1e-15 {
				t.Errorf("%s: %v, want %v", c.reply.Kind, got.Values, c.want.Values)
			}
		}
		if !slices.Equal(got.Labels, c.want.Labels) || len(got.Values) != len(c.want.Values) || !slices.Equal(got.Missing, c.want.Missing) || got.Kind != c.want.Kind || got.Classes != c.want.Classes {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

func TestEveryRepetitionIsPaid(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"uniform", "adaptive", "equations", "log-ratios", "extract-and-test"} {
		o := &fake{box: square(2), victim: tilted("softmax", 2, 3, 7), kind: oracle.Probabilities, left: 101}
		a, err := New(name, Config{Copy: model.Recipe{Family: "softmax"}, Repeat: 4})
		if err != nil {
			t.Fatal(err)
		}
		inputs := 0
		for e, err := range a.Events(o, source()) {
			if err != nil {
				t.Fatal(err)
			}
			inputs += e.Reply.N()
			if e.Queries != o.asked || e.Queries != 4*inputs || len(e.X) != 2*e.Reply.N() {
				t.Fatalf("%s: %d queries said, %d asked for %d inputs", name, e.Queries, o.asked, inputs)
			}
			if e.Kind == Ended && e.Status == Budget && o.left != 1 {
				t.Errorf("%s: %d queries are left of 101", name, o.left)
			}
		}
	}
	o := &fake{box: square(2), victim: tilted("softmax", 2, 3, 7), kind: oracle.Labels, left: 3}
	a, err := New("uniform", Config{Copy: model.Recipe{Family: "softmax"}, Repeat: 4})
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range a.Events(o, source()) {
		if err != nil || e.Kind != Ended || e.Status != Budget || e.Note == "" || o.asked != 0 {
			t.Errorf("a budget of 3 for 4 repetitions: %+v, %v", e, err)
		}
	}
	if _, err := New("uniform", Config{Copy: model.Recipe{Family: "softmax"}, Repeat: -1}); err == nil {
		t.Error("repeat = -1 is taken")
	}
}

// blur puts noise of this deviation on all values of a victim's answers.
func blur(t *testing.T, victim model.Classifier, kind oracle.Kind, n oracle.Noise, budget int) oracle.Oracle {
	t.Helper()
	o, err := oracle.Open(victim, square(2), oracle.Settings{Answers: kind, Noise: n, Budget: budget})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestRepeatingAveragesFreshNoiseAwayButNotFixedNoise: at the same number of
// inputs, 64 times as many queries make an error about 8 times smaller.
func TestRepeatingAveragesFreshNoiseAwayButNotFixedNoise(t *testing.T) {
	t.Parallel()
	victim := tilted("softmax", 2, 3, 7)
	far := func(fixed bool, repeat int) float64 {
		sum := 0.0
		for seed := range uint64(6) {
			a, err := New("equations", Config{Copy: model.Recipe{Family: "softmax"}, Repeat: repeat})
			if err != nil {
				t.Fatal(err)
			}
			var copied model.Classifier
			for e, err := range a.Events(blur(t, victim, oracle.Logits, oracle.Noise{Sigma: 0.5, Fixed: fixed, Seed: seed}, 20*repeat), source()) {
				if err != nil {
					t.Fatal(err)
				}
				if e.Copy != nil {
					copied = e.Copy
				}
				if e.Kind == Ended && e.Status != Budget {
					t.Errorf("ended %s on noise", e.Status)
				}
			}
			sum += farthest(&fake{box: square(2), victim: victim}, copied) / 6
		}
		return sum
	}
	fresh, averaged, fixed := far(false, 1), far(false, 64), far(true, 64)
	if averaged > fresh/4 || fixed < fresh/3 {
		t.Errorf("error %v of one answer, %v of 64 fresh ones, %v of 64 fixed ones", fresh, averaged, fixed)
	}
}

// TestNoisyAnswersMakeNoCopyWorseThanTheNoise: wrong labels near the boundary must not turn a copy
// around, nor may an attack call a noisy copy solved.
func TestNoisyAnswersMakeNoCopyWorseThanTheNoise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attack, family string
		kind           oracle.Kind
		most           int // of 5000 labels; 5000 is any
	}{
		{"adaptive", "logistic", oracle.Labels, 200}, {"adaptive", "softmax", oracle.Labels, 200}, {"adaptive", "ovr", oracle.Labels, 500},
		{"equations", "logistic", oracle.Probabilities, 200}, {"equations", "softmax", oracle.Probabilities, 200},
		{"log-ratios", "softmax", oracle.Probabilities, 200}, {"lowd-meek", "logistic", oracle.Labels, 5000},
	} {
		for seed := range uint64(5) {
			for _, sigma := range []float64{0.01, 0.05} {
				classes := 3
				if c.family == "logistic" {
					classes = 2
				}
				victim := tilted(c.family, 2, classes, seed+10)
				o := blur(t, victim, c.kind, oracle.Noise{Sigma: sigma, Seed: seed}, 300)
				copied, end := steal(t, c.attack, model.Recipe{Family: c.family}, o, seed)
				wrong := differing(&fake{box: square(2), victim: victim}, copied, 5000)
				if end.Status == Solved || wrong > c.most {
					t.Errorf("%s %s, noise %v, seed %d: %s, %d of 5000 labels differ", c.attack, c.family, sigma, seed, end.Status, wrong)
				}
			}
		}
	}
}
