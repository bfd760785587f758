package experiment

import (
	"math"

	"modelheist/core/metric"
	"modelheist/core/model"
)

// Leak is what a copy gives away of the training points that the victim holds:
// the points that the copy has, matched one to one.
type Leak struct {
	metric.Leakage
	Found []float64 // n×d points of the copy
	Truth []float64 // n×d: the training point that each is matched to; NaN for none
}

// holder is a model that keeps training points, or a copy what it takes for
// them: n×d.
type holder interface{ Representers() []float64 }

// maxLeak is how many points of the larger side are matched at most: 21
// assignments in O(n³), in one go.
const maxLeak = 200

// leak matches the copy's points to the victim's. Nil unless both hold some, at
// most maxLeak.
func (e *Experiment) leak(copied model.Classifier) *Leak {
	victim, holds := e.Victim.(holder)
	thief, has := copied.(holder)
	if !holds || !has {
		return nil
	}
	d, truth, found := e.Set.D(), victim.Representers(), thief.Representers()
	if len(truth) == 0 || len(found) == 0 || max(len(truth), len(found)) > maxLeak*d {
		return nil
	}
	l := &Leak{metric.Leak(truth, found, e.Set.Domain, e.random(streamLeak)), found, make([]float64, len(found))}
	for i, k := range l.Match {
		for f := range d {
			l.Truth[i*d+f] = math.NaN()
			if k >= 0 {
				l.Truth[i*d+f] = truth[k*d+f]
			}
		}
	}
	return l
}
