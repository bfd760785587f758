package client

import (
	"sync"
	"time"
)

// Life is how long something may go on. A context.Context would do; but contexts,
// and the select that waits for one of several channels, would be 15 kB of a
// page's download.
type Life interface {
	Err() error // why it ended, nil before
	// OnEnd has f called at the end, or at once if that has been; f must not wait.
	OnEnd(f func()) (forget func())
}

// Part is a Life that its owner ends. The zero Part has begun.
type Part struct {
	mu    sync.Mutex
	why   error
	calls []func() // nil where forgotten
}

// End ends it; only the first why counts.
func (p *Part) End(why error) {
	p.mu.Lock()
	calls := p.calls
	p.calls = nil
	if p.why == nil {
		p.why = why
	}
	p.mu.Unlock()
	for _, f := range calls {
		if f != nil {
			f()
		}
	}
}

// Err implements Life.
func (p *Part) Err() error {
	p.mu.Lock()
	why := p.why
	p.mu.Unlock()
	return why
}

// OnEnd implements Life.
func (p *Part) OnEnd(f func()) (forget func()) {
	p.mu.Lock()
	ended, at := p.why != nil, len(p.calls)
	if !ended {
		p.calls = append(p.calls, f)
	}
	p.mu.Unlock()
	if ended {
		f()
	}
	return func() {
		p.mu.Lock()
		if n := len(p.calls); at == n-1 {
			p.calls = p.calls[:at]
		} else if at < n {
			p.calls[at] = nil
		}
		p.mu.Unlock()
	}
}

// What a race may end with.
var (
	errEnded = &Error{Text: "client: ended"} // for a reason that is known elsewhere
	errLate  = &Error{Reason: Slow, Text: "client: the time is over"}
)

// race waits for what comes first: the answer to q, if that is not nil, the end of
// the time (errLate), or the end of life.
func (c *Oracle) race(life Life, seconds float64, q *Request) *Response {
	first := make(chan *Response, 3) // a place for each, so that none waits to be heard
	own := &Part{}                   // ends before this function does
	if q != nil {
		go func() {
			r, err := c.t.Send(own, q)
			if err != nil {
				r = &Response{err: err}
			}
			first <- r
		}()
	}
	timer := time.AfterFunc(time.Duration(seconds*1e9), func() { first <- &Response{err: errLate} })
	forget := life.OnEnd(func() { first <- &Response{err: life.Err()} })
	r := <-first
	timer.Stop()
	forget()
	own.End(errEnded)
	return r
}

// sleep waits, and returns life's error if that ends first.
func (c *Oracle) sleep(life Life, seconds float64) error {
	if c.o.Sleep != nil {
		return c.o.Sleep(life, seconds)
	}
	c.race(life, seconds, nil)
	return life.Err()
}
