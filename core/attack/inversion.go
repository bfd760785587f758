package attack

import (
	"fmt"
	"math"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// Inversion looks for the input that a model is most sure of, class by class: an
// image of what it takes the class for. The zero value works.
type Inversion struct {
	Sure  float64    // confidence to stop at; 0 is 0.9999
	Steps int        // at most; 0 is 100
	Width float64    // how far a feature moves to measure a slope, as a share of its range; 0 is 1e-4
	Tick  model.Tick // called once a step; may be nil
}

// Image is an input that stands for a class.
type Image struct {
	Class      int
	X          []float64 // d
	Confidence float64   // probability of the class at X
	Queries    int       // asked for it
}

// Prober returns the n×c probabilities of the n×d batch x.
type Prober func(x []float64) ([]float64, error)

// Free asks a model in the thief's hands.
func Free(m model.Probabilistic) Prober {
	return func(x []float64) ([]float64, error) {
		p := make([]float64, len(x)/m.Dim()*m.Classes())
		m.ProbabilitiesTo(p, x)
		return p, nil
	}
}

// Paid asks an oracle, which needs to answer with probabilities.
func Paid(o oracle.Oracle) (Prober, error) {
	if o.Answers() != oracle.Probabilities {
		return nil, fmt.Errorf("attack: inversion can't use answers = %s, allowed probabilities", o.Answers())
	}
	return func(x []float64) ([]float64, error) {
		r, err := o.Ask(x)
		return r.Values, err
	}, nil
}

// Invert climbs log f_class from the centre of the domain by projected gradient
// steps, gradients by differences: d+1 answers a step that is taken, one more
// for each that is not. The same code thus runs white-box, on a stolen copy for
// free, and black-box, where each answer is a query. Steps are measured in the
// features' ranges, and each first moves the steepest feature by a quarter of its
// range.
//
// Errors: those of ask and Tick. Source: Fredrikson, Jha, Ristenpart 2015,
// algorithm 1; Tramèr et al. 2016, section 4.1.4.
func (v Inversion) Invert(ask Prober, d domain.Domain, classes, class int) (Image, error) {
	if class < 0 || class >= classes {
		panic(fmt.Sprintf("attack: inversion of class %d of %d", class, classes))
	}
	c := &climber{Inversion: v, box: d, ask: ask, classes: classes, im: Image{Class: class}}
	if c.Sure == 0 {
		c.Sure = 0.9999
	}
	if c.Steps == 0 {
		c.Steps = 100
	}
	if c.Width == 0 {
		c.Width = 1e-4
	}
	for _, f := range d {
		c.im.X = append(c.im.X, (f.Low+f.High)/2)
	}
	err := c.climb()
	return c.im, err
}

type climber struct {
	Inversion
	box     domain.Domain
	ask     Prober
	classes int
	im      Image
}

// at is the probability of the class at each input of a batch.
func (c *climber) at(x []float64) ([]float64, error) {
	n := len(x) / len(c.box)
	p, err := c.ask(x)
	if err != nil {
		return nil, err
	}
	c.im.Queries += n
	out := make([]float64, n)
	for i := range out {
		out[i] = p[i*c.classes+c.im.Class]
	}
	return out, nil
}

func (c *climber) climb() error {
	p, err := c.at(slices.Clone(c.im.X))
	if err != nil {
		return err
	}
	c.im.Confidence = p[0]
	step := 0.25
	for range c.Steps {
		if c.im.Confidence >= c.Sure {
			return nil
		}
		if c.Tick != nil {
			if err := c.Tick(); err != nil {
				return err
			}
		}
		g, err := c.slope()
		if err != nil {
			return err
		}
		moved := false
		for ; step > 1e-6 && !moved; step /= 2 {
			if moved, err = c.try(g, step); err != nil {
				return err
			}
		}
		if !moved {
			return nil
		}
		step *= 4 // what the loop halved, and a little bolder
	}
	return nil
}

// slope is the gradient of the logarithm, by features in units of their range,
// scaled to a largest entry of 1.
func (c *climber) slope() ([]float64, error) {
	d := len(c.box)
	var x []float64
	h := make([]float64, d)
	for j, f := range c.box {
		if f.High == f.Low {
			continue
		}
		h[j] = c.Width
		if c.im.X[j]+h[j]*(f.High-f.Low) > f.High {
			h[j] = -h[j]
		}
		x = append(x, c.im.X...)
		x[len(x)-d+j] += h[j] * (f.High - f.Low)
	}
	p, err := c.at(x)
	if err != nil {
		return nil, err
	}
	g, top, at := make([]float64, d), 0.0, 0
	for j := range g {
		if h[j] == 0 {
			continue
		}
		g[j] = (math.Log(p[at]) - math.Log(c.im.Confidence)) / h[j]
		top = max(top, math.Abs(g[j]))
		at++
	}
	if top == 0 || top-top != 0 {
		return make([]float64, d), nil
	}
	for j := range g {
		g[j] /= top
	}
	return g, nil
}

// try moves along g if that makes the class likelier.
func (c *climber) try(g []float64, step float64) (bool, error) {
	x := slices.Clone(c.im.X)
	for j, f := range c.box {
		x[j] = min(max(x[j]+step*g[j]*(f.High-f.Low), f.Low), f.High)
	}
	if slices.Equal(x, c.im.X) {
		return false, nil
	}
	p, err := c.at(slices.Clone(x))
	if err != nil || !(p[0] > c.im.Confidence) {
		return false, err
	}
	c.im.X, c.im.Confidence = x, p[0]
	return true, nil
}
