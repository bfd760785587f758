package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"modelheist/core/num"
)

// classified is like J1: n points in 20 dimensions, c noisy linear classes.
func classified(n, c int) Data {
	r := rand.New(rand.NewPCG(7, 7))
	d := Data{Dim: 20, Classes: c, Labels: make([]int, n)}
	w := make([]float64, c*20)
	for i := range w {
		w[i] = r.NormFloat64()
	}
	for i := range n {
		best := math.Inf(-1)
		x := make([]float64, 20)
		for j := range x {
			x[j] = r.NormFloat64()
		}
		d.X = append(d.X, x...)
		for k := range c {
			z := 3 * r.NormFloat64()
			for j, v := range x {
				z += w[k*20+j] * v
			}
			if z > best {
				best, d.Labels[i] = z, k
			}
		}
	}
	return d
}

// blobs3 is like J2: 500 points of three overlapping blobs.
func blobs3() Data {
	r := rand.New(rand.NewPCG(8, 8))
	d := Data{Dim: 2, Classes: 3, Labels: make([]int, 500)}
	for i := range d.Labels {
		k := i % 3
		d.Labels[i] = k
		a := 2 * math.Pi * float64(k) / 3
		d.X = append(d.X, math.Cos(a)+0.8*r.NormFloat64(), math.Sin(a)+0.8*r.NormFloat64())
	}
	return d
}

func benchTrain(b *testing.B, r Recipe, d Data) {
	for b.Loop() {
		if _, err := r.Train(d, Options{Rand: rand.New(rand.NewPCG(1, 1))}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogistic(b *testing.B) {
	benchTrain(b, Recipe{Family: "logistic", C: 1}, classified(1000, 2))
}

func BenchmarkSoftmax5(b *testing.B) {
	benchTrain(b, Recipe{Family: "softmax", C: 1}, classified(1000, 5))
}

func BenchmarkSoftmax5Gradient(b *testing.B) {
	d := classified(1000, 5)
	l := &linearLoss{d: 20, rows: 5, n: 1000, ridge: 1e-3, link: softmaxLink, blocks: pack(d.X, d.targets(), 20, 5)}
	g, w := make([]float64, 105), uniform(105, 1, 3)
	for b.Loop() {
		l.value(g, w)
	}
}

func BenchmarkMLPTraining(b *testing.B) {
	benchTrain(b, Recipe{Family: "mlp", Hidden: []int{20}, Activation: "tanh", L2: 1e-4}, blobs3())
}

// BenchmarkMLPGradient300 is the work of 300 full-batch epochs.
func BenchmarkMLPGradient300(b *testing.B) {
	d := blobs3()
	sizes := []int{2, 20, 3}
	l := &mlpLoss{net: newNet(sizes, "tanh", blockRows), n: 500, blocks: pack(d.X, d.targets(), 2, 3)}
	w := uniform(unknowns(sizes), 1, 3)
	g := make([]float64, len(w))
	for b.Loop() {
		for range 300 {
			l.value(g, w)
		}
	}
}

func axis(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = -1 + 2*float64(i)/float64(n-1)
	}
	return x
}

func BenchmarkMLPRasterByGrid(b *testing.B) {
	m, x := randomMLP(b, []int{2, 16, 16, 3}, "tanh", 1, 1), axis(400)
	p, labels := make([]float64, 160000*3), make([]int, 160000)
	for b.Loop() {
		m.GridScoresTo(p, x, x)
		LabelsTo(labels, p, 3)
		num.SoftmaxRows(p, 160000, 3)
	}
}

func BenchmarkMLPRasterByPoints(b *testing.B) {
	m, x := randomMLP(b, []int{2, 16, 16, 3}, "tanh", 1, 1), axis(400)
	var grid []float64
	for _, v := range x {
		for _, u := range x {
			grid = append(grid, u, v)
		}
	}
	p := make([]float64, 160000*3)
	for b.Loop() {
		m.ProbabilitiesTo(p, grid)
	}
}

// BenchmarkEnsemble trains and rasters a victim of so many members on 700 points,
// 0 being one model on all of them.
func BenchmarkEnsemble(b *testing.B) {
	data := clouds(700, 2, 2, 1)
	lines := make([]float64, 400)
	for i := range lines {
		lines[i] = -1 + 2*float64(i)/399
	}
	scores := make([]float64, 400*400*2)
	for _, r := range []Recipe{
		{Family: "tree", Depth: 6, MinLeaf: 3, Laplace: 1}, {Family: "logistic", C: 1},
		{Family: "mlp", Hidden: []int{4}, Activation: "tanh", L2: 1e-4},
	} {
		for _, members := range []int{0, 5, 20, 50} {
			r.Members = members
			var m Classifier
			b.Run(fmt.Sprintf("train/%s/%d", r.Family, members), func(b *testing.B) {
				for b.Loop() {
					var err error
					if m, err = r.Train(data, Options{Rand: rand.New(rand.NewPCG(1, 1))}); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprintf("raster/%s/%d", r.Family, members), func(b *testing.B) {
				for b.Loop() {
					SamplerOf(m, lines, lines).RowsTo(scores, 0, 400)
				}
			})
		}
	}
}
