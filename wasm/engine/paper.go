//go:build js && wasm && !lean

package main

import (
	"fmt"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/core/paper"
	"modelheist/wasm/engine/wire"
)

func init() { further = (*engine).measure }

// visitorFiles are those that the visitor chose, by name.
var visitorFiles = map[string][]byte{}

// shelf is the experiment of the last cell, for what the next shares with it.
var shelf *experiment.Experiment

// measure answers what is asked about the paper. Nothing is kept between the
// requests but files and what saves work.
func (e *engine) measure(request any) {
	switch r := request.(type) {
	case wire.Report:
		e.report(r)
	case wire.Cell:
		e.cell(r)
	case wire.File:
		visitorFiles[r.Name] = []byte(r.Text)
	}
}

// plan lists the runs of a reproduction.
func plan(m wire.Measurement) (*paper.Plan, error) {
	r, err := paper.Find(m.Name)
	if err != nil {
		return nil, err
	}
	return r.Plan(paper.Options{Full: m.Full, Seeds: m.Seeds, Settings: m.Settings})
}

func (e *engine) report(r wire.Report) {
	p, err := plan(r.Measurement)
	if err != nil {
		e.fail(&r.ID, "spec", err)
		return
	}
	var done []paper.Done
	took := make([]float64, len(p.Cells))
	for i, run := range r.Runs {
		if run.Index >= len(p.Cells) || len(run.Values) != len(p.Columns) {
			e.fail(&r.ID, "message", fmt.Errorf("runs[%d]: %d figures of cell %d; %s has %d cells and %d columns", i, len(run.Values), run.Index, p.Name, len(p.Cells), len(p.Columns)))
			return
		}
		out := paper.Outcome{Values: run.Values, Queries: run.Queries, Status: attack.Status(run.Status), Note: run.Note}
		for _, p := range run.Pictures {
			out.Pictures = append(out.Pictures, paper.Picture(p))
		}
		done = append(done, paper.Done{Index: run.Index, Outcome: out})
		took[run.Index] = max(run.Seconds, 1e-6) // a clock may be too coarse for a run
	}
	report := p.Report(done, r.Minimum)
	e.post(wire.Reported{ID: r.ID, JSON: string(report.AppendJSON(nil)), CSV: report.CSV(), Share: p.Share(took)})
}

// cell runs one cell in slices. Cancelled, it answers with the status stopped.
func (e *engine) cell(r wire.Cell) {
	p, err := plan(r.Measurement)
	if err == nil && r.Index >= len(p.Cells) {
		err = fmt.Errorf("cell %d: %s has %d", r.Index, p.Name, len(p.Cells))
	}
	if err != nil {
		e.fail(&r.ID, "spec", err)
		return
	}
	e.inSlices(r.ID, func(t *task) {
		env := experiment.Env{Open: openAny, Tick: t.tick}
		began := now()
		out, exp, err := p.Cells[r.Index].Run(env, shelf)
		if err != nil && !t.stopped {
			e.fail(&r.ID, "attack", err)
			return
		}
		if t.stopped {
			out = paper.Outcome{Status: attack.Stopped}
		} else {
			shelf = exp
		}
		run := wire.CellRun{Index: r.Index, Queries: out.Queries, Status: string(out.Status), Note: out.Note, Seconds: (now() - began).Seconds(), Values: out.Values}
		for _, p := range out.Pictures {
			run.Pictures = append(run.Pictures, wire.Picture(p))
		}
		e.post(wire.Measured{ID: r.ID, CellRun: run})
	})
}

// openAny opens a file of the visitor's, or else one of the page's.
func openAny(name string) ([]byte, error) {
	if text, ok := visitorFiles[name]; ok {
		return text, nil
	}
	return open(name)
}
