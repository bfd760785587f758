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
	made := tree(t, map[string]string{"engine.wasm": "one", "engine-full.wasm": "whole", "wasm_exec.js": "loader", "params.json": "[]"})
	out := tree(t, map[string]string{"old.js": "goes", "old.js.br": "goes"})
	extra := []string{}
	for _, name := range []string{"engine.wasm", "engine-full.wasm", "wasm_exec.js", "params.json"} {
		extra = append(extra, name+"="+filepath.Join(made, name))
	}
	build := func() (page string) {
		if err := run(out, "v1", "", source, extra); err != nil {
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
	err := run(t.TempDir(), "", "", tree(t, map[string]string{"index.html": ""}), nil)
	if err == nil || !strings.Contains(err.Error(), "engine.wasm") {
		t.Errorf("got %v, want an error that names engine.wasm", err)
	}
}

func TestAPagesModulesBecomeOneScript(t *testing.T) {
	t.Parallel()
	source := map[string]string{
		"index.html": `<script type="module" src="app.js"></script>`,
		"app.js":     "import { a as one } from \"./a.js\";\nimport { b } from \"./b.js\";\none(b);\n",
		"a.js":       "/** A. */\nimport { b } from \"./b.js\";\n// why\nexport function a(x) {\n\tconsole.log(x + b);\n}\n",
		"b.js":       "/** B. */\nexport const b = Math.random();\n",
		"worker.js":  "import \"./wasm_exec.js\";\n",
	}
	files := map[string][]byte{}
	for name, text := range source {
		files[name] = []byte(text)
	}
	if err := join(files, tree(t, source)); err != nil {
		t.Fatal(err)
	}
	got := string(files["app.js"])
	if strings.Contains(got, "import") || strings.Contains(got, "why") || strings.Count(got, "Math.random()") != 1 {
		t.Errorf("joined script\n%s", got)
	}
	if len(files) != 3 || string(files["worker.js"]) != source["worker.js"] {
		t.Errorf("%d files are left, want index.html, app.js and worker.js as it was", len(files))
	}
}

func TestWhatAPageImportsLaterIsAPartOfItsOwn(t *testing.T) {
	t.Parallel()
	source := map[string]string{
		"index.html": `<script type="module" src="app.js"></script>`,
		"app.js":     "import { b } from \"./b.js\";\nb();\nimport(\"./late.js\").then((late) => late.open());\n",
		"late.js":    "import { b } from \"./b.js\";\nexport const open = () => b(\"late\");\n",
		"b.js":       "export const b = (x) => console.log(\"shared\", x);\n",
	}
	files := map[string][]byte{}
	for name, text := range source {
		files[name] = []byte(text)
	}
	if err := join(files, tree(t, source)); err != nil {
		t.Fatal(err)
	}
	if len(files) != 4 || files["late.js"] != nil || files["b.js"] != nil {
		t.Errorf("%d files are left, want the page, its script, what it shares and what comes late", len(files))
	}
	for name, text := range files {
		shared, late := strings.Contains(string(text), `"shared"`), strings.Contains(string(text), `"late"`)
		if name == "app.js" && (shared || late) || shared && late {
			t.Errorf("%s holds what is in another part\n%s", name, text)
		}
		if page := string(files["index.html"]); strings.HasPrefix(name, "part-") && strings.Contains(page, name) != shared {
			t.Errorf("%s: announced: %t, wanted at the beginning: %t\n%s", name, !shared, shared, page)
		}
	}
}

func TestWhatCannotBeJoinedIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"import { a } from \"./gone.js\";\na();\n": "gone.js",
		"\nconst = 1;\n": "app.js:2",
	} {
		source := map[string]string{"index.html": `<script type="module" src="app.js">`, "app.js": text}
		err := join(map[string][]byte{"index.html": []byte(source["index.html"])}, tree(t, source))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
}
