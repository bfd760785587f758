//go:build js && wasm && !lean

package main

import (
	"modelheist/remote/client"
	"modelheist/wasm/engine/wire"
)

// console is a connection to look at: every request is tried once, and the last
// is kept with what came of it. It is the transport of its own oracle.
type console struct {
	oracle *client.Oracle
	last   *wire.Exchange
}

// Send implements client.Transport.
func (c *console) Send(life client.Life, q *client.Request) (*client.Response, error) {
	begun := now()
	answer, err := (&fetch{}).Send(life, q)
	c.last = &wire.Exchange{URL: q.URL, Request: string(q.Body), Seconds: float64(now()-begun) / 1e9}
	if err == nil {
		c.last.Status, c.last.Response = answer.Status, string(answer.Body)
	}
	return answer, err
}

// consoleTime is how long the console waits for an answer, in seconds.
const consoleTime = 10

// answer does what a message about a server asks; it is false for others.
func (n *remote) answer(e *engine, request any, _ *int) bool {
	switch r := request.(type) {
	case wire.Connect:
		n.connect(e, r)
	case wire.Ask:
		n.ask(e, r)
	case wire.Call:
		call(e, r)
	default:
		return false
	}
	return true
}

// errand is a request to a server that the message id can cancel.
func (e *engine) errand(id int, do func(*task) error) {
	e.inSlices(id, func(t *task) {
		if err := do(t); err != nil {
			e.fail(&id, "network", err)
		}
	})
}

// connect reads what a server says of a model, for the console and for a look at
// it before a theft.
func (n *remote) connect(e *engine, r wire.Connect) {
	e.errand(r.ID, func(t *task) error {
		spec, err := withToken(r.Spec, r.Token)
		if err != nil {
			return err
		}
		o := optionsOf(&spec)
		o.Tries, o.Patience, o.Timeout = 1, -1, consoleTime
		c := &console{}
		if c.oracle, err = client.Dial(t.life(), c, o); err != nil {
			return err
		}
		n.console = c
		e.post(&wire.Connected{ID: r.ID, Server: serverOf(c.oracle)})
		return nil
	})
}

// ask sends inputs to the server of the console; the answer tells all of it,
// also when it went wrong.
func (n *remote) ask(e *engine, r wire.Ask) {
	e.errand(r.ID, func(t *task) error {
		c := n.console
		if c == nil || len(r.X) == 0 || len(r.X)%c.oracle.Domain().Dim() != 0 {
			return &wire.Error{Field: "x", Want: "rows of inputs for a server that is connected", Got: "something else"}
		}
		c.last = &wire.Exchange{}
		reply, err := c.oracle.AskWhile(t.life(), r.X)
		out := c.last
		out.ID, out.Left = r.ID, leftOf(c.oracle)
		if err != nil {
			out.Error, out.Reason = err.Error(), string(reasonOf(err))
		}
		out.Labels = reply.Labels
		e.post(out)
		return nil
	})
}

// call sends JSON to a server and hands its answer on.
func call(e *engine, r wire.Call) {
	e.errand(r.ID, func(t *task) error {
		var body []byte
		if r.Body != "" {
			body = []byte(r.Body)
		}
		answer, err := client.Call(t.life(), &fetch{}, r.Server, r.Key, r.Method, r.Path, body)
		if err == nil {
			e.post(&wire.Called{ID: r.ID, Body: string(answer)})
		}
		return err
	})
}
