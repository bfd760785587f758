package paper

import (
	"math"
	"testing"
)

func TestTheShareOfTheWorkGoesByWhatCellsTook(t *testing.T) {
	t.Parallel()
	sets := []Set{{Name: "a"}, {Name: "b"}}
	p := &Plan{Reproduction: Reproduction{Axis: "α"}}
	p.Rows = []Row{{Group: "slow", X: 1, Sets: sets}, {Group: "slow", X: 10, Sets: sets}, {Group: "quick", X: 1, Sets: sets}}
	for seed := 1; seed <= 2; seed++ {
		for _, s := range sets {
			for row := range p.Rows {
				p.Cells = append(p.Cells, Cell{Row: row, Set: s.Name, Seed: seed})
			}
		}
	}
	took := make([]float64, len(p.Cells))
	is := func(when string, want float64) {
		t.Helper()
		if got := p.Share(took); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
	}
	is("nothing has run", 0)
	took[0] = 2
	// Of the group's other row ten times as much, of the unknown row the mean.
	is("one cell has run", 2./(4*2+4*20+4*2))
	took[1], took[2] = 30, 1
	is("each row has run on one set", 33./(4*33))
	took[3], took[4], took[5] = 4, 60, 1
	is("all has run with one seed", 98./(2*98))
	for i := 6; i < 12; i++ {
		took[i] = took[i-6]
	}
	is("all has run", 1)
	p.Axis, took = "σ", make([]float64, len(p.Cells))
	took[0] = 2
	is("one cell has run, and x is no budget", 1./12)
}
