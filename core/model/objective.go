package model

import (
	"fmt"
	"math"

	"modelheist/core/optimize"
)

// Objective is the function of the k parameters that Train minimises: the mean
// loss on data plus the penalty, with its gradient. It serves whoever wants to
// minimise it in another way or to measure it. The function is not safe for
// concurrent use.
//
// Errors: those of Train; also for a family that is not trained by one smooth
// function: the SVM, and one-vs-rest on labels.
func (r Recipe) Objective(data Data) (f optimize.Func, k int, err error) {
	if r.Family == "svm" || r.Family == "ovr" && data.Labels != nil {
		return nil, 0, fmt.Errorf("model: %s on labels has no single objective", r.Family)
	}
	if err := data.check(); err != nil {
		return nil, 0, err
	}
	k = r.Unknowns(data.Dim, data.Classes)
	if r.Family == "mlp" {
		return r.mlpObjective(data), k, nil
	}
	if err := checkLinear(r.Family, data.Classes); err != nil {
		return nil, 0, err
	}
	l := &linearLoss{d: data.Dim, rows: data.Classes, n: data.N(), link: links[r.Family]}
	if !math.IsInf(r.C, 1) {
		l.ridge, _ = r.penalty(data)
	}
	y := data.targets()
	if r.Family == "logistic" {
		l.rows, y = 1, column(y, 1, 2)
	}
	l.blocks = pack(data.X, y, data.Dim, l.rows)
	return l.value, k, nil
}

func (r Recipe) mlpObjective(data Data) optimize.Func {
	sizes := append(append([]int{data.Dim}, r.Hidden...), data.Classes)
	l := &mlpLoss{net: newNet(sizes, r.Activation, blockRows), n: data.N(), l2: r.L2}
	l.blocks = pack(data.X, data.targets(), data.Dim, data.Classes)
	return l.value
}
