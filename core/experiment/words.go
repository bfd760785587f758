package experiment

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"modelheist/core/attack"
	"modelheist/core/model"
)

// mostFeatures is how many features a claim is told by in words.
const mostFeatures = 6

// Words is a claim about the victim in words, with the names of features and
// classes, and numbers as they were before scaling. Empty for suspects, which are
// a table.
func (e *Experiment) Words(c *attack.Claim) string {
	switch {
	case c.Leaf != nil:
		return e.leafWords(c.Leaf)
	case c.Edge != nil:
		return fmt.Sprintf("%s: bins part at %s", e.Set.Domain[c.Edge.Feature].Name, e.value(c.Edge.Feature, c.Edge.At))
	case c.Point != nil:
		return e.PointWords(c.Point)
	}
	return ""
}

// PointWords is an input in words.
func (e *Experiment) PointWords(x []float64) string {
	var parts []string
	for f, v := range x {
		parts = append(parts, e.Set.Domain[f].Name+" "+e.value(f, v))
	}
	return capped(parts, ", ")
}

// leafWords is "width ≤ 2 and 1 < length ≤ 3: setosa, 95 %".
func (e *Experiment) leafWords(b *model.Box) string {
	var parts []string
	for _, bound := range b.Bounds {
		if text := e.boundWords(bound); text != "" {
			parts = append(parts, text)
		}
	}
	where := capped(parts, " and ")
	if where == "" {
		where = "anywhere"
	}
	if len(b.Values) == 1 {
		return where + ": " + short(b.Values[0])
	}
	return fmt.Sprintf("%s: %s, %s %%", where, e.Set.ClassNames[b.Label], short(100*b.Values[b.Label]))
}

// boundWords is empty for a bound that holds everywhere.
func (e *Experiment) boundWords(b model.Bound) string {
	feature := e.Set.Domain[b.Feature]
	if b.Set != nil {
		var names []string
		for k, in := range b.Set {
			if in && k < len(feature.Categories) {
				names = append(names, feature.Categories[k])
			}
		}
		return feature.Name + " is " + capped(names, " or ")
	}
	text := feature.Name
	if b.Low >= feature.Low {
		text = e.value(b.Feature, b.Low) + " < " + text
	}
	if b.High < feature.High {
		text += " ≤ " + e.value(b.Feature, b.High)
	}
	if text == feature.Name {
		return ""
	}
	return text
}

// value is a feature's value in its own units.
func (e *Experiment) value(feature int, v float64) string {
	f := e.Set.Domain[feature]
	switch {
	case math.IsNaN(v):
		return "missing"
	case f.Categories != nil:
		if k := int(v); k >= 0 && k < len(f.Categories) {
			return f.Categories[k]
		}
	case e.Set.Raw != nil && f.High > f.Low:
		raw := e.Set.Raw[feature]
		share := (v - f.Low) / (f.High - f.Low)
		return short(raw.Low*(1-share) + raw.High*share)
	}
	return short(v)
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// capped joins the first few parts and says how many more there are.
func capped(parts []string, by string) string {
	if more := len(parts) - mostFeatures; more > 0 {
		return strings.Join(parts[:mostFeatures], by) + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(parts, by)
}
