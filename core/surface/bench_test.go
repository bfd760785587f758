package surface

import (
	"math/rand/v2"
	"testing"

	"modelheist/core/dataset"
	"modelheist/core/model"
)

// benchmarkNet is a 2-16-16-3 tanh network.
func benchmarkNet(b *testing.B) model.Classifier {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 0))
	set, err := dataset.Generate("blobs", dataset.Options{N: 90, Noise: 1, Classes: 3}, r)
	if err != nil {
		b.Fatal(err)
	}
	set = dataset.Scale(set)
	m, err := model.Recipe{Family: "mlp", Hidden: []int{16, 16}, Activation: "tanh", L2: 1e-2}.
		Train(model.Data{X: set.X, Dim: 2, Classes: 3, Labels: set.Y}, model.Options{Rand: r})
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func BenchmarkFrame(b *testing.B) {
	m := benchmarkNet(b)
	f := &Field{}
	f.Make(square(400), 3)
	b.Run("full", func(b *testing.B) {
		for b.Loop() {
			f.Full(m)
		}
	})
	b.Run("adaptive", func(b *testing.B) {
		for b.Loop() {
			f.Adaptive(m)
		}
	})
	confidence := make([]float32, len(f.Labels))
	b.Run("confidence", func(b *testing.B) {
		for b.Loop() {
			f.ConfidenceTo(confidence)
		}
	})
	b.Run("lines", func(b *testing.B) {
		for b.Loop() {
			f.Lines()
		}
	})
	mask := make([]uint8, len(f.Labels))
	b.Run("disagreement", func(b *testing.B) {
		for b.Loop() {
			DisagreementTo(mask, f, f)
		}
	})
}

// BenchmarkTree fills a field with a tree of 2,000 noisy points, as J4 of
// ./build.sh bench does.
func BenchmarkTree(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 0))
	set, err := dataset.Generate("moons", dataset.Options{N: 2000, Noise: 0.3, Classes: 2}, r)
	if err != nil {
		b.Fatal(err)
	}
	set = dataset.Scale(set)
	m, err := model.Recipe{Family: "tree"}.Train(model.Data{X: set.X, Dim: 2, Classes: 2, Labels: set.Y}, model.Options{})
	if err != nil {
		b.Fatal(err)
	}
	f := &Field{}
	f.Make(square(400), 2)
	b.Run("full", func(b *testing.B) {
		for b.Loop() {
			f.Full(m)
		}
	})
	b.Run("scores", func(b *testing.B) {
		s := model.SamplerOf(m, f.Xs(), f.Ys())
		for b.Loop() {
			s.RowsTo(f.Scores, 0, f.H)
		}
	})
	b.Run("labels", func(b *testing.B) {
		for b.Loop() {
			labelsTo(f.Labels, f.Scores, 2)
		}
	})
}
