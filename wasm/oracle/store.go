//go:build js && wasm

package main

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"syscall/js"
	"time"

	"modelheist/core/jsontext"
	"modelheist/remote"
)

// store is a remote.Store in D1 and Durable Objects. They are JavaScript's:
// store.js does the work, and this asks it and waits.
//
// Many requests share the Go program, so a request may wait for nothing but its
// own promises: what wakes a goroutine then is an event of the same request. It
// must not sleep, nor hold a lock while it waits. All that is kept here is kept
// between two waits.
type store struct {
	js      js.Value // function(method, question, number)
	asked   int      // questions; the number of the last one
	waiting map[int]*reply
	tokens  map[string]*remote.Token // they never change
	models  map[string]published
}

// reply is an answer that is waited for.
type reply struct {
	text   string
	failed bool // the text says why
	here   chan struct{}
}

// published is a model as it was read at a time. The text is nil if there is none.
type published struct {
	Text     *string `json:"text"`
	Revision string  `json:"revision"`
	read     time.Time
}

const (
	// fresh is how long a model is believed to be as it was read: so long it may
	// still be served elsewhere after it was replaced or withdrawn.
	fresh = 5 * time.Second
	// Bounds of what is remembered.
	maxTokens = 10_000
	maxModels = 100
)

var _ remote.Store = (*store)(nil)

func newStore(context js.Value) *store {
	s := &store{
		js: context.Get("ask"), waiting: map[int]*reply{},
		tokens: map[string]*remote.Token{}, models: map[string]published{},
	}
	context.Get("binding").Set("settle", js.FuncOf(s.settle))
	return s
}

// ask calls a method of store.js and reads its answer into out, unless that is
// nil.
func (s *store) ask(method string, question, out any) error {
	text, err := json.Marshal(question)
	if err != nil {
		return err
	}
	answer, err := s.call(method, string(text))
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal([]byte(answer), out)
}

// call waits for an answer.
func (s *store) call(method, question string) (string, error) {
	s.asked++
	r := &reply{here: make(chan struct{})}
	s.waiting[s.asked] = r
	s.js.Invoke(method, question, s.asked)
	<-r.here
	if r.failed {
		return "", errors.New("store: " + r.text)
	}
	return r.text, nil
}

// settle is what instance.js calls with an answer: settle(number, text, failed).
func (s *store) settle(_ js.Value, args []js.Value) any {
	number := args[0].Int()
	r := s.waiting[number]
	delete(s.waiting, number)
	r.text, r.failed = args[1].String(), args[2].Bool()
	close(r.here)
	return nil
}

// Models implements remote.Store.
func (s *store) Models(context.Context) ([]string, error) {
	var rows []struct{ Name, Revision string }
	if err := s.ask("models", nil, &rows); err != nil {
		return nil, err
	}
	names, now := []string{}, time.Now()
	for _, row := range rows {
		names = append(names, row.Name)
		// Whoever lists the models reads each of them next.
		if p, known := s.models[row.Name]; known && p.Revision == row.Revision {
			p.read = now
			s.models[row.Name] = p
		}
	}
	return names, nil
}

// Model implements remote.Store.
func (s *store) Model(_ context.Context, name string) (text []byte, revision string, err error) {
	p, known := s.models[name]
	if !known || time.Since(p.read) > fresh {
		p = published{}
		if err := s.ask("model", name, &p); err != nil {
			return nil, "", err
		}
		if p.Text == nil {
			return nil, "", nil
		}
		p.read = time.Now()
		if len(s.models) >= maxModels {
			clear(s.models)
		}
		s.models[name] = p
	}
	return []byte(*p.Text), p.Revision, nil
}

// PutModel implements remote.Store.
func (s *store) PutModel(_ context.Context, name string, text []byte) error {
	p := published{Revision: remote.Revision(text)}
	if text != nil {
		t := string(text)
		p.Text = &t
	}
	err := s.ask("putModel", struct {
		Name string `json:"name"`
		published
	}{name, p}, nil)
	delete(s.models, name)
	return err
}

// Token implements remote.Store.
func (s *store) Token(_ context.Context, hash string) (*remote.Token, error) {
	if t := s.tokens[hash]; t != nil {
		return t, nil
	}
	var t *remote.Token
	if err := s.ask("token", hash, &t); err != nil || t == nil {
		return nil, err
	}
	if len(s.tokens) >= maxTokens {
		clear(s.tokens)
	}
	s.tokens[hash] = t
	return t, nil
}

// PutToken implements remote.Store.
func (s *store) PutToken(_ context.Context, t remote.Token) error { return s.ask("putToken", t, nil) }

// Take implements remote.Store. The time is that of the account's object, which
// all Workers share. Every query comes by here, so that JSON is written and read
// without reflection.
func (s *store) Take(_ context.Context, d remote.Draw) (remote.Grant, error) {
	w := jsontext.Begin(nil)
	w.Text("account", d.Account)
	w.Text("name", d.Name)
	w.Text("model", d.Model)
	w.Add("limits", func(dst []byte) []byte {
		w := jsontext.Begin(dst)
		w.Int("budget", d.Limits.Budget)
		w.Int("window", d.Limits.Window)
		w.Int("rate", d.Limits.Rate)
		w.Int("period", d.Limits.Period)
		return w.End()
	})
	if d.ID != "" {
		w.Text("id", d.ID)
		w.Text("body", d.Body)
	}
	w.Int("n", d.N)
	answer, err := s.call("take", string(w.End()))
	if err != nil {
		return remote.Grant{}, err
	}
	v, err := jsontext.Parse([]byte(answer))
	if err != nil {
		return remote.Grant{}, err
	}
	o := jsontext.Open(v, "")
	whole := func(name string) int { return o.Int(name, 0, math.MaxInt) }
	milliseconds := func(name string) time.Duration { return time.Duration(whole(name)) * time.Millisecond }
	return remote.Grant{
		Verdict: remote.Verdict(whole("verdict")), Left: whole("left"), Renews: milliseconds("renews"),
		RateLeft: whole("rateLeft"), RateIn: milliseconds("rateIn"),
	}, o.Done()
}

// Ledger implements remote.Store.
func (s *store) Ledger(_ context.Context, model string, limit int) (charges []remote.Charge, err error) {
	err = s.ask("ledger", map[string]any{"model": model, "limit": limit}, &charges)
	return charges, err
}

// Submit implements remote.Store.
func (s *store) Submit(_ context.Context, c remote.Submission, limit int) (taken bool, err error) {
	err = s.ask("submit", struct {
		remote.Submission
		Limit int `json:"limit"`
	}{c, limit}, &taken)
	return taken, err
}

// Board implements remote.Store.
func (s *store) Board(_ context.Context, model string) (rows []remote.Submission, err error) {
	err = s.ask("board", model, &rows)
	return rows, err
}
