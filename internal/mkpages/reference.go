package main

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"html/template"
	"path/filepath"
	"strings"

	"modelheist/core/attack"
	"modelheist/core/experiment"
	"modelheist/core/figure"
)

var referenceHTML = template.Must(template.New("reference").Parse(
	`<nav class="contents" aria-label="Sections">{{range .}}<a href="#{{.Name}}">{{.Title}}</a> {{end}}</nav>
{{range .}}<section id="{{.Name}}"><h2>{{.Title}}</h2>
{{range .Keys}}<article class="key" id="key-{{.Key}}"><h3><code>{{.Key}}</code> {{.Label}}</h3>
{{with .Picture}}<div class="shown">{{.}}</div>
{{end}}<p>{{.Help}}</p>
<p class="facts">{{.Takes}}{{range .Conditions}}; with <code>{{.}}</code>{{end}}</p>
{{with .Options}}<ul class="values">
{{range .}}<li id="{{.ID}}">{{with .Picture}}<div class="shown">{{.}}</div>{{end}}<div><p><code>{{.Value}}</code> <b>{{.Label}}</b>{{with .Help}}: {{.}}{{end}}</p>
{{with .Conditions}}<p class="facts">Needs {{range $i, $c := .}}{{if $i}}, {{end}}<code>{{$c}}</code>{{end}}</p>
{{end}}{{with .Doc}}<details><summary>How it works, what it costs, where it is from</summary>{{.}}</details>{{end}}</div></li>
{{end}}</ul>
{{end}}</article>
{{end}}</section>
{{end}}`))

type refSection struct {
	Name, Title string
	Keys        []refKey
}

type refKey struct {
	experiment.Param
	Takes      string
	Conditions []string
	Picture    template.HTML
	Options    []refOption
}

type refOption struct {
	experiment.Option
	ID         string
	Conditions []string
	Picture    template.HTML
	Doc        template.HTML
}

var titles = map[string]string{
	"data": "Data", "victim": "Victim", "oracle": "Oracle and defences", "attack": "Attack", "budget": "Budget", experiment.RemoteSection: "Remote oracle",
}

// reference lists every key, value by value.
func reference(w *writer) error {
	docs, err := attackDocs("core/attack")
	if err != nil {
		return err
	}
	var out []refSection
	for _, name := range append(experiment.Sections, experiment.RemoteSection) {
		s := refSection{Name: name, Title: titles[name]}
		for _, p := range experiment.Params {
			if p.Section == name {
				s.Keys = append(s.Keys, w.key(p, docs))
			}
		}
		out = append(out, s)
	}
	return w.part("reference", referenceHTML, out)
}

func (w *writer) key(p experiment.Param, docs map[string]template.HTML) refKey {
	k := refKey{Param: p, Takes: takes(p), Conditions: conditions(p.When), Picture: w.shown(p.Key, p.Label)}
	for _, o := range p.Choices {
		r := refOption{Option: o, ID: "key-" + p.Key + "-" + o.Value, Conditions: conditions(o.When)}
		r.Picture = w.shown(p.Key+"="+o.Value, o.Label)
		if p.Key == "attack" {
			r.Doc = docs[o.Value]
		}
		k.Options = append(k.Options, r)
	}
	return k
}

// shown is the picture of a value; empty for those that have none.
func (w *writer) shown(what, label string) template.HTML {
	set, pictured := shows[what]
	if !pictured {
		return ""
	}
	part := figure.TheCopy
	if strings.HasPrefix(what, "victim=") || strings.HasPrefix(what, "data=") {
		part = figure.TheVictim
	}
	name := strings.ReplaceAll(what, "=", "-")
	return w.add(picture{name: name, set: strings.Fields(set), part: part}, label)
}

// takes says which values there are and which one holds without a setting.
func takes(p experiment.Param) string {
	text := strings.ToUpper(p.Allowed()[:1]) + p.Allowed()[1:]
	if p.Unit != "" {
		text += " (" + p.Unit + ")"
	}
	if p.Default == "" {
		text += "; off without a setting"
	} else {
		text += "; " + p.Default + " without a setting"
	}
	for _, d := range p.Defaults {
		value := d.Value
		if value == "" {
			value = "off"
		}
		text += fmt.Sprintf(", %s with %s", value, d.When)
	}
	return text
}

func conditions(conds []experiment.Cond) []string {
	var out []string
	for _, c := range conds {
		out = append(out, c.String())
	}
	return out
}

// attackDocs are the doc comments of the attacks' functions as HTML, by name: of
// extract-and-test, extractAndTest.
func attackDocs(folder string) (map[string]template.HTML, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	comments := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is && f.Recv == nil {
				comments[f.Name.Name] = f.Doc.Text()
			}
		}
	}
	out := map[string]template.HTML{}
	for _, name := range attack.Names {
		text := comments[camel(name)]
		if text == "" {
			return nil, fmt.Errorf("attack %s: no function %s with a doc comment in %s", name, camel(name), folder)
		}
		// What a reader of the page doesn't know is the function's own name.
		text = strings.Replace(text, camel(name), "It", 1)
		var p comment.Parser
		printer := comment.Printer{HeadingLevel: 4}
		out[name] = template.HTML(printer.HTML(p.Parse(text)))
	}
	return out, nil
}

func camel(name string) string {
	words := strings.Split(name, "-")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}
