package figure

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"testing"

	"modelheist/core/paint"
)

// Read by the standard library's decoder, which checks all sums.
func TestThePNGHoldsEveryPixel(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for name, pixel := range map[string]func(x, y int) uint8{
		"one colour": func(int, int) uint8 { return 200 },
		"a slope":    func(x, y int) uint8 { return uint8((x + 2*y) / 3) },
		"noise":      func(int, int) uint8 { return uint8(r.IntN(256)) },
		"blocks":     func(x, y int) uint8 { return uint8(x / 20 * (y / 9)) },
	} {
		for _, size := range [][2]int{{1, 1}, {1, 700}, {700, 1}, {256, 256}, {33, 40}} {
			m := &Image{Columns: size[0], Rows: size[1]}
			for i := range 256 {
				m.Palette = append(m.Palette, paint.Colour{uint8(i), uint8(255 - i), 7})
			}
			for y := range m.Rows {
				for x := range m.Columns {
					m.Pixels = append(m.Pixels, pixel(x, y))
				}
			}
			file := m.PNG()
			got, err := png.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatalf("%s, %v: %v", name, size, err)
			}
			if !bytes.Equal(got.(*image.Paletted).Pix, m.Pixels) {
				t.Errorf("%s, %v: other pixels", name, size)
			}
		}
	}
}

func TestFieldsAreSmallFiles(t *testing.T) {
	t.Parallel()
	if n := len(draw(t, content(t), &Light).SVG()); n > 160_000 {
		t.Errorf("a figure of %d bytes", n)
	} else {
		t.Logf("%d bytes", n)
	}
}
