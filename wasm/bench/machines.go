//go:build js && wasm

package main

import (
	"syscall/js"

	"modelheist/core/model"
	"modelheist/core/num"
	"modelheist/core/surface"
)

// fitted is the last machine or tree that was trained.
var fitted model.Classifier

// fit trains a support vector machine (RBF kernel) or a tree without limits
// on the data, and answers how many support vectors or leaves it has.
func fit(args []js.Value) (any, error) {
	r := model.Recipe{Family: args[0].String()}
	o := model.Options{}
	if r.Family == "svm" {
		r.Kernel, r.C, r.Gamma, o.Tol = "rbf", args[1].Float(), args[2].Float(), args[3].Float()
	}
	m, err := r.Train(data, o)
	if err != nil {
		return nil, err
	}
	fitted = m
	switch m := m.(type) {
	case *model.SVM:
		return len(m.Support().Dual), nil
	case *model.Tree:
		return m.Leaves(), nil
	}
	return 0, nil
}

// dual is the objective of the machine's dual, Σα - ½αᵀQα, which training
// maximises.
func dual([]js.Value) (any, error) {
	m := fitted.(*model.SVM)
	s := m.Support()
	n, d := len(s.Dual), m.Dim()
	sum, k := 0.0, make([]float64, n)
	for i, a := range s.Dual {
		for j := range k {
			far := 0.0
			for f := range d {
				v := s.Vectors[i*d+f] - s.Vectors[j*d+f]
				far += v * v
			}
			k[j] = -m.Kernel().Gamma * far
		}
		num.ExpTo(k, k)
		sum += max(a, -a) - a*num.Dot(k, s.Dual)/2
	}
	return sum, nil
}

var plane surface.Field

// labels fills the labels of side×side pixels on [-reach, reach]² and answers how
// many the model was asked about: all, or with adaptive those that tell the others.
func labels(args []js.Value) (any, error) {
	side, reach := args[0].Int(), args[1].Float()
	plane.Make(surface.Raster{Left: -reach, Bottom: -reach, Right: reach, Top: reach, W: side, H: side}, fitted.Classes())
	asked := side * side
	if args[2].Bool() {
		asked = plane.Adaptive(fitted)
	} else {
		plane.Full(fitted)
	}
	js.CopyBytesToJS(args[3], plane.Labels)
	return asked, nil
}
