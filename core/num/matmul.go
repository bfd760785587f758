package num

// The three products a layer needs, for small m and k (nodes) and long n
// (points). Points are the long axis throughout: a layer's
// values are a nodes×points matrix.

// AffineTo sets C to A·B plus, in every column, the last column of A: c is m×n,
// a is m×(k+1), b is k×n (a layer's forward pass, weights·inputs + bias). The
// terms are added in order to the bias; the one or two that mulAdd would have
// left over come first, on the way that writes the bias.
func AffineTo(c, a, b []float64, m, k, n int) {
	lead := k % 3
	for i := range m {
		d, row := c[i*n:(i+1)*n], a[i*(k+1):(i+1)*(k+1)]
		switch lead {
		case 0:
			Fill(d, row[k])
		case 1:
			startOne(d, b[:n], row[k], row[0])
		case 2:
			startTwo(d, b[:n], b[n:2*n], row[k], row[0], row[1])
		}
	}
	mulAdd(c, a[lead:], b[lead*n:], m, k-lead, n, k+1, 1)
}

// startOne sets d to bias + u·x.
func startOne(d, x []float64, bias, u float64) {
	x = x[:len(d)]
	for len(d) >= 4 && len(x) >= 4 {
		p, q := (*[4]float64)(d), (*[4]float64)(x)
		p[0] = bias + float64(u*q[0])
		p[1] = bias + float64(u*q[1])
		p[2] = bias + float64(u*q[2])
		p[3] = bias + float64(u*q[3])
		d, x = d[4:], x[4:]
	}
	for i, v := range x {
		d[i] = bias + float64(u*v)
	}
}

// startTwo sets d to bias + u·x + v·y.
func startTwo(d, x, y []float64, bias, u, v float64) {
	x, y = x[:len(d)], y[:len(d)]
	for len(d) >= 4 && len(x) >= 4 && len(y) >= 4 {
		p, q, r := (*[4]float64)(d), (*[4]float64)(x), (*[4]float64)(y)
		p[0] = bias + float64(u*q[0]) + float64(v*r[0])
		p[1] = bias + float64(u*q[1]) + float64(v*r[1])
		p[2] = bias + float64(u*q[2]) + float64(v*r[2])
		p[3] = bias + float64(u*q[3]) + float64(v*r[3])
		d, x, y = d[4:], x[4:], y[4:]
	}
	for i, w := range x {
		d[i] = bias + float64(u*w) + float64(v*y[i])
	}
}

// MulAddAT adds Aᵀ·B to C: c is m×n, a is k×m, b is k×n (the backward pass to
// the inputs, weightsᵀ·deltas).
func MulAddAT(c, a, b []float64, m, k, n int) { mulAdd(c, a, b, m, k, n, 1, m) }

// mulAdd is c[i,t] += sum over p of a[i·si + p·sp] · b[p,t], the terms added in
// order, by three or two rows and three terms at a time.
func mulAdd(c, a, b []float64, m, k, n, si, sp int) {
	c, b = c[:m*n], b[:k*n]
	for i := 0; i < m; {
		rows := 3
		if left := m - i; left == 4 || left < 3 {
			rows = min(left, 2)
		}
		at, p := i*si, 0
		for ; p+3 <= k; p += 3 {
			x, y, z := b[p*n:], b[p*n+n:], b[p*n+2*n:]
			u, v, w := a[at], a[at+sp], a[at+2*sp]
			d := c[i*n : i*n+n]
			switch rows {
			case 1:
				addThree(d, x, y, z, u, v, w)
			case 2:
				addThreeTwice(d, c[i*n+n:], x, y, z, u, v, w, a[at+si], a[at+si+sp], a[at+si+2*sp])
			case 3:
				addThreeThrice(d, c[i*n+n:], c[i*n+2*n:], x, y, z, u, v, w, a[at+si], a[at+si+sp], a[at+si+2*sp],
					a[at+2*si], a[at+2*si+sp], a[at+2*si+2*sp])
			}
			at += 3 * sp
		}
		for ; p < k; p++ {
			for r := range rows {
				AddScaled(c[(i+r)*n:(i+r)*n+n], a[at+r*si], b[p*n:p*n+n])
			}
			at += sp
		}
		i += rows
	}
}

// addThreeTwice adds u·x + v·y + w·z to d and r·x + s·y + t·z to e. Written as
// single blocks of four points without a bounds check inside, since in
// WebAssembly every branch costs as much as some products.
func addThreeTwice(d, e, x, y, z []float64, u, v, w, r, s, t float64) {
	e, x, y, z = e[:len(d)], x[:len(d)], y[:len(d)], z[:len(d)]
	i := 0
	for ; i < len(d)-3; i += 4 {
		x0, y0, z0 := x[i], y[i], z[i]
		d[i] = d[i] + float64(u*x0) + float64(v*y0) + float64(w*z0)
		e[i] = e[i] + float64(r*x0) + float64(s*y0) + float64(t*z0)
		x1, y1, z1 := x[i+1], y[i+1], z[i+1]
		d[i+1] = d[i+1] + float64(u*x1) + float64(v*y1) + float64(w*z1)
		e[i+1] = e[i+1] + float64(r*x1) + float64(s*y1) + float64(t*z1)
		x2, y2, z2 := x[i+2], y[i+2], z[i+2]
		d[i+2] = d[i+2] + float64(u*x2) + float64(v*y2) + float64(w*z2)
		e[i+2] = e[i+2] + float64(r*x2) + float64(s*y2) + float64(t*z2)
		x3, y3, z3 := x[i+3], y[i+3], z[i+3]
		d[i+3] = d[i+3] + float64(u*x3) + float64(v*y3) + float64(w*z3)
		e[i+3] = e[i+3] + float64(r*x3) + float64(s*y3) + float64(t*z3)
	}
	for ; i < len(d); i++ {
		x0, y0, z0 := x[i], y[i], z[i]
		d[i] = d[i] + float64(u*x0) + float64(v*y0) + float64(w*z0)
		e[i] = e[i] + float64(r*x0) + float64(s*y0) + float64(t*z0)
	}
}

// addThreeThrice adds w0·x + w1·y + w2·z to d, and so on to e and f.
func addThreeThrice(d, e, f, x, y, z []float64, w0, w1, w2, w3, w4, w5, w6, w7, w8 float64) {
	e, f, x, y, z = e[:len(d)], f[:len(d)], x[:len(d)], y[:len(d)], z[:len(d)]
	i := 0
	for ; i < len(d)-3; i += 4 {
		x0, y0, z0 := x[i], y[i], z[i]
		d[i] = d[i] + float64(w0*x0) + float64(w1*y0) + float64(w2*z0)
		e[i] = e[i] + float64(w3*x0) + float64(w4*y0) + float64(w5*z0)
		f[i] = f[i] + float64(w6*x0) + float64(w7*y0) + float64(w8*z0)
		x1, y1, z1 := x[i+1], y[i+1], z[i+1]
		d[i+1] = d[i+1] + float64(w0*x1) + float64(w1*y1) + float64(w2*z1)
		e[i+1] = e[i+1] + float64(w3*x1) + float64(w4*y1) + float64(w5*z1)
		f[i+1] = f[i+1] + float64(w6*x1) + float64(w7*y1) + float64(w8*z1)
		x2, y2, z2 := x[i+2], y[i+2], z[i+2]
		d[i+2] = d[i+2] + float64(w0*x2) + float64(w1*y2) + float64(w2*z2)
		e[i+2] = e[i+2] + float64(w3*x2) + float64(w4*y2) + float64(w5*z2)
		f[i+2] = f[i+2] + float64(w6*x2) + float64(w7*y2) + float64(w8*z2)
		x3, y3, z3 := x[i+3], y[i+3], z[i+3]
		d[i+3] = d[i+3] + float64(w0*x3) + float64(w1*y3) + float64(w2*z3)
		e[i+3] = e[i+3] + float64(w3*x3) + float64(w4*y3) + float64(w5*z3)
		f[i+3] = f[i+3] + float64(w6*x3) + float64(w7*y3) + float64(w8*z3)
	}
	for ; i < len(d); i++ {
		x0, y0, z0 := x[i], y[i], z[i]
		d[i] = d[i] + float64(w0*x0) + float64(w1*y0) + float64(w2*z0)
		e[i] = e[i] + float64(w3*x0) + float64(w4*y0) + float64(w5*z0)
		f[i] = f[i] + float64(w6*x0) + float64(w7*y0) + float64(w8*z0)
	}
}

// addThree adds u·x + v·y + w·z to d.
func addThree(d, x, y, z []float64, u, v, w float64) {
	x, y, z = x[:len(d)], y[:len(d)], z[:len(d)]
	i := 0
	for ; i < len(d)-3; i += 4 {
		d[i] = d[i] + float64(u*x[i]) + float64(v*y[i]) + float64(w*z[i])
		d[i+1] = d[i+1] + float64(u*x[i+1]) + float64(v*y[i+1]) + float64(w*z[i+1])
		d[i+2] = d[i+2] + float64(u*x[i+2]) + float64(v*y[i+2]) + float64(w*z[i+2])
		d[i+3] = d[i+3] + float64(u*x[i+3]) + float64(v*y[i+3]) + float64(w*z[i+3])
	}
	for ; i < len(d); i++ {
		d[i] = d[i] + float64(u*x[i]) + float64(v*y[i]) + float64(w*z[i])
	}
}

// MulAddBT adds A·Bᵀ to C: c is m×n, a is m×k, b is n×k with long k (the
// gradient of a layer's weights, deltas·inputsᵀ).
func MulAddBT(c, a, b []float64, m, n, k int) { mulAddBT(c[:m*n], a, b, m, n, k, n) }

// mulAddBT is MulAddBT for a c whose rows are stride apart, in register tiles of
// 2 by 4 and, for the three rows of a layer over the plane, 2 by 3.
func mulAddBT(c, a, b []float64, m, n, k, stride int) {
	a, b = a[:m*k], b[:n*k]
	i := 0
	for ; i+2 <= m; i += 2 {
		a0, a1 := a[i*k:i*k+k], a[i*k+k:i*k+2*k]
		j := 0
		for ; j+4 <= n; j += 4 {
			dots4((*[4]float64)(c[i*stride+j:]), (*[4]float64)(c[(i+1)*stride+j:]),
				a0, a1, b[j*k:], b[j*k+k:], b[j*k+2*k:], b[j*k+3*k:])
		}
		if j+3 <= n {
			dots3((*[3]float64)(c[i*stride+j:]), (*[3]float64)(c[(i+1)*stride+j:]),
				a0, a1, b[j*k:], b[j*k+k:], b[j*k+2*k:])
			j += 3
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

// dots4 adds the dot products of a and of b with p, q, r and s to c and d.
func dots4(c, d *[4]float64, a, b, p, q, r, s []float64) {
	b, p, q, r, s = b[:len(a)], p[:len(a)], q[:len(a)], r[:len(a)], s[:len(a)]
	var ap, aq, ar, as, bp, bq, br, bs float64
	t := 0
	for ; t < len(a)-1; t += 2 {
		u, v, w, x, y, z := a[t], b[t], p[t], q[t], r[t], s[t]
		ap += float64(u * w)
		aq += float64(u * x)
		ar += float64(u * y)
		as += float64(u * z)
		bp += float64(v * w)
		bq += float64(v * x)
		br += float64(v * y)
		bs += float64(v * z)
		u, v, w, x, y, z = a[t+1], b[t+1], p[t+1], q[t+1], r[t+1], s[t+1]
		ap += float64(u * w)
		aq += float64(u * x)
		ar += float64(u * y)
		as += float64(u * z)
		bp += float64(v * w)
		bq += float64(v * x)
		br += float64(v * y)
		bs += float64(v * z)
	}
	if t < len(a) {
		u, v, w, x, y, z := a[t], b[t], p[t], q[t], r[t], s[t]
		ap += float64(u * w)
		aq += float64(u * x)
		ar += float64(u * y)
		as += float64(u * z)
		bp += float64(v * w)
		bq += float64(v * x)
		br += float64(v * y)
		bs += float64(v * z)
	}
	c[0], c[1], c[2], c[3] = c[0]+ap, c[1]+aq, c[2]+ar, c[3]+as
	d[0], d[1], d[2], d[3] = d[0]+bp, d[1]+bq, d[2]+br, d[3]+bs
}

// dots3 adds the dot products of a and of b with p, q and r to c and d.
func dots3(c, d *[3]float64, a, b, p, q, r []float64) {
	b, p, q, r = b[:len(a)], p[:len(a)], q[:len(a)], r[:len(a)]
	var ap, aq, ar, bp, bq, br float64
	t := 0
	for ; t < len(a)-1; t += 2 {
		u, v, w, x, y := a[t], b[t], p[t], q[t], r[t]
		ap += float64(u * w)
		aq += float64(u * x)
		ar += float64(u * y)
		bp += float64(v * w)
		bq += float64(v * x)
		br += float64(v * y)
		u, v, w, x, y = a[t+1], b[t+1], p[t+1], q[t+1], r[t+1]
		ap += float64(u * w)
		aq += float64(u * x)
		ar += float64(u * y)
		bp += float64(v * w)
		bq += float64(v * x)
		br += float64(v * y)
	}
	if t < len(a) {
		u, v, w, x, y := a[t], b[t], p[t], q[t], r[t]
		ap += float64(u * w)
		aq += float64(u * x)
		ar += float64(u * y)
		bp += float64(v * w)
		bq += float64(v * x)
		br += float64(v * y)
	}
	c[0], c[1], c[2] = c[0]+ap, c[1]+aq, c[2]+ar
	d[0], d[1], d[2] = d[0]+bp, d[1]+bq, d[2]+br
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
