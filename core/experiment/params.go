package experiment

import (
	"slices"

	"modelheist/core/model"
)

// Kind is how a parameter's value is written and checked.
type Kind string

const (
	Choice Kind = "choice" // one of Choices
	Int    Kind = "int"    // whole number in [Min, Max]
	Float  Kind = "float"  // number in [Min, Max]
	Ints   Kind = "ints"   // 1 to 3 whole numbers in [Min, Max], joined by commas
	Bool   Kind = "bool"   // yes or no
	Text   Kind = "text"   // anything
)

// Param defines one key of a Spec. From the table Params come the page's
// controls, the URL fragment, the command line's arguments, the validation and
// the reference.
type Param struct {
	Key     string   `json:"key"`
	Section string   `json:"section"` // data victim oracle attack budget remote
	Label   string   `json:"label"`   // as a control is labelled
	Kind    Kind     `json:"kind"`
	Unit    string   `json:"unit,omitempty"`
	Min     float64  `json:"min,omitempty"`
	Max     float64  `json:"max,omitempty"`
	Log     bool     `json:"log,omitempty"` // a slider moves over the logarithm
	Choices []Option `json:"choices,omitempty"`
	// Default is the value without a setting; empty means that the parameter is
	// off. The first of Defaults whose condition holds goes before it.
	Default  string    `json:"default"`
	Defaults []Default `json:"defaults,omitempty"`
	Help     string    `json:"help"`
	When     []Cond    `json:"when,omitempty"`     // applies when all of these hold
	Advanced bool      `json:"advanced,omitempty"` // behind "More" on the page
	Secret   bool      `json:"secret,omitempty"`   // never in a link, nor printed
	Full     bool      `json:"full,omitempty"`     // a lean build has no more than the default
}

// Option is one value of a Choice; it is allowed when all of When hold.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Help  string `json:"help,omitempty"`
	When  []Cond `json:"when,omitempty"`
	Full  bool   `json:"full,omitempty"` // a lean build does not have it
}

// Cond holds when the key's value is one of In, or set at all for Any; "" is among them where it also
// holds if the key does not apply.
type Cond struct {
	Key string   `json:"key"`
	In  []string `json:"in"`
}

// Any stands for every value that is set.
const Any = "*"

// Default is a default value under a condition.
type Default struct {
	When  Cond   `json:"when"`
	Value string `json:"value"`
}

// Sections are the parts of an experiment in the order of the story.
var Sections = []string{"data", "victim", "oracle", "attack", "budget"}

// bagged holds for the families that an ensemble can be of.
func bagged(key string) Cond { return when(key, model.Bagged...) }

func when(key string, in ...string) Cond { return Cond{Key: key, In: in} }

var (
	generated     = when("data", "moons", "circles", "blobs", "five-class", "spirals", "xor")
	withScores    = when("answers", "top1", "probabilities", "logits", "margin")
	probabilistic = when("victim", "logistic", "softmax", "ovr", "mlp", "tree", "knn", "klr")
	withLogits    = when("victim", "logistic", "softmax", "ovr", "mlp", "klr")
	treesAnswers  = []Cond{when("victim", "tree"), when("members", ""), when("copy", "tree"), when("copy-members", ""), when("answers", "top1", "probabilities"), when("answer-noise", "")}
	solvable      = when("copy", "logistic", "softmax", "ovr", "mlp")
	unbinned      = when("bins", "")
	single        = when("copy-members", "") // model to copy; ensembles are only retrained
)

// Params is the table of all keys, in the order of the story. A parameter's
// conditions name only keys above it.
var Params = brought(append(slices.Clone(remoteParams), []Param{
	{
		Key: "data", Section: "data", Label: "Data set", Kind: Choice, Default: "moons",
		Help: "What the victim is trained on.",
		Choices: []Option{
			{Value: "moons", Label: "Moons", Help: "two interleaved half circles"},
			{Value: "circles", Label: "Circles", Help: "a ring around a disc"},
			{Value: "blobs", Label: "Blobs", Help: "Gaussian clouds, one a class"},
			{Value: "spirals", Label: "Spirals", Help: "arms wound around each other"},
			{Value: "xor", Label: "XOR", Help: "opposite quadrants share a class"},
			{Value: "five-class", Label: "5-Class", Help: "20 features, five classes"},
			{Value: "iris", Label: "Iris", Help: "150 flowers, 4 features, 3 classes"},
			{Value: "digits", Label: "Digits", Help: "1,797 images of 8×8 pixels, 10 classes"},
			{Value: "breast-cancer", Label: "Breast cancer", Help: "569 biopsies, 30 features, 2 classes"},
			{Value: "wine", Label: "Wine", Help: "178 wines, 13 features, 3 classes"},
			{Value: "csv", Label: "CSV file", Help: "your own table"},
			{Value: "points", Label: "Drawn points", Help: "your own drawing on the plane"},
		},
	},
	{
		Key: "n", Section: "data", Label: "Points", Kind: Int, Min: 20, Max: 20000, Log: true, Default: "400",
		Defaults: []Default{{when("data", "five-class"), "1000"}},
		Help:     "How many points are generated.", When: []Cond{generated},
	},
	{
		Key: "classes", Section: "data", Label: "Classes", Kind: Int, Min: 2, Max: 4, Default: "3",
		Defaults: []Default{{when("data", "spirals"), "2"}},
		Help:     "How many classes are generated.", When: []Cond{when("data", "blobs", "spirals")},
	},
	{
		Key: "noise", Section: "data", Label: "Noise", Kind: Float, Min: 0, Max: 1, Default: "0.2",
		Defaults: []Default{
			{when("data", "circles"), "0.1"}, {when("data", "blobs"), "0.5"},
			{when("data", "spirals"), "0.03"}, {when("data", "xor"), "0.05"},
		},
		Help: "Standard deviation of the noise added to each point, in the generator's units; the paper has 0.25 for moons, 0.05 for circles, 0.5 for blobs.",
		When: []Cond{when("data", "moons", "circles", "blobs", "spirals", "xor")},
	},
	{
		Key: "file", Section: "data", Label: "File", Kind: Text, Help: "The CSV or TSV file to read.",
		When: []Cond{when("data", "csv")},
	},
	{
		Key: "label", Section: "data", Label: "Label column", Kind: Text,
		Help: "The column that holds the class, by name or by number from 1; without it the last one.",
		When: []Cond{when("data", "csv")},
	},
	{
		Key: "header", Section: "data", Label: "Header", Kind: Choice, Default: "detect", Advanced: true,
		Choices: []Option{{Value: "detect", Label: "Detect"}, {Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}},
		Help:    "Whether the file's first row names the columns.", When: []Cond{when("data", "csv")},
	},
	{
		Key: "missing", Section: "data", Label: "Missing values", Kind: Choice, Default: "category", Advanced: true,
		Choices: []Option{{Value: "category", Label: "A category", Help: "of their own, among texts"}, {Value: "drop", Label: "Drop the row"}},
		Help:    "What becomes of an empty cell, ?, NA or NaN.", When: []Cond{when("data", "csv")},
	},
	{
		Key: "points", Section: "data", Label: "Points", Kind: Text,
		Help: "The drawing, packed: four base64url characters a point (10 bits x, 10 bits y over [-1, 1], 4 bits class).",
		When: []Cond{when("data", "points")},
	},
	{
		Key: "seed", Section: "data", Label: "Seed", Kind: Int, Min: 0, Max: 1 << 52, Default: "1", Advanced: true,
		Help: "Everything random follows from it: the same experiment with the same seed gives the same events.",
	},

	{
		Key: "victim", Section: "victim", Label: "Model", Kind: Choice, Default: "svm",
		Help: "The family of the model behind the API. The attacker knows it, and trains a copy of the same family unless told otherwise.",
		Choices: []Option{
			{Value: "logistic", Label: "Logistic regression", Help: "a line between two classes; k = d+1 unknowns"},
			{Value: "softmax", Label: "Softmax regression", Help: "one linear score a class; k = c(d+1)"},
			{Value: "ovr", Label: "One-vs-rest logistic", Help: "one logistic model a class, normalised; k = c(d+1)"},
			{Value: "mlp", Label: "Neural network", Help: "a multilayer perceptron; k counts all weights and biases"},
			{Value: "svm", Label: "Support vector machine", Help: "a maximum-margin classifier; k is counted as d+1"},
			{Value: "tree", Label: "Decision tree", Help: "questions about one feature at a time; k counts its nodes", Full: true},
			{Value: "knn", Label: "Nearest neighbours", Help: "a vote of the nearest training points; k is counted as d+1", Full: true},
			{Value: "klr", Label: "Kernel logistic regression", Help: "similarity to some training points, which it holds; k = s·d + c(s+1)", Full: true},
		},
	},
	{
		Key: "victim-file", Section: "victim", Label: "Model file", Kind: Text, Full: true,
		Help: "A trained model to steal, instead of one that is trained here: our JSON, ONNX, or scikit-learn's numbers as JSON. victim names its family; it takes inputs in the units of the data, which measure the copy.",
	},
	{
		Key: "hidden", Section: "victim", Label: "Hidden nodes", Kind: Ints, Min: 1, Max: 256, Default: "8",
		Help: "Nodes in each hidden layer: 8, or 16,16 for two layers.", When: []Cond{when("victim", "mlp")},
	},
	{
		Key: "activation", Section: "victim", Label: "Activation", Kind: Choice, Default: "tanh", Advanced: true,
		Choices: []Option{{Value: "tanh", Label: "tanh"}, {Value: "relu", Label: "ReLU"}, {Value: "sigmoid", Label: "sigmoid"}},
		Help:    "What a hidden node does to its sum.", When: []Cond{when("victim", "mlp")},
	},
	{
		Key: "kernel", Section: "victim", Label: "Kernel", Kind: Choice, Default: "rbf",
		Choices: []Option{
			{Value: "rbf", Label: "RBF", Help: "exp(−γ‖x−y‖²)"},
			{Value: "poly", Label: "Polynomial", Help: "(γ·x·y + 1)^degree"},
			{Value: "linear", Label: "Linear", Help: "x·y"},
		},
		Help: "The similarity that the machine works with.", When: []Cond{when("victim", "svm")},
	},
	{
		Key: "depth", Section: "victim", Label: "Depth", Kind: Int, Min: 1, Max: 50, Default: "6",
		Help: "How many questions the tree asks at most before it answers.", When: []Cond{when("victim", "tree")},
	},
	{
		Key: "leaf", Section: "victim", Label: "Leaf size", Kind: Int, Unit: "points", Min: 1, Max: 1000, Default: "3",
		Help: "How many training points a leaf has at least.", When: []Cond{when("victim", "tree")},
	},
	{
		Key: "smoothing", Section: "victim", Label: "Smoothing", Kind: Float, Min: 0, Max: 10, Default: "1", Advanced: true,
		Help: "Added to every class count of a node before it becomes a probability, so that the confidence tells the size of a leaf; 0 gives plain frequencies, and most leaves the same.",
		When: []Cond{when("victim", "tree")},
	},
	{
		Key: "neighbours", Section: "victim", Label: "Neighbours", Kind: Int, Min: 1, Max: model.MaxNeighbours, Default: "5",
		Help: "How many of the nearest training points vote.", When: []Cond{when("victim", "knn")},
	},
	{
		Key: "C", Section: "victim", Label: "C", Kind: Float, Min: 0.001, Max: 1e6, Log: true, Default: "1",
		Defaults: []Default{{when("victim", "svm"), "10"}},
		Help:     "How much an error in training counts against a large weight; as scikit-learn defines it.",
		When:     []Cond{when("victim", "logistic", "softmax", "ovr", "svm", "klr")},
	},
	{
		Key: "bins", Section: "victim", Label: "Bins", Kind: Int, Min: 2, Max: 100, Full: true,
		Help: "Feature extraction, as a service does it: each number is put into so many bins of about as many points each, and the model, of bins and categories instead of numbers, is constant in each cell. Only bin-edges rebuilds it; other thieves take it for a model of the plain features. Without it the features are used as they are.",
		When: []Cond{when("victim", "logistic", "softmax", "ovr")},
	},
	{
		Key: "representers", Section: "victim", Label: "Representers", Kind: Int, Min: 1, Max: 2000, Default: "20",
		Help: "How many training points the model keeps and compares inputs with: the first ones.",
		When: []Cond{when("victim", "klr")},
	},
	{
		Key: "gamma", Section: "victim", Label: "γ", Kind: Float, Min: 0.001, Max: 1000, Log: true, Default: "2",
		Defaults: []Default{{when("victim", "klr"), "20"}},
		Help:     "How fast similarity falls with distance: larger bends the boundary more. With many features kernel logistic regression wants a small one: 0.03 on digits.",
		When:     []Cond{when("victim", "svm", "klr"), when("kernel", "", "rbf", "poly")},
	},
	{
		Key: "degree", Section: "victim", Label: "Degree", Kind: Int, Min: 1, Max: 8, Default: "2",
		Help: "Degree of the polynomial kernel.", When: []Cond{when("victim", "svm"), when("kernel", "poly")},
	},
	{
		Key: "decay", Section: "victim", Label: "Weight decay", Kind: Float, Min: 0, Max: 10, Default: "0.0001", Advanced: true,
		Help: "L2 penalty on the weights of the network, beside the mean loss.", When: []Cond{when("victim", "mlp")},
	},
	{
		Key: "members", Section: "victim", Label: "Members", Kind: Int, Min: 1, Max: model.MaxMembers, Full: true,
		Help: "Defence: an ensemble of so many models instead of one, each trained on a sample of the points. Its probabilities are their mean, its label the class with the largest. Of trees it is a random forest. k is the sum of the members'.",
		When: []Cond{bagged("victim"), when("bins", "")},
	},
	{
		Key: "privacy", Section: "victim", Label: "Private, ε", Kind: Float, Min: 0.001, Max: 1e6, Log: true, Full: true,
		Help: "Defence: train under ε-differential privacy, so that the model hardly depends on any one point; the less, the more noise. A smaller C needs less noise.",
		When: []Cond{when("victim", "logistic"), when("bins", ""), when("members", "")},
	},
	{
		Key: "privacy-method", Section: "victim", Label: "Noise goes", Kind: Choice, Default: "objective", Advanced: true,
		Choices: []Option{{Value: "objective", Label: "Into the objective", Help: "that training minimises"}, {Value: "output", Label: "Onto the weights", Help: "after training"}},
		Help:    "How privacy is reached (Chaudhuri et al. 2011).",
		When:    []Cond{when("privacy", Any)},
	},

	{
		Key: "answers", Section: "oracle", Label: "Answers", Kind: Choice, Default: "labels",
		Defaults: []Default{{when("victim", "tree"), "top1"}, {when("victim", "klr"), "probabilities"}},
		Help:     "What the API returns for a query.",
		Choices: []Option{
			{Value: "labels", Label: "Label", Help: "only the class"},
			{Value: "top1", Label: "Top 1", Help: "the class and its probability", When: []Cond{probabilistic}},
			{Value: "probabilities", Label: "Probabilities", Help: "the probability of every class", When: []Cond{probabilistic}},
			{Value: "logits", Label: "Logits", Help: "the scores before they become probabilities", When: []Cond{withLogits, when("members", "")}},
			{Value: "margin", Label: "Margin", Help: "the signed distance from the boundary", When: []Cond{when("victim", "svm")}},
		},
	},
	{
		Key: "round", Section: "oracle", Label: "Round to", Kind: Int, Unit: "decimals", Min: 1, Max: 15,
		Help: "Defence: the values are rounded to this many decimals; without it they come in full.",
		When: []Cond{withScores},
	},
	{
		Key: "answer-noise", Section: "oracle", Label: "Noise", Kind: Float, Unit: "standard deviation", Min: 0.0001, Max: 10, Log: true,
		Help: "Defence: Gaussian noise on every probability, logit or margin. The label is that of the largest noisy value, also where only labels come back; probabilities are cut to [0, 1] and divided by their sum.",
	},
	{
		Key: "noise-kind", Section: "oracle", Label: "Noise is", Kind: Choice, Default: "fresh", When: []Cond{when("answer-noise", Any)},
		Help: "Whether asking again gives another answer.",
		Choices: []Option{
			{Value: "fresh", Label: "Fresh", Help: "drawn anew for every answer; who repeats a query averages it away"},
			{Value: "fixed", Label: "Fixed", Help: "drawn from a hash of the input, so that a repeated query gets the same answer"},
		},
	},
	{
		Key: "box", Section: "oracle", Label: "Range check", Kind: Bool, Default: "no", Advanced: true,
		Help: "Defence: refuse queries outside the range that the API announces.",
	},

	{
		Key: "copy", Section: "attack", Label: "Copy", Kind: Choice, Default: "svm", Advanced: true,
		Help: "The family of the copy; without it the victim's own. Another one is improper extraction (App. D). Extract-and-test finds it out itself.",
		Choices: []Option{
			{Value: "logistic", Label: "Logistic regression"},
			{Value: "softmax", Label: "Softmax regression"},
			{Value: "ovr", Label: "One-vs-rest logistic"},
			{Value: "mlp", Label: "Neural network"},
			{Value: "svm", Label: "Support vector machine"},
			{Value: "tree", Label: "Decision tree", When: []Cond{when("bins", "")}, Full: true},
			{Value: "knn", Label: "Nearest neighbours", Full: true},
			{Value: "klr", Label: "Kernel logistic regression", Full: true},
		},
		Defaults: []Default{
			{when("victim", "logistic"), "logistic"}, {when("victim", "softmax"), "softmax"}, {when("victim", "ovr"), "ovr"},
			{when("victim", "mlp"), "mlp"}, {when("victim", "tree"), "tree"}, {when("victim", "knn"), "knn"},
			{when("victim", "klr"), "klr"},
		},
	},
	{
		Key: "copy-hidden", Section: "attack", Label: "Copy's hidden nodes", Kind: Ints, Min: 1, Max: 1000, Default: "20", Advanced: true,
		Help: "Nodes in each hidden layer of a copy whose victim is no network.",
		When: []Cond{when("copy", "mlp"), when("victim", "logistic", "softmax", "ovr", "svm", "tree", "knn", "klr")},
	},
	{
		Key: "copy-activation", Section: "attack", Label: "Copy's activation", Kind: Choice, Default: "tanh", Advanced: true,
		Choices: []Option{{Value: "tanh", Label: "tanh"}, {Value: "relu", Label: "ReLU"}, {Value: "sigmoid", Label: "sigmoid"}},
		Help:    "What a hidden node of a copy does whose victim is no network.",
		When:    []Cond{when("copy", "mlp"), when("victim", "logistic", "softmax", "ovr", "svm", "tree", "knn", "klr")},
	},
	{
		Key: "copy-kernel", Section: "attack", Label: "Copy's kernel", Kind: Choice, Default: "rbf", Advanced: true,
		Choices: []Option{{Value: "rbf", Label: "RBF"}, {Value: "poly", Label: "Quadratic", Help: "(x·y + 1)²"}, {Value: "linear", Label: "Linear"}},
		Help:    "The kernel of a copy whose victim has none.",
		When:    []Cond{when("copy", "svm"), when("victim", "logistic", "softmax", "ovr", "mlp", "tree", "knn", "klr")},
	},
	{
		Key: "copy-representers", Section: "attack", Label: "Copy's representers", Kind: Int, Min: 1, Max: 2000, Default: "20", Advanced: true,
		Defaults: []Default{{when("victim", "klr"), ""}},
		Help:     "How many representers the thief assumes; too many do no harm. Without it, the victim's number.",
		When:     []Cond{when("copy", "klr")},
	},
	{
		Key: "copy-gamma", Section: "attack", Label: "Copy's γ", Kind: Float, Min: 0.001, Max: 1000, Log: true, Default: "2", Advanced: true,
		Help: "γ of a kernel logistic copy whose victim is none; of one, the thief knows γ.",
		When: []Cond{when("copy", "klr"), when("victim", "logistic", "softmax", "ovr", "mlp", "svm", "tree", "knn")},
	},
	{
		Key: "copy-members", Section: "attack", Label: "Copy's members", Kind: Int, Min: 1, Max: model.MaxMembers, Full: true, Advanced: true,
		Help: "Steal with an ensemble of so many models instead of one, each trained on a sample of the answers; only retraining can.",
		When: []Cond{bagged("copy")},
	},
	{
		Key: "partial", Section: "oracle", Label: "Incomplete inputs", Kind: Bool, Default: "no",
		Help: "The API answers queries with missing features: a tree from the node where it stops, a linear model as if they had no effect. Refusing them is a defence.",
		When: []Cond{when("victim", "tree", "logistic", "softmax", "ovr"), when("members", ""), when("answers", "top1", "probabilities", "logits"), when("answer-noise", "")},
	},
	{
		Key: "fields", Section: "oracle", Label: "Lists fields", Kind: Bool, Default: "yes", Advanced: true,
		Help: "The answer to an incomplete query tells which feature was missing.",
		When: []Cond{when("victim", "tree"), when("partial", "yes")},
	},
	{
		Key: "attack", Section: "attack", Label: "Strategy", Kind: Choice, Default: "adaptive",
		Defaults: []Default{
			{when("answers", "labels", "margin"), "adaptive"}, {when("copy-members", Any), "adaptive"},
			{when("copy", "svm", "knn"), "adaptive"}, {when("copy", "klr"), "kernel-leak"}, {when("copy", "mlp"), "equations"},
			{when("bins", Any), "bin-edges"}, {when("copy", "logistic", "softmax", "ovr"), "equations"},
			// What is left are copies that are trees.
			{when("victim", "logistic", "softmax", "ovr"), "adaptive"}, {when("partial", "yes"), "top-down"}, {when("partial", "no"), "path-finding"},
		},
		Help: "How the thief spends the queries. It sees the API and nothing else.",
		Choices: []Option{
			{
				Value: "equations", Label: "Equation solving", Help: "every answer is an equation in the unknowns: solve them (Tramèr et al. 2016, section 4.1)",
				When: []Cond{solvable, single, unbinned, when("answers", "top1", "probabilities", "logits")},
			},
			{
				Value: "log-ratios", Label: "Log-ratios", Help: "ratios of a softmax's probabilities have logarithms linear in the input: d+1 answers, whatever the number of classes",
				When: []Cond{when("copy", "logistic", "softmax"), single, unbinned, when("answers", "top1", "probabilities", "logits")},
			},
			{
				Value: "kernel-leak", Label: "Kernel leak", Help: "recover a kernel model with the training points that it holds (section 4.1.3)",
				When: []Cond{when("copy", "klr"), when("answers", "top1", "probabilities", "logits")}, Full: true,
			},
			{Value: "uniform", Label: "Uniform retraining", Help: "train the copy on the labels of random queries (section 6.1)"},
			{Value: "line-search", Label: "Line-search retraining", Help: "bisect between answers that differ, train on all of them (section 6.1)"},
			{Value: "adaptive", Label: "Adaptive retraining", Help: "each round asks near the boundary of the copy so far (section 6.1)"},
			{
				Value: "lowd-meek", Label: "Lowd–Meek", Help: "measure a straight boundary feature by feature, from labels (section 6.1)",
				When: []Cond{when("copy", "logistic", "svm"), single, unbinned, when("kernel", "", "linear", "poly"), when("copy-kernel", "", "linear", "poly")}, Full: true,
			},
			{
				Value: "extract-and-test", Label: "Extract and test", Help: "the family is unknown: try all of them on one pool of answers, then steal with the best (section 4.3)",
				When: []Cond{single}, Full: true,
			},
			{
				Value: "bin-edges", Label: "Bin edges", Help: "find where a service parts each feature into bins, then the weight of each bin; noise on the answers defeats it (section 5.2)",
				When: []Cond{when("bins", Any), when("copy", "logistic", "softmax", "ovr"), when("answers", "top1", "probabilities", "logits")}, Full: true,
			},
			{
				Value: "path-finding", Label: "Path finding", Help: "from a leaf of a tree, follow each feature to the leaves around it (section 4.2)",
				When: treesAnswers, Full: true,
			},
			{
				Value: "top-down", Label: "Top-down path finding", Help: "from the root of a tree, by incomplete queries (section 4.2)",
				When: append(slices.Clone(treesAnswers), when("partial", "yes")), Full: true,
			},
		},
	},
	{
		Key: "inside", Section: "attack", Label: "Stay inside", Kind: Bool, Default: "no", Advanced: true,
		Defaults: []Default{{when("kernel", "poly"), "yes"}, {when("copy-kernel", "poly"), "yes"}},
		Help:     "Ask within the announced range only, where the original search asks at a distance of 1e8; a curved boundary needs it.",
		When:     []Cond{when("attack", "lowd-meek")},
	},
	{
		Key: "epsilon", Section: "attack", Label: "ε", Kind: Float, Min: 1e-8, Max: 0.5, Log: true, Default: "0.001", Advanced: true,
		Help: "How finely splits and edges are told apart, where features are scaled to [-1, 1].",
		When: []Cond{when("attack", "path-finding", "top-down", "bin-edges")},
	},
	{
		Key: "repeat", Section: "attack", Label: "Repeat", Kind: Int, Unit: "times", Min: 1, Max: 1000, Default: "1", Advanced: true,
		Help: "Ask each input so many times and average the answers, against noise that is fresh. Every time counts as a query.",
	},
	{
		Key: "rounds", Section: "attack", Label: "Rounds", Kind: Int, Min: 1, Max: 1000, Advanced: true,
		Help: "How often the copy is trained; without it the attack chooses.",
		When: []Cond{when("attack", "equations", "log-ratios", "kernel-leak", "uniform", "line-search", "adaptive", "lowd-meek", "extract-and-test")},
	},
	{
		Key: "alpha", Section: "budget", Label: "α", Kind: Float, Min: 0.1, Max: 1000, Log: true,
		Defaults: []Default{{when("attack", "equations", "log-ratios", "kernel-leak"), "2"}},
		Help:     "Budget in multiples of the victim's unknowns: α·k queries. Instead of queries.",
	},
	{
		Key: "queries", Section: "budget", Label: "Budget", Kind: Int, Unit: "queries", Min: 1, Max: 1000000, Log: true, Default: "200",
		Defaults: []Default{{when("attack", "equations", "log-ratios", "kernel-leak"), ""}, {when("attack", "path-finding", "top-down"), "5000"}, {when("attack", "bin-edges"), "1000"}},
		Help:     "How many queries the thief may ask. Instead of alpha.",
	},
	{
		Key: "goal", Section: "budget", Label: "Stop at", Kind: Float, Unit: "agreement", Min: 0.5, Max: 1, Advanced: true,
		Help: "Stop when the copy agrees with the victim on this share of the plane; without it the whole budget is spent.",
	},
	{
		Key: "patience", Section: "budget", Label: "Patience", Kind: Int, Unit: "queries", Min: 1, Max: 1000000, Log: true, Advanced: true,
		Help: "Stop when this many queries have brought no better copy; without it the whole budget is spent.",
	},
}...))

// brought gives the keys of the victim's training the condition that it is
// trained here: a model that was brought along has its own.
func brought(list []Param) []Param {
	for i, p := range list {
		if p.Section == "victim" && p.Key != "victim" && p.Key != "victim-file" {
			list[i].When = append(slices.Clone(p.When), when("victim-file", ""))
		}
	}
	return list
}

// Lookup finds a key in the table.
func Lookup(key string) (Param, bool) {
	for _, p := range Params {
		if p.Key == key {
			return p, true
		}
	}
	return Param{}, false
}
