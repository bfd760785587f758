package main

import "testing"

func TestPagesShareTheirParts(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{
		"parts/nav.html": []byte("<a href=\"./\">A</a><a href=\"b.html\">B</a>\n"),
		"index.html":     []byte("<!-- part: nav --><p><!-- a comment --><!-- part: nav -->"),
		"b.html":         []byte("<!-- part: nav -->"),
		"app.js":         []byte("// <!-- part: nav -->"),
	}
	if err := insert(files); err != nil {
		t.Fatal(err)
	}
	const inA = `<a href="./" aria-current="page">A</a><a href="b.html">B</a>`
	for name, want := range map[string]string{
		"index.html": inA + "<p><!-- a comment -->" + inA,
		"b.html":     `<a href="./">A</a><a href="b.html" aria-current="page">B</a>`,
		"app.js":     "// <!-- part: nav -->",
	} {
		if got := string(files[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if _, still := files["parts/nav.html"]; still {
		t.Error("the part is a page of its own")
	}
	if err := insert(map[string][]byte{"a.html": []byte("<!-- part: foot -->")}); err == nil {
		t.Error("a part that is missing is not missed")
	}
}
