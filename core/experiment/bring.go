//go:build !lean

package experiment

import (
	"fmt"

	"modelheist/core/domain"
	"modelheist/core/foreign"
	"modelheist/core/model"
	"modelheist/core/modelfile"
)

// bring takes the victim from the Spec's file. Its recipe, of which the thief
// knows the family, is what the model shows of it.
func (e *Experiment) bring(env Env, prev *Experiment) error {
	if prev != nil && prev.Spec.part("data", "victim") == e.Spec.part("data", "victim") {
		e.Victim, e.Recipe = prev.Victim, prev.Recipe
		e.settle()
		return nil
	}
	env.stage("victim")
	name := e.Spec.Get("victim-file")
	bad := func(format string, args ...any) error {
		return &ParamError{"victim-file", name, fmt.Sprintf(format, args...)}
	}
	data, err := env.open(name)
	if err != nil {
		return bad("%v", err)
	}
	f, err := foreign.Read(data)
	if err != nil {
		return bad("%v", err)
	}
	recipe, ok := RecipeOf(f.Model)
	switch {
	case !ok:
		return bad("holds a model of family %q, which can't be a victim", modelfile.Family(f.Model))
	case recipe.Family != e.Spec.Get("victim"):
		return &ParamError{"victim", e.Spec.Get("victim"), fmt.Sprintf("the model of victim-file is another: write victim=%s", recipe.Family)}
	case f.Model.Dim() != e.Set.D():
		return bad("takes %d inputs, and the data set %s has %d", f.Model.Dim(), e.Set.Name, e.Set.D())
	case f.Model.Classes() != e.Set.Classes():
		return bad("tells %d classes apart, and the data set %s has %d", f.Model.Classes(), e.Set.Name, e.Set.Classes())
	}
	for i, feature := range f.Domain {
		if why := misfit(feature, e.Set.Domain[i]); why != "" {
			return bad("input %q %s", feature.Name, why)
		}
	}
	e.Victim, e.Recipe = f.Model, recipe
	e.settle()
	return nil
}

// misfit says why the input of a model can't be the feature of the data: they are
// in other units.
func misfit(input, feature domain.Feature) string {
	if len(input.Categories) != len(feature.Categories) {
		return fmt.Sprintf("has %d categories, and the data's %q %d", len(input.Categories), feature.Name, len(feature.Categories))
	}
	slack := (feature.High - feature.Low) / 2
	if input.Low < feature.Low-slack || input.High > feature.High+slack || input.High-input.Low < slack/2 {
		return fmt.Sprintf("ranges over %.4g..%.4g, and the data's %q over %.4g..%.4g: the model must take inputs scaled as the data are", input.Low, input.High, feature.Name, feature.Low, feature.High)
	}
	return ""
}

// RecipeOf is what a model shows of how it was made; what it does not show is as
// usual. It is false for a model that can't be a victim.
func RecipeOf(m model.Classifier) (model.Recipe, bool) {
	switch m := m.(type) {
	case *model.Linear:
		return model.Recipe{Family: m.Family(), C: 1}, true
	case *model.MLP:
		return model.Recipe{Family: "mlp", Hidden: m.Hidden(), Activation: m.Activation(), L2: 0.0001}, true
	case *model.SVM:
		r := m.Kernel()
		r.C = 10
		return r, true
	case *model.KLR:
		return model.Recipe{Family: "klr", C: 1, Gamma: m.Gamma(), Representers: len(m.Representers()) / m.Dim()}, true
	case *model.KNN:
		return model.Recipe{Family: "knn", Neighbours: m.Neighbours()}, true
	case *model.Tree:
		return model.Recipe{Family: "tree", Depth: m.Depth(), MinLeaf: 1}, true
	case *model.Ensemble:
		r, ok := RecipeOf(m.Members()[0])
		r.Members = len(m.Members())
		return r, ok
	}
	return model.Recipe{}, false
}
