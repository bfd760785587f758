// Package arrows keeps the arrows of ARCHITECTURE.md pointing one way.
package arrows

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "modelheist"

type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports, Deps   []string
}

// list describes the packages that match, as a browser would see them.
func list(t *testing.T, pattern string) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,Deps", pattern)
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatalf("no package matches %s", pattern)
	}
	return all
}

// within reports whether path is root or below it.
func within(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != module
}

// Core must run anywhere and give the same events everywhere: no system, no
// network, no clock, no randomness that was not passed in.
func TestCoreImportsOnlyTheStandardLibraryAndGonum(t *testing.T) {
	t.Parallel()
	forbidden := []string{"os", "net", "syscall", "time", "log", "math/rand", "testing", "unsafe", "plugin"}
	for _, p := range list(t, "./core/...") {
		for _, imported := range p.Imports {
			ok := imported == "math/rand/v2" || imported == "net/url" || within(imported, module+"/core") || within(imported, "gonum.org/v1/gonum") || within(imported, "golang.org/x/image") && p.ImportPath == module+"/core/figure/raster"
			if !ok && isStd(imported) {
				ok = !slices.ContainsFunc(forbidden, func(f string) bool { return within(imported, f) })
			}
			if !ok {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// An attack sees an oracle and nothing else.
func TestAttacksCannotReachTheVictimsDataOrTheMetrics(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./core/attack/...") {
		for _, dep := range p.Deps {
			for _, hidden := range []string{"metric", "experiment", "dataset"} {
				if within(dep, module+"/core/"+hidden) {
					t.Errorf("%s depends on %s", p.ImportPath, dep)
				}
			}
		}
	}
}

// What core says about imports it must also keep in use: the package functions
// of math/rand/v2 draw from the global source.
func TestCoreDrawsOnlyFromGeneratorsPassedIn(t *testing.T) {
	t.Parallel()
	allowed := []string{"New", "NewPCG", "PCG", "Rand", "Source"}
	for _, p := range list(t, "./core/...") {
		for _, name := range p.GoFiles {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				// An identifier without an object is a package (or from another file).
				id, ok := selector.X.(*ast.Ident)
				if ok && id.Obj == nil && id.Name == "rand" && !slices.Contains(allowed, selector.Sel.Name) {
					t.Errorf("%s: rand.%s draws from the global source", files.Position(selector.Pos()), selector.Sel.Name)
				}
				return true
			})
		}
	}
}

// The engine needs no server, and the page's download has no room for one.
func TestCoreDoesNotPullInTheNetwork(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./core/...") {
		if slices.Contains(p.Deps, "net/http") {
			t.Errorf("%s depends on net/http", p.ImportPath)
		}
	}
}

// A page queries remote oracles by its own fetch.
func TestTheClientOfRemoteOraclesFitsIntoAPage(t *testing.T) {
	t.Parallel()
	for _, p := range append(list(t, "./remote/client/..."), list(t, "./wasm/engine/...")...) {
		for _, heavy := range []string{"net/http", "encoding/json", "context", "crypto/rand"} {
			if slices.Contains(p.Deps, heavy) {
				t.Errorf("%s depends on %s", p.ImportPath, heavy)
			}
		}
	}
}
