package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// join makes one script of each page's modules: one request instead of forty,
// and half the bytes, since comments and indentation stay at home and what is
// left compresses together. Every module becomes a function that returns what it
// exports, in the order in which they need each other; nothing is renamed.
//
// Only the forms that the sources use are understood: named imports from the
// same folder, exported functions, classes and constants. Anything else is an
// error that names the file.
func join(files map[string][]byte) error {
	joined := map[string]bool{}
	for page, text := range files {
		if filepath.Ext(page) != ".html" {
			continue
		}
		for _, m := range script.FindAllSubmatch(text, -1) {
			b := bundle{files: files, state: map[string]int{}}
			if err := b.add(string(m[1])); err != nil {
				return err
			}
			files[string(m[1])] = b.out.Bytes()
			for name := range b.state {
				joined[name] = name != string(m[1])
			}
		}
	}
	for name, inside := range joined {
		if inside {
			delete(files, name)
		}
	}
	return nil
}

var (
	script     = regexp.MustCompile(`<script type="module" src="([^"]+)"`)
	importFrom = regexp.MustCompile(`(?m)^import \{([^}]*)\} from "\./([^"]+)";\n`)
	exported   = regexp.MustCompile(`(?m)^export ((?:async )?function|class|const) (\w+)`)
	foreign    = regexp.MustCompile(`(?m)^(?:import|export)\b.*|\bimport\("\./.*`)
	notName    = regexp.MustCompile(`\W`)
)

type bundle struct {
	files map[string][]byte
	state map[string]int // 1 while a module's needs are added, 2 after
	out   bytes.Buffer
}

// add appends a module after those that it needs.
func (b *bundle) add(name string) error {
	switch b.state[name] {
	case 1:
		return fmt.Errorf("%s needs itself through what it imports", name)
	case 2:
		return nil
	}
	b.state[name] = 1
	text, ok := b.files[name]
	if !ok {
		return fmt.Errorf("%s is imported but missing", name)
	}
	text, err := bare(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var uses strings.Builder
	for _, m := range importFrom.FindAllSubmatch(text, -1) {
		if err := b.add(string(m[2])); err != nil {
			return err
		}
		fmt.Fprintf(&uses, "const {%s} = %s;\n", strings.ReplaceAll(string(m[1]), " as ", ": "), variable(string(m[2])))
	}
	var exports []string
	for _, m := range exported.FindAllSubmatch(text, -1) {
		exports = append(exports, string(m[2]))
	}
	text = importFrom.ReplaceAll(text, nil)
	text = exported.ReplaceAll(text, []byte("$1 $2"))
	if m := foreign.Find(text); m != nil {
		return fmt.Errorf("%s: cannot join %q", name, m)
	}
	slices.Sort(exports)
	fmt.Fprintf(&b.out, "const %s = (() => {\n%s%sreturn { %s };\n})();\n", variable(name), uses.String(), text, strings.Join(exports, ", "))
	b.state[name] = 2
	return nil
}

func variable(name string) string {
	return "$" + notName.ReplaceAllString(strings.TrimSuffix(name, filepath.Ext(name)), "_")
}

var (
	docComment  = regexp.MustCompile(`(?m)^[ \t]*/\*\*(?:[^*]|\*+[^*/])*\*+/[ \t]*\n`)
	castComment = regexp.MustCompile(`/\*\* @(?:[^*\n]|\*+[^*/\n])*\*+/ ?`)
	lineComment = regexp.MustCompile(`(?m)^[ \t]*//.*\n`)
	indentation = regexp.MustCompile(`(?m)^[ \t]+`)
)

// bare takes away comments and indentation. A text that runs over several lines
// in backquotes could hold what looks like either, so there may be none.
func bare(text []byte) ([]byte, error) {
	for line := range bytes.Lines(text) {
		if bytes.Count(line, []byte("`"))%2 != 0 {
			return nil, fmt.Errorf("cannot join a text in backquotes over several lines: %q", line)
		}
	}
	for _, what := range []*regexp.Regexp{docComment, castComment, lineComment, indentation} {
		text = what.ReplaceAll(text, nil)
	}
	return text, nil
}
