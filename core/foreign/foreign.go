// Package foreign reads models that were made elsewhere, to be victims here: a
// model file of ours, an experiment's file, ONNX, or scikit-learn's own numbers
// as JSON.
package foreign

import (
	"bytes"
	"errors"
	"fmt"

	"modelheist/core/jsontext"
	"modelheist/core/modelfile"
	"modelheist/core/onnx"
)

// MaxBytes bounds a file.
const MaxBytes = 32_000_000

// Read reads a model, whatever kind of file it is in. Domain and Classes are nil
// where the file does not tell. Errors name the member, field or operator.
func Read(data []byte) (modelfile.File, error) {
	if len(data) > MaxBytes {
		return modelfile.File{}, fmt.Errorf("the file has %d bytes, allowed are %d", len(data), MaxBytes)
	}
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return modelfile.File{}, errors.New("the file is empty")
	case text[0] != '{':
		return onnx.Read(data)
	}
	v, err := jsontext.Parse(text)
	if err != nil {
		return modelfile.File{}, fmt.Errorf("model: %w", err)
	}
	o := jsontext.Open(v, "model")
	switch {
	case o.Has("sklearn"):
		return scikit(o)
	case o.Has("settings") && o.Has("victim"):
		return modelfile.Read(o.Any("victim"))
	case o.Has("settings"):
		return modelfile.File{}, errors.New("the file is an experiment without a victim in it")
	}
	return modelfile.Read(v)
}
