package jsontext

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// accepted are texts on which encoding/json agrees, rejected ones on which this
// package is at least as strict.
var (
	accepted = []string{
		`null`, `true`, ` false `, `0`, `-0`, `1e3`, `-1.5E-07`, `0.1`, `123456789012345678901234567890`, `"a"`, `""`, `"\"\\\/\b\f\n\r\té😀"`,
		`[]`, `{}`, `[1,2,3]`, `[1,null,3]`, `[null]`, `[1,"a"]`, `["a",1]`, `[[1],[2,3],[]]`, `{"a":1,"b":[{"c":null}]}`, "\t[ 1 , 2 ]\r\n", `"é"`,
	}
	rejected = []string{
		``, ` `, `nul`, `nulll`, `NaN`, `[NaN]`, `Infinity`, `-Infinity`, `01`, `+1`, `.5`, `1.`, `1e`, `1e+`, `-`, `0x10`, `1_000`, `1e999`, `[1e999]`, `"a`, `"\`, `"\u12"`,
		`"\x"`, `"\ud800"`, `"\ud800A"`, `"\udc00"`, "\"\x01\"", "\"\xff\"", `[1,]`, `[,1]`, `[1 2]`, `[`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a":1,"a":2}`, `1 2`, `[1]]`, `'a'`, `[nul]`,
		strings.Repeat("[", 40) + strings.Repeat("]", 40),
	}
)

func TestTextsMeanWhatEncodingJSONReadsInThem(t *testing.T) {
	t.Parallel()
	for _, text := range accepted {
		v, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		sameAsStandard(t, text, v)
	}
}

// sameAsStandard compares by way of encoding/json's form of both.
func sameAsStandard(t *testing.T, text string, v Value) {
	t.Helper()
	var want, got any
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatalf("encoding/json refuses %q: %v", text, err)
	}
	written := Append(nil, v)
	if err := json.Unmarshal(written, &got); err != nil {
		t.Fatalf("%q was written as %q: %v", text, written, err)
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(got)
	if string(a) != string(b) {
		t.Errorf("%s became %s", a, b)
	}
}

func TestWhatIsNotOneValueIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, text := range rejected {
		v, err := Parse([]byte(text))
		if err == nil {
			t.Errorf("%q was read as %+v", text, v)
		} else if !strings.Contains(err.Error(), "at byte") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTooManyValuesAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"[" + strings.Repeat("[],", MaxValues) + "[]]", "[" + strings.Repeat("1,", MaxValues) + "\"\"]"} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), "more than") {
			t.Errorf("%v", err)
		}
	}
	if v, err := Parse([]byte("[" + strings.Repeat("1,", MaxValues) + "1]")); err != nil || len(v.Numbers) != MaxValues+1 {
		t.Errorf("numbers alone: %v", err)
	}
}

func TestNumbersKeepTheirBits(t *testing.T) {
	t.Parallel()
	for _, v := range []float64{0, math.Copysign(0, -1), 0.1, 1.0 / 3, math.MaxFloat64, math.SmallestNonzeroFloat64, 1e21, -2.2250738585072014e-308, 1 << 53} {
		read, err := Parse(AppendFloat(nil, v))
		if err != nil || math.Float64bits(read.Number) != math.Float64bits(v) {
			t.Errorf("%v became %v, %v", v, read.Number, err)
		}
	}
}

func TestNoWrittenTextIsHTML(t *testing.T) {
	t.Parallel()
	const text = "<script>alert('&')</script>\u2028\x00"
	written := AppendString(nil, text)
	if strings.ContainsAny(string(written), "<>&\u2028\x00") {
		t.Errorf("%s", written)
	}
	if v, err := Parse(written); err != nil || v.Text != text {
		t.Errorf("%q, %v", v.Text, err)
	}
}

func TestFieldsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`:                                 "the text is an array, must be an object",
		`{}`:                                 "a is missing",
		`{"a":"x","b":{"c":1.5}}`:            "b.c is 1.5, must be a whole number in 0..9",
		`{"a":1}`:                            "a is a number, must be a string",
		`{"a":"xxxxxx"}`:                     "a has 6 bytes, allowed are 5",
		`{"a":"x","b":3}`:                    "b is a number, must be an object",
		`{"a":"x","b":{"c":1},"d":[1,null]}`: "d must have numbers only",
		`{"a":"x","b":{"c":1},"d":[1],"e":[{"f":true},{"f":0}]}`:              "e[1].f is a number, must be a boolean",
		`{"a":"x","b":{"c":1},"d":[1],"e":[{"f":true}],"<g>":0}`:              "<g> is not known here",
		`{"a":"x","b":{"c":1},"d":[1],"e":[{"f":true},1]}`:                    "e[1] is a number, must be an object",
		`{"a":"x","b":{"c":1},"d":[1],"e":[{"f":true},{"f":true}],"h":[1,2]}`: "h[1] is 2, must be a whole number in 0..1",
	} {
		v, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		f := Open(v, "")
		f.Text("a", 5)
		f.Object("b").Int("c", 0, 9)
		f.Floats("d")
		for _, e := range f.Objects("e") {
			e.Bool("f")
		}
		if f.Has("h") {
			f.Ints("h", 0, 1)
		}
		if err := f.Done(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range append(accepted, rejected...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := Parse(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("encoding/json refuses %q", text)
		}
		written := Append(nil, v)
		again, err := Parse(written)
		if err != nil || string(Append(nil, again)) != string(written) {
			t.Fatalf("%q was written as %q, then %q, %v", text, written, Append(nil, again), err)
		}
	})
}
