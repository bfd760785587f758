package attack

import (
	"cmp"
	"math"
	"slices"

	"modelheist/core/num"
)

// candidate is an input that may be asked.
type candidate struct {
	x     []float64 // d
	row   []float64 // of the design
	hints []hint    // of each class
}

// hint is what an answer would tell of one class.
type hint struct {
	slopes []float64 // r: of the log-odds by the scores
	spread float64   // p(1-p): of the probability by the log-odds
	doubt  float64   // variance of the log-odds
	noise  float64   // variance of the measurement that the answer is
}

// gain is by how much an answer reduces the standard deviation of a probability.
func (h hint) gain() float64 {
	return h.spread * math.Sqrt(h.doubt) * (1 - math.Sqrt(h.noise/(h.doubt+h.noise)))
}

// choose picks up to n inputs whose answers would tell most, one after the other,
// each as if the ones before were answered. It takes them from uniform ones, moved
// to where probabilities are about to be rounded the other way; more of them near
// the decision boundary made no difference. It also returns the largest standard
// deviation of a probability among all; an input that tells less than a hundredth of
// what is called solved is not worth a query.
func (f *centre) choose(n int) (x []float64, doubt float64, err error) {
	cov, err := f.covariance()
	if err != nil {
		return nil, 0, err
	}
	pool := make([]candidate, max(4*n, 64))
	for i := range pool {
		pool[i] = f.steer(f.s.uniform(1))
		f.weigh(&pool[i], cov)
		for _, h := range pool[i].hints {
			doubt = max(doubt, h.spread*math.Sqrt(h.doubt))
		}
		if err := f.pace.did(f.r * f.k * f.p); err != nil {
			return nil, 0, err
		}
	}
	for len(x) < n*f.s.d {
		best, most := -1, solvedFit/100
		for i, c := range pool {
			sum := 0.0
			for _, h := range c.hints {
				sum += h.gain()
			}
			if sum > most {
				best, most = i, sum
			}
		}
		if best < 0 {
			break
		}
		x = append(x, pool[best].x...)
		chosen := pool[best]
		pool = slices.Delete(pool, best, best+1)
		for _, h := range chosen.hints {
			if err := f.learn(cov, pool, chosen.row, h); err != nil {
				return nil, 0, err
			}
		}
	}
	return x, doubt, nil
}

// covariance is the inverse of the Hessian: the copies that are left are spread
// about so.
func (f *centre) covariance() ([]float64, error) {
	cov := make([]float64, f.k*f.k)
	for i := range f.k {
		row := cov[i*f.k : (i+1)*f.k]
		row[i] = 1
		num.SolveCholesky(f.l, row)
		if err := f.pace.did(f.k * f.k); err != nil {
			return nil, err
		}
	}
	return cov, nil
}

// learn takes from the covariance, and from the doubts of the pool, what an answer
// tells by a hint.
func (f *centre) learn(cov []float64, pool []candidate, row []float64, h hint) error {
	a, v := make([]float64, f.k), make([]float64, f.k)
	for b, slope := range h.slopes {
		num.AddScaled(a[b*f.p:(b+1)*f.p], slope, row)
	}
	for i := range v {
		v[i] = num.Dot(cov[i*f.k:(i+1)*f.k], a)
	}
	share := 1 / (num.Dot(a, v) + h.noise)
	for i, vi := range v {
		num.AddScaled(cov[i*f.k:(i+1)*f.k], -share*vi, v)
	}
	scores := make([]float64, f.r)
	for i := range pool {
		c := &pool[i]
		for b := range scores {
			scores[b] = num.Dot(v[b*f.p:(b+1)*f.p], c.row)
		}
		for j := range c.hints {
			common := num.Dot(c.hints[j].slopes, scores)
			c.hints[j].doubt = max(0, c.hints[j].doubt-share*common*common)
		}
	}
	return f.pace.did(f.k*f.k + len(pool)*(f.k+f.s.c*f.r))
}

// weigh works out what a candidate's answer would tell. An answer is as good as a
// measurement with the variance of its interval; at an edge, it halves the
// interval in doubt, however small, which leaves 1-2/π of the variance.
func (f *centre) weigh(c *candidate, cov []float64) {
	n, first := f.s.c, f.s.c-f.r
	at := newReading(n)
	f.read(at, f.w, c.row)
	block, half := make([]float64, f.r*f.r), make([]float64, f.k) // covariance of the scores
	for b := range f.r {
		for i := range half {
			half[i] = num.Dot(cov[i*f.k+b*f.p:][:f.p], c.row)
		}
		for a := range f.r {
			block[a*f.r+b] = num.Dot(half[a*f.p:(a+1)*f.p], c.row)
		}
	}
	const halved = math.Pi/2 - 1
	for k, g := range at.odds {
		h := hint{slopes: at.slopes[k*n+first : (k+1)*n]}
		p := 1 / (1 + num.Exp(-g))
		h.spread = p * (1 - p)
		for a, v := range h.slopes {
			h.doubt += v * num.Dot(block[a*f.r:(a+1)*f.r], h.slopes)
		}
		h.doubt = max(h.doubt, 0)
		edge, width := f.edge(g)
		h.noise = min(halved*h.doubt, width*width/12) + (edge-g)*(edge-g) + math.SmallestNonzeroFloat64
		c.hints = append(c.hints, h)
	}
}

// edge is where log-odds near g begin to be rounded another way, and how far it is
// to the next such place beyond g.
func (f *centre) edge(g float64) (at, width float64) {
	p := 1 / (1 + num.Exp(-g))
	j := min(max(math.Round(p*f.steps-0.5), 0), f.steps-1)
	at = logit((j + 0.5) / f.steps)
	if at > g {
		j--
	} else {
		j++
	}
	if j < 0 || j >= f.steps {
		return at, math.Inf(1)
	}
	return at, math.Abs(logit((j+0.5)/f.steps) - at)
}

// goal is the edge that a class's log-odds shall be moved to.
type goal struct {
	class int
	edge  float64
	away  float64 // from where it is
}

// goals are the edges to move the probabilities at a row of the design to: the
// nearest of each class, but for those that are far away or that a move to others
// can't be told from.
func (f *centre) goals(row []float64) []goal {
	const far, apart = 4, 0.3 // log-odds, sine of the angle
	at := newReading(f.s.c)
	f.read(at, f.w, row)
	var all []goal
	for k, g := range at.odds {
		if edge, _ := f.edge(g); math.Abs(edge-g) < far {
			all = append(all, goal{k, edge, math.Abs(edge - g)})
		}
	}
	slices.SortStableFunc(all, func(a, b goal) int { return cmp.Compare(a.away, b.away) })
	var chosen []goal
	var basis [][]float64
	for _, g := range all {
		v := make([]float64, f.s.d)
		f.byInputs(v, at, g.class, row)
		whole := length(v)
		for _, b := range basis {
			num.AddScaled(v, -num.Dot(v, b), b)
		}
		if l := length(v); len(chosen) < min(f.s.d, f.r) && l > apart*whole {
			num.Scale(v, 1/l)
			basis = append(basis, v)
			chosen = append(chosen, g)
		}
	}
	return chosen
}

// steer moves an input to where its probabilities are about to be rounded the other
// way, by Newton steps of the least length within the domain. Where it does not
// get there, the answer tells less.
func (f *centre) steer(x []float64) candidate {
	const steps, longest = 6, 0.3
	s := f.s
	row := s.design(x)
	goals := f.goals(row)
	for range steps {
		move := f.towards(goals, row)
		if l := length(move); l > longest {
			num.Scale(move, longest/l)
		}
		for j, v := range move {
			row[j] = min(max(row[j]+v, -1), 1)
		}
	}
	for j, b := range s.box {
		if b.Categories == nil {
			x[j] = (b.Low+b.High)/2 + row[j]*(b.High-b.Low)/2
		}
	}
	s.clip(x)
	return candidate{x: x, row: s.design(x)}
}

// towards is the shortest change of the scaled inputs that meets all goals, if the
// log-odds were linear; none if they can't all be met.
func (f *centre) towards(goals []goal, row []float64) []float64 {
	d, m := f.s.d, len(goals)
	at := newReading(f.s.c)
	f.read(at, f.w, row)
	move, off := make([]float64, d), make([]float64, m)
	slopes, gram := make([]float64, m*d), make([]float64, m*m)
	for i, g := range goals {
		f.byInputs(slopes[i*d:(i+1)*d], at, g.class, row)
		off[i] = g.edge - at.odds[g.class]
	}
	num.GramAdd(gram, slopes, m, d)
	l, _ := definite(gram, m)
	if l == nil {
		return move
	}
	num.SolveCholesky(l, off)
	for i, v := range off {
		num.AddScaled(move, v, slopes[i*d:(i+1)*d])
	}
	return move
}

// byInputs writes the derivatives of a class's log-odds by the scaled inputs at a
// row of the design: 0 for those that can't be moved, or not further.
func (f *centre) byInputs(dst []float64, at *reading, class int, row []float64) {
	clear(dst)
	c := f.s.c
	for a, v := range at.slopes[(class+1)*c-f.r : (class+1)*c] {
		num.AddScaled(dst, v, f.w[a*f.p:a*f.p+f.s.d])
	}
	for j, b := range f.s.box {
		if b.High == b.Low || b.Categories != nil || math.Abs(row[j]) == 1 {
			dst[j] = 0
		}
	}
}
