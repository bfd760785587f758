package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

// thing is a Value made of what encoding/json decodes. An array under a key in
// floatKeys is a Float64Array.
type thing struct{ v any }

type float64Array []float64

func fromJSON(text string) (Value, error) {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, err
	}
	return thing{typed(v)}, nil
}

// typed turns {"f64": [...]} into a Float64Array and {"u8": [...]} into a
// Uint8Array.
func typed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["f64"].([]any); ok && len(v) == 1 {
			out := float64Array{}
			for _, x := range list {
				switch x := x.(type) {
				case float64:
					out = append(out, x)
				default:
					out = append(out, math.NaN())
				}
			}
			return out
		}
		if list, ok := v["u8"].([]any); ok && len(v) == 1 {
			out := []byte{}
			for _, x := range list {
				n, _ := x.(float64)
				out = append(out, byte(n))
			}
			return out
		}
		for key, member := range v {
			v[key] = typed(member)
		}
	case []any:
		for i, item := range v {
			v[i] = typed(item)
		}
	}
	return v
}

func (t thing) Kind() Kind {
	switch t.v.(type) {
	case nil:
		return None
	case bool:
		return Bool
	case float64:
		return Number
	case string:
		return String
	case []any:
		return List
	case float64Array:
		return Floats
	case []byte:
		return Bytes
	case map[string]any:
		return Object
	}
	return Other
}

func (t thing) Bool() bool         { return t.v.(bool) }
func (t thing) Number() float64    { return t.v.(float64) }
func (t thing) Text() string       { return t.v.(string) }
func (t thing) Index(i int) Value  { return thing{t.v.([]any)[i]} }
func (t thing) Floats() []float64  { return slices.Clone(t.v.(float64Array)) }
func (t thing) Bytes() []byte      { return slices.Clone(t.v.([]byte)) }
func (t thing) Get(k string) Value { return thing{t.v.(map[string]any)[k]} }

func (t thing) Len() int {
	if list, ok := t.v.([]any); ok {
		return len(list)
	}
	if list, ok := t.v.([]byte); ok {
		return len(list)
	}
	return len(t.v.(float64Array))
}

func (t thing) Keys() []string {
	var keys []string
	for key := range t.v.(map[string]any) {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

const (
	themeJSON = `{"paper":"#fbfaf7","card":"#ffffff","ink":"#1a1d23","soft":"#5d636e","line":"#e3dfd6","differ":"#7a5cd6",
		"classes":["#0072b2","#d55e00","#00806f","#a3447f"],"dark":false}`
	viewJSON = `{"rings":"all","disagreement":"labels","axis":"linear","measure":"agreement","points":true,"truth":true,"calm":false}`
	initJSON = `{"kind":"init","canvases":{"victim":{},"chart":{}},"sizes":{"victim":{"width":300,"height":300,"scale":2},
		"chart":{"width":900,"height":170,"scale":2}},"theme":` + themeJSON + `,"view":` + viewJSON + `}`
)

// good are messages of every kind with what they decode to.
var good = map[string]any{
	`{"kind":"size","sizes":{"copy":{"width":284,"height":284,"scale":1}}}`: Resize{map[Surface]Size{Copy: {284, 284, 1}}},
	`{"kind":"theme","theme":` + themeJSON + `}`: Retheme{Theme{
		"#fbfaf7", "#ffffff", "#1a1d23", "#5d636e", "#e3dfd6", "#7a5cd6",
		[]string{"#0072b2", "#d55e00", "#00806f", "#a3447f"}, false,
	}},
	`{"kind":"view","view":` + viewJSON + `}`:          Review{View{"all", "labels", "linear", "agreement", true, true, false}},
	`{"kind":"spec","id":7,"spec":"data=moons"}`:       Prepare{7, "data=moons", ""},
	`{"kind":"sketch","points":{"f64":[0.5,-0.25,3]}}`: Sketch{[]float64{0.5, -0.25, 3}},
	`{"kind":"play"}`:                            Play{},
	`{"kind":"pause"}`:                           Pause{},
	`{"kind":"step"}`:                            Step{},
	`{"kind":"reset"}`:                           Reset{},
	`{"kind":"speed","speed":20}`:                Hurry{Speed: 20},
	`{"kind":"speed","speed":20,"slow":true}`:    Hurry{20, true},
	`{"kind":"cursor","x":0.1,"y":-1,"on":true}`: Cursor{0.1, -1, true},
	`{"kind":"probe","id":3,"x":0.1,"y":0.2}`:    Probe{3, 0.1, 0.2},
	`{"kind":"csv","id":4,"text":"a,b\n1,2"}`:    CSV{ID: 4, Text: "a,b\n1,2"},
	`{"kind":"curve","name":"uniform","queries":{"f64":[1,2]},"agreement":{"f64":[0.5,0.6]}}`:                                    Curve{"uniform", []float64{1, 2}, []float64{0.5, 0.6}},
	`{"kind":"run","id":5,"spec":"data=xor"}`:                                                                                    Run{5, "data=xor"},
	`{"kind":"export","id":6,"spec":"n=20","queries":10,"rounds":2,"ended":true,"files":["copy.onnx","figure.svg"],"dark":true}`: Export{6, "n=20", 10, 2, true, []string{"copy.onnx", "figure.svg"}, true},
	`{"kind":"model","id":8,"name":"m.onnx","bytes":{"u8":[1,255]}}`:                                                             Model{8, "m.onnx", []byte{1, 255}},
	`{"kind":"cancel","id":5}`:                                       Cancel{5},
	`{"kind":"log","id":5}`:                                          Log{5},
	`{"kind":"spec","id":7,"spec":"oracle=http://a","token":"s"}`:    Prepare{7, "oracle=http://a", "s"},
	`{"kind":"connect","id":8,"spec":"oracle=http://a","token":"s"}`: Connect{8, "oracle=http://a", "s"},
	`{"kind":"ask","id":8,"x":{"f64":[0.5,1]}}`:                      Ask{8, []float64{0.5, 1}},
	`{"kind":"call","id":8,"server":"http://a","key":"k","method":"PUT","path":"/models/m","body":"{}"}`: Call{8, "http://a", "k", "PUT", "/models/m", "{}"},
	`{"kind":"write","id":9,"which":"copy"}`: Write{9, "copy"},
}

func TestAQueryMayLeaveInputsOut(t *testing.T) {
	t.Parallel()
	v, err := fromJSON(`{"kind":"ask","id":8,"x":{"f64":[null,1]}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := Decode(v); err != nil || !math.IsNaN(got.(Ask).X[0]) || got.(Ask).X[1] != 1 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestEveryRequestDecodesToItsFields(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{"init": true}
	for text, want := range good {
		v, err := fromJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		kinds[v.Get("kind").Text()] = true
		got, _, err := Decode(v)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", text, got, err, want)
		}
	}
	for kind := range requests {
		if !kinds[kind] {
			t.Errorf("no message of kind %q in this test", kind)
		}
	}
	v, _ := fromJSON(initJSON)
	got, _, err := Decode(v)
	if err != nil {
		t.Fatal(err)
	}
	if r := got.(Init); len(r.Canvases) != 2 || r.Sizes[Chart] != (Size{900, 170, 2}) || r.View.Rings != "all" {
		t.Errorf("init: got %#v", r)
	}
	v, _ = fromJSON(`{"kind":"csv","id":4,"text":"t","x":"a","y":"b","label":"c","header":false,"standardise":true}`)
	got, _, err = Decode(v)
	if r, ok := got.(CSV); err != nil || !ok || r.X != "a" || r.Label != "c" || *r.Header || !*r.Standardise {
		t.Errorf("csv: got %#v, %v", got, err)
	}
}

func TestBadMessagesNameTheFieldAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`:                                 "message must be an object, and is an array",
		`{}`:                                 "kind must be a string, and is nothing",
		`{"kind":3}`:                         "kind must be a string, and is a number",
		`{"kind":"steal"}`:                   `kind must be a request that this engine knows, and is "steal"`,
		`{"kind":"spec","id":"1"}`:           "id must be a number, and is a string",
		`{"kind":"spec","id":1.5,"spec":""}`: "id must be a whole number, and is 1.5",
		`{"kind":"spec","id":1}`:             "spec must be a string, and is nothing",
		`{"kind":"call","id":1,"server":"","method":"TRACE"}`:                      `method must be one of [GET POST PUT DELETE], and is "TRACE"`,
		`{"kind":"write","id":1,"which":"data"}`:                                   `which must be one of [victim copy], and is "data"`,
		`{"kind":"speed","speed":-1}`:                                              "speed must be a number from 0 to 1e+06, and is -1",
		`{"kind":"cursor","x":"a","y":0,"on":true}`:                                "x must be a number, and is a string",
		`{"kind":"cursor","x":0,"y":0,"on":1}`:                                     "on must be a boolean, and is a number",
		`{"kind":"sketch","points":[0,0,1]}`:                                       "points must be a Float64Array, and is an array",
		`{"kind":"sketch","points":{"f64":[0,0]}}`:                                 "points must be x, y, class triples, and is 2 numbers",
		`{"kind":"sketch","points":{"f64":[0,0,4]}}`:                               "points[2] must be a class from 0 to 3, and is 4",
		`{"kind":"sketch","points":{"f64":[0,"NaN",1]}}`:                           "points[1] must be a finite number, and is NaN",
		`{"kind":"size","sizes":{"map":{}}}`:                                       "sizes.map must be one of [victim copy disagreement chart], and is unknown",
		`{"kind":"size","sizes":{"copy":{"width":1e9}}}`:                           "sizes.copy.width must be a number from 0 to 8192, and is 1e+09",
		`{"kind":"view","view":{"rings":"some"}}`:                                  `view.rings must be one of [all last none], and is "some"`,
		`{"kind":"theme","theme":{"paper":"red"}}`:                                 `theme.paper must be a colour as #rrggbb, and is "red"`,
		`{"kind":"curve","name":"u","queries":{"f64":[1]},"agreement":{"f64":[]}}`: "agreement must be as long as queries (1), and is 0",
		strings.Replace(initJSON, `{"victim":{},"chart":{}}`, `{"copy":{}}`, 1):    "sizes.copy must be given with its canvas, and is nothing",
		strings.Replace(initJSON, `{"victim":{},`, `{"victim":5,`, 1):              "canvases.victim must be an object, and is a number",
	} {
		v, err := fromJSON(text)
		if err != nil {
			t.Fatal(text, err)
		}
		_, _, err = Decode(v)
		var field *Error
		if !errors.As(err, &field) || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestAnErrorCarriesTheIdOfItsMessage(t *testing.T) {
	t.Parallel()
	v, _ := fromJSON(`{"kind":"nonsense","id":12}`)
	if _, id, err := Decode(v); err == nil || id == nil || *id != 12 {
		t.Errorf("got id %v, error %v", id, err)
	}
}

// contract reads the alternatives of a typedef in site/messages.js: kind to
// fields with their types; an optional field ends in a question mark.
func contract(t *testing.T, typedef string) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../../site/messages.js")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), typedef)
	_, after, ok := strings.Cut(after, "@typedef {(")
	if !found || !ok {
		t.Fatalf("messages.js has no %q", typedef)
	}
	body, _, _ := strings.Cut(after, ")} ")
	body = regexp.MustCompile(`(?m)^ \*`).ReplaceAllString(body, "")
	kinds := map[string]map[string]string{}
	for depth, start, i := 0, 0, 0; i < len(body); i++ {
		switch body[i] {
		case '{', '(', '<':
			if depth++; depth == 1 {
				start = i + 1
			}
		case '}', ')', '>':
			if depth--; depth == 0 {
				fields := fieldsOf(body[start:i])
				kind := strings.Trim(fields["kind"], "'")
				delete(fields, "kind")
				kinds[kind] = fields
			}
		}
	}
	return kinds
}

func fieldsOf(body string) map[string]string {
	fields := map[string]string{}
	depth, start := 0, 0
	for i := 0; i <= len(body); i++ {
		if i == len(body) || body[i] == ',' && depth == 0 {
			if name, kind, ok := strings.Cut(body[start:i], ":"); ok {
				fields[strings.TrimSpace(name)] = strings.TrimSpace(kind)
			}
			start = i + 1
			continue
		}
		switch body[i] {
		case '{', '(', '<', '[':
			depth++
		case '}', ')', '>', ']':
			depth--
		}
	}
	return fields
}

// spy is an object that has every field and notes which are read.
type spy struct {
	Value
	read map[string]bool
}

func (s spy) Get(key string) Value {
	s.read[key] = true
	return s.Value.Get(key)
}

func TestRequestsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	want := contract(t, "From the page to the engine.")
	if len(want) < 10 {
		t.Fatalf("read only %d requests in messages.js", len(want))
	}
	for kind := range requests {
		if want[kind] == nil {
			t.Errorf("%q is not in messages.js", kind)
		}
	}
	messages := []string{initJSON, `{"kind":"csv","id":4,"text":"t","x":"a","y":"b","label":"c","header":false,"standardise":true}`}
	for text := range good {
		messages = append(messages, text)
	}
	seen := map[string]map[string]bool{}
	for _, text := range messages {
		v, _ := fromJSON(text)
		s := spy{v, map[string]bool{}}
		if _, _, err := Decode(s); err != nil {
			t.Fatal(err)
		}
		kind := v.Get("kind").Text()
		if seen[kind] == nil || len(s.read) > len(seen[kind]) {
			seen[kind] = s.read
		}
	}
	for kind, fields := range want {
		for name := range fields {
			if !seen[kind][strings.TrimSuffix(name, "?")] {
				t.Errorf("%s: the engine does not read %s", kind, name)
			}
		}
		for name := range seen[kind] {
			if name != "kind" && name != "id" && fields[name] == "" && fields[name+"?"] == "" {
				t.Errorf("%s: messages.js has no field %s", kind, name)
			}
		}
	}
}

// replies are one of every kind.
var replies = []Reply{
	Moment{X: []float64{0, 1}}, Exporting{}, Modelled{}, Exported{Files: [][]byte{{1}}},
	Ready{}, Preparing{}, Prepared{}, State{}, Query{}, Progress{}, End{}, Probed{Victim: &Said{}},
	Table{Points: []float64{}, Columns: []Column{{}}, Rows: [][]string{{"a"}}}, Result{}, Logged{X: []float64{}, Why: []string{""}}, Claims{Suspects: []Suspect{{}}, Leak: &Leak{}}, Failure{ID: new(int), Key: "k", Reason: "r"},
	&Connected{Server: &Server{}}, &Exchange{}, &Called{}, &Written{}, &Network{},
}

func TestRepliesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	want := contract(t, "From the engine to the page.")
	seen := map[string]bool{}
	for _, reply := range replies {
		fields := reply.Fields()
		kind := ""
		for i := 0; i < len(fields); i += 2 {
			name := fields[i].(string)
			if name == "kind" {
				kind = fields[i+1].(string)
			}
		}
		seen[kind] = true
		if want[kind] == nil {
			t.Errorf("%q is not in messages.js", kind)
			continue
		}
		for i := 0; i < len(fields); i += 2 {
			name := fields[i].(string)
			declared := want[kind][name] + want[kind][name+"?"]
			if name != "kind" && !fits(fields[i+1], declared) {
				t.Errorf("%s.%s is a %T, and messages.js says %q", kind, name, fields[i+1], declared)
			}
			delete(want[kind], name)
			delete(want[kind], name+"?")
		}
		for name := range want[kind] {
			t.Errorf("%s: the engine does not send %s", kind, name)
		}
	}
	for kind := range want {
		if !seen[kind] {
			t.Errorf("no reply of kind %q", kind)
		}
	}
}

// fits tells whether a field's value can be what messages.js declares.
func fits(v any, declared string) bool {
	switch v.(type) {
	case string:
		return declared == "string" || strings.HasPrefix(declared, "'")
	case int, float64:
		return strings.HasPrefix(declared, "number")
	case bool:
		return declared == "boolean"
	case []float64:
		return strings.HasPrefix(declared, "Float64Array")
	case []byte:
		return strings.HasPrefix(declared, "Uint8Array")
	case []any:
		return strings.Contains(declared, "[]")
	case Fields:
		return strings.HasPrefix(declared, "Said") || strings.HasPrefix(declared, "InWords") || strings.HasPrefix(declared, "{") || strings.HasPrefix(declared, "Leak") || strings.HasPrefix(declared, "Server")
	case nil:
		return strings.Contains(declared, "null")
	}
	return false
}

func TestWhatHasNoMeaningIsNull(t *testing.T) {
	t.Parallel()
	for _, v := range []Fields{
		Progress{TVUnif: math.NaN()}.Fields(), Moment{Moved: math.NaN()}.Fields(), Probed{}.Fields(), Table{}.Fields(), Claims{}.Fields(), Claims{Suspects: []Suspect{{Error: math.NaN()}}, Leak: &Leak{}}.Fields(), Probed{Copy: &Said{Margin: math.NaN()}}.Fields(),
	} {
		if !strings.Contains(fmt.Sprint(v), "<nil>") {
			t.Errorf("no null in %v", v)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(initJSON)
	for text := range good {
		f.Add(text)
	}
	f.Add(`{"kind":"size","sizes":{"copy":null}}`)
	f.Add(`{"kind":"csv","id":9007199254740993,"text":""}`)
	f.Add(`{"kind":"sketch","points":{"f64":[]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := fromJSON(text)
		if err != nil {
			t.Skip()
		}
		request, _, err := Decode(v)
		var field *Error
		switch {
		case err == nil && request == nil:
			t.Error("neither a request nor an error")
		case err != nil && !errors.As(err, &field):
			t.Errorf("error %T is not an *Error", err)
		case err != nil && len(err.Error()) > 500:
			t.Errorf("an error of %d characters", len(err.Error()))
		}
	})
}
