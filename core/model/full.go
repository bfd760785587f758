//go:build !lean

package model

import "fmt"

// more are the families that a lean build leaves out; it leaves out ensembles,
// feature extraction and privacy too.
var more = []string{"tree", "knn", "klr"}

func (r Recipe) trainMore(data Data, o Options) (Classifier, error) {
	if r.Members != 0 {
		return r.trainEnsemble(data, o)
	}
	if r.Bins != 0 {
		return r.trainBinned(data, o)
	}
	if r.Privacy != 0 {
		return r.trainPrivate(data, o)
	}
	switch r.Family {
	case "tree":
		return built(GrowTree(data, r.growth(o, 0)))
	case "knn":
		return r.trainKNN(data)
	case "klr":
		return r.trainKLR(data, o)
	}
	return nil, fmt.Errorf("model: no family %q", r.Family)
}
