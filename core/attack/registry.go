package attack

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"modelheist/core/model"
	"modelheist/core/oracle"
)

// Config is what the attacker knows and wants beforehand.
type Config struct {
	// Copy is the family of the copy and its shape: hidden layers, activation,
	// kernel, degree. How it is fitted (C, L2, Gamma) is the attack's own choice:
	// an attacker doesn't know what the victim was trained with.
	Copy model.Recipe
	// Rounds is how often the copy is trained; 0 leaves it to the attack.
	Rounds int
	// Inside keeps lowd-meek within the domain.
	Inside bool
	// Epsilon is how finely path-finding and top-down tell splits apart, in units
	// of the input; 0 leaves it to them: 1e-3.
	Epsilon float64
	// Repeat asks each input so many times and averages the answers; 0 is once.
	Repeat int
	// Tick is called once per iteration of long work; may be nil.
	Tick model.Tick
}

// row is one attack of the registry.
type row struct {
	name    string
	answers []oracle.Kind // that it can use
	family  []string      // of the copy
	run     func(*session) (ending, error)
}

var labelOnly = []oracle.Kind{oracle.Labels, oracle.Top1, oracle.Probabilities, oracle.Logits, oracle.Margin}

// leafAnswers tell the leaves of a tree apart.
var leafAnswers = []oracle.Kind{oracle.Top1, oracle.Probabilities, oracle.Value}

var registry = append([]row{
	{"equations", []oracle.Kind{oracle.Top1, oracle.Probabilities, oracle.Logits}, []string{"logistic", "softmax", "ovr", "mlp"}, equations},
	{"log-ratios", []oracle.Kind{oracle.Top1, oracle.Probabilities, oracle.Logits}, []string{"logistic", "softmax"}, logRatios},
	{"uniform", labelOnly, model.Families, uniform},
	{"line-search", labelOnly, model.Families, lineSearch},
	{"adaptive", labelOnly, model.Families, adaptive},
}, more...)

// retraining are the attacks that can train an ensemble for a copy.
var retraining = []string{"uniform", "line-search", "adaptive"}

// Names are the attacks.
var Names = func() (names []string) {
	for _, r := range registry {
		names = append(names, r.name)
	}
	return names
}()

func find(name string) (row, error) {
	for _, r := range registry {
		if r.name == name {
			return r, nil
		}
	}
	return row{}, fmt.Errorf("attack: no attack %q, allowed %s", name, strings.Join(Names, " "))
}

// New prepares an attack. The error says what in c it can't use and what is
// allowed.
func New(name string, c Config) (Attack, error) {
	r, err := find(name)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(r.family, c.Copy.Family) {
		return nil, fmt.Errorf("attack: %s has no way to rebuild %q, allowed %s", name, c.Copy.Family, strings.Join(r.family, " "))
	}
	if c.Copy.Members != 0 && !slices.Contains(retraining, name) {
		return nil, fmt.Errorf("attack: %s rebuilds one model, and not an ensemble of %d members, allowed %s", name, c.Copy.Members, strings.Join(retraining, " "))
	}
	if c.Rounds < 0 {
		return nil, fmt.Errorf("attack: rounds = %d, allowed 0 (the attack chooses) or more", c.Rounds)
	}
	if c.Repeat < 0 {
		return nil, fmt.Errorf("attack: repeat = %d times, allowed 0 (once) or more", c.Repeat)
	}
	if !(c.Epsilon >= 0) || math.IsInf(c.Epsilon, 0) {
		return nil, fmt.Errorf("attack: epsilon = %v, allowed 0 (the attack chooses) or more", c.Epsilon)
	}
	return &prepared{r, c}, nil
}

// prepared is a row with its configuration.
type prepared struct {
	row
	c Config
}

func (a *prepared) Events(o oracle.Oracle, r *rand.Rand) iter.Seq2[Event, error] {
	return stream(a.c, o, r, func(s *session) (ending, error) {
		if !slices.Contains(a.answers, o.Answers()) {
			return ending{}, fmt.Errorf("attack: %s can't use answers = %s, allowed %s", a.name, o.Answers(), join(a.answers))
		}
		if a.c.Copy.Family == "logistic" && s.c != 2 {
			return ending{}, fmt.Errorf("attack: a logistic copy has 2 classes, the oracle has %d", s.c)
		}
		return a.run(s)
	})
}

func join(kinds []oracle.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " ")
}
