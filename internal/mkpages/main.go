// Command mkpages writes what the pages of text say of the program itself: the
// reference, from the table of settings and the attacks' own doc comments; the
// gallery and the list of lessons, from their files; and a picture of each
// victim, attack and experiment, drawn by the core from a real run.
//
//	mkpages -out .build/pages
//
// It runs in the project's folder. What it would write again is left alone, so
// that a second build is quick.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	out := flag.String("out", ".build/pages", "where the parts and pictures go")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "mkpages:", err)
		os.Exit(1)
	}
}

// sources are the files that the pages are made from, beside this program.
var sources = []string{"site/gallery.json", "site/lessons/*.json", "core/attack/*.go", "core/model/*.go"}

func run(out string) error {
	stamp, err := fingerprint()
	if err != nil {
		return err
	}
	mark := filepath.Join(out, ".stamp")
	if old, err := os.ReadFile(mark); err == nil && string(old) == stamp {
		return nil
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	w := &writer{out: out}
	for _, part := range []func(*writer) error{lessons, gallery, reference} {
		if err := part(w); err != nil {
			return err
		}
	}
	if err := w.draw(); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(stamp), 0o644)
}

// fingerprint changes with the program and with what it reads.
func fingerprint() (string, error) {
	sum := sha256.New()
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	files := []string{self}
	for _, pattern := range sources {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.Sort(found)
		files = append(files, found...)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// writer puts files under out; pictures wait until draw.
type writer struct {
	out      string
	pictures []picture
}

func (w *writer) write(name string, content []byte) error {
	file := filepath.Join(w.out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
