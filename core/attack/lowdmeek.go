package attack

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// lowdMeek measures a linear boundary between two classes from labels alone.
//
// From a point on one side, the boundary is met at distance t_i along feature i
// exactly where w_i = 1/t_i, up to a common factor. The attack finds a point of
// each class, walks from one towards the other a feature at a time until the
// label flips, steps one unit back from the boundary there, looks 1e8 units along
// every other feature for the side on which the boundary lies, and closes in on
// each crossing by doubling and bisection. Unlike the original, which repeats the
// whole search for ε = 1e-6, 1e-5, … until one fits the budget and returns w = 0
// before, all crossings are bisected side by side, a digit a pass, with a copy
// after each: it needs no ε and spends what there is.
//
// It leaves the domain by far, so that a range check stops it (Stuck). With
// Config.Inside it doesn't (within).
//
// Cost: about 1.5 + log₂ t_i + one query a binary digit for each feature, and what
// finding both classes takes. Needs labels, two classes, a linear copy. The scale
// of the weights, which no label shows, is chosen. Source: Lowd and Meek,
// "Adversarial learning", KDD 2005; Tramèr et al. 2016, section 6.1 and its code.
func lowdMeek(s *session) (ending, error) {
	if s.c != 2 {
		return ending{}, fmt.Errorf("attack: lowd-meek separates 2 classes, the oracle has %d", s.c)
	}
	m := &meek{s: s}
	if s.Copy.Family == "svm" {
		switch k := s.Copy; {
		case k.Kernel == "poly" && k.Degree == 2 && s.Inside:
			m.quadratic = true
		case k.Kernel == "poly" && !s.Inside:
			return ending{}, errors.New("attack: lowd-meek can't walk along the products that a polynomial kernel weighs: inputs move them together; allowed inside the domain only")
		case k.Kernel != "linear":
			return ending{}, fmt.Errorf("attack: lowd-meek can't rebuild kernel %s of degree %d, allowed linear, and poly of degree 2", k.Kernel, k.Degree)
		}
	}
	end, err := m.run()
	if refused := (*oracle.RangeError)(nil); errors.As(err, &refused) {
		return ending{Stuck, fmt.Sprintf("the oracle refuses inputs outside its range, and this search has to leave it (one inside the domain would not): %v", refused)}, nil
	}
	return end, err
}

// meek is a search under way. It works on inputs scaled to [-1, 1].
type meek struct {
	s         *session
	quadratic bool
	lines     []line
}

// line is a straight line from + t·along that meets the boundary between t = low,
// where the label is class, and t = high.
type line struct {
	from, along []float64
	class       int // at low
	low, high   float64
	steps       int
}

// digits is the number of bisections after which a float64 holds no more.
const digits = 52

// open tells whether the crossing can be located more closely.
func (l *line) open() bool {
	mid := l.middle()
	return l.steps < digits && mid > l.low && mid < l.high
}

func (l *line) middle() float64 { return l.low + (l.high-l.low)/2 }

// at is the input at t.
func (l *line) at(t float64) []float64 {
	u := make([]float64, len(l.from))
	for i := range u {
		u[i] = l.from[i] + t*l.along[i]
	}
	return u
}

func (m *meek) run() (ending, error) {
	s := m.s
	if found, err := m.bothClasses(); err != nil {
		return ending{}, err
	} else if !found {
		return ending{Budget, fmt.Sprintf("%d answers have all been class %d", s.n(), s.labels[0])}, nil
	}
	search := m.walk
	if s.Inside {
		search = m.within
	}
	if err := search(); err != nil {
		return ending{}, err
	}
	for pass := 0; pass < digits && s.left() > 0; pass++ {
		var open []int
		for i := range m.lines {
			if m.lines[i].open() {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			break
		}
		if err := m.halve(open); err != nil {
			return ending{}, err
		}
		if err := m.show(); err != nil {
			return ending{}, err
		}
	}
	return m.check()
}

// bothClasses asks uniform inputs, a few at a time, until two classes have
// answered.
func (m *meek) bothClasses() (bool, error) {
	s := m.s
	for s.left() > 0 {
		if err := s.tick(); err != nil {
			return false, err
		}
		if err := s.ask(s.uniform(max(2, min(s.n(), 64))), "uniform"); err != nil {
			return false, err
		}
		if len(classes(s.labels, s.c)) == 2 {
			return true, nil
		}
	}
	return false, s.show(constant{s.d, s.c, s.labels[0]}, 1)
}

// ask sends scaled inputs and returns how many of them were answered.
func (m *meek) ask(u [][]float64, why string) (labels []int, err error) {
	s := m.s
	var x []float64
	for _, row := range u {
		for j, v := range row {
			f := s.box[j]
			half := (f.High - f.Low) / 2
			v = (f.Low+f.High)/2 + v*half
			if s.Inside {
				v = min(max(v, f.Low), f.High)
			}
			x = append(x, v)
		}
	}
	from := s.n()
	if err := s.tick(); err != nil {
		return nil, err
	}
	err = s.ask(x, why)
	return s.labels[min(from, len(s.labels)):], err
}

// halve bisects the given lines once, as far as the budget goes.
func (m *meek) halve(open []int) error {
	var u [][]float64
	for _, i := range open {
		u = append(u, m.lines[i].at(m.lines[i].middle()))
	}
	labels, err := m.ask(u, "between two answers")
	for k, y := range labels {
		l := &m.lines[open[k]]
		l.steps++
		if y == l.class {
			l.low = l.middle()
		} else {
			l.high = l.middle()
		}
	}
	return err
}

// scaledRow is input i, scaled.
func (m *meek) scaledRow(i int) []float64 {
	u := make([]float64, m.s.d)
	for j, v := range m.s.row(i) {
		u[j] = m.s.scaled(j, v)
	}
	return u
}

// walk sets out the lines of the original: along every feature from one point.
func (m *meek) walk() error {
	s := m.s
	a, b := m.scaledRow(slices.Index(s.labels, 1)), m.scaledRow(slices.Index(s.labels, 0))
	flip, err := m.flip(a, b)
	if err != nil {
		return err
	}
	if flip == nil {
		return m.show()
	}
	// One unit behind the boundary along the feature that flips the label.
	m.lines = []line{*flip}
	for m.lines[0].high-m.lines[0].low > 1.0/8 && s.left() > 0 {
		if err := m.halve([]int{0}); err != nil {
			return err
		}
	}
	f := m.lines[0]
	base := f.at(f.low - 1)
	m.lines[0] = line{from: base, along: f.along, class: f.class, low: 1, high: 1 + f.high - f.low}
	if err := m.show(); err != nil || s.left() == 0 {
		return err
	}
	return m.directions(base, f)
}

// flip changes the features of a to those of b until the label flips, found by
// bisection over the number of features changed, and returns the line along the
// feature that flips it; nil if the budget ends before.
func (m *meek) flip(a, b []float64) (*line, error) {
	mixed := func(k int) []float64 { return append(slices.Clone(b[:k]), a[k:]...) }
	low, high := 0, len(a)
	for high-low > 1 {
		mid := (low + high) / 2
		labels, err := m.ask([][]float64{mixed(mid)}, "between two answers")
		if err != nil || len(labels) == 0 {
			return nil, err
		}
		if labels[0] == 1 {
			low = mid
		} else {
			high = mid
		}
	}
	along := make([]float64, len(a))
	along[low] = 1
	if b[low] < a[low] {
		along[low] = -1
	}
	return &line{from: mixed(low), along: along, class: 1, high: math.Abs(b[low] - a[low])}, nil
}

// far is how far the original looks along a feature.
const far = 1e8

// directions looks for the boundary along the other features, both ways, then by
// doubling the distance.
func (m *meek) directions(base []float64, f line) error {
	var open []line
	for i := range base {
		if f.along[i] == 0 && m.s.box[i].High > m.s.box[i].Low {
			along := make([]float64, len(base))
			along[i] = 1
			open = append(open, line{from: base, along: along, class: f.class, high: 1})
		}
	}
	var found []line
	for range 2 {
		hit, miss, err := m.look(open, far, "far along one feature")
		if err != nil {
			return err
		}
		found, open = append(found, hit...), miss
		for i := range open {
			for j := range open[i].along {
				open[i].along[j] = -open[i].along[j]
			}
		}
	}
	for t := 1.0; t < far && len(found) > 0 && m.s.left() > 0; t *= 2 {
		hit, miss, err := m.look(found, t, "back along one feature")
		if err != nil {
			return err
		}
		for _, l := range hit {
			l.high = t
			m.lines = append(m.lines, l)
		}
		for i := range miss {
			miss[i].low, miss[i].high = t, 2*t
		}
		found = miss
	}
	return m.show()
}

// look asks at distance t on the given lines and parts those whose label has
// flipped there from the others. Lines that the budget leaves unasked are in
// neither.
func (m *meek) look(lines []line, t float64, why string) (hit, miss []line, err error) {
	var u [][]float64
	for i := range lines {
		u = append(u, lines[i].at(t))
	}
	labels, err := m.ask(u, why)
	for k, y := range labels {
		if y != lines[k].class {
			hit = append(hit, lines[k])
		} else {
			miss = append(miss, lines[k])
		}
	}
	return hit, miss, err
}

// within sets out lines that stay inside the domain: between answers of the two
// classes, as many as determine the boundary. Where f(x) = q·φ(x), every crossing
// is one linear equation in q: D-1 of them give it up to a factor, whether φ is
// the input itself or, for the polynomial kernel of degree 2, all products too.
// That is how the search can be asked in φ's space: crossings are real inputs,
// where steps along one coordinate of φ are not.
//
// The lines join the answers to a tree. Around a cycle the crossings of a
// hyperplane would depend on each other: that of a and b is a/f(a) - b/f(b) up to
// a factor, and these sum to 0.
func (m *meek) within() error {
	s := m.s
	points := m.need() + 1
	if err := s.ask(s.uniform(max(0, min(points-s.n(), s.left()/4))), "uniform"); err != nil {
		return err
	}
	of := [2][]int{{slices.Index(s.labels, 0)}, {slices.Index(s.labels, 1)}}
	for i := 0; i < s.n() && len(m.lines) < points-1; i++ {
		y := s.labels[i]
		if i == of[0][0] && len(m.lines) > 0 || i == of[1][0] && len(m.lines) > 0 {
			continue
		}
		j := of[1-y][s.r.IntN(len(of[1-y]))]
		if i != of[y][0] {
			of[y] = append(of[y], i)
		}
		a, b := m.scaledRow(i), m.scaledRow(j)
		for k := range b {
			b[k] -= a[k]
		}
		m.lines = append(m.lines, line{from: a, along: b, class: y, high: 1})
	}
	return m.show()
}

// need is the number of crossings that determine the copy.
func (m *meek) need() int {
	u := make([]float64, m.s.d)
	for j, f := range m.s.box {
		if f.High > f.Low {
			u[j] = 1
		}
	}
	n := -1
	for _, v := range m.features(u) {
		if v != 0 {
			n++
		}
	}
	return n
}

// features is φ(u): the scaled input and 1, for a quadratic copy all products of
// two of these.
func (m *meek) features(u []float64) []float64 {
	one := append(slices.Clone(u), 1)
	if !m.quadratic {
		return one
	}
	var out []float64
	for i, v := range one {
		for _, w := range one[i:] {
			out = append(out, v*w)
		}
	}
	return out
}

// weights are q of the copy q·φ(u) as the lines have it now: 1/t for lines along
// the features, else the vector orthogonal to φ of all crossings.
func (m *meek) weights() []float64 {
	if m.s.Inside {
		return m.orthogonal()
	}
	q := make([]float64, m.s.d+1)
	for i := range m.lines {
		l := &m.lines[i]
		for j, v := range l.along {
			if v != 0 {
				q[j] = v / l.middle()
			}
		}
	}
	// The crossings are where q·u grows to 1 more than at the base.
	base := m.lines[0].from
	q[m.s.d] = -1
	for j, v := range base {
		q[m.s.d] -= q[j] * v
	}
	return q
}

func (m *meek) orthogonal() []float64 {
	var rows [][]float64
	for i := range m.lines {
		rows = append(rows, m.features(m.lines[i].at(m.lines[i].middle())))
	}
	size := len(rows[0])
	for j := range size { // what never moves has no weight
		if !slices.ContainsFunc(rows, func(row []float64) bool { return row[j] != 0 }) {
			unit := make([]float64, size)
			unit[j] = 1
			rows = append(rows, unit)
		}
	}
	a := make([]float64, size*len(rows))
	for i, row := range rows {
		for j, v := range row {
			a[j*len(rows)+i] = v
		}
	}
	return factor(a, len(rows)).beyond()
}

// show yields the copy that the lines give now.
func (m *meek) show() error {
	copied, err := m.copied()
	if err != nil {
		return err
	}
	return m.s.show(copied, digits)
}

// copied makes a model of the weights, with the sign that agrees with more of
// the answers.
func (m *meek) copied() (model.Classifier, error) {
	s := m.s
	if len(m.lines) == 0 {
		return constant{s.d, s.c, s.labels[0]}, nil
	}
	q := m.weights()
	agree := 0
	for i, y := range s.labels {
		if (m.value(q, i) > 0) == (y == 1) {
			agree++
		}
	}
	scale := 0.0
	for _, v := range q {
		scale = math.Hypot(scale, v)
	}
	if 2*agree < s.n() {
		scale = -scale
	}
	for i := range q {
		q[i] /= scale
	}
	if m.quadratic {
		return quadraticSVM(s.box, q)
	}
	q = s.unscale(q)
	if s.Copy.Family == "logistic" {
		return model.NewLinear("logistic", s.d, 2, q)
	}
	return model.NewSVM(model.Recipe{Kernel: "linear"}, s.d, 2, model.Support{Vectors: q[:s.d], Dual: []float64{1}, Intercepts: q[s.d:]})
}

// value is q·φ at input i.
func (m *meek) value(q []float64, i int) float64 {
	sum := 0.0
	for j, v := range m.features(m.scaledRow(i)) {
		sum += q[j] * v
	}
	return sum
}

// check spends a few queries on the final copy, anywhere and on both sides of its
// boundary: a victim of another shape than the copy's shows.
func (m *meek) check() (ending, error) {
	s := m.s
	copied, err := m.copied()
	if err != nil {
		return ending{}, err
	}
	const anywhere = 10
	x := s.uniform(anywhere)
	beside, err := s.besideBoundary(copied)
	if err != nil {
		return ending{}, err
	}
	x = append(x, beside...)
	n := min(len(x)/s.d, s.left())
	if n == 0 {
		return ending{status: Budget}, nil
	}
	if err := s.ask(x, "to check the copy"); err != nil {
		return ending{}, err
	}
	wrong := 0
	for i, y := range predict(copied, s.x[(s.n()-n)*s.d:]) {
		if y != s.labels[s.n()-n+i] {
			wrong++
		}
	}
	switch {
	case wrong > 0:
		return ending{Stuck, fmt.Sprintf("%d of %d further answers contradict the copy: the victim's boundary is of another shape", wrong, n)}, nil
	case n < len(x)/s.d:
		return ending{status: Budget}, nil
	}
	return ending{status: Solved}, nil
}

// besideBoundary is pairs of inputs close to the copy's boundary, one on either
// side; none where uniform inputs don't find it.
func (s *session) besideBoundary(copied model.Classifier) ([]float64, error) {
	const draws, pairs = 40, 4
	const aside = 1e-3 // in a domain scaled to [-1, 1]
	x := s.uniform(draws)
	labels := predict(copied, x)
	var segs []segment
	for i := 0; i < draws && len(segs) < pairs; i += 2 {
		g := segment{a: x[i*s.d : (i+1)*s.d], b: x[(i+1)*s.d : (i+2)*s.d]}
		if labels[i] != labels[i+1] && s.length(g) > 4*aside {
			segs = append(segs, g)
		}
	}
	cross, err := s.crossings(copied, segs)
	if err != nil {
		return nil, err
	}
	var beside []float64
	for i, g := range segs {
		step := aside / s.length(g)
		beside = append(beside, g.at(max(0, cross[i]-step))...)
		beside = append(beside, g.at(min(1, cross[i]+step))...)
	}
	return beside, nil
}

// quadraticSVM is the machine of kernel (x·y + 1)² whose margin is q·φ(u), u the
// scaled input: φ are the products of two of u_1 … u_d, 1 in the order of
// meek.features. With e_i the unit vectors and K_v the kernel at v,
//
//	x_i     = (K_e − K_−e)/4
//	x_i²    = (K_e + K_−e)/2 − 1
//	x_i·x_j = (K_ei+ej − 1 − x_i² − x_j² − 2x_i − 2x_j)/2
func quadraticSVM(box domain.Domain, q []float64) (model.Classifier, error) {
	d := len(box)
	square, linear, constant := rawQuadratic(box, q)
	var out model.Support
	add := func(weight float64, at ...float64) {
		v := make([]float64, d)
		for k := 0; k < len(at); k += 2 {
			v[int(at[k])] = at[k+1]
		}
		out.Vectors, out.Dual = append(out.Vectors, v...), append(out.Dual, weight)
	}
	for i := range d {
		for j := range i {
			w := square[i*d+j]
			add(w, float64(i), 1, float64(j), 1)
			constant -= w
			square[i*d+i] -= w
			square[j*d+j] -= w
			linear[i] -= 2 * w
			linear[j] -= 2 * w
		}
	}
	for i := range d {
		w := square[i*d+i]
		add(w/2+linear[i]/4, float64(i), 1)
		add(w/2-linear[i]/4, float64(i), -1)
		constant -= w
	}
	out.Intercepts = []float64{constant}
	return model.NewSVM(model.Recipe{Kernel: "poly", Gamma: 1, Coef0: 1, Degree: 2}, d, 2, out)
}

// rawQuadratic turns q·φ(u) into Σ square_ij·x_i·x_j + Σ linear_i·x_i + constant,
// square symmetric.
func rawQuadratic(box domain.Domain, q []float64) (square, linear []float64, constant float64) {
	d := len(box)
	slope, shift := make([]float64, d+1), make([]float64, d+1)
	for i, f := range box {
		if f.High > f.Low {
			slope[i], shift[i] = 2/(f.High-f.Low), -(f.High+f.Low)/(f.High-f.Low)
		}
	}
	shift[d] = 1
	square, linear = make([]float64, d*d), make([]float64, d)
	at := 0
	for i := range d + 1 {
		for j := i; j <= d; j++ {
			w := q[at]
			at++
			constant += w * shift[i] * shift[j]
			if i < d {
				linear[i] += w * slope[i] * shift[j]
			}
			if j < d {
				linear[j] += w * slope[j] * shift[i]
				square[i*d+j] += w * slope[i] * slope[j] / 2
				square[j*d+i] += w * slope[i] * slope[j] / 2
			}
		}
	}
	return square, linear, constant
}
