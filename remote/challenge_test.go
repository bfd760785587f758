package remote_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"modelheist/remote"
	"modelheist/remote/client"
	"modelheist/remote/demo"
)

// copyOf is the model of a demo, to be handed in.
func copyOf(t testing.TB, name, taker string) string {
	t.Helper()
	var p struct{ Model json.RawMessage }
	if err := json.Unmarshal(demo.All()[name], &p); err != nil {
		t.Fatal(err)
	}
	who, _ := json.Marshal(taker)
	return `{"name":` + string(who) + `,"model":` + string(p.Model) + `}`
}

const copies = "/v2/models/secret/copies"

// rows are the board's columns that a test compares.
func rows(t *testing.T, board map[string]any) (out [][3]any) {
	t.Helper()
	for _, row := range board["board"].([]any) {
		r := row.(map[string]any)
		out = append(out, [3]any{r["name"], r["queries"], r["agreement"].(float64) == 1})
	}
	return out
}

func TestACopyIsScoredByTheLedgerAndTheHiddenVictim(t *testing.T) {
	t.Parallel()
	base := serve(t, nil).URL
	owner := plain{t, base, key}
	victim := publication(t, "moons-mlp", `"oracle":{"answers":"labels"},"challenge":{"submissions":2,"test":[0.1,0.2,-0.3,0.4]}`)
	owner.ok("PUT", "/v2/models/secret", victim)
	ada := plain{t, base, makeToken(t, base, "secret", `"budget":100`)}
	bob := plain{t, base, makeToken(t, base, "secret", `"budget":100`)}
	ada.ok("POST", infer, asking("", 30))
	bob.ok("POST", infer, asking("", 20))
	same(t, rows(t, ada.ok("POST", copies, copyOf(t, "circles-svm", "Ada <b>"))), `[["Ada \u003cb\u003e",30,false]]`)
	bob.ok("POST", copies, copyOf(t, "moons-mlp", "Bob"))
	board := ada.ok("POST", copies, copyOf(t, "moons-mlp", "Ada"))
	same(t, rows(t, board), `[["Bob",20,true],["Ada",30,true],["Ada \u003cb\u003e",30,false]]`)
	if r := board["board"].([]any)[0].(map[string]any); r["r_test"] != 0.0 || r["r_unif"] != 0.0 || r["time"] == "" {
		t.Errorf("%v", r)
	}
	if status, _, _ := ada.do("POST", copies, copyOf(t, "moons-mlp", "Ada")); status != 402 {
		t.Errorf("a third copy of two: HTTP %d", status)
	}
	// Anyone may see the board, and raw it holds no HTML.
	answer, err := http.Get(base + "/v2/models/secret/board")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text := make([]byte, 10_000)
	n, _ := answer.Body.Read(text)
	if strings.Contains(string(text[:n]), "<") {
		t.Errorf("%s", text[:n])
	}
	for _, c := range []struct {
		taker      plain
		body, want string
		status     int
	}{
		{bob, `{`, "no valid JSON", 400},
		{bob, `{"name":"Bob","model":{}}`, "model.modelheist is missing", 400},
		{bob, copyOf(t, "moons-mlp", ""), "name must be 1..40", 400},
		{bob, copyOf(t, "moons-mlp", "B\u202eob"), "name must be 1..40", 400},
		{bob, copyOf(t, "moons-mlp", strings.Repeat("B", 41)), "name must be 1..40", 400},
		{bob, copyOf(t, "iris-softmax", "Bob"), "4 inputs and 3 classes", 400},
		{bob, strings.Replace(copyOf(t, "moons-mlp", "Bob"), `{"name"`, `{"queries":0,"name"`, 1), "queries is not known", 400},
		{plain{t: t, base: base}, copyOf(t, "moons-mlp", "Eve"), "needs a token", 401},
	} {
		status, out, _ := c.taker.do("POST", copies, c.body)
		if reason, _ := out["error"].(string); status != c.status || !strings.Contains(reason, c.want) {
			t.Errorf("%.60s: HTTP %d, %v; want %q", c.body, status, out, c.want)
		}
	}
	// Another victim under the name begins with an empty board.
	owner.ok("PUT", "/v2/models/secret", strings.Replace(victim, `"submissions":2`, `"submissions":9`, 1))
	same(t, ada.ok("GET", "/v2/models/secret/board", ""), `{"board":[]}`)
}

func TestPagesFromElsewhereMayCallOnlyIfAllowed(t *testing.T) {
	t.Parallel()
	server := serve(t, func(c *remote.Config) { c.Origins = []string{"https://lesson.example"} })
	for _, c := range []struct {
		method, origin string
		status         int
		allow          string
	}{
		{"POST", "", 200, ""},
		{"POST", "https://lesson.example", 200, "https://lesson.example"},
		{"POST", server.URL, 200, ""},
		{"POST", "https://evil.example", 403, ""},
		{"POST", "https://lesson.example.evil.example", 403, ""},
		{"POST", "null", 403, ""},
		{"OPTIONS", "https://lesson.example", 204, "https://lesson.example"},
		{"OPTIONS", "https://evil.example", 403, ""},
	} {
		r, err := http.NewRequest(c.method, server.URL+"/v2/models/moons-mlp/infer", strings.NewReader(one))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", c.origin)
		if c.origin == "" {
			r.Header.Del("Origin")
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		h := answer.Header
		if answer.StatusCode != c.status || h.Get("Access-Control-Allow-Origin") != c.allow {
			t.Errorf("%s from %q: HTTP %d, %v", c.method, c.origin, answer.StatusCode, h)
		}
		if !strings.Contains(strings.Join(h.Values("Vary"), ","), "Origin") || h.Get("Content-Security-Policy") == "" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "application/json" {
			t.Errorf("headers %v", h)
		}
		if c.allow != "" && !strings.Contains(h.Get("Access-Control-Expose-Headers"), "RateLimit") {
			t.Errorf("headers %v", h)
		}
		if c.status == 204 && (!strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") || h.Get("Access-Control-Max-Age") == "") {
			t.Errorf("headers %v", h)
		}
	}
}

// broken is a store that panics, for a handler that must not take others along.
type broken struct{ *remote.Memory }

func (broken) Models(context.Context) ([]string, error) { panic("the store is on fire: secret") }

func TestEveryPathAnswersJSONWhateverItIsSent(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, path := range []string{"", "/", "//", "/v2/", "/v2//models", "/v2/models/", "/v2/models/../tokens", "/v2/models/%2e%2e/infer", "/v2/models/moons-mlp/infer/", "/v2/models/" + strings.Repeat("a", 5000)} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} {
			r := httptest.NewRequest(method, "http://h/", strings.NewReader("x"))
			r.URL.Path = path
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code < 200 || w.Code == 500 || w.Code == 200 && method != "GET" && method != "HEAD" {
				t.Errorf("%s %.50q: HTTP %d", method, path, w.Code)
			}
			if text := w.Body.Bytes(); len(text) > 0 && !json.Valid(text) {
				t.Errorf("%s %.50q: %s", method, path, text)
			}
		}
	}
}

func newServer(t testing.TB) *remote.Server {
	t.Helper()
	s, err := remote.New(remote.Config{Store: remote.NewMemory(), AdminKey: key, Demos: demo.All()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// FuzzRequests sends anything to every place that reads a body.
func FuzzRequests(f *testing.F) {
	victim := publication(f, "moons-mlp", `"oracle":{"answers":"labels"},"access":{"open":true,"budget":1000000},"challenge":{"submissions":1000}`)
	for _, body := range []string{one, victim, copyOf(f, "circles-svm", "Ada"), `{"name":"a","models":[{"model":"m","budget":1,"rate":1,"period":5,"expires":"2030-01-01T00:00:00Z"}]}`, `{}`} {
		f.Add([]byte(body))
	}
	s := newServer(f)
	call := func(method, path, auth string, body []byte) int {
		r := httptest.NewRequest(method, "http://h"+path, strings.NewReader(string(body)))
		if auth != "" {
			r.Header.Set("Authorization", "Bearer "+auth)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) || strings.ContainsAny(w.Body.String(), "<>") {
			f.Errorf("%s %s %q: %s", method, path, body, w.Body)
		}
		return w.Code
	}
	if code := call("PUT", "/v2/models/secret", key, []byte(victim)); code != 200 {
		f.Fatal(code)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range []struct{ method, path, auth string }{
			{"POST", infer, ""}, {"POST", copies, ""}, {"PUT", "/v2/models/fuzzed", key}, {"POST", "/v2/tokens", key}, {"POST", "/v2/models/moons-tree/infer", ""},
		} {
			if code := call(c.method, c.path, c.auth, body); code == 500 {
				t.Errorf("%s %s %q: HTTP %d", c.method, c.path, body, code)
			}
		}
	})
}

// FuzzDecodePublication reads anything as a publication: what can be read is
// written so that it reads as the same.
func FuzzDecodePublication(f *testing.F) {
	f.Add([]byte(publication(f, "moons-mlp", `"oracle":{"answers":"top1","round":2,"box":true},"title":"T","access":{"open":true,"budget":9,"window":60,"rate":2,"period":1},"challenge":{"test":[0,0.5],"submissions":3}`)))
	for _, text := range demo.All() {
		if len(text) < 5000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := remote.DecodePublication(text)
		if err != nil {
			return
		}
		written, err := p.Append(nil)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, err := remote.DecodePublication(written)
		if err != nil {
			t.Fatalf("%s became %s: %v", text, written, err)
		}
		if twice, err := again.Append(nil); err != nil || string(twice) != string(written) {
			t.Errorf("%s became %s, %v", written, twice, err)
		}
	})
}

// FuzzAnswers lets the client read anything as metadata and as an answer.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte(someones), []byte(`{"outputs":[{"name":"predict","shape":[1],"datatype":"INT64","data":[2]},{"name":"predict_proba","shape":[1,3],"datatype":"FP64","data":[0.1,0.2,0.7]}]}`))
	f.Add([]byte(`{"name":"m","inputs":[{"name":"x","datatype":"FP64","shape":[-1,1]}],"outputs":[{"name":"label","datatype":"INT64","shape":[-1]}],"parameters":{"answers":"labels","features":[{"name":"c","categories":["a","b"]}],"classes":["a","b"]}}`), []byte(`{"outputs":[{"name":"label","shape":[1],"datatype":"INT64","data":[1]}]}`))
	f.Fuzz(func(t *testing.T, metadata, answer []byte) {
		o, err := client.Dial(remote.Life(t.Context()), said{metadata, answer}, &client.Options{URL: "http://h", Model: "m", Low: -1, High: 1})
		if err != nil {
			return
		}
		d := o.Domain()
		for _, f := range d {
			if !(f.Low <= f.High) {
				t.Errorf("%+v", f)
			}
		}
		r, err := o.Ask(make([]float64, 2*d.Dim()))
		if err != nil {
			return
		}
		if r.N() != 2 || len(r.Values) != 2*r.Width() || r.Classes != o.Classes() || r.Missing != nil && len(r.Missing) != 2 {
			t.Errorf("%+v", r)
		}
		for i, y := range r.Labels {
			if y < 0 || y >= r.Classes {
				t.Errorf("label %d is %d", i, y)
			}
		}
	})
}

// said is a transport that answers the same to everything.
type said struct{ metadata, answer []byte }

func (s said) Send(_ client.Life, r *client.Request) (*client.Response, error) {
	body := s.answer
	if r.Method == http.MethodGet {
		body = s.metadata
	}
	return &client.Response{Status: 200, Body: body}, nil
}

func TestAPanicCostsItsOwnRequestOnlyAndTellsNothing(t *testing.T) {
	t.Parallel()
	var logged atomic.Int64
	s, err := remote.New(remote.Config{Store: broken{remote.NewMemory()}, Demos: demo.All(), Log: func(error) { logged.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	p := plain{t: t, base: server.URL}
	status, out, _ := p.do("GET", "/v2/models", "")
	if status != 500 || strings.Contains(out["error"].(string), "secret") || logged.Load() != 1 {
		t.Errorf("HTTP %d, %v", status, out)
	}
	p.ok("POST", "/v2/models/moons-mlp/infer", one)
}
