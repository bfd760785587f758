package model

import "fmt"

// Families are the kinds of model that Recipe can train.
var Families = append([]string{"logistic", "softmax", "ovr", "mlp", "svm"}, more...)

// Recipe is a family with its hyper-parameters: all that training needs besides
// the data. A victim and its copy are trained by recipes of the same type.
type Recipe struct {
	Family string

	// Penalty of logistic, softmax, ovr and the SVM as scikit-learn defines it:
	// minimise ½‖w‖² + C·Σ loss, intercepts free. Larger is looser; +Inf is none.
	C float64

	// Bins puts feature extraction before logistic, softmax and ovr: numbers in so
	// many bins of about as many training points, one-hot; 0 is none.
	Bins int

	// Multilayer perceptrons.
	Hidden     []int   // nodes a hidden layer, input side first
	Activation string  // tanh relu sigmoid
	L2         float64 // mean loss + ½·L2·‖W‖², biases free

	// Kernel of the SVM: linear x·y; poly (γ·x·y + coef0)^degree; rbf exp(-γ‖x-y‖²).
	Kernel string
	Gamma  float64 // > 0
	Coef0  float64
	Degree int

	// Decision trees (Growth).
	Depth   int     // splits on a path at most; 0 for no limit
	MinLeaf int     // points a leaf at least; 0 is 1
	Laplace float64 // added to every class count of a node

	Neighbours int // k of the k-nearest-neighbour classifier, 1..MaxNeighbours

	// Kernel logistic regression (rbf, Gamma). Learnt representers are parameters
	// like the weights, as they always are of a model trained on probabilities;
	// otherwise they are the first training points.
	Representers int // s
	Learnt       bool

	// Members trains an ensemble of so many models (Bagged) on bootstrap samples,
	// which needs Options.Rand; 0 is the model itself, on all points.
	Members int

	// Privacy is the ε of a logistic regression trained under differential privacy
	// by PrivacyMethod (output objective), which needs Options.Rand; 0 is without.
	Privacy       float64
	PrivacyMethod string
}

// Unknowns is k, the number of parameters an attacker has to recover, for d
// inputs and c classes: d+1 for logistic and the SVM, c(d+1) for softmax and
// one-vs-rest, all weights and biases for the MLP, s·d + c(s+1) for kernel
// logistic regression, whose representers count (Tramèr et al. 2016, sections 4
// and 6). Of a tree only the training tells; here it counts as the
// largest of its depth, at most 2^20 leaves: 2·leaves - 1. Nearest neighbours have
// no such number; d+1 is a mere unit for budgets. Behind feature extraction only the
// training tells how many columns there are; here all features count as numbers
// in all their bins. Of an ensemble it is the sum of
// its members'.
func (r Recipe) Unknowns(d, c int) int {
	if members := r.Members; members > 0 {
		r.Members = 0
		return members * r.Unknowns(d, c)
	}
	if r.Bins > 0 {
		d *= r.Bins
	}
	switch r.Family {
	case "logistic", "svm", "knn":
		return d + 1
	case "softmax", "ovr":
		return c * (d + 1)
	case "mlp":
		k, in := 0, d
		for _, h := range r.Hidden {
			k += h * (in + 1)
			in = h
		}
		return k + c*(in+1)
	case "klr":
		return r.Representers*d + c*(r.Representers+1)
	case "tree":
		depth := r.Depth
		if depth == 0 || depth > 20 {
			depth = 20
		}
		return 2<<depth - 1
	}
	panic(fmt.Sprintf("model: no family %q", r.Family))
}

// Train fits the family to data. It returns ErrOneClass for labels of one
// class, the error of o.Tick if that stopped it, and an error that says what is
// wrong if the family cannot take the data (logistic with three classes, an SVM
// without labels).
func (r Recipe) Train(data Data, o Options) (Classifier, error) {
	if r.Members == 0 && r.Bins == 0 && r.Privacy == 0 {
		switch r.Family {
		case "logistic", "softmax", "ovr":
			return r.trainLinear(data, o)
		case "mlp":
			return r.trainMLP(data, o)
		case "svm":
			return r.trainSVM(data, o)
		}
	}
	return r.trainMore(data, o)
}

// growth is that of a tree whose nodes look at so many features.
func (r Recipe) growth(o Options, features int) Growth {
	return Growth{Depth: r.Depth, MinLeaf: r.MinLeaf, Laplace: r.Laplace, Features: features, Rand: o.Rand, Tick: o.Tick}
}

// built hides the nil pointer that comes with an error.
func built[M Classifier](m M, err error) (Classifier, error) {
	if err != nil {
		return nil, err
	}
	return m, nil
}
