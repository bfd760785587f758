// Package data holds the data sets that ship with the project, for programs
// outside the browser. The page fetches the same files.
package data

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"strings"
)

//go:embed *.csv *.csv.gz
var files embed.FS

// Open returns the contents of the file of that name, unpacked if it is
// compressed: iris.csv, breast_cancer.csv, wine.csv or digits.csv.gz.
func Open(name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("data: no file %q", name)
	}
	defer f.Close()
	if !strings.HasSuffix(name, ".gz") {
		return io.ReadAll(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", name, err)
	}
	return io.ReadAll(z)
}
