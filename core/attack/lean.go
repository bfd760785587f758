//go:build lean

package attack

// A lean build is the engine that the page loads first. What it does not name
// here, the linker leaves out.
var more []row
