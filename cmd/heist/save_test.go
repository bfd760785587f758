package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modelheist/core/export"
	"modelheist/core/modelfile"
	"modelheist/core/onnx"
)

func TestRunSavesWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	args := []string{"run", "n=60", "queries=25"}
	for _, kind := range append(export.Kinds, "dark@2x.png") {
		args = append(args, "--save", filepath.Join(folder, kind))
	}
	if code, _, stderr := heist(append(args, "--save="+filepath.Join(folder, "loot.json"))...); code != 0 {
		t.Fatal(stderr)
	}
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || len(text) == 0 {
			t.Fatalf("%s: %d bytes, %v", name, len(text), err)
		}
		return text
	}
	for _, kind := range export.Kinds {
		read(kind)
	}
	if !bytes.Equal(read("loot.json"), read("copy.json")) {
		t.Error("--save=loot.json is not the copy")
	}
	fromJSON, err := modelfile.Decode(read("copy.json"))
	if err != nil {
		t.Fatal(err)
	}
	fromONNX, err := onnx.Read(read("copy.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := make([]float64, 2), make([]float64, 2)
	fromJSON.Model.ScoresTo(a, []float64{0.3, -0.2})
	fromONNX.Model.ScoresTo(b, []float64{0.3, -0.2})
	if a[0] != b[0] {
		t.Errorf("the copy scores %v in JSON and %v in ONNX", a, b)
	}
	small, err := png.DecodeConfig(bytes.NewReader(read("figure.png")))
	if err != nil {
		t.Fatal(err)
	}
	large, err := png.DecodeConfig(bytes.NewReader(read("dark@2x.png")))
	if err != nil || large.Width != 2*small.Width || large.Height != 2*small.Height {
		t.Errorf("%v at @2x beside %v, %v", large, small, err)
	}
}

func TestAFileThatCannotBeIsRefusedBeforeTheRun(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := heist("run", "n=60", "--save", "table.csv")
	if code != 2 || stdout != "" || !strings.Contains(stderr, "table.csv") || !strings.Contains(stderr, "queries.csv") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, _, stderr := heist("run", "n=60", "queries=5", "--save", filepath.Join(t.TempDir(), "figure@9x.png")); code != 1 || !strings.Contains(stderr, "@1x to @4x") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
