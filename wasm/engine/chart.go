//go:build js && wasm

package main

import (
	"math"
	"slices"

	"modelheist/core/paint"
	"modelheist/wasm/engine/wire"
)

// chart is agreement against queries spent: raw values, round by round.
type chart struct {
	run    []paint.Point            // queries, agreement
	ghosts [][]paint.Point          // earlier runs, latest last
	curves map[string][]paint.Point // from the page
	budget int
	goal   float64
	over   bool
}

const (
	maxGhosts = 3
	maxPoints = 600 // of a line that is drawn
	// nothing is where an error of 0 is drawn: below 1e-4, the least that 10,000
	// uniform points can tell from it.
	nothing  = 4e-5
	lowChart = 130 // height of a chart that has its title inside
)

// restart begins another run; what there was of the last becomes a ghost.
func (c *chart) restart(budget int, goal float64) {
	if len(c.run) > 1 {
		c.ghosts = append(c.ghosts, c.run)
		c.ghosts = c.ghosts[max(0, len(c.ghosts)-maxGhosts):]
	}
	c.run, c.budget, c.goal, c.over = nil, budget, goal, false
}

// add notes a round.
func (c *chart) add(queries int, agreement float64) {
	if len(c.run) > 4*maxPoints {
		c.run = slices.Clone(paint.Decimate(c.run, 2*maxPoints))
	}
	c.run = append(c.run, paint.Point{X: float64(queries), Y: agreement})
}

// setCurve takes a line from the page; an empty one takes it away.
func (c *chart) setCurve(name string, queries, agreement []float64) {
	if c.curves == nil {
		c.curves = map[string][]paint.Point{}
	}
	if len(queries) == 0 {
		delete(c.curves, name)
		return
	}
	points := make([]paint.Point, len(queries))
	for i := range points {
		points[i] = paint.Point{X: queries[i], Y: agreement[i]}
	}
	c.curves[name] = points
}

// plotted is the chart laid out on a canvas.
type plotted struct {
	*chart
	on     *sheet
	theme  theme
	x, y   paint.Scale
	errors bool
	font   string
	size   float64
}

func (c *chart) draw(on *sheet, t theme, v wire.View) {
	p := &plotted{chart: c, on: on, theme: t, errors: v.Measure == "error", size: 12}
	if on.height < 110 {
		p.size = 11
	}
	p.font = paint.Count(p.size) + "px " + sans
	on.SetFillStyle(t.card.CSS(1))
	on.FillRect(0, 0, on.width, on.height)
	p.layout(v.Axis == "log")
	p.axes()
	for i, ghost := range c.ghosts {
		p.curve(ghost, t.soft.CSS(0.28+0.12*float64(i)), 1.25)
	}
	for name, points := range c.curves {
		if name == "uniform" {
			p.curve(points, t.soft.CSS(0.95), 1.5, 5, 4.5)
		} else {
			p.curve(points, t.soft.CSS(0.45), 1.25)
		}
	}
	p.mark()
	p.curve(c.run, t.ink.CSS(1), 2.2)
	p.head()
}

// value is what is drawn of an agreement.
func (p *plotted) value(agreement float64) float64 {
	if p.errors {
		return max(nothing, 1-agreement)
	}
	return agreement
}

func (p *plotted) layout(log bool) {
	left, right := p.on.textWidth("0.01 %", p.font)+12, p.on.width-16
	above, below := 13.0, p.on.height-p.size-10
	p.x = paint.Scale{Low: 0, High: float64(max(p.budget, 1)), From: left, To: right}
	low, high, first := 1.0, 0.0, math.Inf(1)
	for _, line := range p.lines() {
		for _, q := range line {
			low, high = min(low, q.Y), max(high, q.Y)
			first, p.x.High = min(first, q.X), max(p.x.High, q.X)
		}
	}
	first = paint.RoundDown(min(first, p.x.High/10))
	if log {
		p.x.Low, p.x.Log = first, true
		p.x.High = max(p.x.High, 10*first)
	}
	if p.errors {
		p.y = paint.Scale{Low: 0.01, High: 1, From: below, To: above, Log: true}
		if high < 1 {
			p.y.Low = min(p.y.Low, math.Pow(10, math.Floor(math.Log10(1-high)+1e-9)))
		} else {
			p.y.Low = nothing
		}
		if low >= 0.5 {
			p.y.High = 0.5
		}
		return
	}
	p.y = paint.Scale{Low: max(0, min(0.5, math.Floor(low*10)/10)), High: 1, From: below, To: above}
}

// lines are all that is on the chart.
func (p *plotted) lines() [][]paint.Point {
	all := append([][]paint.Point{p.run}, p.ghosts...)
	for _, c := range p.curves {
		all = append(all, c)
	}
	return all
}

func (p *plotted) axes() {
	on, soft := p.on, p.theme.soft.CSS(1)
	ticks := p.y.Ticks(int(max(2, (p.y.From-p.y.To)/30)))
	if p.errors && p.y.Low == nothing {
		ticks = append(ticks, nothing)
	}
	for _, v := range ticks {
		y := math.Round(p.y.At(v)) + 0.5
		on.BeginPath()
		on.MoveTo(p.x.From, y)
		on.LineTo(p.x.To, y)
		on.line(p.theme.line.CSS(1), 1)
		label := paint.Percent(v)
		if v == nothing {
			label = "0"
		}
		on.text(label, p.x.From-7, y, p.font, "right", soft)
	}
	room := p.on.textWidth("100000", p.font) + 18
	for _, v := range p.x.Ticks(int(max(2, (p.x.To-p.x.From)/room))) {
		x := p.x.At(v)
		on.BeginPath()
		on.MoveTo(math.Round(x)+0.5, p.y.From)
		on.LineTo(math.Round(x)+0.5, p.y.From+3)
		on.line(p.theme.soft.CSS(0.6), 1)
		text := paint.Count(v)
		half := on.textWidth(text, p.font) / 2
		on.text(text, min(x, on.width-half-3), p.y.From+p.size/2+5, p.font, "center", soft)
	}
}

func (p *plotted) curve(points []paint.Point, colour string, width float64, dash ...float64) {
	if len(points) < 2 {
		return
	}
	pixels := make([]paint.Point, len(points))
	for i, q := range points {
		pixels[i] = paint.Point{X: p.x.At(q.X), Y: p.y.At(p.value(q.Y))}
	}
	p.on.trace([][]paint.Point{paint.Decimate(pixels, maxPoints)})
	p.on.line(colour, width, dash...)
}

// mark shows where the goal was first reached.
func (p *plotted) mark() {
	goal := p.goal
	if goal == 0 {
		goal = 0.95
	}
	i := slices.IndexFunc(p.run, func(q paint.Point) bool { return q.Y >= goal })
	if i < 0 {
		return
	}
	on, x := p.on, p.x.At(p.run[i].X)
	on.BeginPath()
	on.MoveTo(x, p.y.At(p.value(p.run[i].Y)))
	on.LineTo(x, p.y.From)
	on.line(p.theme.differ.CSS(1), 1.25, 2, 4)
	text := paint.Percent(goal) + " after " + paint.Count(p.run[i].X)
	width := on.textWidth(text, p.font)
	y := p.y.From - p.size*0.9
	if on.height < lowChart {
		y -= 18 // the page writes along the lower edge
	}
	at, align := x+7, "left"
	if x+width+12 > p.x.To {
		at, align = x-7, "right"
	}
	on.Set("lineWidth", 4)
	on.SetStrokeStyle(p.theme.card.CSS(0.9))
	on.SetTextAlign(align)
	on.SetTextBaseline("middle")
	on.Call("strokeText", text, at, y)
	on.text(text, at, y, p.font, align, p.theme.differ.CSS(1))
}

// head is the run's latest value.
func (p *plotted) head() {
	if len(p.run) == 0 {
		return
	}
	q := p.run[len(p.run)-1]
	p.on.BeginPath()
	p.on.Arc(p.x.At(q.X), p.y.At(p.value(q.Y)), 4, 0, 2*math.Pi, false)
	p.on.line(p.theme.card.CSS(1), 3)
	p.on.fill(p.theme.ink.CSS(1))
}
