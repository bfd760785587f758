package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

var script = regexp.MustCompile(`<script type="module" src="([^"]+)"`)

// join makes one script of each page's modules: one request instead of forty,
// and half the bytes. What a page imports only when it is needed, by import(),
// stays apart, and so does what it shares with that; the page says beforehand
// which of these parts it begins with. Each page's script is joined by itself: in
// common with other pages, every page would come in many small parts. The modules
// that went into them leave files.
func join(files map[string][]byte, source string) error {
	entries := map[string]bool{}
	for page, text := range files {
		if filepath.Ext(page) == ".html" {
			for _, m := range script.FindAllSubmatch(text, -1) {
				if name := path.Join(path.Dir(page), string(m[1])); name != element { // joined by itself
					entries[name] = true
				}
			}
		}
	}
	joined := &scripts{files: map[string][]byte{}, imports: map[string][]string{}}
	for _, entry := range slices.Sorted(maps.Keys(entries)) {
		one, err := bundle(source, entry)
		if err != nil {
			return err
		}
		maps.Copy(joined.files, one.files)
		maps.Copy(joined.imports, one.imports)
		joined.modules = append(joined.modules, one.modules...)
	}
	for _, part := range joined.modules {
		delete(files, part)
	}
	maps.Copy(files, joined.files)
	for page, text := range files {
		if filepath.Ext(page) == ".html" {
			files[page] = joined.announce(page, text)
		}
	}
	return nil
}

// scripts are what the modules were joined into.
type scripts struct {
	files   map[string][]byte
	imports map[string][]string // of each file: those that it can't begin without
	modules []string            // that went into them
}

// bundle joins the modules that the entry imports.
func bundle(source, entry string) (*scripts, error) {
	return esbuild(source, entry, api.BuildOptions{
		ChunkNames: "part-[name]-[hash]", // beside the pages, or import.meta.url would be elsewhere
		Splitting:  true,
	})
}

// esbuild joins modules with what the options say beside the usual.
func esbuild(source, entry string, o api.BuildOptions) (*scripts, error) {
	folder, err := filepath.Abs(source)
	if err != nil {
		return nil, err
	}
	o.EntryPoints, o.AbsWorkingDir, o.Outdir, o.Outbase = []string{entry}, folder, folder, folder
	o.Bundle, o.Metafile, o.Format, o.Target = true, true, api.FormatESModule, api.ES2022
	o.MinifyWhitespace, o.MinifySyntax, o.MinifyIdentifiers = true, true, true
	o.Charset, o.LegalComments = api.CharsetUTF8, api.LegalCommentsNone
	result := api.Build(o)
	var errs []error
	for _, m := range result.Errors {
		where := entry
		if m.Location != nil {
			where = fmt.Sprintf("%s:%d", m.Location.File, m.Location.Line)
		}
		errs = append(errs, fmt.Errorf("%s: %s", where, m.Text))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var made struct {
		Inputs  map[string]struct{} `json:"inputs"`
		Outputs map[string]struct {
			Imports []struct{ Path, Kind string } `json:"imports"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(result.Metafile), &made); err != nil {
		return nil, err
	}
	out := &scripts{files: map[string][]byte{}, imports: map[string][]string{}, modules: slices.Collect(maps.Keys(made.Inputs))}
	for _, file := range result.OutputFiles {
		name, err := filepath.Rel(folder, file.Path)
		if err != nil {
			return nil, err
		}
		name = filepath.ToSlash(name)
		out.files[name] = file.Contents
		for _, in := range made.Outputs[name].Imports {
			if in.Kind == "import-statement" {
				out.imports[name] = append(out.imports[name], in.Path)
			}
		}
	}
	return out, nil
}

// announce has a page preload the parts that its scripts begin with.
func (s *scripts) announce(page string, text []byte) []byte {
	return script.ReplaceAllFunc(text, func(tag []byte) []byte {
		entry := path.Join(path.Dir(page), string(script.FindSubmatch(tag)[1]))
		var links []byte
		for _, part := range s.needs(entry, nil) {
			if dir := path.Dir(page); dir != "." {
				part = strings.Repeat("../", strings.Count(dir, "/")+1) + part
			}
			links = fmt.Appendf(links, "<link rel=\"modulepreload\" href=\"%s\">\n", part)
		}
		return append(links, tag...)
	})
}

// needs are the parts that a file imports, also through others, without those
// that are known.
func (s *scripts) needs(name string, known []string) []string {
	for _, part := range s.imports[name] {
		if !slices.Contains(known, part) {
			known = s.needs(part, append(known, part))
		}
	}
	return known
}

// copyright is a notice at the head of a script, which has to stay.
var copyright = regexp.MustCompile(`\A// Copyright.*\n(//.*\n)*`)

// shrink takes out of the style sheets, and of the scripts that stand by
// themselves, what only people read.
func shrink(files map[string][]byte) error {
	loaders := map[string]api.Loader{".css": api.LoaderCSS, ".js": api.LoaderJS}
	for name, text := range files {
		loader, ours := loaders[filepath.Ext(name)]
		if !ours {
			continue
		}
		result := api.Transform(string(text), api.TransformOptions{
			Loader: loader, Sourcefile: name, MinifyWhitespace: true, MinifySyntax: true,
			MinifyIdentifiers: true, Charset: api.CharsetUTF8,
		})
		for _, m := range result.Errors {
			return fmt.Errorf("%s: %s", name, m.Text)
		}
		files[name] = append(copyright.Find(text), result.Code...)
	}
	return nil
}
