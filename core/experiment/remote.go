package experiment

import (
	"slices"
	"strconv"

	"modelheist/core/dataset"
	"modelheist/core/oracle"
)

// RemoteSection is the section of the keys that connect to a remote oracle. They
// have no controls among the others.
const RemoteSection = "remote"

var remote = when("oracle", Any)

// remoteParams are the keys of a theft across a network. With oracle=URL there
// is no data set, no victim and no oracle of one's own, and nothing to measure a
// copy by.
var remoteParams = []Param{
	{
		Key: "oracle", Section: RemoteSection, Label: "Address", Kind: Text, Full: true,
		Help: "Steal across a network: the address of a server of the Open Inference Protocol, http://localhost:8080. Only of what you own or may test.",
	},
	{
		Key: "model", Section: RemoteSection, Label: "Model", Kind: Text, When: []Cond{remote},
		Help: "The model's name on that server.",
	},
	{
		Key: "token", Section: RemoteSection, Label: "Token", Kind: Text, When: []Cond{remote}, Secret: true,
		Help: "The token that the server wants, as Bearer. It is never written into a link.",
	},
	{
		Key: "input", Section: RemoteSection, Label: "Input", Kind: Text, When: []Cond{remote}, Advanced: true,
		Help: "The input to send queries to, where the server has several.",
	},
	{
		Key: "label-output", Section: RemoteSection, Label: "Label output", Kind: Text, When: []Cond{remote}, Advanced: true,
		Help: "The output that is the label, where its name doesn't tell.",
	},
	{
		Key: "score-output", Section: RemoteSection, Label: "Score output", Kind: Text, When: []Cond{remote}, Advanced: true,
		Help: "The output that holds a number for each class, where its name doesn't tell.",
	},
	{
		Key: "score-kind", Section: RemoteSection, Label: "Scores are", Kind: Choice, When: []Cond{remote}, Advanced: true,
		Choices: []Option{{Value: "probabilities", Label: "Probabilities"}, {Value: "logits", Label: "Logits"}, {Value: "margin", Label: "Margins"}},
		Help:    "What the scores are, where the output's name doesn't tell.",
	},
	{
		Key: "low", Section: RemoteSection, Label: "Lowest input", Kind: Float, Min: -1e9, Max: 1e9, When: []Cond{remote}, Advanced: true,
		Help: "The low end of every feature's range, where the server doesn't tell; with high.",
	},
	{
		Key: "high", Section: RemoteSection, Label: "Highest input", Kind: Float, Min: -1e9, Max: 1e9, When: []Cond{remote}, Advanced: true,
		Help: "The high end of every feature's range, where the server doesn't tell; with low.",
	},
	{
		Key: "features", Section: RemoteSection, Label: "Features", Kind: Int, Min: 1, Max: 4096, When: []Cond{remote}, Advanced: true,
		Help: "The number of features, where the server doesn't tell.",
	},
	{
		Key: "class-count", Section: RemoteSection, Label: "Classes", Kind: Int, Min: 2, Max: 1000, When: []Cond{remote}, Advanced: true,
		Help: "The number of classes, where the server doesn't tell.",
	},
}

// Remote tells whether the victim is behind a network.
func (s Spec) Remote() bool { return s.set["oracle"] != "" }

// local tells whether a key is about the data, the victim and the oracle of
// one's own, or needs a victim to measure by.
func local(p Param) bool {
	return p.Key != "seed" && slices.Contains([]string{"data", "victim", "oracle"}, p.Section) || p.Key == "goal" || p.Key == "patience"
}

// checkRemote adds what the table can't say.
func (s Spec) checkRemote() []error {
	if !s.Remote() {
		return nil
	}
	var errs []error
	if s.set["model"] == "" {
		errs = append(errs, &ParamError{Key: "model", Reason: "is needed with oracle"})
	}
	if (s.set["low"] == "") != (s.set["high"] == "") || s.set["low"] != "" && !(s.Float("low") < s.Float("high")) {
		errs = append(errs, &ParamError{Key: "high", Value: s.set["high"], Reason: "give low and high together, low the smaller"})
	}
	return errs
}

// Named is an oracle that knows the names of its classes.
type Named interface{ ClassNames() []string }

// connect opens the remote oracle in the place of data and victim.
func (e *Experiment) connect(env Env, prev *Experiment) error {
	if env.OpenOracle == nil {
		return &ParamError{"oracle", e.Spec.Get("oracle"), "no remote oracle can be reached from here"}
	}
	if prev != nil && prev.remote != nil && prev.Spec.part(RemoteSection) == e.Spec.part(RemoteSection) {
		e.remote = prev.remote
	} else {
		env.stage("oracle")
		o, err := env.OpenOracle(e.Spec)
		if err != nil {
			return err
		}
		e.remote = o
	}
	d, c := e.remote.Domain(), e.remote.Classes()
	var names []string
	if named, is := e.remote.(Named); is {
		names = named.ClassNames()
	}
	if len(names) != c {
		names = make([]string, c)
		for i := range names {
			names[i] = strconv.Itoa(i)
		}
	}
	e.Set = &dataset.Set{Name: e.Spec.Get("model"), Domain: d, ClassNames: names}
	e.Train, e.Test = e.Set, e.Set
	e.Recipe = e.copied()
	e.settle()
	return e.allow()
}

// Remote is the oracle of a victim behind a network, nil for one's own.
func (e *Experiment) Remote() oracle.Oracle { return e.remote }

// Answers is what the oracle of the experiment returns.
func (e *Experiment) Answers() oracle.Kind {
	if e.remote != nil {
		return e.remote.Answers()
	}
	return oracle.Kind(e.Spec.Get("answers"))
}
