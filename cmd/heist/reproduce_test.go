package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"modelheist/core/paper"
)

// reproduced runs heist reproduce and returns what it prints.
func reproduced(t *testing.T, args string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := dispatch(t.Context(), append([]string{"reproduce"}, strings.Fields(args)...), &stdout, &stderr); code != 0 {
		t.Fatalf("heist reproduce %s: exit code %d: %s", args, code, stderr.String())
	}
	return stdout.String()
}

const softmaxOnIris = "table4 victim=softmax alpha=1 data=iris --seeds 2 "

func TestAReproductionIsPrintedBesideThePaper(t *testing.T) {
	t.Parallel()
	got := strings.Join(strings.Fields(reproduced(t, softmaxOnIris)), " ")
	for _, want := range []string{"Softmax, 1 paper 530 100.00 100.00 – –", "ours, mean", "worst"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
}

// reproduction is what the tests read of the JSON form.
type reproduction struct {
	Name    string
	Seeds   int
	Columns []struct{ Name, Kind string }
	Rows    []struct {
		Group              string
		X                  *float64
		Paper, Mean, Worst []*float64
	}
	Runs []struct{ Queries int }
}

func TestTheJSONOfAReproductionHasARunForEachSeed(t *testing.T) {
	t.Parallel()
	text := reproduced(t, softmaxOnIris+"--json")
	var got reproduction
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "table4" || got.Seeds != 2 || len(got.Columns) != 5 || len(got.Rows) != 1 || len(got.Runs) != 2 {
		t.Fatalf("%s", text)
	}
	row := got.Rows[0]
	if *row.X != 1 || *row.Paper[0] != 530 || row.Paper[3] != nil || *row.Worst[1] != 100 || *row.Mean[0] != float64(got.Runs[0].Queries+got.Runs[1].Queries)/2 {
		t.Errorf("%s", text)
	}
	if again := reproduced(t, softmaxOnIris+"--json"); again != text {
		t.Error("the same command prints something else")
	}
}

func TestTheCSVOfAReproductionHasALineForEachRun(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(reproduced(t, softmaxOnIris+"--csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[1][0] != "Softmax" || rows[2][3] != "2" {
		t.Errorf("%q", rows)
	}
}

func TestTheRunningMinimumNeverRises(t *testing.T) {
	t.Parallel()
	var got reproduction
	if err := json.Unmarshal([]byte(reproduced(t, "fig4 attack=uniform data=moons --seeds=1 --running-minimum --json")), &got); err != nil {
		t.Fatal(err)
	}
	last := 1.0
	for _, row := range got.Rows {
		v := *row.Mean[1]
		if v > last || (*row.X < 1.5 && v != 1) {
			t.Errorf("R_unif %v after %v at %v", v, last, *row.X)
		}
		last = v
	}
	if last > 0.05 {
		t.Errorf("R_unif %v in the end", last)
	}
}

func TestReproduceListsWhatThereIs(t *testing.T) {
	t.Parallel()
	var all []reproduction
	if err := json.Unmarshal([]byte(reproduced(t, "--json")), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != len(paper.Reproductions) {
		t.Errorf("%d reproductions", len(all))
	}
	for _, r := range all {
		if len(r.Rows) == 0 || len(r.Runs) > 0 || r.Rows[0].Mean[0] != nil {
			t.Errorf("%s: %+v", r.Name, r)
		}
	}
	got := reproduced(t, "")
	for _, name := range []string{"fig2", "inversion", "families", "table4", "table6", "table7", "fig4", "fig5", "fig6", "fig7", "improper"} {
		if !strings.Contains(got, name) {
			t.Errorf("no %s in %q", name, got)
		}
	}
}

func TestReproduceRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"fig1", "fig4 fig5", "fig4 --seeds", "fig4 --seeds 0", "fig4 --fast", "fig4 --json --csv", "inversion --json --pictures", "fig4 --pictures", "fig4 alpha=3", "table6 n=20", "table4 file=none.csv label=race alpha=1"} {
		var stderr bytes.Buffer
		if code := dispatch(t.Context(), append([]string{"reproduce"}, strings.Fields(args)...), io.Discard, &stderr); code != 2 {
			t.Errorf("heist reproduce %s: exit code %d: %s", args, code, stderr.String())
		}
	}
}

func TestInversionShowsItsPictures(t *testing.T) {
	t.Parallel()
	text := reproduced(t, "inversion --pictures")
	for _, want := range []string{"800000", "log-ratios: black-box, above from the copy, above mean of the class", "@@"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}
