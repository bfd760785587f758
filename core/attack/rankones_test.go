package attack

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/num"
)

// products are r random rank-one matrices a·bᵀ, by their unit columns.
func products(r, rows, cols int, rnd *rand.Rand) (a, b [][]float64) {
	draw := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = rnd.NormFloat64()
		}
		num.Scale(x, 1/length(x))
		return x
	}
	for range r {
		a, b = append(a, draw(rows)), append(b, draw(cols))
	}
	return a, b
}

// spanned is an orthonormal basis of random sums of the products.
func spanned(a, b [][]float64, count int, rnd *rand.Rand) [][]float64 {
	basis := make([][]float64, count)
	for i := range basis {
		basis[i] = make([]float64, len(a[0])*len(b[0]))
		for j, column := range a {
			weight := rnd.NormFloat64()
			for k, x := range column {
				num.AddScaled(basis[i][k*len(b[j]):(k+1)*len(b[j])], weight*x, b[j])
			}
		}
	}
	orthonormalise(basis)
	return basis
}

func TestProductsAreFoundInTheirSpan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ r, rows, cols int }{{1, 3, 2}, {2, 2, 2}, {3, 3, 3}, {8, 6, 3}, {20, 9, 4}, {20, 4, 9}} {
		rnd := rand.New(rand.NewPCG(uint64(c.r), 5))
		a, b := products(c.r, c.rows, c.cols, rnd)
		basis := spanned(a, b, c.r, rnd)
		as, bs, ok, err := rankOnes(basis, c.cols, rnd, &pace{})
		if !ok || err != nil {
			t.Errorf("%d of %d×%d: ok = %v, %v", c.r, c.rows, c.cols, ok, err)
			continue
		}
		for k := range as {
			sharpen(basis, as[k], bs[k])
		}
		for j := range a {
			if !slices.ContainsFunc(as, func(x []float64) bool { return math.Abs(math.Abs(num.Dot(x, a[j]))-1) < 1e-10 }) {
				t.Errorf("%d of %d×%d: product %d is not found", c.r, c.rows, c.cols, j)
			}
		}
	}
}

func TestNoProductsAreFoundWhereThereAreNone(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 5))
	a, b := products(30, 9, 4, rnd)
	basis := spanned(a, b, 20, rnd) // too few sums to tell 30 products
	if _, _, ok, err := rankOnes(basis, 4, rnd, &pace{}); ok || err != nil {
		t.Errorf("ok = %v, %v; want none", ok, err)
	}
	// All products of two lines span a plane full of products.
	a, b = products(1, 5, 4, rnd)
	a2, _ := products(1, 5, 4, rnd)
	basis = spanned(append(a, a2...), append(b, b...), 2, rnd)
	if _, _, ok, err := rankOnes(basis, 4, rnd, &pace{}); ok || err != nil {
		t.Errorf("a plane of products: ok = %v, %v; want none", ok, err)
	}
}

func TestSearchingForProductsGivesWay(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(2, 5))
	a, b := products(20, 9, 4, rnd)
	basis := spanned(a, b, 20, rnd)
	if _, _, _, err := rankOnes(basis, 4, rnd, &pace{tick: func() error { return errOracle }}); err != errOracle {
		t.Errorf("error %v, want the tick's", err)
	}
}
