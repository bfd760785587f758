// Package client queries oracles across a network: any server of the Open
// Inference Protocol, version 2. It needs no net/http, so that a page can bring
// its own way to send requests.
package client

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"modelheist/core/domain"
	"modelheist/core/jsontext"
	"modelheist/core/oracle"
	"modelheist/remote/oip"
)

// Request is one HTTP request. Its body is nil for a GET.
type Request struct {
	Method, URL string
	Token       string // sent as Bearer, if there is one
	Body        []byte // JSON
	MaxBody     int    // bytes of the answer's body; a larger one is an error
}

// Response is the answer to a Request.
type Response struct {
	Status           int
	RateLimit, Retry string // the headers RateLimit and Retry-After
	Body             []byte

	err     error // instead of all that
	retried bool  // it answers a request that had been sent before
}

// Transport sends requests. It follows no redirects, for they might carry a
// token elsewhere; it gives up once life ends, and its errors are in words for
// people.
type Transport interface {
	Send(life Life, r *Request) (*Response, error)
}

// Options say what to query, and what the server leaves unsaid. Times are in
// seconds: a time.Duration would bring the writing of durations into a page.
type Options struct {
	URL   string // of the server, http://localhost:8080
	Model string
	Token string // may be empty

	// What the metadata don't tell. Zero values leave it to them.
	Input, Label, Scores string      // names of tensors
	Kind                 oracle.Kind // what the scores are: probabilities, logits, margin
	Features, Classes    int
	Low, High            float64 // the range of every feature, if Low < High

	Batch    int     // queries a request at most; 0 is what the server says, or 64
	Parallel int     // requests at the same time, at most 4; 0 is 4
	Timeout  float64 // of one request, s; 0 is 10
	Tries    int     // of one request; 0 is 6
	Patience float64 // how long to wait for a rate that was exceeded, s; 0 is 60, less is not at all

	// Sleep waits, and returns life's error if that ends first; nil is a timer.
	Sleep func(life Life, seconds float64) error
}

// Bounds of what a client asks and believes.
const (
	maxParallel   = 4
	defaultBatch  = 64
	maxBatch      = 1000
	metadataBytes = 4 << 20
	maxFeatures   = 4096
	maxClasses    = 1000
	largest       = 1e30 // of a score; more is no answer but an attack on the thief
	firstWait     = 0.1  // s
)

// Error is a request that failed for good.
type Error struct {
	Reason Reason
	Status int    // of HTTP, 0 without an answer
	Text   string // for people
}

// Reason sorts errors.
type Reason string

// The reasons.
const (
	Network      Reason = "network"      // no answer: offline, refused, DNS, TLS, CORS
	Slow         Reason = "slow"         // no answer in time
	Unauthorized Reason = "unauthorized" // 401
	Forbidden    Reason = "forbidden"    // 403
	Paid         Reason = "budget"       // 402
	NotFound     Reason = "not-found"    // 404
	Rate         Reason = "rate"         // 429
	Refused      Reason = "refused"      // other 4xx
	Redirected   Reason = "redirect"     // 3xx
	Broken       Reason = "server"       // 5xx
	Schema       Reason = "schema"       // an answer that is not the protocol
	Shape        Reason = "shape"        // an answer that doesn't fit the question
)

func (e *Error) Error() string { return e.Text }

// passing tells whether asking again later may help.
func (e *Error) passing() bool {
	return e.Reason == Network || e.Reason == Slow || e.Reason == Rate || e.Reason == Broken && e.Status != 501
}

// Is makes the end of a remote budget oracle.ErrBudget.
func (e *Error) Is(target error) bool { return e.Reason == Paid && target == oracle.ErrBudget }

// failed is an Error. Its text is put together by +: formatting it would double
// the code around it.
func failed(reason Reason, text string) *Error { return &Error{Reason: reason, Text: text} }

// Oracle is a remote oracle. It answers one Ask at a time.
type Oracle struct {
	life Life
	hold func(error) error // or nil; see Attach
	t    Transport
	o    Options
	url  string // of the model

	info    Info
	session string   // begins the ids of requests
	outputs []string // to ask for
	asked   int      // Asks answered

	mu    sync.Mutex
	left  int
	fresh bool // left is from before this Ask
	stats Stats
}

var _ oracle.Oracle = (*Oracle)(nil)

// Info is what is known of the model.
type Info struct {
	Name, Title   string
	Domain        domain.Domain
	Classes       int
	ClassNames    []string // nil if the server doesn't tell
	Answers       oracle.Kind
	Input         oip.TensorInfo
	Label, Scores string // outputs, "" if there is none
	Missing       bool   // the oracle tells which field was missing
	Precision     string // of the scores: FP64 FP32, or "" for labels
	Decimals      int    // that the scores are rounded to, 0 if not, or not known
	Batch         int    // queries a request at most
	Submissions   int    // copies that a taker may hand in; 0 if the model is no challenge
}

// Stats are what the network has cost.
type Stats struct {
	Requests, Retries int
	Queries           int     // answered
	Cost              int     // paid for, as the server says; as Queries if it doesn't
	Seconds           float64 // in requests, the longest of those at the same time
}

// Dial reads the metadata of a model. The oracle stops when life ends.
func Dial(life Life, t Transport, o *Options) (*Oracle, error) {
	base, err := address(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Model == "" || strings.ContainsAny(o.Model, "/?#% ") {
		return nil, failed(Refused, "the model's name must have no / ? # % and blanks")
	}
	c := &Oracle{life: life, t: t, o: *o, url: base + "/models/" + o.Model, left: noLimit}
	c.defaults()
	response, err := c.send(life, &Request{Method: "GET", URL: c.url, MaxBody: metadataBytes})
	if err != nil {
		return nil, err
	}
	m, err := oip.ParseMetadata(response.Body)
	if err != nil {
		return nil, failed(Schema, "the server's description of the model can't be read: "+err.Error())
	}
	if err := c.learn(&m); err != nil {
		return nil, err
	}
	return c, nil
}

// address is where a server's paths begin, with /v2.
func address(url string) (string, error) {
	base := url
	for base != "" && base[len(base)-1] == '/' {
		base = base[:len(base)-1]
	}
	if !strings.HasPrefix(base, "http://") && !strings.HasPrefix(base, "https://") || strings.ContainsAny(base, "?#@ ") {
		return "", failed(Refused, "the oracle's address must be http:// or https://, without ? # @ and blanks")
	}
	return strings.TrimSuffix(base, "/v2") + "/v2", nil
}

const noLimit = int(^uint(0) >> 1)

// defaults fills in what the options leave out.
func (c *Oracle) defaults() {
	o := &c.o
	c.session = strconv.Itoa(int(rand.Uint64()>>1)) + "-"
	if o.Parallel == 0 || o.Parallel > maxParallel {
		o.Parallel = maxParallel
	}
	if o.Timeout == 0 {
		o.Timeout = 10
	}
	if o.Tries == 0 {
		o.Tries = 6
	}
	if o.Patience == 0 {
		o.Patience = 60
	}
}

// Info is what is known of the model.
func (c *Oracle) Info() *Info { return &c.info }

// ClassNames are the classes' names, nil if the server doesn't tell.
func (c *Oracle) ClassNames() []string { return c.info.ClassNames }

// Stats are what the network has cost so far.
func (c *Oracle) Stats() Stats {
	c.mu.Lock()
	s := c.stats
	c.mu.Unlock()
	return s
}

// Domain implements oracle.Oracle.
func (c *Oracle) Domain() domain.Domain { return c.info.Domain }

// Classes implements oracle.Oracle.
func (c *Oracle) Classes() int { return c.info.Classes }

// Answers implements oracle.Oracle.
func (c *Oracle) Answers() oracle.Kind { return c.info.Answers }

// Left implements oracle.Oracle: what the server last said, or no limit.
func (c *Oracle) Left() int {
	c.mu.Lock()
	left := c.left
	c.mu.Unlock()
	return left
}

// Ask implements oracle.Oracle. A batch larger than the server takes is cut into
// requests, several of them under way at a time. Where one fails the whole Ask
// does; asking the same again then pays only for what has not been answered, if
// the server keeps to ids.
func (c *Oracle) Ask(x []float64) (oracle.Reply, error) {
	for {
		r, err := c.AskWhile(c.life, x)
		e, is := err.(*Error)
		if !is || !e.passing() || c.hold == nil {
			return r, err
		}
		if err := c.hold(e); err != nil {
			return r, err
		}
	}
}

// Attach has the oracle go on for as long as life. Where all tries of a request
// have failed for a reason that may pass, hold waits, and what it returns ends
// the Ask unless it is nil.
func (c *Oracle) Attach(life Life, hold func(error) error) { c.life, c.hold = life, hold }

// AskWhile is an Ask that stops when life does, whatever the oracle's own, and
// does not hold.
func (c *Oracle) AskWhile(life Life, x []float64) (oracle.Reply, error) {
	if err := oracle.Check(c.info.Domain, x); err != nil {
		return oracle.Reply{}, err
	}
	n := len(x) / c.info.Domain.Dim()
	if n > c.Left() {
		return oracle.Reply{}, oracle.ErrBudget
	}
	c.fresh = true // no request is under way yet
	begun := time.Now()
	r := oracle.Reply{Kind: c.info.Answers, Classes: c.info.Classes, Labels: make([]int, n)}
	r.Values = make([]float64, n*r.Width())
	if c.info.Missing {
		r.Missing = make([]int, n)
	}
	if err := c.parts(life, x, &r); err != nil {
		return oracle.Reply{}, err
	}
	c.asked++
	c.mu.Lock()
	c.stats.Queries += n
	c.stats.Seconds += float64(time.Since(begun)) / 1e9
	c.mu.Unlock()
	return r, nil
}

// parts asks for the queries x in requests of at most a batch, and fills in what
// they are answered. The first error stops the rest.
func (c *Oracle) parts(whole Life, x []float64, r *oracle.Reply) error {
	n, batch := len(r.Labels), c.info.Batch
	if n <= batch { // no goroutines for the common case
		return c.part(whole, x, 0, n, r)
	}
	life := &Part{}
	forget := whole.OnEnd(func() { life.End(whole.Err()) })
	slots := make(chan struct{}, c.o.Parallel)
	for at := 0; at < n; at += batch {
		slots <- struct{}{}
		go func() {
			if err := c.part(life, x, at, min(at+batch, n), r); err != nil {
				life.End(err)
			}
			<-slots
		}()
	}
	for range c.o.Parallel { // until all are free again; a WaitGroup is 2 kB of a page
		slots <- struct{}{}
	}
	forget()
	return life.Err()
}

// part asks for the rows from..to of x in one request.
func (c *Oracle) part(life Life, x []float64, from, to int, r *oracle.Reply) error {
	if err := life.Err(); err != nil {
		return err
	}
	in := &c.info.Input
	d, n := in.Shape[1], to-from
	q := oip.Request{
		Inputs:  []oip.Tensor{{Name: in.Name, Datatype: in.Datatype, Shape: []int{n, d}, Data: x[from*d : to*d]}},
		Outputs: c.outputs,
	}
	// The same batch asked again after a failure has the same id; another one has
	// another.
	q.ID = c.session + strconv.Itoa(fingerprint(c.asked, from, q.Append(nil)))
	response, err := c.send(life, &Request{
		Method: "POST", URL: c.url + "/infer", Body: q.Append(nil), MaxBody: 64<<10 + n*(c.info.Classes+3)*40,
	})
	if err != nil {
		return err
	}
	answer, err := oip.ParseResponse(response.Body)
	if err != nil {
		return failed(Schema, "the server's answer can't be read: "+err.Error())
	}
	if err := c.read(answer.Outputs, from, to, r); err != nil {
		return err
	}
	// A retry that costs nothing was paid for by a try whose answer got lost.
	said := jsontext.Open(answer.Parameters, "")
	if !response.retried && said.Has("cost") && said.Float("cost") == 0 && said.Err() == nil {
		n = 0
	}
	c.mu.Lock()
	c.stats.Cost += n
	c.mu.Unlock()
	return nil
}

// fingerprint is FNV-1a, 63 bits of it, of a request that begins at that row of
// that Ask.
func fingerprint(asked, from int, text []byte) int {
	h := uint64(14695981039346656037)
	h = (h ^ uint64(asked)) * 1099511628211
	h = (h ^ uint64(from)) * 1099511628211
	for _, b := range text {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return int(h >> 1)
}

// limit reads what is left of the budget from the RateLimit header. Answers of
// one Ask may overtake each other: the least is the latest.
func (c *Oracle) limit(header string) {
	rest := strings.ReplaceAll(header, " ", "")
	for item := ""; rest != ""; {
		item, rest, _ = strings.Cut(rest, ",")
		_, r, _ := strings.Cut(item, ";r=")
		r, _, _ = strings.Cut(r, ";")
		v, err := strconv.Atoi(r)
		if err != nil || v < 0 || !strings.HasPrefix(item, `"budget";`) {
			continue
		}
		c.mu.Lock()
		if c.fresh || v < c.left {
			c.left, c.fresh = v, false
		}
		c.mu.Unlock()
	}
}
