package remote_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelheist/remote"
)

// published is a server with the model secret and a token for it.
func published(t *testing.T, limits string, change func(*remote.Config)) (base, token string) {
	t.Helper()
	base = serve(t, change).URL
	plain{t, base, key}.ok("PUT", "/v2/models/secret", publication(t, "moons-mlp", `"oracle":{"answers":"probabilities"}`))
	return base, makeToken(t, base, "secret", limits)
}

// asking is a request for n queries under an id.
func asking(id string, n int) string {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	return fmt.Sprintf(`{%s"inputs":[{"name":"x","shape":[%d,2],"datatype":"FP64","data":[0.5%s]}]}`, id, n, strings.Repeat(",0.25", 2*n-1))
}

const infer = "/v2/models/secret/infer"

func TestABudgetIsTakenAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	base, token := published(t, `"budget":10`, nil)
	p := plain{t, base, token}
	for _, c := range []struct {
		n, status int
		left      string
	}{{7, 200, "3"}, {4, 402, "3"}, {3, 200, "0"}, {1, 402, "0"}} {
		status, out, header := p.do("POST", infer, asking("", c.n))
		if status != c.status || header.Get("RateLimit") != `"budget";r=`+c.left || header.Get("RateLimit-Policy") != `"budget";q=10;qu="queries"` {
			t.Errorf("%d queries: HTTP %d, %v, %v", c.n, status, out, header)
		}
		if header.Get("Retry-After") != "" {
			t.Error("nothing renews this budget")
		}
	}
}

func TestARetryIsAnsweredAsBeforeAndCostsNothing(t *testing.T) {
	t.Parallel()
	base, token := published(t, `"budget":5`, nil)
	p := plain{t, base, token}
	first := p.ok("POST", infer, asking("a", 3))
	again := p.ok("POST", infer, asking("a", 3))
	same(t, again["parameters"], `{"cost":0,"left":2}`)
	a, _ := json.Marshal(first["outputs"])
	same(t, again["outputs"], string(a))
	if status, out, _ := p.do("POST", infer, asking("a", 2)); status != 409 || !strings.HasPrefix(out["error"].(string), "id:") {
		t.Errorf("another body: HTTP %d, %v", status, out)
	}
	p.ok("POST", infer, asking("b", 2))
	p.ok("POST", infer, asking("a", 3)) // also at the end of the budget
	if status, _, _ := p.do("POST", infer, asking("c", 1)); status != 402 {
		t.Errorf("HTTP %d", status)
	}
	other := plain{t, base, makeToken(t, base, "secret", `"budget":5`)}
	same(t, other.ok("POST", infer, asking("a", 1))["parameters"], `{"cost":1,"left":4}`)
	// The model as it was can't answer any more.
	plain{t, base, key}.ok("PUT", "/v2/models/secret", publication(t, "circles-svm", `"oracle":{"answers":"labels"}`))
	if status, _, _ := p.do("POST", infer, asking("a", 3)); status != 409 {
		t.Errorf("after another model was published: HTTP %d", status)
	}
}

func TestARateIsToldApartFromABudgetAndPasses(t *testing.T) {
	t.Parallel()
	c := newClock()
	base, token := published(t, `"budget":100,"rate":5,"period":10`, func(config *remote.Config) { config.Now = func() time.Time { return c.now } })
	p := plain{t, base, token}
	p.ok("POST", infer, asking("", 4))
	c.now = c.now.Add(2500 * time.Millisecond)
	status, out, header := p.do("POST", infer, asking("", 2))
	if status != 429 || header.Get("Retry-After") != "8" || header.Get("RateLimit") != `"budget";r=96, "rate";r=1;t=8` ||
		header.Get("RateLimit-Policy") != `"budget";q=100;qu="queries", "rate";q=5;qu="queries";w=10` {
		t.Errorf("HTTP %d, %v, %v", status, out, header)
	}
	if status, out, _ := p.do("POST", infer, asking("", 6)); status != 400 || !strings.Contains(out["error"].(string), "the rate allows 5") {
		t.Errorf("more than ever allowed: HTTP %d, %v", status, out)
	}
	c.now = c.now.Add(8 * time.Second)
	p.ok("POST", infer, asking("", 5))
}

func TestTokensAreForTheirModelsUntilTheyExpire(t *testing.T) {
	t.Parallel()
	c := newClock()
	base, token := published(t, `"budget":100,"expires":"2030-01-01T00:01:00Z"`, func(config *remote.Config) { config.Now = func() time.Time { return c.now } })
	plain{t, base, key}.ok("PUT", "/v2/models/other", publication(t, "moons-mlp", `"oracle":{"answers":"labels"}`))
	p := plain{t, base, token}
	p.ok("POST", infer, one)
	if status, _, _ := p.do("POST", "/v2/models/other/infer", one); status != 403 {
		t.Errorf("another model: HTTP %d", status)
	}
	p.ok("POST", "/v2/models/moons-mlp/infer", one) // open to all
	for _, wrong := range []string{"x", token + "x", token[1:], strings.ToLower(token), key} {
		if status, _, _ := (plain{t, base, wrong}).do("POST", infer, one); status != 401 {
			t.Errorf("token %q: HTTP %d", wrong, status)
		}
	}
	c.now = c.now.Add(time.Minute)
	if status, out, _ := p.do("POST", infer, one); status != 401 || !strings.Contains(out["error"].(string), "expired") {
		t.Errorf("HTTP %d, %v", status, out)
	}
}

func TestAnOpenBudgetIsEachClientsAndIsRenewed(t *testing.T) {
	t.Parallel()
	c, from := newClock(), "10.0.0.1:1"
	base := serve(t, func(config *remote.Config) {
		config.Now = func() time.Time { return c.now }
		config.Client = func(*http.Request) string { return from }
	}).URL
	plain{t, base, key}.ok("PUT", "/v2/models/secret", publication(t, "moons-mlp", `"oracle":{"answers":"labels"},"access":{"open":true,"budget":2,"window":60}`))
	p := plain{t: t, base: base}
	p.ok("POST", infer, asking("a", 2))
	if status, _, header := p.do("POST", infer, one); status != 402 || header.Get("Retry-After") != "60" {
		t.Errorf("HTTP %d, %v", status, header)
	}
	from = "10.0.0.2:1"
	p.ok("POST", infer, one)
	from = "10.0.0.1:1"
	c.now = c.now.Add(time.Minute)
	same(t, p.ok("POST", infer, asking("a", 2))["parameters"], `{"cost":0,"left":2}`) // a retry over the border
	p.ok("POST", infer, asking("", 2))
}

// 64 clients draw on one token, break off at random and try again under the same
// id. Nobody gets an answer that isn't paid for, and nothing is paid for twice.
func TestManyClientsNeverGetMoreThanTheBudgetNorPayTwice(t *testing.T) {
	t.Parallel()
	const budget, clients = 10_000, 64
	for name, store := range map[string]func(*remote.Config){
		"memory": nil,
		"file": func(c *remote.Config) {
			m, err := remote.Open(filepath.Join(t.TempDir(), "state"), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { m.Close() })
			c.Store = m
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, token := published(t, fmt.Sprintf(`"budget":%d`, budget), store)
			h := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
			defer h.CloseIdleConnections()
			var answered, aborted atomic.Int64
			var group sync.WaitGroup
			for i := range clients {
				group.Go(func() {
					r := rand.New(rand.NewPCG(uint64(i), 1))
					most := 40
					for request := 0; ; request++ {
						n := 1 + r.IntN(most)
						body := asking(fmt.Sprintf("%d-%d", i, request), n)
						status := 0
						for status == 0 {
							ctx, cancel := context.WithCancel(t.Context())
							if r.IntN(4) == 0 {
								ctx, cancel = context.WithTimeout(ctx, time.Duration(r.IntN(3000))*time.Microsecond)
							}
							status = post(ctx, h, base+infer, token, body)
							cancel()
							if status == 0 {
								aborted.Add(1)
							}
						}
						switch {
						case status == 402 && n > 1:
							most = 1 // less may still be had
							continue
						case status == 402:
							return
						case status != 200:
							t.Errorf("HTTP %d", status)
							return
						}
						answered.Add(int64(n))
					}
				})
			}
			group.Wait()
			charges := plain{t, base, key}.ok("GET", "/v2/models/secret/ledger", "")["charges"].([]any)
			paid := 0.0
			for _, c := range charges {
				paid += c.(map[string]any)["n"].(float64)
			}
			_, _, header := plain{t, base, token}.do("GET", "/v2/models/secret", "")
			var left int
			if _, err := fmt.Sscanf(header.Get("RateLimit"), `"budget";r=%d`, &left); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d answered, %.0f paid, %d left, %d broken off", answered.Load(), paid, left, aborted.Load())
			if int(answered.Load()) != budget-left || answered.Load() > budget || len(charges) < 1000 && int(paid) != budget-left {
				t.Errorf("%d answered, %.0f paid, %d left of %d", answered.Load(), paid, left, budget)
			}
			if aborted.Load() == 0 {
				t.Error("no client broke off, so that nothing was tried")
			}
		})
	}
}

// post is 0 for a request that was broken off.
func post(ctx context.Context, h *http.Client, url, token, body string) int {
	r, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := h.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return 0
	}
	return answer.StatusCode
}

func TestAStateFileKeepsEverythingAndOutlivesACrash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	open := func() *remote.Memory {
		m, err := remote.Open(path, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m := open()
	base, token := published(t, `"budget":10`, func(c *remote.Config) { c.Store = m })
	plain{t, base, token}.ok("POST", infer, asking("a", 4))
	m.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), token) {
		t.Error("the token itself is in the file")
	}
	// A crash in the middle of a line.
	if err := os.WriteFile(path, append(text, `{"draw":{"acc`...), 0o600); err != nil {
		t.Fatal(err)
	}
	m = open()
	defer m.Close()
	p := plain{t, serve(t, func(c *remote.Config) { c.Store = m }).URL, token}
	same(t, p.ok("POST", infer, asking("a", 4))["parameters"], `{"cost":0,"left":6}`)
	same(t, p.ok("POST", infer, asking("b", 5))["parameters"], `{"cost":5,"left":1}`)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(path, []byte("{}\nnonsense\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Open(path, time.Now()); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a file that is none: %v", err)
	}
}

func TestClientsWithoutATokenDontFillTheMemory(t *testing.T) {
	t.Parallel()
	m := remote.NewMemory()
	now := time.Now()
	for i := range 5000 {
		d := remote.Draw{Account: fmt.Sprintf("client:%d", i), Model: "m", Limits: remote.Limits{Budget: 10, Window: 60}, ID: "a", N: 1, Now: now.Add(time.Duration(i))}
		if g, err := m.Take(t.Context(), d); err != nil || g.Verdict != remote.Granted {
			t.Fatal(g, err)
		}
	}
	remembered := 0
	for i := range 5000 {
		d := remote.Draw{Account: fmt.Sprintf("client:%d", i), Model: "m", Limits: remote.Limits{Budget: 10, Window: 60}, Now: now}
		if g, _ := m.Take(t.Context(), d); g.Left == 9 {
			remembered++
		}
	}
	if remembered < 1800 || remembered > 2000 {
		t.Errorf("%d clients are remembered", remembered)
	}
}
