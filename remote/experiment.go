package remote

import (
	"modelheist/core/experiment"
	"modelheist/core/modelfile"
)

// PublicationOf is the victim of an experiment with its oracle, open to nobody
// yet and no challenge.
func PublicationOf(e *experiment.Experiment) (*Publication, error) {
	settings, err := e.Published()
	if err != nil {
		return nil, err
	}
	return &Publication{
		File:   modelfile.File{Model: e.Victim, Domain: e.Set.Domain, Classes: e.Set.ClassNames},
		Oracle: settings,
	}, nil
}
