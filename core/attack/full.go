//go:build !lean

package attack

import (
	"modelheist/core/model"
	"modelheist/core/oracle"
)

// more are the attacks that a lean build leaves out.
var more = []row{
	{"kernel-leak", []oracle.Kind{oracle.Top1, oracle.Probabilities, oracle.Logits}, []string{"klr"}, kernelLeak},
	{"lowd-meek", labelOnly, []string{"logistic", "svm"}, lowdMeek},
	{"extract-and-test", labelOnly, model.Families, extractAndTest},
	{"bin-edges", []oracle.Kind{oracle.Top1, oracle.Probabilities, oracle.Logits}, []string{"logistic", "softmax", "ovr"}, binEdges},
	{"path-finding", leafAnswers, []string{"tree"}, pathFinding},
	{"top-down", leafAnswers, []string{"tree"}, topDown},
}
