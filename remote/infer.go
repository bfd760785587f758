package remote

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"modelheist/core/jsontext"
	"modelheist/core/modelfile"
	"modelheist/core/oracle"
	"modelheist/remote/oip"
)

// victim is a publication that can be queried.
type victim struct {
	*Publication
	name, revision string
	shape          shape
	outputs        []oip.TensorInfo
	yardstick      yardstick
}

// valueNames are the outputs beside the label.
var valueNames = map[oracle.Kind]string{
	oracle.Top1: "probability", oracle.Probabilities: "probabilities", oracle.Logits: "logits", oracle.Margin: "margins", oracle.Value: "value",
}

func newVictim(name string, text []byte, revision string) (*victim, error) {
	p, err := DecodePublication(text)
	if err != nil {
		return nil, err
	}
	o, err := p.oracle(0)
	if err != nil {
		return nil, err
	}
	v := &victim{Publication: p, name: name, revision: revision, shape: shape{o.Domain(), p.Oracle.Box}}
	kind := p.Oracle.Answers
	if kind != oracle.Value {
		v.outputs = append(v.outputs, oip.TensorInfo{Name: "label", Datatype: "INT64", Shape: []int{-1}})
	}
	if kind != oracle.Labels {
		dims := []int{-1}
		if w := (oracle.Reply{Kind: kind, Classes: o.Classes()}).Width(); w != 1 {
			dims = append(dims, w)
		}
		v.outputs = append(v.outputs, oip.TensorInfo{Name: valueNames[kind], Datatype: "FP64", Shape: dims})
	}
	if p.Oracle.Fields {
		v.outputs = append(v.outputs, oip.TensorInfo{Name: "missing", Datatype: "INT64", Shape: []int{-1}})
	}
	return v, nil
}

// metadata describes a model, and tells what is left of the budget.
func (s *Server) metadata(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	v, err := s.find(r)
	if err != nil {
		return nil, err
	}
	who, err := s.admit(r, v)
	if err != nil {
		return nil, err
	}
	g, err := s.Store.Take(r.Context(), Draw{Account: who.account, Model: v.name, Limits: who.limits, Now: s.Now()})
	if err != nil {
		return nil, err
	}
	announce(w.Header(), who.limits, g)
	m := oip.Metadata{
		Name: v.name, Platform: "modelheist", Outputs: v.outputs, Parameters: v.parameters(),
		Inputs: []oip.TensorInfo{{Name: "x", Datatype: "FP64", Shape: []int{-1, v.Domain.Dim()}}},
	}
	return m.Append(nil), nil
}

// parameters is what the metadata says beyond the protocol.
func (v *victim) parameters() jsontext.Value {
	w := jsontext.Begin(nil)
	w.Text("title", v.Title)
	w.Text("answers", string(v.Oracle.Answers))
	if v.Oracle.Round > 0 {
		w.Int("decimals", v.Oracle.Round)
	}
	for _, f := range v.flags() {
		w.Bool(f.name, *f.to)
	}
	w.Add("features", func(dst []byte) []byte { return modelfile.AppendFeatures(dst, v.shape.domain) })
	if v.Classes != nil {
		w.Texts("classes", v.Classes)
	}
	w.Int("max_batch", MaxBatch)
	w.Bool("open", v.Open)
	if v.Challenge != nil {
		w.Int("submissions", v.Challenge.Submissions)
	}
	value, err := jsontext.Parse(w.End())
	if err != nil {
		panic("remote: " + err.Error())
	}
	return value
}

func (s *Server) modelReady(_ http.ResponseWriter, r *http.Request) ([]byte, error) {
	v, err := s.find(r)
	if err != nil {
		return nil, err
	}
	w := jsontext.Begin(nil)
	w.Text("name", v.name)
	w.Bool("ready", true)
	return w.End(), nil
}

// infer answers a batch. What can be refused without asking the victim is; then
// the batch is paid for as a whole; then it is answered. A request that was paid
// for is answered again: the same oracle gives the same answer.
func (s *Server) infer(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	v, err := s.find(r)
	if err != nil {
		return nil, err
	}
	who, err := s.admit(r, v)
	if err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	request, err := oip.ParseRequest(body)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "%v", err)
	}
	x, n, err := v.batch(request)
	if err != nil {
		return nil, err
	}
	g, err := s.charge(w, r, v, who, request, body, n)
	if err != nil {
		return nil, err
	}
	o, err := v.oracle(n)
	if err != nil {
		return nil, err
	}
	reply, err := o.Ask(x)
	if err != nil {
		return nil, err
	}
	out := oip.Response{Model: v.name, ID: request.ID, Outputs: v.tensors(reply, request.Outputs), Parameters: paid(g, n)}
	return out.Append(nil), nil
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, fail(http.StatusRequestEntityTooLarge, "body: more than %d bytes", MaxBody)
	}
	if err != nil {
		return nil, fail(http.StatusBadRequest, "body: it did not arrive whole")
	}
	return body, nil
}

// batch is the n×d inputs of a request.
func (v *victim) batch(q oip.Request) (x []float64, n int, err error) {
	bad := func(format string, args ...any) ([]float64, int, error) {
		return nil, 0, fail(http.StatusBadRequest, format, args...)
	}
	in, d := q.Inputs[0], v.Domain.Dim()
	switch {
	case len(q.Inputs) != 1:
		return bad("inputs: are %d, must be one, named x", len(q.Inputs))
	case in.Name != "x":
		return bad("inputs[0].name: is %q, must be x", jsontext.Short(in.Name))
	case !oip.Float(in.Datatype):
		return bad("inputs[0].datatype: is %s, allowed are FP32 and FP64", in.Datatype)
	case len(in.Shape) != 2 || in.Shape[1] != d:
		return bad("inputs[0].shape: is %v, must be [n, %d]", in.Shape, d)
	case in.Shape[0] < 1 || in.Shape[0] > MaxBatch:
		return bad("inputs[0].shape: %d queries, allowed are 1..%d in a request", in.Shape[0], MaxBatch)
	}
	for i, name := range q.Outputs {
		if !slices.ContainsFunc(v.outputs, func(t oip.TensorInfo) bool { return t.Name == name }) {
			return bad("outputs[%d].name: there is no output %q", i, jsontext.Short(name))
		}
	}
	if err := v.shape.check(in.Data); err != nil {
		return bad("%v", err)
	}
	return in.Data, in.Shape[0], nil
}

// charge pays for n queries, or says why not.
func (s *Server) charge(w http.ResponseWriter, r *http.Request, v *victim, who visitor, q oip.Request, body []byte, n int) (Grant, error) {
	sum := sha256.Sum256(append([]byte(v.revision+"\n"), body...))
	g, err := s.Store.Take(r.Context(), Draw{
		Account: who.account, Name: who.name, Model: v.name, Limits: who.limits,
		ID: q.ID, Body: hex.EncodeToString(sum[:16]), N: n, Now: s.Now(),
	})
	if err != nil {
		return g, err
	}
	announce(w.Header(), who.limits, g)
	switch g.Verdict {
	case Conflict:
		return g, fail(http.StatusConflict, "id: it was used for another request, or for the model as it was before")
	case Exhausted:
		if g.Renews > 0 {
			w.Header().Set("Retry-After", seconds(g.Renews))
		}
		return g, fail(http.StatusPaymentRequired, "budget: %d queries are left, and this batch costs %d", g.Left, n)
	case TooFast:
		if n > who.limits.Rate {
			return g, fail(http.StatusBadRequest, "inputs[0].shape: %d queries at once, the rate allows %d in %d s", n, who.limits.Rate, who.limits.Period)
		}
		w.Header().Set("Retry-After", seconds(g.RateIn))
		return g, fail(http.StatusTooManyRequests, "rate: %d queries in %d s are allowed; %d are left for now", who.limits.Rate, who.limits.Period, g.RateLeft)
	}
	return g, nil
}

// paid is what an answer says of its price.
func paid(g Grant, n int) jsontext.Value {
	if g.Verdict == Repeated {
		n = 0
	}
	number := func(v int) jsontext.Value { return jsontext.Value{Kind: jsontext.Number, Number: float64(v)} }
	return jsontext.Value{Kind: jsontext.Object, Members: []jsontext.Member{{Name: "cost", Value: number(n)}, {Name: "left", Value: number(g.Left)}}}
}

// tensors are the wanted outputs of a reply; nil wants all.
func (v *victim) tensors(reply oracle.Reply, wanted []string) []oip.Tensor {
	n := reply.N()
	out := []oip.Tensor{}
	for _, info := range v.outputs {
		if wanted != nil && !slices.Contains(wanted, info.Name) {
			continue
		}
		t := oip.Tensor{Name: info.Name, Datatype: info.Datatype, Shape: slices.Clone(info.Shape)}
		t.Shape[0] = n
		switch info.Name {
		case "label":
			t.Data = floats(reply.Labels)
		case "missing":
			t.Data = floats(reply.Missing)
		default:
			t.Data = reply.Values
		}
		out = append(out, t)
	}
	return out
}

func floats(v []int) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

// announce writes the limits and what is left of them, as the IETF's draft
// "RateLimit header fields for HTTP" (10) has it. The unit is a query, not a
// request.
func announce(h http.Header, l Limits, g Grant) {
	policy := fmt.Sprintf(`"budget";q=%d;qu="queries"`, l.Budget)
	now := fmt.Sprintf(`"budget";r=%d`, g.Left)
	if l.Window > 0 {
		policy += ";w=" + strconv.Itoa(l.Window)
		now += ";t=" + seconds(g.Renews)
	}
	if l.Rate > 0 {
		policy += fmt.Sprintf(`, "rate";q=%d;qu="queries";w=%d`, l.Rate, l.Period)
		now += fmt.Sprintf(`, "rate";r=%d;t=%s`, g.RateLeft, seconds(g.RateIn))
	}
	h.Set("RateLimit-Policy", policy)
	h.Set("RateLimit", now)
}

// seconds rounds up, so that who waits so long waits long enough.
func seconds(d time.Duration) string {
	return strconv.Itoa(int(math.Ceil(max(d, 0).Seconds())))
}
