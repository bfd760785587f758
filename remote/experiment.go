package remote

import (
	"modelheist/core/experiment"
	"modelheist/core/modelfile"
)

// PublicationOf is the victim of an experiment with its oracle, open to nobody
// yet and no challenge. Fresh noise can't be published: a request that is sent
// again has to get the same answer.
func PublicationOf(e *experiment.Experiment) (*Publication, error) {
	p := &Publication{
		File:   modelfile.File{Model: e.Victim, Domain: e.Set.Domain, Classes: e.Set.ClassNames},
		Oracle: e.Settings(),
	}
	if p.Oracle.Noise.Sigma != 0 && !p.Oracle.Noise.Fixed {
		return nil, &experiment.ParamError{Key: "noise-kind", Value: "fresh", Reason: "a server gives a request that is sent again the same answer; publish with noise-kind=fixed"}
	}
	return p, nil
}
