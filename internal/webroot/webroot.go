// Package webroot serves a built site: the right types, precompressed files,
// caching that never shows a stale page, and headers that let the page do what
// it needs and nothing else.
package webroot

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Policy is the content security policy: everything from the site itself, no
// inline script, no eval but the compiling of WebAssembly. Requests may go to
// other servers, over TLS or on this machine: the remote oracles that a visitor
// names. It does not forbid framing, because lessons and articles embed the page;
// in a sandboxed frame it is of no origin, and starts its worker from a blob that
// imports the script.
const Policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
	"style-src 'self'; img-src 'self' data: blob:; connect-src 'self' https: http://localhost:* http://127.0.0.1:*; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'"

// headers go with every file. All files are public, and other sites may load
// them: that is how they embed the page.
var headers = map[string]string{
	"Access-Control-Allow-Origin":  "*",
	"Content-Security-Policy":      Policy,
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "cross-origin",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=()",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
}

// types fixes what the system's own table may lack or get wrong.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".gz":          "application/gzip",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
}

// hashed matches names that change with their content, engine.0a1b2c3d4e5f.wasm.
var hashed = regexp.MustCompile(`\.[0-9a-f]{12}\.`)

// encodings are the precompressed forms, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Handler serves the files of root. A directory is its index.html.
func Handler(root fs.FS) http.Handler { return handler{root} }

type handler struct{ root fs.FS }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for k, v := range headers {
		w.Header().Set(k, v)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are allowed here", http.StatusMethodNotAllowed)
		return
	}
	name, err := h.resolve(r.URL.Path)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h.send(w, r, name)
}

// resolve turns a request path into the name of a file that exists.
func (h handler) resolve(urlPath string) (string, error) {
	name := strings.TrimPrefix(path.Clean("/"+urlPath), "/")
	if name == "" || strings.HasSuffix(urlPath, "/") {
		name = path.Join(name, "index.html")
	}
	info, err := fs.Stat(h.root, name)
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	return name, err
}

func (h handler) send(w http.ResponseWriter, r *http.Request, name string) {
	header := w.Header()
	header.Set("Content-Type", contentType(name))
	header.Set("Cache-Control", "no-cache") // keep it, but ask whether it changed
	if hashed.MatchString(path.Base(name)) {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	header.Add("Vary", "Accept-Encoding")
	body, encoding, err := h.read(name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		http.Error(w, "cannot read "+name, http.StatusInternalServerError)
		return
	}
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	header.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		w.Write(body) // an error here is a client that left
	}
}

// read returns the smallest stored form of the file that the client accepts.
func (h handler) read(name, accepted string) (body []byte, encoding string, err error) {
	for _, e := range encodings {
		if !accepts(accepted, e.name) {
			continue
		}
		if body, err = fs.ReadFile(h.root, name+e.suffix); err == nil {
			return body, e.name, nil
		}
	}
	body, err = fs.ReadFile(h.root, name)
	return body, "", err
}

// accepts reports whether an Accept-Encoding header names the encoding and does
// not switch it off with q=0.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(params), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !found || (err == nil && weight > 0)
	}
	return false
}

func matches(header, etag string) bool {
	for item := range strings.SplitSeq(header, ",") {
		if item = strings.TrimSpace(item); item == "*" || strings.TrimPrefix(item, "W/") == etag {
			return true
		}
	}
	return false
}

func contentType(name string) string {
	ext := path.Ext(name)
	if t, ok := types[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}
