// Package model holds what can be stolen and how it is trained. The same
// families serve as victims and as copies.
//
// All models work on batches in flat row-major storage: x is n×d, scores and
// probabilities are n×c. They never modify their inputs and are safe for
// repeated use once trained.
package model

import (
	"errors"
	"math/rand/v2"
)

// Classifier is a trained model: a victim or a copy.
type Classifier interface {
	// Dim is the number of features d of one input.
	Dim() int
	// Classes is the number of classes c >= 2.
	Classes() int
	// ScoresTo writes the n×c scores of the n×d batch x to dst. Scores are
	// logits for the probabilistic families and margins for the SVM (two
	// classes: -m and +m). The label is the class of the largest score, ties to
	// the lower index.
	ScoresTo(dst, x []float64)
}

// Probabilistic is a Classifier with class probabilities.
type Probabilistic interface {
	Classifier
	// ProbabilitiesTo writes the n×c class probabilities of x to dst.
	ProbabilitiesTo(dst, x []float64)
}

// Parametric is a Classifier whose unknowns are a vector; k = len(Params()).
type Parametric interface {
	Classifier
	// Params returns a copy of the parameters in the family's own order.
	Params() []float64
}

// GridScorer is a Classifier over the plane (d = 2) that knows a faster way to
// score a whole grid than point by point. surface uses it.
type GridScorer interface {
	Classifier
	// GridScoresTo writes the scores of the points (xs[i], ys[j]) to dst,
	// row j then column i: dst is (len(ys)·len(xs))×c.
	GridScoresTo(dst, xs, ys []float64)
}

// Tick is called once per solver iteration. A long training gives way in it and
// stops with its error, if it returns one. A nil Tick is allowed.
type Tick func() error

// Data is what a model is trained on: n×d inputs with either labels or the
// probabilities that an oracle returned for them.
type Data struct {
	X             []float64 // n×d
	Dim, Classes  int
	Labels        []int     // n, or nil
	Probabilities []float64 // n×c, or nil
	// Categories are how many each feature has, 0 for numbers; nil if all are
	// numbers. Only feature extraction (Recipe.Bins) tells them apart.
	Categories []int
}

// N is the number of rows.
func (d Data) N() int { return len(d.X) / d.Dim }

// Options steer one training.
type Options struct {
	Rand *rand.Rand // starts of non-convex families, samples of ensembles, noise of privacy; required for these
	Tick Tick       // may be nil
	// Member is told, before each member of an ensemble is trained, how many are
	// and how many there will be; may be nil.
	Member func(done, of int)
	Warm   Classifier // start from this model of the same shape, or nil
	Tol    float64    // svm: largest violation of optimality to stop at; 0 is 1e-6, libsvm takes 1e-3
}

// ErrOneClass reports labels of a single class: nothing to separate.
var ErrOneClass = errors.New("model: all points have the same class; a classifier needs at least two")
