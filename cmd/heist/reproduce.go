package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"

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
		return listReproductions(r.json, stdout)
	}
	known, err := paper.Find(r.name)
	if err != nil {
		return usagef("reproduce: %w", err)
	}
	if r.pictures && known.Pictures == nil {
		return usagef("reproduce: --pictures: %s has none", r.name)
	}
	if r.plan, err = known.Plan(r.options); err != nil {
		return usagef("reproduce: %s", oneLine(err))
	}
	done, err := runPlan(ctx, r.plan, stderr)
	if err != nil {
		return badSetting(err)
	}
	report := r.plan.Report(done, r.minimum)
	switch {
	case r.json:
		_, err = fmt.Fprintf(stdout, "%s\n", report.AppendJSON(nil))
	case r.csv:
		_, err = io.WriteString(stdout, report.CSV())
	default:
		if err = printReport(report, stdout); err == nil && r.pictures {
			printPictures(report, stdout)
		}
	}
	return err
}

// listReproductions says what there is; as JSON, it is an array of the full
// sizes with the paper's figures and no runs.
func listReproductions(asJSON bool, stdout io.Writer) error {
	var all []string
	for _, known := range paper.Reproductions {
		if !asJSON {
			fmt.Fprintf(stdout, "%-9s %s\n", known.Name, known.Title)
			continue
		}
		plan, err := known.Plan(paper.Options{Full: true})
		if err != nil {
			return err
		}
		all = append(all, string(plan.Report(nil, false).AppendJSON(nil)))
	}
	if asJSON {
		fmt.Fprintf(stdout, "[%s]\n", strings.Join(all, ",\n"))
	}
	return nil
}

// reproducing is the state of one call.
type reproducing struct {
	name               string
	options            paper.Options
	json, csv, minimum bool
	pictures           bool

	plan *paper.Plan
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
		case a == "--pictures":
			r.pictures = true
		case a == "--seeds":
			seeds = true
		case strings.HasPrefix(a, "--seeds="):
			n, err := strconv.Atoi(strings.TrimPrefix(a, "--seeds="))
			if err != nil || n < 1 || n > 1000 {
				return nil, usagef("reproduce: %s: must be a whole number from 1 to 1000", a)
			}
			r.options.Seeds = n
		case strings.HasPrefix(a, "-"):
			return nil, usagef("reproduce: no option %q; there are --full, --seeds N, --running-minimum, --pictures, --json and --csv", a)
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
	if r.pictures && (r.json || r.csv) {
		return nil, usagef("reproduce: --pictures goes with the text only; --json has them anyway")
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

func printReport(r *paper.Report, stdout io.Writer) error {
	fmt.Fprintf(stdout, "%s\n%s\n\n", r.Title, r.Caption)
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	line := func(head string, figures []float64) {
		fmt.Fprint(w, head)
		for i, v := range figures {
			fmt.Fprint(w, "\t", printed(r.Columns[i], v))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, r.Axis)
	for _, c := range r.Columns {
		fmt.Fprint(w, "\t", c.Title())
	}
	fmt.Fprintln(w)
	for i, row := range r.Rows {
		fmt.Fprintln(w, row.Name()+strings.Repeat("\t", len(row.Paper)))
		if slices.ContainsFunc(row.Paper, func(v float64) bool { return !math.IsNaN(v) }) {
			line("  paper", row.Paper)
		}
		line("  ours, mean", r.Mean(i, ""))
		if r.Count(i, "") > 1 {
			line("  median", r.Median(i, ""))
			line("  worst", r.Worst(i, ""))
		}
		for _, set := range row.Sets {
			if len(row.Sets) > 1 {
				line("    "+set.Name, r.Mean(i, set.Name))
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	stuck := 0
	for _, d := range r.Runs {
		if d.Status == attack.Stuck {
			stuck++
		}
	}
	if stuck > 0 {
		fmt.Fprintf(stdout, "\n%d of %d runs got stuck; --csv and --json say why\n", stuck, len(r.Runs))
	}
	return nil
}

// printPictures draws those of the first seed, in shades of two characters a
// pixel, darker for more.
func printPictures(r *paper.Report, stdout io.Writer) {
	const abreast = 6
	const shades = " .:-=+*#%@"
	for _, d := range r.Runs {
		c := r.Cells[d.Index]
		if c.Seed != 1 {
			continue
		}
		fmt.Fprintf(stdout, "\n%s: %s\n", r.Rows[c.Row].Name(), strings.Join(r.Pictures, ", above "))
		for row := range slices.Chunk(d.Pictures, abreast) {
			for k := range r.Pictures {
				for at := 0; at < len(row[0].Grey[k]); at += row[0].Width {
					for _, p := range row {
						line := ""
						for _, v := range p.Grey[k][at : at+p.Width] {
							line += strings.Repeat(shades[v*len(shades)/256:][:1], 2)
						}
						fmt.Fprint(stdout, "|", line, "|  ")
					}
					fmt.Fprintln(stdout)
				}
			}
			for _, p := range row {
				fmt.Fprintf(stdout, "%-*s", 2*p.Width+4, p.Name)
			}
			fmt.Fprintln(stdout)
		}
	}
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
