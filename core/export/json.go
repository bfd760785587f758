package export

import (
	"fmt"
	"math"
	"strings"

	"modelheist/core/experiment"
	"modelheist/core/jsontext"
	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// Version of the experiment's JSON. The text is one object:
//
//	modelheist  1, the version of the format
//	engine      version of the program that made it; absent if unknown
//	settings    the experiment: an object of key and value, all texts, as in a
//	            link; secrets are not among them
//	outcome     status (absent if the run had not ended), queries, budget,
//	            unknowns, and of the last copy r_test r_unif tv_test tv_unif
//	            param_error, null where they have no meaning
//	victim      a model file (package modelfile), null for one behind a network
//	copy        a model file, null before the first round
//	curve       queries and agreement, an array each, a number a round; of a
//	            victim behind a network the agreement is with the answers received
//	points      the data: x (n×d, row by row) and labels
//	asked       the queries: x (n×d, null for a feature left out), labels, width
//	            and values (n×width), why
//
// Only modelheist and settings must be there; a reader passes over what it does
// not know.
const Version = 1

// json writes the whole experiment.
func (r *Result) json() ([]byte, error) {
	w := jsontext.Begin(nil)
	w.Int("modelheist", Version)
	if r.Engine != "" {
		w.Text("engine", r.Engine)
	}
	w.Add("settings", func(dst []byte) []byte {
		settings := jsontext.Begin(dst)
		for _, s := range r.Exp.Spec.Public() {
			key, value, _ := strings.Cut(s, "=")
			settings.Text(key, value)
		}
		return settings.End()
	})
	w.Add("outcome", r.appendOutcome)
	for _, m := range []struct {
		name  string
		model model.Classifier
	}{{"victim", r.Exp.Victim}, {"copy", r.Copy}} {
		text := []byte("null")
		if m.model != nil {
			var err error
			if text, err = modelfile.Append(nil, r.file(m.model)); err != nil {
				return nil, err
			}
		}
		w.Raw(m.name, text)
	}
	w.Add("curve", r.appendCurve)
	w.Add("points", func(dst []byte) []byte {
		points := jsontext.Begin(dst)
		points.Floats("x", finite(r.Exp.Set.X))
		points.Ints("labels", r.Exp.Set.Y)
		return points.End()
	})
	w.Add("asked", func(dst []byte) []byte {
		asked := jsontext.Begin(dst)
		asked.Floats("x", finite(r.Asked.X))
		asked.Ints("labels", r.Asked.Labels)
		asked.Int("width", r.Asked.Width)
		asked.Floats("values", finite(r.Asked.Values))
		asked.Texts("why", r.Asked.Why)
		return asked.End()
	})
	return append(w.End(), '\n'), nil
}

func (r *Result) appendOutcome(dst []byte) []byte {
	w := jsontext.Begin(dst)
	if r.Status != "" {
		w.Text("status", string(r.Status))
	}
	w.Int("queries", r.Queries)
	w.Int("budget", r.Exp.Budget)
	w.Int("unknowns", r.Exp.Unknowns)
	if m := r.measures(); m != nil {
		for _, f := range []struct {
			name  string
			value float64
		}{{"r_test", m.RTest}, {"r_unif", m.RUnif}, {"tv_test", m.TVTest}, {"tv_unif", m.TVUnif}, {"param_error", m.ParamError}} {
			w.Float(f.name, finite([]float64{f.value})[0])
		}
	}
	return w.End()
}

func (r *Result) appendCurve(dst []byte) []byte {
	queries, agreement := []int{}, []float64{}
	for _, round := range r.Rounds {
		if y := round.agreement(); y == y {
			queries, agreement = append(queries, round.Queries), append(agreement, y)
		}
	}
	w := jsontext.Begin(dst)
	w.Ints("queries", queries)
	w.Floats("agreement", agreement)
	return w.End()
}

// finite is the numbers with NaN, which JSON has as null, for infinities.
func finite(v []float64) []float64 {
	for i := range v {
		if math.IsInf(v[i], 0) {
			v = append([]float64(nil), v...)
			for i := range v {
				if math.IsInf(v[i], 0) {
					v[i] = math.NaN()
				}
			}
			return v
		}
	}
	return v
}

// Saved is what an experiment's JSON says of it.
type Saved struct {
	Engine       string
	Spec         experiment.Spec
	Victim, Copy modelfile.File // Model is nil if there is none
}

// Read reads what json wrote. Errors name the member.
func Read(text []byte) (Saved, error) {
	v, err := jsontext.Parse(text)
	if err != nil {
		return Saved{}, fmt.Errorf("experiment: %w", err)
	}
	o := jsontext.Open(v, "experiment")
	o.Int("modelheist", Version, Version)
	var s Saved
	if o.Has("engine") {
		s.Engine = o.Text("engine", 200)
	}
	var settings []string
	list := o.Any("settings")
	in := jsontext.Open(list, "settings")
	for _, m := range list.Members {
		settings = append(settings, m.Name+"="+in.Text(m.Name, 1<<20))
	}
	for _, err := range []error{o.Err(), in.Err()} {
		if err != nil {
			return Saved{}, err
		}
	}
	if s.Spec, err = experiment.Parse(settings); err != nil {
		return Saved{}, fmt.Errorf("settings: %w", err)
	}
	for name, to := range map[string]*modelfile.File{"victim": &s.Victim, "copy": &s.Copy} {
		if !o.Has(name) {
			continue
		}
		if *to, err = modelfile.Read(o.Any(name)); err != nil {
			return Saved{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return s, nil
}
