// Package demo holds the victims that are on every server from the start.
package demo

import (
	"embed"
	"strings"

	"modelheist/remote"
)

// Demo says how a victim was made.
type Demo struct{ Name, Title, Spec string }

// Demos are the victims. Their files are written by
//
//	go test ./remote/demo -update
var Demos = []Demo{
	{"moons-mlp", "Moons: a network of 8 nodes that answers probabilities", "data=moons victim=mlp hidden=8 answers=probabilities"},
	{"circles-svm", "Circles: a support vector machine that answers labels", "data=circles victim=svm answers=labels"},
	{"iris-softmax", "Iris: a softmax regression that answers probabilities", "data=iris victim=softmax answers=probabilities"},
	{"digits-softmax", "Digits: a softmax regression that answers probabilities", "data=digits victim=softmax answers=probabilities"},
	{"moons-tree", "Moons: a decision tree that takes incomplete inputs", "data=moons victim=tree answers=probabilities partial=yes"},
}

// Open is what every client may ask of a demo without a token.
var Open = remote.Limits{Budget: 5000, Window: 3600, Rate: 2000, Period: 60}

//go:embed *.json
var files embed.FS

// All are the demos' publications by name.
func All() map[string][]byte {
	all := map[string][]byte{}
	list, err := files.ReadDir(".")
	if err != nil {
		panic("demo: " + err.Error()) // the embedded folder is there
	}
	for _, f := range list {
		text, err := files.ReadFile(f.Name())
		if err != nil {
			panic("demo: " + err.Error())
		}
		all[strings.TrimSuffix(f.Name(), ".json")] = text
	}
	return all
}
