//go:build js && wasm

// Command engine is Model Heist in the browser: a Go program in a Web Worker
// that prepares experiments, runs thefts, and draws them on the page's
// canvases. It speaks the messages of site/messages.js on the worker's global
// scope.
package main

// version is set by the build.
var version = "dev"

func main() {
	newEngine().listen()
	select {}
}
