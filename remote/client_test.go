package remote_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelheist/core/domain"
	"modelheist/core/experiment"
	"modelheist/core/model"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
	"modelheist/remote"
	"modelheist/remote/client"
	"modelheist/remote/demo"
	"modelheist/site/data"
)

func dial(t testing.TB, o *client.Options) *client.Oracle {
	t.Helper()
	c, err := client.Dial(remote.Life(t.Context()), remote.Transport{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnswersAreTheSameBitForBitAcrossTheNetwork(t *testing.T) {
	t.Parallel()
	base := serve(t, nil).URL
	for name, text := range demo.All() {
		p, err := remote.DecodePublication(text)
		if err != nil {
			t.Fatal(err)
		}
		s := p.Oracle
		s.Budget = 3000
		local, err := oracle.Open(p.Model, p.Domain, s)
		if err != nil {
			t.Fatal(err)
		}
		c := dial(t, &client.Options{URL: base + "/", Model: name, Batch: 300})
		if !slices.EqualFunc(c.Domain(), local.Domain(), sameFeature) || c.Classes() != local.Classes() || c.Answers() != local.Answers() || c.Left() != 5000 {
			t.Errorf("%s: %+v", name, c.Info())
		}
		r := rand.New(rand.NewPCG(1, 1))
		x := make([]float64, 1000*p.Domain.Dim())
		for i := range x {
			if x[i] = 3 * r.NormFloat64(); s.Partial && r.IntN(3) == 0 {
				x[i] = math.NaN()
			}
		}
		want, err := local.Ask(x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Ask(x)
		if err != nil {
			t.Fatal(name, err)
		}
		if !slices.Equal(got.Labels, want.Labels) || !slices.Equal(got.Missing, want.Missing) || got.Kind != want.Kind || got.Classes != want.Classes {
			t.Errorf("%s: other labels", name)
		}
		if !slices.EqualFunc(got.Values, want.Values, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
			t.Errorf("%s: other values", name)
		}
		if st := c.Stats(); c.Left() != 4000 || st.Requests != 5 || st.Cost != 1000 || st.Queries != 1000 {
			t.Errorf("%s: %d left, %+v", name, c.Left(), st)
		}
	}
}

func TestAMoonsTheftIsTheSameInProcessAndAcrossTheNetwork(t *testing.T) {
	t.Parallel()
	base := serve(t, func(c *remote.Config) { c.Demos = trainedHere(t) }).URL
	for _, c := range []struct{ model, local, attack string }{
		{"moons-mlp", demo.Demos[0].Spec, "copy=mlp attack=equations queries=84"},
		{"moons-mlp", demo.Demos[0].Spec, "copy=svm attack=adaptive queries=60"},
		{"circles-svm", demo.Demos[1].Spec, "copy=svm attack=adaptive queries=80"},
		{"circles-svm", demo.Demos[1].Spec, "copy=svm attack=line-search queries=60"},
		{"iris-softmax", demo.Demos[2].Spec, "copy=softmax attack=log-ratios queries=40"},
		{"moons-tree", demo.Demos[4].Spec, "copy=tree attack=top-down queries=2000"},
		{"moons-tree", demo.Demos[4].Spec, "copy=tree attack=path-finding queries=500"},
	} {
		local, here := theft(t, c.local+" "+c.attack)
		spec := "oracle=" + base + " model=" + c.model + " " + c.attack
		if strings.Contains(c.attack, "copy=mlp") {
			spec += " copy-hidden=8"
		}
		far, there := theft(t, spec)
		if local != far || here != there {
			t.Errorf("%s %s: the copies differ:\n%.300s\n%.300s\n%s\n%s", c.model, c.attack, local, far, here, there)
		}
	}
}

// trainedHere are the demos as this machine trains them: the files may have been
// written by one with other last digits.
func trainedHere(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, d := range demo.Demos {
		if d.Name == "digits-softmax" {
			continue
		}
		spec, err := experiment.Parse(strings.Fields(d.Spec))
		if err != nil {
			t.Fatal(err)
		}
		e, err := experiment.Prepare(spec, experiment.Env{Open: data.Open}, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := remote.PublicationOf(e)
		if err != nil {
			t.Fatal(err)
		}
		p.Open, p.Limits = true, demo.Open
		if all[d.Name], err = p.Append(nil); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// theft runs an experiment and returns the last copy and how the run ended.
func theft(t *testing.T, settings string) (copied, end string) {
	t.Helper()
	spec, err := experiment.Parse(strings.Fields(settings))
	if err != nil {
		t.Fatal(err)
	}
	env := experiment.Env{Open: data.Open, LastOnly: true, OpenOracle: func(s experiment.Spec) (oracle.Oracle, error) {
		return client.Dial(remote.Life(t.Context()), remote.Transport{}, &client.Options{URL: s.Get("oracle"), Model: s.Get("model")})
	}}
	e, err := experiment.Prepare(spec, env, nil)
	if err != nil {
		t.Fatal(err)
	}
	var last model.Classifier
	for event, err := range e.Run(env) {
		if err != nil {
			t.Fatalf("%s: %v", settings, err)
		}
		if event.Copy != nil {
			last = event.Copy
		}
		end = fmt.Sprint(event.Kind, event.Queries, event.Status, event.Note)
	}
	text, err := modelfile.Append(nil, modelfile.File{Model: last, Domain: e.Set.Domain, Classes: e.Set.ClassNames})
	if err != nil {
		t.Fatal(err)
	}
	return string(text), end
}

// flaky breaks the connection after the server has done its work, or before.
type flaky struct {
	http.Handler
	mu sync.Mutex
	r  *rand.Rand
	n  int
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	dice := f.r.IntN(5)
	f.n++
	f.mu.Unlock()
	if r.Method == http.MethodGet {
		dice = 4
	}
	switch dice {
	case 0: // the answer gets lost
		f.Handler.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case 1: // the question gets lost
		panic(http.ErrAbortHandler)
	case 2:
		w.WriteHeader(http.StatusBadGateway)
	default:
		f.Handler.ServeHTTP(w, r)
	}
}

// quick doesn't wait between tries.
func quick(life client.Life, _ float64) error { return life.Err() }

func TestALostConnectionIsResumedWithoutPayingTwice(t *testing.T) {
	t.Parallel()
	store := remote.NewMemory()
	s, err := remote.New(remote.Config{Store: store, Demos: demo.All()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&flaky{Handler: s, r: rand.New(rand.NewPCG(4, 4))})
	defer server.Close()
	c := dial(t, &client.Options{URL: server.URL, Model: "circles-svm", Batch: 7, Tries: 50, Sleep: quick})
	asked := 0
	for n := range 40 {
		if _, err := c.Ask(make([]float64, 2*(n+1))); err != nil {
			t.Fatal(err)
		}
		asked += n + 1
	}
	charges, _ := store.Ledger(t.Context(), "circles-svm", 10_000)
	paid := 0
	for _, charge := range charges {
		paid += charge.N
	}
	if st := c.Stats(); paid != asked || st.Cost != asked || st.Queries != asked || st.Retries < 20 {
		t.Errorf("asked %d, paid %d, %+v", asked, paid, st)
	}
}

func TestAnAskThatFailedPaysOnlyForTheRestTheNextTime(t *testing.T) {
	t.Parallel()
	store := remote.NewMemory()
	s, err := remote.New(remote.Config{Store: store, Demos: demo.All()})
	if err != nil {
		t.Fatal(err)
	}
	var posts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && posts.Add(1) == 3 {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	c := dial(t, &client.Options{URL: server.URL, Model: "circles-svm", Batch: 10, Parallel: 1})
	x := make([]float64, 100)
	for i := range x {
		x[i] = float64(i) / 100
	}
	if _, err := c.Ask(x); err == nil {
		t.Fatal("a refused request was passed over")
	}
	if _, err := c.Ask(x); err != nil {
		t.Fatal(err)
	}
	if c.Left() != 4950 {
		t.Errorf("%d left of 5000 after 50 queries", c.Left())
	}
}

func TestTheEndOfARemoteBudgetIsTheOraclesOwn(t *testing.T) {
	t.Parallel()
	base, token := published(t, `"budget":10`, nil)
	a := dial(t, &client.Options{URL: base, Model: "secret", Token: token})
	b := dial(t, &client.Options{URL: base, Model: "secret", Token: token})
	if _, err := a.Ask(make([]float64, 16)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Ask(make([]float64, 6)); !errors.Is(err, oracle.ErrBudget) { // it knows
		t.Errorf("%v", err)
	}
	if _, err := b.Ask(make([]float64, 6)); !errors.Is(err, oracle.ErrBudget) { // it is told
		t.Errorf("%v", err)
	}
	if b.Left() != 2 {
		t.Errorf("%d left", b.Left())
	}
}

func TestErrorsAreSortedAndInWords(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	base, token := published(t, `"budget":10`, nil)
	tls := httptest.NewTLSServer(nil)
	defer tls.Close()
	tls.Config.ErrorLog = nil
	for _, c := range []struct {
		o      client.Options
		reason client.Reason
		words  string
	}{
		{client.Options{URL: base, Model: "secret"}, client.Unauthorized, "this model needs a token"},
		{client.Options{URL: base, Model: "secret", Token: "x"}, client.Unauthorized, "no such token"},
		{client.Options{URL: base, Model: "none", Token: token}, client.NotFound, "no such model"},
		{client.Options{URL: closed.URL, Model: "m"}, client.Network, "is the server running"},
		{client.Options{URL: "http://nowhere.invalid", Model: "m"}, client.Network, "nowhere.invalid"},
		{client.Options{URL: tls.URL, Model: "m"}, client.Network, "TLS"},
		{client.Options{URL: "ftp://x", Model: "m"}, client.Refused, "http://"},
		{client.Options{URL: base, Model: "a/b"}, client.Refused, "name"},
	} {
		c.o.Sleep, c.o.Tries = quick, 2
		_, err := client.Dial(remote.Life(t.Context()), remote.Transport{}, &c.o)
		var e *client.Error
		if !errors.As(err, &e) || e.Reason != c.reason || !strings.Contains(e.Text, c.words) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

const someones = `{"name":"m","platform":"mlserver","inputs":[{"name":"f","datatype":"FP32","shape":[-1,2]}],"outputs":[{"name":"predict","datatype":"INT64","shape":[-1,1]},{"name":"predict_proba","datatype":"FP64","shape":[-1,3]}]}`

// hostile answers metadata properly and queries by whatever it is told to.
func hostile(t *testing.T, metadata string, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			io.WriteString(w, metadata)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAnothersServerIsQueriedByItsNames(t *testing.T) {
	t.Parallel()
	url := hostile(t, someones, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if want := `"inputs":[{"name":"f","shape":[2,2],"datatype":"FP32","data":[0.1,0,0,0]}],"outputs":[{"name":"predict"},{"name":"predict_proba"}]}`; !strings.HasSuffix(string(body), want) {
			t.Errorf("%s", body)
		}
		io.WriteString(w, `{"model_name":"m","outputs":[{"name":"predict","shape":[2,1],"datatype":"INT64","data":[[2],[0]]},{"name":"predict_proba","shape":[2,3],"datatype":"FP64","data":[[0.1,0.2,0.7],[1,0,0]]}]}`)
	})
	if _, err := client.Dial(remote.Life(t.Context()), remote.Transport{}, &client.Options{URL: url, Model: "m"}); err == nil || !strings.Contains(err.Error(), "give low and high") {
		t.Errorf("without a range: %v", err)
	}
	c := dial(t, &client.Options{URL: url, Model: "m", Low: -1, High: 1})
	i := c.Info()
	if i.Answers != oracle.Probabilities || i.Classes != 3 || i.Domain.Dim() != 2 || i.Domain[1].High != 1 || i.Precision != "FP64" || i.Input.Datatype != "FP32" {
		t.Errorf("%+v", i)
	}
	r, err := c.Ask([]float64{0.1, 0, 0, 0})
	if err != nil || !slices.Equal(r.Labels, []int{2, 0}) || len(r.Values) != 6 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestMetadataThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	ours := func(features, classes string) string {
		return `{"name":"m","platform":"p","inputs":[{"name":"x","datatype":"FP64","shape":[-1,1]}],"outputs":[{"name":"label","datatype":"INT64","shape":[-1]}],"parameters":{"answers":"labels","features":` + features + `,"classes":` + classes + `}}`
	}
	for _, c := range []struct{ metadata, want string }{
		{``, "can't be read"},
		{`[]`, "can't be read"},
		{`<html>`, "can't be read"},
		{`{"name":"m"}`, "give input and features"},
		{strings.Replace(someones, `[-1,2]`, `[-1,99999999]`, 1), "must be a whole number"},
		{strings.Replace(someones, `[-1,2]`, `[-1,-1]`, 1), "allowed are"},
		{strings.Replace(someones, `[-1,2]`, `[-1,3,3]`, 1), "must be [-1, d]"},
		{strings.Replace(someones, `FP32`, `BYTES`, 1), "could be the one"},
		{strings.Replace(someones, `[-1,3]`, `[-1,99999]`, 1), "99999 classes"},
		{strings.Replace(strings.Replace(someones, `predict_proba`, `foo`, 1), `"predict"`, `"bar"`, 1), "none of the model's outputs"},
		{ours(`[{"name":"x","low":1,"high":0}]`, `["a","b"]`), "features[0].high"},
		{ours(`[{"name":"x","low":0,"high":1},{"name":"y","low":0,"high":1}]`, `["a","b"]`), "2 are described"},
		{ours(`[{"name":"x","low":0,"high":1}]`, `["a"]`), "1 classes"},
		{strings.Replace(ours(`[{"name":"x","low":0,"high":1}]`, `["a","b"]`), `"answers":"labels"`, `"answers":"weights"`, 1), "parameters.answers"},
		{strings.Repeat(" ", 5<<20), "longer than"},
	} {
		url := hostile(t, c.metadata, nil)
		_, err := client.Dial(remote.Life(t.Context()), remote.Transport{}, &client.Options{URL: url, Model: "m", Low: -1, High: 1, Tries: 1})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.200s: %v, want %q", c.metadata, err, c.want)
		}
	}
}

// silent never answers. Only once the body is read does the server notice that
// the client has left.
func silent(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// What a hostile server says is an error, in time and without much memory.
func TestAHostileServerCannotCrashOrHangTheThief(t *testing.T) {
	t.Parallel()
	good := `{"model_name":"m","outputs":[{"name":"predict","shape":[1,1],"datatype":"INT64","data":[2]},{"name":"predict_proba","shape":[1,3],"datatype":"FP64","data":[0.1,0.2,0.7]}]}`
	say := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the client followed to elsewhere, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		reason client.Reason
	}{
		{"nothing", say(``), client.Schema},
		{"a page", say(`<!doctype html><title>hello</title>`), client.Schema},
		{"NaN", say(strings.Replace(good, "0.7", "NaN", 1)), client.Schema},
		{"null", say(strings.Replace(good, "0.7", "null", 1)), client.Shape},
		{"infinite", say(strings.Replace(good, "0.7", "1e999", 1)), client.Schema},
		{"huge numbers", say(strings.Replace(good, "0.7", "1e300", 1)), client.Shape},
		{"negative probabilities", say(strings.Replace(good, "0.7", "-0.7", 1)), client.Shape},
		{"no such class", say(strings.Replace(good, "[2]", "[3]", 1)), client.Shape},
		{"a negative class", say(strings.Replace(good, "[2]", "[-1]", 1)), client.Shape},
		{"other rows", say(strings.Replace(good, `"shape":[1,1],"datatype":"INT64","data":[2]`, `"shape":[2,1],"datatype":"INT64","data":[2,2]`, 1)), client.Shape},
		{"other columns", say(strings.Replace(good, `[1,3],"datatype":"FP64","data":[0.1,`, `[1,2],"datatype":"FP64","data":[`, 1)), client.Shape},
		{"data that don't fit the shape", say(strings.Replace(good, `[0.1,0.2,0.7]`, `[0.1,0.2]`, 1)), client.Schema},
		{"a shape beyond all memory", say(strings.Replace(good, `[1,3]`, `[67000000,67000000]`, 1)), client.Schema},
		{"no label", say(strings.Replace(good, `"predict"`, `"other"`, 1)), client.Schema},
		{"deep nesting", say(strings.Repeat("[", 60_000)), client.Schema},
		{"many values", say(`{"outputs":[` + strings.Repeat(`{},`, 20_000) + `{}]}`), client.Schema},
		{"too much", say(strings.Repeat(" ", 100_000) + good), client.Schema},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("[1,2,3,", 1000)); err != nil {
					return
				}
			}
		}, client.Schema},
		{"more when unpacked than ever arrived", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			pack := gzip.NewWriter(w)
			for range 1000 {
				if _, err := io.WriteString(pack, strings.Repeat(" ", 100_000)); err != nil {
					return
				}
			}
			pack.Close()
		}, client.Schema},
		{"slow", func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			for i := 0; i < 100 && r.Context().Err() == nil; i++ {
				io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}, client.Slow},
		{"silent", silent, client.Slow},
		{"hanging up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, client.Network},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, client.Redirected},
		{"always later", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "999999999")
			w.WriteHeader(http.StatusTooManyRequests)
		}, client.Rate},
		{"now, now, now", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}, client.Rate},
		{"failing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, client.Broken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := hostile(t, someones, c.answer)
			o := dial(t, &client.Options{
				URL: url, Model: "m", Token: "secret", Low: -1, High: 1,
				Tries: 2, Timeout: 0.3, Sleep: quick, Patience: 5,
			})
			begun := time.Now()
			_, err := o.Ask([]float64{0, 0})
			var e *client.Error
			if !errors.As(err, &e) || e.Reason != c.reason {
				t.Errorf("%v, want %s", err, c.reason)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			if _, err := o.Ask([]float64{math.NaN(), 0}); err == nil {
				t.Error("NaN was asked")
			}
		})
	}
}

func TestATokenIsNotCarriedElsewhereByARedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the client followed to elsewhere, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	here := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusMovedPermanently))
	defer here.Close()
	_, err := client.Dial(remote.Life(t.Context()), remote.Transport{}, &client.Options{URL: here.URL, Model: "m", Token: "secret", Sleep: quick})
	var e *client.Error
	if !errors.As(err, &e) || e.Reason != client.Redirected {
		t.Errorf("%v", err)
	}
}

func TestAnAskEndsWithin100MillisecondsOfItsCancelling(t *testing.T) {
	t.Parallel()
	url := hostile(t, someones, silent)
	ctx, cancel := context.WithCancel(t.Context())
	o, err := client.Dial(remote.Life(ctx), deaf{}, &client.Options{URL: url, Model: "m", Low: -1, High: 1, Batch: 5})
	if err != nil {
		t.Fatal(err)
	}
	var at time.Time
	time.AfterFunc(50*time.Millisecond, func() { at = time.Now(); cancel() })
	_, err = o.Ask(make([]float64, 100))
	if took := time.Since(at); !errors.Is(err, context.Canceled) || took > 100*time.Millisecond {
		t.Errorf("%v after %v", err, took)
	}
}

// deaf is a transport that doesn't hear of a context's end.
type deaf struct{}

func (deaf) Send(_ client.Life, r *client.Request) (*client.Response, error) {
	if r.Method == http.MethodGet {
		return remote.Transport{}.Send(remote.Life(context.Background()), r)
	}
	time.Sleep(2 * time.Second)
	return nil, errors.New("late")
}

func TestAtMostFourRequestsAreUnderWay(t *testing.T) {
	t.Parallel()
	s, err := remote.New(remote.Config{Store: remote.NewMemory(), Demos: demo.All()})
	if err != nil {
		t.Fatal(err)
	}
	var under, most atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := under.Add(1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		s.ServeHTTP(w, r)
		under.Add(-1)
	}))
	defer server.Close()
	c := dial(t, &client.Options{URL: server.URL, Model: "circles-svm", Batch: 3, Parallel: 99})
	if _, err := c.Ask(make([]float64, 200)); err != nil {
		t.Fatal(err)
	}
	if most.Load() != 4 {
		t.Errorf("%d requests at the same time", most.Load())
	}
}

func sameFeature(a, b domain.Feature) bool {
	return a.Name == b.Name && a.Low == b.Low && a.High == b.High && a.Optional == b.Optional && slices.Equal(a.Categories, b.Categories)
}
