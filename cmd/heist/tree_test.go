package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestAStolenTreeIsPrintedLeafByLeaf(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := dispatch(t.Context(), []string{"run", "n=60", "victim=tree", "partial=yes", "--json"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	claims, missing, unknowns := 0, 0, 0
	for line := range bytes.Lines(stdout.Bytes()) {
		var ev struct {
			Kind     string
			X        [][]*float64
			Bounds   []struct{ Feature int }
			Values   json.RawMessage
			Unknowns int
		}
		if err := json.Unmarshal(line, &ev); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		switch ev.Kind {
		case "claim":
			claims++
			if len(ev.Bounds) == 0 || len(ev.Values) == 0 {
				t.Errorf("an empty claim: %s", line)
			}
		case "query":
			for _, x := range ev.X {
				for _, v := range x {
					if v == nil {
						missing++
					}
				}
			}
		case "end":
			unknowns = ev.Unknowns
		}
	}
	if claims == 0 || missing == 0 || 2*claims-1 != unknowns {
		t.Errorf("%d leaves and %d missing values of a tree with %d nodes", claims, missing, unknowns)
	}
}
