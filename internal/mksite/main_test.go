package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files to a new folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := write(filepath.Join(dir, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestThePageRefersToItsEngineByContent(t *testing.T) {
	t.Parallel()
	source := tree(t, map[string]string{
		"index.html": `<link href="engine.wasm">`, "worker.js": `import "./wasm_exec.js"`,
		"note.md": "stays", "main.go": "stays", "data/iris.csv": "1,2",
	})
	made := tree(t, map[string]string{"engine.wasm": "one", "wasm_exec.js": "loader", "params.json": "[]"})
	out := tree(t, map[string]string{"old.js": "goes", "old.js.br": "goes"})
	extra := []string{}
	for _, name := range []string{"engine.wasm", "wasm_exec.js", "params.json"} {
		extra = append(extra, name+"="+filepath.Join(made, name))
	}
	build := func() (page string) {
		if err := run(out, "v1", source, extra); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(out, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}

	first := build()
	engine := strings.TrimSuffix(strings.TrimPrefix(first, `<link href="`), `">`)
	if content, err := os.ReadFile(filepath.Join(out, engine)); err != nil || string(content) != "one" {
		t.Errorf("the page refers to %q: %q, %v", engine, content, err)
	}
	for _, gone := range []string{"old.js", "old.js.br", "note.md", "main.go", "engine.wasm"} {
		if _, err := os.Stat(filepath.Join(out, gone)); err == nil {
			t.Errorf("%s is in the built page", gone)
		}
	}
	if _, err := os.Stat(filepath.Join(out, "data", "iris.csv")); err != nil {
		t.Error(err)
	}

	if err := write(filepath.Join(made, "engine.wasm"), []byte("two")); err != nil {
		t.Fatal(err)
	}
	if second := build(); second == first {
		t.Error("another engine has the same name")
	}
	if _, err := os.Stat(filepath.Join(out, engine)); err == nil {
		t.Error("the old engine is still there")
	}
}

func TestAMissingPartIsNamed(t *testing.T) {
	t.Parallel()
	err := run(t.TempDir(), "", tree(t, map[string]string{"index.html": ""}), nil)
	if err == nil || !strings.Contains(err.Error(), "engine.wasm") {
		t.Errorf("got %v, want an error that names engine.wasm", err)
	}
}

func TestAPagesModulesBecomeOneScript(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{
		"index.html": []byte(`<script type="module" src="app.js"></script>`),
		"app.js":     []byte("import {\n\ta as one,\n} from \"./a.js\";\nimport { b } from \"./b.js\";\none(b);\n"),
		"a.js":       []byte("/** A.\n * B. */\nimport { b } from \"./b.js\";\n// why\nexport function a(x) {\n\treturn `/** ${x + b} */`;\n}\n"),
		"b.js":       []byte("/** @type {number} */ let c = 1;\n/** B. */\nexport const b = 1;\n/** the end */\n"),
		"worker.js":  []byte("import \"./wasm_exec.js\";\n"),
	}
	if err := join(files); err != nil {
		t.Fatal(err)
	}
	want := "const $b = (() => {\nlet c = 1;\nconst b = 1;\nreturn { b };\n})();\n" +
		"const $a = (() => {\nconst { b } = $b;\nfunction a(x) {\nreturn `/** ${x + b} */`;\n}\nreturn { a };\n})();\n" +
		"const $app = (() => {\nconst {\na: one,\n} = $a;\nconst { b } = $b;\none(b);\nreturn {  };\n})();\n"
	if got := string(files["app.js"]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(files) != 3 || files["worker.js"] == nil {
		t.Errorf("%d files are left, want index.html, app.js and worker.js", len(files))
	}
}

func TestWhatCannotBeJoinedIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"const a = `\n`;\n":                  "backquotes",
		"import { a } from \"./app.js\";\n":  "needs itself",
		"import { a } from \"./gone.js\";\n": "gone.js",
		"export default 1;\n":                "export default",
		"export let a = 1;\n":                "export let",
		"const a = import(\"./b.js\");\n":    "import(",
	} {
		err := join(map[string][]byte{"index.html": []byte(`<script type="module" src="app.js">`), "app.js": []byte(text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}
