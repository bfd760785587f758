package fmt

import (
	"errors"
	real "fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

type (
	word   string
	count  int
	degree float64
	named  struct{ name string }
)

func (n named) String() string { return "<" + n.name + ">" }

var samples = []any{
	"", "moons", "é\n\"x\"", word("labels"), 0, -7, 1 << 40, count(3), int64(-1), int32(9), uint8(200), uint64(1 << 63), 'x',
	0.0, -0.5, 1.0, 1e20, 1e21, -123456789.0, 1e-5, 0.1 + 0.2, degree(2.5), math.NaN(), math.Inf(1), true,
	[]string{"a", "b"}, []int{1, 2}, []float64{0.5, 2}, []string(nil), errors.New("broken"), named{"n"}, nil,
}

func TestEveryKnownVerbWritesWhatTheRealFmtWrites(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"%v", "a %s b", "%q", "%d", "%g", "%f", "%e", "%c", "%x", "%.3g", "%.2f", "%.40q", "%.1s", "%t", "%%%v%%"} {
		for _, v := range samples {
			want := real.Sprintf(format, v)
			if strings.Contains(want, "%!") || strings.Contains(want, "%%!") {
				continue // the verb is not for this value
			}
			if strings.Contains(format, "x") {
				if _, text := v.(string); text {
					continue // hexadecimal texts are not among the verbs
				}
				if _, whole := v.(int); !whole {
					continue
				}
			}
			if got := Sprintf(format, v); got != want {
				t.Errorf("%s of %#v: %q, want %q", format, v, got, want)
			}
		}
	}
	if got, want := Sprint("a", 1, 2, "b", 3.5), real.Sprint("a", 1, 2, "b", 3.5); got != want {
		t.Errorf("Sprint: %q, want %q", got, want)
	}
	if got, want := Sprintln("a", 1), real.Sprintln("a", 1); got != want {
		t.Errorf("Sprintln: %q, want %q", got, want)
	}
}

func TestErrorsWrap(t *testing.T) {
	t.Parallel()
	one, two := errors.New("one"), errors.New("two")
	if err := Errorf("both: %w and %w", one, two); !errors.Is(err, one) || !errors.Is(err, two) || err.Error() != "both: one and two" {
		t.Errorf("%v", err)
	}
	if err := Errorf("%d: %w", 3, one); errors.Unwrap(err) != one || err.Error() != "3: one" {
		t.Errorf("%v", err)
	}
	if err := Errorf("plain"); errors.Unwrap(err) != nil {
		t.Errorf("%v", err)
	}
}

func TestWhatItDoesNotKnowIsMarked(t *testing.T) {
	t.Parallel()
	for _, text := range []string{Sprintf("%v", struct{}{}), Sprintf("%d"), Sprintf("x", 1), Sprintf("%")} {
		if !strings.Contains(text, "%!") {
			t.Errorf("%q hides a mistake", text)
		}
	}
}

var verb = regexp.MustCompile(`%[^%a-zA-Z]*[a-zA-Z%]`)

// TestTheEnginesFormatsAreKnown reads every format in what the engine is built
// from.
func TestTheEnginesFormatsAreKnown(t *testing.T) {
	t.Parallel()
	known := regexp.MustCompile(`^%(\.\d+)?[vsqdgfecxtw]$|^%%$`)
	formats := 0
	for _, path := range engineSources(t) {
		err := func() error {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				f, ok := call.Fun.(*ast.SelectorExpr)
				if pkg, named := f, ok; !named || !isFmt(pkg) || !strings.HasSuffix(f.Sel.Name, "f") {
					return true
				}
				for _, arg := range call.Args {
					lit, ok := arg.(*ast.BasicLit)
					if !ok || lit.Kind != token.STRING {
						continue
					}
					format, _ := strconv.Unquote(lit.Value)
					formats++
					for _, v := range verb.FindAllString(format, -1) {
						if !known.MatchString(v) {
							t.Errorf("%s: %q has the verb %s", path, format, v)
						}
					}
					break
				}
				return true
			})
			return nil
		}()
		if err != nil {
			t.Fatal(err)
		}
	}
	if formats < 100 {
		t.Errorf("only %d formats found", formats)
	}
}

// engineSources are the files of this module that the engine is built from.
func engineSources(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}{{end}}", "modelheist/wasm/engine")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

func isFmt(f *ast.SelectorExpr) bool {
	id, ok := f.X.(*ast.Ident)
	return ok && id.Name == "fmt"
}
