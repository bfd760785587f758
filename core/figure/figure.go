package figure

import (
	"fmt"
	"math"
	"slices"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/paint"
	"modelheist/core/surface"
)

// Content is what a figure shows of an experiment.
type Content struct {
	Title string // the experiment in a few words
	Link  string
	// Victim and Copy are drawn if they take two inputs; either may be nil.
	Victim, Copy model.Classifier
	Points       []Mark // that the victim was trained on
	Queries      []Mark // with the label of the answer
	ClassNames   []string
	Colours      []int // of each class, for a drawing that leaves classes out; nil if they are their own
	Curve        []paint.Point
	Budget       int
	Remote       bool          // the victim is behind a network, and the curve is of its answers
	Domain       domain.Domain // what the plane shows of two inputs; nil is [-1, 1]²
	Tick         model.Tick    // called while fields are computed; its error ends the work
}

// Mark is a point of the plane with its class.
type Mark struct {
	X, Y  float64
	Class int
}

// Sizes in pixels.
const (
	margin = 20
	side   = 364 // of a plot
	title  = 30  // above plots and chart
	legend = 34
	chartH = 150
	pixels = 256 // of a field's raster, along a side
)

// Draw lays the figure out: two plots if there is a plane, a legend, the chart.
// Its only error is c.Tick's.
func Draw(c *Content, t *Theme) (*Drawing, error) {
	d := &Drawing{W: 2*side + 3*margin, Title: c.Title, Link: c.Link}
	f := &figure{Content: c, Theme: t, d: d}
	if err := f.sampleBoth(); err != nil {
		return nil, err
	}
	y := float64(margin)
	plane := f.victim != nil || f.copy != nil
	d.H = y + 18 + title + chartH + 24 + margin
	if plane {
		d.H += title + side + legend
	}
	d.box("", 0, 0, d.W, d.H, Ink{t.Paper, 1}, Ink{})
	f.words(margin, y+10, 14, Start, true, c.Title)
	y += 18
	if plane {
		left, right := float64(margin), float64(2*margin+side)
		f.words(left, y+title-9, 13, Start, true, "Victim")
		f.words(right, y+title-9, 13, Start, true, "Copy")
		y += title
		f.drawVictim(left, y)
		f.drawCopy(right, y)
		y += side
		f.legend(y + 23)
		y += legend
	}
	against := "the victim"
	if c.Remote {
		against = "the answers received"
	}
	f.words(margin, y+title-9, 13, Start, true, "Agreement with "+against+" against queries spent")
	f.chart(margin, y+title, d.W-2*margin, chartH)
	return d, nil
}

// Part is one of a figure's plots.
type Part int

const (
	TheVictim Part = iota
	TheCopy
)

// Plot draws one plot alone, without a frame of words. Its only error is
// c.Tick's.
func Plot(c *Content, t *Theme, part Part) (*Drawing, error) {
	f := &figure{Content: c, Theme: t, d: &Drawing{W: side, H: side, Title: c.Title, Link: c.Link}}
	if err := f.sampleBoth(); err != nil {
		return nil, err
	}
	if part == TheVictim {
		f.drawVictim(0, 0)
	} else {
		f.drawCopy(0, 0)
	}
	return f.d, nil
}

// onPlane tells whether a model can be drawn: of two inputs, neither of them with
// one value only.
func (c *Content) onPlane(m model.Classifier) bool {
	left, bottom, right, top := c.box()
	return m != nil && m.Dim() == 2 && left < right && bottom < top
}

// box is the rectangle of inputs that the plane shows.
func (c *Content) box() (left, bottom, right, top float64) {
	if len(c.Domain) != 2 {
		return -1, -1, 1, 1
	}
	x, y := &c.Domain[0], &c.Domain[1]
	return x.Low, y.Low, x.High, y.High
}

type figure struct {
	*Content
	*Theme
	d            *Drawing
	victim, copy *field // nil if there is none on the plane
}

// field is a model over the plane, at the corner of the sheet.
type field struct {
	image *Image
	lines [][]paint.Point
}

func (f *figure) words(x, y, size float64, a Anchor, bold bool, text string) {
	ink := f.Ink
	if !bold {
		ink = f.Soft
	}
	f.d.text(Text{X: x, Y: y, Size: size, Anchor: a, Bold: bold, Ink: Ink{ink, 1}, Text: text})
}

// colour is that of the experiment's class c.
func (f *figure) colour(c int) int {
	if c < len(f.Colours) {
		return f.Colours[c]
	}
	return c
}

// sampleBoth computes what the plots show.
func (f *figure) sampleBoth() error {
	for _, m := range []struct {
		model model.Classifier
		to    **field
	}{{f.Victim, &f.victim}, {f.Copy, &f.copy}} {
		if f.onPlane(m.model) {
			sampled, err := f.sample(m.model)
			if err != nil {
				return err
			}
			*m.to = sampled
		}
	}
	return nil
}

// sample computes a model's field and decision lines.
func (f *figure) sample(m model.Classifier) (*field, error) {
	var s surface.Field
	c := m.Classes()
	left, bottom, right, top := f.box()
	s.Make(surface.Raster{Left: left, Bottom: bottom, Right: right, Top: top, W: pixels, H: pixels}, c)
	for pass := s.FullPass(m); pass.Next(); {
		if f.Tick != nil {
			if err := f.Tick(); err != nil {
				return nil, err
			}
		}
	}
	gain := 1.0
	if _, logits := m.(model.Probabilistic); !logits {
		gain = paint.Gain(s.Scores, c)
	}
	steps := min(64, 256/c)
	image := &Image{W: side, H: side, Columns: pixels, Rows: pixels, Pixels: make([]uint8, pixels*pixels)}
	paint.StepsTo(image.Pixels, s.Scores, c, gain, steps)
	for k := range c {
		for i := range steps {
			share := float64(i) / float64(max(steps-1, 1))
			image.Palette = append(image.Palette, paint.Mix(f.Card, f.class(f.colour(k)), f.Depth*share))
		}
	}
	out := &field{image: image}
	for _, l := range s.Lines() {
		line := make([]paint.Point, 0, len(l.X)+1)
		for i := range l.X {
			line = append(line, f.at(0, 0, l.X[i], l.Y[i]))
		}
		if l.Closed {
			line = append(line, line[0])
		}
		out.lines = append(out.lines, line)
	}
	return out, nil
}

// draw puts a field on the sheet and returns its lines there.
func (f *figure) draw(m *field, x, y float64) [][]paint.Point {
	image := *m.image
	image.X, image.Y = x, y
	f.d.Shapes = append(f.d.Shapes, Shape{Image: &image})
	return m.moved(x, y)
}

func (m *field) moved(x, y float64) [][]paint.Point {
	lines := make([][]paint.Point, len(m.lines))
	for i, line := range m.lines {
		for _, p := range line {
			lines[i] = append(lines[i], paint.Point{X: p.X + x, Y: p.Y + y})
		}
	}
	return lines
}

// at is where a point of the plane lies on the plot whose corner is (x, y).
func (c *Content) at(x, y, px, py float64) paint.Point {
	left, bottom, right, top := c.box()
	return paint.Point{X: x + (px-left)/(right-left)*side, Y: y + (top-py)/(top-bottom)*side}
}

const lineWidth = 2.1

// boundary draws decision lines in ink with a halo.
func (f *figure) boundary(name string, lines [][]paint.Point, strength float64, dash ...float64) {
	f.d.path("", Path{Lines: lines, Stroke: Ink{f.Card, 0.8 * strength}, Width: lineWidth + 2.4})
	f.d.path(name, Path{Lines: lines, Stroke: Ink{f.Ink, strength}, Width: lineWidth, Dash: dash})
}

func (f *figure) drawVictim(x, y float64) {
	if f.victim == nil {
		f.empty(x, y, "The victim is behind a network.")
		return
	}
	f.boundary("victim-line", f.draw(f.victim, x, y), 1)
	r := 3.2
	if n := len(f.Points); n > 300 {
		r *= max(0.5, math.Sqrt(math.Sqrt(300/float64(n))))
	}
	f.marks("points", f.Points, x, y, func(c int) Path {
		return Path{Fill: Ink{f.class(c), 1}, Stroke: Ink{f.Card, 1}, Width: min(1.5, r*0.45)}
	}, r)
	f.frame(x, y)
}

func (f *figure) drawCopy(x, y float64) {
	if f.copy == nil {
		f.empty(x, y, "Nothing stolen yet.")
		return
	}
	lines := f.draw(f.copy, x, y)
	r := 4.5
	switch n := len(f.Queries); {
	case n > 3000:
		r *= 0.4
	case n > 800:
		r *= 0.55
	case n > 250:
		r *= 0.75
	}
	f.marks("queries", f.Queries, x, y, func(c int) Path {
		return Path{Stroke: Ink{f.ring(c), 0.75}, Width: min(1.6, r*0.38)}
	}, r)
	if f.victim != nil {
		f.boundary("", f.victim.moved(x, y), 0.38)
	}
	f.boundary("copy-line", lines, 1, 3*lineWidth, 2.8*lineWidth)
	f.frame(x, y)
}

func (f *figure) empty(x, y float64, sentence string) {
	f.d.box("", x, y, side, side, Ink{f.Card, 1}, Ink{f.Line, 1})
	f.d.text(Text{X: x + side/2, Y: y + side/2, Size: 15, Anchor: Middle, Italic: true, Ink: Ink{f.Soft, 1}, Text: sentence})
}

func (f *figure) frame(x, y float64) { f.d.box("", x, y, side, side, Ink{}, Ink{f.Line, 1}) }

// marks draws points, one path a class; those off the plane are left out.
func (f *figure) marks(name string, list []Mark, x, y float64, style func(class int) Path, r float64) {
	paths := map[int]*Path{}
	var order []int
	left, bottom, right, top := f.box()
	for _, m := range list {
		if !(m.X >= left && m.X <= right && m.Y >= bottom && m.Y <= top) {
			continue
		}
		c := f.colour(m.Class)
		if paths[c] == nil {
			p := style(c)
			p.Closed = true
			paths[c], order = &p, append(order, c)
		}
		p := f.at(x, y, m.X, m.Y)
		if outline := paint.Outline(c, p.X, p.Y, r); outline != nil {
			paths[c].Lines = append(paths[c].Lines, outline)
		} else {
			paths[c].Discs = append(paths[c].Discs, Disc{p.X, p.Y, r})
		}
	}
	slices.Sort(order)
	for _, c := range order {
		f.d.path(name, *paths[c])
	}
}

// legend is a row of what the marks and lines mean.
func (f *figure) legend(y float64) {
	x := float64(margin)
	entry := func(width float64, text string) (at float64) {
		at = x
		f.words(x+width+7, y+4, 12, Start, false, text)
		x += width + 7 + 6.6*float64(len([]rune(text))) + 18
		return at
	}
	for c, name := range f.ClassNames {
		if c >= len(f.Theme.Classes) || x > f.d.W-330 {
			entry(0, fmt.Sprintf("and %d more classes", len(f.ClassNames)-c))
			break
		}
		if r := []rune(name); len(r) > 18 {
			name = string(r[:17]) + "…"
		}
		k := f.colour(c)
		f.mark(k, entry(12, name)+6, y, 5, Path{Fill: Ink{f.class(k), 1}})
	}
	f.mark(0, entry(12, "query")+6, y, 5, Path{Stroke: Ink{f.Soft, 1}, Width: 1.5})
	for _, l := range []struct {
		text string
		dash []float64
	}{{"victim", nil}, {"copy", []float64{6, 5.5}}} {
		from := entry(26, l.text)
		f.d.path("", Path{Lines: [][]paint.Point{{{X: from, Y: y}, {X: from + 26, Y: y}}}, Stroke: Ink{f.Ink, 1}, Width: 2, Dash: l.dash})
	}
}

func (f *figure) mark(class int, x, y, r float64, style Path) {
	style.Closed = true
	if outline := paint.Outline(class, x, y, r); outline != nil {
		style.Lines = [][]paint.Point{outline}
	} else {
		style.Discs = []Disc{{x, y, r}}
	}
	f.d.path("", style)
}

// chart is the measured agreement, round by round.
func (f *figure) chart(x, y, w, h float64) {
	f.d.box("", x, y, w, h+24, Ink{f.Card, 1}, Ink{f.Line, 1})
	low, high := 1.0, float64(max(f.Budget, 1))
	for _, q := range f.Curve {
		low, high = min(low, q.Y), max(high, q.X)
	}
	across := paint.Scale{Low: 0, High: high, From: x + 62, To: x + w - 22}
	up := paint.Scale{Low: max(0, min(0.5, math.Floor(low*10)/10)), High: 1, From: y + h - 8, To: y + 14}
	for _, v := range up.Ticks(4) {
		at := up.At(v)
		f.d.path("", Path{Lines: [][]paint.Point{{{X: across.From, Y: at}, {X: across.To, Y: at}}}, Stroke: Ink{f.Line, 1}, Width: 1})
		f.words(across.From-8, at+4, 12, End, false, paint.Percent(v))
	}
	for _, v := range across.Ticks(8) {
		f.words(across.At(v), y+h+12, 12, Middle, false, paint.Count(v))
	}
	if len(f.Curve) == 0 {
		f.d.text(Text{X: x + w/2, Y: y + h/2, Size: 14, Anchor: Middle, Italic: true, Ink: Ink{f.Soft, 1}, Text: "No round has been measured."})
		return
	}
	line := make([]paint.Point, len(f.Curve))
	for i, q := range f.Curve {
		line[i] = paint.Point{X: across.At(q.X), Y: up.At(q.Y)}
	}
	f.d.path("curve", Path{Lines: [][]paint.Point{paint.Decimate(line, 600)}, Stroke: Ink{f.Ink, 1}, Width: 2.2})
	last := line[len(line)-1]
	f.d.path("", Path{Discs: []Disc{{last.X, last.Y, 4}}, Fill: Ink{f.Ink, 1}, Stroke: Ink{f.Card, 1}, Width: 1.5})
	text := paint.Percent(math.Round(f.Curve[len(line)-1].Y*1e4)/1e4) + " after " + paint.Count(f.Curve[len(line)-1].X)
	anchor, beside := End, last.X
	if last.X < x+w/2 {
		anchor, beside = Start, last.X+8
	}
	f.d.text(Text{X: beside, Y: min(last.Y+20, up.From), Size: 12, Anchor: anchor, Bold: true, Ink: Ink{f.Accent, 1}, Text: text})
}
