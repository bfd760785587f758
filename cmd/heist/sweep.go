package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/core/metric"
)

// sweep runs every combination of the values of keys given more than once, each
// with several seeds, and prints mean and worst.
func sweep(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s := sweeping{first: 1, seeds: 5}
	var settings []string
	for _, a := range args {
		if a == "--csv" {
			s.csv = true
		} else if n, ok := strings.CutPrefix(a, "--seeds="); ok {
			v, err := strconv.Atoi(n)
			if err != nil || v < 1 || v > 1000 {
				return usagef("sweep: --seeds=%s: must be a whole number from 1 to 1000", n)
			}
			s.seeds = v
		} else if n, ok := strings.CutPrefix(a, "--first-seed="); ok {
			v, err := strconv.Atoi(n)
			if err != nil || v < 0 || v > 1_000_000_000 {
				return usagef("sweep: --first-seed=%s: must be a whole number from 0 to 1000000000", n)
			}
			s.first = v
		} else if strings.HasPrefix(a, "-") {
			return usagef("sweep: no option %q; there are --seeds=N, --first-seed=N and --csv", a)
		} else {
			settings = append(settings, a)
		}
	}
	cells, varied, err := grid(settings)
	if err != nil {
		return err
	}
	s.varied = varied
	results, err := s.runAll(ctx, cells, stderr)
	if err != nil {
		return err
	}
	return s.print(stdout, cells, results)
}

type sweeping struct {
	first  int // seed
	seeds  int // how many
	csv    bool
	varied []string // keys with several values
}

// cell is one combination of values.
type cell struct{ settings []string }

// grid combines the values of repeated keys, the last key fastest.
func grid(settings []string) (cells []cell, varied []string, err error) {
	values := map[string][]string{}
	var order []string
	for _, s := range settings {
		key, _, _ := strings.Cut(s, "=")
		if key == "seed" {
			return nil, nil, usagef("sweep: seeds are counted from --first-seed on, --seeds of them; give these instead")
		}
		if values[key] == nil {
			order = append(order, key)
		}
		values[key] = append(values[key], s)
	}
	cells = []cell{{}}
	for _, key := range order {
		if len(values[key]) > 1 {
			varied = append(varied, key)
		}
		var next []cell
		for _, c := range cells {
			for _, v := range values[key] {
				next = append(next, cell{append(slices.Clone(c.settings), v)})
			}
		}
		cells = next
	}
	for _, c := range cells {
		if _, err := experiment.Parse(c.settings); err != nil {
			return nil, nil, usagef("%s", oneLine(err))
		}
	}
	return cells, varied, nil
}

// outcome is the end of one run.
type outcome struct {
	queries  int
	status   attack.Status
	measures metric.Measures
}

// runAll runs all seeds of all cells on every core. Cells that share data and
// victim share them.
func (s sweeping) runAll(ctx context.Context, cells []cell, stderr io.Writer) ([][]outcome, error) {
	results := make([][]outcome, len(cells))
	for i := range results {
		results[i] = make([]outcome, s.seeds)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	seeds := make(chan int)
	var group sync.WaitGroup
	var progress sync.Mutex
	done := 0
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for seed := range seeds {
				var prev *experiment.Experiment
				for i, c := range cells {
					out, e, err := runCell(ctx, c, seed, prev)
					if err != nil {
						cancel(fmt.Errorf("%s seed=%d: %w", strings.Join(c.settings, " "), seed, err))
						return
					}
					prev, results[i][seed-s.first] = e, out
					progress.Lock()
					done++
					fmt.Fprintf(stderr, "\r%d of %d runs", done, len(cells)*s.seeds)
					progress.Unlock()
				}
			}
		})
	}
	for seed := s.first; seed < s.first+s.seeds && ctx.Err() == nil; seed++ {
		select {
		case seeds <- seed:
		case <-ctx.Done():
		}
	}
	close(seeds)
	group.Wait()
	fmt.Fprintln(stderr)
	return results, context.Cause(ctx)
}

func runCell(ctx context.Context, c cell, seed int, prev *experiment.Experiment) (outcome, *experiment.Experiment, error) {
	spec, err := experiment.Parse(append(slices.Clone(c.settings), "seed="+strconv.Itoa(seed)))
	if err != nil {
		return outcome{}, nil, err
	}
	env := experiment.Env{Open: open, Tick: ctx.Err, LastOnly: spec.Get("goal") == "" && spec.Get("patience") == ""}
	e, err := experiment.Prepare(spec, env, prev)
	if err != nil {
		return outcome{}, nil, badSetting(err)
	}
	for event, err := range e.Run(env) {
		if err != nil {
			return outcome{}, nil, badSetting(err)
		}
		if event.Kind == attack.Ended {
			if event.Measures == nil {
				return outcome{}, nil, errors.New("the attack ended without a copy")
			}
			return outcome{event.Queries, event.Status, *event.Measures}, e, nil
		}
	}
	return outcome{}, nil, errors.New("the run had no end")
}

// column is a figure of a run, printed as mean and worst over the seeds.
type column struct {
	name string
	of   func(metric.Measures) float64
}

var columns = []column{
	{"R_test", func(m metric.Measures) float64 { return m.RTest }},
	{"R_unif", func(m metric.Measures) float64 { return m.RUnif }},
	{"TV_test", func(m metric.Measures) float64 { return m.TVTest }},
	{"TV_unif", func(m metric.Measures) float64 { return m.TVUnif }},
	{"param_error", func(m metric.Measures) float64 { return m.ParamError }},
}

func (s sweeping) print(stdout io.Writer, cells []cell, results [][]outcome) error {
	head := append(slices.Clone(s.varied), "queries")
	for _, c := range columns {
		head = append(head, c.name, c.name+"_worst")
	}
	table := [][]string{append(head, "ended")}
	for i, c := range cells {
		table = append(table, s.row(c, results[i]))
	}
	if s.csv {
		return csv.NewWriter(stdout).WriteAll(table)
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, row := range table {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

func (s sweeping) row(c cell, results []outcome) []string {
	var row []string
	for _, setting := range c.settings {
		if key, value, _ := strings.Cut(setting, "="); slices.Contains(s.varied, key) {
			row = append(row, value)
		}
	}
	queries, ends := 0, map[attack.Status]int{}
	for _, r := range results {
		queries += r.queries
		ends[r.status]++
	}
	row = append(row, strconv.FormatFloat(float64(queries)/float64(len(results)), 'g', 6, 64))
	for _, col := range columns {
		values := make([]float64, len(results))
		for k, r := range results {
			values[k] = col.of(r.measures)
		}
		row = append(row, figure(stat.Mean(values, nil)), figure(floats.Max(values)))
	}
	var ended []string
	for _, status := range []attack.Status{attack.Solved, attack.Budget, attack.Stuck, experiment.Goal, experiment.Patience} {
		if n := ends[status]; n > 0 {
			ended = append(ended, fmt.Sprintf("%s %d", status, n))
		}
	}
	return append(row, strings.Join(ended, ", "))
}
