//go:build lean

package experiment

// bring is the full build's.
func (e *Experiment) bring(Env, *Experiment) error {
	return &LeanError{"victim-file", e.Spec.Get("victim-file")}
}
