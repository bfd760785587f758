package paper

import (
	"fmt"
	"math"

	"modelheist/core/attack"
	"modelheist/core/dataset"
	"modelheist/core/domain"
	"modelheist/core/experiment"
)

// Picture is an input of a run as a grey image, several times over: one for
// each of the Reproduction's Pictures.
type Picture struct {
	Name  string  // what it shows
	Width int     // pixels a row
	Grey  [][]int // row by row from the top, 0 the low end of a feature's range, 255 the high one
}

// side of the images of Digits.
const side = 8

// picture makes one of inputs of the domain.
func picture(name string, d domain.Domain, inputs ...[]float64) Picture {
	p := Picture{Name: name, Width: side}
	for _, x := range inputs {
		grey := make([]int, len(x))
		for j, v := range x {
			share := (v - d[j].Low) / (d[j].High - d[j].Low)
			if d[j].High == d[j].Low {
				share = 0
			}
			grey[j] = int(math.Round(255 * min(max(share, 0), 1)))
		}
		p.Grey = append(p.Grey, grey)
	}
	return p
}

// openShipped reads a shipped set, not yet scaled.
func openShipped(env experiment.Env, s dataset.Shipped) (*dataset.Set, error) {
	if env.Open == nil {
		return nil, fmt.Errorf("%s can't be read here", s.File)
	}
	text, err := env.Open(s.File)
	if err != nil {
		return nil, err
	}
	return dataset.ParseShipped(s.Name, text)
}

// onDigits is Digits, scaled, for what is no experiment of one Spec.
func onDigits(run func(env experiment.Env, set *dataset.Set, seed uint64) (Outcome, error)) []Set {
	return []Set{{Name: "Digits", run: func(env experiment.Env, seed int) (Outcome, error) {
		for _, s := range dataset.ShippedSets {
			if s.Name == "digits" {
				set, err := openShipped(env, s)
				if err != nil {
					return Outcome{}, err
				}
				return run(env, dataset.Scale(set), uint64(seed))
			}
		}
		panic("paper: digits is not shipped")
	}}}
}

var fig2 = Reproduction{
	Name: "fig2", Title: "Figure 2: training images that leak",
	Caption: "A kernel logistic regression holds training images, and whoever steals it gets them. The paper shows pictures and gives no score; " +
		"ours is the mean distance of an image found from the one that it is matched with, beside that of random images. " +
		"In (b) the images found are matched with the mean of each class, and some thieves' images with none. " +
		"Thieves stop where the answers are explained. The default size has 300 training images in (b).",
	Columns: []Column{
		queries, {Name: "unknowns", Kind: Fact}, agreeTest, agreeUnif,
		{Name: "images", Kind: Fact}, {Name: "distance", Kind: Error}, {Name: "random", Kind: Fact}, {Name: "times nearer", Kind: Gain},
	},
	Pictures: []string{"found", "true"},
	Seeds:    1, FullSeeds: 3, fixed: true,
	rows: rowsOfFig2,
}

func rowsOfFig2(full bool) []Row {
	var rows []Row
	for i, r := range Fig2 {
		how, name := Leaks{}, "("+string(rune('a'+i))+") "+r.Name
		paper := append([]float64{float64(r.Queries), float64(r.Unknowns)}, silent(6)...)
		if r.Representers == 0 && !full {
			r.Representers, r.Queries = 300, 300
			how.Gamma, how.Means = 0.03, true
		}
		rows = append(rows, Row{Group: name, X: none, Paper: paper, Sets: onDigits(
			func(env experiment.Env, set *dataset.Set, seed uint64) (Outcome, error) {
				how.Tick = env.Tick
				out, err := how.Run(r, set, seed)
				return out.outcome(set), err
			})})
	}
	return rows
}

func (r ResultLeak) outcome(set *dataset.Set) Outcome {
	d := set.D()
	out := Outcome{Queries: r.Queries, Status: r.Status, Note: r.Note, Values: []float64{
		float64(r.Queries), float64(r.Unknowns), r.Theft.Test, r.Theft.Unif,
		float64(len(r.Found) / d), r.Leak.Mean, r.Leak.Random, r.Leak.Score(),
	}}
	for i, at := range r.Leak.Match {
		if at >= 0 {
			out.Pictures = append(out.Pictures, picture(set.ClassNames[r.Labels[at]], set.Domain, r.Found[i*d:(i+1)*d], r.Truth[at*d:(at+1)*d]))
		}
	}
	return out
}

var inversion = Reproduction{
	Name: "inversion", Title: "Section 4.1.4: model inversion, with and without stealing first",
	Caption: "For each class the input that a softmax is surest of: by queries alone, or by stealing the model and inverting the copy for free. " +
		"The paper's figures are of 40 faces of 10,304 pixels and from its text; ours are of Digits. " +
		"Likeness is the correlation of an image with the mean training image of its class; apart is the largest difference between both images of a class, as a share of a pixel's range. " +
		"Log-ratios are not in the paper.",
	Columns: []Column{
		{Name: "black-box queries", Kind: Cost}, {Name: "queries to steal", Kind: Cost}, {Name: "times fewer", Kind: Gain}, agreeTest, agreeUnif,
		{Name: "least confidence, black-box", Unit: "%", Kind: Agreement}, {Name: "from the copy", Unit: "%", Kind: Agreement},
		{Name: "likeness, black-box", Kind: Fact}, {Name: "from the copy", Kind: Fact}, {Name: "apart", Kind: Error},
	},
	Pictures: []string{"black-box", "from the copy", "mean of the class"},
	Seeds:    1, FullSeeds: 5, fixed: true,
	rows: rowsOfInversion,
}

func rowsOfInversion(bool) []Row {
	row := func(group string, published []float64, o Images) Row {
		return Row{Group: group, X: none, Paper: append(published, silent(10-len(published))...), Sets: onDigits(
			func(env experiment.Env, set *dataset.Set, seed uint64) (Outcome, error) {
				o.Inversion.Tick = env.Tick
				out, err := o.Run(set, seed)
				return out.outcome(set), err
			})}
	}
	all, theft := float64(Faces.BlackBoxAll), float64(Faces.Theft)
	return []Row{
		row("equations, α = 0.1", []float64{all, theft, all / theft}, Images{Attack: "equations", Queries: 65}),
		row("equations, α = 1", nil, Images{Attack: "equations", Queries: 650}),
		row("log-ratios", nil, Images{}),
	}
}

func (r ResultImages) outcome(set *dataset.Set) Outcome {
	out := Outcome{Queries: r.BlackSum + r.Theft.Queries, Status: attack.Solved}
	black, white := 1.0, 1.0
	for i, b := range r.Black {
		w := r.White[i]
		black, white = min(black, b.Confidence), min(white, w.Confidence)
		out.Pictures = append(out.Pictures, picture(set.ClassNames[b.Class], set.Domain, b.X, w.X, r.Means[i*r.D:(i+1)*r.D]))
	}
	out.Values = []float64{
		float64(r.BlackSum), float64(r.Theft.Queries), r.Fewer(), r.Theft.Test, r.Theft.Unif,
		100 * black, 100 * white, Mean(r.BlackLike), Mean(r.WhiteLike), r.Apart,
	}
	return out
}
