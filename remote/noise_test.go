package remote_test

import (
	"strings"
	"testing"

	"modelheist/core/experiment"
	"modelheist/remote"
)

func TestFixedNoiseIsPublishedAndFreshNoiseIsNot(t *testing.T) {
	t.Parallel()
	for kind, says := range map[string]string{"fixed": "", "fresh": "publish with noise-kind=fixed"} {
		spec, err := experiment.Parse([]string{"n=60", "victim=logistic", "answers=probabilities", "answer-noise=0.125", "noise-kind=" + kind})
		if err != nil {
			t.Fatal(err)
		}
		e, err := experiment.Prepare(spec, experiment.Env{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := remote.PublicationOf(e)
		if says != "" {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want %q", kind, err, says)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := p.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := remote.DecodePublication(text)
		if err != nil || again.Oracle != p.Oracle || p.Oracle.Noise.Sigma != 0.125 || p.Oracle.Noise.Seed == 0 {
			t.Errorf("%v became %v, %v", p.Oracle, again, err)
		}
	}
}
