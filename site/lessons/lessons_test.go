// Package lessons checks the lessons' files against what the program knows.
package lessons

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"modelheist/core/experiment"
	"modelheist/site/data"
)

type step struct {
	Text      []string
	Set       map[string]string
	Highlight string
	Wait      string
	After     []string
	Predict   *struct {
		Question string
		Options  []string
	}
	Hint, Name string
}

type lesson struct {
	Lesson       int
	Title, About string
	Minutes      int
	Steps        []step
}

func read(t *testing.T) map[string]lesson {
	t.Helper()
	files, err := filepath.Glob("l*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d lessons, %v", len(files), err)
	}
	out := map[string]lesson{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.DisallowUnknownFields()
		var l lesson
		if err := d.Decode(&l); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out[strings.TrimSuffix(file, ".json")] = l
	}
	return out
}

// spec is the experiment of a step's settings; the table must take all of them.
func spec(t *testing.T, set map[string]string) experiment.Spec {
	t.Helper()
	var args []string
	for key, value := range set {
		args = append(args, key+"="+value)
	}
	slices.Sort(args)
	s, err := experiment.Parse(args)
	if err != nil {
		t.Errorf("%v: %v", args, err)
	}
	return s
}

var placeholder = regexp.MustCompile(`\{([^}]*)\}`)

// parts reads what the page can point at from its own script.
func parts(t *testing.T) []string {
	t.Helper()
	script, err := os.ReadFile("../parts.js")
	if err != nil {
		t.Fatal(err)
	}
	_, list, found := strings.Cut(string(script), "const PARTS =")
	list, _, closed := strings.Cut(list, "});")
	if !found || !closed {
		t.Fatal("parts.js has no PARTS")
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^\t"?([\w-]+)"?: "`).FindAllStringSubmatch(list, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestLessonsSayWhatThePageKnows(t *testing.T) {
	t.Parallel()
	known := parts(t)
	for _, p := range experiment.Params {
		known = append(known, p.Key)
	}
	values := []string{"queries", "budget", "k", "agreement", "error", "tv", "parameters"}
	for name, l := range read(t) {
		if l.Lesson != 1 || l.Title == "" || l.About == "" || l.Minutes < 1 || l.Minutes > 6 || len(l.Steps) < 5 || len(l.Steps) > 8 {
			t.Errorf("%s: version %d, %q, %d minutes, %d steps", name, l.Lesson, l.Title, l.Minutes, len(l.Steps))
		}
		if l.Steps[0].Set == nil {
			t.Errorf("%s: the first step sets no experiment", name)
		}
		named := slices.Clone(values)
		for i, s := range l.Steps {
			if s.Set != nil {
				spec(t, s.Set)
			}
			if s.Highlight != "" && !slices.Contains(known, s.Highlight) {
				t.Errorf("%s, step %d: nothing is called %q", name, i+1, s.Highlight)
			}
			if !slices.Contains([]string{"", "query", "round", "end", "change"}, s.Wait) || (s.Wait == "") != (len(s.After) == 0) {
				t.Errorf("%s, step %d: wait %q, %d paragraphs after it", name, i+1, s.Wait, len(s.After))
			}
			if len(s.Text) == 0 || s.Predict != nil && (s.Predict.Question == "" || len(s.Predict.Options) < 2) {
				t.Errorf("%s, step %d: no text, or a guess without options", name, i+1)
			}
			said := append(slices.Clone(s.Text), s.After...)
			if s.Predict != nil {
				said = append(said, s.Predict.Question)
			}
			for _, m := range placeholder.FindAllStringSubmatch(strings.Join(said, " "), -1) {
				if !slices.Contains(named, m[1]) {
					t.Errorf("%s, step %d: no value is called {%s} here", name, i+1, m[1])
				}
			}
			if s.Name != "" {
				named = append(named, s.Name+".queries", s.Name+".agreement", s.Name+".error")
			}
		}
	}
}

// TestEveryExperimentOfALessonRuns runs each of them to its end: none may fail,
// exceed its budget, or leave a thief without a copy.
func TestEveryExperimentOfALessonRuns(t *testing.T) {
	t.Parallel()
	env := experiment.Env{Open: data.Open, LastOnly: true}
	seen := map[string]bool{}
	for name, l := range read(t) {
		for i, s := range l.Steps {
			if s.Set == nil {
				continue
			}
			sp := spec(t, s.Set)
			if link := sp.Link(); seen[link] {
				continue
			} else {
				seen[link] = true
			}
			e, err := experiment.Prepare(sp, env, nil)
			if err != nil {
				t.Errorf("%s, step %d: %v", name, i+1, err)
				continue
			}
			var last experiment.Event
			for event, err := range e.Run(env) {
				if err != nil {
					t.Fatalf("%s, step %d: %v", name, i+1, err)
				}
				last = event
			}
			if last.Measures == nil || last.Queries > e.Budget {
				t.Errorf("%s, step %d: %d of %d queries, measures %v", name, i+1, last.Queries, e.Budget, last.Measures)
			}
		}
	}
}
