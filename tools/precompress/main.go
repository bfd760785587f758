// Command precompress writes .br and .gz forms beside the files of a folder, for
// servers that can send them.
//
//	precompress dist
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/andybalholm/brotli"
)

// compressible are the extensions worth compressing; the rest is compressed
// already.
var compressible = []string{".css", ".csv", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"}

// minSize is the size in bytes below which a response fits one packet anyway.
const minSize = 1000

var forms = []struct {
	suffix string
	writer func(io.Writer) io.WriteCloser
}{
	{".br", func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) }},
	{".gz", func(w io.Writer) io.WriteCloser {
		z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // the level is valid
		return z
	}},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: precompress folder")
		os.Exit(2)
	}
	err := filepath.WalkDir(os.Args[1], func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains(compressible, filepath.Ext(file)) {
			return err
		}
		return compress(file)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "precompress:", err)
		os.Exit(1)
	}
}

func compress(file string) error {
	content, err := os.ReadFile(file)
	if err != nil || len(content) < minSize {
		return err
	}
	for _, form := range forms {
		var small bytes.Buffer
		w := form.writer(&small)
		if _, err := w.Write(content); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(file+form.suffix, small.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
