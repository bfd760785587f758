//go:build lean

package experiment

const lean = true
