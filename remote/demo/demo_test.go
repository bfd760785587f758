package demo

import (
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"modelheist/core/experiment"
	"modelheist/core/metric"
	"modelheist/remote"
	"modelheist/site/data"
)

var update = flag.Bool("update", false, "write the victims' files")

func TestDemosAreWhatTheirSpecsTrain(t *testing.T) {
	t.Parallel()
	all := All()
	for _, d := range Demos {
		spec, err := experiment.Parse(strings.Fields(d.Spec))
		if err != nil {
			t.Fatal(err)
		}
		e, err := experiment.Prepare(spec, experiment.Env{Open: data.Open}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := remote.PublicationOf(e)
		if err != nil {
			t.Fatal(err)
		}
		p.Title, p.Open, p.Limits = d.Title, true, Open
		if *update {
			text, err := p.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(d.Name+".json", append(text, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		published, err := remote.DecodePublication(all[d.Name])
		if err != nil {
			t.Errorf("%s: %v", d.Name, err)
			continue
		}
		// Other machines train to other last digits, not to other answers.
		if a, b := metric.Accuracy(published.Model, e.Test), metric.Accuracy(e.Victim, e.Test); math.Abs(a-b) > 0.01 {
			t.Errorf("%s: the file and the training differ; go test ./remote/demo -update", d.Name)
		}
		if got := published.Limits; got != Open || !published.Open || published.Title != d.Title || published.Oracle != p.Oracle {
			t.Errorf("%s: %+v", d.Name, published)
		}
	}
	if !*update && len(all) != len(Demos) {
		t.Errorf("%d files for %d demos", len(all), len(Demos))
	}
}
