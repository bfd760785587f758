package paper

import (
	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/experiment"
	"modelheist/core/model"
)

var table6 = Reproduction{
	Name: "table6", Title: "Table 6: path finding in decision trees",
	Caption: "The services and their trees are gone. Ours are random trees with the records, features, leaves, distinct answers and depth of each row. " +
		"318 leaves don't fit into 8 binary splits, so IRS Tax has 9. Below rows with answers in common stands the same tree with an answer for every leaf, and at the end trees trained on real sets. " +
		"We assume which features are categories, and numbers from 0 to 1000; the paper says neither.",
	Columns: []Column{
		{Name: "leaves", Kind: Fact}, {Name: "distinct", Kind: Fact}, {Name: "depth", Kind: Fact},
		{Name: "path finding: test", Unit: "%", Kind: Agreement}, {Name: "uniform", Unit: "%", Kind: Agreement}, {Name: "queries", Kind: Cost},
		{Name: "top-down: test", Unit: "%", Kind: Agreement}, {Name: "uniform", Unit: "%", Kind: Agreement}, {Name: "queries", Kind: Cost},
	},
	Seeds: 1, FullSeeds: 5, fixed: true,
	rows: rowsOfTable6,
}

func rowsOfTable6(full bool) []Row {
	how := Trees6{Points: 2000}
	if full {
		how.Points = 0
	}
	var rows []Row
	for _, t := range Table6 {
		published := Result6{Name: t.Name, Leaves: t.Leaves, IDs: t.IDs, Depth: t.Depth, PathFinding: t.PathFinding, TopDown: t.TopDown}
		rows = append(rows, Row{Group: t.Name, X: none, Paper: published.values(), Sets: []Set{grown(how, t, t.Name)}})
		if t.IDs < t.Leaves {
			distinct := how
			distinct.Distinct = true
			name := t.Name + ", all distinct"
			rows = append(rows, Row{Group: name, X: none, Paper: silent(9), Sets: []Set{grown(distinct, t, name)}})
		}
	}
	for _, s := range dataset.ShippedSets {
		rows = append(rows, Row{Group: s.Title, X: none, Paper: silent(9), Sets: []Set{trained(how, s)}})
	}
	return rows
}

// silent is the paper's figures where it has none.
func silent(columns int) []float64 {
	out := make([]float64, columns)
	for i := range out {
		out[i] = none
	}
	return out
}

// grown is a random tree of the row's shape.
func grown(o Trees6, t Tree6, name string) Set {
	return Set{Name: name, run: func(env experiment.Env, seed int) (Outcome, error) {
		o.Tick = env.Tick
		r, err := o.Run(t, uint64(seed))
		return r.outcome(), err
	}}
}

// trained is a tree trained on a shipped set.
func trained(o Trees6, s dataset.Shipped) Set {
	return Set{Name: s.Title, run: func(env experiment.Env, seed int) (Outcome, error) {
		set, err := openShipped(env, s)
		if err != nil {
			return Outcome{}, err
		}
		o.Tick = env.Tick
		r, err := o.Real(set, model.Recipe{Family: "tree", MinLeaf: 2, Laplace: 1}, uint64(seed))
		return r.outcome(), err
	}}
}

func (r Result6) outcome() Outcome {
	return Outcome{Values: r.values(), Queries: r.PathFinding.Queries + r.TopDown.Queries, Status: attack.Solved}
}

func (r Result6) values() []float64 {
	a, b := r.PathFinding, r.TopDown
	return []float64{
		float64(r.Leaves), float64(r.IDs), float64(r.Depth),
		a.Test, a.Unif, float64(a.Queries), b.Test, b.Unif, float64(b.Queries),
	}
}
