package num

// SoftmaxRows replaces each row of the n×c matrix z by its softmax, every
// probability with its own relative precision.
func SoftmaxRows(z []float64, n, c int) {
	z = z[:n*c]
	if c == 3 {
		softmaxThrees(z)
		return
	}
	for i := 0; i < n; i++ {
		row := z[i*c : i*c+c]
		top := row[0]
		for _, v := range row {
			if v > top {
				top = v
			}
		}
		for k := range row {
			row[k] -= top
		}
	}
	ExpTo(z, z)
	NormalizeRows(z, n, c)
}

// softmaxThrees is SoftmaxRows without a loop over the classes, with the same
// bits.
func softmaxThrees(z []float64) {
	for r := z; len(r) >= 3; r = r[3:] {
		p := (*[3]float64)(r)
		a, b, c := p[0], p[1], p[2]
		top := a
		if b > top {
			top = b
		}
		if c > top {
			top = c
		}
		p[0], p[1], p[2] = a-top, b-top, c-top
	}
	ExpTo(z, z)
	for r := z; len(r) >= 3; r = r[3:] {
		p := (*[3]float64)(r)
		sum := p[0] + p[1] + p[2]
		p[0], p[1], p[2] = p[0]/sum, p[1]/sum, p[2]/sum
	}
}

// NormalizeRows divides each row of the n×c matrix z by its sum.
func NormalizeRows(z []float64, n, c int) {
	for i := 0; i < n; i++ {
		row := z[i*c : i*c+c]
		sum := 0.
		for _, v := range row {
			sum += v
		}
		for k := range row {
			row[k] /= sum
		}
	}
}

// SumLog is the sum of log x[i] for values in [1, 1e9], taken as few logs of
// products.
func SumLog(x []float64) float64 {
	sum := 0.
	for len(x) > 0 {
		n := min(len(x), 32) // (1e9)^32 < 2^1023
		p := 1.
		for _, v := range x[:n] {
			p *= v
		}
		sum += Log(p)
		x = x[n:]
	}
	return sum
}
