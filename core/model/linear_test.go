package model_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modelheist/core/dataset"
	"modelheist/core/model"
	"modelheist/core/num"
)

// sklearnCase is an entry of testdata/sklearn.json.
type sklearnCase struct {
	Name, Kind    string
	C             float64
	Coef          [][]float64
	Intercept     []float64
	TrainAccuracy float64     `json:"train_accuracy"`
	ProbeX        [][]float64 `json:"probe_X"`
	ProbeProba    [][]float64 `json:"probe_proba"`
	CoefNorm      float64     `json:"coef_norm"`
	MeanLogLoss   float64     `json:"mean_log_loss"`
	FirstRows     [][]float64 `json:"proba_first_3_rows"`
}

func sklearnCases(t *testing.T) []sklearnCase {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Cases []sklearnCase }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var cases []sklearnCase
	for _, c := range all.Cases {
		if c.Kind == "logistic" || c.Kind == "softmax" || c.Kind == "ovr" {
			cases = append(cases, c)
		}
	}
	if len(cases) != 4 {
		t.Fatalf("%d linear cases in sklearn.json, want 4", len(cases))
	}
	return cases
}

// shipped reads a data set of site/data and scales it to [-1,1].
func shipped(t testing.TB, name string) model.Data {
	t.Helper()
	for _, s := range dataset.ShippedSets {
		if s.Name != name {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../../site/data", s.File))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(s.File, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if text, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		set, err := dataset.ParseShipped(name, text)
		if err != nil {
			t.Fatal(err)
		}
		x, d := append([]float64(nil), set.X...), set.D()
		for j := 0; j < d; j++ {
			lo, hi := math.Inf(1), math.Inf(-1)
			for i := j; i < len(x); i += d {
				lo, hi = math.Min(lo, x[i]), math.Max(hi, x[i])
			}
			for i := j; i < len(x); i += d {
				if hi > lo {
					x[i] = 2*(x[i]-lo)/(hi-lo) - 1
				} else {
					x[i] = -1
				}
			}
		}
		return model.Data{X: x, Dim: d, Classes: set.Classes(), Labels: set.Y}
	}
	t.Fatalf("no shipped data set %q", name)
	return model.Data{}
}

func accuracy(m model.Classifier, data model.Data) float64 {
	n := data.N()
	scores, labels := make([]float64, n*m.Classes()), make([]int, n)
	m.ScoresTo(scores, data.X)
	model.LabelsTo(labels, scores, m.Classes())
	right := 0
	for i, y := range labels {
		if y == data.Labels[i] {
			right++
		}
	}
	return float64(right) / float64(n)
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.12g, want %.12g within %g", what, got, want, tol)
	}
}

// polish takes one Newton step on ½‖w‖² + C·Σ log-loss from the coefficients
// (the intercept last) of a logistic regression of y on x, written out plainly.
// scikit-learn stops at a gradient of 1e-4 (its tol), which leaves coefficients
// with 4 to 5 right digits; the step completes them without our solver.
func polish(x []float64, y []bool, d int, c float64, w []float64) []float64 {
	k := d + 1
	h, g := make([]float64, k*k), make([]float64, k)
	for j := range d {
		h[j*k+j], g[j] = 1, w[j]
	}
	for i, yes := range y {
		row := append(append([]float64(nil), x[i*d:(i+1)*d]...), 1)
		z := 0.0
		for j, v := range row {
			z += v * w[j]
		}
		p := 1 / (1 + math.Exp(-z))
		r := p
		if yes {
			r--
		}
		for j, v := range row {
			g[j] += c * r * v
			for l, u := range row {
				h[j*k+l] += c * p * (1 - p) * v * u
			}
		}
	}
	if !num.Cholesky(h, k) {
		panic("the Hessian is not positive definite")
	}
	num.SolveCholesky(h, g)
	out := make([]float64, k)
	for j := range out {
		out[j] = w[j] - g[j]
	}
	return out
}

func TestLinearModelsAgreeWithScikitLearn(t *testing.T) {
	t.Parallel()
	sets := map[string]string{"breast_cancer_logistic": "breast-cancer", "iris_softmax": "iris", "iris_ovr": "iris", "digits_softmax": "digits"}
	for _, c := range sklearnCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			data := shipped(t, sets[c.Name])
			got, err := model.Recipe{Family: c.Kind, C: c.C}.Train(data, model.Options{})
			if err != nil {
				t.Fatal(err)
			}
			m := got.(*model.Linear)
			t.Logf("%+v", m.Fit())
			near(t, "train accuracy", accuracy(m, data), c.TrainAccuracy, 1e-12)
			w, b := m.Weights()
			for k, row := range c.Coef {
				at := append(append([]float64(nil), row...), c.Intercept[k])
				for j, v := range row {
					near(t, "coefficient", w[k*m.Dim()+j], v, 1e-4)
				}
				near(t, "intercept", b[k], c.Intercept[k], 2e-4)
				if c.Kind == "softmax" {
					continue // the step would need the joint Hessian
				}
				class := k
				if c.Kind == "logistic" {
					class = 1
				}
				y := make([]bool, data.N())
				for i, l := range data.Labels {
					y[i] = l == class
				}
				for j, v := range polish(data.X, y, m.Dim(), c.C, at) {
					got := b[k]
					if j < m.Dim() {
						got = w[k*m.Dim()+j]
					}
					near(t, "polished coefficient", got, v, 1e-5*math.Abs(v))
				}
			}
			p := make([]float64, m.Classes())
			for i, x := range c.ProbeX {
				m.ProbabilitiesTo(p, x)
				for k, v := range c.ProbeProba[i] {
					near(t, "probability", p[k], v, 3e-4*v)
				}
			}
			for i, row := range c.FirstRows {
				m.ProbabilitiesTo(p, data.X[i*m.Dim():(i+1)*m.Dim()])
				for k, v := range row {
					near(t, "probability", p[k], v, 5e-3*v)
				}
			}
			if c.CoefNorm > 0 {
				sum := 0.0
				for _, v := range w {
					sum += v * v
				}
				near(t, "norm of the coefficients", math.Sqrt(sum), c.CoefNorm, 1e-4*c.CoefNorm)
			}
		})
	}
}
