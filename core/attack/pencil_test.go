package attack

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/num"
)

func TestDecomposeFindsTheProductsOfASum(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 8))
		rows, cols, rank := 40, 17, 1+int(seed)%12
		a, d, mu := make([]float64, rows*rank), make([]float64, rank*cols), make([]float64, rank)
		for i := range a {
			a[i] = r.NormFloat64()
		}
		for i := range d {
			d[i] = r.NormFloat64()
		}
		m0, m1 := make([]float64, rows*cols), make([]float64, rows*cols)
		for k := range mu {
			mu[k] = math.Exp(r.NormFloat64() / 3)
			for i := range rows {
				num.AddScaled(m0[i*cols:(i+1)*cols], a[i*rank+k], d[k*cols:(k+1)*cols])
				num.AddScaled(m1[i*cols:(i+1)*cols], mu[k]*a[i*rank+k], d[k*cols:(k+1)*cols])
			}
		}
		gotA, gotD, gotMu, err := decompose(m0, m1, cols)
		if err != nil || len(gotMu) != rank {
			t.Fatalf("seed %d: rank %d, want %d, error %v", seed, len(gotMu), rank, err)
		}
		sorted := slices.Sorted(slices.Values(gotMu))
		slices.Sort(mu)
		for k := range mu {
			if math.Abs(sorted[k]-mu[k]) > 1e-8*mu[k] {
				t.Errorf("seed %d: μ = %v, want %v", seed, sorted, mu)
				break
			}
		}
		for i := range rows {
			for j := range cols {
				sum := 0.0
				for k := range rank {
					sum += gotA[k][i] * gotMu[k] * gotD[k][j]
				}
				if math.Abs(sum-m1[i*cols+j]) > 1e-7 {
					t.Fatalf("seed %d: A·diag(μ)·D misses by %g", seed, sum-m1[i*cols+j])
				}
			}
		}
	}
}

func TestDecomposeRefusesFullRankAndComplexPencils(t *testing.T) {
	t.Parallel()
	r := source()
	m := make([]float64, 12*5)
	for i := range m {
		m[i] = r.NormFloat64()
	}
	if _, _, _, err := decompose(m, m, 5); err == nil {
		t.Error("a matrix of full rank was taken apart")
	}
	// A rotation in the plane of the first two columns has no real eigenvalues.
	m0, m1 := make([]float64, 4*3), make([]float64, 4*3)
	m0[0], m0[4], m1[1], m1[3] = 1, 1, 1, -1
	if _, _, _, err := decompose(m0, m1, 3); err == nil {
		t.Error("a rotation was taken apart into real products")
	}
}
