// Package surface shows a model over a rectangle of the plane: scores, labels
// and confidences on a raster, decision lines between the classes, and where
// two models disagree.
package surface

import (
	"fmt"

	"modelheist/core/num"
)

// Raster is w×h pixels over a box of the plane. Row 0 is the top row, as in an
// image: y grows upwards in the plane and downwards in the raster.
type Raster struct {
	Left, Bottom, Right, Top float64
	W, H                     int
}

// Xs are the x of the pixel centres, column by column.
func (r Raster) Xs() []float64 {
	xs := make([]float64, r.W)
	for i := range xs {
		xs[i] = r.x(float64(i) + 0.5)
	}
	return xs
}

// Ys are the y of the pixel centres, from the top row down.
func (r Raster) Ys() []float64 {
	ys := make([]float64, r.H)
	for j := range ys {
		ys[j] = r.y(float64(j) + 0.5)
	}
	return ys
}

// x and y turn pixels from the top left corner into the plane.
func (r Raster) x(px float64) float64 { return r.Left + float64((r.Right-r.Left)*(px/float64(r.W))) }
func (r Raster) y(px float64) float64 { return r.Top - float64((r.Top-r.Bottom)*(px/float64(r.H))) }

// Field is a model on a raster. Scores and Labels belong to the field and change
// with the next pass; row j, column i is pixel j·W + i.
type Field struct {
	Raster
	Classes int
	Scores  []float64 // (h·w)×c
	Labels  []uint8   // h·w

	ovr     bool // probabilities are normalised sigmoids, not a softmax
	scratch []float64
	pad     []uint8
	state   []uint8
}

// Make sets the field to a raster and a number of classes, keeping its memory
// where it is large enough. Labels and scores are as they were, until a pass
// fills them.
func (f *Field) Make(r Raster, classes int) {
	if r.W < 1 || r.H < 1 || !(r.Right > r.Left) || !(r.Top > r.Bottom) || classes < 2 || classes > 255 {
		panic(fmt.Sprintf("surface: no field of %d classes on %d×%d pixels", classes, r.W, r.H))
	}
	n := r.W * r.H
	f.Raster, f.Classes = r, classes
	f.Scores, f.Labels, f.state = resized(f.Scores, n*classes), resized(f.Labels, n), resized(f.state, n)
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// ConfidenceTo writes the probability of the label of every pixel to dst, h·w
// numbers from 1/c to 1. SVMs have margins instead of probabilities; theirs are
// read as log-odds (softmax of the scores), which gives 0.88 at the margin of
// two classes.
func (f *Field) ConfidenceTo(dst []float32) {
	if f.ovr {
		c := f.Classes
		f.eachProbabilities(func(at int, p []float64) {
			for k := range len(p) / c {
				dst[at+k] = float32(p[k*c+int(f.Labels[at+k])])
			}
		})
		return
	}
	for at := 0; at < len(f.Labels); at += blockPixels {
		f.softmaxTo(dst[at:min(at+blockPixels, len(f.Labels))], at)
	}
}

// softmaxTo writes 1/Σ exp(s_k − s_label), which needs c−1 exponentials a pixel.
func (f *Field) softmaxTo(dst []float32, at int) {
	c := f.Classes
	f.scratch = resized(f.scratch, blockPixels*c)
	e := f.scratch[:0]
	for k := range dst {
		s, label := f.Scores[(at+k)*c:][:c], int(f.Labels[at+k])
		lead := s[label]
		for i, v := range s {
			if i != label {
				e = append(e, v-lead)
			}
		}
	}
	num.ExpTo(e, e)
	for k := range dst {
		sum := 1.0
		for _, v := range e[k*(c-1) : (k+1)*(c-1)] {
			sum += v
		}
		dst[k] = float32(1 / sum)
	}
}

// blockPixels is how many pixels are worked on at a time, so that they stay in
// a first-level cache.
const blockPixels = 1024

// eachProbabilities calls do with the probabilities of the pixels from at on,
// block by block; p is do's only until it returns.
func (f *Field) eachProbabilities(do func(at int, p []float64)) {
	c := f.Classes
	f.scratch = resized(f.scratch, blockPixels*c)
	for at := 0; at < len(f.Labels); at += blockPixels {
		n := min(blockPixels, len(f.Labels)-at)
		p := f.scratch[:n*c]
		f.probabilitiesTo(p, at)
		do(at, p)
	}
}

// probabilitiesTo writes the probabilities of the pixels from at on.
func (f *Field) probabilitiesTo(p []float64, at int) {
	c := f.Classes
	s := f.Scores[at*c:][:len(p)]
	n := len(p) / c
	switch {
	case f.ovr:
		num.SigmoidTo(p, s)
		num.NormalizeRows(p, n, c)
	case c == 2:
		for i := 0; i+1 < len(p); i += 2 {
			d := s[i] - s[i+1]
			p[i], p[i+1] = d, -d
		}
		num.SigmoidTo(p, p)
	default:
		copy(p, s)
		num.SoftmaxRows(p, n, c)
	}
}

// labelsTo writes the class of the largest score of each row of the n×c scores,
// ties to the lower index.
func labelsTo(dst []uint8, scores []float64, c int) {
	switch c {
	case 2:
		scores = scores[:2*len(dst)]
		for i := range dst {
			l := uint8(0)
			if scores[2*i+1] > scores[2*i] {
				l = 1
			}
			dst[i] = l
		}
	case 3:
		scores = scores[:3*len(dst)]
		for i := range dst {
			a, b, c, l := scores[3*i], scores[3*i+1], scores[3*i+2], uint8(0)
			if b > a {
				a, l = b, 1
			}
			if c > a {
				l = 2
			}
			dst[i] = l
		}
	default:
		for i := range dst {
			dst[i] = top(scores[i*c : (i+1)*c])
		}
	}
}

// top is the index of the largest score, the first of equals.
func top(scores []float64) (best uint8) {
	for k, v := range scores {
		if v > scores[best] {
			best = uint8(k)
		}
	}
	return best
}
