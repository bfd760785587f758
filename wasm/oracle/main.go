//go:build js && wasm

// Command oracle is remote's server as a Cloudflare Worker. README.md says how
// its parts play together.
package main

import (
	"fmt"
	"os"
	"strings"
	"syscall/js"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"

	"modelheist/remote"
	"modelheist/remote/demo"
)

// version is set by the build.
var version = "dev"

func main() {
	context := js.Global().Get("context") // of instance.js
	c := remote.Config{
		Store: newStore(context), AdminKey: cloudflare.Getenv("HEIST_ADMIN_KEY"), Demos: demo.All(), Version: version,
		Log: func(err error) { fmt.Fprintln(os.Stderr, "oracle:", err) },
	}
	if origins := cloudflare.Getenv("HEIST_ORIGINS"); origins != "" {
		c.Origins = strings.Split(origins, ",")
	}
	s, err := remote.New(c)
	if err != nil {
		panic(err)
	}
	serve(context.Get("binding"), s)
	workers.Ready()
	select {} // the program would end
}
