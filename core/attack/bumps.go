package attack

import (
	"math"
	"slices"

	"modelheist/core/num"
)

// bumps is the least-squares problem of placing s Gaussians of known width so
// that their sums, with one weight a channel and a constant, meet the given
// values: y_i(x) = Σ_r α_ir·exp(-γ‖x-x_r‖²) + b_i.
//
// The weights are linear given the places, so they are projected out (variable
// projection with Kaufman's derivative; Golub and Pereyra 1973, Kaufman 1975),
// and the steps go by QR rather than by normal equations: nearby Gaussians are
// nearly dependent, and squaring that would lose half the digits.
type bumps struct {
	d, n, m int
	gamma   float64
	low     []float64   // d, the least and the largest place
	high    []float64   // d
	x       []float64   // d×n, feature by feature
	y       [][]float64 // m channels of n values
	tick    func() error
}

// placed is a state of the problem: places with the best weights for them.
type placed struct {
	p      []float64 // s×d
	k      []float64 // s×n kernel values
	q      triangle
	weight [][]float64 // m × (s+1)
	rest   [][]float64 // m × (n-s-1) residuals in the rotated frame
	sum    float64     // ½ their squares
}

func (b *bumps) kernelTo(dst, p []float64) {
	num.Fill(dst, 0)
	for f, c := range p {
		for i, v := range b.x[f*b.n : (f+1)*b.n] {
			dst[i] += float64((v - c) * (v - c))
		}
	}
	num.Scale(dst, -b.gamma)
	num.ExpTo(dst, dst)
}

// at places the Gaussians at p.
func (b *bumps) at(p []float64) *placed {
	s := len(p) / b.d
	t := &placed{p: p, k: make([]float64, s*b.n)}
	a := make([]float64, b.n*(s+1))
	for r := range s {
		row := t.k[r*b.n : (r+1)*b.n]
		b.kernelTo(row, p[r*b.d:(r+1)*b.d])
		for i, v := range row {
			a[i*(s+1)+r] = v
		}
	}
	for i := range b.n {
		a[i*(s+1)+s] = 1
	}
	t.q = factor(a, s+1)
	for _, y := range b.y {
		v := append([]float64(nil), y...)
		t.q.rotate(v)
		t.weight = append(t.weight, t.q.back(v[:s+1]))
		t.rest = append(t.rest, v[s+1:])
		t.sum += num.Dot(v[s+1:], v[s+1:]) / 2
	}
	return t
}

// rotate replaces b by Qᵀ·b.
func (q triangle) rotate(b []float64) {
	for j, r := range q.diag {
		if r != 0 {
			reflect(b[j:], q.a[j*q.n+j:(j+1)*q.n])
		}
	}
}

// slopes are the derivatives of the rotated residuals by the places: a column a
// place and feature, channel after channel.
func (b *bumps) slopes(t *placed) []float64 {
	s, rows := len(t.p)/b.d, b.n-len(t.p)/b.d-1
	j := make([]float64, s*b.d*b.m*rows)
	v := make([]float64, b.n)
	for r := range s {
		k := t.k[r*b.n : (r+1)*b.n]
		for f := range b.d {
			c := t.p[r*b.d+f]
			for i, x := range b.x[f*b.n : (f+1)*b.n] {
				v[i] = 2 * b.gamma * (x - c) * k[i]
			}
			t.q.rotate(v)
			for i := range b.m {
				to := j[((r*b.d+f)*b.m+i)*rows:][:rows]
				num.AddScaled(to, -t.weight[i][r], v[s+1:])
			}
		}
	}
	return j
}

// descend runs Levenberg-Marquardt from t (Nielsen's rule for the damping) for
// at most steps trial steps, until the sum is at most enough or has hardly
// fallen over a window of them.
func (b *bumps) descend(t *placed, steps int, enough float64) (*placed, error) {
	const window = 20
	mu, up, before := 1e-3, 2.0, math.Inf(1)
	var j, r, scale []float64
	for step := 0; len(t.p) > 0 && step < steps && t.sum > enough && mu < 1e10; step++ {
		if err := b.tick(); err != nil {
			return t, err
		}
		if step%window == window-1 {
			if t.sum > 0.8*before {
				break
			}
			before = t.sum
		}
		if j == nil {
			j, r = b.slopes(t), b.joined(t)
			scale = norms(j, len(r))
		}
		delta := damped(j, r, scale, mu)
		p := slices.Clone(t.p)
		for i, v := range delta {
			p[i] = min(max(p[i]+v, b.low[i%b.d]), b.high[i%b.d])
		}
		next := b.at(p)
		foretold := b.foretold(j, r, delta)
		if !(next.sum < t.sum) || !(foretold > 0) {
			mu, up = mu*up, up*2
			continue
		}
		ratio := (t.sum - next.sum) / foretold
		mu, up = max(mu*max(1./10, 1-math.Pow(2*ratio-1, 3)), 1e-15), 2
		t, j = next, nil
	}
	return t, nil
}

// without takes away the Gaussian that is missed least.
func (b *bumps) without(t *placed) *placed {
	var best *placed
	for r := range len(t.p) / b.d {
		p := slices.Delete(slices.Clone(t.p), r*b.d, (r+1)*b.d)
		if u := b.at(p); best == nil || u.sum < best.sum {
			best = u
		}
	}
	return best
}

// joined are all residuals.
func (b *bumps) joined(t *placed) (r []float64) {
	for _, v := range t.rest {
		r = append(r, v...)
	}
	return r
}

func norms(j []float64, rows int) []float64 {
	out := make([]float64, len(j)/rows)
	for c := range out {
		col := j[c*rows : (c+1)*rows]
		out[c] = math.Sqrt(num.Dot(col, col))
	}
	return out
}

// foretold is the fall of ½‖r‖² under the linear model.
func (b *bumps) foretold(j, r, delta []float64) float64 {
	v := slices.Clone(r)
	for c, s := range delta {
		num.AddScaled(v, s, j[c*len(r):(c+1)*len(r)])
	}
	return (num.Dot(r, r) - num.Dot(v, v)) / 2
}

// damped solves min ‖J·δ + r‖² + μ‖diag(scale)·δ‖² by QR; j is by columns.
func damped(j, r, scale []float64, mu float64) []float64 {
	size, rows := len(scale), len(r)
	top := 0.0
	for _, v := range scale {
		top = max(top, v)
	}
	n := rows + size
	a, rhs := make([]float64, n*size), make([]float64, n)
	for c := range size {
		for i := range rows {
			a[i*size+c] = j[c*rows+i]
		}
		a[(rows+c)*size+c] = math.Sqrt(mu) * max(scale[c], 1e-6*top)
	}
	for i, v := range r {
		rhs[i] = -v
	}
	return factor(a, size).solve(rhs)
}
