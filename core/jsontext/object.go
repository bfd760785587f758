package jsontext

import (
	"fmt"
	"math"
	"strconv"
)

// Fields reads the members of an object by name. The first thing wrong is kept,
// and everything read after it is zero, so that a reader asks once at the end:
// Err, or Done where unknown names are an error too.
type Fields struct {
	path string
	v    Value
	used []bool
	err  *error // shared with the fields within
}

// Open reads the object v; path is its name in errors ("" for a whole text).
func Open(v Value, path string) *Fields {
	f := &Fields{path: path, v: v, used: make([]bool, len(v.Members)), err: new(error)}
	if v.Kind != Object {
		f.Fail("", "is %s, must be an object", v.Kind)
	}
	return f
}

// Fail notes that the member name (or "" for the object) is wrong.
func (f *Fields) Fail(name, format string, args ...any) {
	if *f.err == nil {
		*f.err = fmt.Errorf("%s %s", f.where(name), fmt.Sprintf(format, args...))
	}
}

func (f *Fields) where(name string) string {
	switch {
	case f.path == "" && name == "":
		return "the text"
	case f.path == "":
		return name
	case name == "":
		return f.path
	}
	return f.path + "." + name
}

// Err is the first thing wrong.
func (f *Fields) Err() error { return *f.err }

// Done is the first thing wrong; a member that nobody asked for is.
func (f *Fields) Done() error {
	for i, m := range f.v.Members {
		if !f.used[i] {
			f.Fail(Short(m.Name), "is not known here")
		}
	}
	return *f.err
}

// Has tells whether there is a member of that name that is not null.
func (f *Fields) Has(name string) bool {
	v := f.find(name)
	return v != nil && v.Kind != Null
}

func (f *Fields) find(name string) *Value {
	for i := range f.v.Members {
		if f.v.Members[i].Name == name {
			f.used[i] = true
			return &f.v.Members[i].Value
		}
	}
	return nil
}

// Any is the member of that name, which must be there.
func (f *Fields) Any(name string) Value {
	v := f.find(name)
	if v == nil {
		f.Fail(name, "is missing")
		return Value{}
	}
	return *v
}

// of is the member of that name and kind; it is false if something is wrong.
func (f *Fields) of(name string, kind Kind) (Value, bool) {
	v := f.Any(name)
	if *f.err == nil && v.Kind != kind {
		f.Fail(name, "is %s, must be %s", v.Kind, kind)
	}
	return v, *f.err == nil
}

// Text is a string of at most max bytes.
func (f *Fields) Text(name string, max int) string {
	v, ok := f.of(name, String)
	if ok && len(v.Text) > max {
		f.Fail(name, "has %d bytes, allowed are %d", len(v.Text), max)
		return ""
	}
	return v.Text
}

// Bool is true or false.
func (f *Fields) Bool(name string) bool {
	v, _ := f.of(name, Bool)
	return v.Bool
}

// Float is a number.
func (f *Fields) Float(name string) float64 {
	v, _ := f.of(name, Number)
	return v.Number
}

// Int is a whole number in [low, high].
func (f *Fields) Int(name string, low, high int) int {
	v, ok := f.of(name, Number)
	if !ok {
		return low
	}
	n, whole := whole(v.Number)
	if !whole || n < low || n > high {
		f.Fail(name, "is %v, must be a whole number in %d..%d", v.Number, low, high)
		return low
	}
	return n
}

// whole turns a float64 that is an exact integer into an int.
func whole(v float64) (int, bool) {
	return int(v), v == math.Trunc(v) && math.Abs(v) <= 1<<53
}

// Floats is an array of numbers.
func (f *Fields) Floats(name string) []float64 {
	v, ok := f.of(name, Array)
	if ok && (v.Items != nil || v.Nulls) {
		f.Fail(name, "must have numbers only")
		return nil
	}
	return v.Numbers
}

// Ints is an array of whole numbers in [low, high].
func (f *Fields) Ints(name string, low, high int) []int {
	var out []int
	for i, v := range f.Floats(name) {
		n, whole := whole(v)
		if !whole || n < low || n > high {
			f.Fail(item(name, i), "is %v, must be a whole number in %d..%d", v, low, high)
			return nil
		}
		out = append(out, n)
	}
	return out
}

// Texts is an array of strings of at most max bytes each.
func (f *Fields) Texts(name string, max int) []string {
	var out []string
	for i, v := range f.List(name) {
		if v.Kind != String || len(v.Text) > max {
			f.Fail(item(name, i), "must be a string of at most %d bytes", max)
			return nil
		}
		out = append(out, v.Text)
	}
	return out
}

// List is an array of anything.
func (f *Fields) List(name string) []Value {
	v, ok := f.of(name, Array)
	if !ok {
		return nil
	}
	p := parser{}
	if err := p.spread(&v); err != nil {
		f.Fail(name, "has too many items")
	}
	return v.Items
}

// Object is an object within this one; its errors become this one's.
func (f *Fields) Object(name string) *Fields { return f.open(f.Any(name), name) }

// Objects is an array of objects.
func (f *Fields) Objects(name string) []*Fields {
	var out []*Fields
	for i, v := range f.List(name) {
		out = append(out, f.open(v, item(name, i)))
	}
	return out
}

func (f *Fields) open(v Value, name string) *Fields {
	in := &Fields{path: f.where(name), v: v, used: make([]bool, len(v.Members)), err: f.err}
	if v.Kind != Object {
		in.Fail("", "is %s, must be an object", v.Kind)
	}
	return in
}

func item(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

// Writer writes an object member by member.
type Writer struct {
	dst   []byte
	begun bool
}

// Begin begins an object at the end of dst.
func Begin(dst []byte) *Writer { return &Writer{dst: append(dst, '{')} }

// Add writes a member.
func (w *Writer) Add(name string, value func(dst []byte) []byte) {
	if w.begun {
		w.dst = append(w.dst, ',')
	}
	w.begun = true
	w.dst = append(AppendString(w.dst, name), ':')
	w.dst = value(w.dst)
}

// Text writes a string.
func (w *Writer) Text(name, v string) { add(w, name, v, AppendString) }

// Bool writes true or false.
func (w *Writer) Bool(name string, v bool) { add(w, name, v, strconv.AppendBool) }

// Int writes a whole number.
func (w *Writer) Int(name string, v int) { add(w, name, v, AppendInt) }

// Float writes a number.
func (w *Writer) Float(name string, v float64) { add(w, name, v, AppendFloat) }

// Floats writes an array of numbers.
func (w *Writer) Floats(name string, v []float64) { add(w, name, v, AppendFloats) }

// Ints writes an array of whole numbers.
func (w *Writer) Ints(name string, v []int) { add(w, name, v, AppendInts) }

// Texts writes an array of strings.
func (w *Writer) Texts(name string, v []string) { add(w, name, v, AppendStrings) }

// Raw writes a value that is JSON already.
func (w *Writer) Raw(name string, v []byte) {
	w.Add(name, func(dst []byte) []byte { return append(dst, v...) })
}

func add[T any](w *Writer, name string, v T, appendOne func([]byte, T) []byte) {
	w.Add(name, func(dst []byte) []byte { return appendOne(dst, v) })
}

// AppendObjects writes an array of n objects.
func AppendObjects(dst []byte, n int, one func(w *Writer, i int)) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		w := Begin(dst)
		one(w, i)
		dst = w.End()
	}
	return append(dst, ']')
}

// End ends the object and returns dst with it.
func (w *Writer) End() []byte { return append(w.dst, '}') }
