// Package remote serves oracles over HTTP, by the Open Inference Protocol,
// version 2, and measures the copies that thieves hand in. README.md describes
// what it adds to the protocol.
package remote

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"modelheist/core/jsontext"
	"modelheist/remote/oip"
)

// Bounds of requests.
const (
	MaxBody  = 1 << 20 // bytes
	MaxBatch = 1000    // queries
)

// Config is what a Server needs. Only Store is required.
type Config struct {
	Store    Store
	AdminKey string            // publishes models and makes tokens; empty: nobody can
	Origins  []string          // other origins whose pages may call, "https://example.org"
	Demos    map[string][]byte // publications that are always there, by name
	Version  string
	Now      func() time.Time           // nil is time.Now
	Client   func(*http.Request) string // a client without a token; nil is its network address
	Log      func(error)                // of the server's own troubles; may be nil
}

// Server is the http.Handler of all paths under /v2.
type Server struct {
	Config
	admin [32]byte // hash of the admin key
	demos map[string]*victim

	mu      sync.Mutex
	victims map[string]*victim // read from the store
}

// New makes a server. It returns an error for a demo that is no publication.
func New(c Config) (*Server, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Client == nil {
		c.Client = address
	}
	s := &Server{Config: c, admin: sha256.Sum256([]byte(c.AdminKey)), demos: map[string]*victim{}, victims: map[string]*victim{}}
	for name, text := range c.Demos {
		v, err := newVictim(name, text, "demo")
		if err != nil {
			return nil, fmt.Errorf("remote: %s: %w", name, err)
		}
		s.demos[name] = v
	}
	return s, nil
}

// failure is an answer that is an error.
type failure struct {
	status int
	reason string
}

func (f *failure) Error() string { return f.reason }

func fail(status int, format string, args ...any) error {
	return &failure{status, fmt.Sprintf(format, args...)}
}

// A handler answers a request with JSON, or returns an error: a *failure, or the
// server's own trouble.
type handler func(s *Server, w http.ResponseWriter, r *http.Request) ([]byte, error)

// routes are the handlers by path and method.
var routes = []struct {
	path    string
	methods map[string]handler
}{
	{"/v2", map[string]handler{"GET": (*Server).about}},
	{"/v2/health/live", map[string]handler{"GET": (*Server).live}},
	{"/v2/health/ready", map[string]handler{"GET": (*Server).ready}},
	{"/v2/models", map[string]handler{"GET": (*Server).list}},
	{"/v2/models/{model}", map[string]handler{"GET": (*Server).metadata, "PUT": (*Server).publish, "DELETE": (*Server).withdraw}},
	{"/v2/models/{model}/ready", map[string]handler{"GET": (*Server).modelReady}},
	{"/v2/models/{model}/infer", map[string]handler{"POST": (*Server).infer}},
	{"/v2/models/{model}/board", map[string]handler{"GET": (*Server).board}},
	{"/v2/models/{model}/copies", map[string]handler{"POST": (*Server).submit}},
	{"/v2/models/{model}/ledger", map[string]handler{"GET": (*Server).ledger}},
	{"/v2/tokens", map[string]handler{"POST": (*Server).makeToken}},
}

// match finds the handlers of a path and its {model}.
func match(path string) (methods map[string]handler, model string) {
	parts := strings.Split(path, "/")
	for _, r := range routes {
		want := strings.Split(r.path, "/")
		if len(want) != len(parts) {
			continue
		}
		fits, name := true, ""
		for i, w := range want {
			if w == "{model}" {
				name = parts[i]
			} else {
				fits = fits && w == parts[i]
			}
		}
		if fits {
			return r.methods, name
		}
	}
	return nil, ""
}

// ServeHTTP implements http.Handler. A panic costs its own request only.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	defer func() {
		if p := recover(); p != nil {
			s.trouble(w, fmt.Errorf("panic: %v", p))
		}
	}()
	body, err := s.answer(w, r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Write(body) // an error here is a client that left
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := s.cors(w.Header(), r); err != nil {
		return nil, err
	}
	methods, name := match(r.URL.Path)
	if methods == nil {
		return nil, fail(http.StatusNotFound, "there is nothing at this path; see GET /v2")
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if method == http.MethodOptions {
		return nil, nil
	}
	handle := methods[method]
	if handle == nil {
		allowed := slices.Sorted(maps.Keys(methods))
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return nil, fail(http.StatusMethodNotAllowed, "method: allowed here are %s", strings.Join(allowed, ", "))
	}
	r.SetPathValue("model", name)
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.Body = http.MaxBytesReader(w, r.Body, MaxBody)
	return handle(s, w, r)
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	f, expected := err.(*failure)
	if !expected {
		s.trouble(w, err)
		return
	}
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(f.status)
	w.Write(oip.AppendError(nil, f.reason))
}

// trouble answers that something is wrong here, and not what.
func (s *Server) trouble(w http.ResponseWriter, err error) {
	if s.Log != nil {
		s.Log(err)
	}
	w.WriteHeader(http.StatusInternalServerError)
	w.Write(oip.AppendError(nil, "the server failed; the same request with the same id is safe to send again"))
}

// secure sets the headers of every answer: JSON, never to be taken for a page.
func secure(h http.Header) {
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
}

// cors lets pages of the allowed origins read answers, and refuses those of
// others, which may send some requests without asking first.
func (s *Server) cors(h http.Header, r *http.Request) error {
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	if slices.Contains(s.Origins, origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "RateLimit, RateLimit-Policy, Retry-After")
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			h.Set("Access-Control-Max-Age", "7200")
		}
		return nil
	}
	if u, err := url.Parse(origin); err == nil && u.Host == r.Host && u.Host != "" {
		return nil // the page that this server serves
	}
	return fail(http.StatusForbidden, "origin: pages from elsewhere may not call this server; its owner can allow them")
}

// address is the network of a client: an IPv4 address, or the 64 bits that a
// network of IPv6 has for itself.
func address(r *http.Request) string {
	text := r.RemoteAddr
	if ap, err := netip.ParseAddrPort(text); err == nil {
		text = ap.Addr().String()
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return "unknown"
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		p, _ := a.Prefix(64) // cannot fail: 64 bits of 128
		return p.String()
	}
	return a.String()
}

func (s *Server) about(http.ResponseWriter, *http.Request) ([]byte, error) {
	w := jsontext.Begin(nil)
	w.Text("name", "modelheist")
	w.Text("version", s.Version)
	w.Texts("extensions", []string{"modelheist.models", "modelheist.budget", "modelheist.challenge"})
	return w.End(), nil
}

func (s *Server) live(http.ResponseWriter, *http.Request) ([]byte, error) {
	return []byte(`{"live":true}`), nil
}

func (s *Server) ready(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	if _, err := s.Store.Models(r.Context()); err != nil {
		return nil, err
	}
	return []byte(`{"ready":true}`), nil
}

// list names the models that may be queried.
func (s *Server) list(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	names, err := s.Store.Models(r.Context())
	if err != nil {
		return nil, err
	}
	names = append(names, slices.Collect(maps.Keys(s.demos))...)
	slices.Sort(names)
	names = slices.Compact(names)
	var found []*victim
	for _, name := range names {
		v, err := s.victim(r.Context(), name)
		if err != nil {
			return nil, err
		}
		if v != nil {
			found = append(found, v)
		}
	}
	w := jsontext.Begin(nil)
	w.Add("models", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, len(found), func(w *jsontext.Writer, i int) {
			v := found[i]
			w.Text("name", v.name)
			w.Text("title", v.Title)
			w.Text("answers", string(v.Oracle.Answers))
			w.Int("features", v.Domain.Dim())
			w.Int("classes", v.Model.Classes())
			w.Bool("open", v.Open)
			w.Bool("challenge", v.Challenge != nil)
		})
	})
	return w.End(), nil
}

// victim is the model of that name, nil if there is none.
func (s *Server) victim(ctx context.Context, name string) (*victim, error) {
	if v := s.demos[name]; v != nil {
		return v, nil
	}
	text, revision, err := s.Store.Model(ctx, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == nil {
		delete(s.victims, name)
		return nil, nil
	}
	if v := s.victims[name]; v != nil && v.revision == revision {
		return v, nil
	}
	v, err := newVictim(name, text, revision)
	if err != nil {
		return nil, fmt.Errorf("the stored model %s: %w", name, err)
	}
	s.victims[name] = v
	return v, nil
}

// find is the victim of a request.
func (s *Server) find(r *http.Request) (*victim, error) {
	v, err := s.victim(r.Context(), r.PathValue("model"))
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fail(http.StatusNotFound, "model: there is none of this name; see GET /v2/models")
	}
	return v, nil
}

// bearer is the credential that a request brings, if any.
func bearer(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// owner refuses requests without the admin key.
func (s *Server) owner(r *http.Request) error {
	key, given := bearer(r)
	hash := sha256.Sum256([]byte(key))
	right := subtle.ConstantTimeCompare(hash[:], s.admin[:]) == 1
	switch {
	case s.AdminKey == "":
		return fail(http.StatusForbidden, "this server has no admin key, so that nothing can be published here")
	case !given || !right:
		return fail(http.StatusUnauthorized, "Authorization: the admin key is needed here, as Bearer")
	}
	return nil
}

// visitor is who asks: an account with its limits on a victim.
type visitor struct {
	account, name string
	limits        Limits
}

// admit finds the account that a request for a victim is charged to.
func (s *Server) admit(r *http.Request, v *victim) (visitor, error) {
	secret, given := bearer(r)
	if !given {
		if r.Header.Get("Authorization") != "" {
			return visitor{}, fail(http.StatusUnauthorized, "Authorization: must be Bearer and a token")
		}
		if !v.Open {
			return visitor{}, fail(http.StatusUnauthorized, "Authorization: this model needs a token, as Bearer")
		}
		return visitor{"client:" + hash(s.Client(r)), "", v.Limits}, nil
	}
	key := hash(secret)
	t, err := s.Store.Token(r.Context(), key)
	if err != nil {
		return visitor{}, err
	}
	if t == nil || subtle.ConstantTimeCompare([]byte(t.Hash), []byte(key)) != 1 {
		return visitor{}, fail(http.StatusUnauthorized, "Authorization: there is no such token")
	}
	pass, granted := t.Models[v.name]
	switch {
	case !granted && v.Open:
		return visitor{"client:" + hash(s.Client(r)), t.Name, v.Limits}, nil
	case !granted:
		return visitor{}, fail(http.StatusForbidden, "Authorization: this token is not for this model")
	case !pass.Expires.IsZero() && !s.Now().Before(pass.Expires):
		return visitor{}, fail(http.StatusUnauthorized, "Authorization: this token has expired")
	}
	return visitor{"token:" + key, t.Name, pass.Limits}, nil
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
