package figure

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"modelheist/core/model"
	"modelheist/core/paint"
)

// content is a figure of two rbf machines, one trained on a part of the data.
func content(t testing.TB) *Content {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	data := model.Data{Dim: 2, Classes: 2}
	c := &Content{Title: "svm on <rings> & more", Link: "v=1&data=circles&seed=7", ClassNames: []string{"inner", "outer \"<b>"}, Budget: 200}
	for i := range 120 {
		a, y := 2*math.Pi*r.Float64(), i%2
		radius := 0.35 + 0.4*float64(y) + 0.05*r.NormFloat64()
		data.X = append(data.X, radius*math.Cos(a), radius*math.Sin(a))
		data.Labels = append(data.Labels, y)
		c.Points = append(c.Points, Mark{data.X[2*i], data.X[2*i+1], y})
		c.Queries = append(c.Queries, Mark{2*r.Float64() - 1, 2*r.Float64() - 1, y})
	}
	train := func(n int) model.Classifier {
		part := model.Data{Dim: 2, Classes: 2, X: data.X[:2*n], Labels: data.Labels[:n]}
		m, err := model.Recipe{Family: "svm", Kernel: "rbf", Gamma: 4, C: 10}.Train(part, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	c.Victim, c.Copy = train(120), train(40)
	c.Curve = []paint.Point{{X: 20, Y: 0.8}, {X: 100, Y: 0.93}, {X: 200, Y: 0.971}}
	return c
}

func draw(t testing.TB, c *Content, theme *Theme) *Drawing {
	t.Helper()
	d, err := Draw(c, theme)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var number = regexp.MustCompile(`-?[0-9.]+`)

func TestDecisionLinesOfTheFileRunWhereTheModelIsUndecided(t *testing.T) {
	t.Parallel()
	c := content(t)
	text := string(draw(t, c, &Light).SVG())
	for class, m := range map[string]model.Classifier{"victim-line": c.Victim, "copy-line": c.Copy} {
		line := regexp.MustCompile(`<path class="` + class + `"[^>]* d="([^"]*)"`).FindStringSubmatch(text)
		if line == nil {
			t.Fatalf("no %s", class)
		}
		left := float64(margin)
		if class == "copy-line" {
			left = 2*margin + side
		}
		top := float64(margin + 18 + title)
		list := number.FindAllString(line[1], -1)
		if len(list) < 100 {
			t.Fatalf("%s has %d numbers", class, len(list))
		}
		label := func(px, py float64) bool {
			s := make([]float64, 2)
			m.ScoresTo(s, []float64{2*(px-left)/side - 1, 1 - 2*(py-top)/side})
			return s[1] > s[0]
		}
		for i := 0; i+1 < len(list); i += 2 {
			x, _ := strconv.ParseFloat(list[i], 64)
			y, _ := strconv.ParseFloat(list[i+1], 64)
			// Both labels are found within a pixel of the line.
			here, other := label(x, y), false
			for k := range 16 {
				a := float64(k) * math.Pi / 8
				other = other || label(x+math.Cos(a), y+math.Sin(a)) != here
			}
			if !other {
				t.Fatalf("%s passes (%v, %v), where the label does not change", class, x, y)
			}
		}
	}
}

func TestAPlotAloneIsThatOfTheFigure(t *testing.T) {
	t.Parallel()
	c := content(t)
	whole := string(draw(t, c, &Dark).SVG())
	for part, want := range map[Part]string{TheVictim: `class="victim-line"`, TheCopy: `class="copy-line"`} {
		d, err := Plot(c, &Dark, part)
		if err != nil || d.W != side || d.H != side {
			t.Fatalf("%v×%v, %v", d.W, d.H, err)
		}
		if text := string(d.SVG()); !strings.Contains(text, want) || !strings.Contains(whole, want) || strings.Count(text, "-line\"") != 1 {
			t.Errorf("plot %d: %d lines, want %s alone", part, strings.Count(text, "-line\""), want)
		}
	}
}

func TestTheFileIsXMLWhateverTheNamesAre(t *testing.T) {
	t.Parallel()
	c := content(t)
	c.Title += "\x00\x1b\xff"
	d := xml.NewDecoder(strings.NewReader(string(draw(t, c, &Dark).SVG())))
	var titles, links []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, is := token.(xml.StartElement)
		if !is || start.Name.Local != "title" && start.Name.Local != "metadata" {
			continue
		}
		var text string
		if err := d.DecodeElement(&text, &start); err != nil {
			t.Fatal(err)
		}
		if start.Name.Local == "title" {
			titles = append(titles, text)
		} else {
			links = append(links, text)
		}
	}
	if len(titles) != 1 || !strings.HasPrefix(titles[0], "svm on <rings> & more") || len(links) != 1 || links[0] != c.Link {
		t.Errorf("titles %q, links %q", titles, links)
	}
}

func TestFiguresOfWhatIsNotOnThePlaneHaveTheChartOnly(t *testing.T) {
	t.Parallel()
	c := content(t)
	c.Victim, c.Copy = nil, nil
	text := string(draw(t, c, &Light).SVG())
	if strings.Contains(text, "<image") || !strings.Contains(text, `class="curve"`) {
		t.Error("fields or no curve")
	}
}

func TestAFigureCanBeCancelled(t *testing.T) {
	t.Parallel()
	c := content(t)
	stop := errors.New("stop")
	c.Tick = func() error { return stop }
	if _, err := Draw(c, &Light); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// The page's own colours are light-dark(#rrggbb, #rrggbb) in its style sheet.
func TestThemesAreThePagesColours(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("../../site/style.css")
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]func(*Theme) paint.Colour{
		"paper": func(t *Theme) paint.Colour { return t.Paper }, "card": func(t *Theme) paint.Colour { return t.Card },
		"ink": func(t *Theme) paint.Colour { return t.Ink }, "soft": func(t *Theme) paint.Colour { return t.Soft },
		"line": func(t *Theme) paint.Colour { return t.Line }, "differ": func(t *Theme) paint.Colour { return t.Accent },
		"class-0": func(t *Theme) paint.Colour { return t.Classes[0] }, "class-1": func(t *Theme) paint.Colour { return t.Classes[1] },
		"class-2": func(t *Theme) paint.Colour { return t.Classes[2] }, "class-3": func(t *Theme) paint.Colour { return t.Classes[3] },
	} {
		found := regexp.MustCompile(`--` + name + `: light-dark\((#\w{6}), (#\w{6})\)`).FindSubmatch(css)
		if found == nil {
			t.Errorf("style.css has no --%s", name)
			continue
		}
		for i, theme := range []*Theme{&Light, &Dark} {
			if want, err := paint.ParseColour(string(found[i+1])); err != nil || of(theme) != want {
				t.Errorf("--%s is %s in the style sheet and %v here", name, found[i+1], of(theme))
			}
		}
	}
}
