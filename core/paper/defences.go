package paper

import (
	"fmt"
	"slices"
	"strconv"
)

// The paper conjectures what ensembles and differential privacy do to extraction
// (section 7) and measures neither. What is here is ours, and has no figures of the
// paper beside it.

var ensembles = Reproduction{
	Name: "ensembles", Title: "Section 7: ensembles",
	Caption: "The paper conjectures that ensembles withstand extraction better, and has no figures. Ours are of bagged trees (random forests), logistic regression and networks on Moons, and in full on Circles and Breast Cancer too. " +
		"α counts the unknowns of all members, so that a larger ensemble gets the thief more queries. One is a single model on all points. Accuracy is the owner's, of the API's labels.",
	Axis: "α", Columns: []Column{queries, agreeTest, agreeUnif, accuracy100}, Seeds: 2, FullSeeds: 5,
	Panels: []Panel{{"Trees", "α"}, {"Logistic, from labels", "α"}, {"Logistic, from probabilities", "α"}, {"Networks", "α"}},
	rows:   rowsOfEnsembles,
}

// The panels of ensembles.
const (
	ofTrees = iota
	ofLabels
	ofProbabilities
	ofNetworks
)

func rowsOfEnsembles(full bool) []Row {
	sets, networks := []Set{noisyMoons}, []int{1, 5}
	alphas, most := []float64{0.5, 1, 2, 5, 10, 20}, 5.0
	if full {
		sets, networks, most = []Set{noisyMoons, noisyCircles, cancer}, sizes, 20
	}
	var rows []Row
	add := func(panel int, most float64, sets []Set, members int, group string, settings ...string) {
		victim := [...]string{ofTrees: "one tree", ofLabels: "one logistic", ofProbabilities: "one logistic", ofNetworks: "one network"}[panel]
		if members > 1 {
			victim = fmt.Sprintf([...]string{ofTrees: "forest of %d", ofLabels: "%d logistic", ofProbabilities: "%d logistic", ofNetworks: "%d networks"}[panel], members)
			settings = append(settings, "members="+strconv.Itoa(members))
		}
		for _, row := range curves(alphas, most, 4, sets, nil, []curve{{group: victim + ", " + group, settings: settings}}) {
			row.Panel = panel
			rows = append(rows, row)
		}
	}
	same := func(members int) string { return "copy-members=" + strconv.Itoa(members) }
	exact := Row{Group: "one tree, probabilities, path finding", X: none, Sets: sets, Paper: silent(4)}
	exact.settings = []string{"victim=tree", "answers=probabilities", "attack=path-finding", "queries=5000"}
	rows = append(rows, exact)
	for _, n := range sizes {
		// k is the number of nodes: α = 5 is ten thousand queries for a large forest.
		add(ofTrees, min(most, 5), sets, n, "labels, tree", "victim=tree", "answers=labels", "attack=adaptive")
		if n > 1 {
			add(ofTrees, min(most, 5), sets, n, "labels, forest", "victim=tree", "answers=labels", "attack=adaptive", same(n))
		}
	}
	for _, n := range sizes {
		add(ofLabels, most, sets, n, "labels, one model", "victim=logistic", "answers=labels", "attack=adaptive")
		if n > 1 {
			add(ofLabels, most, sets, n, "labels, ensemble", "victim=logistic", "answers=labels", "attack=adaptive", same(n))
		}
		add(ofProbabilities, most, sets, n, "probabilities, one model", "victim=logistic", "answers=probabilities", "attack=equations")
	}
	for _, n := range networks {
		victim := []string{"victim=mlp", "hidden=4"}
		add(ofNetworks, min(most, 5), sets[:1], n, "labels, one network", append(victim, "answers=labels", "attack=adaptive")...)
		add(ofNetworks, min(most, 5), sets[:1], n, "probabilities, one network", append(victim, "answers=probabilities", "attack=equations")...)
		if n == 5 {
			add(ofNetworks, min(most, 5), sets[:1], n, "labels, ensemble", append(victim, "answers=labels", "attack=adaptive", same(n))...)
		}
	}
	return rows
}

// sizes are the numbers of members that are compared.
var sizes = []int{1, 5, 20, 50}

// Data that no model gets all right, so that members differ.
var (
	noisyMoons   = Set{Name: "Moons", settings: []string{"data=moons", "n=1000", "noise=0.25"}}
	noisyCircles = Set{Name: "Circles", settings: []string{"data=circles", "n=1000", "noise=0.15"}}
)

var privacy = Reproduction{
	Name: "privacy", Title: "Section 7: differential privacy and noise",
	Caption: "The paper argues that a differentially private victim need not be harder to steal, and has no figures. Ours: logistic regression trained under ε-differential privacy, and noise of standard deviation σ on the answers of a softmax, fresh or fixed by the input. " +
		"The copy is held against the victim without noise; accuracy is the owner's, of the API's labels. 20 queries for each unknown, 200 where ten times is said.",
	Axis: "ε or σ", Columns: []Column{queries, agreeTest, agreeUnif, tvUnif, accuracy100}, Seeds: 5, FullSeeds: 20,
	Panels: []Panel{{"Private victims", "ε"}, {"Noise on labels", "σ"}, {"Noise on probabilities", "σ"}},
	rows:   rowsOfPrivacy,
}

// The panels of privacy.
const (
	ofPrivate = iota
	ofNoisyLabels
	ofNoisyProbabilities
)

func rowsOfPrivacy(full bool) []Row {
	binary, multi := []Set{moons, cancer}, []Set{noisyMoons, blobs, iris}
	if full {
		binary = append(binary, circles)
	}
	var rows []Row
	add := func(panel int, a float64, group string, sets []Set, key string, values []float64, settings ...string) {
		settings = append(settings, alpha(a))
		if key == "" {
			rows = append(rows, Row{Group: group, Panel: panel, X: none, Sets: sets, Paper: silent(5), settings: settings})
		}
		for _, v := range values {
			set := append(slices.Clone(settings), key+"="+strconv.FormatFloat(v, 'g', -1, 64))
			rows = append(rows, Row{Group: group, Panel: panel, X: v, Sets: sets, Paper: silent(5), settings: set})
		}
	}
	labels, all := []string{"answers=labels", "attack=adaptive"}, []string{"answers=probabilities", "attack=equations"}
	with := func(settings []string, more ...string) []string { return slices.Concat(settings, more) }

	logistic := []string{"victim=logistic", "C=0.1"}
	add(ofPrivate, 20, "plain victim, labels", binary, "", nil, with(labels, logistic...)...)
	add(ofPrivate, 20, "plain victim, probabilities", binary, "", nil, with(all, logistic...)...)
	for _, method := range []string{"objective", "output"} {
		private := append(logistic, "privacy-method="+method)
		epsilons := []float64{0.1, 0.3, 1, 3, 10}
		add(ofPrivate, 20, "private victim ("+method+"), labels, ε", binary, "privacy", epsilons, with(labels, private...)...)
		add(ofPrivate, 20, "private victim ("+method+"), probabilities, ε", binary, "privacy", epsilons, with(all, private...)...)
	}
	sigmas := []float64{0.001, 0.01, 0.03, 0.1, 0.3}
	add(ofNoisyLabels, 20, "no noise, labels", multi, "", nil, with(labels, "victim=softmax")...)
	add(ofNoisyProbabilities, 20, "no noise, probabilities", multi, "", nil, with(all, "victim=softmax")...)
	for _, kind := range []string{"fresh", "fixed"} {
		noisy := []string{"victim=softmax", "noise-kind=" + kind}
		add(ofNoisyLabels, 20, kind+" noise, labels, σ", multi, "answer-noise", sigmas, with(labels, noisy...)...)
		add(ofNoisyProbabilities, 20, kind+" noise, probabilities, σ", multi, "answer-noise", sigmas, with(all, noisy...)...)
		add(ofNoisyProbabilities, 200, kind+" noise, probabilities of the same inputs ten times, σ", multi, "answer-noise", sigmas, with(all, append(noisy, "repeat=10")...)...)
		add(ofNoisyProbabilities, 200, kind+" noise, probabilities of ten times as many inputs, σ", multi, "answer-noise", sigmas, with(all, noisy...)...)
	}
	return rows
}
