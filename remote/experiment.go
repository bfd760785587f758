package remote

import (
	"modelheist/core/experiment"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
)

// PublicationOf is the victim of an experiment with its oracle, open to nobody
// yet and no challenge.
func PublicationOf(e *experiment.Experiment) *Publication {
	s := e.Spec
	return &Publication{
		File: modelfile.File{Model: e.Victim, Domain: e.Set.Domain, Classes: e.Set.ClassNames},
		Oracle: oracle.Settings{
			Answers: oracle.Kind(s.Get("answers")), Round: s.Int("round"),
			Box: s.Bool("box"), Partial: s.Bool("partial"), Fields: s.Bool("fields"),
		},
	}
}
