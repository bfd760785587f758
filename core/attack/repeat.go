package attack

import (
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// averaged makes one answer of each run of so many to the same input. Values are
// averaged, and where there is one a class the label is that of the largest mean.
// Labels by themselves are counted, ties to the lower, and a top-1 value is the
// mean of those that came with the winning label. Of missing fields the first
// answer's counts.
func averaged(r oracle.Reply, times int) oracle.Reply {
	w, n := r.Width(), r.N()/times
	out := oracle.Reply{Kind: r.Kind, Classes: r.Classes, Labels: make([]int, n)}
	for i := range n {
		labels, values := r.Labels[i*times:(i+1)*times], r.Values[i*times*w:(i+1)*times*w]
		out.Labels[i] = most(labels, r.Classes)
		if r.Missing != nil {
			out.Missing = append(out.Missing, r.Missing[i*times])
		}
		if w == 0 {
			continue
		}
		mean, count := make([]float64, w), 0
		for t, y := range labels {
			if r.Kind != oracle.Top1 || y == out.Labels[i] {
				num.AddScaled(mean, 1, values[t*w:(t+1)*w])
				count++
			}
		}
		num.Scale(mean, 1/float64(count))
		if w == r.Classes {
			out.Labels[i] = largest(mean)
		}
		out.Values = append(out.Values, mean...)
	}
	return out
}

// most is the label that comes most often, ties to the lower.
func most(labels []int, c int) int {
	count := make([]float64, c)
	for _, y := range labels {
		count[y]++
	}
	return largest(count)
}

// largest is the index of the largest, ties to the lower.
func largest(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}
