package export

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"modelheist/core/model"
)

// programs are an experiment of each family that there are programs for.
var programs = map[string][]string{
	"logistic": {"victim=logistic"}, "softmax": {"victim=softmax", "data=blobs"}, "ovr": {"victim=ovr", "data=blobs"},
	"mlp": {"victim=mlp", "hidden=4,3", "data=blobs"}, "relu": {"victim=mlp", "hidden=4", "activation=relu"},
	"rbf": {"victim=svm", "data=blobs"}, "poly": {"victim=svm", "kernel=poly", "degree=3"}, "linear": {"victim=svm", "kernel=linear"},
	"klr": {"victim=klr", "representers=5"}, "knn": {"victim=knn", "data=blobs"}, "tree": {"victim=tree", "data=blobs"},
}

// written puts victim.json and the program of each experiment into a folder of its
// own and returns the numbers to predict and the classes that must come out.
func written(t *testing.T, folder, language string) (inputs []string, want map[string]string) {
	t.Helper()
	x := []float64{0.1, 0.2, -0.7, 0.4, 0.6, -0.8, -0.3, -0.55, 0.9, 0.93}
	for _, v := range x {
		inputs = append(inputs, strconv.FormatFloat(v, 'g', -1, 64))
	}
	want = map[string]string{}
	for name, settings := range programs {
		r := stolen(t, append([]string{"n=60", "queries=3", "attack=uniform", "answers=labels"}, settings...)...)
		at := filepath.Join(folder, name)
		if err := os.Mkdir(at, 0o700); err != nil {
			t.Fatal(err)
		}
		text, err := r.File("victim."+language, Look{Beside: "the model.json"})
		if err != nil {
			t.Fatal(name, err)
		}
		for file, content := range map[string][]byte{"the model.json": file(t, r, "victim.json"), "main." + language: text} {
			if err := os.WriteFile(filepath.Join(at, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		scores, labels := make([]float64, 5*r.Exp.Victim.Classes()), make([]int, 5)
		r.Exp.Victim.ScoresTo(scores, x)
		model.LabelsTo(labels, scores, r.Exp.Victim.Classes())
		for _, l := range labels {
			want[name] += r.Exp.Set.ClassNames[l] + "\n"
		}
	}
	return inputs, want
}

func TestGoProgramsPredictAsTheModelDoes(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("no compiler in here")
	}
	t.Parallel()
	folder := t.TempDir()
	inputs, want := written(t, folder, "go")
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module programs\n\ngo 1.26\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gofmt", "-l", folder).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt: %v\n%s", err, out)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(folder, "bin")+string(filepath.Separator), "./...")
	build.Dir = folder
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, labels := range want {
		run := exec.Command(filepath.Join(folder, "bin", name), inputs...)
		run.Dir = filepath.Join(folder, name)
		if out, err := run.CombinedOutput(); err != nil || string(out) != labels {
			t.Errorf("%s: %v, %q, must be %q", name, err, out, labels)
		}
	}
}

func TestPythonProgramsPredictAsTheModelDoes(t *testing.T) {
	t.Parallel()
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if runtime.GOOS != "js" && exec.Command(name, "-c", "import numpy").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		t.Skip("no python3 with numpy here")
	}
	folder := t.TempDir()
	inputs, want := written(t, folder, "py")
	for name, labels := range want {
		run := exec.Command(python, append([]string{"main.py"}, inputs...)...)
		run.Dir = filepath.Join(folder, name)
		if out, err := run.CombinedOutput(); err != nil || string(out) != labels {
			t.Errorf("%s: %v, %q, must be %q", name, err, out, labels)
		}
	}
}

func TestAFamilyWithoutAProgramIsNamed(t *testing.T) {
	t.Parallel()
	r := stolen(t, "n=60", "victim=tree", "members=2", "attack=uniform", "queries=10")
	for _, kind := range []string{"victim.py", "victim.go"} {
		if _, err := r.File(kind, Look{}); err == nil || !strings.Contains(err.Error(), `family "ensemble"`) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
