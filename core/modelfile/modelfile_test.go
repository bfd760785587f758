package modelfile

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"modelheist/core/domain"
	"modelheist/core/model"
)

// box is two inputs in [-1, 1] and a category of three.
func box(d int) domain.Domain {
	b := make(domain.Domain, d)
	for i := range b {
		b[i] = domain.Feature{Name: "x" + string(rune('1'+i)), Low: -1, High: 1}
	}
	return b
}

// trained is a file of each family, trained on three clouds of points.
func trained(t testing.TB) map[string]File {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	data := model.Data{Dim: 2, Classes: 3}
	for i := range 60 {
		y := i % 3
		data.X = append(data.X, float64(y)/2-0.5+r.NormFloat64()/5, r.NormFloat64()/3)
		data.Labels = append(data.Labels, y)
	}
	two := data
	two.Classes, two.Labels = 2, make([]int, 60)
	for i, y := range data.Labels {
		two.Labels[i] = min(y, 1)
	}
	files := map[string]File{}
	for name, c := range map[string]struct {
		recipe model.Recipe
		data   model.Data
	}{
		"logistic":   {model.Recipe{Family: "logistic", C: 1}, two},
		"softmax":    {model.Recipe{Family: "softmax", C: 1}, data},
		"ovr":        {model.Recipe{Family: "ovr", C: 1}, data},
		"mlp":        {model.Recipe{Family: "mlp", Hidden: []int{4, 3}, Activation: "relu", L2: 0.01}, data},
		"svm":        {model.Recipe{Family: "svm", C: 1, Kernel: "rbf", Gamma: 0.7}, data},
		"svm poly":   {model.Recipe{Family: "svm", C: 1, Kernel: "poly", Gamma: 0.7, Coef0: 1, Degree: 3}, two},
		"svm linear": {model.Recipe{Family: "svm", C: 1, Kernel: "linear"}, two},
		"klr":        {model.Recipe{Family: "klr", C: 1, Representers: 7, Gamma: 3}, data},
		"tree":       {model.Recipe{Family: "tree", Depth: 4, Laplace: 1}, data},
		"knn":        {model.Recipe{Family: "knn", Neighbours: 3}, data},
		"forest":     {model.Recipe{Family: "tree", Depth: 3, Members: 3}, data},
		"committee":  {model.Recipe{Family: "mlp", Hidden: []int{3}, Activation: "tanh", L2: 0.01, Members: 2}, data},
		"binned":     {model.Recipe{Family: "softmax", C: 1, Bins: 6}, data},
		"bins":       {model.Recipe{Family: "logistic", C: 1, Bins: 3}, two},
		"lines":      {model.Recipe{Family: "logistic", C: 1, Members: 2}, two},
	} {
		m, err := c.recipe.Train(c.data, model.Options{Rand: r})
		if err != nil {
			t.Fatal(name, err)
		}
		files[name] = File{m, box(2), []string{"a", "<b>", "é"}[:m.Classes()]}
	}
	categories := domain.Domain{{Name: "x1", Low: -1, High: 1}, {Name: "colour", High: 2, Categories: []string{"red", "green", "blue"}}}
	regression, err := model.NewRegressionTree(2, []model.Node{
		{Feature: 1, Set: []bool{true, false, true}, Left: 1, Right: 2, Values: []float64{1.5}},
		{Feature: -1, Values: []float64{1.0 / 3}}, {Feature: -1, Values: []float64{-7}},
	})
	if err != nil {
		t.Fatal(err)
	}
	files["regression-tree"] = File{regression, categories, nil}
	for name, c := range map[string]int{"boxes": 2, "regression-boxes": 1} {
		list := []model.Box{
			{Bounds: []model.Bound{{Feature: 0, Low: math.Inf(-1), High: 0.25}, {Feature: 1, Set: []bool{true, false, true}}}, Values: []float64{0.75, 0.25}[:c]},
			{Bounds: []model.Bound{{Feature: 0, Low: 0.25, High: math.Inf(1)}}, Label: c - 1, Values: []float64{0.125, 0.5}[:c]},
		}
		m, err := model.NewBoxes(c, []float64{2, 2}, list)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = File{m, categories, []string{"a", "b"}[:c/2*2]}
	}
	return files
}

func TestWhatIsReadPredictsWithTheSameBits(t *testing.T) {
	t.Parallel()
	for name, f := range trained(t) {
		text, err := Append(nil, f)
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := Decode(text)
		if err != nil {
			t.Fatalf("%s: %v in %s", name, err, text)
		}
		again, err := Append(nil, got)
		if err != nil || string(again) != string(text) {
			t.Errorf("%s: %s became %s", name, text, again)
		}
		r := rand.New(rand.NewPCG(3, 4))
		x := make([]float64, 200)
		for i := range x {
			x[i] = 2 * r.NormFloat64()
			if i%2 == 1 && f.Domain[1].Categories != nil {
				x[i] = float64(r.IntN(3))
			}
		}
		a, b := make([]float64, 100*f.Model.Classes()), make([]float64, 100*f.Model.Classes())
		f.Model.ScoresTo(a, x)
		got.Model.ScoresTo(b, x)
		for i := range a {
			if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
				t.Fatalf("%s: score %d was %v and is %v", name, i, a[i], b[i])
			}
		}
	}
}

const logistic = `{"modelheist":1,"family":"logistic","features":[{"name":"x","low":-1,"high":1}],"classes":["a","b"],"parameters":[1,2]}`

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	if _, err := Decode([]byte(logistic)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"modelheist":1`, `"modelheist":2`, "model.modelheist is 2"},
		{`"modelheist":1,`, ``, "model.modelheist is missing"},
		{`"logistic"`, `"oracle"`, `model.family is "oracle", must be one of`},
		{`"logistic"`, `7`, "model.family is a number"},
		{`[1,2]`, `[1,2,3]`, "3 parameters for logistic"},
		{`[1,2]`, `[1,null]`, "model.parameters must have numbers only"},
		{`[1,2]`, `[1,NaN]`, "no valid JSON"},
		{`[1,2]`, `[1,1e999]`, "beyond a float64"},
		{`[1,2]`, `[1,"2"]`, "model.parameters must have numbers only"},
		{`[1,2]`, `[1,2],"hidden":[3]`, "model.hidden is not known here"},
		{`"low":-1`, `"low":2`, "model.features[0].high is 1, must be at least low = 2"},
		{`"low":-1`, `"low":-1e308,"high":1e308,"x":0`, "comes twice"},
		{`"low":-1,`, ``, "model.features[0].low is missing"},
		{`"low":-1`, `"low":-1,"colour":"red"`, "model.features[0].colour is not known here"},
		{`[{"name":"x","low":-1,"high":1}]`, `[]`, "model.features are 0"},
		{`["a","b"]`, `["a"]`, "model.classes are 1"},
		{`["a","b"]`, `["a","b","c"]`, "logistic takes 2 classes"},
		{`["a","b"]`, `["a",1]`, "model.classes[1] must be a string"},
		{`"logistic"`, `"mlp"`, "model.hidden is missing"},
		{`"logistic"`, `"svm"`, "model.kernel is missing"},
		{`"logistic"`, `"knn"`, "model.neighbours is missing"},
		{`"family":"logistic"`, `"family":"mlp","activation":"tanh","hidden":[65536,65536,65536,65536]`, "2 parameters for an mlp"},
		{`"family":"logistic"`, `"family":"tree","nodes":[]`, "model.parameters is not known here"},
		{`"parameters":[1,2]`, `"parameters":[1,2]}{`, "something follows"},
	} {
		text := strings.Replace(logistic, c.old, c.new, 1)
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", text, err, c.want)
		}
	}
}

func TestTreesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	const head = `{"modelheist":1,"family":"tree","features":[{"name":"x","low":-1,"high":1},{"name":"c","categories":["r","g"]}],"classes":["a","b"],"nodes":`
	const leaf = `{"values":[0.5,0.5]}`
	for nodes, want := range map[string]string{
		`[]`:                          "without nodes",
		`[{"values":[1]}]`:            "node 0 has 1 values",
		`[{"values":[2,0]}]`:          "model.nodes[0].values has a frequency of 2",
		`[{"values":[1,0],"left":1}]`: "model.nodes[0].left is not known here",
		`[{"values":[1,0],"feature":2,"threshold":0,"left":1,"right":2},` + leaf + `,` + leaf + `]`: "model.nodes[0].feature is 2",
		`[{"values":[1,0],"feature":0,"threshold":0,"left":1,"right":1},` + leaf + `]`:              "node 1 has 2 parents",
		`[{"values":[1,0],"feature":0,"threshold":0,"left":1,"right":3},` + leaf + `,` + leaf + `]`: "node 0 has child 3",
		`[{"values":[1,0],"feature":0,"set":[0],"left":1,"right":2},` + leaf + `,` + leaf + `]`:     "must be a whole number in 0..-1",
		`[{"values":[1,0],"feature":1,"set":[2],"left":1,"right":2},` + leaf + `,` + leaf + `]`:     "model.nodes[0].set[0] is 2",
	} {
		if _, err := Decode([]byte(head + nodes + "}")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", nodes, err, want)
		}
	}
}

func TestBinsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	const head = `{"modelheist":1,"family":"logistic","features":[{"name":"x","low":-1,"high":1},{"name":"k","categories":["a","b"]}],"classes":["a","b"]`
	for rest, want := range map[string]string{
		`,"bins":[{"edges":[0]}],"parameters":[1,2,3,4,5]`:               "model.bins are of 1 features, and there are 2",
		`,"bins":[{},{}],"parameters":[1,2,3,4,5]`:                       "model.bins[0].edges is missing",
		`,"bins":[{"edges":[0]},{"edges":[0]}],"parameters":[1,2,3,4,5]`: "model.bins[1].edges is not known here",
		`,"bins":[{"edges":[1,0]},{}],"parameters":[1,2,3,4,5,6]`:        "must be above the one before",
		`,"bins":[{"edges":[0]},{}],"parameters":[1,2,3]`:                "3 parameters for logistic",
	} {
		if _, err := Decode([]byte(head + rest + "}")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rest, err, want)
		}
	}
	f, err := Decode([]byte(head + `,"bins":[{"edges":[0]},{}],"parameters":[1,2,3,4,5]}`))
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float64, 2)
	if f.Model.ScoresTo(z, []float64{0.5, 1}); z[1] != 2+4+5 {
		t.Errorf("scores %v, want 11", z)
	}
}

func TestEnsemblesThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	const head = `{"modelheist":1,"family":"ensemble","features":[{"name":"x","low":-1,"high":1}],"classes":["a","b"]`
	const line, tree = `{"family":"logistic","parameters":[1,2]}`, `{"family":"tree","nodes":[{"values":[0.5,0.5]}]}`
	for rest, want := range map[string]string{
		``:                                       "model.members is missing",
		`,"members":[]`:                          "an ensemble of 0 members, allowed 1..100",
		`,"members":[` + line + `,` + tree + `]`: "member 1 is a tree of 1 inputs and 2 classes and the first a logistic",
		`,"members":[{"family":"ensemble","members":[]}]`:             `model.members[0].family is "ensemble", must be one of logistic`,
		`,"members":[{"family":"knn"}]`:                               `model.members[0].family is "knn"`,
		`,"members":[{"family":"logistic","parameters":[1]}]`:         "1 parameters for logistic",
		`,"members":[{"family":"logistic","parameters":[1,2],"C":1}]`: "model.members[0].C is not known here",
		`,"members":[` + line + `],"parameters":[1,2]`:                "model.parameters is not known here",
		`,"members":[` + strings.Repeat(line+",", 100) + line + `]`:   "an ensemble of 101 members",
	} {
		if _, err := Decode([]byte(head + rest + "}")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rest, err, want)
		}
	}
	if _, err := Decode([]byte(head + `,"members":[` + line + `]}`)); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(logistic))
	for _, file := range trained(f) {
		text, err := Append(nil, file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := Decode(text)
		if err != nil {
			return
		}
		first, err := Append(nil, file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(first)
		if err != nil {
			t.Fatalf("%s: %v", first, err)
		}
		if second, _ := Append(nil, again); string(second) != string(first) {
			t.Fatalf("%s became %s", first, second)
		}
		scores := make([]float64, file.Model.Classes())
		file.Model.ScoresTo(scores, make([]float64, file.Model.Dim()))
	})
}
