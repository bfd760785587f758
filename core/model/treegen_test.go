package model

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"modelheist/core/domain"
)

func plains(n, categorical int) domain.Domain {
	d := make(domain.Domain, n)
	for f := range d {
		d[f] = domain.Feature{Name: fmt.Sprint("x", f), Low: -5, High: 5}
		if f < categorical {
			d[f] = domain.Feature{Name: fmt.Sprint("x", f), High: 5, Categories: make([]string, 6)}
		}
	}
	return d
}

func TestRandomTreesHaveTheShapeAskedFor(t *testing.T) {
	t.Parallel()
	for _, s := range []Shape{
		{plains(1, 0), 2, 5, 1, 1, 0},
		{plains(3, 1), 2, 900, 30, 30, 10},
		{plains(12, 12), 5, 430, 193, 28, 17},
		{plains(7, 0), 1, 1076, 155, 155, 9},
		{plains(4, 2), 1, 500, 40, 3, 8},
	} {
		for seed := range uint64(5) {
			g, err := RandomTree(s, rand.New(rand.NewPCG(seed, 1)))
			if err != nil {
				t.Fatalf("%+v: %v", s, err)
			}
			shape := g.Tree.(interface {
				Leaves() int
				Depth() int
			})
			ids, all := map[string]bool{}, map[string]bool{}
			for i, n := range g.Nodes {
				id := fmt.Sprint(n.Label, n.Values[n.Label])
				all[id] = true
				if n.Leaf() {
					ids[id] = true
					continue
				}
				l, r := g.Nodes[n.Left], g.Nodes[n.Right]
				if l.Leaf() && r.Leaf() && s.IDs > 1 && l.Label == r.Label && slices.Equal(l.Values, r.Values) {
					t.Errorf("%d leaves, seed %d: both children of node %d answer alike", s.Leaves, seed, i)
				}
				if got := g.Records[n.Left] + g.Records[n.Right]; got != g.Records[i] {
					t.Errorf("node %d has %v records, its children %v", i, g.Records[i], got)
				}
			}
			if shape.Leaves() != s.Leaves || shape.Depth() != s.Depth || len(ids) != s.IDs || g.Tree.Classes() != s.Classes {
				t.Errorf("%d leaves, depth %d, %d ids; want %+v", shape.Leaves(), shape.Depth(), len(ids), s)
			}
			if s.IDs == s.Leaves && len(all) != len(g.Nodes) {
				t.Errorf("%d answers of %d nodes", len(all), len(g.Nodes))
			}
		}
	}
}

func TestRecordsAreDrawnInsideTheirLeaves(t *testing.T) {
	t.Parallel()
	s := Shape{plains(4, 2), 2, 900, 20, 20, 8}
	g, err := RandomTree(s, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		t.Fatal(err)
	}
	x := g.Draw(4000, rand.New(rand.NewPCG(2, 2)))
	hits := make([]float64, len(g.Nodes))
	for r := range slices.Chunk(x, 4) {
		for f, v := range r {
			if feature := s.Domain[f]; v < feature.Low || v > feature.High {
				t.Fatalf("x%d = %v", f, v)
			}
		}
		hits[g.Tree.(*Tree).Find(r)]++
	}
	for i, n := range g.Nodes {
		share := g.Records[i] / g.Records[0]
		if n.Leaf() && (hits[i]/4000 > share+0.03 || hits[i]/4000 < share-0.03) {
			t.Errorf("leaf %d gets %v of the inputs, has %v of the records", i, hits[i]/4000, share)
		}
	}
}

func TestTheSameSeedGrowsTheSameTree(t *testing.T) {
	t.Parallel()
	s := Shape{plains(4, 2), 3, 900, 20, 15, 8}
	a, _ := RandomTree(s, rand.New(rand.NewPCG(1, 1)))
	b, _ := RandomTree(s, rand.New(rand.NewPCG(1, 1)))
	if fmt.Sprint(a.Nodes) != fmt.Sprint(b.Nodes) {
		t.Error("two trees differ")
	}
}

func TestShapesThatCannotBeAreErrors(t *testing.T) {
	t.Parallel()
	for _, s := range []Shape{
		{plains(2, 0), 2, 10, 0, 1, 0}, {plains(2, 0), 2, 10, 5, 5, 2}, {plains(2, 0), 2, 10, 3, 3, 3},
		{plains(2, 0), 2, 10, 3, 4, 2}, {plains(2, 0), 2, 10, 3, 0, 2}, {plains(2, 0), 2, 2, 3, 3, 2},
		{plains(1, 1), 2, 100, 7, 7, 6}, // six categories don't make seven leaves
	} {
		if _, err := RandomTree(s, rand.New(rand.NewPCG(1, 1))); err == nil {
			t.Errorf("%+v has a tree", s)
		}
	}
}
