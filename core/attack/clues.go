package attack

import (
	"math"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/num"
	"modelheist/core/oracle"
)

// tester is the pool with what it tells.
type tester struct {
	s        *session
	uniform  int // the first answers of the pool, for cross-validation
	possible shape
	decimals int
	aligned  int      // searches whose change of answer stayed where it was after a step aside
	moved    int      // and those whose change did not
	crossing [][2]int // queries close by with different labels
}

const (
	poolUniform  = 200
	poolSteps    = 24 // places looked at closely
	poolSearches = 8
)

// gather asks the pool.
func (t *tester) gather() error {
	s := t.s
	n := min(poolUniform, (s.budget+1)/2)
	for n > 0 {
		if err := s.ask(s.uniform(n), "uniform"); err != nil {
			return err
		}
		t.uniform = s.n()
		if n = 0; len(classes(s.labels, s.c)) == 1 {
			n = min(s.n(), s.left())
		}
	}
	t.possible = anyShape
	if len(classes(s.labels, s.c)) == 1 || slices.ContainsFunc(s.box, func(f domain.Feature) bool { return len(f.Categories) > 0 }) {
		return nil
	}
	if s.values != nil && t.complete() {
		t.decimals = s.decimalsOf()
	}
	if s.values != nil && t.decimals == 0 {
		if err := t.lookClosely(min(poolSteps, s.left()/4)); err != nil {
			return err
		}
	}
	if t.possible&flat != 0 && s.d > 1 {
		return t.lookAside(min(poolSearches, s.left()/40))
	}
	return nil
}

// complete tells whether the answers hold the probabilities of all classes.
func (t *tester) complete() bool {
	k := t.s.o.Answers()
	return k == oracle.Probabilities || k == oracle.Logits || k == oracle.Top1 && t.s.c == 2
}

// decimalsOf is how many decimals the probabilities are rounded to, 0 for all.
// Shares of a few votes are not rounded: they would use all tenths.
func (s *session) decimalsOf() int {
	if s.o.Answers() == oracle.Logits {
		return 0
	}
	p := s.probabilities()
	if k := shares(p); k > 0 && k != 10 && k != 100 {
		return 0
	}
	return s.decimals(p)
}

// shares is the least k of which all of p are multiples of 1/k; 0 for none up to
// 120.
func shares(p []float64) int {
	for k := 1; k <= 120; k++ {
		if !slices.ContainsFunc(p, func(v float64) bool {
			v *= float64(k)
			return math.Abs(v-math.Round(v)) > 1e-9
		}) {
			return k
		}
	}
	return 0
}

// scores are n×w numbers that are linear in the input for a linear victim:
// centred log-probabilities, logits or margins; the one probability of top1 among
// more than two classes, which is only good for telling whether it changes.
func (t *tester) scores() (z []float64, w int) {
	s := t.s
	if !t.complete() {
		return s.values, len(s.values) / s.n()
	}
	z = slices.Clone(s.values)
	if s.o.Answers() != oracle.Logits {
		z = s.probabilities()
		least := 1e-300
		if t.decimals > 0 {
			least = 0.5 / math.Pow10(t.decimals)
		}
		for i, v := range z {
			z[i] = max(v, least)
		}
		num.LogTo(z, z)
	}
	for at := 0; at < len(z); at += s.c {
		mean := num.Sum(z[at:at+s.c]) / float64(s.c)
		for k := range s.c {
			z[at+k] -= mean
		}
	}
	return z, s.c
}

// lookClosely takes two small steps in a row from inputs of the pool: scores that
// don't change are flat, scores without a second difference straight.
func (t *tester) lookClosely(places int) error {
	const step = 1e-3 // in a domain scaled to [-1, 1]
	s := t.s
	if places < 3 {
		return nil
	}
	first := s.n()
	var x []float64
	for i := range places {
		base := s.row(i)
		for _, length := range []float64{step, 2 * step} {
			for j, f := range s.box {
				half := (f.High - f.Low) / 2
				// Every feature has its own pace; away from the nearer end.
				v := half * length * (0.5 + math.Mod(float64(i*s.d+j)*0.618, 1))
				if base[j]+v > f.High-half*0.01 {
					v = -v
				}
				x = append(x, base[j]+v)
			}
		}
	}
	if err := s.ask(x, "a small step aside"); err != nil {
		return err
	}
	z, w := t.scores()
	still, line := 0, 0
	for i := range places {
		a, b, c := z[i*w:(i+1)*w], z[(first+2*i)*w:][:w], z[(first+2*i+1)*w:][:w]
		same, bend, size := true, 0.0, 1.0
		for k := range a {
			same = same && a[k] == b[k] && b[k] == c[k]
			bend = max(bend, math.Abs(a[k]-2*b[k]+c[k]))
			size = max(size, math.Abs(a[k]))
		}
		if same {
			still++
		} else if bend <= 1e-11*size {
			line++
		}
	}
	switch {
	case 2*still > places && line < 2:
		t.possible = flat
	case !t.complete() && s.o.Answers() != oracle.Margin:
		t.possible = anyShape &^ flat
	case 10*(line+still) < 6*places:
		t.possible = curved
	case t.linear(z, w):
		t.possible = straight
	default:
		t.possible = pieces
	}
	return nil
}

// linear tells whether one linear function gives all scores of the uniform
// answers.
func (t *tester) linear(z []float64, w int) bool {
	s, k := t.s, t.s.d+1
	n := t.uniform
	if n <= k {
		return true
	}
	design := s.design(s.x[:n*s.d])
	q := factor(design, k)
	for c := range w {
		b := make([]float64, n)
		size := 1.0
		for i := range b {
			b[i] = z[i*w+c]
			size = max(size, math.Abs(b[i]))
		}
		v := q.solve(b)
		for i := range b {
			if math.Abs(num.Dot(design[i*k:(i+1)*k], v)-b[i]) > 1e-7*size {
				return false
			}
		}
	}
	return true
}

// differ tells whether two queries got different answers.
func (t *tester) differ(i, j int) bool {
	s := t.s
	if s.labels[i] != s.labels[j] {
		return true
	}
	w := len(s.values) / s.n()
	return !slices.Equal(s.values[i*w:(i+1)*w], s.values[j*w:(j+1)*w])
}

// search is two queries that got different answers and differ in one feature.
type search struct{ low, high, axis int }

// way is two queries that got different answers and differ in the features from,
// from+1, … up to to.
type way struct{ a, b, from, to int }

// lookAside finds places where the answer changes along one feature, to 1e-4 of
// its range, and asks on both sides again after a step along another feature.
func (t *tester) lookAside(searches int) error {
	s := t.s
	open, err := t.searches(searches)
	if err != nil {
		return err
	}
	if open, err = t.narrow(open, 13); err != nil {
		return err
	}
	var x []float64
	for _, o := range open {
		if s.labels[o.low] != s.labels[o.high] {
			t.crossing = append(t.crossing, [2]int{o.low, o.high})
		}
		other := (o.axis + 1 + s.r.IntN(s.d-1)) % s.d
		f := s.box[other]
		aside := 0.025 * (f.High - f.Low)
		for _, end := range []int{o.low, o.high} {
			row := slices.Clone(s.row(end))
			if row[other] > (f.High+f.Low)/2 {
				row[other] -= aside
			} else {
				row[other] += aside
			}
			x = append(x, row...)
		}
	}
	first := s.n()
	if err := s.ask(x, "a step aside"); err != nil {
		return err
	}
	for k, o := range open[:(s.n()-first)/2] {
		if t.differ(o.low, first+2*k) || t.differ(o.high, first+2*k+1) {
			t.moved++
		} else {
			t.aligned++
		}
	}
	return nil
}

// searches starts from pairs of uniform inputs with different answers, preferably
// labels, and halves the features in which they differ until one is left.
func (t *tester) searches(count int) (open []search, err error) {
	s := t.s
	var ways []way
	for try := 0; len(ways) < count && try < 50*count; try++ {
		i, j := s.r.IntN(t.uniform), s.r.IntN(t.uniform)
		if t.differ(i, j) && (s.labels[i] != s.labels[j] || try >= 25*count) {
			ways = append(ways, way{i, j, 0, s.d})
		}
	}
	for len(ways) > 0 {
		var x []float64
		var wide []way
		for _, w := range ways {
			if w.to-w.from == 1 {
				open = append(open, search{w.a, w.b, w.from})
				continue
			}
			half := (w.from + w.to) / 2
			mid := slices.Clone(s.row(w.a))
			copy(mid[half:w.to], s.row(w.b)[half:w.to])
			x = append(x, mid...)
			wide = append(wide, w)
		}
		first := s.n()
		if err := s.ask(x, "one feature at a time"); err != nil {
			return nil, err
		}
		ways = nil
		for k, w := range wide[:s.n()-first] {
			half := (w.from + w.to) / 2
			if mid := first + k; t.differ(w.a, mid) {
				ways = append(ways, way{w.a, mid, half, w.to})
			} else {
				ways = append(ways, way{mid, w.b, w.from, half})
			}
		}
	}
	return open, nil
}

// narrow halves the distances of the searches so many times; those that the
// budget leaves unasked fall away.
func (t *tester) narrow(open []search, times int) ([]search, error) {
	s := t.s
	for range times {
		var x []float64
		for _, o := range open {
			a, b := s.row(o.low), s.row(o.high)
			mid := slices.Clone(a)
			mid[o.axis] += (b[o.axis] - a[o.axis]) / 2
			x = append(x, mid...)
		}
		first := s.n()
		if err := s.ask(x, "between two answers"); err != nil {
			return nil, err
		}
		open = open[:s.n()-first]
		for k := range open {
			if t.differ(open[k].low, first+k) {
				open[k].high = first + k
			} else {
				open[k].low = first + k
			}
		}
	}
	return open, nil
}

// boundary tells from the crossings found whether the boundary between two
// classes lies on a plane: straight, or any other shape; any if they are too few.
func (t *tester) boundary() shape {
	s, found := t.s, anyShape
	between := map[[2]int][]float64{}
	for _, c := range t.crossing {
		a, b := s.row(c[0]), s.row(c[1])
		pair := [2]int{min(s.labels[c[0]], s.labels[c[1]]), max(s.labels[c[0]], s.labels[c[1]])}
		for j := range a {
			between[pair] = append(between[pair], s.scaled(j, (a[j]+b[j])/2))
		}
	}
	for _, points := range between {
		if len(points)/s.d < s.d+2 {
			continue
		}
		if !coplanar(points, s.d) {
			return anyShape &^ straight
		}
		found = straight
	}
	return found
}

// coplanar tells whether n points lie on a plane, within what the searches for
// crossings leave open: whether one coordinate is a linear function of the others.
func coplanar(points []float64, d int) bool {
	const near = 3e-4
	n := len(points) / d
	for j := range d {
		var a, b []float64
		for i := range n {
			row := slices.Clone(points[i*d : (i+1)*d])
			b = append(b, row[j])
			row[j] = 1
			a = append(a, row...)
		}
		v := factor(a, d).solve(b)
		sum := 0.0
		for i, y := range b {
			off := num.Dot(a[i*d:(i+1)*d], v) - y
			sum += off * off
		}
		if sum <= near*near*float64(n) {
			return true
		}
	}
	return false
}
