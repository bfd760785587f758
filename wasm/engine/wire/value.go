// Package wire holds the messages between the page and the engine as Go types:
// what site/messages.js says in words. It decodes values from JavaScript
// through a small interface and so runs, and is tested, without a browser.
package wire

import (
	"fmt"
	"math"
)

// Kind is what a Value is to a decoder.
type Kind string

const (
	None   Kind = "nothing" // undefined or null
	Bool   Kind = "a boolean"
	Number Kind = "a number"
	String Kind = "a string"
	List   Kind = "an array"
	Floats Kind = "a Float64Array"
	Bytes  Kind = "a Uint8Array"
	Object Kind = "an object"
	Other  Kind = "something else"
)

// Value is a value from JavaScript, as much of it as decoding needs. A method
// is only called on a value of its kind.
type Value interface {
	Kind() Kind
	Bool() bool
	Number() float64
	Text() string
	Len() int             // of a List, Floats or Bytes
	Index(i int) Value    // of a List
	Floats() []float64    // of a Floats: a copy
	Bytes() []byte        // of a Bytes: a copy
	Get(key string) Value // of an Object
	Keys() []string       // of an Object
}

// MaxLength bounds the arrays of a message: more than any use of the page has.
const MaxLength = 1 << 20

// MaxFile bounds a file in a message.
const MaxFile = 32_000_000

// Error is a field that is not what it must be.
type Error struct {
	Field string // size.width; empty for the message itself
	Want  string
	Got   string
}

func (e *Error) Error() string {
	field := e.Field
	if field == "" {
		field = "message"
	}
	return field + " must be " + e.Want + ", and is " + e.Got
}

// reader reads the fields of an object and remembers the first that is wrong.
// After that it reads nothing any more.
type reader struct {
	v    Value
	name string // of v, "" for the message
	err  *error
}

func (r reader) field(key string) string {
	if r.name == "" {
		return key
	}
	return r.name + "." + key
}

func (r reader) fail(key, want, got string) {
	if *r.err == nil {
		*r.err = &Error{r.field(key), want, got}
	}
}

// get returns the field if it is of that kind, else nil.
func (r reader) get(key string, want Kind) Value {
	if *r.err != nil {
		return nil
	}
	v := r.v.Get(key)
	if got := v.Kind(); got != want {
		r.fail(key, string(want), string(got))
		return nil
	}
	return v
}

// has tells whether an optional field is there.
func (r reader) has(key string) bool {
	return *r.err == nil && r.v.Get(key).Kind() != None
}

func (r reader) text(key string) string {
	if v := r.get(key, String); v != nil {
		return v.Text()
	}
	return ""
}

func (r reader) optionalText(key string) string {
	if r.has(key) {
		return r.text(key)
	}
	return ""
}

func (r reader) flag(key string) bool {
	v := r.get(key, Bool)
	return v != nil && v.Bool()
}

func (r reader) optionalFlag(key string) *bool {
	if !r.has(key) {
		return nil
	}
	flag := r.flag(key)
	return &flag
}

// number is finite and within [low, high].
func (r reader) number(key string, low, high float64) float64 {
	v := r.get(key, Number)
	if v == nil {
		return 0
	}
	n := v.Number()
	if !(n >= low && n <= high) {
		r.fail(key, fmt.Sprintf("a number from %v to %v", low, high), fmt.Sprint(n))
		return 0
	}
	return n
}

func (r reader) whole(key string) int { return r.count(key, -1<<53, 1<<53) }

// count is a whole number within [low, high].
func (r reader) count(key string, low, high float64) int {
	n := r.number(key, low, high)
	if n != math.Trunc(n) {
		r.fail(key, "a whole number", fmt.Sprint(n))
	}
	return int(n)
}

// oneOf is a text among the allowed.
func (r reader) oneOf(key string, allowed ...string) string {
	text := r.text(key)
	for _, a := range allowed {
		if text == a {
			return text
		}
	}
	r.fail(key, fmt.Sprintf("one of %s", allowed), fmt.Sprintf("%.40q", text))
	return ""
}

// floats are finite numbers.
func (r reader) floats(key string) []float64 {
	numbers := r.inputs(key)
	for i, x := range numbers {
		if math.IsNaN(x) {
			r.fail(fmt.Sprintf("%s[%d]", key, i), "a finite number", fmt.Sprint(x))
			return nil
		}
	}
	return numbers
}

// inputs are finite numbers, and NaN for what is left out.
func (r reader) inputs(key string) []float64 {
	v := r.get(key, Floats)
	if v == nil {
		return nil
	}
	if n := v.Len(); n > MaxLength {
		r.fail(key, fmt.Sprintf("at most %d long", MaxLength), fmt.Sprint(n))
		return nil
	}
	numbers := v.Floats()
	for i, x := range numbers {
		if math.IsInf(x, 0) {
			r.fail(fmt.Sprintf("%s[%d]", key, i), "a finite number", fmt.Sprint(x))
			return nil
		}
	}
	return numbers
}

// texts are strings, a few.
func (r reader) texts(key string) []string {
	v := r.get(key, List)
	if v == nil {
		return nil
	}
	if n := v.Len(); n > 100 {
		r.fail(key, "at most 100 long", fmt.Sprint(n))
		return nil
	}
	out := make([]string, v.Len())
	for i := range out {
		item := v.Index(i)
		if item.Kind() != String {
			r.fail(fmt.Sprintf("%s[%d]", key, i), string(String), string(item.Kind()))
			return nil
		}
		out[i] = item.Text()
	}
	return out
}

// file is the bytes of one, at most MaxFile.
func (r reader) file(key string) []byte {
	v := r.get(key, Bytes)
	if v == nil {
		return nil
	}
	if n := v.Len(); n > MaxFile {
		r.fail(key, fmt.Sprintf("at most %d long", MaxFile), fmt.Sprint(n))
		return nil
	}
	return v.Bytes()
}

// object reads the fields of a field.
func (r reader) object(key string) (reader, bool) {
	v := r.get(key, Object)
	return reader{v, r.field(key), r.err}, v != nil
}

// each reads an object's members, whose keys must be among the allowed.
func (r reader) each(key string, allowed []Surface, read func(reader, Surface)) {
	member, ok := r.object(key)
	if !ok {
		return
	}
	for _, name := range member.v.Keys() {
		known := false
		for _, a := range allowed {
			known = known || string(a) == name
		}
		if !known {
			member.fail(name, fmt.Sprintf("one of %s", allowed), "unknown")
			return
		}
		read(member, Surface(name))
	}
}
