package client

import (
	"math/rand/v2"
	"strconv"

	"modelheist/remote/oip"
)

// send sends a request until it is answered for good: what may pass (no answer,
// 429, 5xx) is tried again, later and later, with the same body and so under the
// same id. It returns within milliseconds once life ends, whatever the transport
// does.
func (c *Oracle) send(life Life, q *Request) (*Response, error) {
	q.Token = c.o.Token
	waited := 0.0
	retried := false
	for try := 1; ; try++ {
		c.mu.Lock()
		c.stats.Requests++
		if retried {
			c.stats.Retries++
		}
		c.mu.Unlock()
		r := c.race(life, c.o.Timeout, q)
		if err := life.Err(); err != nil {
			return nil, err
		}
		c.limit(r.RateLimit)
		problem := c.judge(r)
		if problem == nil {
			r.retried = retried
			return r, nil
		}
		wait, again := c.pause(problem, r, try, waited)
		if !again {
			return nil, problem
		}
		if problem.Reason == Rate {
			waited += wait
			try-- // waiting for a rate is no failure; Patience bounds it
		}
		if err := c.sleep(life, wait); err != nil {
			return nil, err
		}
		retried = true
	}
}

// judge turns what came back into an error, or nil for an answer.
func (c *Oracle) judge(r *Response) *Error {
	own, is := r.err.(*Error)
	switch {
	case r.err == errLate:
		return failed(Slow, "the server did not answer in time")
	case is:
		return own
	case r.err != nil:
		return failed(Network, r.err.Error())
	case r.Status >= 200 && r.Status <= 299:
		return nil
	}
	said := oip.ParseError(r.Body)
	if said != "" {
		said = ": " + said
	}
	reason, text := inWords(r.Status)
	return &Error{reason, r.Status, text + " (HTTP " + strconv.Itoa(r.Status) + ")" + said}
}

// pause is how many seconds to wait before the next try, if there is to be one.
func (c *Oracle) pause(e *Error, r *Response, try int, waited float64) (float64, bool) {
	if !e.passing() || try >= c.o.Tries && e.Reason != Rate {
		return 0, false
	}
	// Full jitter over an exponential back-off, at least a tenth of it.
	wait := firstWait * float64(int(1)<<min(try-1, 6)) * (0.1 + float64(rand.Uint64()>>11)/(1<<53))
	if s, err := strconv.Atoi(r.Retry); err == nil && s >= 0 && s < 1<<20 {
		wait += float64(s)
	}
	if e.Reason == Rate || e.Status == 503 {
		return wait, waited+wait <= c.o.Patience
	}
	return min(wait, 10), true
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
