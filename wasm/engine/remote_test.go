//go:build js && wasm && !lean

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"modelheist/core/experiment"
	server "modelheist/remote"
	"modelheist/remote/demo"
)

// network is a remote oracle behind the page's fetch.
type network struct {
	*server.Server
	store   *server.Memory
	fails   func(n int, path string) int // a status instead of the n-th answer; -1 loses it, -2 keeps it for ever; 0 lets it through
	sent    int
	aborted time.Duration // when a request was last given up; 0 for never
}

const adminKey = "the owner's own key, long enough"

func openNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{store: server.NewMemory()}
	s, err := server.New(server.Config{Store: n.store, AdminKey: adminKey, Demos: demo.All()})
	if err != nil {
		t.Fatal(err)
	}
	n.Server = s
	script, err := os.ReadFile("../../site/engine-fetch.js")
	if err != nil {
		t.Fatal(err)
	}
	js.Global().Get("Function").New("{" + strings.TrimSuffix(string(script), "export {};\n") + "}").Invoke()
	before := js.Global().Get("fetch")
	fetch := js.FuncOf(func(_ js.Value, args []js.Value) any { return n.fetch(args[0].String(), args[1]) })
	js.Global().Set("fetch", fetch)
	t.Cleanup(func() { js.Global().Set("fetch", before) })
	return n
}

// fetch answers with a promise, as a browser's does.
func (n *network) fetch(url string, options js.Value) js.Value {
	begin := js.FuncOf(func(_ js.Value, args []js.Value) any {
		go n.answer(url, options, args[0], args[1])
		return nil
	})
	return js.Global().Get("Promise").New(begin)
}

func (n *network) answer(url string, options, resolve, reject js.Value) {
	body := ""
	if b := options.Get("body"); b.Truthy() {
		body = b.String()
	}
	r := httptest.NewRequest(options.Get("method").String(), url, strings.NewReader(body))
	headers := options.Get("headers")
	for _, k := range (value{headers}).Keys() {
		r.Header.Set(k, headers.Get(k).String())
	}
	options.Get("signal").Call("addEventListener", "abort", js.FuncOf(func(js.Value, []js.Value) any {
		n.aborted = now()
		return nil
	}))
	n.sent++
	status := 0
	if n.fails != nil {
		status = n.fails(n.sent, r.URL.Path)
	}
	if status == -2 {
		return
	}
	w := httptest.NewRecorder()
	if status <= 0 {
		n.ServeHTTP(w, r)
	} else {
		http.Error(w, `{"error":"as the test wants it"}`, status)
	}
	if status == -1 {
		reject.Invoke(js.Global().Get("TypeError").New("Failed to fetch"))
		return
	}
	answered := objects.New()
	for k := range w.Header() {
		answered.Set(k, w.Header().Get(k))
	}
	init := objects.New()
	init.Set("status", w.Code)
	init.Set("headers", answered)
	resolve.Invoke(js.Global().Get("Response").New(w.Body.String(), init))
}

// publish puts the victim of a Spec up for everybody.
func (n *network) publish(t *testing.T, name, link string, challenge bool) {
	t.Helper()
	spec, err := experiment.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	e, err := experiment.Prepare(spec, experiment.Env{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := server.PublicationOf(e)
	if err != nil {
		t.Fatal(err)
	}
	p.Open, p.Limits.Budget = true, 1000
	if challenge {
		p.Challenge = &server.Challenge{Test: e.Test.X, Submissions: 3}
	}
	text, err := p.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("PUT", "http://oracle.test/v2/models/"+name, strings.NewReader(string(text)))
	r.Header.Set("Authorization", "Bearer "+adminKey)
	w := httptest.NewRecorder()
	if n.ServeHTTP(w, r); w.Code != http.StatusOK {
		t.Fatalf("publish: %d %s", w.Code, w.Body)
	}
}

// charged is what the ledger says of a model.
func (n *network) charged(t *testing.T, name string) (sum int) {
	t.Helper()
	charges, err := n.store.Ledger(context.Background(), name, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range charges {
		sum += c.N
	}
	return sum
}

const across = "oracle=http://oracle.test&model=secret&queries=40"

// copied runs a Spec and returns its copy as text and its end.
func (p *page) copied(id int, link string) (text string, end js.Value) {
	p.Helper()
	p.send("kind", "spec", "id", id, "spec", link)
	p.until("prepared")
	p.send("kind", "play")
	end = p.until("end")
	p.send("kind", "write", "id", id+1, "which", "copy")
	return p.until("written").Get("text").String(), end
}

func TestTheSameTheftAcrossANetworkGivesTheSameCopy(t *testing.T) {
	n := openNetwork(t)
	p := open4test(t)
	for i, victim := range []string{"victim=svm", "victim=logistic&answers=probabilities", "victim=tree&answers=probabilities&attack=path-finding&queries=300"} {
		link := "data=moons&n=60&" + victim
		family, _, _ := strings.Cut(strings.TrimPrefix(victim, "victim="), "&")
		attack := map[string]string{"svm": "adaptive&queries=40", "logistic": "equations&alpha=2", "tree": "path-finding&queries=300"}[family]
		if family == "svm" {
			link += "&queries=40"
		}
		n.publish(t, "secret", link, false)
		local, there := p.copied(10*i, link)
		remote, here := p.copied(10*i+5, "oracle=http://oracle.test&model=secret&copy="+family+"&attack="+attack)
		if local != remote || there.Get("queries").Int() != here.Get("queries").Int() {
			t.Errorf("%s: %v and %v queries, copies\n%.300s\n%.300s", victim, there.Get("queries"), here.Get("queries"), local, remote)
		}
		if agreement := here.Get("agreement"); agreement.Type() != js.TypeNumber || agreement.Float() < 0.9 || !here.Get("rUnif").IsNull() {
			t.Errorf("%s: agreement with the answers %v, R_unif %v", victim, agreement, here.Get("rUnif"))
		}
	}
}

func TestATheftGoesOnAfterTheNetworkFailedAndPaysOnce(t *testing.T) {
	n := openNetwork(t)
	n.publish(t, "secret", small, false)
	p := open4test(t)
	want, _ := p.copied(1, across)
	before := n.charged(t, "secret")
	down := true
	n.fails = func(i int, path string) int {
		if down && strings.HasSuffix(path, "/infer") && i > 4 {
			return -1 // answered and charged, and the answer is lost
		}
		return 0
	}
	n.sent = 0
	p.send("kind", "spec", "id", 3, "spec", across+"&seed=2")
	p.until("prepared")
	p.send("kind", "spec", "id", 4, "spec", across)
	p.until("prepared")
	p.send("kind", "play")
	trouble := <-p.posted
	for trouble.Get("kind").String() != "error" {
		trouble = <-p.posted
	}
	if trouble.Get("code").String() != "network" || trouble.Get("reason").String() != "network" {
		t.Errorf("got %s", js.Global().Get("JSON").Call("stringify", trouble).String())
	}
	p.untilState("paused")
	down = false
	p.send("kind", "play")
	if end := p.until("end"); end.Get("queries").Int() != 40 {
		t.Errorf("ended after %d queries", end.Get("queries").Int())
	}
	p.send("kind", "write", "id", 9, "which", "copy")
	if got := p.until("written").Get("text").String(); got != want {
		t.Error("another copy")
	}
	if paid := n.charged(t, "secret") - before; paid != 40 {
		t.Errorf("%d queries were paid for", paid)
	}
}

func TestLeavingATheftGivesUpItsRequestsAtOnce(t *testing.T) {
	n := openNetwork(t)
	n.publish(t, "secret", small, false)
	p := open4test(t)
	asked := false
	n.fails = func(_ int, path string) int {
		if asked = strings.HasSuffix(path, "/infer"); asked {
			return -2
		}
		return 0
	}
	for _, leave := range [][]any{{"kind", "reset"}, {"kind", "spec", "id", 9, "spec", small}} {
		asked = false
		p.send("kind", "spec", "id", 1, "spec", across)
		p.until("prepared")
		p.send("kind", "play")
		for !asked {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond)
		n.aborted = 0
		left := now()
		p.send(leave...)
		for n.aborted == 0 && now()-left < 5*time.Second {
			time.Sleep(time.Millisecond)
		}
		if took := n.aborted - left; n.aborted == 0 || took > 100*time.Millisecond {
			t.Errorf("%v: given up after %v", leave, took)
		}
	}
}

func TestTheConsoleShowsRequestAndAnswer(t *testing.T) {
	n := openNetwork(t)
	p := open4test(t)
	p.send("kind", "connect", "id", 1, "spec", "oracle=http://oracle.test&model=iris-softmax")
	server := p.until("connected").Get("server")
	if server.Get("answers").String() != "probabilities" || server.Get("features").Length() != 4 || server.Get("classes").Int() != 3 || server.Get("left").IsNull() {
		t.Errorf("%s", js.Global().Get("JSON").Call("stringify", server).String())
	}
	x := make([]float64, 8)
	p.send("kind", "ask", "id", 2, "x", x)
	e := p.until("exchange")
	if e.Get("status").Int() != 200 || e.Get("labels").Length() != 2 || e.Get("left").Int() != server.Get("left").Int()-2 ||
		!strings.Contains(e.Get("request").String(), `"inputs"`) || !strings.Contains(e.Get("response").String(), `"outputs"`) {
		t.Errorf("%s", js.Global().Get("JSON").Call("stringify", e).String())
	}
	for status, reason := range map[int]string{401: "unauthorized", 402: "budget", 403: "forbidden", 404: "not-found", 429: "rate", 500: "server", -1: "network"} {
		n.fails = func(int, string) int { return status }
		sent := n.sent
		p.send("kind", "ask", "id", 3, "x", x)
		e := p.until("exchange")
		if e.Get("reason").String() != reason || e.Get("error").String() == "" || n.sent != sent+1 {
			t.Errorf("%d: %s after %d requests", status, js.Global().Get("JSON").Call("stringify", e).String(), n.sent-sent)
		}
	}
}

func TestACopyIsHandedInAndStandsOnTheBoard(t *testing.T) {
	n := openNetwork(t)
	n.publish(t, "secret", small, true)
	p := open4test(t)
	text, _ := p.copied(1, across)
	p.send("kind", "call", "id", 5, "server", "http://oracle.test", "method", "POST", "path", "/models/secret/copies", "body", `{"name":"Ada <b>","model":`+text+`}`)
	row := js.Global().Get("JSON").Call("parse", p.until("called").Get("body").String()).Get("board").Index(0)
	if row.Get("name").String() != "Ada <b>" || row.Get("queries").Int() != 40 || row.Get("agreement").Float() < 0.6 {
		t.Error(js.Global().Get("JSON").Call("stringify", row).String())
	}
}

func TestAVictimIsWrittenWithItsTestPoints(t *testing.T) {
	p := open4test(t)
	p.send("kind", "spec", "id", 1, "spec", small)
	p.until("prepared")
	p.send("kind", "write", "id", 2, "which", "victim")
	m := p.until("written")
	if got := (value{m.Get("test")}).Floats(); len(got) != 2*18 || !strings.HasPrefix(m.Get("text").String(), `{"modelheist":1,"family":"svm"`) {
		t.Errorf("%d numbers of test points, %.60s", len(got), m.Get("text").String())
	}
	p.send("kind", "write", "id", 3, "which", "copy")
	if m := <-p.posted; m.Get("kind").String() != "error" || m.Get("id").Int() != 3 {
		t.Error("a copy that is not there was written")
	}
}

func TestATheftAcrossANetworkIsWrittenOutWithoutAskingAgain(t *testing.T) {
	n := openNetwork(t)
	n.publish(t, "secret", small, false)
	p := open4test(t)
	p.send("kind", "spec", "id", 1, "spec", across)
	link := p.until("prepared").Get("spec").String()
	text, end := p.copied(2, across)
	sent, paid := n.sent, n.charged(t, "secret")
	files := js.ValueOf([]any{"copy.json", "queries.csv", "curve.csv", "experiment.json", "figure.svg"})
	p.send("kind", "export", "id", 7, "spec", link, "queries", end.Get("queries"), "rounds", 1, "ended", true, "files", files, "dark", false)
	written := p.until("exported").Get("files")
	read := func(i int) string {
		b := make([]byte, written.Index(i).Length())
		js.CopyBytesToGo(b, written.Index(i))
		return string(b)
	}
	if got := strings.TrimSpace(read(0)); got != text {
		t.Errorf("another copy:\n%.200s\n%.200s", got, text)
	}
	if got := strings.Count(read(1), "\n"); got != 41 {
		t.Errorf("%d lines for 40 queries", got)
	}
	if !strings.HasPrefix(read(2), "queries,agreement_with_answers\n") || !strings.Contains(read(3), `"oracle":"http://oracle.test"`) || !strings.Contains(read(4), "<svg") {
		t.Errorf("got %.100s\n%.300s\n%.100s", read(2), read(3), read(4))
	}
	if n.sent != sent || n.charged(t, "secret") != paid {
		t.Errorf("%d requests more, %d paid instead of %d", n.sent-sent, n.charged(t, "secret"), paid)
	}
}
