package num

import "math"

const (
	ln2HiLog = 0x1.62e42fefa2000p-1  // ln 2, upper 40 bits: k·ln2HiLog is exact
	ln2LoLog = 0x1.9ef35793c7673p-41 // ln 2 - ln2HiLog
	sqrtHalf = math.Sqrt2 / 2
)

// atanh2 is 2·atanh(s) = log((1+s)/(1-s)) for |s| <= 0.1716, by its series to
// s^21 (truncated at 2s·s^22/23 <= 1e-18·2s).
func atanh2(s float64) float64 {
	z := float64(s * s)
	z2 := float64(z * z)
	odd := 1./3 + float64(z2*(1./7+float64(z2*(1./11+float64(z2*(1./15+float64(z2*(1./19))))))))
	even := 1./5 + float64(z2*(1./9+float64(z2*(1./13+float64(z2*(1./17+float64(z2*(1./21))))))))
	s2 := s + s
	return s2 + float64(s2*(float64(z*odd)+float64(z2*even)))
}

// LogTo sets dst[i] = log x[i] with a relative error below 1e-15, near 1 too:
// -Inf at 0, NaN below. dst may be x. It panics if dst is shorter than x.
func LogTo(dst, x []float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		k := 0.
		if !(v >= 0x1p-1022 && v <= math.MaxFloat64) {
			if !(v > 0 && v < 1) { // not a subnormal
				dst[i] = logEdge(v)
				continue
			}
			v, k = v*0x1p54, -54
		}
		b := math.Float64bits(v)
		f := math.Float64frombits(b&(1<<52-1) | 1022<<52) // [1/2, 1)
		k += float64(int64(b>>52) - 1022)
		if f < sqrtHalf {
			f, k = f+f, k-1
		}
		dst[i] = float64(k*ln2HiLog) + (atanh2((f-1)/(f+1)) + float64(k*ln2LoLog))
	}
}

// Log is log x, the scalar version of LogTo with the same bits.
func Log(x float64) float64 {
	v := [1]float64{x}
	LogTo(v[:], v[:])
	return v[0]
}

func logEdge(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x > 0:
		return x // +Inf
	}
	return math.NaN()
}

// Log1pTo sets dst[i] = log(1 + x[i]) for 0 <= x[i] <= 1, the range of e^-|z|,
// with a relative error below 1e-15. dst may be x. It panics if dst is shorter
// than x.
func Log1pTo(dst, x []float64) {
	dst = dst[:len(x)]
	for i, u := range x {
		if u > math.Sqrt2-1 { // log(1+u) = log 2 + log((1+u)/2)
			dst[i] = ln2HiLog + (atanh2((u-1)/(u+3)) + ln2LoLog)
		} else {
			dst[i] = atanh2(u / (u + 2))
		}
	}
}

// SoftplusTo sets dst[i] = log(1 + e^x[i]) with a relative error below 2e-15:
// x for large x and e^x for very negative x. dst and x must not overlap. It
// panics if dst is shorter than x.
func SoftplusTo(dst, x []float64) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = -math.Abs(v)
	}
	ExpTo(dst, dst)
	Log1pTo(dst, dst)
	for i, v := range x {
		if v > 0 {
			dst[i] += v
		}
	}
}
