package remote_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"modelheist/remote"
	"modelheist/remote/demo"
)

const key = "an admin key"

// clock is a time that only the test moves.
type clock struct{ now time.Time }

func newClock() *clock {
	return &clock{time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
}

// serve starts a server with the demos, change being made to its Config.
func serve(t testing.TB, change func(*remote.Config)) *httptest.Server {
	t.Helper()
	c := remote.Config{Store: remote.NewMemory(), AdminKey: key, Demos: demo.All()}
	if change != nil {
		change(&c)
	}
	s, err := remote.New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server
}

// plain is a client written from the protocol's text alone.
type plain struct {
	t     testing.TB
	base  string
	token string
}

// do sends a request and reads the answer, which must be JSON.
func (p plain) do(method, path, body string) (int, map[string]any, http.Header) {
	p.t.Helper()
	r, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		p.t.Fatalf("%s %s: %v in %q", method, path, err, text)
	}
	if answer.StatusCode >= 400 {
		if reason, is := out["error"].(string); !is || reason == "" || len(out) != 1 {
			p.t.Errorf("%s %s: HTTP %d with %s", method, path, answer.StatusCode, text)
		}
	}
	return answer.StatusCode, out, answer.Header
}

// ok is do for what must succeed.
func (p plain) ok(method, path, body string) map[string]any {
	p.t.Helper()
	status, out, _ := p.do(method, path, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s %s %s: HTTP %d, %v", method, path, body, status, out)
	}
	return out
}

func same(t *testing.T, got any, want string) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil || string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

// tensors are the outputs of an answer by name.
func tensors(t testing.TB, answer map[string]any) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, o := range answer["outputs"].([]any) {
		o := o.(map[string]any)
		out[o["name"].(string)] = o
	}
	return out
}

func TestAClientThatKnowsOnlyTheProtocolIsServed(t *testing.T) {
	t.Parallel()
	p := plain{t: t, base: serve(t, nil).URL}
	about := p.ok("GET", "/v2", "")
	if about["name"] != "modelheist" || len(about["extensions"].([]any)) == 0 {
		t.Errorf("%v", about)
	}
	same(t, p.ok("GET", "/v2/health/live", ""), `{"live":true}`)
	same(t, p.ok("GET", "/v2/health/ready", ""), `{"ready":true}`)
	same(t, p.ok("GET", "/v2/models/iris-softmax/ready", ""), `{"name":"iris-softmax","ready":true}`)
	m := p.ok("GET", "/v2/models/iris-softmax", "")
	same(t, m["inputs"], `[{"datatype":"FP64","name":"x","shape":[-1,4]}]`)
	same(t, m["outputs"], `[{"datatype":"INT64","name":"label","shape":[-1]},{"datatype":"FP64","name":"probabilities","shape":[-1,3]}]`)

	var first []any
	for _, body := range []string{
		`{"id":"42","inputs":[{"name":"x","shape":[2,4],"datatype":"FP64","data":[-1,0.5,-1,-1,1,-0.5,1,1]}]}`,
		`{"inputs":[{"name":"x","shape":[2,4],"datatype":"FP64","data":[[-1,0.5,-1,-1],[1,-0.5,1,1]]}]}`,
		`{"parameters":{},"inputs":[{"name":"x","shape":[2,4],"datatype":"FP32","data":[[-1,0.5,-1,-1],[1,-0.5,1,1]]}]}`,
	} {
		answer := p.ok("POST", "/v2/models/iris-softmax/infer", body)
		if answer["model_name"] != "iris-softmax" || strings.Contains(body, `"42"`) != (answer["id"] == "42") {
			t.Errorf("%v", answer)
		}
		out := tensors(t, answer)
		same(t, []any{out["label"]["datatype"], out["label"]["shape"], out["probabilities"]["datatype"], out["probabilities"]["shape"]}, `["INT64",[2],"FP64",[2,3]]`)
		same(t, out["label"]["data"], `[0,2]`)
		values := out["probabilities"]["data"].([]any)
		if first == nil {
			first = values
		}
		a, _ := json.Marshal(first)
		if sum := values[0].(float64) + values[1].(float64) + values[2].(float64); len(values) != 6 || sum < 0.999 || sum > 1.001 {
			t.Errorf("probabilities %v", values)
		}
		same(t, values, string(a))
	}
	answer := p.ok("POST", "/v2/models/iris-softmax/infer", `{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[0,0,0,0]}],"outputs":[{"name":"label"}]}`)
	if out := tensors(t, answer); len(out) != 1 || out["label"] == nil {
		t.Errorf("outputs not asked for: %v", answer)
	}
}

const one = `{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[0,0]}]}`

func TestWhatIsRefusedNamesTheFieldAndCostsNothing(t *testing.T) {
	t.Parallel()
	p := plain{t: t, base: serve(t, nil).URL}
	const infer = "/v2/models/moons-mlp/infer"
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", infer, `{`, 400, "no valid JSON"},
		{"POST", infer, ``, 400, "no valid JSON"},
		{"POST", infer, strings.Replace(one, `"x"`, `"y"`, 1), 400, "inputs[0].name"},
		{"POST", infer, strings.Replace(one, `FP64`, `INT64`, 1), 400, "inputs[0].datatype"},
		{"POST", infer, strings.Replace(one, `FP64`, `FP16`, 1), 400, "inputs[0].datatype"},
		{"POST", infer, strings.Replace(one, `[1,2]`, `[2,1]`, 1), 400, "inputs[0].shape"},
		{"POST", infer, strings.Replace(one, `[1,2]`, `[2]`, 1), 400, "inputs[0].shape"},
		{"POST", infer, strings.Replace(one, `[0,0]`, `[0]`, 1), 400, "inputs[0].data"},
		{"POST", infer, strings.Replace(one, `[0,0]`, `[0,NaN]`, 1), 400, "no valid JSON"},
		{"POST", infer, strings.Replace(one, `[0,0]`, `[0,1e999]`, 1), 400, "no valid JSON"},
		{"POST", infer, strings.Replace(one, `[0,0]`, `[0,null]`, 1), 400, "inputs[0].data: row 0: x2 is missing"},
		{"POST", infer, strings.Replace(one, `[1,2],"datatype":"FP64","data":[0,0]`, `[0,2],"datatype":"FP64","data":[]`, 1), 400, "inputs[0].shape: 0 queries"},
		{"POST", infer, strings.Replace(one, `[1,2],"datatype":"FP64","data":[0,0]`, `[1001,2],"datatype":"FP64","data":[0`+strings.Repeat(",0", 2001)+`]`, 1), 400, "inputs[0].shape: 1001 queries"},
		{"POST", infer, strings.Replace(one, `]}`, `]},{"name":"z","shape":[1],"datatype":"FP64","data":[0]}`, 1), 400, "inputs: are 2"},
		{"POST", infer, strings.TrimSuffix(one, "}") + `,"outputs":[{"name":"weights"}]}`, 400, "outputs[0].name"},
		{"POST", infer, strings.TrimSuffix(one, "}") + `,"colour":1}`, 400, "colour"},
		{"POST", infer, `{"id":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "body"},
		{"GET", infer, ``, 405, "POST"},
		{"POST", "/v2/models/moons-mlp", ``, 405, "DELETE, GET, PUT"},
		{"GET", "/v2/models/none", ``, 404, "model"},
		{"GET", "/v2/models/none/ready", ``, 404, "model"},
		{"GET", "/v2/models/moons-mlp/versions/1", ``, 404, "path"},
		{"GET", "/v3", ``, 404, "path"},
		{"GET", "/v2/models/<script>", ``, 404, "model"},
		{"PUT", "/v2/models/mine", `{}`, 401, "Authorization"},
		{"DELETE", "/v2/models/moons-mlp", ``, 401, "Authorization"},
		{"POST", "/v2/tokens", `{}`, 401, "Authorization"},
		{"GET", "/v2/models/moons-mlp/ledger", ``, 401, "Authorization"},
		{"POST", "/v2/models/moons-mlp/copies", `{}`, 403, "no challenge"},
	} {
		status, out, header := p.do(c.method, c.path, c.body)
		if reason, _ := out["error"].(string); status != c.status || !strings.Contains(reason, c.want) {
			t.Errorf("%s %s %.80s: HTTP %d, %v; want %d and %q", c.method, c.path, c.body, status, out, c.status, c.want)
		}
		if (status == 401) != (header.Get("WWW-Authenticate") == "Bearer") {
			t.Errorf("%s %s: HTTP %d with WWW-Authenticate %q", c.method, c.path, status, header.Get("WWW-Authenticate"))
		}
	}
	if _, _, header := p.do("GET", "/v2/models/moons-mlp", ""); !strings.HasPrefix(header.Get("RateLimit"), `"budget";r=5000;`) {
		t.Errorf("refusals cost something: %s", header.Get("RateLimit"))
	}
}

func TestIncompleteInputsAreNullsWhereTheOracleTakesThem(t *testing.T) {
	t.Parallel()
	p := plain{t: t, base: serve(t, nil).URL}
	out := tensors(t, p.ok("POST", "/v2/models/moons-tree/infer", strings.Replace(one, "[0,0]", "[null,null]", 1)))
	if missing := out["missing"]["data"].([]any)[0].(float64); missing != 0 && missing != 1 {
		t.Errorf("the root splits on feature %v", missing)
	}
	features := p.ok("GET", "/v2/models/moons-tree", "")["parameters"].(map[string]any)["features"].([]any)
	if features[0].(map[string]any)["optional"] != true {
		t.Errorf("%v", features)
	}
}

// publication wraps a model into the text that publishes it.
func publication(t testing.TB, name, rest string) string {
	t.Helper()
	var p map[string]json.RawMessage
	if err := json.Unmarshal(demo.All()[name], &p); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, p["model"]); err != nil {
		t.Fatal(err)
	}
	return `{"model":` + b.String() + `,` + rest + `}`
}

// makeToken makes a token for a model with the given limits.
func makeToken(t testing.TB, base, model, limits string) string {
	t.Helper()
	out := plain{t, base, key}.ok("POST", "/v2/tokens", `{"name":"Ada","models":[{"model":"`+model+`",`+limits+`}]}`)
	return out["token"].(string)
}

func TestOnlyTheOwnerPublishesAndWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	owner := plain{t, serve(t, nil).URL, key}
	good := publication(t, "moons-mlp", `"oracle":{"answers":"labels","box":true}`)
	for _, c := range []struct {
		name, old, new string
		status         int
		want           string
	}{
		{"secret", `"labels"`, `"everything"`, 400, `answers = "everything"`},
		{"secret", `"labels"`, `"margin"`, 400, "answers = margin"},
		{"secret", `"box":true`, `"box":1`, 400, "oracle.box"},
		{"secret", `"box":true`, `"round":99`, 400, "oracle.round"},
		{"secret", `"box":true`, `"partial":true`, 400, "partial"},
		{"secret", `"box":true`, `"fields":true`, 400, "oracle.fields"},
		{"secret", `"box":true`, `"noise":0.1`, 400, "oracle.noise_seed is missing"},
		{"secret", `"box":true`, `"noise":0.1,"noise_seed":"0x12"`, 400, "oracle.noise_seed must be"},
		{"secret", `"box":true`, `"noise":-1,"noise_seed":"12"`, 400, "oracle.noise is -1"},
		{"secret", `"box":true`, `"weights":true`, 400, "oracle.weights"},
		{"secret", `{"answers"`, `{},"access":{"open":true},"x":{"answers"`, 400, "oracle.answers is missing"},
		{"secret", `"hidden":[8]`, `"hidden":[9]`, 400, "parameters for an mlp"},
		{"secret", `"modelheist":1`, `"modelheist":9`, 400, "model.modelheist"},
		{"Secret", "", "", 400, "model name"},
		{".hidden", "", "", 400, "model name"},
		{"moons-mlp", "", "", 409, "a demo has it"},
	} {
		status, out, _ := owner.do("PUT", "/v2/models/"+c.name, strings.Replace(good, c.old, c.new, 1))
		if reason, _ := out["error"].(string); status != c.status || !strings.Contains(reason, c.want) {
			t.Errorf("%s %s: HTTP %d, %v", c.name, c.new, status, out)
		}
	}
	for _, wrong := range []string{"", "wrong", key + " "} {
		if status, _, _ := (plain{t, owner.base, wrong}).do("PUT", "/v2/models/secret", good); wrong != key+" " && status != 401 {
			t.Errorf("key %q: HTTP %d", wrong, status)
		}
	}
	owner.ok("PUT", "/v2/models/secret", good)
	if status, out, _ := (plain{t, owner.base, ""}).do("GET", "/v2/models/secret", ""); status != 401 {
		t.Errorf("without a token: HTTP %d, %v", status, out)
	}
	taker := plain{t, owner.base, makeToken(t, owner.base, "secret", `"budget":10`)}
	if out := tensors(t, taker.ok("POST", "/v2/models/secret/infer", one)); len(out) != 1 {
		t.Errorf("%v", out)
	}
	status, out, _ := taker.do("POST", "/v2/models/secret/infer", strings.Replace(one, "[0,0]", "[0,1.5]", 1))
	if reason := out["error"].(string); status != 400 || !strings.Contains(reason, "row 0: x2 = 1.5 is outside [-1, 1]") {
		t.Errorf("HTTP %d, %v", status, out)
	}
	if status, _, _ := taker.do("PUT", "/v2/models/secret", good); status != 401 {
		t.Errorf("a taker published: HTTP %d", status)
	}
	owner.ok("DELETE", "/v2/models/secret", "")
	if status, _, _ := taker.do("GET", "/v2/models/secret", ""); status != 404 {
		t.Errorf("withdrawn: HTTP %d", status)
	}
}

func TestAServerWithoutAnAdminKeyTakesNoneNotEvenAnEmptyOne(t *testing.T) {
	t.Parallel()
	server := serve(t, func(c *remote.Config) { c.AdminKey = "" })
	for _, k := range []string{"", " ", "x"} {
		if status, _, _ := (plain{t, server.URL, k}).do("PUT", "/v2/models/m", `{}`); status != 403 {
			t.Errorf("key %q: HTTP %d", k, status)
		}
	}
}
