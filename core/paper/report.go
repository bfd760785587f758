package paper

import (
	"math"
	"strconv"
	"strings"

	"modelheist/core/jsontext"
)

// Report is what the runs of a Plan came to so far, beside the paper. Without
// runs it says what there is to measure.
type Report struct {
	*Plan
	// Minimum processes our figures as the paper's plots are: see
	// Plan.RunningMinimum.
	Minimum bool
	Runs    []Done

	values [][]float64 // by cell; nil where it has not run
}

// Report sets the runs so far beside the paper.
func (p *Plan) Report(runs []Done, minimum bool) *Report {
	r := &Report{Plan: p, Minimum: minimum, Runs: runs, values: p.Values(runs)}
	if minimum {
		r.values = p.RunningMinimum(runs)
	}
	return r
}

// Count is how many runs there are of a row, over the sets or on one.
func (r *Report) Count(row int, set string) (n int) {
	for i, c := range r.Cells {
		if c.Row == row && (set == "" || c.Set == set) && r.values[i] != nil {
			n++
		}
	}
	return n
}

// Mean is the mean of each column over the seeds and, unless one is named, over
// the sets; NaN where there is nothing to take it of.
func (r *Report) Mean(row int, set string) []float64 {
	return r.column(row, set, func(_ Column, v []float64) float64 { return Mean(v) })
}

// Median is the median instead, of an even number of figures the lower of both
// in the middle.
func (r *Report) Median(row int, set string) []float64 {
	return r.column(row, set, func(_ Column, v []float64) float64 { return Median(v) })
}

// Worst is the worst instead.
func (r *Report) Worst(row int, set string) []float64 { return r.column(row, set, Column.Worst) }

func (r *Report) column(row int, set string, of func(Column, []float64) float64) []float64 {
	out := make([]float64, len(r.Columns))
	for k, c := range r.Columns {
		out[k] = of(c, r.Of(r.values, row, k, set))
	}
	return out
}

// CSV has a line for each run.
func (r *Report) CSV() string {
	head := []string{"row", "x", "set", "seed"}
	for _, c := range r.Columns {
		head = append(head, c.Title(), "paper's "+c.Name)
	}
	var b strings.Builder
	csvLine(&b, append(head, "status", "note", "experiment"))
	for _, d := range r.Runs {
		cell := r.Cells[d.Index]
		row := r.Rows[cell.Row]
		line := []string{row.Group, plain(row.X), cell.Set, strconv.Itoa(cell.Seed)}
		for k := range r.Columns {
			line = append(line, plain(r.values[d.Index][k]), plain(row.Paper[k]))
		}
		csvLine(&b, append(line, string(d.Status), d.Note, cell.Spec.String()))
	}
	return b.String()
}

// csvLine writes a line as RFC 4180 has it, with the line end of a text file.
func csvLine(b *strings.Builder, fields []string) {
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(f, ",\"\r\n") {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		b.WriteString(f)
	}
	b.WriteByte('\n')
}

// plain is a number in full; empty where there is none.
func plain(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// AppendJSON writes the report. The form is stable: members may be added, none
// change. All lists of figures have one for each column, null where there is
// none. The same runs give the same text.
//
//	{"name", "title", "caption",
//	 "full": whether it is the full size, "settings": [key=value …] that change it,
//	 "fixed": whether no settings can, "needs": [keys that a data set of one's own needs], "seeds": runs of each row on each set,
//	 "running_minimum": whether ours are processed as the paper's plots are,
//	 "axis": what x is, empty for a table,
//	 "panels": [{"name", "axis"}] charts, where a single one would be too full, left out if there is one or none,
//	 "columns": [{"name", "unit": left out if none, "kind": error, agreement (percent), gain (a factor), cost, fact}],
//	 "captions": of the images of a picture, left out if there are no pictures,
//	 "rows": [{"group": the curve, or the line of the table, "panel": its chart's place among the panels, left out without, "x": null for none,
//	   "paper": its figures, "mean", "median", "worst": ours over sets and seeds, "runs": so far,
//	   "sets": [{"set", "mean", "worst", "runs": over the seeds}]}],
//	 "cells": how many runs there are in all,
//	 "runs": [{"row": from 0, "set", "seed", "experiment": the arguments of heist run or left out,
//	   "queries", "values", "status", "note": left out if none,
//	   "pictures": [{"name", "width": pixels, "grey": [row by row from the top, 0 to 255] a caption}], left out if none}]}
func (r *Report) AppendJSON(dst []byte) []byte {
	w := jsontext.Begin(dst)
	w.Text("name", r.Name)
	w.Text("title", r.Title)
	w.Text("caption", r.Caption)
	w.Bool("full", r.Options.Full)
	w.Texts("settings", r.Options.Settings)
	w.Bool("fixed", r.fixed)
	w.Texts("needs", r.own)
	w.Int("seeds", r.Cells[len(r.Cells)-1].Seed)
	w.Bool("running_minimum", r.Minimum)
	w.Text("axis", r.Axis)
	if r.Panels != nil {
		w.Add("panels", r.appendPanels)
	}
	w.Add("columns", r.appendColumns)
	if r.Pictures != nil {
		w.Texts("captions", r.Pictures)
	}
	w.Add("rows", r.appendRows)
	w.Int("cells", len(r.Cells))
	w.Add("runs", r.appendRuns)
	return w.End()
}

func (r *Report) appendColumns(dst []byte) []byte {
	return jsontext.AppendObjects(dst, len(r.Columns), func(w *jsontext.Writer, i int) {
		c := r.Columns[i]
		w.Text("name", c.Name)
		if c.Unit != "" {
			w.Text("unit", c.Unit)
		}
		w.Text("kind", string(c.Kind))
	})
}

func (r *Report) appendPanels(dst []byte) []byte {
	return jsontext.AppendObjects(dst, len(r.Panels), func(w *jsontext.Writer, i int) {
		w.Text("name", r.Panels[i].Name)
		w.Text("axis", r.Panels[i].Axis)
	})
}

func (r *Report) appendRows(dst []byte) []byte {
	return jsontext.AppendObjects(dst, len(r.Rows), func(w *jsontext.Writer, i int) {
		row := r.Rows[i]
		w.Text("group", row.Group)
		if r.Panels != nil {
			w.Int("panel", row.Panel)
		}
		w.Float("x", row.X)
		w.Floats("paper", row.Paper)
		w.Floats("mean", r.Mean(i, ""))
		w.Floats("median", r.Median(i, ""))
		w.Floats("worst", r.Worst(i, ""))
		w.Int("runs", r.Count(i, ""))
		w.Add("sets", func(dst []byte) []byte {
			return jsontext.AppendObjects(dst, len(row.Sets), func(w *jsontext.Writer, k int) {
				set := row.Sets[k].Name
				w.Text("set", set)
				w.Floats("mean", r.Mean(i, set))
				w.Floats("worst", r.Worst(i, set))
				w.Int("runs", r.Count(i, set))
			})
		})
	})
}

func (r *Report) appendRuns(dst []byte) []byte {
	return jsontext.AppendObjects(dst, len(r.Runs), func(w *jsontext.Writer, i int) {
		d := r.Runs[i]
		c := r.Cells[d.Index]
		w.Int("row", c.Row)
		w.Text("set", c.Set)
		w.Int("seed", c.Seed)
		if spec := c.Spec.String(); spec != "" {
			w.Text("experiment", spec)
		}
		w.Int("queries", d.Queries)
		w.Floats("values", r.values[d.Index])
		w.Text("status", string(d.Status))
		if d.Note != "" {
			w.Text("note", d.Note)
		}
		if d.Pictures != nil {
			w.Add("pictures", func(dst []byte) []byte {
				return jsontext.AppendObjects(dst, len(d.Pictures), func(w *jsontext.Writer, k int) { d.Pictures[k].write(w) })
			})
		}
	})
}

func (p Picture) write(w *jsontext.Writer) {
	w.Text("name", p.Name)
	w.Int("width", p.Width)
	w.Add("grey", func(dst []byte) []byte {
		dst = append(dst, '[')
		for i, grey := range p.Grey {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = jsontext.AppendInts(dst, grey)
		}
		return append(dst, ']')
	})
}
