//go:build js && wasm

// Command oracle is remote's server as a Cloudflare Worker. README.md says how
// its parts play together.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/syumai/workers"
	"github.com/syumai/workers/cloudflare"

	"modelheist/remote"
	"modelheist/remote/demo"
)

// version is set by the build.
var version = "dev"

func main() {
	c := remote.Config{
		Store: newStore(), AdminKey: cloudflare.Getenv("HEIST_ADMIN_KEY"), Demos: demo.All(), Version: version,
		Log: func(err error) { fmt.Fprintln(os.Stderr, "oracle:", err) },
	}
	if origins := cloudflare.Getenv("HEIST_ORIGINS"); origins != "" {
		c.Origins = strings.Split(origins, ",")
	}
	s, err := remote.New(c)
	if err != nil {
		panic(err)
	}
	workers.ServeNonBlock(whole{s})
	workers.Ready()
	select {} // Serve would return, and the program end, after the first answer
}
