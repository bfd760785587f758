package experiment

import (
	"math"

	"modelheist/core/attack"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// answered are the answers that a thief has got. Where the victim is behind a
// network they are all that a copy can be held against.
type answered struct {
	x      []float64 // n×d, complete inputs only
	labels []int
}

// maxAnswered is how many answers are kept at least, once there were so many: as
// many as the uniform points of a yardstick.
const maxAnswered = 10_000

// add keeps the answers of a batch. Those to incomplete inputs say nothing of a
// label, and a regression has none.
func (a *answered) add(event attack.Event) {
	if event.Reply.Kind == oracle.Value || event.Reply.N() == 0 {
		return
	}
	d := len(event.X) / event.Reply.N()
	if len(a.labels) > 2*maxAnswered {
		old := len(a.labels) - maxAnswered
		a.x, a.labels = append(a.x[:0], a.x[old*d:]...), append(a.labels[:0], a.labels[old:]...)
	}
	for i, label := range event.Reply.Labels {
		if x := event.X[i*d : (i+1)*d]; complete(x) {
			a.x, a.labels = append(a.x, x...), append(a.labels, label)
		}
	}
}

func complete(x []float64) bool {
	for _, v := range x {
		if v != v {
			return false
		}
	}
	return true
}

// answeredBatch is how many answers are compared between two ticks.
const answeredBatch = 500

// agreement is the share of the latest answers that a copy gives too, NaN if
// there are none.
func (a *answered) agreement(c model.Classifier, tick model.Tick) (float64, error) {
	n, d, k := len(a.labels), c.Dim(), c.Classes()
	first, same := max(0, n-maxAnswered), 0
	scores, labels := make([]float64, answeredBatch*k), make([]int, answeredBatch)
	for at := first; at < n; at += answeredBatch {
		to := min(at+answeredBatch, n)
		scores, labels := scores[:(to-at)*k], labels[:to-at]
		c.ScoresTo(scores, a.x[at*d:to*d])
		model.LabelsTo(labels, scores, k)
		for i, label := range labels {
			if label == a.labels[at+i] {
				same++
			}
		}
		if tick != nil {
			if err := tick(); err != nil {
				return 0, err
			}
		}
	}
	if n == first {
		return math.NaN(), nil
	}
	return float64(same) / float64(n-first), nil
}
