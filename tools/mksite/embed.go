package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// element is the script that other sites load for <heist-playground>.
const element = "heist-playground.js"

// embed makes what other sites embed: the page for a frame, and the element as
// one script that needs no other.
func embed(files map[string][]byte, source string) error {
	if page, ok := files["index.html"]; ok {
		files["embed.html"] = framed(page)
	}
	if _, ok := files[element]; !ok {
		return nil
	}
	keys, err := settingKeys(files["params.json"])
	if err != nil {
		return err
	}
	made, err := esbuild(source, element, api.BuildOptions{
		Define: map[string]string{"SETTING_KEYS": string(keys)},
	})
	if err != nil {
		return err
	}
	for _, part := range made.modules {
		delete(files, part)
	}
	files[element] = made.files[element]
	return nil
}

// framed is the page as it begins inside another one: without what only a page
// of its own shows, and with a height that the page around may follow.
func framed(page []byte) []byte {
	page = bytes.Replace(page, []byte(`<html lang="en">`), []byte(`<html lang="en" class="framed low">`), 1)
	return bytes.Replace(page, []byte("<title>"), []byte("<meta name=\"responsive-embedded-sizing\" content=\"allow-origins=*\">\n<meta name=\"robots\" content=\"noindex\">\n<title>"), 1)
}

// settingKeys are the keys of the page's settings, as a JSON array.
func settingKeys(params []byte) ([]byte, error) {
	var table struct {
		Sections []string
		Params   []struct{ Key, Section string }
	}
	if err := json.Unmarshal(params, &table); err != nil {
		return nil, fmt.Errorf("params.json: %w", err)
	}
	keys := []string{}
	for _, p := range table.Params {
		if slices.Contains(table.Sections, p.Section) {
			keys = append(keys, p.Key)
		}
	}
	return json.Marshal(keys)
}
