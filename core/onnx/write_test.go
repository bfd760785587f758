package onnx

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// clouds are three classes of points around different places, or two.
func clouds(classes, d int) model.Data {
	r := rand.New(rand.NewPCG(1, uint64(d)))
	data := model.Data{Dim: d, Classes: classes}
	for i := range 90 {
		y := i % classes
		for f := range d {
			data.X = append(data.X, 0.4*math.Cos(float64(y*(f+1)))+r.NormFloat64()/4)
		}
		data.Labels = append(data.Labels, y)
	}
	return data
}

// trained is a model of each family, with names for what is special about it.
func trained(t testing.TB) map[string]model.Classifier {
	t.Helper()
	two, three, four := clouds(2, 2), clouds(3, 2), clouds(4, 5)
	missing := clouds(3, 2)
	missing.Classes = 4
	out := map[string]model.Classifier{}
	for name, c := range map[string]struct {
		recipe model.Recipe
		data   model.Data
	}{
		"logistic":        {model.Recipe{Family: "logistic", C: 1}, two},
		"softmax":         {model.Recipe{Family: "softmax", C: 1}, three},
		"softmax 5-d":     {model.Recipe{Family: "softmax", C: 10}, four},
		"ovr":             {model.Recipe{Family: "ovr", C: 1}, three},
		"mlp tanh":        {model.Recipe{Family: "mlp", Hidden: []int{5}, Activation: "tanh", L2: 0.001}, two},
		"mlp relu":        {model.Recipe{Family: "mlp", Hidden: []int{6, 4}, Activation: "relu", L2: 0.001}, three},
		"mlp sigmoid":     {model.Recipe{Family: "mlp", Hidden: []int{5}, Activation: "sigmoid", L2: 0.001}, four},
		"svm linear":      {model.Recipe{Family: "svm", C: 1, Kernel: "linear"}, two},
		"svm poly":        {model.Recipe{Family: "svm", C: 1, Kernel: "poly", Gamma: 0.7, Coef0: 1, Degree: 3}, two},
		"svm rbf":         {model.Recipe{Family: "svm", C: 10, Kernel: "rbf", Gamma: 2}, three},
		"svm without one": {model.Recipe{Family: "svm", C: 10, Kernel: "rbf", Gamma: 2}, missing},
		"klr":             {model.Recipe{Family: "klr", C: 1, Representers: 9, Gamma: 3}, three},
		"knn":             {model.Recipe{Family: "knn", Neighbours: 5}, three},
		"knn 5-d":         {model.Recipe{Family: "knn", Neighbours: 1}, four},
		"tree":            {model.Recipe{Family: "tree", Depth: 7, Laplace: 1}, three},
		"service":         {model.Recipe{Family: "softmax", C: 1, Bins: 6}, three},
		"forest":          {model.Recipe{Family: "tree", Depth: 4, Laplace: 1, Members: 5}, three},
		"committee":       {model.Recipe{Family: "mlp", Hidden: []int{3}, Activation: "tanh", L2: 0.001, Members: 3}, two},
		"tree of a leaf":  {model.Recipe{Family: "tree", Depth: 7, MinLeaf: 90, Laplace: 1}, two},
	} {
		m, err := c.recipe.Train(c.data, model.Options{Rand: rand.New(rand.NewPCG(1, 2))})
		if err != nil {
			t.Fatal(name, err)
		}
		out[name] = m
	}
	tree, err := model.NewTree(2, 2, []model.Node{
		{Feature: 1, Set: []bool{true, false, true}, Left: 1, Right: 2, Values: []float64{0.5, 0.5}},
		{Feature: 0, Threshold: 0.1, Left: 3, Right: 4, Values: []float64{0.25, 0.75}},
		{Feature: -1, Values: []float64{0.875, 0.125}},
		{Feature: -1, Values: []float64{0, 1}},
		{Feature: -1, Values: []float64{1, 0}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out["tree with categories"] = tree
	if out["service with categories"], err = model.NewBinned("logistic", 2, model.Extraction{{Edges: []float64{-0.25, 0.5}}, {Categories: 3}}, []float64{0.5, -1, 1, 0.25, -0.75, 1.5, 0.125}); err != nil {
		t.Fatal(err)
	}
	open := math.Inf(1)
	if out["boxes"], err = model.NewBoxes(2, []float64{2, 2}, []model.Box{
		{Bounds: []model.Bound{{Feature: 0, Low: -open, High: 0.2}, {Feature: 1, Low: 0, High: 0.5}}, Values: []float64{0.75, 0.25}},
		{Bounds: []model.Bound{{Feature: 0, Low: 0.3, High: open}}, Label: 1, Values: []float64{0.125, 0.875}},
		{Bounds: []model.Bound{{Feature: 1, Low: -open, High: -0.7}}, Values: []float64{0.625, 0.375}},
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func fileOf(m model.Classifier) modelfile.File {
	f := modelfile.File{Model: m}
	for i := range m.Dim() {
		f.Domain = append(f.Domain, domain.Feature{Name: string(rune('a' + i)), Low: -1, High: 1})
	}
	tree, isTree := m.(*model.Tree)
	service, isService := m.(*model.Binned)
	if isTree && tree.Nodes()[0].Set != nil || isService && service.Bins()[1].Categories > 0 {
		f.Domain[1] = domain.Feature{Name: "colour", High: 2, Categories: []string{"red", "green", "blue"}}
	}
	for c := range m.Classes() {
		f.Classes = append(f.Classes, string(rune('A'+c)))
	}
	return f
}

// points are inputs; with categories, the second is one of three.
func points(name string, m model.Classifier) []float64 {
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 1000*m.Dim())
	for i := range x {
		x[i] = 2*r.Float64() - 1
		if strings.HasSuffix(name, "with categories") && i%2 == 1 {
			x[i] = float64(r.IntN(3))
		}
	}
	return x
}

// outputs are what the ONNX file must give.
func outputs(m model.Classifier, x []float64) (labels []int, name string, values []float64) {
	n, c := len(x)/m.Dim(), m.Classes()
	scores, labels := make([]float64, n*c), make([]int, n)
	m.ScoresTo(scores, x)
	model.LabelsTo(labels, scores, c)
	if p, is := m.(model.Probabilistic); is {
		p.ProbabilitiesTo(scores, x)
		return labels, "probabilities", scores
	}
	return labels, "scores", scores
}

type runtimeCase struct {
	Model  string    `json:"model"`
	Inputs []float64 `json:"inputs"`
	Dim    int       `json:"dim"`
	Float  bool      `json:"float,omitempty"`
}

// runONNX runs files in onnxruntime, which npm brings for the tests.
func runONNX(t *testing.T, files [][]byte, cases []runtimeCase) []map[string][]float64 {
	t.Helper()
	if _, err := os.Stat("../../node_modules/onnxruntime-web"); err != nil || runtime.GOOS == "js" {
		t.Skip("onnxruntime is not there: npm ci installs it")
	}
	folder := t.TempDir()
	for i, file := range files {
		cases[i].Model = strconv.Itoa(i) + ".onnx"
		if err := os.WriteFile(filepath.Join(folder, cases[i].Model), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(cases)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "cases.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("node", "onnxruntime.js", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if text, err = os.ReadFile(filepath.Join(folder, "answers.json")); err != nil {
		t.Fatal(err)
	}
	var answers []map[string][]float64
	if err := json.Unmarshal(text, &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

func TestOnnxruntimeAnswersAsTheModelDoes(t *testing.T) {
	t.Parallel()
	var names []string
	var files [][]byte
	var cases []runtimeCase
	models := trained(t)
	for name, m := range models {
		file, err := Append(nil, fileOf(m), "")
		if err != nil {
			t.Fatal(name, err)
		}
		names, files = append(names, name), append(files, file)
		cases = append(cases, runtimeCase{Inputs: points(name, m), Dim: m.Dim()})
	}
	for i, got := range runONNX(t, files, cases) {
		m := models[names[i]]
		labels, name, values := outputs(m, cases[i].Inputs)
		if len(got["label"]) != len(labels) || len(got[name]) != len(values) {
			t.Errorf("%s: %d labels and %d %s", names[i], len(got["label"]), len(got[name]), name)
			continue
		}
		worst := 0.0
		for k, v := range values {
			worst = max(worst, math.Abs(v-got[name][k]))
		}
		if !(worst <= 1e-9) {
			t.Errorf("%s: %s differ by %g", names[i], name, worst)
		}
		for k, l := range labels {
			if int(got["label"][k]) != l {
				t.Errorf("%s: point %d has label %v, must be %d", names[i], k, got["label"][k], l)
				break
			}
		}
	}
}
