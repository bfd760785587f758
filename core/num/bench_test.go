package num

import (
	"math"
	"math/rand/v2"
	"testing"
)

func benchSlice(b *testing.B, lo, hi float64, f func(dst, x []float64)) {
	r := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, 1000), make([]float64, 1000)
	for i := range x {
		x[i] = lo + (hi-lo)*r.Float64()
	}
	for b.Loop() {
		f(y, x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/element")
}

func BenchmarkExp(b *testing.B)     { benchSlice(b, -20, 5, ExpTo) }
func BenchmarkTanh(b *testing.B)    { benchSlice(b, -3, 3, TanhTo) }
func BenchmarkSigmoid(b *testing.B) { benchSlice(b, -8, 8, SigmoidTo) }
func BenchmarkLog(b *testing.B)     { benchSlice(b, 1e-6, 10, LogTo) }
func BenchmarkSoftplus(b *testing.B) {
	benchSlice(b, -8, 8, SoftplusTo)
}

func BenchmarkMathExp(b *testing.B) {
	benchSlice(b, -20, 5, func(dst, x []float64) {
		for i, v := range x {
			dst[i] = math.Exp(v)
		}
	})
}

func BenchmarkDot(b *testing.B) {
	benchSlice(b, -1, 1, func(dst, x []float64) { dst[0] = Dot(dst, x) * 1e-9 })
}

func BenchmarkAddScaled(b *testing.B) {
	benchSlice(b, -1, 1, func(dst, x []float64) { AddScaled(dst, 1e-3, x) })
}

// benchProduct reports the time of one multiply-add of a product of m·k·n.
func benchProduct(b *testing.B, m, k, n int, f func(c, a, x []float64)) {
	r := rand.New(rand.NewPCG(1, 1))
	c, a, x := make([]float64, 4*m*n+4*m*k), make([]float64, m*k+m*n), make([]float64, k*n)
	for i := range a {
		a[i] = r.Float64() - 0.5
	}
	for i := range x {
		x[i] = r.Float64() - 0.5
	}
	for b.Loop() {
		f(c, a, x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(m*k*n), "ns/mac")
}

func BenchmarkAffineTo(b *testing.B) {
	benchProduct(b, 20, 21, 128, func(c, a, x []float64) { AffineTo(c, a, x, 20, 20, 128) })
}

func BenchmarkMulAddAT(b *testing.B) {
	benchProduct(b, 20, 21, 128, func(c, a, x []float64) { MulAddAT(c, a, x, 20, 21, 128) })
}

func BenchmarkMulAddBT(b *testing.B) {
	benchProduct(b, 20, 21, 128, func(c, a, x []float64) { MulAddBT(c, a, x, 20, 21, 128) })
}
