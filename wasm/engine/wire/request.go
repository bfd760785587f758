package wire

import (
	"fmt"
	"math"
	"strings"
)

// Protocol is the version of the messages.
const Protocol = 1

// Surface is one of the canvases that the engine draws on.
type Surface string

const (
	Victim       Surface = "victim"
	Copy         Surface = "copy"
	Disagreement Surface = "disagreement"
	Chart        Surface = "chart"
)

// Surfaces are all of them.
var Surfaces = []Surface{Victim, Copy, Disagreement, Chart}

// Size is a canvas's size in CSS pixels and the device pixels to each.
type Size struct{ Width, Height, Scale float64 }

// MaxSide is the largest side of a canvas in CSS pixels.
const MaxSide = 8192

// Theme is the page's colours as #rrggbb.
type Theme struct {
	Paper, Card, Ink, Soft, Line, Differ string
	Classes                              []string // MaxClasses of them
	Dark                                 bool
}

// MaxClasses is how many classes the plane can show.
const MaxClasses = 4

// View is how things are shown.
type View struct {
	Rings, Disagreement, Axis, Measure string
	Points, Truth, Calm                bool
}

// The requests of the page; see site/messages.js for what each asks.
type (
	Init struct {
		Canvases map[Surface]Value
		Sizes    map[Surface]Size
		Theme    Theme
		View     View
	}
	Resize  struct{ Sizes map[Surface]Size }
	Retheme struct{ Theme Theme }
	Review  struct{ View View }
	Prepare struct {
		ID    int
		Spec  string
		Token string // of a remote oracle; has no place in a link
	}
	Sketch struct{ Points []float64 } // x, y, class triples
	Play   struct{}
	Pause  struct{}
	Step   struct{}
	Reset  struct{}
	Hurry  struct {
		Speed float64
		Slow  bool // one moment at a time; Speed counts for nothing
	}
	Cursor struct {
		X, Y float64
		On   bool
	}
	Probe struct {
		ID   int
		X, Y float64
	}
	CSV struct {
		ID                  int
		Text                string
		X, Y, Label         string // "" if not chosen
		Header, Standardise *bool  // nil if not said
	}
	Curve struct {
		Name               string
		Queries, Agreement []float64 // equally long
	}
	Run struct {
		ID   int
		Spec string
	}
	Export struct {
		ID              int
		Spec            string
		Queries, Rounds int  // of the run that are wanted
		Ended           bool // and its end
		Files           []string
		Dark            bool
	}
	Model struct {
		ID    int
		Name  string
		Bytes []byte
	}
	Cancel  struct{ ID int }
	Log     struct{ ID int }
	Connect struct {
		ID          int
		Spec, Token string
	}
	Ask struct {
		ID int
		X  []float64
	}
	Call struct {
		ID                              int
		Server, Key, Method, Path, Body string
	}
	Write struct {
		ID    int
		Which string
	}
)

// requests reads each kind of request.
var requests = map[string]func(reader) any{
	"init":   readInit,
	"size":   func(r reader) any { return Resize{r.sizes()} },
	"theme":  func(r reader) any { return Retheme{r.theme()} },
	"view":   func(r reader) any { return Review{r.view()} },
	"spec":   func(r reader) any { return Prepare{r.whole("id"), r.text("spec"), r.optionalText("token")} },
	"sketch": readSketch,
	"play":   func(reader) any { return Play{} },
	"pause":  func(reader) any { return Pause{} },
	"step":   func(reader) any { return Step{} },
	"reset":  func(reader) any { return Reset{} },
	"speed": func(r reader) any {
		slow := r.optionalFlag("slow")
		return Hurry{r.number("speed", 0, 1e6), slow != nil && *slow}
	},
	"cursor": func(r reader) any { return Cursor{r.coordinate("x"), r.coordinate("y"), r.flag("on")} },
	"probe":  func(r reader) any { return Probe{r.whole("id"), r.coordinate("x"), r.coordinate("y")} },
	"csv": func(r reader) any {
		return CSV{
			r.whole("id"), r.text("text"), r.optionalText("x"), r.optionalText("y"), r.optionalText("label"),
			r.optionalFlag("header"), r.optionalFlag("standardise"),
		}
	},
	"curve": readCurve,
	"run":   func(r reader) any { return Run{r.whole("id"), r.text("spec")} },
	"export": func(r reader) any {
		return Export{
			r.whole("id"), r.text("spec"), int(r.number("queries", 0, 1e9)), int(r.number("rounds", 0, 1e9)),
			r.flag("ended"), r.texts("files"), r.flag("dark"),
		}
	},
	"model":   func(r reader) any { return Model{r.whole("id"), r.text("name"), r.file("bytes")} },
	"cancel":  func(r reader) any { return Cancel{r.whole("id")} },
	"log":     func(r reader) any { return Log{r.whole("id")} },
	"connect": func(r reader) any { return Connect{r.whole("id"), r.text("spec"), r.optionalText("token")} },
	"ask":     func(r reader) any { return Ask{r.whole("id"), r.inputs("x")} },
	"call": func(r reader) any {
		return Call{
			r.whole("id"), r.text("server"), r.optionalText("key"), r.oneOf("method", "GET", "POST", "PUT", "DELETE"),
			r.text("path"), r.optionalText("body"),
		}
	},
	"write": func(r reader) any { return Write{r.whole("id"), r.oneOf("which", "victim", "copy")} },
}

// Decode reads a message of the page and checks every field. It returns one of
// the request types, and the message's id, if it has one, also beside an error,
// so that the answer can carry it.
func Decode(v Value) (request any, id *int, err error) {
	if v.Kind() != Object {
		return nil, nil, &Error{"", string(Object), string(v.Kind())}
	}
	r := reader{v, "", &err}
	if given := v.Get("id"); given.Kind() == Number && given.Number() == math.Trunc(given.Number()) {
		n := int(given.Number())
		id = &n
	}
	kind := r.text("kind")
	if err != nil {
		return nil, id, err
	}
	read, known := requests[kind]
	if !known {
		return nil, id, &Error{"kind", "a request that this engine knows", fmt.Sprintf("%.40q", kind)}
	}
	if request = read(r); err != nil {
		return nil, id, err
	}
	return request, id, nil
}

// coordinate is one of the plane, or a little beside it.
func (r reader) coordinate(key string) float64 { return r.number(key, -1e3, 1e3) }

func (r reader) sizes() map[Surface]Size {
	out := map[Surface]Size{}
	r.each("sizes", Surfaces, func(sizes reader, name Surface) {
		if s, ok := sizes.object(string(name)); ok {
			out[name] = Size{s.number("width", 0, MaxSide), s.number("height", 0, MaxSide), s.number("scale", 0.25, 8)}
		}
	})
	return out
}

func (r reader) theme() Theme {
	t, ok := r.object("theme")
	if !ok {
		return Theme{}
	}
	out := Theme{
		Paper: t.colour("paper"), Card: t.colour("card"), Ink: t.colour("ink"),
		Soft: t.colour("soft"), Line: t.colour("line"), Differ: t.colour("differ"),
		Dark: t.flag("dark"),
	}
	list := t.get("classes", List)
	if list == nil {
		return Theme{}
	}
	if n := list.Len(); n < MaxClasses {
		t.fail("classes", fmt.Sprintf("%d colours", MaxClasses), fmt.Sprint(n))
		return Theme{}
	}
	for i := range MaxClasses {
		c := list.Index(i)
		if c.Kind() != String || !isColour(c.Text()) {
			t.fail(fmt.Sprintf("classes[%d]", i), "a colour as #rrggbb", string(c.Kind()))
			return Theme{}
		}
		out.Classes = append(out.Classes, c.Text())
	}
	return out
}

func (r reader) colour(key string) string {
	text := r.text(key)
	if !isColour(text) {
		r.fail(key, "a colour as #rrggbb", fmt.Sprintf("%.40q", text))
	}
	return text
}

// isColour tells whether s is #rrggbb.
func isColour(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}

func (r reader) view() View {
	v, ok := r.object("view")
	if !ok {
		return View{}
	}
	return View{
		v.oneOf("rings", "all", "last", "none"), v.oneOf("disagreement", "labels", "difference"),
		v.oneOf("axis", "linear", "log"), v.oneOf("measure", "agreement", "error"),
		v.flag("points"), v.flag("truth"), v.flag("calm"),
	}
}

func readInit(r reader) any {
	out := Init{map[Surface]Value{}, r.sizes(), r.theme(), r.view()}
	r.each("canvases", Surfaces, func(canvases reader, name Surface) {
		if c := canvases.get(string(name), Object); c != nil {
			out.Canvases[name] = c
			if _, sized := out.Sizes[name]; !sized {
				r.fail("sizes."+string(name), "given with its canvas", string(None))
			}
		}
	})
	return out
}

func readSketch(r reader) any {
	points := r.floats("points")
	if len(points)%3 != 0 {
		r.fail("points", "x, y, class triples", fmt.Sprintf("%d numbers", len(points)))
		return nil
	}
	for i := 2; i < len(points); i += 3 {
		if c := points[i]; c != math.Trunc(c) || c < 0 || c >= MaxClasses {
			r.fail(fmt.Sprintf("points[%d]", i), fmt.Sprintf("a class from 0 to %d", MaxClasses-1), fmt.Sprint(c))
			return nil
		}
	}
	return Sketch{points}
}

func readCurve(r reader) any {
	c := Curve{r.text("name"), r.floats("queries"), r.floats("agreement")}
	if len(c.Queries) != len(c.Agreement) {
		r.fail("agreement", fmt.Sprintf("as long as queries (%d)", len(c.Queries)), fmt.Sprint(len(c.Agreement)))
	}
	return c
}
