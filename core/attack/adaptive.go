package attack

import (
	"math"
	"slices"
	"sort"

	"modelheist/core/model"
)

// adaptive asks a few inputs far from each other, then, round by round, inputs on
// the boundary of the copy so far, and retrains the copy on all labels.
//
// Cost: the whole budget. Needs labels only. Source: Tramèr et al. 2016, section
// 6.1, "adaptive retraining". Beyond the paper:
//   - many rounds instead of five;
//   - a boundary point is asked as a pair, one input on either side of the copy's
//     boundary, at a distance that falls while the oracle's labels confirm the
//     copy and grows while they don't, so that the true boundary is bracketed ever
//     more closely;
//   - linear and kernel copies are fitted to these brackets, which locate the
//     boundary far more closely than any classifier's loss would;
//   - for a linear copy, brackets are halved on the oracle once there are more of
//     them than unknowns, as the paper's line search does, but where the copy
//     expects the boundary instead of in the middle. It stays retraining from
//     labels: no answer but labels is used, and the copy is fitted to all of them;
//   - in few dimensions the inputs asked anywhere keep away from all others, and
//     answers that the copy contradicts are asked around, so that a small region
//     is neither missed nor lost.
func adaptive(s *session) (ending, error) {
	a := prober{learner: learner{s: s}, reach: 1}
	if s.Copy.Family == "mlp" {
		a.reach = 0.1
	}
	a.refit = a.fitEvidence
	start := min(s.budget, max(firstBatch(s), s.budget/10, s.n()))
	byDefault := 30
	if s.Copy.Family == "svm" && s.budget > 1000 {
		byDefault = 15 // a fit to a thousand queries takes a second
	}
	totals := schedule(s.budget-start, max(4, 2*s.c), s.rounds(byDefault)-1)
	rounds := len(totals) + 1
	if err := a.explore(start - s.n()); err != nil {
		return ending{}, err
	}
	if err := a.learn(rounds); err != nil {
		return ending{}, err
	}
	for _, total := range totals {
		if err := a.probe(start + total - s.n()); err != nil {
			return ending{}, err
		}
		if err := a.learn(rounds); err != nil {
			return ending{}, err
		}
	}
	return ending{status: Budget}, nil
}

// prober asks on both sides of the copy's boundary.
type prober struct {
	learner
	reach    float64 // distance of the probes from the copy's boundary: of all, or in units of doubt
	widest   float64 // a longer reach would move no probe of the last round
	fit      fit     // of the copy, if it has one
	brackets []bracket
	near     []float64 // of each query: its distance from the copy's boundary; 1 for uniform ones
}

// fit is a copy fitted to labels and brackets.
type fit interface {
	// solve finds the copy; false says that it is numerically out of reach.
	solve() (bool, error)
	model() (model.Classifier, error)
	// doubts are how far off the true boundary may be at t on each segment
	// across the copy's, scaled to [-1, 1].
	doubts(m model.Classifier, segs []bracket, t []float64) ([]float64, error)
}

// bracket is a segment with different classes at its ends; the ones kept are
// places on the true boundary.
type bracket struct {
	segment
	other int     // class at b
	width float64 // length, in a domain scaled to [-1, 1]
}

// halve replaces one end by an input between them with its answer.
func (b *bracket) halve(x []float64, y int) {
	if y == b.class {
		b.a = x
	} else {
		b.b, b.other = x, y
	}
}

// minReach is where float64 inputs stop to tell the two sides apart.
const minReach = 1e-12

// mostReach is as far from the copy's boundary as a probe goes.
const mostReach = 0.25

// probe spends n queries: an eighth anywhere, so that nothing stays unseen (a
// third while a class is), up to a quarter around answers that the copy
// contradicts, the rest in pairs across the copy's boundary.
func (a *prober) probe(n int) error {
	s := a.s
	halved, err := a.refine(n)
	if err != nil {
		return err
	}
	n -= halved
	mended, err := a.mend(n / 4)
	if err != nil {
		return err
	}
	n -= mended
	anywhere := n / 8
	if len(classes(s.labels, s.c)) < s.c {
		anywhere = n / 3
	}
	places, err := a.places((n - anywhere) / 2)
	if err != nil {
		return err
	}
	var x, near []float64
	a.widest = 1
	for _, p := range places {
		a.widest = max(a.widest, mostReach/max(p.doubt, minReach))
		reach := min(max(a.reach*p.doubt, minReach), mostReach)
		step := reach / p.width
		x = append(x, p.at(max(0, p.t-step))...)
		x = append(x, p.at(min(1, p.t+step))...)
		near = append(near, reach, reach)
	}
	s.clip(x)
	from := s.n()
	if err := s.ask(x, "on the copy's boundary"); err != nil {
		return err
	}
	a.near = append(a.near, near[:s.n()-from]...)
	a.judge(from, len(places))
	return a.explore(n - (s.n() - from))
}

// explore spends n queries anywhere: in few dimensions, where a gap between
// queries may hide a region, each as far from all others as the best of some
// uniform draws; else uniformly.
func (a *prober) explore(n int) error {
	const draws, mostAsked = 12, 2000
	s := a.s
	if s.d > 3 || s.n()+n > mostAsked {
		err := s.ask(s.uniform(n), "uniform")
		a.mark()
		return err
	}
	asked := make([]float64, 0, (s.n()+n)*s.d)
	for i := range s.n() {
		asked = append(asked, s.scaledRow(s.row(i))...)
	}
	var x []float64
	for range n {
		var best, bestScaled []float64
		most := -1.0
		for range draws {
			y := s.uniform(1)
			scaled := s.scaledRow(y)
			gap := math.Inf(1)
			for i := 0; i < len(asked); i += s.d {
				gap = min(gap, distance2(scaled, asked[i:i+s.d]))
			}
			if gap > most {
				best, bestScaled, most = y, scaled, gap
			}
		}
		x, asked = append(x, best...), append(asked, bestScaled...)
	}
	err := s.ask(x, "far from all others")
	a.mark()
	return err
}

// mend asks between inputs that the copy labels wrongly and their nearest answers
// of another class: there the copy has no boundary that could be probed, all the
// more if it has lost the class altogether. It spends at most n queries and
// returns how many.
func (a *prober) mend(n int) (int, error) {
	const far = 1e-2 // closer to the boundary, a copy may err by its precision
	s := a.s
	var open []bracket
	var x []float64
	for i, y := range predict(a.copy, s.x) {
		if y == s.labels[i] || a.near[i] < far || len(open) >= n {
			continue
		}
		j := s.nearestOther(i, s.n())
		if j < 0 {
			continue
		}
		g := segment{s.row(i), s.row(j), s.labels[i]}
		if l := s.length(g); l > far {
			open = append(open, bracket{g, s.labels[j], l})
			x = append(x, g.at(0.5)...)
		}
	}
	from := s.n()
	if err := s.ask(x, "where the copy contradicts an answer"); err != nil {
		return 0, err
	}
	for i, b := range open[:s.n()-from] {
		a.near = append(a.near, b.width/2)
		b.halve(s.row(from+i), s.labels[from+i])
		b.width = s.length(b.segment)
		a.brackets = append(a.brackets, b)
	}
	return s.n() - from, nil
}

// refine halves brackets, for a linear boundary: once there are more of them than
// unknowns, a query inside one tells more than a new one does. It spends at most
// half of n queries and returns how many.
func (a *prober) refine(n int) (int, error) {
	f, linear := a.fit.(*linearFit)
	if !linear || len(a.brackets) < f.k {
		return 0, nil
	}
	s := a.s
	sort.SliceStable(a.brackets, func(i, j int) bool { return a.brackets[i].width < a.brackets[j].width })
	last := min(len(a.brackets), 2*f.k)
	first := max(0, last-n/2)
	for last > first && a.brackets[first].width < 1e-9 {
		first++
	}
	list := a.brackets[first:last]
	segs := make([]segment, len(list))
	for i, b := range list {
		segs[i] = b.segment
	}
	cross, err := s.crossings(a.copy, segs)
	if err != nil {
		return 0, err
	}
	var x []float64
	for i, b := range list {
		cross[i] = min(max(cross[i], 0.25), 0.75)
		x = append(x, b.at(cross[i])...)
	}
	from := s.n()
	if err := s.ask(x, "between two answers"); err != nil {
		return 0, err
	}
	for i := range s.n() - from {
		b := &list[i]
		a.near = append(a.near, b.width/8)
		b.halve(s.row(from+i), s.labels[from+i])
		b.width = s.length(b.segment)
	}
	return s.n() - from, nil
}

// mark notes that the queries not noted yet were uniform.
func (a *prober) mark() {
	for len(a.near) < a.s.n() {
		a.near = append(a.near, 1)
	}
}

// fitEvidence fits the copy to labels and brackets, if there is a way for the
// family.
func (a *prober) fitEvidence() (model.Classifier, error) {
	s := a.s
	e := &evidence{d: s.d, c: s.c, x: s.x, labels: s.labels, near: a.near, at: a.brackets}
	last, err := a.fit, error(nil)
	a.fit = nil
	switch {
	case s.Copy.Family == "svm" && s.Copy.Kernel != "linear":
		err = a.fitKernel(e)
	case slices.Contains([]string{"logistic", "softmax", "ovr", "svm"}, s.Copy.Family) && s.Copy.Members == 0:
		warm, _ := last.(*linearFit)
		f := newLinearFit(s, e, warm)
		var ok bool
		if ok, err = f.solve(); ok {
			return a.unlessNoisy(f)
		}
	}
	if err != nil || a.fit == nil {
		return nil, err
	}
	return a.fit.model()
}

// unlessNoisy is the fit's model, or, where no copy gets all answers right, the one
// that training on the labels gives if it contradicts fewer: a wrong label makes a
// bracket where no boundary is, and the closer the bracket, the more it counts.
func (a *prober) unlessNoisy(f fit) (model.Classifier, error) {
	const few = 0.02 // of the answers: the fit's own slack
	a.fit = f
	m, err := f.model()
	if err != nil {
		return nil, err
	}
	wrong := a.contradicts(m)
	if float64(wrong) <= few*float64(a.s.n()) {
		return m, nil
	}
	trained, err := a.train(nil)
	if err != nil {
		return nil, err
	}
	if left := a.contradicts(trained); left > 0 && left < wrong {
		a.fit = nil
		return trained, nil
	}
	return m, nil
}

// contradicts counts the answers that a copy gets wrong.
func (l *learner) contradicts(m model.Classifier) int {
	wrong := 0
	for i, y := range predict(m, l.s.x) {
		if y != l.s.labels[i] {
			wrong++
		}
	}
	return wrong
}

// fitKernel fits with the kernel's γ and, when there are a fifth more brackets,
// with twice and half of it, and keeps what predicts brackets left out best. A
// smaller γ is preferred: a victim's boundary is smooth between far points.
func (a *prober) fitKernel(e *evidence) error {
	s, r := a.s, a.s.Copy
	if a.gamma == 0 {
		a.gamma = 1 / float64(s.d)
	}
	try := len(a.brackets) >= max(6, a.chose+a.chose/5)
	if try {
		a.chose = len(a.brackets)
	}
	gamma, least := a.gamma, math.Inf(1)
	for _, factor := range []float64{1, 2, 0.5} {
		r.Gamma = gamma * factor
		if factor != 1 && (!try || r.Gamma < 1.0/32/float64(s.d)) {
			continue
		}
		f, err := newKernelFit(e, r, a.warm(), s.Tick)
		if err != nil {
			return err
		}
		ok, err := f.solve()
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		loss, err := f.loss()
		if err != nil {
			return err
		}
		if loss *= math.Pow(factor, 0.2); loss < least {
			least, a.gamma, a.fit = loss, r.Gamma, f
		}
	}
	return nil
}

// judge keeps the pairs whose labels differ and sets the reach for the next
// round.
func (a *prober) judge(from, pairs int) {
	s, held := a.s, 0
	for i := range pairs {
		j := from + 2*i
		if s.labels[j] != s.labels[j+1] {
			held++
			g := segment{s.row(j), s.row(j + 1), s.labels[j]}
			a.brackets = append(a.brackets, bracket{g, s.labels[j+1], s.length(g)})
		}
	}
	// About three pairs in four shall hold: closer ones would tell more if they
	// held, but fewer do.
	share := float64(held) / float64(max(pairs, 1))
	switch {
	case pairs == 0:
	case a.fit != nil:
		a.reach = min(a.reach*math.Exp(1.5*(0.7-share)), a.widest)
	case share > 0.8:
		a.reach /= 4
	case share > 0.6:
		a.reach /= 2
	case share < 0.4:
		a.reach *= 2
	}
}

// place is a point on the copy's boundary: at t on a segment across it.
type place struct {
	bracket
	t     float64
	x     []float64 // scaled to [-1, 1]
	doubt float64   // how far off the true boundary may be; 1 if nothing tells
	worth float64   // of a query there
}

// places picks n points on the copy's boundary where the true one is most in
// doubt, and far from each other. Without a measure of doubt it is the distance
// from the brackets there are, for which it is enough to know roughly where the
// candidates are.
func (a *prober) places(n int) ([]place, error) {
	segs := a.across(n * a.choices())
	if a.fit == nil {
		list, err := a.roughly(segs)
		if err != nil {
			return nil, err
		}
		list = spread(list, n)
		return list, a.sharpen(list)
	}
	list, err := a.appraise(segs)
	return spread(list, n), err
}

// spread picks n places of much worth that are far from each other.
func spread(pool []place, n int) []place {
	if len(pool) <= n {
		return pool
	}
	apart := make([]float64, len(pool)) // squared distance to what is chosen
	for i := range apart {
		apart[i] = 10
	}
	var chosen []place
	for range n {
		if k := len(chosen); k > 0 {
			last := chosen[k-1].x
			for i := range pool {
				apart[i] = min(apart[i], distance2(pool[i].x, last))
			}
		}
		best, most := 0, -1.0
		for i := range pool {
			if v := pool[i].worth * pool[i].worth * apart[i]; v > most {
				best, most = i, v
			}
		}
		chosen = append(chosen, pool[best])
	}
	return chosen
}

// rough is how many times a candidate's segment is halved.
const rough = 12

// roughly makes places of segments, to within 2^-rough of their lengths.
func (a *prober) roughly(segs []segment) ([]place, error) {
	s := a.s
	cross, err := s.cross(a.copy, segs, rough)
	if err != nil {
		return nil, err
	}
	middles := make([][]float64, len(a.brackets))
	for i, b := range a.brackets {
		middles[i] = s.scaledRow(b.at(0.5))
	}
	list := make([]place, len(segs))
	for i, g := range segs {
		x, nearest := s.scaledRow(g.at(cross[i])), 100.0
		for _, m := range middles {
			nearest = min(nearest, distance2(x, m))
		}
		list[i] = place{bracket{segment: g, width: s.length(g)}, cross[i], x, 1, math.Sqrt(nearest)}
	}
	return list, nil
}

// sharpen finds the last digits of places that are known roughly.
func (a *prober) sharpen(list []place) error {
	half := math.Ldexp(1, -rough-1)
	segs := make([]segment, len(list))
	for i, p := range list {
		segs[i] = segment{a: p.at(p.t - half), b: p.at(p.t + half)}
	}
	cross, err := a.s.cross(a.copy, segs, fine-rough)
	for i, t := range cross {
		list[i].t += (2*t - 1) * half
	}
	return err
}

// appraise makes places of segments where the fit tells the doubt.
func (a *prober) appraise(segs []segment) ([]place, error) {
	s := a.s
	cross, err := s.crossings(a.copy, segs)
	if err != nil {
		return nil, err
	}
	pool := make([]place, len(segs))
	ends := make([]bracket, len(segs))
	var x []float64
	for i, g := range segs {
		const aside = 1e-7
		x = append(append(x, g.at(cross[i]-aside)...), g.at(cross[i]+aside)...)
		ends[i] = bracket{segment: g, width: s.length(g)}
	}
	sides := predict(a.copy, x)
	for i := range ends {
		ends[i].class, ends[i].other = sides[2*i], sides[2*i+1]
	}
	doubts, err := a.fit.doubts(a.copy, ends, cross)
	if err != nil {
		return nil, err
	}
	for i, v := range doubts {
		pool[i] = place{ends[i], cross[i], s.scaledRow(segs[i].at(cross[i])), v, v}
	}
	return pool, nil
}

// choices is the number of candidates for each place: where the boundary is
// flat, any spread of points will do.
func (a *prober) choices() int {
	if a.s.Copy.Members > 0 || a.s.Copy.Family == "mlp" || a.s.Copy.Family == "svm" {
		return 16
	}
	return 1
}

func distance2(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += (v - y[i]) * (v - y[i])
	}
	return sum
}

// scaledRow is an input scaled to [-1, 1].
func (s *session) scaledRow(x []float64) []float64 {
	y := make([]float64, len(x))
	for j, v := range x {
		y[j] = s.scaled(j, v)
	}
	return y
}

// across draws up to n segments whose ends the copy labels differently. The ends
// are uniform inputs, from every class as often as from the others.
func (a *prober) across(n int) []segment {
	s := a.s
	x := s.uniform(max(200, 2*n))
	labels := predict(a.copy, x)
	// Answered inputs stand in for classes that are rare in the domain.
	for i, y := range predict(a.copy, s.x) {
		x, labels = append(x, s.row(i)...), append(labels, y)
	}
	of := make([][]int, s.c)
	for i, y := range labels {
		of[y] = append(of[y], i)
	}
	var there []int
	for y, rows := range of {
		if len(rows) > 0 {
			there = append(there, y)
		}
	}
	if len(there) < 2 {
		return nil
	}
	pick := func(y int) []float64 {
		i := of[y][s.r.IntN(len(of[y]))]
		return x[i*s.d : (i+1)*s.d]
	}
	var segs []segment
	for range n {
		p := s.r.IntN(len(there))
		q := (p + 1 + s.r.IntN(len(there)-1)) % len(there)
		if g := (segment{a: pick(there[p]), b: pick(there[q])}); s.length(g) > 0 {
			segs = append(segs, g)
		}
	}
	return segs
}
