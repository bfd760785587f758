package export

import (
	"strconv"
	"strings"

	"modelheist/core/domain"
	"modelheist/core/oracle"
)

// table writes CSV as RFC 4180 has it, but for lines that end in \n.
type table struct{ strings.Builder }

func (t *table) row(cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			t.WriteByte(',')
		}
		if strings.ContainsAny(cell, ",\"\r\n") {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		t.WriteString(cell)
	}
	t.WriteByte('\n')
}

// number writes all digits that v has; what is not a number is empty.
func number(v float64) string {
	if v != v {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func names(d domain.Domain) []string {
	out := make([]string, len(d))
	for i, f := range d {
		out[i] = f.Name
	}
	return out
}

// cells are an input's: of a category its name.
func cells(d domain.Domain, x []float64) []string {
	out := make([]string, len(d))
	for i, f := range d {
		out[i] = number(x[i])
		if k := int(x[i]); x[i] == x[i] && k >= 0 && k < len(f.Categories) {
			out[i] = f.Categories[k]
		}
	}
	return out
}

// points is the data set: the features, in the units that the model takes, and
// the class.
func (r *Result) points() []byte {
	set := r.Exp.Set
	var t table
	t.row(append(names(set.Domain), "class")...)
	for i, y := range set.Y {
		t.row(append(cells(set.Domain, set.X[i*set.D():(i+1)*set.D()]), set.ClassNames[y])...)
	}
	return []byte(t.String())
}

// queries is every query with its answer: its number, the features, the label,
// the values that came with it, and why it was asked.
func (r *Result) queries() []byte {
	set, a := r.Exp.Set, &r.Asked
	var t table
	t.row(append(append(append([]string{"query"}, names(set.Domain)...), "label"), append(r.valueNames(), "why")...)...)
	for i, label := range a.Labels {
		row := append([]string{strconv.Itoa(i + 1)}, cells(set.Domain, a.X[i*set.D():(i+1)*set.D()])...)
		row = append(row, set.ClassNames[label])
		for _, v := range a.Values[i*a.Width : (i+1)*a.Width] {
			row = append(row, number(v))
		}
		t.row(append(row, a.Why[i])...)
	}
	return []byte(t.String())
}

// valueNames are the columns of the values of an answer.
func (r *Result) valueNames() []string {
	kind := r.Exp.Answers()
	switch {
	case r.Asked.Width == 0:
		return nil
	case r.Asked.Width != r.Exp.Set.Classes() || kind == oracle.Top1:
		out := make([]string, r.Asked.Width)
		for i := range out {
			out[i] = string(kind)
		}
		return out
	}
	var out []string
	for _, name := range r.Exp.Set.ClassNames {
		out = append(out, string(kind)+" of "+name)
	}
	return out
}

// curve is the copy of each round against the victim, or against the answers
// received of one behind a network; empty cells have no meaning.
func (r *Result) curve() []byte {
	var t table
	if r.remote() {
		t.row("queries", "agreement_with_answers")
		for _, round := range r.Rounds {
			t.row(strconv.Itoa(round.Queries), number(round.Answered))
		}
		return []byte(t.String())
	}
	t.row("queries", "agreement", "r_test", "r_unif", "tv_test", "tv_unif", "parameter_error")
	for _, round := range r.Rounds {
		m := round.Measures
		if m == nil {
			t.row(strconv.Itoa(round.Queries), "", "", "", "", "", "")
			continue
		}
		t.row(strconv.Itoa(round.Queries), number(1-m.RUnif), number(m.RTest), number(m.RUnif), number(m.TVTest), number(m.TVUnif), number(m.ParamError))
	}
	return []byte(t.String())
}
