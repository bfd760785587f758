package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"

	"modelheist/core/dataset"
)

// most is what a recording may weigh on its way.
const most = 20_000

func TestARecordingIsTheRunItself(t *testing.T) {
	t.Parallel()
	var recorded, lines bytes.Buffer
	if err := record(t.Context(), nil, &recorded, nil); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), []string{"--json"}, &lines, nil); err != nil {
		t.Fatal(err)
	}
	var r recording
	if err := json.Unmarshal(recorded.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	round := 0
	for line := range strings.Lines(lines.String()) {
		var l struct {
			Kind    string
			Queries int
			RUnif   float64 `json:"r_unif"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Kind != "round" {
			continue
		}
		if got := r.Rounds[round]; got.Queries != l.Queries || got.Agreement != 1-l.RUnif {
			t.Errorf("round %d: %d queries, agreement %g; the run has %d, %g", round+1, got.Queries, got.Agreement, l.Queries, 1-l.RUnif)
		}
		round++
	}
	asked, err := dataset.UnpackPoints(r.Queries)
	if err != nil || len(asked) != r.Budget || round != len(r.Rounds) {
		t.Errorf("%d queries of %d, %d rounds of %d: %v", len(asked), r.Budget, len(r.Rounds), round, err)
	}
	for _, m := range append([]recordedModel{r.Victim}, r.Rounds[len(r.Rounds)-1].recordedModel) {
		if len(m.Field) != r.Side*r.Side || len(m.Lines) == 0 {
			t.Errorf("a picture of %d pixels and %d lines", len(m.Field), len(m.Lines))
		}
	}
}

func TestARecordingIsLight(t *testing.T) {
	t.Parallel()
	var recorded, packed bytes.Buffer
	if err := record(t.Context(), nil, &recorded, nil); err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(&packed)
	w.Write(recorded.Bytes())
	w.Close()
	if packed.Len() > most {
		t.Errorf("%d bytes of gzip, allowed %d", packed.Len(), most)
	}
}

func TestOnlyWhatThePageShowsIsRecorded(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"data=iris"}, {"data=nowhere"}} {
		if err := record(t.Context(), args, &bytes.Buffer{}, nil); exitCode(err, &bytes.Buffer{}) != 2 {
			t.Errorf("%v: %v", args, err)
		}
	}
}
