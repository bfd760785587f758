package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/experiment"
	"modelheist/core/export"
	"modelheist/core/metric"
	"modelheist/site/data"
)

// run steals one victim: settings as key=value, --json for one event a line,
// --save FILE for what is to be kept, as often as wanted.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	asJSON, files, settings, err := runArguments(args)
	if err != nil {
		return err
	}
	spec, err := experiment.Parse(settings)
	if err != nil {
		return usagef("%s", oneLine(err))
	}
	net := &network{ctx: ctx}
	env := experiment.Env{Open: open, Tick: ctx.Err, OpenOracle: net.open}
	e, err := experiment.Prepare(spec, env, nil)
	if err != nil {
		return badSetting(err)
	}
	var out printer = &summary{out: stdout, progress: stderr}
	if asJSON {
		out = &jsonLines{json.NewEncoder(stdout)}
	}
	if err := out.start(e); err != nil {
		return err
	}
	result := export.Result{Exp: e, Engine: buildVersion}
	for event, err := range e.Run(env) {
		if err != nil {
			return badSetting(err)
		}
		if len(files) > 0 {
			result.Add(event)
		}
		if err := out.event(e, event); err != nil {
			return err
		}
	}
	if net.oracle != nil {
		if err := out.network(net.line()); err != nil {
			return err
		}
	}
	return save(&result, files, ctx.Err)
}

const runUsage = "settings are written key=value, --json prints the events, and --save FILE writes %s (also --save=FILE, as often as wanted)"

// runArguments sorts the arguments of run.
func runArguments(args []string) (asJSON bool, files, settings []string, err error) {
	usage := fmt.Sprintf(runUsage, strings.Join(append(slices.Clone(export.Kinds), "figure@2x.png"), " "))
	for i := 0; i < len(args); i++ {
		file, isSave := strings.CutPrefix(args[i], "--save=")
		switch {
		case args[i] == "--json":
			asJSON = true
		case args[i] == "--save" && i+1 < len(args):
			i++
			files = append(files, args[i])
		case isSave:
			files = append(files, file)
		case strings.HasPrefix(args[i], "-"):
			return false, nil, nil, usagef("run: no option %q; %s", args[i], usage)
		default:
			settings = append(settings, args[i])
		}
	}
	for _, file := range files {
		if _, err := export.KindOf(file); err != nil {
			return false, nil, nil, usagef("run: --save: %s", err)
		}
	}
	return asJSON, files, settings, nil
}

// badSetting makes errors that a setting or its file is to blame for exit with 2.
func badSetting(err error) error {
	if errors.As(err, new(*experiment.ParamError)) {
		return usagef("%s", oneLine(err))
	}
	return err
}

// oneLine puts joined errors on one line.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// open reads a shipped data set, or else a file.
func open(name string) ([]byte, error) {
	for _, s := range dataset.ShippedSets {
		if s.File == name {
			return data.Open(name)
		}
	}
	return os.ReadFile(name)
}

// printer shows a run.
type printer interface {
	start(*experiment.Experiment) error
	event(*experiment.Experiment, experiment.Event) error
	network(networkLine) error
}

// jsonLines prints one event a line.
type jsonLines struct{ *json.Encoder }

type startLine struct {
	Kind          string   `json:"kind"`
	Spec          string   `json:"spec"`
	Data          string   `json:"data"`
	N             int      `json:"n"`
	D             int      `json:"d"`
	Classes       []string `json:"classes"`
	Unknowns      int      `json:"unknowns"`
	Budget        int      `json:"budget"`
	TrainAccuracy *float64 `json:"train_accuracy"`
	TestAccuracy  *float64 `json:"test_accuracy"`
}

func (j *jsonLines) start(e *experiment.Experiment) error {
	return j.Encode(startLine{
		"start", e.Spec.String(), e.Set.Name, e.Set.N(), e.Set.D(), e.Set.ClassNames, e.Unknowns, e.Budget,
		orNull(accuracy(e, e.Train)), orNull(accuracy(e, e.Test)),
	})
}

func (j *jsonLines) network(l networkLine) error { return j.Encode(l) }

// accuracy is the victim's, NaN for one behind a network.
func accuracy(e *experiment.Experiment, s *dataset.Set) float64 {
	if e.Victim == nil {
		return math.NaN()
	}
	return metric.Accuracy(e.Victim, s)
}

type queryLine struct {
	Kind    string       `json:"kind"`
	Queries int          `json:"queries"`
	X       [][]*float64 `json:"x"` // null where a feature is left out
	Labels  []int        `json:"labels"`
	Values  [][]float64  `json:"values,omitempty"`
	Why     []string     `json:"why"`
}

type roundLine struct {
	Kind    string   `json:"kind"`
	Round   int      `json:"round"`
	Queries int      `json:"queries"`
	Moved   *float64 `json:"moved"`
	measures
	Answered *float64  `json:"answered,omitempty"` // of a remote oracle
	Leak     *leakLine `json:"leak,omitempty"`
}

type endLine struct {
	Kind     string        `json:"kind"`
	Status   attack.Status `json:"status"`
	Note     string        `json:"note,omitempty"`
	Queries  int           `json:"queries"`
	Unknowns int           `json:"unknowns"`
	measures
	Answered *float64  `json:"answered,omitempty"`
	Leak     *leakLine `json:"leak,omitempty"`
}

// measures are null where they have no meaning.
type measures struct {
	RTest      *float64 `json:"r_test"`
	RUnif      *float64 `json:"r_unif"`
	TVTest     *float64 `json:"tv_test"`
	TVUnif     *float64 `json:"tv_unif"`
	ParamError *float64 `json:"param_error"`
	EdgeError  *float64 `json:"edge_error"`
}

func measured(m *metric.Measures) measures {
	if m == nil {
		return measures{}
	}
	return measures{orNull(m.RTest), orNull(m.RUnif), orNull(m.TVTest), orNull(m.TVUnif), orNull(m.ParamError), orNull(m.EdgeError)}
}

func orNull(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func (j *jsonLines) event(e *experiment.Experiment, ev experiment.Event) error {
	switch ev.Kind {
	case attack.Queried:
		return j.Encode(queryLine{"query", ev.Queries, inputs(ev.X, e.Set.D()), ev.Reply.Labels, rows(ev.Reply.Values, ev.Reply.Width()), ev.Why})
	case attack.Claimed:
		switch {
		case ev.Claim.Leaf != nil:
			return j.Encode(claimed(ev))
		case ev.Claim.Point != nil:
			return j.Encode(pointLine{"claim", ev.Queries, ev.Claim.Point})
		case ev.Claim.Edge != nil:
			return j.Encode(edgeLine{"claim", ev.Queries, ev.Claim.Edge.Feature, ev.Claim.Edge.At})
		}
		return j.Encode(suspicion(ev))
	case attack.Rounded:
		return j.Encode(roundLine{"round", ev.Round, ev.Queries, orNull(ev.Moved), measured(ev.Measures), orNull(ev.Answered), leaked(ev.Leak)})
	default:
		return j.Encode(endLine{string(ev.Kind), ev.Status, ev.Note, ev.Queries, e.Unknowns, measured(ev.Measures), orNull(ev.Answered), leaked(ev.Leak)})
	}
}

// near is where a point counts as found, in features scaled to [-1, 1].
const near = 0.05

// leakLine is how near the copy's points are to the victim's training points.
type leakLine struct {
	Points int     `json:"points"`
	Near   int     `json:"near"`   // of these, at most near from their match
	Mean   float64 `json:"mean"`   // distance of the matched
	Random float64 `json:"random"` // the same of random points
}

func leaked(l *experiment.Leak) *leakLine {
	if l == nil {
		return nil
	}
	return &leakLine{len(l.Distance), l.Within(near), l.Mean, l.Random}
}

// pointLine is a training point that the thief claims to have found.
type pointLine struct {
	Kind    string    `json:"kind"`
	Queries int       `json:"queries"`
	Point   []float64 `json:"point"`
}

// edgeLine is a place where the thief says that a feature's bins part.
type edgeLine struct {
	Kind    string  `json:"kind"`
	Queries int     `json:"queries"`
	Feature int     `json:"feature"`
	At      float64 `json:"at"`
}

// claimLine is a leaf that the thief has found: its bounds, label and values.
type claimLine struct {
	Kind    string      `json:"kind"`
	Queries int         `json:"queries"`
	Bounds  []boundLine `json:"bounds"`
	Label   int         `json:"label"`
	Values  []float64   `json:"values"`
}

// boundLine is low < x ≤ high; left out where the side is open.
type boundLine struct {
	Feature    int      `json:"feature"`
	Low        *float64 `json:"low,omitempty"`
	High       *float64 `json:"high,omitempty"`
	Categories []bool   `json:"categories,omitempty"`
}

func claimed(ev experiment.Event) claimLine {
	leaf := ev.Claim.Leaf
	line := claimLine{Kind: "claim", Queries: ev.Queries, Bounds: []boundLine{}, Label: leaf.Label, Values: leaf.Values}
	for _, b := range leaf.Bounds {
		bound := boundLine{Feature: b.Feature, Categories: b.Set}
		if b.Set == nil {
			bound.Low, bound.High = orNull(b.Low), orNull(b.High)
		}
		line.Bounds = append(line.Bounds, bound)
	}
	return line
}

// suspectsLine is the families that the thief has tried, the likeliest first.
type suspectsLine struct {
	Kind     string        `json:"kind"`
	Queries  int           `json:"queries"`
	Suspects []suspectLine `json:"suspects"`
}

// suspectLine has the error in cross-validation, or why there is none.
type suspectLine struct {
	Name  string   `json:"name"`
	Error *float64 `json:"error"`
	Out   string   `json:"out,omitempty"`
}

func suspicion(ev experiment.Event) suspectsLine {
	line := suspectsLine{Kind: "claim", Queries: ev.Queries}
	for _, s := range ev.Claim.Suspects {
		line.Suspects = append(line.Suspects, suspectLine{s.Name, orNull(s.Error), s.Out})
	}
	return line
}

func inputs(x []float64, d int) [][]*float64 {
	out := make([][]*float64, 0, len(x)/d)
	for row := range slices.Chunk(x, d) {
		line := make([]*float64, d)
		for f, v := range row {
			line[f] = orNull(v)
		}
		out = append(out, line)
	}
	return out
}

func rows(x []float64, width int) [][]float64 {
	if width == 0 {
		return nil
	}
	return slices.Collect(slices.Chunk(x, width))
}

// summary prints progress and, at the end, what the theft came to.
type summary struct {
	out, progress io.Writer
	claims        []string // in words
}

// mostClaims are printed, and how many more there are.
const mostClaims = 10

// found prints what the thief says of the victim itself.
func (s *summary) found() error {
	for i, words := range s.claims {
		if i == mostClaims {
			_, err := fmt.Fprintf(s.out, "         and %d more\n", len(s.claims)-mostClaims)
			return err
		}
		head := "        "
		if i == 0 {
			head = "found   "
		}
		if _, err := fmt.Fprintf(s.out, "%s %s\n", head, words); err != nil {
			return err
		}
	}
	return nil
}

func (s *summary) start(e *experiment.Experiment) error {
	if e.Victim == nil {
		_, err := fmt.Fprintf(s.progress, "victim   %s at %s: %d features, %d classes\nbudget   %d queries for %d unknowns of a copy; answers: %s\n",
			e.Spec.Get("model"), e.Spec.Get("oracle"), e.Set.D(), e.Set.Classes(), e.Budget, e.Unknowns, e.Answers())
		return err
	}
	_, err := fmt.Fprintf(s.progress, "victim   %s on %s: %d points, %d features, %d classes; accuracy %s train, %s test\nbudget   %d queries for %d unknowns; answers: %s\n",
		e.Spec.Get("victim"), e.Set.Name, e.Set.N(), e.Set.D(), e.Set.Classes(),
		percent(accuracy(e, e.Train)), percent(accuracy(e, e.Test)), e.Budget, e.Unknowns, e.Spec.Get("answers"))
	return err
}

func (s *summary) event(e *experiment.Experiment, ev experiment.Event) error {
	if ev.Kind == attack.Rounded && ev.Measures == nil {
		_, err := fmt.Fprintf(s.progress, "round %-3d %6d queries   agreement %s with the answers received\n", ev.Round, ev.Queries, percent(ev.Answered))
		return err
	}
	if ev.Kind == attack.Rounded {
		_, err := fmt.Fprintf(s.progress, "round %-3d %6d queries   agreement %s test, %s uniform\n", ev.Round, ev.Queries, percent(1-ev.Measures.RTest), percent(1-ev.Measures.RUnif))
		return err
	}
	if ev.Kind == attack.Claimed {
		if words := e.Words(ev.Claim); words != "" {
			s.claims = append(s.claims, words)
		}
	}
	if ev.Kind != attack.Ended {
		return nil
	}
	if err := s.found(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "ended    %s after %d queries (k = %d)", ev.Status, ev.Queries, e.Unknowns)
	if ev.Note != "" {
		fmt.Fprintf(s.out, ": %s", ev.Note)
	}
	fmt.Fprintln(s.out)
	if ev.Measures == nil {
		if e.Victim == nil {
			// There is no victim to hold the copy against.
			_, err := fmt.Fprintf(s.out, "copy     gives %s of the answers received\n", percent(ev.Answered))
			return err
		}
		_, err := fmt.Fprintln(s.out, "copy     none")
		return err
	}
	m := ev.Measures
	fmt.Fprintf(s.out, "labels   R_test %s   R_unif %s\n", figure(m.RTest), figure(m.RUnif))
	_, err := fmt.Fprintf(s.out, "scores   TV_test %s   TV_unif %s   parameter error %s\n", figure(m.TVTest), figure(m.TVUnif), figure(m.ParamError))
	if err == nil && !math.IsNaN(m.EdgeError) {
		_, err = fmt.Fprintf(s.out, "bins     the farthest edge is %s off\n", figure(m.EdgeError))
	}
	if l := ev.Leak; err == nil && l != nil {
		_, err = fmt.Fprintf(s.out, "leak     %d points, %d of them within %v of a training point of the victim's and on average %s from it; random points %s\n",
			len(l.Distance), l.Within(near), near, figure(l.Mean), figure(l.Random))
	}
	return err
}

func (s *summary) network(l networkLine) error {
	_, err := fmt.Fprintln(s.out, l)
	return err
}

func percent(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.2f %%", 100*v)
}

func figure(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3g", v)
}
