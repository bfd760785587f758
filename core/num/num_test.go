package num

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// sweep is a spread of inputs in (lo, hi) with small, middling and edge values.
func sweep(lo, hi float64, n int, r *rand.Rand) []float64 {
	x := make([]float64, 0, 2*n)
	for i := 0; i < n; i++ {
		x = append(x, lo+(hi-lo)*r.Float64())
		v := math.Exp(-40 * r.Float64())
		if r.IntN(2) == 0 {
			v = -v
		}
		if v > lo && v < hi {
			x = append(x, v)
		}
	}
	return x
}

// bigExp is e^x to 100 bits, by the series after halving the argument 20 times.
func bigExp(x float64) *big.Float {
	const prec = 160
	r := new(big.Float).SetPrec(prec).SetFloat64(x)
	r.SetMantExp(r, -20)
	sum, term := big.NewFloat(1).SetPrec(prec), big.NewFloat(1).SetPrec(prec)
	for i := 1; i < 40; i++ {
		term.Mul(term, r)
		term.Quo(term, big.NewFloat(float64(i)))
		sum.Add(sum, term)
	}
	for i := 0; i < 20; i++ {
		sum.Mul(sum, sum)
	}
	return sum
}

func relative(got float64, want *big.Float) float64 {
	d := new(big.Float).SetPrec(160).SetFloat64(got)
	d.Sub(d, want)
	d.Quo(d, want)
	f, _ := d.Float64()
	return math.Abs(f)
}

func TestTranscendentalFunctionsAreWithin1e15OfBigArithmetic(t *testing.T) {
	t.Parallel()
	one := big.NewFloat(1).SetPrec(160)
	cases := []struct {
		name   string
		f      func(dst, x []float64)
		lo, hi float64
		want   func(x float64) *big.Float
	}{
		{"exp", ExpTo, -707, 709.5, bigExp},
		{"sigmoid", SigmoidTo, -700, 700, func(x float64) *big.Float {
			e := bigExp(-x)
			return e.Quo(one, e.Add(e, one))
		}},
		{"tanh", TanhTo, -22, 22, func(x float64) *big.Float {
			e := bigExp(2 * x)
			up := new(big.Float).Sub(e, one)
			return up.Quo(up, e.Add(e, one))
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := sweep(c.lo, c.hi, 1000, rand.New(rand.NewPCG(1, 2)))
			got := make([]float64, len(x))
			c.f(got, x)
			worst, at := 0., 0.
			for i, v := range x {
				if c.name == "tanh" && math.Abs(v) < 1e-12 {
					continue // 160 bits cancel; x - x³/3 is checked apart
				}
				if e := relative(got[i], c.want(v)); e > worst {
					worst, at = e, v
				}
			}
			t.Logf("worst relative error %.3g at %v", worst, at)
			if worst > 1e-15 {
				t.Errorf("relative error %g at %v, want <= 1e-15", worst, at)
			}
		})
	}
}

func TestLogIsTheInverseOfExp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		x := math.Exp(60 * (r.Float64() - 0.5))
		if r.IntN(3) == 0 {
			x = 1 + 1e-3*(r.Float64()-0.5) // near 1 the relative precision must stay
		}
		y := Log(x)
		// x = e^y (1 + e) gives log x = y + log(1+e), so e is the absolute error.
		e := relative(x, bigExp(y))
		if e > 1e-15*math.Abs(y) {
			t.Fatalf("log %v = %v, relative error %g", x, y, e/math.Abs(y))
		}
		u := []float64{r.Float64()}
		if r.IntN(2) == 0 {
			u[0] = math.Exp(-40 * u[0])
		}
		l := make([]float64, 1)
		Log1pTo(l, u)
		if w := math.Log1p(u[0]); math.Abs(l[0]-w) > 1e-15*w {
			t.Fatalf("log1p %v = %v, want %v", u[0], l[0], w)
		}
	}
}

func TestFunctionsAreRightOnTheEdges(t *testing.T) {
	t.Parallel()
	inf, nan, tiny := math.Inf(1), math.NaN(), math.SmallestNonzeroFloat64
	for _, c := range []struct {
		name    string
		f       func(dst, x []float64)
		x, want float64
	}{
		{"exp", ExpTo, 0, 1}, {"exp", ExpTo, inf, inf}, {"exp", ExpTo, -inf, 0}, {"exp", ExpTo, nan, nan},
		{"exp", ExpTo, 709.79, inf}, {"exp", ExpTo, 709.75, math.Exp(709.75)}, {"exp", ExpTo, -745.2, 0},
		{"exp", ExpTo, -745.1, tiny}, {"exp", ExpTo, -720.5, math.Exp(-720.5)}, {"exp", ExpTo, 1e300, inf},
		{"tanh", TanhTo, inf, 1}, {"tanh", TanhTo, -inf, -1}, {"tanh", TanhTo, nan, nan}, {"tanh", TanhTo, 0, 0},
		{"tanh", TanhTo, math.Copysign(0, -1), math.Copysign(0, -1)}, {"tanh", TanhTo, tiny, tiny},
		{"tanh", TanhTo, -1e-300, -1e-300}, {"tanh", TanhTo, 19.5, 1}, {"tanh", TanhTo, 1e-5, 1e-5 - 1e-15/3},
		{"sigmoid", SigmoidTo, inf, 1}, {"sigmoid", SigmoidTo, -inf, 0}, {"sigmoid", SigmoidTo, nan, nan},
		{"sigmoid", SigmoidTo, 0, 0.5}, {"sigmoid", SigmoidTo, 800, 1}, {"sigmoid", SigmoidTo, -720.5, math.Exp(-720.5)},
		{"log", LogTo, 0, -inf}, {"log", LogTo, 1, 0}, {"log", LogTo, inf, inf}, {"log", LogTo, -1, nan}, {"log", LogTo, nan, nan},
		{"log", LogTo, tiny, -744.4400719213812}, {"log", LogTo, math.MaxFloat64, math.Log(math.MaxFloat64)}, {"log", LogTo, -inf, nan},
		{"softplus", SoftplusTo, 0, math.Ln2}, {"softplus", SoftplusTo, 1000, 1000}, {"softplus", SoftplusTo, -1000, 0},
		{"softplus", SoftplusTo, -50, math.Exp(-50)}, {"softplus", SoftplusTo, inf, inf}, {"softplus", SoftplusTo, nan, nan},
	} {
		got := make([]float64, 1)
		c.f(got, []float64{c.x})
		g := got[0]
		same := g == c.want && math.Signbit(g) == math.Signbit(c.want) || g != g && c.want != c.want
		close := math.Abs(g-c.want) <= 1e-15*math.Abs(c.want) || math.Abs(c.want) < 1e-300 && math.Abs(g-c.want) <= 2*tiny
		if !same && !close {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.x, g, c.want)
		}
	}
}

func TestNearTanhIsWithin2e10WhereverItStandsInASlice(t *testing.T) {
	t.Parallel()
	x := sweep(-30, 30, 4000, rand.New(rand.NewPCG(7, 2)))
	x = append(x, math.Inf(1), math.Inf(-1), 0, 15.9, -15.9, 1e300)
	for i := range 1000 {
		x = append(x, float64(i)/64) // as far as can be from the table
	}
	exact, near, one := make([]float64, len(x)), make([]float64, len(x)), make([]float64, 1)
	TanhTo(exact, x)
	NearTanhTo(near, x)
	for i, v := range x {
		if math.Abs(near[i]-exact[i]) > 2e-10 {
			t.Errorf("near tanh %v = %v, want %v", v, near[i], exact[i])
		}
		NearTanhTo(one, x[i:i+1])
		if one[0] != near[i] {
			t.Errorf("near tanh %v = %v by itself and %v in a slice", v, one[0], near[i])
		}
	}
	if NearTanhTo(one, []float64{math.NaN()}); one[0] == one[0] {
		t.Errorf("near tanh of NaN is %v", one[0])
	}
}

func TestExpAndTanhHaveTheSameBitsEverywhere(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 1000)
	for i := range x {
		x[i] = 20 * (r.Float64() - 0.5)
	}
	y := make([]float64, len(x))
	hash := uint64(14695981039346656037)
	for _, f := range []func(dst, x []float64){ExpTo, TanhTo, NearTanhTo, SigmoidTo, SoftplusTo} {
		f(y, x)
		for _, v := range y {
			hash = (hash ^ math.Float64bits(v)) * 1099511628211
		}
	}
	hash ^= math.Float64bits(Dot(x, y))
	c := make([]float64, 3*45)
	AffineTo(c, x, y[:8*45], 3, 8, 45)
	MulAddBT(c[:3*8], x[:3*45], y[:8*45], 3, 8, 45)
	for _, v := range c {
		hash = (hash ^ math.Float64bits(v)) * 1099511628211
	}
	const want = 0xe5da8be771bcc5b1 // made on js/wasm and amd64
	if hash != want {
		t.Errorf("hash %#x, want %#x", hash, uint64(want))
	}
}

func TestProductsAreThoseOfTheDefinition(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	random := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.Float64() - 0.5
		}
		return x
	}
	for _, s := range [][3]int{{1, 1, 1}, {2, 3, 4}, {3, 5, 7}, {5, 2, 19}, {16, 21, 33}, {17, 4, 128}, {40, 35, 9}} {
		m, k, n := s[0], s[1], s[2]
		a, b, start := random(m*k), random(k*n), random(m*n)
		at, bt := make([]float64, m*k), make([]float64, k*n)
		TransposeTo(at, a, m, k)
		TransposeTo(bt, b, k, n)
		for name, f := range map[string]func(c []float64){
			"MulAddAT": func(c []float64) { MulAddAT(c, at, b, m, k, n) },
			"MulAddBT": func(c []float64) { MulAddBT(c, a, bt, m, n, k) },
		} {
			c := append([]float64(nil), start...)
			f(c)
			for i := range m {
				for j := range n {
					want := start[i*n+j]
					for p := range k {
						want += a[i*k+p] * b[p*n+j]
					}
					if math.Abs(c[i*n+j]-want) > 1e-13 {
						t.Fatalf("%s %v: [%d,%d] = %v, want %v", name, s, i, j, c[i*n+j], want)
					}
				}
			}
		}
		wide, z := random(m*(k+1)), make([]float64, m*n)
		AffineTo(z, wide, b, m, k, n)
		for i := range m {
			for j := range n {
				want := wide[i*(k+1)+k]
				for p := range k {
					want += wide[i*(k+1)+p] * b[p*n+j]
				}
				if math.Abs(z[i*n+j]-want) > 1e-13 {
					t.Fatalf("AffineTo %v: [%d,%d] = %v, want %v", s, i, j, z[i*n+j], want)
				}
			}
		}
		g := make([]float64, m*m)
		GramAdd(g, a, m, k)
		for i := range m {
			for j := 0; j <= i; j++ {
				if want := Dot(a[i*k:(i+1)*k], a[j*k:(j+1)*k]); math.Abs(g[i*m+j]-want) > 1e-13 {
					t.Fatalf("GramAdd %v: [%d,%d] = %v, want %v", s, i, j, g[i*m+j], want)
				}
			}
		}
	}
}

func TestCholeskySolvesAcrossItsPanels(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 9))
	for _, n := range []int{1, 2, 63, 64, 65, 150} {
		f := make([]float64, n*n)
		for i := range f {
			f[i] = r.NormFloat64()
		}
		a := make([]float64, n*n)
		MulAddBT(a, f, f, n, n, n)
		want, b := make([]float64, n), make([]float64, n)
		for i := range n {
			a[i*n+i] += float64(n)
			want[i] = r.NormFloat64()
		}
		for i := range n {
			b[i] = Dot(a[i*n:(i+1)*n], want)
		}
		if !Cholesky(a, n) {
			t.Fatalf("n = %d: not positive definite", n)
		}
		SolveCholesky(a, b)
		for i := range n {
			if math.Abs(b[i]-want[i]) > 1e-10 {
				t.Fatalf("n = %d: x[%d] = %v, want %v", n, i, b[i], want[i])
			}
		}
	}
	if Cholesky([]float64{1, 0, 2, 1}, 2) {
		t.Error("factored an indefinite matrix")
	}
}
