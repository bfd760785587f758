package main

import (
	"encoding/json"
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
		"params.json":    `{"sections":["data"],"params":[{"key":"n","section":"data","kind":"int","min":20,"max":400,"default":"40","help":"Points < all."},{"key":"token","section":"remote"}]}`,
		"engine.wasm":    "",
		"wasm_exec.js":   "",
		"embedding.html": "<!-- settings -->",
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
	if !strings.Contains(page, `<html lang="en" class="framed">`) || !strings.Contains(page, "responsive-embedded-sizing") || !strings.Contains(page, `src="app.js"`) {
		t.Errorf("the page for frames\n%s", page)
	}
	if !strings.Contains(string(files["app.js"]), `"protocol"`) || files["protocol.js"] != nil {
		t.Error("the page's own script has lost what the element shares with it")
	}
	table := string(files["embedding.html"])
	if !strings.Contains(table, "<th scope=\"row\">n</th><td>20 to 400</td><td>40</td><td>Points &lt; all.</td>") {
		t.Errorf("the table of settings\n%s", table)
	}
}

func TestOEmbedAnswersFrameTheSite(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{"index.html": []byte("<title>T</title>")}
	if err := oembed(files, "https://heist.example/v1/"); err != nil {
		t.Fatal(err)
	}
	var answer rich
	if err := json.Unmarshal(files["oembed/xor.json"], &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Type != "rich" || answer.Version != "1.0" || !strings.Contains(answer.HTML, `src="https://heist.example/v1/embed.html#data=xor"`) {
		t.Errorf("answer %+v", answer)
	}
	if page := string(files["index.html"]); !strings.Contains(page, `href="https://heist.example/v1/oembed.json"`) {
		t.Errorf("page %s", page)
	}
	if err := oembed(files, "heist.example"); err == nil || !strings.Contains(err.Error(), "heist.example") {
		t.Errorf("error %v, want one that names the address", err)
	}
	none := map[string][]byte{}
	if err := oembed(none, ""); err != nil || len(none) > 0 {
		t.Errorf("without an address: %v, %d files", err, len(none))
	}
}
