package client

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"modelheist/remote/oip"
)

func (c *Oracle) send(method, url string, body []byte, limit int) (Response, error) {
	return c.sendWith(c.ctx, method, url, body, limit)
}

// sendWith sends a request until it is answered for good: what may pass (no
// answer, 429, 5xx) is tried again, later and later, with the same body and so
// under the same id. It returns within milliseconds once ctx ends, whatever the
// transport does.
func (c *Oracle) sendWith(ctx Life, method, url string, body []byte, limit int) (Response, error) {
	r := Request{Method: method, URL: url, Body: body, MaxBody: limit}
	if body != nil {
		r.Headers = append(r.Headers, [2]string{"Content-Type", "application/json"})
	}
	if c.o.Token != "" {
		r.Headers = append(r.Headers, [2]string{"Authorization", "Bearer " + c.o.Token})
	}
	waited := time.Duration(0)
	sent := 0
	for try := 1; ; try++ {
		sent++
		c.count(sent)
		response, err := c.once(ctx, r)
		if ctx.Err() != nil {
			return Response{}, ctx.Err()
		}
		if err == nil && response.Header != nil {
			c.mu.Lock()
			c.limit(response)
			c.mu.Unlock()
		}
		problem := c.judge(response, err)
		if problem == nil {
			response.retried = sent > 1
			return response, nil
		}
		wait, again := c.pause(problem, response, try, waited)
		if !again {
			return Response{}, problem
		}
		if problem.Reason == Rate {
			waited += wait
			try-- // waiting for a rate is no failure; Patience bounds it
		}
		if err := c.o.Sleep(ctx, wait); err != nil {
			return Response{}, err
		}
	}
}

func (c *Oracle) count(try int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Requests++
	if try > 1 {
		c.stats.Retries++
	}
}

type outcome struct {
	Response
	err error
}

// errSlow is the end of a request's time.
var errSlow = errors.New("too slow")

// once sends a request and waits for the answer until the time is over.
func (c *Oracle) once(ctx Life, r Request) (Response, error) {
	own := &part{done: make(chan struct{})} // ends with this function, and so with ctx
	defer own.end()
	done := make(chan outcome, 1)
	go func() {
		response, err := c.t.Send(own, r)
		done <- outcome{response, err}
	}()
	late, stop := after(c.o.Timeout)
	defer stop()
	select {
	case o := <-done:
		return o.Response, o.err
	case <-late:
		return Response{}, errSlow
	case <-ctx.Done():
		return Response{}, ctx.Err()
	}
}

// judge turns what came back into an error, or nil for an answer.
func (c *Oracle) judge(r Response, err error) *Error {
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case err == errSlow:
		return failed(Slow, "the server did not answer within %d ms", c.o.Timeout.Milliseconds())
	case err != nil:
		return failed(Network, "%v", err)
	case r.Status >= 200 && r.Status <= 299:
		return nil
	}
	said := ""
	if text := oip.ParseError(r.Body); text != "" {
		said = ": " + text
	}
	reason, text := inWords(r.Status)
	e := failed(reason, "%s (HTTP %d)%s", text, r.Status, said)
	e.Status = r.Status
	return e
}

// pause is how long to wait before the next try, if there is to be one.
func (c *Oracle) pause(e *Error, r Response, try int, waited time.Duration) (time.Duration, bool) {
	passing := e.Reason == Network || e.Reason == Slow || e.Reason == Rate || e.Reason == Broken && e.Status != 501
	if !passing || try >= c.o.Tries && e.Reason != Rate {
		return 0, false
	}
	// Full jitter over an exponential back-off, at least a tenth of it.
	wait := firstWait << min(try-1, 6)
	wait = wait/10 + time.Duration(rand.Int64N(int64(wait)))
	if r.Header != nil {
		if s, err := strconv.Atoi(r.Header("Retry-After")); err == nil && s >= 0 && s < 1<<20 {
			wait += time.Duration(s) * time.Second
		}
	}
	if e.Reason == Rate || r.Status == 503 {
		return wait, waited+wait <= c.o.Patience
	}
	return min(wait, 10*time.Second), true
}

// inWords says what a status means to the thief.
func inWords(status int) (Reason, string) {
	switch status {
	case 401:
		return Unauthorized, "the server wants a token, or another one"
	case 402:
		return Paid, "the remote budget does not cover this batch"
	case 403:
		return Forbidden, "the server forbids this"
	case 404:
		return NotFound, "the server has no such model"
	case 429:
		return Rate, "too many queries for now"
	}
	switch {
	case status >= 500:
		return Broken, "the server failed"
	case status >= 300 && status <= 399:
		return Redirected, "the server points elsewhere, and tokens don't follow; give the final address"
	}
	return Refused, "the server refused the request"
}
