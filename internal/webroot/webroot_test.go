package webroot

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var root = fstest.MapFS{
	"index.html":                  {Data: []byte("<!doctype html>")},
	"lessons/index.html":          {Data: []byte("lessons")},
	"app.js":                      {Data: []byte("plain")},
	"app.js.br":                   {Data: []byte("brotli")},
	"app.js.gz":                   {Data: []byte("gzip")},
	"engine.0123456789ab.wasm":    {Data: []byte("\x00asm")},
	"engine.0123456789ab.wasm.gz": {Data: []byte("gz")},
	"data/digits.csv.gz":          {Data: []byte("packed")},
}

// get asks for a path, with pairs of header names and values.
func get(target string, header ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler(root).ServeHTTP(w, r)
	return w.Result()
}

func TestFilesHaveTheRightTypeFormAndCaching(t *testing.T) {
	t.Parallel()
	const forever, ask = "public, max-age=31536000, immutable", "no-cache"
	for _, c := range []struct {
		name, path, accept             string
		status                         int
		contentType, encoding, caching string
	}{
		{"a folder is its index", "/", "", 200, "text/html; charset=utf-8", "", ask},
		{"so is one below", "/lessons/", "", 200, "text/html; charset=utf-8", "", ask},
		{"a folder without slash is nothing", "/lessons", "", 404, "", "", ""},
		{"brotli is preferred", "/app.js", "gzip, deflate, br", 200, "text/javascript; charset=utf-8", "br", ask},
		{"gzip is sent alone", "/app.js", "gzip", 200, "text/javascript; charset=utf-8", "gzip", ask},
		{"a refused encoding is not sent", "/app.js", "br;q=0, gzip;q=0.5", 200, "text/javascript; charset=utf-8", "gzip", ask},
		{"no encoding is sent unasked", "/app.js", "", 200, "text/javascript; charset=utf-8", "", ask},
		{"wasm has its type and is kept", "/engine.0123456789ab.wasm", "br", 200, "application/wasm", "", forever},
		{"a packed file stays packed", "/data/digits.csv.gz", "gzip", 200, "application/gzip", "", ask},
		{"a missing file is missing", "/nope", "", 404, "", "", ""},
		{"no path leads out", "/../../etc/passwd", "", 404, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := get(c.path, "Accept-Encoding", c.accept)
			if got.StatusCode != c.status {
				t.Fatalf("status %d, want %d", got.StatusCode, c.status)
			}
			if got.Header.Get("Content-Security-Policy") != Policy {
				t.Error("no content security policy")
			}
			if c.status != 200 {
				return
			}
			for header, want := range map[string]string{
				"Content-Type": c.contentType, "Content-Encoding": c.encoding, "Cache-Control": c.caching,
			} {
				if value := got.Header.Get(header); value != want {
					t.Errorf("%s: %q, want %q", header, value, want)
				}
			}
		})
	}
}

func TestAnUnchangedFileIsNotSentAgain(t *testing.T) {
	t.Parallel()
	etag := get("/app.js").Header.Get("ETag")
	if got := get("/app.js", "If-None-Match", etag).StatusCode; got != http.StatusNotModified {
		t.Errorf("the same form again: status %d, want 304", got)
	}
	if got := get("/app.js", "If-None-Match", etag, "Accept-Encoding", "br").StatusCode; got != http.StatusOK {
		t.Errorf("another form: status %d, want 200", got)
	}
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	Handler(root).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/app.js", strings.NewReader("x")))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestADeployToCloudflareHasTheSameHeaders(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	want.WriteString("/*\n")
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		want.WriteString("  " + name + ": " + headers[name] + "\n")
	}
	if got, err := os.ReadFile("../../wasm/oracle/_headers"); err != nil || string(got) != want.String() {
		t.Errorf("wasm/oracle/_headers is not\n%s(%v)", want.String(), err)
	}
}
