// Package jsontext reads and writes JSON without reflection: encoding/json would
// add 170 kB to the page's download. It is strict where the network is not to be
// trusted: one value, valid UTF-8, no name twice in an object, bounded depth and
// number of values.
package jsontext

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind tells values apart.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Value is a JSON value.
type Value struct {
	Kind    Kind
	Bool    bool
	Number  float64
	Text    string   // of a String
	Members []Member // of an Object, as they came
	Items   []Value  // of an Array that does not fit Numbers

	// Numbers are the items of an Array that has nothing but numbers and nulls,
	// at least one; a null is NaN, which no JSON number can be.
	Numbers []float64
	Nulls   bool // there is a null in Numbers
}

// Member is a name of an object with its value.
type Member struct {
	Name  string
	Value Value
}

// Len is the number of items of an Array, 0 of other values.
func (v *Value) Len() int { return len(v.Items) + len(v.Numbers) }

// Bounds of what is read.
const (
	MaxDepth  = 32      // arrays and objects within each other
	MaxValues = 1 << 18 // of a text, where the Numbers of an array count once
)

// SyntaxError reports a text that is not one JSON value within the bounds.
type SyntaxError struct {
	Offset int // bytes before the error
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("no valid JSON at byte %d: %s", e.Offset, e.Reason)
}

// Parse reads a text that is one JSON value. Errors are *SyntaxError.
func Parse(text []byte) (Value, error) {
	p := parser{text: text}
	v, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	if p.space(); p.at < len(text) {
		return Value{}, p.fail("something follows the value")
	}
	return v, nil
}

type parser struct {
	text   []byte
	at     int
	values int
}

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{p.at, fmt.Sprintf(format, args...)}
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek is the next byte after white space, 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) value(depth int) (Value, error) {
	if p.values++; p.values > MaxValues {
		return Value{}, p.fail("more than %d values", MaxValues)
	}
	if depth > MaxDepth {
		return Value{}, p.fail("nested deeper than %d", MaxDepth)
	}
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		s, err := p.string()
		return Value{Kind: String, Text: s}, err
	case c == '-' || c >= '0' && c <= '9':
		n, err := p.number()
		return Value{Kind: Number, Number: n}, err
	}
	for _, w := range []struct {
		word string
		v    Value
	}{{"null", Value{}}, {"true", Value{Kind: Bool, Bool: true}}, {"false", Value{Kind: Bool}}} {
		if p.word(w.word) {
			return w.v, nil
		}
	}
	if p.at == len(p.text) {
		return Value{}, p.fail("the text ends too early")
	}
	return Value{}, p.fail("a value cannot begin with %q", p.text[p.at])
}

// word takes a literal, if it is what comes next.
func (p *parser) word(w string) bool {
	if len(p.text)-p.at < len(w) || string(p.text[p.at:p.at+len(w)]) != w {
		return false
	}
	p.at += len(w)
	return true
}

func (p *parser) object(depth int) (Value, error) {
	v := Value{Kind: Object}
	names := map[string]bool{}
	p.at++
	if p.peek() == '}' {
		p.at++
		return v, nil
	}
	for {
		if p.peek() != '"' {
			return v, p.fail("a name in quotes must come here")
		}
		name, err := p.string()
		if err != nil {
			return v, err
		}
		if names[name] {
			return v, p.fail("the name %q comes twice", Short(name))
		}
		names[name] = true
		if p.peek() != ':' {
			return v, p.fail("a colon must come here")
		}
		p.at++
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.Members = append(v.Members, Member{name, item})
		if more, err := p.more('}'); !more || err != nil {
			return v, err
		}
	}
}

// more takes a comma or the end of an array or object.
func (p *parser) more(end byte) (bool, error) {
	switch p.peek() {
	case ',':
		p.at++
		return true, nil
	case end:
		p.at++
		return false, nil
	}
	return false, p.fail("a comma or %q must come here", end)
}

func (p *parser) array(depth int) (Value, error) {
	v := Value{Kind: Array}
	p.at++
	if p.peek() == ']' {
		p.at++
		return v, nil
	}
	for {
		c := p.peek()
		plain := c == '-' || c >= '0' && c <= '9' || c == 'n'
		if plain && v.Items == nil {
			n := math.NaN()
			if p.word("null") {
				v.Nulls = true
			} else {
				var err error
				if n, err = p.number(); err != nil {
					return v, err
				}
			}
			v.Numbers = append(v.Numbers, n)
		} else {
			if err := p.spread(&v); err != nil {
				return v, err
			}
			item, err := p.value(depth + 1)
			if err != nil {
				return v, err
			}
			v.Items = append(v.Items, item)
		}
		if more, err := p.more(']'); !more || err != nil {
			return v, err
		}
	}
}

// spread turns Numbers into Items.
func (p *parser) spread(v *Value) error {
	if p.values += len(v.Numbers); p.values > MaxValues {
		return p.fail("more than %d values", MaxValues)
	}
	for _, n := range v.Numbers {
		item := Value{Kind: Number, Number: n}
		if math.IsNaN(n) {
			item = Value{}
		}
		v.Items = append(v.Items, item)
	}
	v.Numbers, v.Nulls = nil, false
	return nil
}

// number reads -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?
func (p *parser) number() (float64, error) {
	start := p.at
	if p.next('-') && p.at == len(p.text) {
		return 0, p.fail("a digit must come after the minus")
	}
	if !p.next('0') && !p.digits() {
		return 0, p.fail("a number, null, true or false must come here")
	}
	if p.next('.') && !p.digits() {
		return 0, p.fail("a digit must come after the point")
	}
	if p.next('e') || p.next('E') {
		if !p.next('+') {
			p.next('-')
		}
		if !p.digits() {
			return 0, p.fail("a digit must come in the exponent")
		}
	}
	v, err := strconv.ParseFloat(string(p.text[start:p.at]), 64)
	if err != nil {
		return 0, p.fail("the number %s is beyond a float64", Short(string(p.text[start:p.at])))
	}
	return v, nil
}

func (p *parser) next(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}

func (p *parser) string() (string, error) {
	p.at++
	start, escaped := p.at, false
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			raw := p.text[start:p.at]
			if !utf8.Valid(raw) {
				return "", p.fail("a string that is not UTF-8")
			}
			p.at++
			if !escaped {
				return string(raw), nil
			}
			return p.unescape(raw)
		case c < 0x20:
			return "", p.fail("a control character in a string must be escaped")
		case c == '\\':
			escaped = true
			p.at++
		}
	}
	p.at = len(p.text)
	return "", p.fail("a string does not end")
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *parser) unescape(raw []byte) (string, error) {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if c, simple := escapes[raw[i]]; simple {
			out = append(out, c)
			continue
		}
		r, ok := unicodeEscape(raw[i:])
		if !ok {
			return "", p.fail("a broken escape in a string")
		}
		i += 4
		if utf16.IsSurrogate(r) {
			if i+2 > len(raw) || raw[i+1] != '\\' {
				return "", p.fail("half a surrogate pair in a string")
			}
			low, ok := unicodeEscape(raw[i+2:])
			if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
				return "", p.fail("half a surrogate pair in a string")
			}
			i += 6
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out), nil
}

// unicodeEscape reads the u and four hexadecimal digits after a backslash.
func unicodeEscape(raw []byte) (rune, bool) {
	if len(raw) < 5 || raw[0] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(raw[1:5]), 16, 16)
	return rune(v), err == nil
}

// Short cuts a text from elsewhere to what an error may repeat of it.
func Short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "…"
	}
	return s
}

// AppendString writes a string. It escapes <, > and & too, so that no text is
// ever taken for HTML.
func AppendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s { // invalid UTF-8 becomes U+FFFD
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < 0x20 || r == '<' || r == '>' || r == '&' || r == 0x2028 || r == 0x2029 || r == 0x7f:
			dst = append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// AppendFloat writes a number so that reading it gives the same bits, and NaN as
// null. It panics on an infinity, which JSON cannot say.
func AppendFloat(dst []byte, v float64) []byte {
	if math.IsNaN(v) {
		return append(dst, "null"...)
	}
	if math.IsInf(v, 0) {
		panic("jsontext: an infinity has no JSON form")
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// AppendFloats writes an array of numbers.
func AppendFloats(dst []byte, v []float64) []byte { return appendList(dst, v, AppendFloat) }

// AppendInts writes an array of whole numbers.
func AppendInts(dst []byte, v []int) []byte { return appendList(dst, v, AppendInt) }

// AppendInt writes a whole number.
func AppendInt(dst []byte, v int) []byte { return strconv.AppendInt(dst, int64(v), 10) }

// AppendStrings writes an array of strings.
func AppendStrings(dst []byte, v []string) []byte { return appendList(dst, v, AppendString) }

func appendList[T any](dst []byte, v []T, appendOne func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, x := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendOne(dst, x)
	}
	return append(dst, ']')
}

// Append writes a value.
func Append(dst []byte, v Value) []byte {
	switch v.Kind {
	case Bool:
		return strconv.AppendBool(dst, v.Bool)
	case Number:
		return AppendFloat(dst, v.Number)
	case String:
		return AppendString(dst, v.Text)
	case Array:
		if v.Numbers != nil {
			return AppendFloats(dst, v.Numbers)
		}
		return appendList(dst, v.Items, Append)
	case Object:
		w := Begin(dst)
		for _, m := range v.Members {
			w.Add(m.Name, func(dst []byte) []byte { return Append(dst, m.Value) })
		}
		return w.End()
	}
	return append(dst, "null"...)
}
