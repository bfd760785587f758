package main

import (
	"context"
	"encoding/json"
	"io"
	"math"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/experiment"
	"modelheist/core/model"
	"modelheist/core/paint"
	"modelheist/core/surface"
)

// recording is a run as the page plays it while its engine is still on its way:
// small enough to come before it. Places are packed as a link's points are.
type recording struct {
	Spec    string          `json:"spec"`
	Budget  int             `json:"budget"`
	Points  string          `json:"points"`
	Queries string          `json:"queries"` // in order, each with the class of its answer
	Side    int             `json:"side"`    // of the fields
	Victim  recordedModel   `json:"victim"`
	Rounds  []recordedRound `json:"rounds"`
	Status  attack.Status   `json:"status"`
}

type recordedRound struct {
	Queries   int     `json:"queries"`
	Agreement float64 `json:"agreement"`
	recordedModel
}

// recordedModel is a picture of a model: side² characters, each 16 times the
// class and how sure the model is there (0 to 15), and its decision lines.
type recordedModel struct {
	Field string   `json:"field"`
	Lines []string `json:"lines"`
}

const (
	recordedSide  = 24
	tracedSide    = 128   // of the raster that the lines are traced on
	recordedSteps = 16    // times four classes: one character a pixel
	lineTolerance = 0.003 // in units of the plane: less than half a pixel of a plot
)

// alphabet is base64url, as in packed points.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// record runs one experiment of the plane and writes its recording.
func record(ctx context.Context, args []string, stdout, _ io.Writer) error {
	spec, err := experiment.Parse(args)
	if err != nil {
		return usagef("%s", oneLine(err))
	}
	env := experiment.Env{Open: open, Tick: ctx.Err}
	e, err := experiment.Prepare(spec, env, nil)
	if err != nil {
		return badSetting(err)
	}
	if e.Set.D() != 2 || e.Set.Classes() > dataset.MaxDrawnClasses || e.Victim == nil {
		return usagef("record: the page shows victims of two features and at most %d classes", dataset.MaxDrawnClasses)
	}
	r := recording{Spec: e.Spec.Link(), Budget: e.Budget, Side: recordedSide}
	if r.Victim, err = pictured(e.Victim); err != nil {
		return err
	}
	if r.Points, err = packed(e.Set.X, e.Set.Y); err != nil {
		return err
	}
	var asked []float64
	var answers []int
	for ev, err := range e.Run(env) {
		if err != nil {
			return badSetting(err)
		}
		switch ev.Kind {
		case attack.Queried:
			asked, answers = append(asked, ev.X...), append(answers, ev.Reply.Labels...)
		case attack.Rounded:
			picture, err := pictured(ev.Copy)
			if err != nil {
				return err
			}
			r.Rounds = append(r.Rounds, recordedRound{ev.Queries, 1 - ev.Measures.RUnif, picture})
		case attack.Ended:
			r.Status = ev.Status
		}
	}
	if r.Queries, err = packed(asked, answers); err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(r)
}

// packed packs n places of the plane with their classes.
func packed(x []float64, classes []int) (string, error) {
	points := make([]dataset.Point, len(classes))
	for i, c := range classes {
		points[i] = dataset.Point{X: x[2*i], Y: x[2*i+1], Class: c}
	}
	return dataset.PackPoints(points)
}

func pictured(m model.Classifier) (recordedModel, error) {
	raster := func(side int) *surface.Field {
		f := new(surface.Field)
		f.Make(surface.Raster{Left: -1, Bottom: -1, Right: 1, Top: 1, W: side, H: side}, m.Classes())
		f.Full(m)
		return f
	}
	fine, coarse := raster(tracedSide), raster(recordedSide)
	gain := 1.0
	if _, logits := m.(model.Probabilistic); !logits {
		gain = paint.Gain(fine.Scores, m.Classes())
	}
	steps := make([]uint8, recordedSide*recordedSide)
	paint.StepsTo(steps, coarse.Scores, m.Classes(), gain, recordedSteps)
	for i, s := range steps {
		steps[i] = alphabet[s]
	}
	out := recordedModel{Field: string(steps), Lines: []string{}}
	for _, line := range fine.Lines() {
		x, y := line.X, line.Y
		if line.Closed {
			x, y = append(x, x[0]), append(y, y[0])
		}
		var places []float64
		for _, i := range simplified(x, y, lineTolerance) {
			places = append(places, x[i], y[i])
		}
		text, err := packed(places, make([]int, len(places)/2))
		if err != nil {
			return recordedModel{}, err
		}
		out.Lines = append(out.Lines, text)
	}
	return out, nil
}

// simplified are the indices of the points that a line needs to stay within a
// tolerance of itself (Douglas and Peucker 1973).
func simplified(x, y []float64, tolerance float64) []int {
	keep := []int{0}
	var split func(from, to int)
	split = func(from, to int) {
		far, most := -1, tolerance
		dx, dy := x[to]-x[from], y[to]-y[from]
		length := math.Hypot(dx, dy)
		for i := from + 1; i < to; i++ {
			d := math.Hypot(x[i]-x[from], y[i]-y[from])
			if length > 0 {
				d = math.Abs(dx*(y[i]-y[from])-dy*(x[i]-x[from])) / length
			}
			if d > most {
				far, most = i, d
			}
		}
		if far >= 0 {
			split(from, far)
			split(far, to)
			return
		}
		keep = append(keep, to)
	}
	split(0, len(x)-1)
	return keep
}
