package oracle

import (
	"strconv"

	"modelheist/core/jsontext"
)

// Append writes the settings as a publication has them, without the budget: only
// what is on.
func (s Settings) Append(dst []byte) []byte {
	w := jsontext.Begin(dst)
	w.Text("answers", string(s.Answers))
	if s.Round != 0 {
		w.Int("round", s.Round)
	}
	if s.Noise.Sigma != 0 {
		w.Float("noise", s.Noise.Sigma)
		w.Text("noise_seed", string(strconv.AppendUint(nil, s.Noise.Seed, 16)))
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"box", s.Box}, {"partial", s.Partial}, {"fields", s.Fields}} {
		if f.on {
			w.Bool(f.name, true)
		}
	}
	return w.End()
}
