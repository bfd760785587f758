package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func heist(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = dispatch(context.Background(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestRunPrintsOneEventALine(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := heist("run", "--json", "data=moons", "victim=mlp", "hidden=4", "answers=probabilities", "attack=equations", "alpha=2", "n=100")
	if code != 0 || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var kinds []string
	var last map[string]any
	for line := range strings.Lines(stdout) {
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		kinds = append(kinds, last["kind"].(string))
	}
	if kinds[0] != "start" || kinds[1] != "query" || kinds[2] != "round" {
		t.Errorf("events %v", kinds)
	}
	for _, key := range []string{"status", "queries", "unknowns", "r_test", "r_unif", "tv_test", "tv_unif", "param_error"} {
		if _, ok := last[key]; !ok {
			t.Errorf("the last line lacks %q: %v", key, last)
		}
	}
	if last["kind"] != "end" || last["unknowns"] != 22.0 || last["queries"].(float64) > 44 {
		t.Errorf("end %v", last)
	}
}

func TestWhatHasNoMeaningIsNull(t *testing.T) {
	t.Parallel()
	_, stdout, _ := heist("run", "--json", "n=60", "queries=20")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var end map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil {
		t.Fatal(err)
	}
	if end["tv_test"] != nil || end["param_error"] != nil || end["r_unif"] == nil {
		t.Errorf("an SVM has no probabilities and no parameters to compare: %v", end)
	}
}

func TestABadArgumentExitsWith2AndOneClearLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ragged := filepath.Join(dir, "ragged.csv")
	if err := os.WriteFile(ragged, []byte("a,b,c\n1,2,x\n3,4\n5,6,y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"run", "noise=9"}, "noise=9: must be a number from 0 to 1"},
		{[]string{"run", "alpha=1", "queries=2"}, "not both"},
		{[]string{"run", "--fast"}, "no option"},
		{[]string{"run", "data=csv", "file=" + filepath.Join(dir, "none.csv")}, "no such file"},
		{[]string{"run", "data=csv", "file=" + ragged}, "line 3"},
		{[]string{"run", "data=blobs", "victim=logistic"}, "takes two classes"},
		{[]string{"sweep", "seed=3"}, "seeds are counted"},
		{[]string{"sweep", "--seeds=0"}, "from 1 to 1000"},
		{[]string{"sweep", "--first-seed=-1"}, "from 0 to 1000000000"},
		{[]string{"sweep", "n=50", "n=10"}, "n=10"},
		{[]string{"params", "--yaml"}, "--json"},
		{[]string{"steal"}, "unknown command"},
	} {
		code, stdout, stderr := heist(c.args...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.says) {
			t.Errorf("%v: exit %d, %q, %q; want 2 and %q", c.args, code, stdout, stderr, c.says)
		}
	}
}

func TestRunStealsACSVFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fruit.csv")
	var text strings.Builder
	text.WriteString("colour;weight;fruit\n")
	for i := range 30 {
		text.WriteString([]string{"red;", "green;"}[i%2] + []string{"100", "130", "180"}[i%3] + ";" + []string{"apple\n", "pear\n"}[i%2])
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := heist("run", "data=csv", "file="+file, "label=fruit", "victim=logistic", "answers=probabilities", "alpha=1")
	if code != 0 || !strings.Contains(stdout, "R_unif 0") || !strings.Contains(stderr, "3 features, 2 classes") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

func TestSweepPrintsMeanAndWorstOverSeeds(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := heist("sweep", "--csv", "--seeds=2", "n=60", "victim=logistic", "answers=probabilities", "alpha=1", "data=moons", "data=circles")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if code != 0 || len(lines) != 3 {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if !strings.HasPrefix(lines[0], "data,queries,R_test,R_test_worst,") || !strings.HasPrefix(lines[1], "moons,3,0,0,0,0,") || !strings.HasPrefix(lines[2], "circles,3,") {
		t.Errorf("table\n%s", stdout)
	}
}

func TestParamsPrintsTheTable(t *testing.T) {
	t.Parallel()
	_, text, _ := heist("params")
	_, table, _ := heist("params", "--json")
	var parsed struct {
		Params []struct{ Key, Kind, Help string }
	}
	if err := json.Unmarshal([]byte(table), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, p := range parsed.Params {
		if !strings.Contains(text, p.Key) || !strings.Contains(text, p.Help) {
			t.Errorf("heist params leaves out %s", p.Key)
		}
	}
	if len(parsed.Params) < 20 {
		t.Errorf("%d parameters", len(parsed.Params))
	}
}
