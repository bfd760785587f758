package export

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"modelheist/core/figure"
	"modelheist/core/model"
	"modelheist/core/modelfile"
	"modelheist/core/onnx"
)

// Kinds are the files that there are, by what is in them and how.
var Kinds = []string{
	"copy.json", "victim.json", "copy.onnx", "victim.onnx", "figure.svg", "figure.png",
	"queries.csv", "points.csv", "curve.csv", "experiment.json",
	"copy.py", "victim.py", "copy.go", "victim.go",
}

// usual is what a file is of whose name says only how it is written.
var usual = map[string]string{".json": "copy", ".onnx": "copy", ".py": "copy", ".go": "copy", ".svg": "figure", ".png": "figure"}

// KindOf tells which of Kinds a file of that name is: the ending says how it is
// written, and a word before it what is in it: moons-victim.onnx. Without such a
// word, JSON and ONNX hold the copy.
func KindOf(name string) (string, error) {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	ending := path.Ext(base)
	words := strings.FieldsFunc(strings.TrimSuffix(base, ending), func(r rune) bool { return strings.ContainsRune("-_. ", r) })
	for _, kind := range Kinds {
		if what, ok := strings.CutSuffix(kind, ending); ok && slices.Contains(words, what) {
			return kind, nil
		}
	}
	if what := usual[ending]; what != "" {
		return what + ending, nil
	}
	return "", fmt.Errorf("%s: what to write there is told by the name: %s", name, strings.Join(Kinds, " "))
}

// Look is how figures are drawn.
type Look struct {
	Dark bool
	Tick model.Tick // may be nil
	// Beside is the name of the JSON file that a program loads; without it
	// copy.json or victim.json.
	Beside string
}

// File writes a file of one of Kinds. The error says what the result lacks for
// it. A PNG is not written here: it is painted from Figure.
func (r *Result) File(kind string, look Look) ([]byte, error) {
	switch kind {
	case "copy.json", "victim.json", "copy.onnx", "victim.onnx":
		return r.model(kind)
	case "copy.py", "victim.py", "copy.go", "victim.go":
		return r.program(kind, look.Beside)
	case "figure.svg":
		d, err := r.Figure(look)
		if err != nil {
			return nil, err
		}
		return d.SVG(), nil
	case "queries.csv":
		return r.queries(), nil
	case "points.csv":
		if r.Exp.Set.N() == 0 {
			return nil, errors.New("there are no points of a victim behind a network")
		}
		return r.points(), nil
	case "curve.csv":
		return r.curve(), nil
	case "experiment.json":
		return r.json()
	}
	return nil, fmt.Errorf("no file %s; there are %s", kind, strings.Join(Kinds, " "))
}

// Figure draws the result.
func (r *Result) Figure(look Look) (*figure.Drawing, error) {
	return figure.Draw(r.content(look), look.theme())
}

// Plot draws the victim or the copy alone.
func (r *Result) Plot(part figure.Part, look Look) (*figure.Drawing, error) {
	return figure.Plot(r.content(look), look.theme(), part)
}

func (l Look) theme() *figure.Theme {
	if l.Dark {
		return &figure.Dark
	}
	return &figure.Light
}

// of is the copy or the victim, as what says.
func (r *Result) of(what string) (model.Classifier, error) {
	switch {
	case what == "victim" && r.remote():
		return nil, errors.New("the victim is behind a network: there is no model to save")
	case what == "victim":
		return r.Exp.Victim, nil
	case r.Copy == nil:
		return nil, errors.New("the run ended without a copy to save")
	}
	return r.Copy, nil
}

func (r *Result) model(kind string) ([]byte, error) {
	what, how, _ := strings.Cut(kind, ".")
	m, err := r.of(what)
	if err != nil {
		return nil, err
	}
	if how == "onnx" {
		return onnx.Append(nil, r.file(m), r.link())
	}
	text, err := modelfile.Append(nil, r.file(m))
	return append(text, '\n'), err
}

func (r *Result) program(kind, beside string) ([]byte, error) {
	what, language, _ := strings.Cut(kind, ".")
	m, err := r.of(what)
	if err != nil {
		return nil, err
	}
	if beside == "" {
		beside = what + ".json"
	}
	return program(m, language, beside)
}
