// Package client queries oracles across a network: any server of the Open
// Inference Protocol, version 2. It needs no net/http, so that a page can bring
// its own way to send requests.
package client

import (
	"fmt"
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
	Headers     [][2]string
	Body        []byte
	MaxBody     int // bytes of the answer's body; a larger one is an error
}

// Response is the answer to a Request.
type Response struct {
	Status int
	Header func(name string) string
	Body   []byte

	retried bool // it answers a request that had been sent before
}

// Transport sends requests. It follows no redirects, for they might carry a
// token elsewhere; it returns ctx's error once that ends, and any other error in
// words for people.
type Transport interface {
	Send(ctx Life, r Request) (Response, error)
}

// Options say what to query, and what the server leaves unsaid.
type Options struct {
	URL   string // of the server, http://localhost:8080
	Model string
	Token string // may be empty

	// What the metadata don't tell. Zero values leave it to them.
	Input, Label, Scores string      // names of tensors
	Kind                 oracle.Kind // what the scores are: probabilities, logits, margin
	Features, Classes    int
	Low, High            float64 // the range of every feature, if Low < High

	Session  string        // begins the ids of requests; the same one again resumes. Random if empty
	Batch    int           // queries a request at most; 0 is what the server says, or 64
	Parallel int           // requests at the same time, at most 4; 0 is 4
	Timeout  time.Duration // of one request; 0 is 10 s
	Tries    int           // of one request; 0 is 6
	Patience time.Duration // how long to wait for a rate that was exceeded; 0 is a minute

	// Sleep waits, and returns ctx's error if that ends first; nil is a timer.
	Sleep func(ctx Life, d time.Duration) error
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
	firstWait     = 100 * time.Millisecond
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

// Is makes the end of a remote budget oracle.ErrBudget.
func (e *Error) Is(target error) bool { return e.Reason == Paid && target == oracle.ErrBudget }

func failed(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Text: fmt.Sprintf(format, args...)}
}

// Oracle is a remote oracle. It answers one Ask at a time.
type Oracle struct {
	ctx Life
	t   Transport
	o   Options
	url string // of the model

	info  Info
	asked int // Asks answered

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
	Queries           int           // answered
	Cost              int           // paid for, as the server says; as Queries if it doesn't
	Waited            time.Duration // in requests, the longest of those at the same time
}

// Dial reads the metadata of a model. The oracle stops when ctx ends.
func Dial(ctx Life, t Transport, o Options) (*Oracle, error) {
	base, err := address(o.URL)
	if err != nil {
		return nil, err
	}
	if o.Model == "" || strings.ContainsAny(o.Model, "/?#% ") {
		return nil, failed(Refused, "the model's name must have no / ? # %% and blanks")
	}
	defaults(&o)
	c := &Oracle{ctx: ctx, t: t, o: o, url: base + "/models/" + o.Model, left: noLimit}
	response, err := c.send("GET", c.url, nil, metadataBytes)
	if err != nil {
		return nil, err
	}
	m, err := oip.ParseMetadata(response.Body)
	if err != nil {
		return nil, failed(Schema, "the server's description of the model can't be read: %v", err)
	}
	if err := c.learn(m); err != nil {
		return nil, err
	}
	return c, nil
}

// address is where a server's paths begin, with /v2.
func address(url string) (string, error) {
	base := strings.TrimRight(url, "/")
	if !strings.HasPrefix(base, "http://") && !strings.HasPrefix(base, "https://") || strings.ContainsAny(base, "?#@ ") {
		return "", failed(Refused, "the oracle's address must be http:// or https://, without ? # @ and blanks")
	}
	return strings.TrimSuffix(base, "/v2") + "/v2", nil
}

const noLimit = int(^uint(0) >> 1)

func defaults(o *Options) {
	if o.Session == "" {
		o.Session = strconv.FormatUint(rand.Uint64(), 36) + strconv.FormatUint(rand.Uint64(), 36)
	}
	if o.Parallel == 0 {
		o.Parallel = maxParallel
	}
	o.Parallel = min(o.Parallel, maxParallel)
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Tries == 0 {
		o.Tries = 6
	}
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
}

func sleep(ctx Life, d time.Duration) error {
	over, stop := after(d)
	defer stop()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// after closes a channel when the time is over. A time.NewTimer would bring the
// formatting of dates into a page, 15 kB of download.
func after(d time.Duration) (over <-chan struct{}, stop func() bool) {
	c := make(chan struct{})
	return c, time.AfterFunc(d, func() { close(c) }).Stop
}

// Info is what is known of the model.
func (c *Oracle) Info() Info { return c.info }

// ClassNames are the classes' names, nil if the server doesn't tell.
func (c *Oracle) ClassNames() []string { return c.info.ClassNames }

// Stats are what the network has cost so far.
func (c *Oracle) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
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
	defer c.mu.Unlock()
	return c.left
}

// Ask implements oracle.Oracle. A batch larger than the server takes is cut into
// requests, several of them under way at a time. Where one fails the whole Ask
// does; asking the same again then pays only for what has not been answered, if
// the server keeps to ids.
func (c *Oracle) Ask(x []float64) (oracle.Reply, error) { return c.AskWhile(c.ctx, x) }

// AskWhile is an Ask that stops when ctx does, whatever the oracle's own life.
func (c *Oracle) AskWhile(ctx Life, x []float64) (oracle.Reply, error) {
	d := c.info.Domain.Dim()
	if len(x)%d != 0 {
		panic(fmt.Sprintf("client: batch of %d values is not a multiple of d = %d", len(x), d))
	}
	for i, v := range x {
		if f := c.info.Domain[i%d]; v-v != 0 && !(f.Optional && v != v) {
			return oracle.Reply{}, &oracle.RangeError{Row: i / d, Feature: f, Value: v}
		}
	}
	n := len(x) / d
	if n > c.Left() {
		return oracle.Reply{}, oracle.ErrBudget
	}
	c.mu.Lock()
	c.fresh = true
	c.mu.Unlock()
	begun := time.Now()
	parts, err := c.parts(ctx, x, n)
	if err != nil {
		return oracle.Reply{}, err
	}
	r := oracle.Reply{Kind: c.info.Answers, Classes: c.info.Classes}
	for _, p := range parts {
		r.Labels = append(r.Labels, p.Labels...)
		r.Values = append(r.Values, p.Values...)
		r.Missing = append(r.Missing, p.Missing...)
	}
	c.asked++
	c.mu.Lock()
	c.stats.Queries += n
	c.stats.Waited += time.Since(begun)
	c.mu.Unlock()
	return r, nil
}

// parts asks for the n queries x in requests of at most a batch. The first error
// stops the rest.
func (c *Oracle) parts(whole Life, x []float64, n int) ([]oracle.Reply, error) {
	d, size := c.info.Domain.Dim(), c.info.Batch
	requests := (n + size - 1) / size
	replies, errs := make([]oracle.Reply, requests), make([]error, requests)
	if requests == 1 { // no goroutines for the common case
		reply, err := c.part(whole, x, 0)
		return []oracle.Reply{reply}, err
	}
	ctx := newPart(whole)
	defer ctx.end()
	slots := make(chan struct{}, c.o.Parallel)
	for i := range requests {
		slots <- struct{}{}
		if ctx.Err() != nil {
			<-slots
			break
		}
		go func() {
			replies[i], errs[i] = c.part(ctx, x[i*size*d:min((i+1)*size, n)*d], i)
			if errs[i] != nil {
				ctx.end()
			}
			<-slots
		}()
	}
	for range c.o.Parallel { // until all are free again; a WaitGroup is 2 kB of a page
		slots <- struct{}{}
	}
	return replies, first(errs, whole)
}

// first is the error that stopped the others.
func first(errs []error, ctx Life) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, err := range errs {
		if err != nil && err != errEnded {
			return err
		}
	}
	return nil
}

// part asks for one batch.
func (c *Oracle) part(ctx Life, x []float64, number int) (oracle.Reply, error) {
	n := len(x) / c.info.Domain.Dim()
	q := oip.Request{Inputs: []oip.Tensor{{
		Name: c.info.Input.Name, Datatype: c.info.Input.Datatype, Shape: []int{n, c.info.Domain.Dim()}, Data: x,
	}}}
	for _, name := range []string{c.info.Label, c.info.Scores} {
		if name != "" {
			q.Outputs = append(q.Outputs, name)
		}
	}
	if c.info.Missing {
		q.Outputs = append(q.Outputs, "missing")
	}
	// The same batch asked again after a failure has the same id; another one has
	// another.
	q.ID = fmt.Sprintf("%s-%d-%d-%x", c.o.Session, c.asked, number, fingerprint(q.Append(nil)))
	body := q.Append(nil)
	limit := 64<<10 + n*(c.info.Classes+3)*40
	response, err := c.sendWith(ctx, "POST", c.url+"/infer", body, limit)
	if err != nil {
		return oracle.Reply{}, err
	}
	answer, err := oip.ParseResponse(response.Body)
	if err != nil {
		return oracle.Reply{}, failed(Schema, "the server's answer can't be read: %v", err)
	}
	reply, err := c.read(answer, n)
	if err != nil {
		return oracle.Reply{}, err
	}
	c.account(response, answer, n)
	return reply, nil
}

// fingerprint is FNV-1a, 64 bits.
func fingerprint(text []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range text {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// account notes what the server says of the budget, in the answer or its header.
func (c *Oracle) account(response Response, answer oip.Response, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	cost := n
	for _, m := range answer.Parameters.Members {
		// A retry that costs nothing was paid for by a try whose answer got lost.
		if m.Name == "cost" && m.Value.Kind == jsontext.Number && m.Value.Number == 0 && !response.retried {
			cost = 0
		}
	}
	c.stats.Cost += cost
}

// limit reads what is left of the budget from the RateLimit header. Answers of
// one Ask may overtake each other: the least is the latest.
func (c *Oracle) limit(response Response) {
	for item := range strings.SplitSeq(response.Header("RateLimit"), ",") {
		parts := strings.Split(item, ";")
		if strings.TrimSpace(parts[0]) != `"budget"` {
			continue
		}
		for _, p := range parts[1:] {
			r, found := strings.CutPrefix(strings.TrimSpace(p), "r=")
			v, err := strconv.Atoi(r)
			if found && err == nil && v >= 0 && (c.fresh || v < c.left) {
				c.left, c.fresh = v, false
			}
		}
	}
}
