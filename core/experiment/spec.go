// Package experiment is the one description of an experiment (Spec), the table
// that defines its keys (Params), and the run with its events (Run). The page,
// a link, an embed and the command line all speak it.
package experiment

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// LinkVersion is the version of the link format. A link without one is of this
// version.
const LinkVersion = "1"

// Spec is a checked experiment: the settings that differ from silence. Its zero
// value is the default experiment. It is immutable.
type Spec struct {
	set map[string]string
}

// ParamError reports a setting that is not allowed.
type ParamError struct {
	Key, Value string
	Reason     string // what is wrong and what is allowed
}

func (e *ParamError) Error() string {
	if p, _ := Lookup(e.Key); e.Value == "" || p.Secret {
		return fmt.Sprintf("%s: %s", e.Key, e.Reason)
	}
	return fmt.Sprintf("%s=%s: %s", e.Key, shorten(e.Value), e.Reason)
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:37]) + "…"
	}
	return s
}

// Parse reads settings of the form key=value. An unknown key, one given twice,
// a value out of range, and a key that has no effect beside the others are
// errors (*ParamError, joined).
func Parse(settings []string) (Spec, error) {
	set := map[string]string{}
	var errs []error
	for _, s := range settings {
		key, value, ok := strings.Cut(s, "=")
		switch _, known := Lookup(key); {
		case !ok:
			errs = append(errs, &ParamError{Key: shorten(s), Reason: "a setting is written key=value"})
		case !known:
			errs = append(errs, &ParamError{Key: shorten(key), Reason: "no such key; there are " + strings.Join(keys(), " ")})
		default:
			if _, twice := set[key]; twice {
				errs = append(errs, &ParamError{Key: key, Value: value, Reason: "given twice"})
			}
			set[key] = value
		}
	}
	spec := Spec{set}
	errs = append(errs, spec.check()...)
	if len(errs) > 0 {
		return Spec{}, errors.Join(errs...)
	}
	return spec, nil
}

// ParseLink reads the fragment of a link, with or without its #:
// data=moons&victim=mlp&…, with an optional v=LinkVersion. Empty parts are
// passed over, and so is e=, the version of the program that wrote the link.
func ParseLink(fragment string) (Spec, error) {
	var settings []string
	for part := range strings.SplitSeq(strings.TrimPrefix(fragment, "#"), "&") {
		if part == "" {
			continue
		}
		plain, ok := unescape(part)
		if !ok {
			return Spec{}, &ParamError{Key: shorten(part), Reason: "a broken %-escape in the link"}
		}
		if v, ok := strings.CutPrefix(plain, "v="); ok {
			if v != LinkVersion {
				return Spec{}, &ParamError{Key: "v", Value: v, Reason: "this link is of another version; this page reads version " + LinkVersion}
			}
			continue
		}
		if strings.HasPrefix(plain, "e=") {
			continue // the version of the program that wrote the link
		}
		key, _, _ := strings.Cut(plain, "=")
		if p, _ := Lookup(key); p.Secret {
			return Spec{}, &ParamError{Key: key, Reason: "has no place in a link"}
		}
		settings = append(settings, plain)
	}
	return Parse(settings)
}

func keys() []string {
	names := make([]string, len(Params))
	for i, p := range Params {
		names[i] = p.Key
	}
	return names
}

// check validates every setting against the table.
func (s Spec) check() []error {
	var errs []error
	for _, p := range Params {
		value, given := s.set[p.Key]
		if !given {
			continue
		}
		if s.Remote() && local(p) {
			errs = append(errs, &ParamError{p.Key, value, "has no effect with oracle=URL: the victim is behind a network"})
			continue
		}
		if c, ok := s.unmet(p.When); !ok {
			errs = append(errs, &ParamError{p.Key, value, fmt.Sprintf("has no effect here: it needs %s, and %s is %s", c, c.Key, orNone(s.Get(c.Key)))})
			continue
		}
		if err := p.check(value); err != nil {
			errs = append(errs, err)
			continue
		}
		if p.Kind == Choice {
			if c, ok := s.unmet(p.option(value).When); !ok {
				errs = append(errs, &ParamError{p.Key, value, fmt.Sprintf("needs %s, and %s is %s", c, c.Key, orNone(s.Get(c.Key)))})
			}
		}
	}
	if s.set["alpha"] != "" && s.set["queries"] != "" {
		errs = append(errs, &ParamError{"alpha", s.set["alpha"], "give the budget once, as alpha (times the unknowns) or as queries, not both"})
	}
	errs = append(errs, s.checkRemote()...)
	for _, need := range []string{"file", "points"} {
		if p, _ := Lookup(need); s.applies(p) && s.set[need] == "" {
			errs = append(errs, &ParamError{Key: need, Reason: fmt.Sprintf("is needed with data=%s", s.Get("data"))})
		}
	}
	return errs
}

func orNone(s string) string {
	if s == "" {
		return "not set"
	}
	return s
}

// String writes the condition as key=value|value, as key alone where any value
// does, or as no key.
func (c Cond) String() string {
	switch strings.Join(c.In, "|") {
	case "":
		return "no " + c.Key
	case Any:
		return c.Key
	}
	in := slices.DeleteFunc(slices.Clone(c.In), func(v string) bool { return v == "" })
	return c.Key + "=" + strings.Join(in, "|")
}

// holds tells whether a value is one that the condition names.
func (c Cond) holds(value string) bool {
	return slices.Contains(c.In, value) || value != "" && slices.Contains(c.In, Any)
}

// unmet returns the first condition that does not hold.
func (s Spec) unmet(conds []Cond) (Cond, bool) {
	for _, c := range conds {
		value := s.Get(c.Key)
		if p, _ := Lookup(c.Key); s.Remote() && local(p) {
			continue // nothing is known of the victim
		}
		if !c.holds(value) {
			return c, false
		}
	}
	return Cond{}, true
}

func (s Spec) applies(p Param) bool {
	if s.Remote() && local(p) {
		return false
	}
	_, ok := s.unmet(p.When)
	return ok
}

func (p Param) option(value string) Option {
	for _, o := range p.Choices {
		if o.Value == value {
			return o
		}
	}
	return Option{}
}

// Allowed says in words which values the parameter takes.
func (p Param) Allowed() string {
	switch p.Kind {
	case Choice:
		names := make([]string, len(p.Choices))
		for i, o := range p.Choices {
			names[i] = o.Value
		}
		return "one of " + strings.Join(names, " ")
	case Bool:
		return "yes or no"
	case Int:
		return fmt.Sprintf("a whole number from %s to %s", number(p.Min), number(p.Max))
	case Float:
		return fmt.Sprintf("a number from %s to %s", number(p.Min), number(p.Max))
	case Ints:
		return fmt.Sprintf("one to three whole numbers from %s to %s, joined by commas", number(p.Min), number(p.Max))
	}
	return "text"
}

// check validates a value by itself.
func (p Param) check(value string) error {
	if !p.takes(value) {
		return &ParamError{p.Key, value, "must be " + p.Allowed()}
	}
	return nil
}

func (p Param) takes(value string) bool {
	switch p.Kind {
	case Choice:
		return p.option(value).Value != ""
	case Bool:
		return value == "yes" || value == "no"
	case Int:
		return p.within(value)
	case Float:
		v, err := strconv.ParseFloat(value, 64)
		return err == nil && v >= p.Min && v <= p.Max
	case Ints:
		parts := strings.Split(value, ",")
		return len(parts) <= 3 && !slices.ContainsFunc(parts, func(part string) bool { return !p.within(part) })
	}
	return value != ""
}

// within reads a whole number in plain decimal digits.
func (p Param) within(value string) bool {
	v, err := strconv.ParseInt(value, 10, 64)
	return err == nil && float64(v) >= p.Min && float64(v) <= p.Max
}

func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e17 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// Get returns the value of a key: the setting, or its default beside the other
// settings. It is empty for a parameter that is off or does not apply.
func (s Spec) Get(key string) string {
	p, ok := Lookup(key)
	if !ok {
		panic("experiment: no key " + key)
	}
	if !s.applies(p) {
		return ""
	}
	if v, given := s.set[key]; given {
		return v
	}
	if key == "queries" && s.set["alpha"] != "" || key == "alpha" && s.set["queries"] != "" {
		return ""
	}
	for _, d := range p.Defaults {
		if d.When.holds(s.Get(d.When.Key)) {
			return d.Value
		}
	}
	return p.Default
}

// Int returns a whole number, 0 for a parameter that is off.
func (s Spec) Int(key string) int {
	v, _ := strconv.ParseInt(s.Get(key), 10, 64)
	return int(v)
}

// Float returns a number, 0 for a parameter that is off.
func (s Spec) Float(key string) float64 {
	v, _ := strconv.ParseFloat(s.Get(key), 64)
	return v
}

// Ints returns a list of whole numbers.
func (s Spec) Ints(key string) []int {
	var out []int
	for part := range strings.SplitSeq(s.Get(key), ",") {
		if v, err := strconv.Atoi(part); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// Bool returns whether a parameter is yes.
func (s Spec) Bool(key string) bool { return s.Get(key) == "yes" }

// Settings lists the settings in the order of the table, as key=value, secrets
// among them.
func (s Spec) Settings() []string {
	var out []string
	for _, p := range Params {
		if v, given := s.set[p.Key]; given {
			out = append(out, p.Key+"="+v)
		}
	}
	return out
}

// Link writes the settings as the fragment of a link, without its #.
func (s Spec) Link() string {
	parts := []string{"v=" + LinkVersion}
	for _, setting := range s.Public() {
		key, value, _ := strings.Cut(setting, "=")
		parts = append(parts, key+"="+escape(value))
	}
	return strings.Join(parts, "&")
}

// LinkFrom is Link with the version of the program that writes it, unless that is
// empty.
func (s Spec) LinkFrom(program string) string {
	if program == "" {
		return s.Link()
	}
	return s.Link() + "&e=" + escape(program)
}

// String writes the settings as on the command line, without secrets.
func (s Spec) String() string { return strings.Join(s.Public(), " ") }

// Public are the settings without secrets, as key=value.
func (s Spec) Public() []string {
	return slices.DeleteFunc(s.Settings(), func(setting string) bool {
		key, _, _ := strings.Cut(setting, "=")
		p, _ := Lookup(key)
		return p.Secret
	})
}

// With returns the Spec with one more setting; an empty value takes the
// setting away.
func (s Spec) With(key, value string) (Spec, error) {
	var settings []string
	for _, old := range s.Settings() {
		if !strings.HasPrefix(old, key+"=") {
			settings = append(settings, old)
		}
	}
	if value != "" {
		settings = append(settings, key+"="+value)
	}
	return Parse(settings)
}

// part is all that determines the given sections, for telling whether two Specs
// share a data set or a victim.
func (s Spec) part(sections ...string) string {
	var b strings.Builder
	for _, p := range Params {
		if slices.Contains(sections, p.Section) {
			b.WriteString(p.Key + "=" + s.Get(p.Key) + "\n")
		}
	}
	return b.String()
}
