package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Store keeps what outlives a request. Its methods may be called at the same
// time; an error is the store's own trouble, answered by 500.
type Store interface {
	// Models are the names of the published models, sorted.
	Models(ctx context.Context) ([]string, error)
	// Model is a published model's Publication as JSON, with a revision that
	// changes whenever the text does; nil if there is none.
	Model(ctx context.Context, name string) (text []byte, revision string, err error)
	// PutModel publishes or replaces a model; a nil text withdraws it.
	PutModel(ctx context.Context, name string, text []byte) error

	// Token is the token with this hash, nil if there is none.
	Token(ctx context.Context, hash string) (*Token, error)
	// PutToken makes or replaces a token.
	PutToken(ctx context.Context, t Token) error

	// Take charges a batch to an account, or refuses it: one atomic step. What
	// it granted must be kept before it returns. Cost and memory are bounded by
	// the budgets: an account remembers at most as many ids as it has paid for.
	Take(ctx context.Context, d Draw) (Grant, error)
	// Ledger lists the latest charges of a model, at most limit, the last first.
	Ledger(ctx context.Context, model string, limit int) ([]Charge, error)

	// Submit scores a copy if the account has handed in fewer than limit copies
	// of the model; otherwise it is false.
	Submit(ctx context.Context, s Submission, limit int) (bool, error)
	// Board lists the submissions for a model, unsorted.
	Board(ctx context.Context, model string) ([]Submission, error)
}

// Revision is one for the text of a publication: equal texts have equal ones.
func Revision(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Token lets its bearer query models. Only its hash is kept.
type Token struct {
	Hash   string          `json:"hash"` // SHA-256 of the token, hexadecimal
	Name   string          `json:"name"` // for the ledger
	Models map[string]Pass `json:"models"`
}

// Pass is what a token allows on a model.
type Pass struct {
	Limits
	Expires time.Time `json:"expires,omitzero"` // never, if zero
}

// Limits bound the queries of one account on one model.
type Limits struct {
	Budget int `json:"budget"`           // queries in all, or in each window
	Window int `json:"window,omitempty"` // seconds after which the budget is renewed; 0 is never
	Rate   int `json:"rate,omitempty"`   // queries in each period; 0 is no limit
	Period int `json:"period,omitempty"` // seconds of the rate
}

// Draw asks for the queries of one batch.
type Draw struct {
	Account string    `json:"account"` // token:hash or client:hash
	Name    string    `json:"name,omitempty"`
	Model   string    `json:"model"`
	Limits  Limits    `json:"limits"`
	ID      string    `json:"id,omitempty"`   // of the request, or empty
	Body    string    `json:"body,omitempty"` // hash of the request and of the model's revision
	N       int       `json:"n"`              // queries; 0 only asks what is left
	Now     time.Time `json:"now"`
}

// Verdict is what became of a Draw.
type Verdict int

// The verdicts. Only Granted costs anything.
const (
	Granted   Verdict = iota // charged
	Repeated                 // a request with this id and body was paid for before
	Conflict                 // the id was used for another body
	Exhausted                // the budget does not cover the batch
	TooFast                  // the rate does not, now
)

// Grant is a Verdict with what is left after it.
type Grant struct {
	Verdict  Verdict
	Left     int           // queries of the budget
	Renews   time.Duration // until the budget is renewed; 0 is never
	RateLeft int
	RateIn   time.Duration // until the rate's period ends
}

// Charge is a line of the ledger.
type Charge struct {
	Time    time.Time `json:"time"`
	Account string    `json:"account"`
	Name    string    `json:"name,omitempty"`
	Model   string    `json:"model"`
	N       int       `json:"n"`
}

// Submission is a stolen copy that was measured.
type Submission struct {
	Account string `json:"account"`
	Model   string `json:"model"`
	// Revision of the model that the copy was measured against.
	Revision string    `json:"revision"`
	Name     string    `json:"name"`
	Queries  int       `json:"queries"` // the account had paid for; set by Submit
	RUnif    float64   `json:"r_unif"`
	RTest    *float64  `json:"r_test"` // nil without test points
	Time     time.Time `json:"time"`
}

// account is the state of one account on one model.
type account struct {
	Since     time.Time // of the budget's window
	Used      int       // queries in it
	Spent     int       // queries ever
	RateSince time.Time
	RateUsed  int
	ids, old  map[string]string // id to body, of this window and the one before
}

// roll begins new windows where the old ones are over.
func (a *account) roll(d Draw) {
	if w := time.Duration(d.Limits.Window) * time.Second; a.Since.IsZero() {
		a.Since = d.Now
	} else if w > 0 && d.Now.Sub(a.Since) >= w {
		a.Since, a.Used = d.Now, 0
		a.old, a.ids = a.ids, nil
	}
	if p := time.Duration(d.Limits.Period) * time.Second; d.Now.Sub(a.RateSince) >= p {
		a.RateSince, a.RateUsed = d.Now, 0
	}
}

// take decides on a draw; commit charges it. Between the two a store writes it
// down.
func (a *account) take(d Draw) Grant {
	a.roll(d)
	verdict := a.verdict(d)
	if verdict == Granted {
		return a.left(d, verdict, d.N)
	}
	return a.left(d, verdict, 0)
}

func (a *account) verdict(d Draw) Verdict {
	if body, used := a.used(d.ID); used && d.N > 0 {
		if body == d.Body {
			return Repeated
		}
		return Conflict
	}
	switch {
	case d.N > d.Limits.Budget-a.Used:
		return Exhausted
	case d.Limits.Rate > 0 && d.N > d.Limits.Rate-a.RateUsed:
		return TooFast
	}
	return Granted
}

func (a *account) used(id string) (body string, used bool) {
	if id == "" {
		return "", false
	}
	if body, used = a.ids[id]; !used {
		body, used = a.old[id]
	}
	return body, used
}

func (a *account) left(d Draw, v Verdict, n int) Grant {
	g := Grant{Verdict: v, Left: max(0, d.Limits.Budget-a.Used-n)}
	if d.Limits.Window > 0 {
		g.Renews = a.Since.Add(time.Duration(d.Limits.Window) * time.Second).Sub(d.Now)
	}
	if d.Limits.Rate > 0 {
		g.RateLeft = max(0, d.Limits.Rate-a.RateUsed-n)
		g.RateIn = a.RateSince.Add(time.Duration(d.Limits.Period) * time.Second).Sub(d.Now)
	}
	return g
}

func (a *account) commit(d Draw) {
	a.Used += d.N
	a.Spent += d.N
	a.RateUsed += d.N
	if d.ID != "" {
		if a.ids == nil {
			a.ids = map[string]string{}
		}
		a.ids[d.ID] = d.Body
	}
}
