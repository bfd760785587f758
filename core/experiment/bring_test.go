//go:build !lean

package experiment

import (
	"errors"
	"os"
	"strings"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/model"
	"modelheist/core/modelfile"
	"modelheist/core/onnx"
)

// files is an Env with files by name.
func files(of map[string][]byte) Env {
	return Env{Open: func(name string) ([]byte, error) {
		if of[name] == nil {
			return nil, os.ErrNotExist
		}
		return of[name], nil
	}}
}

// trainedHere is a victim with the texts of its files.
func trainedHere(t *testing.T, settings string) (*Experiment, map[string][]byte) {
	t.Helper()
	e, err := Prepare(parse(t, settings), Env{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := modelfile.File{Model: e.Victim, Domain: e.Set.Domain, Classes: e.Set.ClassNames}
	text, err := modelfile.Append(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := onnx.Append(nil, f, "")
	if err != nil {
		t.Fatal(err)
	}
	return e, map[string][]byte{"m.json": text, "m.onnx": binary}
}

// outcome is the end of a theft.
func outcome(t *testing.T, e *Experiment) Event {
	t.Helper()
	var last Event
	for event, err := range e.Run(Env{}) {
		if err != nil {
			t.Fatal(err)
		}
		last = event
	}
	if last.Kind != attack.Ended || last.Measures == nil {
		t.Fatalf("ended with %+v", last)
	}
	return last
}

func TestAVictimFromAFileIsStolenAsTheOneThatWasTrained(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ trained, brought string }{
		{"n=80 victim=mlp hidden=4 answers=probabilities attack=equations alpha=2", "n=80 victim=mlp answers=probabilities attack=equations alpha=2"},
		{"n=80 victim=svm queries=40", "n=80 victim=svm queries=40"},
		{"n=80 victim=tree answers=top1 queries=300", "n=80 victim=tree answers=top1 queries=300"},
		{"n=80 victim=softmax data=blobs answers=probabilities alpha=2", "n=80 victim=softmax data=blobs answers=probabilities alpha=2"},
		{"n=80 victim=klr representers=3 answers=labels attack=uniform queries=20", "n=80 victim=klr answers=labels attack=uniform queries=20"},
	} {
		e, texts := trainedHere(t, c.trained)
		want := outcome(t, e)
		for name := range texts {
			again, err := Prepare(parse(t, c.brought+" victim-file="+name), files(texts), nil)
			if err != nil {
				t.Errorf("%s: %v", c.brought, err)
				continue
			}
			got := outcome(t, again)
			if got.Queries != want.Queries || got.Measures.RUnif != want.Measures.RUnif || again.Unknowns != e.Unknowns {
				t.Errorf("%s, %s: %d queries, R_unif %v of k = %d; must be %d, %v, %d", c.brought, name,
					got.Queries, got.Measures.RUnif, again.Unknowns, want.Queries, want.Measures.RUnif, e.Unknowns)
			}
		}
	}
}

func TestAFileThatDoesNotFitIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	_, texts := trainedHere(t, "n=80 victim=mlp hidden=4")
	boxes, err := model.NewBoxes(2, []float64{2, 2}, []model.Box{{Values: []float64{1, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	e, _ := trainedHere(t, "n=80 victim=mlp hidden=4")
	if texts["boxes.json"], err = modelfile.Append(nil, modelfile.File{Model: boxes, Domain: e.Set.Domain, Classes: e.Set.ClassNames}); err != nil {
		t.Fatal(err)
	}
	texts["broken.json"] = []byte(`{"modelheist":1}`)
	texts["raw.json"] = []byte(strings.Replace(string(texts["m.json"]), `"low":-1,"high":1`, `"low":4.3,"high":7.9`, 1))
	for settings, want := range map[string]string{
		"n=80 victim=softmax victim-file=m.json":              "write victim=mlp",
		"n=80 victim=mlp victim-file=lost.json":               "victim-file=lost.json: file does not exist",
		"n=80 victim=mlp victim-file=broken.json":             "model.family is missing",
		"n=80 victim=mlp victim-file=boxes.json":              `family "boxes"`,
		"data=five-class n=100 victim=mlp victim-file=m.json": "takes 2 inputs",
		"data=blobs n=80 victim=mlp victim-file=m.onnx":       "tells 2 classes apart",
		"n=80 victim=mlp victim-file=raw.json":                "ranges over 4.3..7.9",
	} {
		_, err := Prepare(parse(t, settings), files(texts), nil)
		var param *ParamError
		if err == nil || !errors.As(err, &param) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, must say %q", settings, err, want)
		}
	}
	if _, err := Parse([]string{"victim=mlp", "hidden=8", "victim-file=m.json"}); err == nil || !strings.Contains(err.Error(), "hidden=8: has no effect here") {
		t.Errorf("got %v", err)
	}
}
