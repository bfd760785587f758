package dataset

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of a file of separated values.
const (
	MaxCSVBytes   = 5_000_000
	MaxCategories = 1000    // of one column
	MaxClasses    = 100     // of the label column
	MaxValues     = 1 << 24 // rows × features after one-hot coding; 128 MB
)

// Header says whether the first row names the columns.
type Header int

const (
	DetectHeader Header = iota
	WithHeader
	WithoutHeader
)

// CSVOptions steer the reading of separated values; the zero value detects all.
// A column is given by its name or by its number from 1.
type CSVOptions struct {
	Header    Header
	Separator rune     // , ; or tab; 0 detects it
	Label     string   // the column of classes; "" is the last
	Columns   []string // the features; nil is all but the label
	Numbers   []string // columns that have to be numbers
	Texts     []string // columns that are categories even if they look like numbers
	Missing   []string // what stands for a missing value, in any case; nil is "", "?", "NA", "NaN"
	// DropMissing leaves out rows with a missing value in a column used. Without
	// it a missing value is a category of its own, and an error among numbers and
	// labels.
	DropMissing bool
	MaxBytes    int // 0 is MaxCSVBytes
	// Categories keeps a column of texts as one feature, whose values are the
	// indices of its categories, instead of one for each value.
	Categories bool
}

func (o CSVOptions) maxBytes() int {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return MaxCSVBytes
}

func (o CSVOptions) missing() map[string]bool {
	if o.Missing == nil {
		o.Missing = []string{"", "?", "NA", "NaN"}
	}
	set := map[string]bool{}
	for _, m := range o.Missing {
		set[strings.ToLower(m)] = true
	}
	return set
}

// Column describes a column for a preview.
type Column struct {
	Name     string
	Kind     string // "number" or "category"
	Distinct int    // different values, missing ones not counted
	Missing  int    // rows without a value
}

// Preview is what a file of separated values holds.
type Preview struct {
	Columns   []Column
	Header    bool // the names come from the file
	Separator rune
	Count     int        // rows
	Rows      [][]string // the first five
}

// Inspect looks at a file of separated values without deciding on a label. Its
// errors name the line and what is allowed.
func Inspect(text []byte, o CSVOptions) (*Preview, error) {
	t, err := readTable(text, o)
	if err != nil {
		return nil, err
	}
	p := &Preview{Header: t.header, Separator: t.separator, Count: len(t.rows), Rows: t.rows[:min(5, len(t.rows))]}
	for j, name := range t.names {
		c := t.count(j)
		kind := "category"
		if c.numbers > 0 && c.numbers >= c.texts {
			kind = "number"
		}
		p.Columns = append(p.Columns, Column{Name: name, Kind: kind, Distinct: len(t.distinct(j)), Missing: c.missing})
	}
	return p, nil
}

// distinct is the different values of column j that aren't missing, in the order
// of numbers if all are numbers, else of texts.
func (t *table) distinct(j int) []string {
	seen := map[string]bool{}
	var values []string
	allNumbers := true
	for _, row := range t.rows {
		if v := row[j]; !seen[v] && !t.isMissing(v) {
			seen[v] = true
			values = append(values, v)
			_, is := finite(v, t.separator)
			allNumbers = allNumbers && is
		}
	}
	slices.SortFunc(values, func(a, b string) int {
		if allNumbers {
			x, _ := finite(a, t.separator)
			y, _ := finite(b, t.separator)
			if x != y {
				return map[bool]int{true: -1, false: 1}[x < y]
			}
		}
		return strings.Compare(a, b)
	})
	return values
}

// ReadCSV reads labelled points from separated values: columns of numbers as
// they are, columns of texts one-hot, a column "name=value" of 0 and 1 for each
// value, or as categories. A column counts as numbers if at least half of its values are. The set
// is not yet scaled. Errors name the line (from 1), the column and what is
// allowed.
func ReadCSV(text []byte, o CSVOptions) (*Set, error) {
	t, err := readTable(text, o)
	if err != nil {
		return nil, err
	}
	label, features, err := t.choose(o)
	if err != nil {
		return nil, err
	}
	if o.DropMissing {
		if err := t.drop(append(slices.Clone(features), label)); err != nil {
			return nil, err
		}
	}
	s := &Set{Name: "csv"}
	if err := t.labels(s, label); err != nil {
		return nil, err
	}
	columns, err := t.encode(features, o)
	if err != nil {
		return nil, err
	}
	if n := len(columns) * len(t.rows); n > MaxValues {
		return nil, fmt.Errorf("%d rows × %d features (texts take one for each value) are %d values, allowed %d: choose fewer columns", len(t.rows), len(columns), n, MaxValues)
	}
	s.X = make([]float64, len(columns)*len(t.rows))
	names := make([]string, len(columns))
	for k, c := range columns {
		names[k] = c.name
		for i, row := range t.rows {
			s.X[i*len(columns)+k] = c.value(row)
		}
	}
	s.Domain = ranges(names, s.X)
	for k, c := range columns {
		if c.categories != nil {
			s.Domain[k].Low, s.Domain[k].High, s.Domain[k].Categories = 0, float64(len(c.categories)-1), c.categories
		}
	}
	return s, nil
}

// choose finds the label column and the feature columns.
func (t *table) choose(o CSVOptions) (label int, features []int, err error) {
	label = len(t.names) - 1
	if o.Label != "" {
		if label, err = t.column("label", o.Label); err != nil {
			return 0, nil, err
		}
	}
	for j := range t.names {
		if o.Columns == nil && j != label {
			features = append(features, j)
		}
	}
	for _, ref := range o.Columns {
		j, err := t.column("columns", ref)
		if err != nil {
			return 0, nil, err
		}
		if j == label {
			return 0, nil, fmt.Errorf("columns: %q is the label, allowed other columns", t.names[j])
		}
		features = append(features, j)
	}
	if len(features) == 0 {
		return 0, nil, fmt.Errorf("columns: none chosen, needed at least one beside the label %q", t.names[label])
	}
	return label, features, nil
}

// drop leaves out the rows with a missing value in one of the columns.
func (t *table) drop(columns []int) error {
	kept := 0
	for i, row := range t.rows {
		if slices.ContainsFunc(columns, func(j int) bool { return t.isMissing(row[j]) }) {
			continue
		}
		t.rows[kept], t.lines[kept] = row, t.lines[i]
		kept++
	}
	if kept == 0 {
		return fmt.Errorf("all %d rows have a missing value, needed at least two without", len(t.rows))
	}
	t.rows, t.lines = t.rows[:kept], t.lines[:kept]
	return nil
}

// labels fills in classes from column j.
func (t *table) labels(s *Set, j int) error {
	for i, row := range t.rows {
		if t.isMissing(row[j]) {
			return fmt.Errorf("%s: %q is a missing label, allowed a class in every row; or drop rows with missing values", t.at(i, j), row[j])
		}
	}
	s.ClassNames = t.distinct(j)
	switch n := len(s.ClassNames); {
	case n < 2:
		return fmt.Errorf("column %q: all %d rows have the label %q, needed at least two classes", t.names[j], len(t.rows), s.ClassNames[0])
	case n > MaxClasses:
		return fmt.Errorf("column %q: %d different labels, allowed 2..%d: is it a quantity rather than a class?", t.names[j], n, MaxClasses)
	}
	index := indices(s.ClassNames)
	for _, row := range t.rows {
		s.Y = append(s.Y, index[row[j]])
	}
	return nil
}

func indices(values []string) map[string]int {
	index := make(map[string]int, len(values))
	for i, v := range values {
		index[v] = i
	}
	return index
}

// encoded is one feature made from a column of a table.
type encoded struct {
	name       string
	value      func(row []string) float64
	categories []string // nil for a number
}

// encode makes features of columns.
func (t *table) encode(features []int, o CSVOptions) ([]encoded, error) {
	forced := map[int]string{}
	for _, f := range []struct {
		kind string
		refs []string
	}{{"numbers", o.Numbers}, {"texts", o.Texts}} {
		for _, ref := range f.refs {
			j, err := t.column(f.kind, ref)
			if err != nil {
				return nil, err
			}
			forced[j] = f.kind
		}
	}
	var columns []encoded
	for _, j := range features {
		c := t.count(j)
		if forced[j] == "numbers" || forced[j] == "" && c.numbers > 0 && c.numbers >= c.texts {
			if err := t.numbersOnly(j, c); err != nil {
				return nil, err
			}
			columns = append(columns, encoded{name: t.names[j], value: func(row []string) float64 {
				v, _ := finite(row[j], t.separator)
				return v
			}})
			continue
		}
		values, err := t.categories(j, c.missing > 0)
		if err != nil {
			return nil, err
		}
		if o.Categories {
			columns = append(columns, t.category(j, values))
		} else {
			columns = append(columns, t.oneHot(j, values)...)
		}
	}
	return columns, nil
}

// numbersOnly reports the first field of column j that isn't a finite number.
func (t *table) numbersOnly(j int, c tally) error {
	for i, row := range t.rows {
		if _, is := finite(row[j], t.separator); is {
			continue
		}
		switch _, is := number(row[j], t.separator); {
		case t.isMissing(row[j]):
			return fmt.Errorf("%s: %q is a missing value in a column of numbers, allowed finite numbers; or drop rows with missing values", t.at(i, j), row[j])
		case is:
			return fmt.Errorf("%s: %q is not a finite number, allowed up to ±1.8e308", t.at(i, j), row[j])
		}
		return fmt.Errorf("%s: %q is not a number, and %d of the column's %d values are; allowed numbers only or, read as a category, texts", t.at(i, j), row[j], c.numbers, c.numbers+c.texts)
	}
	return nil
}

// missingName is the category of missing values.
const missingName = "?"

// categories are the values of column j, and one more for missing values.
func (t *table) categories(j int, missing bool) ([]string, error) {
	values := t.distinct(j)
	if len(values) > MaxCategories {
		return nil, fmt.Errorf("column %q: %d different texts, allowed at most %d: leave the column out", t.names[j], len(values), MaxCategories)
	}
	if missing {
		values = append(values, missingName)
	}
	return values, nil
}

// in is the category of a field.
func (t *table) in(field string) string {
	if t.isMissing(field) {
		return missingName
	}
	return field
}

// oneHot makes a feature for each of the values of column j.
func (t *table) oneHot(j int, values []string) (columns []encoded) {
	for _, v := range values {
		columns = append(columns, encoded{name: t.names[j] + "=" + v, value: func(row []string) float64 { return one(t.in(row[j]) == v) }})
	}
	return columns
}

// category makes one feature of column j.
func (t *table) category(j int, values []string) encoded {
	index := indices(values)
	return encoded{t.names[j], func(row []string) float64 { return float64(index[t.in(row[j])]) }, values}
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
