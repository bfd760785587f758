//go:build js && wasm && !lean

package main

import (
	"errors"

	"modelheist/core/experiment"
	"modelheist/core/oracle"
	"modelheist/remote/client"
	"modelheist/wasm/engine/wire"
)

// remote is what the engine has of remote oracles; the lean one has nothing.
type remote struct {
	console *console // nil before a server was connected
}

// life is how long the client may go on for a task.
func (t *task) life() client.Life {
	p := &client.Part{}
	t.ending = func() { p.End(errStopped) }
	if t.stopped {
		t.ending()
	}
	return p
}

// reason is reasonOf in text.
func (remote) reason(err error) string { return string(reasonOf(err)) }

// reasonOf is why a request failed, empty if it is no request's failure.
func reasonOf(err error) client.Reason {
	var e *client.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// optionsOf are what a Spec says of the server.
func optionsOf(s *experiment.Spec) *client.Options {
	return &client.Options{
		URL: s.Get("oracle"), Model: s.Get("model"), Token: s.Get("token"),
		Input: s.Get("input"), Label: s.Get("label-output"), Scores: s.Get("score-output"), Kind: oracle.Kind(s.Get("score-kind")),
		Low: s.Float("low"), High: s.Float("high"), Features: s.Int("features"), Classes: s.Int("class-count"),
	}
}

// open is experiment.Env's OpenOracle, for as long as the task lasts.
func (remote) open(t *task) func(experiment.Spec) (oracle.Oracle, error) {
	return func(s experiment.Spec) (oracle.Oracle, error) {
		o, err := client.Dial(t.life(), &fetch{}, optionsOf(&s))
		if err != nil {
			return nil, err
		}
		return o, nil
	}
}

// join has the theft's own task as the life of what it asks. Where the network
// fails the theft pauses until the visitor tries again.
func (remote) join(e *engine, t *theft) {
	if c, is := e.exp.Remote().(*client.Oracle); is {
		c.Attach(t.task.life(), func(err error) error {
			e.fail(nil, "network", err)
			e.player.Pause()
			e.tell()
			return e.wait(t)
		})
	}
}

// tell posts what the network has cost so far.
func (remote) tell(e *engine) {
	c, is := e.exp.Remote().(*client.Oracle)
	if !is {
		return
	}
	s := c.Stats()
	e.post(&wire.Network{
		Queries: s.Queries, Cost: s.Cost, Left: leftOf(c), Requests: s.Requests, Retries: s.Retries, Seconds: s.Seconds,
	})
}

// leftOf is the budget as the server last said, -1 if it doesn't.
func leftOf(o *client.Oracle) int {
	if left := o.Left(); left < 1<<53 {
		return left
	}
	return -1
}

// serverOf describes a server for the page.
func serverOf(o *client.Oracle) *wire.Server {
	i := o.Info()
	return &wire.Server{
		Name: i.Name, Title: i.Title, Answers: string(i.Answers), Classes: i.Classes, ClassNames: i.ClassNames,
		Input: i.Input.Name, Datatype: i.Input.Datatype, Label: i.Label, Scores: i.Scores, Precision: i.Precision,
		Decimals: i.Decimals, Batch: i.Batch, Submissions: i.Submissions, Left: leftOf(o), Features: i.Domain,
	}
}

// server describes the server of an experiment, nil without one.
func (remote) server(exp *experiment.Experiment) *wire.Server {
	if c, is := exp.Remote().(*client.Oracle); is {
		return serverOf(c)
	}
	return nil
}
