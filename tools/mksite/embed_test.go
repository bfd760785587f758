package main

import (
	"strings"
	"testing"
)

func TestTheElementIsOneScriptThatKnowsTheSettings(t *testing.T) {
	t.Parallel()
	source := map[string]string{
		"index.html":     "<html lang=\"en\">\n<title>T</title><script type=\"module\" src=\"app.js\"></script>",
		"app.js":         "import { p } from \"./protocol.js\";\np();\n",
		"protocol.js":    "export const p = () => console.log(\"protocol\");\n",
		element:          "import { p } from \"./protocol.js\";\np(SETTING_KEYS);\n",
		"params.json":    `{"sections":["data"],"params":[{"key":"n","section":"data"},{"key":"token","section":"remote"}]}`,
		"engine.wasm":    "",
		"wasm_exec.js":   "",
		"part.md":        "stays",
		"poster/a.webp":  "",
		"data/iris.csv":  "",
		"data/README.md": "",
	}
	files := map[string][]byte{}
	for name, text := range source {
		files[name] = []byte(text)
	}
	dir := tree(t, source)
	if err := embed(files, dir); err != nil {
		t.Fatal(err)
	}
	if err := join(files, dir); err != nil {
		t.Fatal(err)
	}
	script := string(files[element])
	if strings.Contains(script, "import") || !strings.Contains(script, `["n"]`) || strings.Contains(script, "token") || !strings.Contains(script, `"protocol"`) {
		t.Errorf("the element's script\n%s", script)
	}
	page := string(files["embed.html"])
	if !strings.Contains(page, `<html lang="en" class="framed low">`) || !strings.Contains(page, "responsive-embedded-sizing") || !strings.Contains(page, `src="app.js"`) {
		t.Errorf("the page for frames\n%s", page)
	}
	if !strings.Contains(string(files["app.js"]), `"protocol"`) || files["protocol.js"] != nil {
		t.Error("the page's own script has lost what the element shares with it")
	}
}
