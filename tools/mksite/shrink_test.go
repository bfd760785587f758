package main

import (
	"strings"
	"testing"
)

func TestShrinkingKeepsTheMeaningAndTheCopyright(t *testing.T) {
	files := map[string][]byte{
		"a.css":     []byte("/* why */\na {\n\tcolor: light-dark(red, blue);\n}\n"),
		"go.js":     []byte("// Copyright 2018 The Go Authors.\n// BSD.\n\n// why\nlet a = 1;\n"),
		"data.json": []byte("{ }"),
	}
	if err := shrink(files); err != nil {
		t.Fatal(err)
	}
	if css := string(files["a.css"]); strings.Contains(css, "why") || !strings.Contains(css, "light-dark(red,blue)") {
		t.Errorf("css %q", css)
	}
	if js := string(files["go.js"]); !strings.HasPrefix(js, "// Copyright 2018 The Go Authors.\n// BSD.\n") || strings.Contains(js, "why") || !strings.Contains(js, "let a=1") {
		t.Errorf("js %q", js)
	}
	if json := string(files["data.json"]); json != "{ }" {
		t.Errorf("json %q", json)
	}
}

func TestABrokenScriptIsNamed(t *testing.T) {
	err := shrink(map[string][]byte{"broken.js": []byte("let = = 3")})
	if err == nil || !strings.Contains(err.Error(), "broken.js") {
		t.Errorf("error %v", err)
	}
}
