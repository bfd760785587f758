package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"

	"modelheist/core/experiment"
	"modelheist/core/figure"
)

// piece is one experiment of site/gallery.json.
type piece struct {
	Title, Text string
	Set         map[string]string
}

var galleryHTML = template.Must(template.New("gallery").Parse(
	`<ul class="gallery">
{{range .}}<li><a href="./{{.Link}}">{{.Picture}}<b>{{.Title}}</b></a> <span>{{.Text}}</span></li>
{{end}}</ul>
`))

func gallery(w *writer) error {
	var pieces []piece
	if err := readJSON("site/gallery.json", &pieces); err != nil {
		return err
	}
	type item struct {
		Title, Text string
		Link        template.URL
		Picture     template.HTML
	}
	var items []item
	for i, p := range pieces {
		set := settings(p.Set)
		spec, err := experiment.Parse(set)
		if err != nil {
			return fmt.Errorf("site/gallery.json, %q: %w", p.Title, err)
		}
		shown := picture{name: fmt.Sprintf("gallery-%d", i+1), set: set, part: figure.TheCopy}
		items = append(items, item{p.Title, p.Text, template.URL("#" + spec.Link()), w.add(shown, "")}) // the title beside it says it
	}
	return w.part("gallery", galleryHTML, items)
}

var lessonsHTML = template.Must(template.New("lessons").Parse(
	`<ol class="lessons">
{{range .}}<li><a href="./#lesson={{.Name}}">{{.Title}}</a> {{.About}} <span class="num">{{len .Steps}} steps, {{.Minutes}} minutes</span></li>
{{end}}</ol>
`))

func lessons(w *writer) error {
	files, err := filepath.Glob("site/lessons/l*.json")
	if err != nil {
		return err
	}
	type lesson struct {
		Name, Title, About string
		Minutes            int
		Steps              []json.RawMessage
	}
	var list []lesson
	for _, file := range files {
		l := lesson{}
		if err := readJSON(file, &l); err != nil {
			return err
		}
		l.Name = strings.TrimSuffix(filepath.Base(file), ".json")
		list = append(list, l)
	}
	return w.part("lessons", lessonsHTML, list)
}

// part writes a part of a page.
func (w *writer) part(name string, t *template.Template, content any) error {
	var html bytes.Buffer
	if err := t.Execute(&html, content); err != nil {
		return err
	}
	return w.write("parts/"+name+".html", html.Bytes())
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
