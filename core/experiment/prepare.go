package experiment

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/metric"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// Streams of randomness: one named stream a purpose, all seeded by the Spec.
const (
	streamData uint64 = 1 + iota
	streamSplit
	streamVictim
	streamAttack
	streamMetric
	streamNoise
	streamLeak
)

// trainShare of the points trains the victim; the rest is the test set
// (Tramèr et al. 2016, section 4.1).
const trainShare = 0.7

// Env is what an experiment needs of the world around it.
type Env struct {
	// Open returns the text of a shipped data set's file (iris.csv) or of the
	// Spec's own file. Without it there are only generated and drawn points.
	Open func(name string) ([]byte, error)
	// Tick is called in all long work; its error stops the work.
	Tick model.Tick
	// LastOnly leaves the rounds unmeasured: only the last copy is, at the end.
	// The Spec's goal and patience then have nothing to go by and never stop.
	LastOnly bool
	// Stage, if set, is told what begins: data, victim, metric; or oracle.
	Stage func(name string)
	// Member, if set, is told how many members of a victim are trained, and of how
	// many.
	Member func(done, of int)
	// OpenOracle connects to the oracle of a Spec with oracle=URL; without it
	// there are only victims of one's own.
	OpenOracle func(Spec) (oracle.Oracle, error)
}

func (env Env) stage(name string) {
	if env.Stage != nil {
		env.Stage(name)
	}
}

// Experiment is a Spec made real: data, a trained victim, and what it takes to
// steal it. With a remote oracle there are no points, no Victim and no Measures.
type Experiment struct {
	Spec             Spec
	Set, Train, Test *dataset.Set // scaled to [-1, 1]
	Recipe           model.Recipe // of the victim
	Victim           model.Classifier
	Unknowns         int // k
	Budget           int // queries

	yardstick *metric.Yardstick
	remote    oracle.Oracle // or nil
}

// Prepare loads the data and trains the victim. What prev (or nil) shares with
// the Spec is not made again. Errors are *ParamError where a setting is at
// fault, *LeanError where this build lacks it, and otherwise say what the data
// or the victim lack.
func Prepare(spec Spec, env Env, prev *Experiment) (*Experiment, error) {
	if err := spec.within(lean); err != nil {
		return nil, err
	}
	e := &Experiment{Spec: spec}
	if spec.Remote() {
		if err := e.connect(env, prev); err != nil {
			return nil, err
		}
		return e, nil
	}
	if prev != nil && prev.remote != nil {
		prev = nil
	}
	if err := e.load(env, prev); err != nil {
		return nil, err
	}
	if err := e.train(env, prev); err != nil {
		return nil, err
	}
	if err := e.allow(); err != nil {
		return nil, err
	}
	if prev != nil && prev.Victim == e.Victim {
		e.yardstick = prev.yardstick
		return e, nil
	}
	env.stage("metric")
	yardstick, err := metric.NewYardstick(e.Victim, e.Set.Domain, e.Test, e.random(streamMetric), env.Tick)
	if err != nil {
		return nil, err
	}
	e.yardstick = yardstick
	return e, nil
}

func (e *Experiment) random(stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(e.Spec.Int("seed")), stream))
}

// load makes the data set and splits it.
func (e *Experiment) load(env Env, prev *Experiment) error {
	if prev != nil && prev.Spec.part("data") == e.Spec.part("data") && prev.keepsCategories() == e.keepsCategories() {
		e.Set, e.Train, e.Test = prev.Set, prev.Train, prev.Test
		return nil
	}
	env.stage("data")
	set, err := e.read(env)
	if err != nil {
		return err
	}
	e.Set = set
	e.Train, e.Test = dataset.Split(set, trainShare, e.random(streamSplit))
	return nil
}

func (e *Experiment) read(env Env) (*dataset.Set, error) {
	name := e.Spec.Get("data")
	switch name {
	case "points":
		set, err := dataset.DecodePoints(e.Spec.Get("points"))
		if err != nil {
			return nil, &ParamError{Key: "points", Reason: err.Error()}
		}
		return set, nil
	case "csv":
		text, err := env.open(e.Spec.Get("file"))
		if err != nil {
			return nil, &ParamError{"file", e.Spec.Get("file"), err.Error()}
		}
		set, err := dataset.ReadCSV(text, e.csvOptions())
		if err != nil {
			return nil, &ParamError{"file", e.Spec.Get("file"), err.Error()}
		}
		return dataset.Scale(set), nil
	}
	for _, s := range dataset.ShippedSets {
		if s.Name == name {
			text, err := env.open(s.File)
			if err != nil {
				return nil, &ParamError{"data", name, err.Error()}
			}
			set, err := dataset.ParseShipped(name, text)
			if err != nil {
				return nil, err
			}
			return dataset.Scale(set), nil
		}
	}
	return e.generate(name)
}

// csvBytes bounds a file: the largest set of the paper, Adult, has 5.3 MB.
const csvBytes = 8_000_000

func (e *Experiment) csvOptions() dataset.CSVOptions {
	header := map[string]dataset.Header{"detect": dataset.DetectHeader, "yes": dataset.WithHeader, "no": dataset.WithoutHeader}
	return dataset.CSVOptions{
		Label: e.Spec.Get("label"), Header: header[e.Spec.Get("header")],
		DropMissing: e.Spec.Get("missing") == "drop", MaxBytes: csvBytes, Categories: e.keepsCategories(),
	}
}

// keepsCategories tells whether the texts of a file stay one feature each: the
// victim's own feature extraction takes them apart.
func (e *Experiment) keepsCategories() bool { return e.Spec.Int("bins") > 0 }

func (env Env) open(name string) ([]byte, error) {
	if env.Open == nil {
		return nil, errors.New("no files can be read here")
	}
	return env.Open(name)
}

func (e *Experiment) generate(name string) (*dataset.Set, error) {
	g, ok := dataset.FindGenerator(name)
	if !ok {
		panic("experiment: no source for data=" + name)
	}
	o := g.Default
	o.N = e.Spec.Int("n")
	if e.Spec.Get("noise") != "" {
		o.Noise = e.Spec.Float("noise")
	}
	if e.Spec.Get("classes") != "" {
		o.Classes = e.Spec.Int("classes")
	}
	set, err := dataset.Generate(name, o, e.random(streamData))
	if err != nil {
		return nil, err
	}
	return dataset.Scale(set), nil
}

// train fits the victim and settles the budget.
func (e *Experiment) train(env Env, prev *Experiment) error {
	if e.Spec.Get("victim-file") != "" {
		return e.bring(env, prev)
	}
	e.Recipe = e.recipe()
	d, c := e.Set.D(), e.Set.Classes()
	if e.Recipe.Family == "logistic" && c != 2 {
		return &ParamError{"victim", "logistic", fmt.Sprintf("takes two classes and the data have %d; softmax and ovr take more", c)}
	}
	if n := e.Train.N(); e.Recipe.Family == "klr" && e.Recipe.Representers > n {
		return &ParamError{"representers", fmt.Sprint(e.Recipe.Representers), fmt.Sprintf("is more than the %d training points", n)}
	}
	defer e.settle()
	if prev != nil && prev.Spec.part("data", "victim") == e.Spec.part("data", "victim") {
		e.Victim = prev.Victim
		return nil
	}
	env.stage("victim")
	data := model.Data{X: e.Train.X, Dim: d, Classes: c, Labels: e.Train.Y, Categories: e.Set.Domain.Categories()}
	victim, err := e.Recipe.Train(data, model.Options{Rand: e.random(streamVictim), Tick: env.Tick, Member: env.Member})
	if err != nil {
		return fmt.Errorf("the victim can't be trained: %w", err)
	}
	e.Victim = victim
	return nil
}

// settle counts the unknowns and sets the budget. Of trees the number of
// unknowns is known only once they have grown.
func (e *Experiment) settle() {
	e.Unknowns = e.Recipe.Unknowns(e.Set.D(), e.Set.Classes())
	if grown, is := e.Victim.(interface{ Unknowns() int }); is {
		e.Unknowns = grown.Unknowns()
	}
	e.Budget = e.Spec.Int("queries")
	if e.Spec.Get("alpha") != "" {
		e.Budget = max(1, int(math.Round(e.Spec.Float("alpha")*float64(e.Unknowns))))
	}
}

func (e *Experiment) recipe() model.Recipe {
	s := e.Spec
	return model.Recipe{
		Family: s.Get("victim"), C: s.Float("C"),
		Hidden: s.Ints("hidden"), Activation: s.Get("activation"), L2: s.Float("decay"),
		Kernel: s.Get("kernel"), Gamma: s.Float("gamma"), Degree: s.Int("degree"), Coef0: 1,
		Depth: s.Int("depth"), MinLeaf: s.Int("leaf"), Laplace: s.Float("smoothing"),
		Neighbours: s.Int("neighbours"), Representers: s.Int("representers"),
		Members: s.Int("members"), Bins: s.Int("bins"), Privacy: s.Float("privacy"), PrivacyMethod: s.Get("privacy-method"),
	}
}

// oracle opens a fresh one with the whole budget.
func (e *Experiment) oracle() (*oracle.Meter, error) {
	if e.remote != nil {
		return oracle.NewMeter(e.remote, e.Budget), nil
	}
	s := e.Settings()
	s.Budget = e.Budget
	return oracle.Open(e.Victim, e.Set.Domain, s)
}

// Settings say how the Spec's own oracle answers, without its budget.
func (e *Experiment) Settings() oracle.Settings {
	s := e.Spec
	out := oracle.Settings{
		Answers: oracle.Kind(s.Get("answers")), Round: s.Int("round"), Box: s.Bool("box"),
		Partial: s.Bool("partial"), Fields: s.Bool("fields"),
	}
	if sigma := s.Float("answer-noise"); sigma > 0 {
		out.Noise = oracle.Noise{Sigma: sigma, Fixed: s.Get("noise-kind") == "fixed", Seed: e.random(streamNoise).Uint64()}
	}
	return out
}

// Published is the oracle as a server can have it. Fresh noise can't be published:
// a request that is sent again has to get the same answer.
func (e *Experiment) Published() (oracle.Settings, error) {
	s := e.Settings()
	if s.Noise.Sigma != 0 && !s.Noise.Fixed {
		return s, &ParamError{"noise-kind", "fresh", "a server gives a request that is sent again the same answer; publish with noise-kind=fixed"}
	}
	return s, nil
}

// Accuracy is the share of the test points that the Spec's own oracle labels right,
// noise included; NaN without test points.
func (e *Experiment) Accuracy() (float64, error) {
	s := e.Settings()
	s.Budget = e.Test.N()
	o, err := oracle.Open(e.Victim, e.Set.Domain, s)
	if err != nil {
		return math.NaN(), err
	}
	r, err := o.Ask(e.Test.X)
	if err != nil {
		return math.NaN(), err
	}
	return 1 - metric.Disagreement(e.Test.Y, r.Labels), nil
}

// copied is the recipe of the copy: the victim's, or another family's.
func (e *Experiment) copied() model.Recipe {
	s := e.Spec
	if s.Get("copy") == s.Get("victim") {
		r := e.Recipe
		r.Members, r.Bins, r.Privacy = s.Int("copy-members"), 0, 0
		if r.Family == "klr" {
			r.Learnt = true
			if n := s.Int("copy-representers"); n > 0 {
				r.Representers = n
			}
		}
		return r
	}
	if s.Get("copy") == "klr" {
		return model.Recipe{Family: "klr", Representers: s.Int("copy-representers"), Gamma: s.Float("copy-gamma"), Learnt: true}
	}
	return model.Recipe{
		Family: s.Get("copy"), Hidden: s.Ints("copy-hidden"), Activation: s.Get("copy-activation"),
		Kernel: s.Get("copy-kernel"), Degree: 2, Gamma: 1, Coef0: 1, Members: s.Int("copy-members"),
	}
}

// attack makes the Spec's attack. All that it learns of the victim is the
// family; hyper-parameters that training chose from data stay with the victim.
func (e *Experiment) attack(env Env) (attack.Attack, error) {
	return attack.New(e.Spec.Get("attack"), attack.Config{
		Copy: e.copied(), Rounds: e.Spec.Int("rounds"), Inside: e.Spec.Bool("inside"), Epsilon: e.Spec.Float("epsilon"), Repeat: e.Spec.Int("repeat"), Tick: env.Tick,
	})
}

// allow refuses combinations that only the data decide.
func (e *Experiment) allow() error {
	name, copied := e.Spec.Get("attack"), e.Spec.Get("copy")
	c := e.Set.Classes()
	if copied == "logistic" && c != 2 {
		return &ParamError{"copy", copied, fmt.Sprintf("takes two classes and the data have %d; softmax and ovr take more", c)}
	}
	if name == "lowd-meek" {
		if c != 2 {
			return &ParamError{"attack", name, fmt.Sprintf("separates two classes, and the data have %d", c)}
		}
		if k := e.copied(); k.Kernel == "poly" && (k.Degree != 2 || !e.Spec.Bool("inside")) {
			return &ParamError{"attack", name, "rebuilds a polynomial kernel with degree=2 and inside=yes only"}
		}
	}
	if (name == "equations" || name == "log-ratios" || name == "kernel-leak" || name == "bin-edges") && e.Answers() == oracle.Top1 && c != 2 {
		return &ParamError{"attack", name, fmt.Sprintf("needs the probability of every class, and answers=top1 gives one of %d; ask for answers=probabilities", c)}
	}
	return nil
}
