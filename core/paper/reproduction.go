package paper

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"modelheist/core/attack"
	"modelheist/core/experiment"
)

// Reproduction is a table or figure of the paper, measured again. Its rows, and
// the data sets behind them, depend on the size.
type Reproduction struct {
	Name    string // as the command line and links call it
	Title   string
	Caption string // what differs from the paper's own
	// Axis is what the rows' X is on a chart, "α"; empty for a table.
	Axis    string
	Panels  []Panel // charts, where a single one would be too full
	Columns []Column
	// Pictures are the captions of the images that make up a run's Picture.
	Pictures []string
	// Seeds are how many each cell is run with, in the default and the full size.
	Seeds, FullSeeds int

	rows func(full bool) []Row
	// ofFile are the rows for a data set of one's own, where these are others; their
	// Sets are empty.
	ofFile []Row
	// fixed has no experiments that settings could change.
	fixed bool
	// own are settings that data sets of one's own need.
	own []string
}

// Panel is one of several charts.
type Panel struct {
	Name string
	Axis string // what the X of its rows is
}

// Column is a figure that every row has.
type Column struct {
	Name string // R_test, queries
	Unit string // % or empty
	Kind Kind
}

// Title is the column's name with its unit.
func (c Column) Title() string {
	if c.Unit == "" {
		return c.Name
	}
	return c.Name + " " + c.Unit
}

// Kind is how the figures of a column are read.
type Kind string

const (
	Error     Kind = "error"     // the less the better
	Agreement Kind = "agreement" // in percent, the more the better
	Cost      Kind = "cost"      // queries: the less the better
	Gain      Kind = "gain"      // a factor: the more the better
	Fact      Kind = "fact"      // neither
)

// Row is a line of a table or a point of a curve.
type Row struct {
	Group string    // the line of the table, or the curve
	Panel int       // the chart that it is on, where there are several
	X     float64   // on the axis; NaN has none
	Paper []float64 // the paper's figures, one a column; NaN where it has none
	Sets  []Set     // that we measure on

	settings []string // of the experiment
}

// Set is what a row is measured on.
type Set struct {
	Name     string
	settings []string // of the experiment
	// run measures something that is no experiment of one Spec.
	run func(env experiment.Env, seed int) (Outcome, error)
}

// Outcome is what the run of a cell came to.
type Outcome struct {
	Values  []float64 // one a column; NaN where it has no meaning
	Queries int
	Status  attack.Status
	Note    string // what stood in the way

	Pictures []Picture // of what was found; most have none
}

// Cell is one run: a row on one set with one seed. Cells are independent; they
// may run in any order, at the same time and in different places.
type Cell struct {
	Row  int // its index in the Plan
	Set  string
	Seed int             // from 1
	Spec experiment.Spec // the zero value where the cell is no experiment

	columns []Column
	run     func(env experiment.Env, seed int) (Outcome, error)
}

// Options choose what of a Reproduction is run.
type Options struct {
	Full  bool
	Seeds int // 0 is the Reproduction's own number
	// Settings, key=value, change it. One of a data set (file=adult.csv
	// label=race) takes the place of the sets, one that the rows differ in
	// (alpha=5) picks among the rows, and any other holds for all experiments.
	Settings []string
}

// Plan is all that a Reproduction has to run. The same Options give the same
// Plan, so that a cell's index says what it is anywhere.
type Plan struct {
	Reproduction
	Options Options
	Rows    []Row
	Cells   []Cell // those on the same set with the same seed one after another
}

// Find returns the Reproduction of that name.
func Find(name string) (Reproduction, error) {
	var names []string
	for _, r := range Reproductions {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Reproduction{}, fmt.Errorf("no reproduction %q, allowed %s", name, strings.Join(names, " "))
}

// Plan lists the runs. Its error names the setting that is at fault.
func (r Reproduction) Plan(o Options) (*Plan, error) {
	p := &Plan{Reproduction: r, Options: o, Rows: r.rows(o.Full)}
	if err := p.change(o.Settings); err != nil {
		return nil, err
	}
	seeds := o.Seeds
	if seeds == 0 && o.Full {
		seeds = r.FullSeeds
	} else if seeds == 0 {
		seeds = r.Seeds
	}
	if seeds < 1 {
		return nil, fmt.Errorf("seeds = %d, allowed 1 or more", o.Seeds)
	}
	for seed := 1; seed <= seeds; seed++ {
		if err := p.add(seed); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// add lists the cells with that seed, set by set.
func (p *Plan) add(seed int) error {
	var done []string
	for _, first := range p.Rows {
		for _, set := range first.Sets {
			if slices.Contains(done, set.Name) {
				continue
			}
			done = append(done, set.Name)
			for i, row := range p.Rows {
				for _, s := range row.Sets {
					if s.Name != set.Name {
						continue
					}
					c, err := p.cell(i, s, seed)
					if err != nil {
						return err
					}
					p.Cells = append(p.Cells, c)
				}
			}
		}
	}
	return nil
}

func (p *Plan) cell(row int, s Set, seed int) (Cell, error) {
	c := Cell{Row: row, Set: s.Name, Seed: seed, columns: p.Columns, run: s.run}
	if s.run != nil {
		return c, nil
	}
	settings := slices.Concat(s.settings, p.Rows[row].settings, []string{"seed=" + strconv.Itoa(seed)})
	spec, err := experiment.Parse(settings)
	if err != nil {
		return Cell{}, fmt.Errorf("%s: %w", p.Rows[row].Name(), err)
	}
	c.Spec = spec
	return c, nil
}

// Name is the row's group and place on the axis.
func (r Row) Name() string {
	if math.IsNaN(r.X) {
		return r.Group
	}
	return r.Group + ", " + strconv.FormatFloat(r.X, 'g', -1, 64)
}

// change applies the settings to the rows, as Options says.
func (p *Plan) change(settings []string) error {
	var data, rest []string
	for _, s := range settings {
		key, value, ok := strings.Cut(s, "=")
		param, known := experiment.Lookup(key)
		switch {
		case !ok || !known || key == "seed":
			// Let the parser say what is wrong with it, and of the seeds we say it.
			if _, err := experiment.Parse([]string{s}); err != nil {
				return err
			}
			return &experiment.ParamError{Key: key, Value: value, Reason: "the seeds are counted from 1; give their number"}
		case p.fixed:
			return &experiment.ParamError{Key: key, Value: value, Reason: p.Name + " takes no settings"}
		case param.Section == "data":
			data = append(data, s)
		default:
			rest = append(rest, s)
		}
	}
	for _, s := range rest {
		if err := p.pick(s); err != nil {
			return err
		}
	}
	if len(data) > 0 {
		return p.replace(data, rest)
	}
	return nil
}

// pick keeps the rows with the setting, or, if it is none of theirs, adds it to
// all of them.
func (p *Plan) pick(setting string) error {
	key, value, _ := strings.Cut(setting, "=")
	var kept []Row
	var values []string
	for _, row := range p.Rows {
		switch v, has := lookup(row.settings, key); {
		case has && v == value:
			kept = append(kept, row)
		case has && !slices.Contains(values, v):
			values = append(values, v)
		}
	}
	if len(kept) > 0 {
		p.Rows = kept
		return nil
	}
	if values != nil {
		return &experiment.ParamError{Key: key, Value: value, Reason: p.Name + " has rows with " + strings.Join(values, " ")}
	}
	for i := range p.Rows {
		row := &p.Rows[i]
		row.settings = append(slices.Clone(row.settings), setting)
		row.Sets = slices.Clone(row.Sets)
		for j := range row.Sets {
			row.Sets[j].settings = without(row.Sets[j].settings, key)
		}
	}
	return nil
}

// replace measures all rows on one data set: on the row's own one of that
// name, prepared as in the paper, or on another.
func (p *Plan) replace(data, rest []string) error {
	if _, has := lookup(data, "data"); !has {
		data = append(data, "data=csv")
	}
	name := strings.Join(data, " ")
	var kept []Row
	rows := p.Rows
	if p.ofFile != nil && len(data) > 0 && !p.measures(data) {
		rows = p.ofFile
	}
	for _, row := range rows {
		i := slices.IndexFunc(row.Sets, func(s Set) bool { return len(data) == 1 && slices.Contains(s.settings, data[0]) })
		if i >= 0 {
			row.Sets = row.Sets[i : i+1]
			kept = append(kept, row)
		} else if !row.bySet() {
			row.Sets = []Set{{Name: name, settings: data}}
			kept = append(kept, row)
		}
	}
	if len(kept) == 0 {
		return fmt.Errorf("%s has nothing to measure on %s", p.Name, name)
	}
	for _, key := range p.own {
		if _, given := lookup(rest, key); !given && kept[0].Sets[0].Name == name {
			return &experiment.ParamError{Key: key, Reason: "is needed with another data set"}
		}
	}
	p.Rows = kept
	return nil
}

// measures tells whether the data set is one of those that the rows are on.
func (p *Plan) measures(data []string) bool {
	return len(data) == 1 && slices.ContainsFunc(p.Rows, func(r Row) bool {
		return slices.ContainsFunc(r.Sets, func(s Set) bool { return slices.Contains(s.settings, data[0]) })
	})
}

// bySet tells whether the row's experiment differs from set to set.
func (r Row) bySet() bool {
	for _, s := range r.Sets {
		_, alpha := lookup(s.settings, "alpha")
		_, victim := lookup(s.settings, "victim")
		if alpha || victim || s.run != nil {
			return true
		}
	}
	return false
}

// lookup finds a key in settings.
func lookup(settings []string, key string) (value string, has bool) {
	for _, s := range settings {
		if k, v, _ := strings.Cut(s, "="); k == key {
			return v, true
		}
	}
	return "", false
}

// without is the settings without a key.
func without(settings []string, key string) []string {
	return slices.DeleteFunc(slices.Clone(settings), func(s string) bool { return strings.HasPrefix(s, key+"=") })
}

// Done is a cell that has run.
type Done struct {
	Index int // in Plan.Cells
	Outcome
}

// Run runs all cells one after another. An error is last.
func (p *Plan) Run(env experiment.Env) iter.Seq2[Done, error] {
	return func(yield func(Done, error) bool) {
		var prev *experiment.Experiment
		for i, c := range p.Cells {
			out, e, err := c.Run(env, prev)
			if !yield(Done{i, out}, err) || err != nil {
				return
			}
			prev = e
		}
	}
}

// Run runs the cell. What prev, the experiment of another cell or nil, shares
// with it is not made again; the outcome is the same. The experiment returned is
// nil for a cell that is none.
func (c Cell) Run(env experiment.Env, prev *experiment.Experiment) (Outcome, *experiment.Experiment, error) {
	if c.run != nil {
		out, err := c.run(env, c.Seed)
		if err != nil {
			err = fmt.Errorf("%s seed %d: %w", c.Set, c.Seed, err)
		}
		return out, nil, err
	}
	env.LastOnly = true
	e, err := experiment.Prepare(c.Spec, env, prev)
	if err != nil {
		return Outcome{}, nil, fmt.Errorf("%s: %w", c.Spec, err)
	}
	for event, err := range e.Run(env) {
		if err != nil {
			return Outcome{}, nil, fmt.Errorf("%s: %w", c.Spec, err)
		}
		if event.Kind == attack.Ended {
			out, err := c.outcome(e, event)
			return out, e, err
		}
	}
	return Outcome{}, nil, errors.New("the run had no end")
}

func (c Cell) outcome(e *experiment.Experiment, end experiment.Event) (Outcome, error) {
	out := Outcome{Queries: end.Queries, Status: end.Status, Note: end.Note}
	for _, col := range c.columns {
		if col == accuracy100 {
			share, err := e.Accuracy()
			if err != nil {
				return Outcome{}, fmt.Errorf("%s: %w", c.Spec, err)
			}
			out.Values = append(out.Values, 100*share)
			continue
		}
		out.Values = append(out.Values, measure(col.Name, end))
	}
	return out, nil
}

// The columns of experiments.
var (
	rTest     = Column{Name: "R_test", Kind: Error}
	rUnif     = Column{Name: "R_unif", Kind: Error}
	tvTest    = Column{Name: "TV_test", Kind: Error}
	tvUnif    = Column{Name: "TV_unif", Kind: Error}
	agreeTest = Column{Name: "1-R_test", Unit: "%", Kind: Agreement}
	agreeUnif = Column{Name: "1-R_unif", Unit: "%", Kind: Agreement}
	queries   = Column{Name: "queries", Kind: Cost}
	edgeOff   = Column{Name: "edges off", Kind: Error}
	// accuracy100 is the owner's: of the labels that the API returns.
	accuracy100 = Column{Name: "accuracy", Unit: "%", Kind: Fact}
)

// measure is the figure of that column. An attack that ends without a copy
// agrees with the victim on nothing.
func measure(column string, end experiment.Event) float64 {
	r := [5]float64{1, 1, 1, 1, math.Inf(1)}
	if m := end.Measures; m != nil {
		r = [5]float64{m.RTest, m.RUnif, m.TVTest, m.TVUnif, m.EdgeError}
	}
	switch column {
	case rTest.Name:
		return r[0]
	case rUnif.Name:
		return r[1]
	case tvTest.Name:
		return r[2]
	case tvUnif.Name:
		return r[3]
	case edgeOff.Name:
		return r[4]
	case agreeTest.Name:
		return 100 * (1 - r[0])
	case agreeUnif.Name:
		return 100 * (1 - r[1])
	case queries.Name:
		return float64(end.Queries)
	}
	panic("paper: no figure " + column)
}
