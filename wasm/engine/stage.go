//go:build js && wasm

package main

import (
	"math"
	"syscall/js"
	"time"

	"modelheist/core/experiment"
	"modelheist/core/model"
	"modelheist/core/paint"
	"modelheist/wasm/engine/wire"
)

// stage is everything on view: what is shown and the canvases that it is shown
// on. Whoever changes something marks what it touches; frame draws it.
type stage struct {
	frames  *frames
	theme   theme
	ramp    *paint.Ramp // of the field
	classes classes
	view    wire.View
	sheets  map[wire.Surface]*sheet // the page's canvases
	layers  map[wire.Surface]*layers
	stale   map[wire.Surface]part

	points   []float64 // x, y, class triples: the data
	plane    bool      // there is one to draw
	box      box       // of inputs that it shows
	notPlane string    // what to say if there is none
	away     bool      // the victim is behind a network
	victim   picture
	copied   picture
	begun    bool          // the first query is out
	lit      bool          // and the victim has its full light
	moved    bool          // something moved in the last frame
	opened   time.Duration // when that was
	rings    rings
	ringSize float64 // on the layer of older rings
	claims   claims
	differs  []uint8   // scratch of the disagreement
	distance []float32 // likewise
	stamps   stamps
	hatching map[float64]js.Value // the accent's hatch by device pixels to one
	cursor   struct {
		x, y float64
		on   bool
	}
	chart chart

	idle   func() bool // there is time for fine work
	before func()      // called once a frame
}

// part is what of a surface must be drawn anew.
type part uint8

const (
	top   part = 1 << iota // marks that move: rings, cursor
	base                   // field, lines and points below them
	older                  // the layer of older rings
)

// layers are the parts of a plot that outlive a frame.
type layers struct {
	base, rings *sheet
	leaves      *sheet          // nil before the first
	before      *sheet          // the base that the present one takes over from
	changed     time.Duration   // when it did; 0 if it need not show
	rasters     map[int]*raster // by side
}

func newStage(l *loop) *stage {
	s := &stage{
		sheets: map[wire.Surface]*sheet{}, layers: map[wire.Surface]*layers{}, stale: map[wire.Surface]part{},
		plane: true, box: unitBox,
	}
	s.victim.box, s.copied.box = unitBox, unitBox
	s.frames = newFrames(l, s.frame)
	return s
}

// open takes over the page's canvases.
func (s *stage) open(r wire.Init) {
	for name, canvas := range r.Canvases {
		s.sheets[name] = newSheet(canvas.(value).Value)
		s.layers[name] = &layers{base: newSheet(js.Undefined()), rings: newSheet(js.Undefined()), before: newSheet(js.Undefined()), rasters: map[int]*raster{}}
	}
	s.setTheme(r.Theme)
	s.setView(r.View)
	s.resize(r.Sizes)
}

func (s *stage) resize(sizes map[wire.Surface]wire.Size) {
	for name, size := range sizes {
		if sheet := s.sheets[name]; sheet != nil && sheet.resize(size.Width, size.Height, size.Scale) {
			l := s.layers[name]
			l.base.resize(size.Width, size.Height, size.Scale)
			l.rings.resize(size.Width, size.Height, size.Scale)
			l.before.resize(size.Width, size.Height, size.Scale)
			s.touch(top|base|older, name)
			s.stamps = stamps{} // sizes follow the plot's
		}
	}
	s.frames.ask(true)
}

func (s *stage) setTheme(t wire.Theme) {
	s.theme = newTheme(t)
	s.stamps, s.hatching = stamps{}, map[float64]js.Value{}
	s.setRamp()
	s.touch(top|base|older, wire.Surfaces...)
	s.frames.ask(true)
}

func (s *stage) setView(v wire.View) {
	s.view = v
	s.frames.calm = v.Calm
	s.touch(top|base|older, wire.Surfaces...)
	s.frames.ask(true)
}

// touch marks parts of surfaces as out of date.
func (s *stage) touch(p part, names ...wire.Surface) {
	for _, name := range names {
		s.stale[name] |= p
	}
}

// setPoints shows other data.
func (s *stage) setPoints(points []float64) {
	s.points = points
	s.touch(base|top, wire.Victim)
	s.frames.ask(true)
}

// setExperiment shows other data and another victim, and an empty copy.
func (s *stage) setExperiment(exp *experiment.Experiment, c classes) {
	s.classes = c
	s.setRamp()
	s.box, s.notPlane = boxOf(exp)
	s.plane, s.away = s.notPlane == "", exp.Victim == nil
	if s.box != s.copied.box || !s.plane || s.away {
		s.setVictim(nil)
		s.setCopy(nil)
	}
	s.victim.box, s.copied.box = s.box, s.box
	points := make([]float64, 0, 3*exp.Set.N())
	if s.plane && !s.away {
		for i, label := range exp.Set.Y {
			points = append(points, exp.Set.X[2*i], exp.Set.X[2*i+1], float64(c.of(label)))
		}
		s.setVictim(exp.Victim)
	}
	s.setPoints(points)
}

// setVictim shows another victim; nil is none.
func (s *stage) setVictim(m model.Classifier) {
	s.victim.set(m)
	s.touch(base|top, wire.Victim, wire.Copy, wire.Disagreement)
	s.frames.ask(true)
}

// setRamp makes the field's colours in the order of the experiment's classes.
func (s *stage) setRamp() {
	colours := s.theme.classes
	if s.classes.drawn != nil {
		colours = nil
		for _, c := range s.classes.drawn {
			colours = append(colours, s.theme.class(c))
		}
	}
	s.ramp = paint.NewRamp(s.theme.card, colours, s.theme.depth())
}

// round adds a round to the chart.
func (s *stage) round(queries int, agreement float64) {
	s.chart.add(queries, agreement)
	s.touch(top, wire.Chart)
	s.frames.ask(false)
}

func (s *stage) setCurve(name string, queries, agreement []float64) {
	s.chart.setCurve(name, queries, agreement)
	s.touch(top, wire.Chart)
	s.frames.ask(false)
}

// setCopy shows another copy; nil is none.
func (s *stage) setCopy(m model.Classifier) {
	s.copied.set(m)
	if m == nil {
		s.touch(base|top, wire.Copy, wire.Disagreement)
	}
	s.frames.ask(false)
}

// restart clears what a theft has left.
func (s *stage) restart() {
	s.begun = false
	s.rings, s.claims = rings{}, claims{}
	s.setCopy(nil)
	s.touch(top|base|older, wire.Victim, wire.Copy, wire.Disagreement, wire.Chart)
	s.frames.ask(false)
}

// asked shows a query and its answer.
func (s *stage) asked(x []float64, label int) {
	if !s.begun {
		s.begun, s.opened, s.lit = true, now(), false
		s.touch(base, wire.Victim)
	}
	if s.plane {
		px, py := s.box.plane(x[0], x[1])
		s.rings.add(px, py, label)
		s.touch(top, wire.Copy, wire.Victim)
	}
	s.frames.ask(false)
}

func (s *stage) point(x, y float64, on bool) {
	s.cursor.x, s.cursor.y, s.cursor.on = x, y, on
	s.touch(top, wire.Victim, wire.Copy, wire.Disagreement)
	s.frames.ask(true)
}

// refresh is how long a frame may work on pictures.
const refresh = 6 * time.Millisecond

// frame draws what is out of date and asks for another if something moves.
func (s *stage) frame() {
	s.before()
	deadline := now() + refresh
	fine := s.idle()
	if s.victim.advance(deadline, fine) {
		s.touch(base, wire.Victim, wire.Copy, wire.Disagreement)
	}
	last := s.copied.shown
	if s.copied.advance(deadline, fine) {
		s.touch(base, wire.Copy, wire.Disagreement)
		if last != s.copied.shown && !s.view.Calm {
			s.dissolve(wire.Copy)
		}
	}
	moving := s.moving()
	if moving || s.moved { // and once more, for how it ends
		s.touch(top, wire.Copy, wire.Victim)
	}
	s.moved = moving
	for _, name := range wire.Surfaces {
		sheet, stale := s.sheets[name], s.stale[name]
		if sheet == nil || stale == 0 || sheet.width == 0 || sheet.height == 0 {
			continue
		}
		s.stale[name] = 0
		s.draw(name, sheet, stale)
	}
	if moving || s.victim.unfinished(fine) || s.copied.unfinished(fine) {
		s.frames.ask(false)
	}
}

// dissolving is how long a copy takes to give way to the next.
const dissolving = 160 * time.Millisecond

// dissolve keeps a plot as it looks now, for the next look to come out of it.
func (s *stage) dissolve(name wire.Surface) {
	if l := s.layers[name]; l != nil && l.base.width > 0 {
		l.before.lay(l.base)
		l.changed = now()
	}
}

// opening is how long the victim takes to light up with the first query.
const opening = 500 * time.Millisecond

// moving tells whether something is between two states.
func (s *stage) moving() bool {
	if l := s.layers[wire.Copy]; l != nil && l.changed > 0 {
		return true
	}
	return s.rings.fading(now(), s.view.Calm) || s.claims.glowing(now(), s.view.Calm) || s.opening()
}

// opening tells whether the victim is lighting up.
func (s *stage) opening() bool { return s.begun && now()-s.opened < opening }

func (s *stage) draw(name wire.Surface, on *sheet, stale part) {
	if name == wire.Chart {
		s.chart.draw(on, s.theme, s.view)
		return
	}
	l := s.layers[name]
	switch name {
	case wire.Victim:
		if stale&base != 0 || !s.lit {
			s.lit = !s.opening()
			s.drawVictim(l)
		}
	case wire.Copy:
		if stale&base != 0 {
			s.drawCopy(l)
		}
	case wire.Disagreement:
		if stale&base != 0 {
			s.drawDisagreement(l)
		}
	}
	on.clear()
	if t := float64(now()-l.changed) / float64(dissolving); l.changed > 0 && t < 1 {
		on.lay(l.before)
		on.SetGlobalAlpha(ease(t))
		on.lay(l.base)
		on.SetGlobalAlpha(1)
	} else {
		l.changed = 0
		on.lay(l.base)
	}
	if name == wire.Copy && s.plane {
		s.drawClaims(on, l, stale&older != 0)
		s.drawRings(on, l.rings, stale&older != 0)
	}
	if name == wire.Victim && s.plane {
		s.drawJoined(on)
		s.drawPings(on)
	}
	s.drawCursor(on)
}

// at is where a point of the plane lies on a plot.
func at(on *sheet, x, y float64) (px, py float64) {
	return (x + 1) / 2 * on.width, (1 - y) / 2 * on.height
}

// at is where an input lies on a plot.
func (s *stage) at(on *sheet, x, y float64) (px, py float64) {
	x, y = s.box.plane(x, y)
	return at(on, x, y)
}

// markSize is the radius of a data point on a plot.
func markSize(on *sheet, n int) float64 {
	size := max(2.6, on.width/115)
	if n > 300 {
		size *= max(0.5, math.Sqrt(math.Sqrt(300/float64(n))))
	}
	return math.Round(size*10) / 10 // few sizes, and so few stamps
}

// raster is the one of that side, made once.
func (l *layers) raster(side int) *raster {
	if l.rasters[side] == nil {
		l.rasters[side] = newRaster(side)
	}
	return l.rasters[side]
}
