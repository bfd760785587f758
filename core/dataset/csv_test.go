package dataset

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"modelheist/core/domain"
)

// survey is shaped like Adult: numbers, categories, "?" for what isn't known.
const survey = `age, work, hours, income
39, State-gov, 40, <=50K
50, ?, 13, <=50K
38, Private, 40, >50K
53, Private, 45, >50K
`

func TestCSVReadsNumbersAndCategories(t *testing.T) {
	t.Parallel()
	s, err := ReadCSV([]byte(survey), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"age", "work=Private", "work=State-gov", "work=?", "hours"}; !slices.Equal(names(s.Domain), want) {
		t.Errorf("features %q, want %q", names(s.Domain), want)
	}
	if want := []float64{39, 0, 1, 0, 40, 50, 0, 0, 1, 13, 38, 1, 0, 0, 40, 53, 1, 0, 0, 45}; !slices.Equal(s.X, want) {
		t.Errorf("points %v, want %v", s.X, want)
	}
	if !slices.Equal(s.Y, []int{0, 0, 1, 1}) || !slices.Equal(s.ClassNames, []string{"<=50K", ">50K"}) {
		t.Errorf("labels %v of %q", s.Y, s.ClassNames)
	}
	if !reflect.DeepEqual(s.Domain[4], domain.Feature{Name: "hours", Low: 13, High: 45}) {
		t.Errorf("domain %v", s.Domain)
	}
	if scaled := Scale(s); !slices.Equal(scaled.X[:5], []float64{2*1./15 - 1, -1, 1, -1, 2*27./32 - 1}) {
		t.Errorf("scaled first row %v", scaled.X[:5])
	}
}

func TestCSVKeepsCategoriesTogetherIfAsked(t *testing.T) {
	t.Parallel()
	text := []byte("age,work,label\n20,b,no\n30,?,yes\n40,a,no\n50,b,yes\n")
	s, err := ReadCSV(text, CSVOptions{Categories: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Domain[1]; got.Name != "work" || !slices.Equal(got.Categories, []string{"a", "b", "?"}) || got.High != 2 {
		t.Errorf("%+v", got)
	}
	for _, s := range []*Set{s, Scale(s)} {
		var column []float64
		for i := 1; i < len(s.X); i += 2 {
			column = append(column, s.X[i])
		}
		if !slices.Equal(column, []float64{1, 2, 0, 1}) || len(s.Domain[1].Categories) != 3 || s.Domain[0].Categories != nil {
			t.Errorf("categories %v of %+v", column, s.Domain)
		}
	}
	if s := Scale(s); s.X[0] != -1 || s.X[6] != 1 || s.Raw[1].High != 2 {
		t.Errorf("%v, %+v", s.X, s.Raw)
	}
}

func TestCSVDropsRowsWithMissingValues(t *testing.T) {
	t.Parallel()
	s, err := ReadCSV([]byte(survey), CSVOptions{DropMissing: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.N() != 3 || !slices.Equal(names(s.Domain), []string{"age", "work=Private", "work=State-gov", "hours"}) {
		t.Errorf("%d rows, features %q", s.N(), names(s.Domain))
	}
	s, err = ReadCSV([]byte(survey), CSVOptions{DropMissing: true, Columns: []string{"age"}})
	if err != nil || s.N() != 4 {
		t.Errorf("a missing value in a column that isn't used dropped its row: %v, %v", s, err)
	}
	s, err = ReadCSV([]byte("a,b\n-9,x\n1,y\n2,y\n3,x\n"), CSVOptions{DropMissing: true, Missing: []string{"-9"}})
	if err != nil || s.N() != 3 {
		t.Errorf("missing values of one's own: %v, %v", s, err)
	}
}

func TestCSVColumnsAreChosenByNameOrNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o       CSVOptions
		classes []string
		columns []string
	}{
		{CSVOptions{Label: "work", Columns: []string{"hours", "1"}}, nil, nil}, // "?" is no label
		{CSVOptions{Label: "1", Columns: []string{"hours"}}, []string{"38", "39", "50", "53"}, []string{"hours"}},
		{CSVOptions{Label: "income", Columns: []string{"hours", "age"}}, []string{"<=50K", ">50K"}, []string{"hours", "age"}},
		{CSVOptions{Columns: []string{"hours"}, Texts: []string{"hours"}}, []string{"<=50K", ">50K"}, []string{"hours=13", "hours=40", "hours=45"}},
	} {
		s, err := ReadCSV([]byte(survey), c.o)
		if c.classes == nil {
			if err == nil {
				t.Errorf("%+v: no error", c.o)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.ClassNames, c.classes) || !slices.Equal(names(s.Domain), c.columns) {
			t.Errorf("%+v: classes %q, columns %q", c.o, s.ClassNames, names(s.Domain))
		}
	}
}

func TestCSVDetectsItsLayout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		about, text string
		header      bool
		separator   rune
		first       []float64
	}{
		{"header", "x,y,c\n1,2,a\n3,4,b\n", true, ',', []float64{1, 2}},
		{"no header", "1,2,a\n3,4,b\n", false, ',', []float64{1, 2}},
		{"semicolons and decimal commas", "1,5;2,5;a\n3,25;4;b\n", false, ';', []float64{1.5, 2.5}},
		{"tabs, an empty name", "\ty\tc\n1\t2\ta\n3\t4\tb\n", true, '\t', []float64{1, 2}},
		{"quotes and line breaks within", "\"x, or so\",\"y \"\"q\"\"\",c\r\n1,2,\"a\nb\"\r\n3,4,b\r\n", true, ',', []float64{1, 2}},
		{"byte order mark", "\ufeffx,y,c\n1,2,a\n3,4,b", true, ',', []float64{1, 2}},
		{"carriage returns", "x,y,c\r1,2,a\r3,4,b\r", true, ',', []float64{1, 2}},
		{"blank lines", "\nx,y,c\n\n1,2,a\n\n3,4,b\n\n", true, ',', []float64{1, 2}},
		{"texts with a header", "size,colour,c\nbig,red,a\nbig,blue,b\n", true, ',', []float64{1, 0, 1}},
		{"texts without", "big,red,a\nbig,blue,b\n", false, ',', []float64{1, 0, 1}},
		{"a first row of missing values", "?,2,a\n3,4,b\n1,2,a\n", false, ',', nil},
	} {
		p, err := Inspect([]byte(c.text), CSVOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.about, err)
			continue
		}
		if p.Header != c.header || p.Separator != c.separator {
			t.Errorf("%s: header %v, separator %q", c.about, p.Header, p.Separator)
		}
		s, err := ReadCSV([]byte(c.text), CSVOptions{})
		if c.first == nil {
			continue
		}
		if err != nil || !slices.Equal(s.X[:s.D()], c.first) {
			t.Errorf("%s: %+v, %v; want first row %v", c.about, s, err, c.first)
		}
	}
	text := "1,2,7\n3,4,8\n5,6,7\n"
	with, _ := ReadCSV([]byte(text), CSVOptions{Header: WithHeader})
	without, _ := ReadCSV([]byte(text), CSVOptions{Header: WithoutHeader})
	if with.N() != 2 || names(with.Domain)[0] != "1" || without.N() != 3 || names(without.Domain)[0] != "column 1" {
		t.Errorf("told about the header: %v and %v", with, without)
	}
}

func TestInspectDescribesColumns(t *testing.T) {
	t.Parallel()
	p, err := Inspect([]byte(survey+"1,x,2,y\n2,x,2,y\n"), CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Column{{"age", "number", 6, 0}, {"work", "category", 3, 1}, {"hours", "number", 4, 0}, {"income", "category", 3, 0}}
	if !slices.Equal(p.Columns, want) || p.Count != 6 || len(p.Rows) != 5 || p.Rows[1][1] != "?" {
		t.Errorf("%+v", p)
	}
}

func TestCSVErrorsSayWhatAndWhereAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	var wide strings.Builder
	for i := range 120 {
		fmt.Fprintf(&wide, "%d,t%d,%d.5\n", i%7, i, i)
	}
	for _, c := range []struct {
		text string
		o    CSVOptions
		want string
	}{
		{"", CSVOptions{}, "the file is empty, needed rows of features and a label"},
		{"x,y\n", CSVOptions{Header: WithHeader}, "no rows after the header, needed at least two"},
		{"abc\ndef\n", CSVOptions{}, "line 1: one column, needed at least one feature and the label, separated by comma, semicolon or tab"},
		{"x,y,c\n1,2,a\n\n3,4\n", CSVOptions{}, "line 4: 2 fields, needed 3 as in line 1"},
		{"x,y,c\n1,2,a\n3,four,b\n5,6,b\n", CSVOptions{}, `line 3, column "y": "four" is not a number, and 2 of the column's 3 values are; allowed numbers only or, read as a category, texts`},
		{"x,c\na,a\nb,b\n", CSVOptions{Numbers: []string{"x"}}, `line 2, column "x": "a" is not a number, and 0 of the column's 2 values are; allowed numbers only or, read as a category, texts`},
		{"x,c\n1,a\nNaN,b\n", CSVOptions{}, `line 3, column "x": "NaN" is a missing value in a column of numbers, allowed finite numbers; or drop rows with missing values`},
		{"x,c\n1,a\nNaN,b\n", CSVOptions{Missing: []string{""}}, `line 3, column "x": "NaN" is not a finite number, allowed up to ±1.8e308`},
		{"x,c\n1,a\n-Inf,b\n", CSVOptions{}, `line 3, column "x": "-Inf" is not a finite number, allowed up to ±1.8e308`},
		{"x,c\n1,a\n1e999,b\n", CSVOptions{}, `line 3, column "x": "1e999" is not a finite number, allowed up to ±1.8e308`},
		{"x,c\n1,a\n2,a\n", CSVOptions{}, `column "c": all 2 rows have the label "a", needed at least two classes`},
		{"x,c\n1,a\n2,?\n", CSVOptions{}, `line 3, column "c": "?" is a missing label, allowed a class in every row; or drop rows with missing values`},
		{"x,c\n1,?\n?,a\n", CSVOptions{DropMissing: true}, "all 2 rows have a missing value, needed at least two without"},
		{wide.String(), CSVOptions{}, `column "column 3": 120 different labels, allowed 2..100: is it a quantity rather than a class?`},
		{"x,c\n1,a\n2,b\n", CSVOptions{Label: "kind"}, `label: no column "kind", allowed 1..2 or x, c`},
		{"1,a\n2,b\n", CSVOptions{Label: "0"}, `label: no column "0", allowed 1..2 (the file has no header)`},
		{"x,x,c\n1,1,a\n2,2,b\n", CSVOptions{Columns: []string{"x"}}, `columns: columns 1 and 2 are both named "x", allowed the number of one`},
		{"x,c\n1,a\n2,b\n", CSVOptions{Columns: []string{"c"}}, `columns: "c" is the label, allowed other columns`},
		{"x,c\n1,a\n2,b\n", CSVOptions{Columns: []string{}}, `columns: none chosen, needed at least one beside the label "c"`},
		{"x,c\n1,a\n\"2,b\n", CSVOptions{}, "line 3: a quotation mark is out of place: allowed \"…\" around a whole field, doubled inside"},
		{"x,c\n1,\x00\n", CSVOptions{}, "line 2: not readable as text, allowed UTF-8"},
		{"x,c\n1,a\n2,caf\xe9\n", CSVOptions{}, "line 3: not readable as text, allowed UTF-8"},
		{strings.Repeat("1,a\n", MaxCSVBytes/4+1), CSVOptions{}, "the file has 5000004 bytes, allowed at most 5000000"},
		{strings.Repeat("1,a\n", 2_500_000), CSVOptions{}, "the file has 10000000 bytes, allowed at most 5000000"},
	} {
		_, err := ReadCSV([]byte(c.text), c.o)
		if err == nil || err.Error() != c.want {
			t.Errorf("%.40q %+v:\n got %v\nwant %s", c.text, c.o, err, c.want)
		}
	}
}

func TestCSVRefusesMoreThanFitsInMemory(t *testing.T) {
	t.Parallel()
	var texts, product strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&texts, "id%d,%d\n", i, i%2)
	}
	for i := range 20_000 {
		fmt.Fprintf(&product, "id%d,%d\n", i%999, i%2)
	}
	if _, err := ReadCSV([]byte(texts.String()), CSVOptions{}); err == nil || err.Error() != `column "column 1": 1200 different texts, allowed at most 1000: leave the column out` {
		t.Error(err)
	}
	if _, err := ReadCSV([]byte(product.String()), CSVOptions{}); err == nil || !strings.HasPrefix(err.Error(), "20000 rows × 999 features") {
		t.Error(err)
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte(survey), "", 0, false)
	f.Add([]byte("1,5;2,5;a\n3,25;4;b\n"), "3", 1, true)
	f.Add([]byte("\ufeff\"a\"\"\",b\r1,\"2\r\n\"\r"), "b", 2, true)
	f.Add([]byte("x\ty\n\t\n1\t2\n"), "x", 0, false)
	f.Fuzz(func(t *testing.T, text []byte, label string, header int, drop bool) {
		o := CSVOptions{Label: label, Header: Header(uint(header) % 3), DropMissing: drop}
		s, err := ReadCSV(text, o)
		p, inspected := Inspect(text, o)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a sentence")
			}
			return
		}
		if inspected != nil || s.N() > p.Count || len(p.Columns) < 2 {
			t.Fatalf("read, but not inspected: %v", inspected)
		}
		if len(s.X) != s.N()*s.D() || s.N() < s.Classes() || s.Classes() < 2 {
			t.Fatalf("%d values, %d×%d, %d classes", len(s.X), s.N(), s.D(), s.Classes())
		}
		for _, y := range s.Y {
			if y < 0 || y >= s.Classes() {
				t.Fatalf("label %d of %d classes", y, s.Classes())
			}
		}
		for _, v := range Scale(s).X {
			if !(math.Abs(v) <= 1) {
				t.Fatalf("scaled to %v", v)
			}
		}
	})
}
