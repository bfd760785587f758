//go:build lean

package model

import "fmt"

// A lean build is the engine that the page loads first. What it does not name
// here, the linker leaves out.
var more []string

func (r Recipe) trainMore(Data, Options) (Classifier, error) {
	return nil, fmt.Errorf("model: no family %q, members = %d, bins = %d, privacy = %v in a lean build", r.Family, r.Members, r.Bins, r.Privacy)
}
