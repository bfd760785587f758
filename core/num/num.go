// Package num holds the inner loops of models and solvers on slices:
// transcendental functions, dot products and small matrix products.
//
// They are our own because math.Exp, Tanh and Log cost a call per element and
// differ between platforms. Products that are added are rounded explicitly by
// float64(), which forbids fused multiply-add, so that every platform returns
// the same bits.
package num

// Dot returns the sum of a[i]·b[i]. It panics if b is shorter than a.
func Dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	for len(a) >= 8 && len(b) >= 8 {
		p, q := (*[8]float64)(a), (*[8]float64)(b)
		s0 += float64(p[0]*q[0]) + float64(p[4]*q[4])
		s1 += float64(p[1]*q[1]) + float64(p[5]*q[5])
		s2 += float64(p[2]*q[2]) + float64(p[6]*q[6])
		s3 += float64(p[3]*q[3]) + float64(p[7]*q[7])
		a, b = a[8:], b[8:]
	}
	for i, v := range a {
		s0 += float64(v * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// AddScaled adds s·x to dst. It panics if dst is shorter than x.
func AddScaled(dst []float64, s float64, x []float64) {
	dst = dst[:len(x)]
	for len(x) >= 8 && len(dst) >= 8 {
		p, q := (*[8]float64)(dst), (*[8]float64)(x)
		p[0] += float64(s * q[0])
		p[1] += float64(s * q[1])
		p[2] += float64(s * q[2])
		p[3] += float64(s * q[3])
		p[4] += float64(s * q[4])
		p[5] += float64(s * q[5])
		p[6] += float64(s * q[6])
		p[7] += float64(s * q[7])
		dst, x = dst[8:], x[8:]
	}
	for i, v := range x {
		dst[i] += float64(s * v)
	}
}

// Sum returns the sum of x.
func Sum(x []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		p := (*[4]float64)(x)
		s0 += p[0]
		s1 += p[1]
		s2 += p[2]
		s3 += p[3]
		x = x[4:]
	}
	for _, v := range x {
		s0 += v
	}
	return (s0 + s1) + (s2 + s3)
}

// Fill sets every element of dst to v.
func Fill(dst []float64, v float64) {
	if v == 0 {
		clear(dst)
		return
	}
	for len(dst) >= 8 {
		p := (*[8]float64)(dst)
		p[0], p[1], p[2], p[3] = v, v, v, v
		p[4], p[5], p[6], p[7] = v, v, v, v
		dst = dst[8:]
	}
	for i := range dst {
		dst[i] = v
	}
}

// Scale multiplies dst by s.
func Scale(dst []float64, s float64) {
	for len(dst) >= 4 {
		p := (*[4]float64)(dst)
		p[0], p[1], p[2], p[3] = p[0]*s, p[1]*s, p[2]*s, p[3]*s
		dst = dst[4:]
	}
	for i := range dst {
		dst[i] *= s
	}
}

// MaxAbs returns the largest |x[i]|, or NaN if there is one among them.
func MaxAbs(x []float64) float64 {
	m := 0.
	for _, v := range x {
		if v < 0 {
			v = -v
		}
		if !(v <= m) {
			m = v
			if m != m {
				return m
			}
		}
	}
	return m
}

// TransposeTo writes the transpose of the n×d matrix x to the d×n matrix dst.
// dst must not overlap x.
func TransposeTo(dst, x []float64, n, d int) {
	x, dst = x[:n*d], dst[:n*d]
	for i := 0; i < n; i++ {
		row := x[i*d : i*d+d]
		for j, v := range row {
			dst[j*n+i] = v
		}
	}
}
