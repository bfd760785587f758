package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

var script = regexp.MustCompile(`<script type="module" src="([^"]+)"`)

// join makes one script of each page's modules: one request instead of forty,
// and half the bytes. The modules that went into it leave files.
func join(files map[string][]byte, source string) error {
	scripts := map[string]bool{}
	for page, text := range files {
		if filepath.Ext(page) == ".html" {
			for _, m := range script.FindAllSubmatch(text, -1) {
				scripts[path.Join(path.Dir(page), string(m[1]))] = true
			}
		}
	}
	inside := map[string]bool{}
	for name := range scripts {
		joined, parts, err := bundle(source, name)
		if err != nil {
			return err
		}
		files[name] = joined
		for _, part := range parts {
			inside[part] = true
		}
	}
	for name := range inside {
		if !scripts[name] {
			delete(files, name)
		}
	}
	return nil
}

// bundle returns a script with all that it imports, and the names of the parts.
func bundle(source, name string) (joined []byte, parts []string, err error) {
	folder, err := filepath.Abs(source)
	if err != nil {
		return nil, nil, err
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{name}, AbsWorkingDir: folder, Outfile: name,
		Bundle: true, Metafile: true, Format: api.FormatESModule, Target: api.ES2022,
		MinifyWhitespace: true, MinifySyntax: true, Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone,
	})
	var errs []error
	for _, m := range result.Errors {
		where := name
		if m.Location != nil {
			where = fmt.Sprintf("%s:%d", m.Location.File, m.Location.Line)
		}
		errs = append(errs, fmt.Errorf("%s: %s", where, m.Text))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, nil, err
	}
	var made struct {
		Inputs map[string]struct{} `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(result.Metafile), &made); err != nil {
		return nil, nil, err
	}
	for part := range made.Inputs {
		parts = append(parts, part)
	}
	return result.OutputFiles[0].Contents, parts, nil
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
			Charset: api.CharsetUTF8,
		})
		for _, m := range result.Errors {
			return fmt.Errorf("%s: %s", name, m.Text)
		}
		files[name] = append(copyright.Find(text), result.Code...)
	}
	return nil
}
