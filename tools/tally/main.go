// Command tally reads the output of go test -json, shows what failed with all it
// said, and ends with a count.
//
//	go test -json ./... | tally
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64 // seconds
}

func main() {
	passed, failed, skipped := 0, 0, 0
	failing := map[string]bool{}
	output := map[string]string{} // by package and test
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // a message of go itself
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			output[key] += e.Output
		case "build-output":
			fmt.Print(e.Output)
		case "pass", "fail", "skip":
			if e.Action == "fail" {
				fmt.Printf("FAIL %s\n%s", strings.TrimSpace(key), output[key])
			}
			delete(output, key)
			switch {
			case e.Test == "" && e.Action == "fail" && !failing[e.Package]:
				failed++ // it did not build, or died outside a test
				fallthrough
			case e.Test == "" && e.Action != "skip":
				fmt.Printf("  %-4s %-36s %6.1f s\n", e.Action, e.Package, e.Elapsed)
			case e.Test == "":
			case e.Action == "pass":
				passed++
			case e.Action == "fail":
				failed++
				failing[e.Package] = true
			default:
				skipped++
			}
		}
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}
