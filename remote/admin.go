package remote

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"time"

	"modelheist/core/jsontext"
)

// maxPasses bounds the models of a token.
const maxPasses = 100

// publish puts a victim up.
func (s *Server) publish(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := s.owner(r); err != nil {
		return nil, err
	}
	name := r.PathValue("model")
	if err := checkName(name); err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	if s.demos[name] != nil {
		return nil, fail(http.StatusConflict, "model name: a demo has it")
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if _, err := DecodePublication(body); err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	if err := s.Store.PutModel(r.Context(), name, body); err != nil {
		return nil, err
	}
	return s.modelReady(w, r)
}

// withdraw takes a victim down.
func (s *Server) withdraw(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := s.owner(r); err != nil {
		return nil, err
	}
	v, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if s.demos[v.name] != nil {
		return nil, fail(http.StatusConflict, "model: a demo stays")
	}
	if err := s.Store.PutModel(r.Context(), v.name, nil); err != nil {
		return nil, err
	}
	return []byte(`{"ready":false}`), nil
}

// makeToken makes a token, which only this answer holds.
func (s *Server) makeToken(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := s.owner(r); err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	t, err := decodeToken(body)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	secret := rand.Text()
	t.Hash = hash(secret)
	if err := s.Store.PutToken(r.Context(), t); err != nil {
		return nil, err
	}
	w := jsontext.Begin(nil)
	w.Text("name", t.Name)
	w.Text("token", secret)
	return w.End(), nil
}

// decodeToken reads {"name", "models": [{"model", "budget", "window"?, "rate"?,
// "period"?, "expires"? (RFC 3339)}]}.
func decodeToken(text []byte) (Token, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return Token{}, err
	}
	o := jsontext.Open(v, "")
	t := Token{Name: o.Text("name", maxTitle), Models: map[string]Pass{}}
	list := o.Objects("models")
	if n := len(list); n < 1 || n > maxPasses {
		o.Fail("models", "are %d, allowed are 1..%d", n, maxPasses)
	}
	for _, in := range list {
		p := Pass{Limits: readLimits(in, true)}
		name := in.Text("model", maxTitle)
		if err := checkName(name); err != nil {
			in.Fail("model", "%v", err)
		}
		if in.Has("expires") {
			var err error
			if p.Expires, err = time.Parse(time.RFC3339, in.Text("expires", maxTitle)); err != nil {
				in.Fail("expires", "must be a time as 2030-12-31T23:59:59Z")
			}
		}
		in.Done()
		if _, twice := t.Models[name]; twice {
			in.Fail("model", "comes twice")
		}
		t.Models[name] = p
	}
	return t, o.Done()
}

// ledger lists the latest charges for the owner.
func (s *Server) ledger(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := s.owner(r); err != nil {
		return nil, err
	}
	const lines = 1000
	limit := lines
	if text := r.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > lines {
			return nil, fail(http.StatusBadRequest, "limit: must be 1..%d", lines)
		}
	}
	charges, err := s.Store.Ledger(r.Context(), r.PathValue("model"), limit)
	if err != nil {
		return nil, err
	}
	w := jsontext.Begin(nil)
	w.Add("charges", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, len(charges), func(w *jsontext.Writer, i int) {
			c := charges[i]
			w.Text("time", c.Time.UTC().Format(time.RFC3339Nano))
			w.Text("account", c.Account[:min(len(c.Account), 19)])
			w.Text("name", c.Name)
			w.Int("n", c.N)
		})
	})
	return w.End(), nil
}
