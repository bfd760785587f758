package model

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// moons120 is the moons_rbf data of sklearn.json with the labels that
// scikit-learn's 1-NN gives on its 15×15 grid.
func moons120(t *testing.T) (data Data, grid []int) {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name string
			X    [][]float64
			Y    []int
			Grid []int `json:"grid_15x15_row_major_x_then_y"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		switch c.Name {
		case "moons_rbf":
			data = Data{X: slices.Concat(c.X...), Dim: 2, Classes: 2, Labels: c.Y}
		case "moons_1nn":
			grid = c.Grid
		}
	}
	if len(grid) != 225 || data.N() != 120 {
		t.Fatal("the reference is incomplete")
	}
	return data, grid
}

// The ends of the reference's grid are not recorded: of all symmetric grids only
// those that end within ±[0.963, 0.981] give its 225 labels.
func TestKNNAgreesWithScikitLearn(t *testing.T) {
	t.Parallel()
	data, want := moons120(t)
	m, err := Recipe{Family: "knn", Neighbours: 1}.Train(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var x []float64
	for i := range 15 {
		for j := range 15 {
			x = append(x, 0.97*(-1+float64(i)/7), 0.97*(-1+float64(j)/7))
		}
	}
	scores, got := make([]float64, 450), make([]int, 225)
	m.ScoresTo(scores, x)
	LabelsTo(got, scores, 2)
	wrong := 0
	for i := range got {
		if got[i] != want[i] {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d of 225 labels differ", wrong)
	}
}

// scattered are n points on a coarse lattice, so that distances tie, in d
// dimensions and c classes.
func scattered(n, d, c int, seed uint64) Data {
	r := rand.New(rand.NewPCG(seed, 5))
	data := Data{Dim: d, Classes: c}
	for i := range n {
		for range d {
			data.X = append(data.X, float64(r.IntN(9)-4)/4)
		}
		data.Labels = append(data.Labels, i%c)
	}
	return data
}

func TestKNNTakesTheFirstOfEquallyFarPoints(t *testing.T) {
	t.Parallel()
	for _, k := range []int{1, 2, 5, 40} {
		for _, d := range []int{1, 2, 3, 5} {
			data := scattered(40, d, 3, uint64(10*k+d))
			m, err := Recipe{Family: "knn", Neighbours: k}.Train(data, Options{})
			if err != nil {
				t.Fatal(err)
			}
			x := scattered(60, d, 2, 77).X
			got := make([]float64, 60*3)
			m.(*KNN).ProbabilitiesTo(got, x)
			for i := range 60 {
				want := slowVote(data, k, x[i*d:(i+1)*d])
				for c, v := range want {
					if math.Abs(v-got[3*i+c]) > 1e-15 {
						t.Fatalf("k = %d, d = %d, input %d: shares %v, want %v", k, d, i, got[3*i:3*i+3], want)
					}
				}
			}
		}
	}
}

// slowVote sorts all points by distance.
func slowVote(data Data, k int, x []float64) []float64 {
	order := make([]int, data.N())
	far := make([]float64, data.N())
	for i := range order {
		order[i] = i
		for j, v := range x {
			far[i] += (data.X[i*data.Dim+j] - v) * (data.X[i*data.Dim+j] - v)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if far[a] < far[b] {
			return -1
		} else if far[a] > far[b] {
			return 1
		}
		return 0
	})
	shares := make([]float64, data.Classes)
	for _, i := range order[:k] {
		shares[data.Labels[i]] += 1 / float64(k)
	}
	return shares
}

func TestKNNOnAGridHasTheSameBitsAsPointByPoint(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for _, k := range []int{1, 3, 8} {
		data := scattered(50, 2, 3, uint64(k))
		for i := 60; i < 100; i++ {
			data.X[i] = 2*r.Float64() - 1
		}
		c, err := Recipe{Family: "knn", Neighbours: k}.Train(data, Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := c.(*KNN)
		xs, ys := []float64{-2, -1, -0.25, 0, 0.3, 0.75, 0.5, 3}, []float64{1.5, 1, 0.25, 0.1, 0, -0.125, -4}
		var x []float64
		for _, b := range ys {
			for _, a := range xs {
				x = append(x, a, b)
			}
		}
		want, got := make([]float64, len(x)/2*3), make([]float64, len(x)/2*3)
		m.ScoresTo(want, x)
		m.GridScoresTo(got, xs, ys)
		if !slices.Equal(want, got) {
			t.Errorf("k = %d: %v on the grid, %v point by point", k, got, want)
		}
	}
}

func TestKNNLearnsSharesFromProbabilities(t *testing.T) {
	t.Parallel()
	m, err := Recipe{Family: "knn", Neighbours: 2}.Train(Data{
		X: []float64{0, 1, 5}, Dim: 1, Classes: 2, Probabilities: []float64{0.25, 0.75, 0.5, 0.5, 1, 0},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]float64, 2)
	m.(Probabilistic).ProbabilitiesTo(p, []float64{0.4})
	if p[0] != 0.375 || p[1] != 0.625 {
		t.Errorf("shares %v, want [0.375 0.625]", p)
	}
}

func TestKNNSaysWhatItCannotTake(t *testing.T) {
	t.Parallel()
	two := Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Labels: []int{0, 1}}
	for _, k := range []int{-1, 0, 3, MaxNeighbours + 1} {
		if _, err := (Recipe{Family: "knn", Neighbours: k}).Train(two, Options{}); err == nil {
			t.Errorf("k = %d of 2 points has no error", k)
		}
	}
	one := Data{X: []float64{0, 1}, Dim: 1, Classes: 2, Labels: []int{1, 1}}
	if _, err := (Recipe{Family: "knn", Neighbours: 1}).Train(one, Options{}); !errors.Is(err, ErrOneClass) {
		t.Errorf("one class: %v", err)
	}
}

func BenchmarkKNNGrid(b *testing.B) {
	m, err := Recipe{Family: "knn", Neighbours: 5}.Train(scattered(280, 2, 2, 1), Options{})
	if err != nil {
		b.Fatal(err)
	}
	line := make([]float64, 320)
	for i := range line {
		line[i] = -1 + float64(i)/160
	}
	dst := make([]float64, len(line)*len(line)*2)
	for b.Loop() {
		m.(*KNN).GridScoresTo(dst, line, line)
	}
}
