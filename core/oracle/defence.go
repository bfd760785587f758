package oracle

import (
	"fmt"
	"math"
)

// MaxDecimals is the finest rounding; a float64 in [0, 1] carries no more.
const MaxDecimals = 15

// Round rounds the values of the answers to so many decimals, half to even, as
// numpy does. Probability vectors are then divided by their sum, as in the
// paper's rounding defence (Tramèr et al. 2016, section 7, and its code); a
// vector that rounds to nothing but zeros becomes uniform. Labels stay those of
// the exact values. There is nothing to round in answers that are labels only.
func Round(o Oracle, decimals int) (Oracle, error) {
	if decimals < 1 || decimals > MaxDecimals {
		return nil, fmt.Errorf("oracle: round = %d decimals, allowed 1..%d", decimals, MaxDecimals)
	}
	return &rounded{o, math.Pow10(decimals)}, nil
}

type rounded struct {
	inner
	units float64 // steps to 1
}

func (o *rounded) Ask(x []float64) (Reply, error) {
	r, err := o.inner.Ask(x)
	if err != nil {
		return Reply{}, err
	}
	for i, v := range r.Values {
		// Beyond 2^52 steps a float64 has no decimals left to round.
		if steps := v * o.units; math.Abs(steps) < 1<<52 {
			r.Values[i] = math.RoundToEven(steps) / o.units
		}
	}
	if r.Kind == Probabilities {
		for i := 0; i < len(r.Values); i += r.Classes {
			normalise(r.Values[i : i+r.Classes])
		}
	}
	return r, nil
}

// normalise divides p by its sum.
func normalise(p []float64) {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for i := range p {
		if sum == 0 {
			p[i] = 1 / float64(len(p))
		} else {
			p[i] /= sum
		}
	}
}

// Box refuses batches with an input outside the domain: *RangeError names the
// first one, and no row of the batch is answered. Behind a meter such a batch
// costs nothing.
func Box(o Oracle) Oracle { return &boxed{o} }

type boxed struct{ inner }

func (o *boxed) Ask(x []float64) (Reply, error) {
	d := o.Domain()
	for i, v := range x {
		if f := d[i%d.Dim()]; v < f.Low || v > f.High {
			return Reply{}, &RangeError{Row: i / d.Dim(), Feature: f, Value: v}
		}
	}
	return o.inner.Ask(x)
}
