package foreign

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/model"
	"modelheist/core/modelfile"
	"modelheist/core/onnx"
)

type fixture struct {
	File                      json.RawMessage
	X, Probabilities, Margins []float64
	Labels                    []int
}

// fixtures are classifiers of scikit-learn 1.2.1 that testdata/save_sklearn.py has
// written, with what they answer.
func fixtures(t testing.TB) []fixture {
	t.Helper()
	text, err := os.ReadFile("testdata/sklearn.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []fixture
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestScikitLearnsModelsAnswerAsTheyDidThere(t *testing.T) {
	t.Parallel()
	for i, c := range fixtures(t) {
		f, err := Read(c.File)
		if err != nil {
			t.Errorf("model %d: %v", i, err)
			continue
		}
		n, k := len(c.Labels), f.Model.Classes()
		scores, labels := make([]float64, n*k), make([]int, n)
		f.Model.ScoresTo(scores, c.X)
		model.LabelsTo(labels, scores, k)
		if !slices.Equal(labels, c.Labels) {
			t.Errorf("model %d: labels %v, must be %v", i, labels, c.Labels)
		}
		if f.Domain.Dim() != f.Model.Dim() || len(f.Classes) != k {
			t.Errorf("model %d: %d ranges and %d classes", i, f.Domain.Dim(), len(f.Classes))
		}
		if p, is := f.Model.(model.Probabilistic); is {
			p.ProbabilitiesTo(scores, c.X)
			near(t, i, scores, c.Probabilities)
		} else if k == 2 {
			for j, m := range c.Margins {
				near(t, i, scores[2*j+1:2*j+2], []float64{m})
			}
		} else {
			near(t, i, scores, c.Margins)
		}
	}
}

func near(t *testing.T, i int, got, want []float64) {
	t.Helper()
	for k := range want {
		if math.Abs(got[k]-want[k]) > 1e-9 {
			t.Errorf("model %d: %v, must be %v", i, got[k], want[k])
			return
		}
	}
	if len(want) == 0 {
		t.Errorf("model %d: nothing to compare with", i)
	}
}

func TestEveryKindOfFileIsKnownByWhatIsInIt(t *testing.T) {
	t.Parallel()
	m, err := model.NewLinear("logistic", 2, 2, []float64{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	f := modelfile.File{Model: m, Domain: domain.Domain{{Name: "a", High: 1}, {Name: "b", High: 1}}, Classes: []string{"no", "yes"}}
	text, err := modelfile.Append(nil, f)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := onnx.Append(nil, f, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"model": append([]byte(" \n"), text...), "onnx": binary,
		"experiment": []byte(`{"modelheist":1,"settings":{},"victim":` + string(text) + `}`),
	} {
		got, err := Read(data)
		if err != nil || got.Model.(*model.Linear).Params()[2] != 3 || got.Classes[1] != "yes" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	list := fixtures(t)
	change := func(i int, old, replacement string) string {
		text := string(list[i].File)
		changed := strings.Replace(text, old, replacement, 1)
		if changed == text {
			t.Fatalf("fixture %d has no %q", i, old)
		}
		return changed
	}
	for want, text := range map[string]string{
		"the file is empty":                 " ",
		"cut off or no ONNX model":          "hello",
		"an experiment without a victim":    `{"modelheist":1,"settings":{}}`,
		"model.sklearn is \"GaussianNB\"":   change(0, "LogisticRegression", "GaussianNB"),
		"model.intercept_":                  change(0, `"intercept_":[`, `"intercept_":[null,`),
		"model.coef_ has 1 rows":            change(0, `"classes":["0","1"]`, `"classes":["0","1","2"]`),
		"activation \"identity\"":           change(3, `"tanh"`, `"identity"`),
		"model: svm: no kernel \"sigmoid\"": change(6, `"rbf"`, `"sigmoid"`),
		"model.weights is \"distance\"":     change(11, `"uniform"`, `"distance"`),
		"model.children_left":               change(10, `"children_left":[`, `"children_left":[1,`),
		"has child 0":                       change(10, `"children_left":[1`, `"children_left":[0`),
		"model.low and high are 1":          change(0, `"low":[-1.0,-1.0]`, `"low":[-1.0]`),
	} {
		if _, err := Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range fixtures(f) {
		f.Add([]byte(c.File))
	}
	f.Add([]byte(`{"sklearn":"SVC","classes":["a","b"],"kernel":"linear","support_vectors_":[[1]],"dual_coef_":[[1]],"intercept_":[0]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read(data)
		if err != nil {
			return
		}
		if d := file.Model.Dim(); d <= 100 {
			file.Model.ScoresTo(make([]float64, file.Model.Classes()), make([]float64, d))
		}
	})
}
