package dataset

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Shipped is a data set that comes with the project.
type Shipped struct {
	Name, Title string
	File        string // in site/data
}

// ShippedSets are the data sets in site/data by name.
var ShippedSets = []Shipped{
	{"iris", "Iris", "iris.csv"},
	{"digits", "Digits", "digits.csv.gz"},
	{"breast-cancer", "Breast Cancer", "breast_cancer.csv"},
	{"wine", "Wine", "wine.csv"},
}

// ParseShipped reads the unpacked text of a shipped set: for digits 64 pixels
// and the class a line; for the others a first line with the numbers of rows and
// features and the class names, then features and class index a line. The set
// is not yet scaled.
func ParseShipped(name string, text []byte) (*Set, error) {
	lines := strings.Split(strings.TrimSpace(string(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))), "\n")
	s := &Set{Name: name}
	dim, first := 64, 1
	if name == "digits" {
		for c := range 10 {
			s.ClassNames = append(s.ClassNames, strconv.Itoa(c))
		}
	} else {
		head := strings.Split(lines[0], ",")
		if len(head) < 4 {
			return nil, fmt.Errorf("dataset: %s line 1: %q is not rows, features and at least two class names", name, lines[0])
		}
		n, err1 := strconv.Atoi(head[0])
		d, err2 := strconv.Atoi(head[1])
		if err1 != nil || err2 != nil || d < 1 || n != len(lines)-1 {
			return nil, fmt.Errorf("dataset: %s line 1: announces %q rows × %q features, the file has %d rows", name, head[0], head[1], len(lines)-1)
		}
		dim, first, lines, s.ClassNames = d, 2, lines[1:], head[2:]
	}
	for i, line := range lines {
		if err := s.appendLine(line, dim); err != nil {
			return nil, fmt.Errorf("dataset: %s line %d: %w", name, i+first, err)
		}
	}
	names := features(name)
	if len(names) != dim {
		names = numbered("x", dim)
	}
	s.Domain = ranges(names, s.X)
	return s, nil
}

// appendLine adds one row of dim numbers and a class index.
func (s *Set) appendLine(line string, dim int) error {
	fields := strings.Split(line, ",")
	if len(fields) != dim+1 {
		return fmt.Errorf("%d fields, expected %d", len(fields), dim+1)
	}
	for j, f := range fields[:dim] {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("field %d: %q is not a finite number", j+1, f)
		}
		s.X = append(s.X, v)
	}
	c, err := strconv.Atoi(fields[dim])
	if err != nil || c < 0 || c >= len(s.ClassNames) {
		return fmt.Errorf("class %q, allowed 0..%d", fields[dim], len(s.ClassNames)-1)
	}
	s.Y = append(s.Y, c)
	return nil
}
