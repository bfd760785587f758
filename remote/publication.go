package remote

import (
	"fmt"
	"strconv"
	"strings"

	"modelheist/core/domain"
	"modelheist/core/jsontext"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
)

// Publication is a victim with the oracle around it, as its owner publishes it:
// one JSON object with the members model (modelfile), oracle (answers; round,
// box, partial, fields; noise, fixed, with noise_seed in hexadecimal), access
// (open; budget, window, rate, period of each client) and challenge (test,
// submissions). What is absent is no or none.
type Publication struct {
	modelfile.File
	Title     string
	Oracle    oracle.Settings // without its Budget
	Open      bool            // also without a token
	Limits    Limits          // of a client without one
	Challenge *Challenge      // nil: copies are not scored
}

// Challenge lets takers hand in copies to be measured.
type Challenge struct {
	Test        []float64 // n×d inputs behind R_test, secret; may be empty
	Submissions int       // of each account: every score tells something of the victim
}

// Bounds of publications.
const (
	maxTitle       = 200 // bytes
	maxBudget      = 100_000_000
	maxSeconds     = 366 * 24 * 3600
	maxSubmissions = 1000
)

// Append writes the publication. It returns an error for a model of no family
// that modelfile knows.
func (p *Publication) Append(dst []byte) ([]byte, error) {
	file, err := modelfile.Append(nil, p.File)
	if err != nil {
		return dst, err
	}
	w := jsontext.Begin(dst)
	w.Text("title", p.Title)
	w.Raw("model", file)
	w.Add("oracle", p.Oracle.Append)
	w.Add("access", func(dst []byte) []byte {
		w := jsontext.Begin(dst)
		w.Bool("open", p.Open)
		appendLimits(w, p.Limits)
		return w.End()
	})
	if p.Challenge != nil {
		w.Add("challenge", func(dst []byte) []byte {
			w := jsontext.Begin(dst)
			w.Floats("test", p.Challenge.Test)
			w.Int("submissions", p.Challenge.Submissions)
			return w.End()
		})
	}
	return w.End(), nil
}

type flag struct {
	name string
	to   *bool
}

func (p *Publication) flags() []flag {
	return []flag{{"box", &p.Oracle.Box}, {"partial", &p.Oracle.Partial}, {"fields", &p.Oracle.Fields}}
}

func appendLimits(w *jsontext.Writer, l Limits) {
	w.Int("budget", l.Budget)
	if l.Window > 0 {
		w.Int("window", l.Window)
	}
	if l.Rate > 0 {
		w.Int("rate", l.Rate)
		w.Int("period", l.Period)
	}
}

// DecodePublication reads a publication and opens its oracle once, to see that
// the victim can meet its settings. Errors name the member and what is allowed.
func DecodePublication(text []byte) (*Publication, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return nil, err
	}
	o := jsontext.Open(v, "")
	p := &Publication{}
	if o.Has("title") {
		p.Title = o.Text("title", maxTitle)
	}
	if p.File, err = modelfile.Read(o.Any("model")); err != nil {
		return nil, err
	}
	p.readOracle(o.Object("oracle"))
	if o.Has("access") {
		access := o.Object("access")
		p.Open = access.Bool("open")
		p.Limits = readLimits(access, p.Open)
		access.Done()
	}
	if o.Has("challenge") {
		p.readChallenge(o.Object("challenge"))
	}
	if err := o.Done(); err != nil {
		return nil, err
	}
	_, err = p.oracle(1)
	return p, err
}

func (p *Publication) readOracle(o *jsontext.Fields) {
	p.Oracle.Answers = oracle.Kind(o.Text("answers", maxTitle))
	if o.Has("round") {
		p.Oracle.Round = o.Int("round", 1, oracle.MaxDecimals)
	}
	if o.Has("noise") {
		p.Oracle.Noise = oracle.Noise{Sigma: o.Float("noise"), Fixed: true}
		var err error
		if p.Oracle.Noise.Seed, err = strconv.ParseUint(o.Text("noise_seed", 16), 16, 64); err != nil {
			o.Fail("noise_seed", "must be 1 to 16 hexadecimal digits")
		}
		if !(p.Oracle.Noise.Sigma > 0) {
			o.Fail("noise", "is %v, must be above 0", p.Oracle.Noise.Sigma)
		}
	}
	for _, f := range p.flags() {
		if o.Has(f.name) {
			*f.to = o.Bool(f.name)
		}
	}
	if p.Oracle.Fields && !p.Oracle.Partial {
		o.Fail("fields", "is true, allowed only with partial")
	}
	o.Done()
}

// readLimits reads the limits of an account; without needed they may be absent.
func readLimits(o *jsontext.Fields, needed bool) Limits {
	var l Limits
	if needed || o.Has("budget") {
		l.Budget = o.Int("budget", 0, maxBudget)
	}
	if o.Has("window") {
		l.Window = o.Int("window", 0, maxSeconds)
	}
	if o.Has("rate") {
		l.Rate = o.Int("rate", 0, maxBudget)
	}
	if o.Has("period") || l.Rate > 0 {
		l.Period = o.Int("period", 1, maxSeconds)
	}
	return l
}

func (p *Publication) readChallenge(o *jsontext.Fields) {
	c := &Challenge{Submissions: o.Int("submissions", 1, maxSubmissions)}
	if o.Has("test") {
		c.Test = o.Floats("test")
	}
	if d := p.Domain.Dim(); o.Err() == nil && len(c.Test)%d != 0 {
		o.Fail("test", "has %d numbers, must be rows of %d", len(c.Test), d)
	}
	if o.Err() == nil && p.Model.Classes() < 2 {
		o.Fail("", "is for classifiers, and the model predicts a number")
	}
	o.Done()
	p.Challenge = c
}

// oracle opens the oracle for one batch of n queries. The budgets of accounts
// are the store's.
func (p *Publication) oracle(n int) (oracle.Oracle, error) {
	s := p.Oracle
	s.Budget = n
	return oracle.Open(p.Model, p.Domain, s)
}

// checkName reports a name that a path can't hold.
func checkName(name string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_."
	if name == "" || len(name) > 64 || strings.Trim(name, allowed) != "" || strings.HasPrefix(name, ".") {
		return fmt.Errorf("model name: must be 1..64 of the characters a-z 0-9 - _ . and not begin with a point")
	}
	return nil
}

// shape is what a batch must fit: the oracle's inputs.
type shape struct {
	domain domain.Domain // as the oracle announces it
	box    bool
}

// check reports the first value that the oracle would refuse.
func (s shape) check(x []float64) error {
	d := s.domain.Dim()
	for i, v := range x {
		f := s.domain[i%d]
		switch {
		case v != v && f.Optional:
		case v-v != 0:
			return fmt.Errorf("inputs[0].data: row %d: %s is missing, allowed are complete inputs only", i/d, f.Name)
		case s.box && (v < f.Low || v > f.High):
			return fmt.Errorf("inputs[0].data: row %d: %s = %v is outside [%v, %v]", i/d, f.Name, v, f.Low, f.High)
		}
	}
	return nil
}
