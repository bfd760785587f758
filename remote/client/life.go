package client

import (
	"errors"
	"sync"
)

// Life is how long something may go on. Every context.Context is one; the
// client needs no more of it, and the rest of contexts brings the formatting of
// dates into a page.
type Life interface {
	Done() <-chan struct{} // closed at the end
	Err() error            // why it ended
}

// errEnded is the end of a part's life, for a reason that is known elsewhere.
var errEnded = errors.New("client: ended")

// part of a life, which ends with it or before. Its owner must end it.
type part struct {
	done chan struct{}
	once sync.Once
}

func newPart(whole Life) *part {
	p := &part{done: make(chan struct{})}
	go func() {
		select {
		case <-whole.Done():
			p.end()
		case <-p.done:
		}
	}()
	return p
}

func (p *part) end()                  { p.once.Do(func() { close(p.done) }) }
func (p *part) Done() <-chan struct{} { return p.done }

func (p *part) Err() error {
	select {
	case <-p.done:
		return errEnded
	default:
		return nil
	}
}
