package figure

import (
	"bytes"
	"encoding/base64"
	"math"
	"strconv"
	"strings"
)

// MetaID is the id of the SVG's element that holds the experiment's link.
const MetaID = "modelheist"

// SVG writes the drawing as an SVG file: vectors, the fields as embedded PNG.
func (d *Drawing) SVG() []byte {
	w := &svg{}
	size := " width=\"" + px(d.W) + "\" height=\"" + px(d.H) + "\" viewBox=\"0 0 " + px(d.W) + " " + px(d.H) + "\""
	w.line("<svg xmlns=\"http://www.w3.org/2000/svg\"" + size + " role=\"img\" font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif\" stroke-linecap=\"round\" stroke-linejoin=\"round\">")
	w.line("<title>" + escape(d.Title) + "</title>")
	if d.Link != "" {
		w.line("<metadata id=\"" + MetaID + "\">" + escape(d.Link) + "</metadata>")
	}
	for _, s := range d.Shapes {
		switch {
		case s.Path != nil:
			w.path(s.Name, s.Path)
		case s.Image != nil:
			w.image(s.Image)
		default:
			w.text(s.Text)
		}
	}
	w.line("</svg>")
	return w.Bytes()
}

type svg struct{ bytes.Buffer }

func (w *svg) line(s string) { w.WriteString(s + "\n") }

// px writes a length to a hundredth.
func px(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;")

// escape makes a text that XML can hold: control characters are left out.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return escaper.Replace(s)
}

func (c Ink) attributes(name string) string {
	if c.Alpha == 0 {
		if name == "fill" {
			return " fill=\"none\"" // without a word it would be black
		}
		return ""
	}
	const digits = "0123456789abcdef"
	out := " " + name + "=\"#"
	for _, v := range c.Colour {
		out += string([]byte{digits[v>>4], digits[v&15]})
	}
	out += "\""
	if c.Alpha < 1 {
		out += " " + name + "-opacity=\"" + px(c.Alpha) + "\""
	}
	return out
}

func (w *svg) path(name string, p *Path) {
	var b strings.Builder
	for _, line := range p.Lines {
		for i, q := range line {
			b.WriteString([]string{"M", "L"}[min(i, 1)] + px(q.X) + " " + px(q.Y))
		}
		if p.Closed {
			b.WriteString("Z")
		}
	}
	for _, c := range p.Discs {
		r, whole := px(c.R), px(2*c.R)
		b.WriteString("M" + px(c.X-c.R) + " " + px(c.Y) + "a" + r + " " + r + " 0 1 0 " + whole + " 0a" + r + " " + r + " 0 1 0 -" + whole + " 0Z")
	}
	if b.Len() == 0 {
		return
	}
	out := "<path"
	if name != "" {
		out += " class=\"" + escape(name) + "\""
	}
	out += p.Fill.attributes("fill") + p.Stroke.attributes("stroke")
	if p.Stroke.Alpha > 0 {
		out += " stroke-width=\"" + px(p.Width) + "\""
	}
	for i, v := range p.Dash {
		out += []string{" stroke-dasharray=\"", " "}[min(i, 1)] + px(v)
	}
	if len(p.Dash) > 0 {
		out += "\""
	}
	w.line(out + " d=\"" + b.String() + "\"/>")
}

func (w *svg) image(m *Image) {
	w.line("<image x=\"" + px(m.X) + "\" y=\"" + px(m.Y) + "\" width=\"" + px(m.W) + "\" height=\"" + px(m.H) + "\" preserveAspectRatio=\"none\" href=\"data:image/png;base64," +
		base64.StdEncoding.EncodeToString(m.PNG()) + "\"/>")
}

func (w *svg) text(t *Text) {
	out := "<text x=\"" + px(t.X) + "\" y=\"" + px(t.Y) + "\" font-size=\"" + px(t.Size) + "\""
	if t.Anchor != Start && t.Anchor != "" {
		out += " text-anchor=\"" + string(t.Anchor) + "\""
	}
	if t.Bold {
		out += " font-weight=\"600\""
	}
	if t.Italic {
		out += " font-style=\"italic\""
	}
	w.line(out + t.Ink.attributes("fill") + ">" + escape(t.Text) + "</text>")
}
