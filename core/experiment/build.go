package experiment

import "fmt"

// LeanError reports a setting that this build lacks and a full one has. The
// build tag lean makes the engine that the page loads first.
type LeanError struct{ Key, Value string }

func (e *LeanError) Error() string {
	return fmt.Sprintf("%s=%s: this small engine does not have it; the full one does", e.Key, shorten(e.Value))
}

// within says what of the Spec a lean build lacks; a full one lacks nothing.
func (s Spec) within(lean bool) error {
	if !lean {
		return nil
	}
	for _, p := range Params {
		if v := s.Get(p.Key); p.full(v) {
			return &LeanError{p.Key, v}
		}
	}
	return nil
}

// full tells whether only a full build can do the value.
func (p Param) full(value string) bool {
	return p.Full && value != p.Default && value != "" || p.option(value).Full
}
