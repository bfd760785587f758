package remote

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"modelheist/core/dataset"
	"modelheist/core/jsontext"
	"modelheist/core/metric"
	"modelheist/core/modelfile"
)

// scoringTime bounds the measuring of one copy.
const scoringTime = 10 * time.Second

// uniformSeed seeds the uniform points behind R_unif: every copy of a victim is
// measured on the same.
const uniformSeed = 1

// yardstick measures copies of a victim; it is made for the first one.
type yardstick struct {
	mu sync.Mutex // one copy is measured at a time
	y  *metric.Yardstick
}

// measure compares a copy with the victim.
func (v *victim) measure(ctx context.Context, f modelfile.File) (metric.Measures, error) {
	v.yardstick.mu.Lock()
	defer v.yardstick.mu.Unlock()
	if v.yardstick.y == nil {
		test := &dataset.Set{X: v.Challenge.Test, Domain: v.Domain, ClassNames: v.Classes}
		y, err := metric.NewYardstick(v.Model, v.Domain, test, rand.New(rand.NewPCG(uniformSeed, 0)), ctx.Err)
		if err != nil {
			return metric.Measures{}, err
		}
		v.yardstick.y = y
	}
	m, _, err := v.yardstick.y.Measure(f.Model, ctx.Err)
	return m, err
}

// submit measures a stolen copy and puts it on the board. A copy is numbers in
// modelfile's form; nothing that a taker wrote is run.
func (s *Server) submit(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	v, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if v.Challenge == nil {
		return nil, fail(http.StatusForbidden, "model: it is no challenge, and takes no copies")
	}
	who, err := s.admit(r, v)
	if err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	name, f, err := decodeSubmission(body, v)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	if err := s.mayHandIn(r.Context(), v, who); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), scoringTime)
	defer cancel()
	m, err := v.measure(ctx, f)
	if ctx.Err() != nil {
		return nil, fail(http.StatusBadRequest, "model: measuring it takes more than %v", scoringTime)
	}
	if err != nil {
		return nil, err
	}
	score := Submission{Account: who.account, Model: v.name, Revision: v.revision, Name: name, RUnif: m.RUnif, Time: s.Now()}
	if !math.IsNaN(m.RTest) {
		score.RTest = &m.RTest
	}
	taken, err := s.Store.Submit(r.Context(), score, v.Challenge.Submissions)
	if err != nil {
		return nil, err
	}
	if !taken {
		return nil, v.allHandedIn()
	}
	return s.board(nil, r)
}

// mayHandIn spares the work of measuring a copy that won't be taken.
func (s *Server) mayHandIn(ctx context.Context, v *victim, who visitor) error {
	rows, err := s.Store.Board(ctx, v.name)
	n := 0
	for _, row := range rows {
		if row.Account == who.account {
			n++
		}
	}
	if err == nil && n >= v.Challenge.Submissions {
		return v.allHandedIn()
	}
	return err
}

func (v *victim) allHandedIn() error {
	return fail(http.StatusPaymentRequired, "copies: all %d that may be handed in were", v.Challenge.Submissions)
}

// decodeSubmission reads {"name", "model"}.
func decodeSubmission(text []byte, v *victim) (name string, f modelfile.File, err error) {
	value, err := jsontext.Parse(text)
	if err != nil {
		return "", f, err
	}
	o := jsontext.Open(value, "")
	name = strings.TrimSpace(o.Text("name", maxTitle))
	if n := len([]rune(name)); n < 1 || n > 40 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		o.Fail("name", "must be 1..40 printable characters")
	}
	f, err = modelfile.Read(o.Any("model"))
	if wrong := o.Done(); wrong != nil {
		return "", f, wrong
	}
	if err != nil {
		return "", f, err
	}
	if d, c := v.Domain.Dim(), v.Model.Classes(); f.Model.Dim() != d || f.Model.Classes() != c {
		o.Fail("model", "has %d inputs and %d classes, the victim has %d and %d", f.Model.Dim(), f.Model.Classes(), d, c)
	}
	return name, f, o.Err()
}

// board lists the copies: the best agreement first, of equals the one with fewer
// queries, then the earlier one.
func (s *Server) board(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	v, err := s.find(r)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.Board(r.Context(), v.name)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row Submission) bool { return row.Revision != v.revision })
	slices.SortFunc(rows, func(a, b Submission) int {
		return cmp.Or(cmp.Compare(a.RUnif, b.RUnif), cmp.Compare(a.Queries, b.Queries), a.Time.Compare(b.Time))
	})
	w := jsontext.Begin(nil)
	w.Add("board", func(dst []byte) []byte {
		return jsontext.AppendObjects(dst, len(rows), func(w *jsontext.Writer, i int) {
			row := rows[i]
			w.Text("name", row.Name)
			w.Int("queries", row.Queries)
			w.Float("agreement", 1-row.RUnif)
			w.Float("r_unif", row.RUnif)
			if row.RTest != nil {
				w.Float("r_test", *row.RTest)
			}
			w.Text("time", row.Time.UTC().Format(time.RFC3339))
		})
	})
	return w.End(), nil
}
