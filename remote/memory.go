package remote

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Bounds of what a Memory keeps of those who come without a token, and of the
// ledger.
const (
	maxClients = 2_000   // accounts of clients without a token
	maxIDs     = 200_000 // ids that these have used
	maxLedger  = 100_000 // lines
)

// Memory is a Store that lasts as long as the process, or with Open a file.
type Memory struct {
	mu          sync.Mutex
	journal     *journal // or nil
	models      map[string]stored
	tokens      map[string]Token
	accounts    map[string]map[string]*account // of a model, then of an account
	clients     int                            // accounts without a token
	ids         int                            // that these have used
	ledger      []Charge
	submissions []Submission
}

type stored struct {
	text     []byte
	revision string
}

var _ Store = (*Memory)(nil)

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{models: map[string]stored{}, tokens: map[string]Token{}, accounts: map[string]map[string]*account{}}
}

// Models implements Store.
func (m *Memory) Models(context.Context) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.models)), nil
}

// Model implements Store.
func (m *Memory) Model(_ context.Context, name string) ([]byte, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.models[name]
	return s.text, s.revision, nil
}

// PutModel implements Store.
func (m *Memory) PutModel(_ context.Context, name string, text []byte) error {
	return m.change(record{Put: &putModel{name, text}})
}

// Token implements Store.
func (m *Memory) Token(_ context.Context, hash string) (*Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, found := m.tokens[hash]
	if !found {
		return nil, nil
	}
	return &t, nil
}

// PutToken implements Store.
func (m *Memory) PutToken(_ context.Context, t Token) error { return m.change(record{Token: &t}) }

// Take implements Store.
func (m *Memory) Take(_ context.Context, d Draw) (Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.account(d.Model, d.Account)
	if a == nil {
		a = &account{}
	}
	g := a.take(d)
	if g.Verdict != Granted || d.N == 0 {
		return g, nil
	}
	return g, m.keep(record{Draw: &d})
}

// Ledger implements Store.
func (m *Memory) Ledger(_ context.Context, model string, limit int) ([]Charge, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Charge
	for _, c := range slices.Backward(m.ledger) {
		if len(out) == limit {
			break
		}
		if c.Model == model {
			out = append(out, c)
		}
	}
	return out, nil
}

// Submit implements Store.
func (m *Memory) Submit(_ context.Context, s Submission, limit int) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, old := range m.submissions {
		if old.Account == s.Account && old.Model == s.Model {
			limit--
		}
	}
	if limit <= 0 {
		return false, nil
	}
	s.Queries = 0
	if a := m.account(s.Model, s.Account); a != nil {
		s.Queries = a.Spent
	}
	return true, m.keep(record{Submission: &s})
}

// Board implements Store.
func (m *Memory) Board(_ context.Context, model string) ([]Submission, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.submissions), func(s Submission) bool { return s.Model != model }), nil
}

func (m *Memory) change(r record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keep(r)
}

// keep writes a change down, then makes it.
func (m *Memory) keep(r record) error {
	if err := m.journal.write(r); err != nil {
		return err
	}
	m.apply(r)
	return nil
}

func (m *Memory) account(model, name string) *account { return m.accounts[model][name] }

// record is one change of a Memory. One of its fields is set.
type record struct {
	Put        *putModel   `json:"put,omitempty"`
	Token      *Token      `json:"token,omitempty"`
	Draw       *Draw       `json:"draw,omitempty"`
	Submission *Submission `json:"submission,omitempty"`
}

type putModel struct {
	Name string `json:"name"`
	Text []byte `json:"text"` // nil withdraws it
}

func (m *Memory) apply(r record) {
	switch {
	case r.Put != nil && r.Put.Text == nil:
		delete(m.models, r.Put.Name)
	case r.Put != nil:
		m.models[r.Put.Name] = stored{r.Put.Text, Revision(r.Put.Text)}
	case r.Token != nil:
		m.tokens[r.Token.Hash] = *r.Token
	case r.Draw != nil:
		m.charge(*r.Draw)
	case r.Submission != nil:
		m.submissions = append(m.submissions, *r.Submission)
	}
}

func (m *Memory) charge(d Draw) {
	a := m.account(d.Model, d.Account)
	if a == nil {
		a = &account{}
		if m.accounts[d.Model] == nil {
			m.accounts[d.Model] = map[string]*account{}
		}
		m.accounts[d.Model][d.Account] = a
		if passing(d.Account) {
			m.clients++
		}
	}
	before := len(a.ids) + len(a.old)
	a.roll(d)
	a.commit(d)
	if passing(d.Account) {
		m.ids += len(a.ids) + len(a.old) - before
	}
	if m.clients > maxClients || m.ids > maxIDs {
		m.forget()
	}
	if len(m.ledger) == maxLedger {
		m.ledger = slices.Delete(m.ledger, 0, maxLedger/10)
	}
	m.ledger = append(m.ledger, Charge{d.Now, d.Account, d.Name, d.Model, d.N})
}

// passing tells whether an account is that of a client without a token.
func passing(account string) bool { return strings.HasPrefix(account, "client:") }

// forget drops the tenth of the accounts without a token whose windows are the
// oldest, so that addresses without number don't fill the memory.
func (m *Memory) forget() {
	type place struct{ model, name string }
	var all []place
	for model, accounts := range m.accounts {
		for name := range accounts {
			if passing(name) {
				all = append(all, place{model, name})
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(m.account(a.model, a.name).Since.Compare(m.account(b.model, b.name).Since), cmp.Compare(a.name, b.name))
	})
	for _, p := range all[:(len(all)+9)/10] {
		a := m.account(p.model, p.name)
		m.clients--
		m.ids -= len(a.ids) + len(a.old)
		delete(m.accounts[p.model], p.name)
	}
}
