package dataset

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is a file of separated values, cut into trimmed fields.
type table struct {
	names     []string // of the columns
	header    bool     // names come from the file
	rows      [][]string
	lines     []int // of the rows, from 1
	missing   map[string]bool
	separator rune
}

// readTable cuts the text into rows of equally many fields.
func readTable(text []byte, o CSVOptions) (*table, error) {
	if len(text) > o.maxBytes() {
		return nil, fmt.Errorf("the file has %d bytes, allowed at most %d", len(text), o.maxBytes())
	}
	if line := badLine(text); line > 0 {
		return nil, fmt.Errorf("line %d: not readable as text, allowed UTF-8", line)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !bytes.ContainsRune(text, '\n') {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	t := &table{separator: o.Separator, missing: o.missing()}
	if t.separator == 0 {
		t.separator = detectSeparator(text)
	}
	if err := t.cut(text); err != nil {
		return nil, err
	}
	if len(t.rows) == 0 {
		return nil, errors.New("the file is empty, needed rows of features and a label")
	}
	if len(t.rows[0]) < 2 {
		return nil, fmt.Errorf("line %d: one column, needed at least one feature and the label, separated by comma, semicolon or tab", t.lines[0])
	}
	t.nameColumns(o.Header)
	if len(t.rows) == 0 {
		return nil, errors.New("no rows after the header, needed at least two")
	}
	return t, nil
}

// badLine is the line of the first byte that isn't UTF-8 text, from 1; 0 if all
// is. Zero bytes are UTF-8, but mean a binary file or UTF-16.
func badLine(text []byte) int {
	line := 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		i += size
	}
	return 0
}

// detectSeparator is the first of tab, semicolon and comma that stands outside
// quotes in most of the first ten lines. Commas come last because they may be
// decimal points where another separator is used.
func detectSeparator(text []byte) rune {
	const candidates = "\t;,"
	var found [3]int
	var here [3]bool
	lines, quoted, blank := 0, false, true
	count := func() {
		if blank {
			return
		}
		lines++
		for i, is := range here {
			if is {
				found[i]++
			}
		}
		here, blank = [3]bool{}, true
	}
	for _, b := range text {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			if count(); lines == 10 {
				break
			}
			continue
		}
		blank = blank && (b == ' ' || b == '\r')
		if i := strings.IndexByte(candidates, b); i >= 0 && !quoted {
			here[i] = true
		}
	}
	if lines < 10 {
		count()
	}
	for i, b := range candidates {
		if 2*found[i] > lines {
			return b
		}
	}
	return ','
}

// cut reads the rows; every row has as many fields as the first.
func (t *table) cut(text []byte) error {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = t.separator, -1
	r.TrimLeadingSpace = t.separator != '\t' // it would trim empty fields away
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return fmt.Errorf("line %d: a quotation mark is out of place: allowed \"…\" around a whole field, doubled inside", parse.StartLine)
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		for j, field := range row {
			row[j] = strings.TrimSpace(field)
		}
		if len(t.rows) > 0 && len(row) != len(t.rows[0]) {
			return fmt.Errorf("line %d: %d fields, needed %d as in line %d", line, len(row), len(t.rows[0]), t.lines[0])
		}
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
}

// nameColumns takes the first row for the header, if it is one.
func (t *table) nameColumns(header Header) {
	t.header = header == WithHeader || header == DetectHeader && t.looksLikeHeader()
	t.names = numbered("column ", len(t.rows[0]))
	if !t.header {
		return
	}
	for j, name := range t.rows[0] {
		if name != "" {
			t.names[j] = name
		}
	}
	t.rows, t.lines = t.rows[1:], t.lines[1:]
}

// looksLikeHeader: above columns of numbers a header has no number and at least
// one text; where there are no numbers, its names are all different and none
// comes again in its column.
func (t *table) looksLikeHeader() bool {
	if len(t.rows) < 2 {
		return false
	}
	first, body := t.rows[0], &table{rows: t.rows[1:], missing: t.missing}
	numeric, texts := false, false
	for j, name := range first {
		if c := body.count(j); c.numbers == 0 || c.numbers < c.texts {
			continue
		}
		numeric = true
		if _, is := number(name, t.separator); is {
			return false
		}
		texts = texts || !t.isMissing(name)
	}
	if numeric {
		return texts
	}
	seen := map[string]bool{}
	for j, name := range first {
		if name == "" || seen[name] {
			return false
		}
		seen[name] = true
		for _, row := range body.rows {
			if row[j] == name {
				return false
			}
		}
	}
	return true
}

func (t *table) isMissing(field string) bool { return t.missing[strings.ToLower(field)] }

// tally counts what a column holds.
type tally struct{ numbers, texts, missing int }

func (t *table) count(j int) (c tally) {
	for _, row := range t.rows {
		if t.isMissing(row[j]) {
			c.missing++
		} else if _, is := number(row[j], t.separator); is {
			c.numbers++
		} else {
			c.texts++
		}
	}
	return c
}

// number reads a field as a number, perhaps not a finite one. A decimal comma is
// understood where the comma doesn't separate fields.
func number(field string, separator rune) (v float64, is bool) {
	if separator != ',' && strings.Count(field, ",") == 1 && !strings.Contains(field, ".") {
		field = strings.Replace(field, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(field, 64)
	return v, err == nil || errors.Is(err, strconv.ErrRange)
}

// finite reads a field as a finite number.
func finite(field string, separator rune) (v float64, is bool) {
	v, is = number(field, separator)
	return v, is && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// column finds a column by its name or by its number from 1. what it is for
// begins the error.
func (t *table) column(what, ref string) (int, error) {
	found := -1
	for j, name := range t.names {
		if name == ref {
			if found >= 0 {
				return 0, fmt.Errorf("%s: columns %d and %d are both named %q, allowed the number of one", what, found+1, j+1, ref)
			}
			found = j
		}
	}
	if found >= 0 {
		return found, nil
	}
	if n, err := strconv.Atoi(ref); err == nil && n >= 1 && n <= len(t.names) {
		return n - 1, nil
	}
	if !t.header {
		return 0, fmt.Errorf("%s: no column %q, allowed 1..%d (the file has no header)", what, ref, len(t.names))
	}
	listed, more := t.names, ""
	if len(listed) > 12 {
		listed, more = listed[:12], ", …"
	}
	return 0, fmt.Errorf("%s: no column %q, allowed 1..%d or %s%s", what, ref, len(t.names), strings.Join(listed, ", "), more)
}

// at names a field for an error.
func (t *table) at(i, j int) string {
	return fmt.Sprintf("line %d, column %q", t.lines[i], t.names[j])
}
