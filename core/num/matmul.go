package num

// The three products a layer needs, for small m and k (nodes) and long n
// (points), all accumulating. Points are the long axis throughout: a layer's
// values are a nodes×points matrix.

// MulAdd adds A·B to C: c is m×n, a is m×k, b is k×n (a layer's forward pass,
// values += weights·inputs).
func MulAdd(c, a, b []float64, m, k, n int) { mulAdd(c, a, b, m, k, n, k, 1) }

// MulAddAT adds Aᵀ·B to C: c is m×n, a is k×m, b is k×n (the backward pass to
// the inputs, weightsᵀ·deltas).
func MulAddAT(c, a, b []float64, m, k, n int) { mulAdd(c, a, b, m, k, n, 1, m) }

// mulAdd is c[i,t] += sum over p of a[i·si + p·sp] · b[p,t], in register tiles
// of 2 rows by 4 points.
func mulAdd(c, a, b []float64, m, k, n, si, sp int) {
	c, a, b = c[:m*n], a[:m*k], b[:k*n]
	i := 0
	for ; i+2 <= m; i += 2 {
		c0, c1 := c[i*n:i*n+n], c[i*n+n:i*n+2*n]
		t := 0
		for ; t+4 <= n; t += 4 {
			p0, p1 := (*[4]float64)(c0[t:]), (*[4]float64)(c1[t:])
			s00, s01, s02, s03 := p0[0], p0[1], p0[2], p0[3]
			s10, s11, s12, s13 := p1[0], p1[1], p1[2], p1[3]
			ia, ib := i*si, t
			for p := 0; p < k; p++ {
				q := (*[4]float64)(b[ib:])
				u, v := a[ia], a[ia+si]
				s00 += float64(u * q[0])
				s01 += float64(u * q[1])
				s02 += float64(u * q[2])
				s03 += float64(u * q[3])
				s10 += float64(v * q[0])
				s11 += float64(v * q[1])
				s12 += float64(v * q[2])
				s13 += float64(v * q[3])
				ia += sp
				ib += n
			}
			p0[0], p0[1], p0[2], p0[3] = s00, s01, s02, s03
			p1[0], p1[1], p1[2], p1[3] = s10, s11, s12, s13
		}
		for ; t < n; t++ {
			for p := 0; p < k; p++ {
				q := b[p*n+t]
				c0[t] += float64(a[i*si+p*sp] * q)
				c1[t] += float64(a[(i+1)*si+p*sp] * q)
			}
		}
	}
	if i < m {
		for p := 0; p < k; p++ {
			AddScaled(c[i*n:i*n+n], a[i*si+p*sp], b[p*n:p*n+n])
		}
	}
}

// MulAddBT adds A·Bᵀ to C: c is m×n, a is m×k, b is n×k with long k (the
// gradient of a layer's weights, deltas·inputsᵀ), in register tiles of 2 by 4.
func MulAddBT(c, a, b []float64, m, n, k int) { mulAddBT(c[:m*n], a, b, m, n, k, n) }

// mulAddBT is MulAddBT for a c whose rows are stride apart.
func mulAddBT(c, a, b []float64, m, n, k, stride int) {
	a, b = a[:m*k], b[:n*k]
	i := 0
	for ; i+2 <= m; i += 2 {
		a0 := a[i*k : i*k+k]
		a1 := a[i*k+k : i*k+2*k][:len(a0)]
		j := 0
		for ; j+4 <= n; j += 4 {
			b0 := b[j*k : j*k+k][:len(a0)]
			b1 := b[j*k+k : j*k+2*k][:len(a0)]
			b2 := b[j*k+2*k : j*k+3*k][:len(a0)]
			b3 := b[j*k+3*k : j*k+4*k][:len(a0)]
			var s00, s01, s02, s03, s10, s11, s12, s13 float64
			for t, u := range a0 {
				v := a1[t]
				q0, q1, q2, q3 := b0[t], b1[t], b2[t], b3[t]
				s00 += float64(u * q0)
				s01 += float64(u * q1)
				s02 += float64(u * q2)
				s03 += float64(u * q3)
				s10 += float64(v * q0)
				s11 += float64(v * q1)
				s12 += float64(v * q2)
				s13 += float64(v * q3)
			}
			p, q := (*[4]float64)(c[i*stride+j:]), (*[4]float64)(c[(i+1)*stride+j:])
			p[0], p[1], p[2], p[3] = p[0]+s00, p[1]+s01, p[2]+s02, p[3]+s03
			q[0], q[1], q[2], q[3] = q[0]+s10, q[1]+s11, q[2]+s12, q[3]+s13
		}
		for ; j < n; j++ {
			bj := b[j*k : j*k+k]
			c[i*stride+j] += Dot(a0, bj)
			c[(i+1)*stride+j] += Dot(a1, bj)
		}
	}
	if i < m {
		for j := 0; j < n; j++ {
			c[i*stride+j] += Dot(a[i*k:i*k+k], b[j*k:j*k+k])
		}
	}
}

// GramAdd adds the lower triangle of A·Aᵀ to c: c is m×m, a is m×k with long k.
// The upper triangle of c is undefined afterwards.
func GramAdd(c, a []float64, m, k int) { lowerAdd(c, a, a, m, k, m) }

// lowerAdd adds the lower triangle of A·Bᵀ to c, whose rows are stride apart,
// in tiles of 16 rows, of which two fit in the first-level cache for k <= 128.
func lowerAdd(c, a, b []float64, m, k, stride int) {
	const tile = 16
	for i := 0; i < m; i += tile {
		r := min(tile, m-i)
		for j := 0; j <= i; j += tile {
			mulAddBT(c[i*stride+j:], a[i*k:], b[j*k:], r, min(tile, m-j), k, stride)
		}
	}
}
