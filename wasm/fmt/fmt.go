// Package fmt is the part of the standard library's fmt that the engine's
// sentences need. build.sh builds the engine with it in place of the whole
// (go build -overlay), which with the reflection behind it would be 80 kB of the
// compressed download. Everything else, tests included, uses the real one; a
// test holds the two against each other.
//
// It knows the verbs %v %s %q %d %g %f %e %c %x %t %w, a precision, and values
// of basic kinds, named ones included, slices of strings and numbers, errors
// and Stringers. What it does not know it writes as %!verb(?), never silently
// wrong.
package fmt

import (
	"io"
	"strconv"
	"unsafe"
)

// Stringer is any value that says itself.
type Stringer interface{ String() string }

// GoStringer, Formatter and State are here for packages that implement them.
type GoStringer interface{ GoString() string }

// State is the printer as a Formatter sees it.
type State interface {
	Write(b []byte) (n int, err error)
	Width() (wid int, ok bool)
	Precision() (prec int, ok bool)
	Flag(c int) bool
}

// Formatter is not called here.
type Formatter interface{ Format(f State, verb rune) }

// Errorf returns an error that says the formatted text and wraps the values of
// %w.
func Errorf(format string, a ...any) error {
	p := printer{}
	p.printf(format, a)
	switch len(p.wrapped) {
	case 0:
		return &plainError{string(p.out)}
	case 1:
		return &wrapError{string(p.out), p.wrapped[0]}
	}
	return &wrapErrors{string(p.out), p.wrapped}
}

type plainError struct{ text string }

func (e *plainError) Error() string { return e.text }

type wrapError struct {
	text string
	err  error
}

func (e *wrapError) Error() string { return e.text }
func (e *wrapError) Unwrap() error { return e.err }

type wrapErrors struct {
	text string
	errs []error
}

func (e *wrapErrors) Error() string   { return e.text }
func (e *wrapErrors) Unwrap() []error { return e.errs }

// Sprintf returns the formatted text.
func Sprintf(format string, a ...any) string { return string(Appendf(nil, format, a...)) }

// Appendf appends the formatted text to b.
func Appendf(b []byte, format string, a ...any) []byte {
	p := printer{out: b}
	p.printf(format, a)
	return p.out
}

// Fprintf writes the formatted text to w.
func Fprintf(w io.Writer, format string, a ...any) (int, error) {
	return w.Write(Appendf(nil, format, a...))
}

// Sprint returns the values' default texts, with a space between two that are
// not strings.
func Sprint(a ...any) string {
	p := printer{}
	for i, v := range a {
		_, text := v.(string)
		if i > 0 && !text {
			if _, before := a[i-1].(string); !before {
				p.out = append(p.out, ' ')
			}
		}
		p.value('v', -1, v)
	}
	return string(p.out)
}

// Sprintln returns the values' default texts with spaces between and a newline.
func Sprintln(a ...any) string {
	p := printer{}
	for i, v := range a {
		if i > 0 {
			p.out = append(p.out, ' ')
		}
		p.value('v', -1, v)
	}
	return string(append(p.out, '\n'))
}

// Fprint writes the values to w as Sprint does.
func Fprint(w io.Writer, a ...any) (int, error) { return w.Write([]byte(Sprint(a...))) }

// Fprintln writes the values to w as Sprintln does.
func Fprintln(w io.Writer, a ...any) (int, error) { return w.Write([]byte(Sprintln(a...))) }

// Println prints to the console.
func Println(a ...any) (int, error) {
	text := Sprintln(a...)
	print(text)
	return len(text), nil
}

// Printf prints to the console.
func Printf(format string, a ...any) (int, error) {
	text := Sprintf(format, a...)
	print(text)
	return len(text), nil
}

type printer struct {
	out     []byte
	wrapped []error
}

func (p *printer) printf(format string, a []any) {
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			p.out = append(p.out, format[i])
			continue
		}
		precision := -1
		i++
		if i < len(format) && format[i] == '.' {
			precision = 0
			for i++; i < len(format) && '0' <= format[i] && format[i] <= '9'; i++ {
				precision = 10*precision + int(format[i]-'0')
			}
		}
		switch {
		case i >= len(format):
			p.out = append(p.out, "%!(NOVERB)"...)
		case format[i] == '%':
			p.out = append(p.out, '%')
		case next >= len(a):
			p.out = append(p.out, '%', '!', format[i])
			p.out = append(p.out, "(MISSING)"...)
		default:
			if err, ok := a[next].(error); ok && format[i] == 'w' {
				p.wrapped = append(p.wrapped, err)
			}
			p.value(format[i], precision, a[next])
			next++
		}
	}
	if next < len(a) {
		p.out = append(p.out, "%!(EXTRA)"...)
	}
}

// value writes one value.
func (p *printer) value(verb byte, precision int, v any) {
	if v == nil {
		p.out = append(p.out, "<nil>"...)
		return
	}
	if verb == 'v' || verb == 's' || verb == 'q' || verb == 'w' {
		switch said := v.(type) {
		case error:
			p.text(verb, precision, said.Error())
			return
		case Stringer:
			p.text(verb, precision, said.String())
			return
		}
	}
	switch list := v.(type) {
	case []string:
		each(p, verb, precision, list)
	case []int:
		each(p, verb, precision, list)
	case []float64:
		each(p, verb, precision, list)
	default:
		p.basic(verb, precision, v)
	}
}

func each[T any](p *printer, verb byte, precision int, list []T) {
	p.out = append(p.out, '[')
	for i, v := range list {
		if i > 0 {
			p.out = append(p.out, ' ')
		}
		p.basic(verb, precision, v)
	}
	p.out = append(p.out, ']')
}

// basic writes a value of a basic kind, whatever its type is called.
func (p *printer) basic(verb byte, precision int, v any) {
	word := (*value)(unsafe.Pointer(&v))
	switch word.kind() {
	case kindString:
		p.text(verb, precision, *(*string)(word.data))
	case kindBool:
		p.out = strconv.AppendBool(p.out, *(*bool)(word.data))
	case kindInt, kindInt64:
		p.int(verb, *(*int64)(word.data))
	case kindInt32:
		p.int(verb, int64(*(*int32)(word.data)))
	case kindUint8:
		p.int(verb, int64(*(*uint8)(word.data)))
	case kindUint32:
		p.int(verb, int64(*(*uint32)(word.data)))
	case kindUint64, kindUint:
		p.uint(verb, *(*uint64)(word.data))
	case kindFloat64:
		p.float(verb, precision, *(*float64)(word.data))
	default:
		p.out = append(p.out, '%', '!', verb)
		p.out = append(p.out, "(?)"...)
	}
}

func (p *printer) text(verb byte, precision int, s string) {
	if precision >= 0 {
		n := 0
		for i := range s {
			if n == precision {
				s = s[:i]
				break
			}
			n++
		}
	}
	if verb == 'q' {
		p.out = strconv.AppendQuote(p.out, s)
		return
	}
	p.out = append(p.out, s...)
}

func (p *printer) int(verb byte, v int64) {
	switch verb {
	case 'c':
		p.out = append(p.out, string(character(v))...)
	case 'q':
		p.out = strconv.AppendQuoteRune(p.out, character(v))
	default:
		p.out = strconv.AppendInt(p.out, v, base(verb))
	}
}

func (p *printer) uint(verb byte, v uint64) {
	if v <= 1<<62 {
		p.int(verb, int64(v))
		return
	}
	if verb == 'c' || verb == 'q' {
		p.int(verb, -1)
		return
	}
	p.out = strconv.AppendUint(p.out, v, base(verb))
}

func character(v int64) rune {
	if v < 0 || v > 0x10ffff {
		return 0xfffd
	}
	return rune(v)
}

func base(verb byte) int {
	if verb == 'x' {
		return 16
	}
	return 10
}

func (p *printer) float(verb byte, precision int, v float64) {
	switch verb {
	case 'e', 'f':
		if precision < 0 {
			precision = 6
		}
	default:
		verb = 'g'
	}
	p.out = strconv.AppendFloat(p.out, v, verb, precision, 64)
}

// value is how an interface lies in memory: its type, and a pointer to what it
// holds for every kind that basic takes.
type value struct {
	typ  *rtype
	data unsafe.Pointer
}

// rtype is the head of internal/abi.Type, which has been so since Go 1.4.
type rtype struct {
	_    [2]uintptr // size, bytes with pointers
	_    uint32     // hash
	_    [3]uint8   // flags, alignments
	kind uint8
}

func (v *value) kind() uint8 { return v.typ.kind & 31 }

// Kinds as in reflect.
const (
	kindBool    = 1
	kindInt     = 2
	kindInt32   = 5
	kindInt64   = 6
	kindUint    = 7
	kindUint8   = 8
	kindUint32  = 10
	kindUint64  = 11
	kindFloat64 = 14
	kindString  = 24
)
