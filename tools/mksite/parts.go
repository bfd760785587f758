package main

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// partOpen and partClose stand around the name of a part in a page:
// <!-- part: nav --> is replaced by the file parts/nav.html.
const (
	partOpen  = "<!-- part: "
	partClose = " -->"
)

// insert puts into the pages the parts that they share, and takes the parts out
// of files. A link of a part to the page that it stands in is marked as the
// current one.
func insert(files map[string][]byte) error {
	parts := map[string][]byte{}
	for name, text := range files {
		if path.Dir(name) == "parts" {
			parts[strings.TrimSuffix(path.Base(name), ".html")] = bytes.TrimSpace(text)
			delete(files, name)
		}
	}
	for name, text := range files {
		if path.Ext(name) != ".html" {
			continue
		}
		link := name
		if name == "index.html" {
			link = "./"
		}
		own := fmt.Sprintf("href=%q", link)
		for {
			before, rest, found := bytes.Cut(text, []byte(partOpen))
			if !found {
				break
			}
			part, after, closed := bytes.Cut(rest, []byte(partClose))
			content, known := parts[string(part)]
			if !closed || !known {
				return fmt.Errorf("%s: there is no parts/%.40s.html", name, part)
			}
			content = bytes.ReplaceAll(content, []byte(own), []byte(own+` aria-current="page"`))
			text = bytes.Join([][]byte{before, content, after}, nil)
		}
		files[name] = text
	}
	return nil
}
