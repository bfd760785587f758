package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"path"
	"slices"
	"strconv"
	"strings"

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
	settings, err := readSettings(files["params.json"])
	if err != nil {
		return err
	}
	keys := []string{}
	for _, p := range settings {
		keys = append(keys, p.Key)
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	made, err := esbuild(source, element, api.BuildOptions{
		Define: map[string]string{"SETTING_KEYS": string(list)},
	})
	if err != nil {
		return err
	}
	for _, part := range made.modules {
		delete(files, part)
	}
	files[element] = made.files[element]
	for name, text := range files {
		if path.Ext(name) == ".html" {
			files[name] = bytes.ReplaceAll(text, []byte(settingsHere), settingsTable(settings))
		}
	}
	return nil
}

// framed is the page as it begins inside another one: without what only a page
// of its own shows, and with a height that the page around may follow.
func framed(page []byte) []byte {
	page = bytes.Replace(page, []byte(`<html lang="en">`), []byte(`<html lang="en" class="framed">`), 1)
	page = bytes.Replace(page, []byte(` media="(height < 560px)"`), nil, 1) // compact at any height
	return bytes.Replace(page, []byte("<title>"), []byte("<meta name=\"responsive-embedded-sizing\" content=\"allow-origins=*\">\n<meta name=\"robots\" content=\"noindex\">\n<title>"), 1)
}

// setting is a row of the table of parameters that the page shows.
type setting struct {
	Key, Section, Label, Kind, Unit, Default, Help string
	Min, Max                                       float64
	Choices                                        []struct{ Value string }
}

// readSettings reads the settings of the page out of params.json.
func readSettings(params []byte) ([]setting, error) {
	var table struct {
		Sections []string
		Params   []setting
	}
	if err := json.Unmarshal(params, &table); err != nil {
		return nil, fmt.Errorf("params.json: %w", err)
	}
	return slices.DeleteFunc(table.Params, func(p setting) bool { return !slices.Contains(table.Sections, p.Section) }), nil
}

// settingsHere is where a page has the table of the settings.
const settingsHere = "<!-- settings -->"

// settingsTable is the settings as a table of HTML.
func settingsTable(settings []setting) []byte {
	var out bytes.Buffer
	out.WriteString(`<section class="scroll" aria-label="Settings"><table><thead><tr><th scope="col">Setting</th><th scope="col">Values</th><th scope="col">Default</th><th scope="col">What it does</th></tr></thead><tbody>` + "\n")
	for _, s := range settings {
		fmt.Fprintf(&out, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td><td>%s</td></tr>\n",
			html.EscapeString(s.Key), html.EscapeString(s.allowed()), html.EscapeString(s.Default), html.EscapeString(s.Help))
	}
	out.WriteString("</tbody></table></section>")
	return out.Bytes()
}

func (s setting) allowed() string {
	switch s.Kind {
	case "choice":
		values := []string{}
		for _, c := range s.Choices {
			values = append(values, c.Value)
		}
		return strings.Join(values, ", ")
	case "bool":
		return "yes, no"
	case "int", "float", "ints":
		plain := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
		return plain(s.Min) + " to " + plain(s.Max)
	default:
		return s.Kind
	}
}
