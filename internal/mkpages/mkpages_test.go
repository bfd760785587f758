package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"modelheist/core/attack"
	"modelheist/core/experiment"
)

func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil { // where the build runs it
		panic(err)
	}
	os.Exit(m.Run())
}

// TestThePagesSayAllThatTheTableHas writes the parts, without the pictures.
func TestThePagesSayAllThatTheTableHas(t *testing.T) {
	w := &writer{out: t.TempDir()}
	for _, part := range []func(*writer) error{lessons, gallery, reference} {
		if err := part(w); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(w.out, "parts", "reference.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, p := range experiment.Params {
		if !strings.Contains(page, `id="key-`+p.Key+`"`) {
			t.Errorf("no entry for %s", p.Key)
		}
	}
	for _, name := range attack.Names {
		_, entry, _ := strings.Cut(page, `id="key-attack-`+name+`"`)
		entry, _, _ = strings.Cut(entry, "</li>")
		for _, want := range []string{"Cost:", "Needs", "Source:"} {
			if !strings.Contains(entry, want) {
				t.Errorf("the entry for %s does not say %s", name, want)
			}
		}
	}
	if got := strings.Count(page, "<script"); got > 0 {
		t.Errorf("%d scripts in the reference", got)
	}
}

func TestVictimsAnswersAndAttacksHaveAPicture(t *testing.T) {
	for _, key := range []string{"victim", "answers", "attack"} {
		p, _ := experiment.Lookup(key)
		for _, o := range p.Choices {
			if _, shown := shows[key+"="+o.Value]; !shown {
				t.Errorf("no experiment shows %s=%s", key, o.Value)
			}
		}
	}
	for what, set := range shows {
		spec, err := experiment.Parse(strings.Fields(set))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		key, value, is := strings.Cut(what, "=")
		if p, known := experiment.Lookup(key); !known || is && spec.Get(key) != value || !is && spec.Get(p.Key) == "" {
			t.Errorf("%s is not what %q shows", what, set)
		}
	}
}

func TestAPictureIsDrawnLightAndDark(t *testing.T) {
	w := &writer{out: t.TempDir()}
	w.add(picture{name: "one", set: []string{"victim=logistic", "n=40", "queries=20"}}, "<one>")
	if err := w.draw(); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, theme := range []string{"light", "dark"} {
		text, err := os.ReadFile(filepath.Join(w.out, "pictures", "one-"+theme+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(text))
	}
	if slices.Max(sizes) > 25_000 || slices.Min(sizes) < 1000 {
		t.Errorf("pictures of %v bytes", sizes)
	}
}
