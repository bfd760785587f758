package export

import (
	_ "embed" // the programs' text
	"fmt"
	"strings"

	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// Programs that load a model file and predict, in parts: around is the program,
// and each family has its scores. A part begins with a line ==== and its name.
var (
	//go:embed snippets.py.txt
	python string
	//go:embed snippets.go.txt
	golang string
)

// part is a part of a program; empty if there is none.
func part(of, name string) string {
	_, text, _ := strings.Cut(of, "==== "+name+"\n")
	text, _, _ = strings.Cut(text, "==== ")
	return text
}

// program writes one, in py or go, that predicts with the model file of the given
// name, which is to lie beside it.
func program(m model.Classifier, language, file string) ([]byte, error) {
	of, name := python, "Python"
	if language == "go" {
		of, name = golang, "Go"
	}
	family := modelfile.Family(m)
	scores := part(of, family)
	if _, binned := m.(*model.Binned); binned || scores == "" {
		return nil, fmt.Errorf("there is no program in %s for a model of family %q; its ONNX file runs in any runtime", name, family)
	}
	text := strings.Replace(part(of, "around"), "BODY\n", scores, 1)
	stem := strings.TrimSuffix(file, ".json")
	return []byte(strings.NewReplacer("MODEL.json", stem+".json", "MODEL.onnx", stem+".onnx", "INPUTS", fmt.Sprint(m.Dim())).Replace(text)), nil
}
