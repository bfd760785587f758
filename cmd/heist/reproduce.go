package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"

	"gonum.org/v1/gonum/stat"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/core/paper"
)

// reproduce measures a table or figure of the paper again and prints the paper's
// figures and ours.
func reproduce(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r, err := readReproducing(args)
	if err != nil {
		return err
	}
	if r.name == "" {
		for _, known := range paper.Reproductions {
			fmt.Fprintf(stdout, "%-9s %s\n", known.Name, known.Title)
		}
		return nil
	}
	known, err := paper.Find(r.name)
	if err != nil {
		return usagef("reproduce: %w", err)
	}
	if r.plan, err = known.Plan(r.options); err != nil {
		return usagef("reproduce: %s", oneLine(err))
	}
	if r.done, err = runPlan(ctx, r.plan, stderr); err != nil {
		return badSetting(err)
	}
	r.values = r.plan.Values(r.done)
	if r.minimum {
		r.values = r.plan.RunningMinimum(r.done)
	}
	switch {
	case r.json:
		return r.printJSON(stdout)
	case r.csv:
		return r.printCSV(stdout)
	}
	return r.printText(stdout)
}

// reproducing is the state of one call.
type reproducing struct {
	name               string
	options            paper.Options
	json, csv, minimum bool

	plan   *paper.Plan
	done   []paper.Done
	values [][]float64 // by cell
}

func readReproducing(args []string) (*reproducing, error) {
	r := &reproducing{}
	seeds := false // the next argument is their number
	for _, a := range args {
		if seeds {
			a, seeds = "--seeds="+a, false
		}
		switch {
		case a == "--json":
			r.json = true
		case a == "--csv":
			r.csv = true
		case a == "--full":
			r.options.Full = true
		case a == "--running-minimum":
			r.minimum = true
		case a == "--seeds":
			seeds = true
		case strings.HasPrefix(a, "--seeds="):
			n, err := strconv.Atoi(strings.TrimPrefix(a, "--seeds="))
			if err != nil || n < 1 || n > 1000 {
				return nil, usagef("reproduce: %s: must be a whole number from 1 to 1000", a)
			}
			r.options.Seeds = n
		case strings.HasPrefix(a, "-"):
			return nil, usagef("reproduce: no option %q; there are --full, --seeds N, --running-minimum, --json and --csv", a)
		case strings.Contains(a, "="):
			r.options.Settings = append(r.options.Settings, a)
		case r.name == "":
			r.name = a
		default:
			return nil, usagef("reproduce: %q: one table or figure at a time", a)
		}
	}
	if seeds {
		return nil, usagef("reproduce: --seeds needs a number from 1 to 1000")
	}
	if r.json && r.csv {
		return nil, usagef("reproduce: --json or --csv, not both")
	}
	return r, nil
}

// runPlan runs the cells on all cores and returns them in order.
func runPlan(ctx context.Context, p *paper.Plan, stderr io.Writer) ([]paper.Done, error) {
	done := make([]paper.Done, len(p.Cells))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var group sync.WaitGroup
	var progress sync.Mutex
	count := 0
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			var prev *experiment.Experiment
			for i := range next {
				out, e, err := p.Cells[i].Run(experiment.Env{Open: open, Tick: ctx.Err}, prev)
				if err != nil {
					cancel(err)
					return
				}
				prev, done[i] = e, paper.Done{Index: i, Outcome: out}
				progress.Lock()
				count++
				fmt.Fprintf(stderr, "\r%d of %d", count, len(p.Cells))
				progress.Unlock()
			}
		})
	}
	for i := range p.Cells {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	group.Wait()
	fmt.Fprintln(stderr)
	return done, context.Cause(ctx)
}

// sets are the names of the sets that a row was measured on.
func (r *reproducing) sets(row int) (names []string) {
	for _, s := range r.plan.Rows[row].Sets {
		names = append(names, s.Name)
	}
	return names
}

// column makes a figure of the measured values of each column.
func (r *reproducing) column(row int, set string, of func(c paper.Column, values []float64) float64) []float64 {
	out := make([]float64, len(r.plan.Columns))
	for k, c := range r.plan.Columns {
		out[k] = math.NaN()
		if v := r.plan.Of(r.values, row, k, set); len(v) > 0 {
			out[k] = of(c, v)
		}
	}
	return out
}

func mean(_ paper.Column, v []float64) float64 { return stat.Mean(v, nil) }

func median(_ paper.Column, v []float64) float64 {
	return stat.Quantile(0.5, stat.Empirical, slices.Sorted(slices.Values(v)), nil)
}

func worst(c paper.Column, v []float64) float64 { return c.Worst(v) }

func (r *reproducing) printText(stdout io.Writer) error {
	fmt.Fprintf(stdout, "%s\n%s\n\n", r.plan.Title, r.plan.Caption)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	line := func(head string, figures []float64) {
		fmt.Fprint(w, head)
		for i, v := range figures {
			fmt.Fprint(w, "\t", printed(r.plan.Columns[i], v))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, r.plan.Axis)
	for _, c := range r.plan.Columns {
		fmt.Fprint(w, "\t", strings.TrimSpace(c.Name+" "+c.Unit))
	}
	fmt.Fprintln(w)
	for i, row := range r.plan.Rows {
		fmt.Fprintln(w, row.Name()+strings.Repeat("\t", len(row.Paper)))
		if slices.ContainsFunc(row.Paper, func(v float64) bool { return !math.IsNaN(v) }) {
			line("  paper", row.Paper)
		}
		line("  ours, mean", r.column(i, "", mean))
		sets := r.sets(i)
		if len(r.plan.Of(r.values, i, 0, "")) > 1 {
			line("  median", r.column(i, "", median))
			line("  worst", r.column(i, "", worst))
		}
		for _, set := range sets {
			if len(sets) > 1 {
				line("    "+set, r.column(i, set, mean))
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	stuck := 0
	for _, d := range r.done {
		if d.Status == attack.Stuck {
			stuck++
		}
	}
	if stuck > 0 {
		fmt.Fprintf(stdout, "\n%d of %d runs got stuck; --csv and --json say why\n", stuck, len(r.done))
	}
	return nil
}

// printed is a figure of a column: percentages with two decimals, as the paper
// has them, and no more rounding up to 100 than is true.
func printed(c paper.Column, v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case c.Kind == paper.Agreement && v < 100 && v >= 99.995:
		return fmt.Sprintf("%.4f", v)
	case c.Kind == paper.Agreement:
		return fmt.Sprintf("%.2f", v)
	case c.Kind == paper.Cost || c.Kind == paper.Fact:
		return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	}
	return figure(v)
}

// printCSV writes a line for each run.
func (r *reproducing) printCSV(stdout io.Writer) error {
	head := []string{"row", "x", "set", "seed"}
	for _, c := range r.plan.Columns {
		head = append(head, strings.TrimSpace(c.Name+" "+c.Unit), "paper's "+c.Name)
	}
	table := [][]string{append(head, "status", "note", "experiment")}
	for i, cell := range r.plan.Cells {
		row := r.plan.Rows[cell.Row]
		line := []string{row.Group, plain(row.X), cell.Set, strconv.Itoa(cell.Seed)}
		for k := range r.plan.Columns {
			line = append(line, plain(r.values[i][k]), plain(row.Paper[k]))
		}
		table = append(table, append(line, string(r.done[i].Status), r.done[i].Note, cell.Spec.String()))
	}
	return csv.NewWriter(stdout).WriteAll(table)
}

// plain is a number in full; empty where there is none.
func plain(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// reproduction is the JSON form of heist reproduce. It is stable: fields may be
// added, none change. All lists of figures have one for each column, null where
// there is none. The same command line gives the same text.
type reproduction struct {
	Name           string              `json:"name"`
	Title          string              `json:"title"`
	Caption        string              `json:"caption"`
	Full           bool                `json:"full"`
	Seeds          int                 `json:"seeds"`           // runs of each row on each set
	RunningMinimum bool                `json:"running_minimum"` // whether ours are processed as the paper's plots are
	Axis           string              `json:"axis"`            // what x is; empty for a table
	Columns        []reproducedColumn  `json:"columns"`
	Rows           []reproducedRow     `json:"rows"`
	Runs           []reproducedOutcome `json:"runs"`
}

type reproducedColumn struct {
	Name string     `json:"name"`
	Unit string     `json:"unit,omitempty"`
	Kind paper.Kind `json:"kind"` // error, agreement (percent), cost, fact
}

// reproducedRow has ours over all seeds and sets, then set by set.
type reproducedRow struct {
	Group  string          `json:"group"` // the curve, or the line of the table
	X      *float64        `json:"x"`
	Paper  []*float64      `json:"paper"`
	Mean   []*float64      `json:"mean"`
	Median []*float64      `json:"median"`
	Worst  []*float64      `json:"worst"`
	Sets   []reproducedSet `json:"sets"`
}

// reproducedSet has ours over the seeds.
type reproducedSet struct {
	Set   string     `json:"set"`
	Mean  []*float64 `json:"mean"`
	Worst []*float64 `json:"worst"`
}

// reproducedOutcome is one run.
type reproducedOutcome struct {
	Row        int           `json:"row"` // from 0
	Set        string        `json:"set"`
	Seed       int           `json:"seed"`
	Experiment string        `json:"experiment,omitempty"` // the arguments of heist run
	Queries    int           `json:"queries"`
	Values     []*float64    `json:"values"`
	Status     attack.Status `json:"status"`
	Note       string        `json:"note,omitempty"`
}

func (r *reproducing) printJSON(stdout io.Writer) error {
	p := r.plan
	out := reproduction{
		Name: p.Name, Title: p.Title, Caption: p.Caption, Full: r.options.Full,
		Seeds: p.Cells[len(p.Cells)-1].Seed, RunningMinimum: r.minimum, Axis: p.Axis,
	}
	for _, c := range p.Columns {
		out.Columns = append(out.Columns, reproducedColumn{c.Name, c.Unit, c.Kind})
	}
	for i, row := range p.Rows {
		line := reproducedRow{
			Group: row.Group, X: orNull(row.X), Paper: orNulls(row.Paper),
			Mean: orNulls(r.column(i, "", mean)), Median: orNulls(r.column(i, "", median)), Worst: orNulls(r.column(i, "", worst)),
		}
		for _, set := range r.sets(i) {
			line.Sets = append(line.Sets, reproducedSet{set, orNulls(r.column(i, set, mean)), orNulls(r.column(i, set, worst))})
		}
		out.Rows = append(out.Rows, line)
	}
	for i, c := range p.Cells {
		d := r.done[i]
		out.Runs = append(out.Runs, reproducedOutcome{c.Row, c.Set, c.Seed, c.Spec.String(), d.Queries, orNulls(r.values[i]), d.Status, d.Note})
	}
	e := json.NewEncoder(stdout)
	e.SetIndent("", " ")
	return e.Encode(out)
}

func orNulls(v []float64) []*float64 {
	out := make([]*float64, len(v))
	for i, x := range v {
		out[i] = orNull(x)
	}
	return out
}
