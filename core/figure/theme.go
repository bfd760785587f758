package figure

import "modelheist/core/paint"

// Theme is a figure's colours, those of the page.
type Theme struct {
	Paper, Card, Ink, Soft, Line, Accent paint.Colour
	Classes                              []paint.Colour
	Depth                                float64 // how far a field goes towards its class's colour
}

// Light and Dark are the themes.
var (
	Light = Theme{
		Paper: hex(0xfbfaf7), Card: hex(0xffffff), Ink: hex(0x1a1d23), Soft: hex(0x5d636e), Line: hex(0xe3dfd6), Accent: hex(0x7a5cd6),
		Classes: []paint.Colour{hex(0x0072b2), hex(0xd55e00), hex(0x00806f), hex(0xa3529b)}, Depth: 0.56,
	}
	Dark = Theme{
		Paper: hex(0x14161a), Card: hex(0x1b1e24), Ink: hex(0xeceae4), Soft: hex(0xa3a8b2), Line: hex(0x2e333c), Accent: hex(0xa48cf0),
		Classes: []paint.Colour{hex(0x4aa8e0), hex(0xf08a3c), hex(0x2fb8a6), hex(0xd68fcf)}, Depth: 0.50,
	}
)

func hex(v uint32) paint.Colour { return paint.Colour{uint8(v >> 16), uint8(v >> 8), uint8(v)} }

func (t *Theme) class(c int) paint.Colour { return t.Classes[c%len(t.Classes)] }

// ring is the colour of a query's mark: its answer's, a little towards the ink so
// that it stands out from the field of the same class.
func (t *Theme) ring(c int) paint.Colour { return paint.Mix(t.class(c), t.Ink, 0.18) }
