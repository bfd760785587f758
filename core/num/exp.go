package num

import "math"

// The kernel of exp, tanh and sigmoid: e^x = 2^k · 2^(j/32) · e^r with
// n = 32k + j the nearest integer to 32x/ln 2, so |r| <= ln2/64 = 0.01083.
// e^r - 1 is its Taylor polynomial of degree 6 (truncated at r^7/5040 <= 4e-18)
// and 2^(j/32) - 1 comes from a table, so that expm1 keeps its relative
// precision near 0.
const (
	invLn2 = 0x1.71547652b82fep+5  // 32/ln 2
	ln2Hi  = 0x1.62e42fefa0000p-6  // ln2/32, upper 36 bits: n·ln2Hi is exact
	ln2Lo  = 0x1.cf79abc9e3b3ap-45 // ln2/32 - ln2Hi
	magic  = 0x1.8p52              // adding it rounds to the nearest integer

	expMin, expMax = -708, 709 // between them 2^k and the result are normal
)

// root[j] is 2^(j/32) - 1.
var root = [32]float64{
	0x0.0p+0, 0x1.66c34c5615d0fp-6, 0x1.6ab0d9f3121ecp-5, 0x1.1301d0125b50ap-4,
	0x1.72b83c7d517aep-4, 0x1.d4873168b9aa8p-4, 0x1.1c3d373ab11c3p-3, 0x1.4f4efa8fef709p-3,
	0x1.837f0518db8a9p-3, 0x1.b8d39b9d54e55p-3, 0x1.ef5326091a112p-3, 0x1.13821818624b4p-2,
	0x1.2ff6b54d8a89cp-2, 0x1.4d0ad5a753e07p-2, 0x1.6ac1f752150a5p-2, 0x1.891fac0e95613p-2,
	0x1.a827999fcef32p-2, 0x1.c7dd7a3b17dcfp-2, 0x1.e8451cfac061bp-2, 0x1.04b1332999c25p-1,
	0x1.159ca845541b7p-1, 0x1.26e6f619b8bcap-1, 0x1.389230547e120p-1, 0x1.4aa07647c4ab9p-1,
	0x1.5d13f32b5a75bp-1, 0x1.6feede5f6bc8ep-1, 0x1.83337bb0aa538p-1, 0x1.96e41b9df20d2p-1,
	0x1.ab031b9f7490ep-1, 0x1.bf92e66f736bdp-1, 0x1.d495f454921b3p-1, 0x1.ea0ecb6dc8a81p-1,
}

// reduce splits x into n, as the bits of a shifted float64, and r.
func reduce(x float64) (n uint64, r float64) {
	t := float64(x*invLn2) + magic
	k := t - magic
	return math.Float64bits(t), (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
}

// expm1Taylor is e^r - 1 for |r| <= ln2/64.
func expm1Taylor(r float64) float64 {
	r2 := float64(r * r)
	p := (1./24 + float64(r*(1./120))) + float64(r2*(1./720))
	return r + float64(r2*((0.5+float64(r*(1./6)))+float64(r2*p)))
}

// pow2 is 2^k of n = 32k + j, for -1022 <= k <= 1023.
func pow2(n uint64) float64 { return math.Float64frombits((n>>5 + 1023) << 52) }

// ExpTo sets dst[i] = e^x[i] with a relative error below 1e-15 (subnormal
// results: half a unit of the last place more). dst may be x. It panics if dst
// is shorter than x.
func ExpTo(dst, x []float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		if !(v > expMin && v < expMax) {
			dst[i] = expEdge(v)
			continue
		}
		n, r := reduce(v)
		q, t := expm1Taylor(r), root[n&31]
		dst[i] = pow2(n) * (1 + (t + float64((1+t)*q)))
	}
}

// Exp is e^x, the scalar version of ExpTo with the same bits.
func Exp(x float64) float64 {
	v := [1]float64{x}
	ExpTo(v[:], v[:])
	return v[0]
}

// expEdge is ExpTo outside (expMin, expMax): overflow, underflow and NaN.
func expEdge(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 709.782712893384:
		return math.Inf(1)
	case x < -745.1332191019412:
		return 0
	}
	n, r := reduce(x)
	q, t := expm1Taylor(r), root[n&31]
	y := 1 + (t + float64((1+t)*q))
	if x > 0 {
		return y * pow2(n-32) * 2
	}
	return y * pow2(n+32*100) * 0x1p-100
}

// tanhs[i] is tanh i/32 up to 20.
var tanhs = func() (tanhs [1024]float64) {
	for i := range tanhs {
		n, r := reduce(float64(min(i, 640)) / 16)
		q, t, s := expm1Taylor(r), root[n&31], pow2(n)
		e := float64(s*float64((1+t)*q)) + (float64(s*t) + (s - 1)) // e^(i/16) - 1
		tanhs[i] = e / (e + 2)
	}
	return tanhs
}()

// toGrid added to x rounds it to a multiple of 1/32, whose number is then in the
// lowest bits.
const toGrid = magic / 32

// TanhTo sets dst[i] = tanh x[i] with a relative error below 1e-15. dst may be
// x. It panics if dst is shorter than x.
//
// With t = tanh k/32 from a table and u = tanh(|x| - k/32), of which 4 terms of
// the series do, it is t + (1-t²)·u/(1+t·u).
func TanhTo(dst, x []float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		a := math.Abs(v)
		if a > 20 { // tanh 20 = 1 - 9e-18
			a = 20
		}
		k := a + toGrid
		d, t := a-(k-toGrid), tanhs[math.Float64bits(k)&1023]
		z := float64(d * d)
		u := d - float64(float64(d*z)*(1./3-float64(z*(2./15-float64(z*(17./315))))))
		dst[i] = math.Copysign(t+float64((1-float64(t*t))*u)/(1+float64(t*u)), v)
	}
}

// signed[i] is tanh i/32 for -512 <= i < 512, negative ones from the end.
var signed = func() (t [1024]float64) {
	copy(t[:512], tanhs[:])
	for i := 1; i <= 512; i++ {
		t[1024-i] = -tanhs[i]
	}
	return t
}()

// NearTanhTo sets dst[i] = tanh x[i] within 2e-10, for pictures: it takes half
// the time of TanhTo. dst may be x. It panics if dst is shorter than x.
func NearTanhTo(dst, x []float64) {
	dst = dst[:len(x)]
	for len(x) >= 4 && len(dst) >= 4 {
		p, q := (*[4]float64)(x), (*[4]float64)(dst)
		a, b, c, d := p[0], p[1], p[2], p[3]
		if float64(a*a)+float64(b*b)+float64(c*c)+float64(d*d) < nearMax {
			q[0] = nearTanh(a)
			q[1] = nearTanh(b)
			q[2] = nearTanh(c)
			q[3] = nearTanh(d)
		} else {
			nearEdge(q[:], p[:])
		}
		x, dst = x[4:], dst[4:]
	}
	nearEdge(dst, x)
}

const nearMax = 15.9 * 15.9 // the square of the largest argument of nearTanh

// nearTanh is the Taylor series around the nearest multiple of 1/32: with its
// tanh t, the slope is 1-t² and so on.
func nearTanh(x float64) float64 {
	k := x + toGrid
	t, d := signed[math.Float64bits(k)&1023], x-(k-toGrid)
	s := float64(t * t)
	return t + float64(float64((1-s)*d)*(1-float64(d*(t+float64(d*((1./3-s)-float64(float64(d*t)*(2./3-s))))))))
}

// nearEdge is NearTanhTo where some arguments are large or not numbers, and at
// the end of a slice.
func nearEdge(dst, x []float64) {
	for i, v := range x {
		if v*v < nearMax {
			dst[i] = nearTanh(v)
		} else {
			TanhTo(dst[i:i+1], x[i:i+1])
		}
	}
}

// SigmoidTo sets dst[i] = 1/(1+e^-x[i]) with a relative error below 1e-15 on
// both sides, so that sigmoid(-x) is the complement of sigmoid(x) to full
// precision. dst may be x. It panics if dst is shorter than x.
func SigmoidTo(dst, x []float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		if !(v > expMin && v < -expMin) {
			dst[i] = sigmoidEdge(v)
			continue
		}
		n, r := reduce(-v)
		q, t := expm1Taylor(r), root[n&31]
		dst[i] = 1 / (1 + pow2(n)*(1+(t+float64((1+t)*q))))
	}
}

func sigmoidEdge(x float64) float64 {
	if x > 0 {
		return 1
	}
	return Exp(x) // 1 + e^x is 1 here
}
