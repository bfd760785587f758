// Package raster paints a figure's drawing as pixels and writes them as PNG, for
// programs that have no browser to do it.
package raster

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"modelheist/core/figure"
	"modelheist/core/paint"
)

// Keyword of the PNG's text chunk that holds the experiment's link.
const Keyword = "modelheist"

// PNG writes the drawing at scale pixels to one, with the link of its experiment
// in a text chunk.
func PNG(d *figure.Drawing, scale float64) ([]byte, error) {
	var file bytes.Buffer
	if err := png.Encode(&file, Paint(d, scale)); err != nil {
		return nil, err
	}
	if d.Link == "" {
		return file.Bytes(), nil
	}
	// The first chunk, IHDR, ends after 8 bytes of signature and 25 of its own.
	const header = 8 + 25
	body := append([]byte("tEXt"+Keyword+"\x00"), d.Link...)
	out := append([]byte(nil), file.Bytes()[:header]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)-4))
	out = append(out, body...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	return append(out, file.Bytes()[header:]...), nil
}

// Paint makes the pixels.
func Paint(d *figure.Drawing, scale float64) *image.RGBA {
	p := &painter{
		scale: scale, faces: map[style]font.Face{},
		out: image.NewRGBA(image.Rect(0, 0, int(math.Ceil(d.W*scale)), int(math.Ceil(d.H*scale)))),
	}
	for _, s := range d.Shapes {
		switch {
		case s.Path != nil:
			p.path(s.Path)
		case s.Image != nil:
			p.image(s.Image)
		default:
			p.text(s.Text)
		}
	}
	return p.out
}

type painter struct {
	out   *image.RGBA
	scale float64
	faces map[style]font.Face
}

func nrgba(c figure.Ink) color.NRGBA {
	return color.NRGBA{c.Colour[0], c.Colour[1], c.Colour[2], uint8(math.Round(255 * c.Alpha))}
}

func (p *painter) image(m *figure.Image) {
	k := p.scale
	toSheet := f64.Aff3{m.W * k / float64(m.Columns), 0, m.X * k, 0, m.H * k / float64(m.Rows), m.Y * k}
	source := pixels(m)
	draw.BiLinear.Transform(p.out, toSheet, source, source.Bounds(), draw.Src, nil)
}

// pixels are the image's own.
func pixels(m *figure.Image) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Columns, m.Rows))
	for i, k := range m.Pixels {
		c := m.Palette[k]
		copy(out.Pix[4*i:], []uint8{c[0], c[1], c[2], 255})
	}
	return out
}

func (p *painter) path(path *figure.Path) {
	lines := path.Lines
	for _, c := range path.Discs {
		lines = append(lines, circle(c.X, c.Y, c.R))
	}
	if path.Fill.Alpha > 0 {
		shape := p.shape()
		for _, line := range lines {
			shape.polygon(line)
		}
		shape.fill(path.Fill)
	}
	if path.Stroke.Alpha == 0 {
		return
	}
	shape := p.shape()
	for i, line := range lines {
		closed := path.Closed || i >= len(path.Lines)
		if closed && len(line) > 0 {
			line = append(append([]paint.Point(nil), line...), line[0])
		}
		for _, dash := range dashes(line, path.Dash) {
			shape.stroke(dash, path.Width/2)
		}
	}
	shape.fill(path.Stroke)
}

func circle(x, y, r float64) []paint.Point {
	const corners = 32
	out := make([]paint.Point, corners)
	for i := range out {
		a := 2 * math.Pi * float64(i) / corners
		out[i] = paint.Point{X: x + r*math.Cos(a), Y: y + r*math.Sin(a)}
	}
	return out
}

// dashes cuts a line into its dashes.
func dashes(line []paint.Point, lengths []float64) [][]paint.Point {
	if len(lengths) == 0 || len(line) < 2 {
		return [][]paint.Point{line}
	}
	var out [][]paint.Point
	at, left, on := 0, lengths[0], true
	current := []paint.Point{line[0]}
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		length := math.Hypot(to.X-from.X, to.Y-from.Y)
		for done := 0.0; length-done > left; {
			done += left
			cut := paint.Point{X: from.X + (to.X-from.X)*done/length, Y: from.Y + (to.Y-from.Y)*done/length}
			if on {
				out = append(out, append(current, cut))
			}
			at++
			on, left, current = !on, lengths[at%len(lengths)], []paint.Point{cut}
			length, from, done = length-done, cut, 0
		}
		left -= length
		current = append(current, to)
	}
	if on {
		out = append(out, current)
	}
	return out
}

// shape gathers polygons that are filled as one: where they overlap, once.
type shape struct {
	p      *painter
	vector vector.Rasterizer
}

func (p *painter) shape() *shape {
	s := &shape{p: p}
	s.vector.Reset(p.out.Bounds().Dx(), p.out.Bounds().Dy())
	return s
}

// polygon adds one, always turning the same way, or overlaps would be holes.
func (s *shape) polygon(corners []paint.Point) {
	if len(corners) < 3 {
		return
	}
	area := 0.0
	for i, q := range corners {
		next := corners[(i+1)%len(corners)]
		area += q.X*next.Y - next.X*q.Y
	}
	for i := range corners {
		q := corners[i]
		if area < 0 {
			q = corners[len(corners)-1-i]
		}
		x, y := float32(q.X*s.p.scale), float32(q.Y*s.p.scale)
		if i == 0 {
			s.vector.MoveTo(x, y)
		} else {
			s.vector.LineTo(x, y)
		}
	}
	s.vector.ClosePath()
}

// stroke adds a line so far to each side, with round ends and corners.
func (s *shape) stroke(line []paint.Point, half float64) {
	for i, q := range line {
		s.polygon(circle(q.X, q.Y, half))
		if i == 0 {
			continue
		}
		p := line[i-1]
		length := math.Hypot(q.X-p.X, q.Y-p.Y)
		if length == 0 {
			continue
		}
		nx, ny := half*(p.Y-q.Y)/length, half*(q.X-p.X)/length
		s.polygon([]paint.Point{{X: p.X + nx, Y: p.Y + ny}, {X: p.X - nx, Y: p.Y - ny}, {X: q.X - nx, Y: q.Y - ny}, {X: q.X + nx, Y: q.Y + ny}})
	}
}

func (s *shape) fill(ink figure.Ink) {
	s.vector.Draw(s.p.out, s.p.out.Bounds(), image.NewUniform(nrgba(ink)), image.Point{})
}

type style struct {
	size         float64
	bold, italic bool
}

// face is the typeface of a text, made once.
func (p *painter) face(t *figure.Text) font.Face {
	key := style{t.Size, t.Bold, t.Italic}
	if p.faces[key] == nil {
		file := goregular.TTF
		switch {
		case t.Bold:
			file = gobold.TTF
		case t.Italic:
			file = goitalic.TTF
		}
		parsed, err := opentype.Parse(file)
		if err == nil {
			p.faces[key], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: t.Size * p.scale, DPI: 72})
		}
		if err != nil {
			panic(err) // the fonts are part of the program
		}
	}
	return p.faces[key]
}

func (p *painter) text(t *figure.Text) {
	drawer := font.Drawer{Dst: p.out, Src: image.NewUniform(nrgba(t.Ink)), Face: p.face(t)}
	x := fixed.Int26_6(t.X * p.scale * 64)
	switch width := drawer.MeasureString(t.Text); t.Anchor {
	case figure.Middle:
		x -= width / 2
	case figure.End:
		x -= width
	}
	drawer.Dot = fixed.Point26_6{X: x, Y: fixed.Int26_6(t.Y * p.scale * 64)}
	drawer.DrawString(t.Text)
}
