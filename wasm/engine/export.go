//go:build js && wasm && !lean

package main

import (
	"fmt"
	"time"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/core/export"
	"modelheist/core/foreign"
	"modelheist/core/modelfile"
	"modelheist/wasm/engine/wire"
)

// exports keeps the latest run that was written out, for the next file of it, and
// a theft across a network as it happens: it is not made anew, which would ask
// the server again.
type exports struct {
	of     wire.Export // without id, files and colours
	result *export.Result
	live   *export.Result // nil without a network
}

// begin begins a theft.
func (x *exports) begin(exp *experiment.Experiment) {
	x.live = nil
	if exp.Remote() != nil {
		x.live = &export.Result{Exp: exp, Engine: version}
	}
}

// note takes note of an event of the theft.
func (x *exports) note(event experiment.Event) {
	if x.live != nil {
		x.live.Add(event)
	}
}

// export makes an experiment anew as far as the page had come with it, which
// gives the same events, and posts files of what it came to.
func (e *engine) export(r wire.Export) {
	id := r.ID
	e.inSlices(id, func(t *task) {
		files, err := e.written(r, t)
		switch {
		case t.stopped:
			e.fail(&id, "stopped", errStopped)
		case err != nil:
			e.fail(&id, "attack", err)
		default:
			e.post(wire.Exported{ID: id, Files: files})
		}
	})
}

func (e *engine) written(r wire.Export, t *task) ([][]byte, error) {
	result, err := e.repeated(r, t)
	if err != nil {
		return nil, err
	}
	var files [][]byte
	for _, kind := range r.Files {
		text, err := result.File(kind, export.Look{Dark: r.Dark, Tick: t.tick})
		if err != nil {
			return nil, err
		}
		files = append(files, text)
	}
	return files, nil
}

// repeated runs the experiment, or finds that it has just been. Of a theft across
// a network it is what has been answered so far.
func (e *engine) repeated(r wire.Export, t *task) (*export.Result, error) {
	if exp := e.exp; exp != nil && exp.Remote() != nil && exp.Spec.Link() == r.Spec {
		if live := e.exports.live; live != nil && live.Exp == exp && r.Queries > 0 {
			return live, nil
		}
		return &export.Result{Exp: exp, Engine: version}, nil
	}
	of := wire.Export{Spec: r.Spec, Queries: r.Queries, Rounds: r.Rounds, Ended: r.Ended}
	if last := e.exports.of; e.exports.result != nil && last.Spec == of.Spec && last.Queries == of.Queries && last.Rounds == of.Rounds && last.Ended == of.Ended {
		return e.exports.result, nil
	}
	spec, err := experiment.ParseLink(r.Spec)
	if err != nil {
		return nil, err
	}
	env := experiment.Env{Open: e.open, Tick: t.tick}
	exp, err := experiment.Prepare(spec, env, nil)
	if err != nil {
		return nil, err
	}
	result := &export.Result{Exp: exp, Engine: version}
	told := time.Duration(0)
	if r.Queries > 0 {
		for event, err := range exp.Run(env) {
			if err != nil {
				return nil, err
			}
			if !r.Ended && (event.Kind == attack.Ended || len(result.Rounds) >= r.Rounds && result.Queries >= r.Queries) {
				break
			}
			result.Add(cut(event, r.Queries))
			if now()-told > telling {
				told = now()
				e.post(wire.Exporting{ID: r.ID, Queries: result.Queries})
			}
		}
	}
	e.exports.of, e.exports.result = of, result
	return result, nil
}

// model keeps a file for Specs that name it, and says what is in it.
func (e *engine) model(r wire.Model) {
	f, err := foreign.Read(r.Bytes)
	if err != nil {
		e.fail(&r.ID, "victim", err)
		return
	}
	recipe, ok := experiment.RecipeOf(f.Model)
	if !ok {
		e.fail(&r.ID, "victim", fmt.Errorf("a model of family %q can't be a victim", modelfile.Family(f.Model)))
		return
	}
	e.models[r.Name] = r.Bytes
	e.post(wire.Modelled{ID: r.ID, Family: recipe.Family, Inputs: f.Model.Dim(), Classes: f.Model.Classes()})
}

// cut leaves out queries of a batch that the page had not come to.
func cut(event experiment.Event, queries int) experiment.Event {
	over := event.Queries - queries
	if event.Kind != attack.Queried || over <= 0 {
		return event
	}
	n := event.Reply.N()
	left := max(n-over, 0)
	d, width := len(event.X)/n, event.Reply.Width()
	event.Queries = queries
	event.X, event.Reply.Labels = event.X[:left*d], event.Reply.Labels[:left]
	event.Reply.Values = event.Reply.Values[:left*width]
	return event
}

// write posts the victim or the copy as JSON (core/modelfile), a victim with its
// oracle and its test points.
func (e *engine) write(r wire.Write) {
	if err := e.asJSON(r); err != nil {
		e.fail(&r.ID, "message", err)
	}
}

func (e *engine) asJSON(r wire.Write) error {
	m, out := e.copy, &wire.Written{ID: r.ID}
	if r.Which == "victim" {
		m = nil
	}
	if r.Which == "victim" && e.exp != nil && e.exp.Victim != nil {
		settings, err := e.exp.Published()
		if err != nil {
			return err
		}
		m, out.Test, out.Oracle = e.exp.Victim, e.exp.Test.X, string(settings.Append(nil))
	}
	if m == nil {
		return &wire.Error{Field: "which", Want: "a model that is there", Got: r.Which}
	}
	text, err := modelfile.Append(nil, modelfile.File{Model: m, Domain: e.exp.Set.Domain, Classes: e.exp.Set.ClassNames})
	out.Text = string(text)
	if err == nil {
		e.post(out)
	}
	return err
}
