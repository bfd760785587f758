//go:build js && wasm && !lean

package main

import (
	"time"

	"modelheist/core/experiment"
	"modelheist/core/modelfile"
	"modelheist/remote/client"
	"modelheist/wasm/engine/wire"
)

// recorder keeps the last exchange of a transport.
type recorder struct {
	client.Transport
	last wire.Exchange
}

// Send implements client.Transport.
func (r *recorder) Send(life client.Life, q client.Request) (client.Response, error) {
	begun := now()
	answer, err := r.Transport.Send(life, q)
	r.last = wire.Exchange{
		Method: q.Method, URL: q.URL, Request: string(q.Body),
		Status: answer.Status, Response: string(answer.Body), Seconds: (now() - begun).Seconds(),
	}
	return answer, err
}

// console is a connection to look at: every request is tried once and kept.
type console struct {
	*client.Oracle
	*recorder
	life client.Life
}

// consoleTime is how long the console waits for an answer.
const consoleTime = 10 * time.Second

// Done and Err are the life of the request that is on its way.
func (c *console) Done() <-chan struct{} { return c.life.Done() }
func (c *console) Err() error            { return c.life.Err() }

// answer does what a message about a server asks; it is false for others.
func (n *remote) answer(e *engine, request any, _ *int) bool {
	switch r := request.(type) {
	case wire.Connect:
		n.connect(e, r)
	case wire.Ask:
		n.ask(e, r)
	case wire.Call:
		call(e, r)
	case wire.Write:
		write(e, r)
	default:
		return false
	}
	return true
}

// errand spawns a request to a server that the message id can cancel.
func (e *engine) errand(id int, do func(*task) error) {
	if old := e.runs[id]; old != nil {
		old.stop()
	}
	t := e.loop.newTask(nil)
	e.runs[id] = t
	e.loop.spawn(func() {
		defer func() {
			if e.runs[id] == t {
				delete(e.runs, id)
			}
		}()
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
		o := optionsOf(spec)
		o.Tries, o.Patience, o.Timeout = 1, 1, consoleTime
		c := &console{recorder: &recorder{Transport: client.Fetch{}}, life: t}
		if c.Oracle, err = client.Dial(c, c.recorder, o); err != nil {
			return err
		}
		n.console = c
		e.post(wire.Connected{ID: r.ID, Server: serverOf(c.Oracle)})
		return nil
	})
}

// ask sends inputs to the server of the console; the answer tells all of it,
// also when it went wrong.
func (n *remote) ask(e *engine, r wire.Ask) {
	c := n.console
	if c == nil || len(r.X) == 0 || len(r.X)%c.Domain().Dim() != 0 {
		e.fail(&r.ID, "message", &wire.Error{Field: "x", Want: "rows of inputs for a server that is connected", Got: "something else"})
		return
	}
	e.errand(r.ID, func(t *task) error {
		c.life, c.last = t, wire.Exchange{}
		reply, err := c.AskWhile(t, r.X)
		out := c.last
		out.ID, out.Left = r.ID, leftOf(c.Oracle)
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
		answer, err := client.Call(t, client.Fetch{}, r.Server, r.Key, r.Method, r.Path, body)
		if err == nil {
			e.post(wire.Called{ID: r.ID, Body: string(answer)})
		}
		return err
	})
}

// write posts the victim or the copy as JSON (core/modelfile), a victim with its
// oracle and its test points.
func write(e *engine, r wire.Write) {
	m, out := e.copy, wire.Written{ID: r.ID}
	if r.Which == "victim" && e.exp != nil {
		m = e.exp.Victim
		if m != nil {
			out.Test, out.Oracle = e.exp.Test.X, string(e.exp.Settings().Append(nil))
		}
	}
	if m != nil && r.Which == "victim" && e.exp.Spec.Get("noise-kind") == "fresh" {
		e.fail(&r.ID, "spec", &experiment.ParamError{Key: "noise-kind", Value: "fresh", Reason: "a server gives a request that is sent again the same answer; publish with noise-kind=fixed"})
		return
	}
	if m == nil {
		e.fail(&r.ID, "message", &wire.Error{Field: "which", Want: "a model that is there", Got: r.Which})
		return
	}
	text, err := modelfile.Append(nil, modelfile.File{Model: m, Domain: e.exp.Set.Domain, Classes: e.exp.Set.ClassNames})
	if err != nil {
		e.fail(&r.ID, "message", err)
		return
	}
	out.Text = string(text)
	e.post(out)
}
