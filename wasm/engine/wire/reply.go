package wire

import (
	"math"

	"modelheist/core/domain"
)

// Fields are the members of a JavaScript object: key, value, key, value. A value
// is nil, a string, a bool, an int, a float64, a []float64 (a Float64Array), a
// []any of values, Fields or a []byte (a Uint8Array).
type Fields []any

// Reply is a message to the page; see site/messages.js for what each tells.
type Reply interface{ Fields() Fields }

type (
	Ready struct {
		Protocol int
		Version  string
	}
	Preparing struct {
		ID        int
		Stage     string
		Iteration int
		Trained   int // members of an ensemble
		Members   int // that it will have; 0 for one model
	}
	Prepared struct {
		ID                          int
		Spec, Data                  string
		N, Classes                  int
		ClassNames                  []string
		Points                      []float64
		Unknowns, Budget            int
		TrainAccuracy, TestAccuracy float64 // NaN is null
		Plane                       bool
		Remote                      *Server // nil for a victim of one's own
	}
	State struct{ State string }
	Query struct {
		Number    int
		X, Values []float64
		Label     int
		Why       string
	}
	Moment struct {
		Moment        string // pick ask answer train redraw
		Number, Batch int    // of the query, and of queries in its batch
		X             []float64
		Label         int // -1 before the answer
		Why           string
		Moved         float64 // NaN is null
	}
	Progress struct {
		Queries, Budget, Round, Rounds int
		Agreement, RTest, RUnif        float64 // NaN is null, as below
		TVUnif, ParamError, Moved      float64
	}
	End struct {
		Status, Note            string
		Queries                 int
		Agreement, RTest, RUnif float64
	}
	Probed struct {
		ID           int
		X, Y         float64
		Victim, Copy *Said
	}
	Said struct {
		Label               int
		Probability, Margin float64 // NaN is null
	}
	Table struct {
		ID         int
		Columns    []Column
		Rows       [][]string
		Count      int
		Header     bool
		Points     []float64 // nil is null
		ClassNames []string
	}
	Column struct {
		Name, Kind string
		Distinct   int
	}
	Result struct {
		ID                 int
		Status             string
		Queries, Agreement []float64
		RTest, RUnif       float64
	}
	Logged struct {
		ID, First int       // number of the first query in the log
		X         []float64 // x, y, class triples
		Why       []string  // of each
	}
	Modelled struct {
		ID              int
		Family          string
		Inputs, Classes int
	}
	Exporting struct{ ID, Queries int }
	Exported  struct {
		ID    int
		Files [][]byte // in the order asked for
	}
	Claims struct {
		Leaves, Edges, Points []float64 // see site/messages.js
		Suspects              []Suspect
		Leak                  *Leak // nil is null
		// In words, where inputs are no points of the plane: the first of each kind.
		SaidLeaves, SaidEdges, SaidPoints []string
		Count                             Count
	}
	Suspect struct {
		Name  string
		Error float64 // NaN is null
		Out   string
	}
	Leak    struct{ Mean, Random float64 }
	Count   struct{ Leaves, Edges, Points int } // of what was found
	Failure struct {
		ID        *int // nil if it answers no message with an id
		Code, Key string
		Reason    string // why a server did not answer, for code network
		Message   string
	}
)

// The replies about remote oracles.
type (
	Server struct {
		Name, Title, Answers string
		Classes              int
		ClassNames           []string
		Input, Datatype      string
		Label, Scores        string
		Precision            string
		Decimals, Batch      int
		Submissions          int
		Left                 int // -1 is null
		Features             domain.Domain
	}
	Connected struct {
		ID     int
		Server *Server
	}
	Exchange struct {
		ID            int
		URL, Request  string
		Status        int
		Response      string
		Seconds       float64
		Labels        []int
		Left          int // -1 is null
		Error, Reason string
	}
	Called struct {
		ID   int
		Body string
	}
	Written struct {
		ID           int
		Text, Oracle string
		Test         []float64
	}
	Network struct {
		Queries, Cost, Left, Requests, Retries int // Left -1 is null
		Seconds                                float64
	}
)

func (m Ready) Fields() Fields {
	return Fields{"kind", "ready", "protocol", m.Protocol, "version", m.Version}
}

func (m Preparing) Fields() Fields {
	return Fields{"kind", "preparing", "id", m.ID, "stage", m.Stage, "iteration", m.Iteration, "trained", m.Trained, "members", m.Members}
}

func (m Prepared) Fields() Fields {
	return Fields{
		"kind", "prepared", "id", m.ID, "spec", m.Spec, "data", m.Data, "n", m.N,
		"classes", m.Classes, "classNames", texts(m.ClassNames), "points", m.Points,
		"unknowns", m.Unknowns, "budget", m.Budget,
		"trainAccuracy", orNull(m.TrainAccuracy), "testAccuracy", orNull(m.TestAccuracy), "plane", m.Plane,
		"remote", m.Remote.orNull(),
	}
}

func (m State) Fields() Fields { return Fields{"kind", "state", "state", m.State} }

func (m Query) Fields() Fields {
	return Fields{
		"kind", "query", "number", m.Number, "x", numbers(m.X), "label", m.Label,
		"values", numbers(m.Values), "why", m.Why,
	}
}

func (m Moment) Fields() Fields {
	return Fields{
		"kind", "moment", "moment", m.Moment, "number", m.Number, "batch", m.Batch,
		"x", numbers(m.X), "label", m.Label, "why", m.Why, "moved", orNull(m.Moved),
	}
}

func (m Progress) Fields() Fields {
	return Fields{
		"kind", "progress", "queries", m.Queries, "budget", m.Budget, "round", m.Round, "rounds", m.Rounds,
		"agreement", orNull(m.Agreement), "rTest", orNull(m.RTest), "rUnif", orNull(m.RUnif),
		"tvUnif", orNull(m.TVUnif), "paramError", orNull(m.ParamError), "moved", orNull(m.Moved),
	}
}

func (m End) Fields() Fields {
	return Fields{
		"kind", "end", "status", m.Status, "note", m.Note, "queries", m.Queries,
		"agreement", orNull(m.Agreement), "rTest", orNull(m.RTest), "rUnif", orNull(m.RUnif),
	}
}

func (m Probed) Fields() Fields {
	return Fields{"kind", "probed", "id", m.ID, "x", m.X, "y", m.Y, "victim", m.Victim.orNull(), "copy", m.Copy.orNull()}
}

func (s *Said) orNull() any {
	if s == nil {
		return nil
	}
	return Fields{"label", s.Label, "probability", orNull(s.Probability), "margin", orNull(s.Margin)}
}

func (m Table) Fields() Fields {
	columns, rows := make([]any, len(m.Columns)), make([]any, len(m.Rows))
	for i, c := range m.Columns {
		columns[i] = Fields{"name", c.Name, "kind", c.Kind, "distinct", c.Distinct}
	}
	for i, row := range m.Rows {
		rows[i] = texts(row)
	}
	var points any
	if m.Points != nil {
		points = m.Points
	}
	return Fields{
		"kind", "table", "id", m.ID, "columns", columns, "rows", rows, "count", m.Count,
		"header", m.Header, "points", points, "classNames", texts(m.ClassNames),
	}
}

func (m Result) Fields() Fields {
	return Fields{
		"kind", "result", "id", m.ID, "status", m.Status, "queries", m.Queries,
		"agreement", m.Agreement, "rTest", m.RTest, "rUnif", m.RUnif,
	}
}

func (m Logged) Fields() Fields {
	return Fields{"kind", "logged", "id", m.ID, "first", m.First, "x", m.X, "why", texts(m.Why)}
}

func (m Modelled) Fields() Fields {
	return Fields{"kind", "modelled", "id", m.ID, "family", m.Family, "inputs", m.Inputs, "classes", m.Classes}
}

func (m Exporting) Fields() Fields {
	return Fields{"kind", "exporting", "id", m.ID, "queries", m.Queries}
}

func (m Exported) Fields() Fields {
	files := make([]any, len(m.Files))
	for i, f := range m.Files {
		files[i] = f
	}
	return Fields{"kind", "exported", "id", m.ID, "files", files}
}

func (m Claims) Fields() Fields {
	suspects := make([]any, len(m.Suspects))
	for i, s := range m.Suspects {
		suspects[i] = Fields{"name", s.Name, "error", orNull(s.Error), "out", s.Out}
	}
	return Fields{"kind", "claims", "leaves", m.Leaves, "edges", m.Edges, "points", m.Points, "suspects", suspects, "leak", m.Leak.orNull(),
		"said", Fields{"leaves", texts(m.SaidLeaves), "edges", texts(m.SaidEdges), "points", texts(m.SaidPoints)},
		"count", Fields{"leaves", m.Count.Leaves, "edges", m.Count.Edges, "points", m.Count.Points}}
}

func (l *Leak) orNull() any {
	if l == nil {
		return nil
	}
	return Fields{"mean", l.Mean, "random", l.Random}
}

func (m Failure) Fields() Fields {
	out := Fields{"kind", "error", "code", m.Code, "message", m.Message}
	if m.ID != nil {
		out = append(out, "id", *m.ID)
	}
	if m.Key != "" {
		out = append(out, "key", m.Key)
	}
	if m.Reason != "" {
		out = append(out, "reason", m.Reason)
	}
	return out
}

func (s *Server) orNull() any {
	if s == nil {
		return nil
	}
	features := make([]any, len(s.Features))
	for i, f := range s.Features {
		features[i] = Fields{
			"name", f.Name, "low", f.Low, "high", f.High, "categories", texts(f.Categories), "optional", f.Optional,
		}
	}
	return Fields{
		"name", s.Name, "title", s.Title, "answers", s.Answers, "classes", s.Classes, "classNames", texts(s.ClassNames),
		"input", s.Input, "datatype", s.Datatype, "label", s.Label, "scores", s.Scores, "precision", s.Precision,
		"decimals", s.Decimals, "batch", s.Batch, "submissions", s.Submissions, "left", countOrNull(s.Left), "features", features,
	}
}

func (m *Connected) Fields() Fields {
	return Fields{"kind", "connected", "id", m.ID, "server", m.Server.orNull()}
}

func (m *Exchange) Fields() Fields {
	labels := make([]any, len(m.Labels))
	for i, label := range m.Labels {
		labels[i] = label
	}
	return Fields{
		"kind", "exchange", "id", m.ID, "url", m.URL, "request", m.Request,
		"status", m.Status, "response", m.Response, "seconds", m.Seconds, "labels", labels,
		"left", countOrNull(m.Left), "error", m.Error, "reason", m.Reason,
	}
}

func (m *Called) Fields() Fields { return Fields{"kind", "called", "id", m.ID, "body", m.Body} }

func (m *Written) Fields() Fields {
	return Fields{"kind", "written", "id", m.ID, "text", m.Text, "oracle", m.Oracle, "test", m.Test}
}

func (m *Network) Fields() Fields {
	return Fields{
		"kind", "network", "queries", m.Queries, "cost", m.Cost, "left", countOrNull(m.Left),
		"requests", m.Requests, "retries", m.Retries, "seconds", m.Seconds,
	}
}

// countOrNull is n, or nil if it is negative.
func countOrNull(n int) any {
	if n < 0 {
		return nil
	}
	return n
}

// orNull is v, or nil if it is NaN.
func orNull(v float64) any {
	if math.IsNaN(v) {
		return nil
	}
	return v
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// numbers is a plain array.
func numbers(list []float64) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
