// Command mksite puts the built site together: it copies the pages' sources, puts
// into them the parts that they share, gives the engines and their loader names that
// change with their content, writes those names into the files that mention them,
// and has the pages preload their modules.
//
//	mksite -out dist -version v1 site made/ engine.wasm=… engine-full.wasm=… wasm_exec.js=… params.json=…
//
// made/ is a further folder of sources, which the build has written.
//
// Files that are already as they should be are left alone, and files that do
// not belong are removed, so that it is quick and may run beside a server.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	out := flag.String("out", "dist", "where the page goes")
	version := flag.String("version", "", "what build.json says")
	site := flag.String("site", "", "the address that the site will have, for oEmbed; without it there is none")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: mksite [-out dist] [-version v] source [folder/ | name=file ...]")
		os.Exit(2)
	}
	if err := run(*out, *version, *site, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mksite:", err)
		os.Exit(1)
	}
}

func run(out, version, site, source string, extra []string) error {
	files, err := read(os.DirFS(source))
	if err != nil {
		return err
	}
	for _, arg := range extra {
		if folder, is := strings.CutSuffix(arg, "/"); is {
			made, err := read(os.DirFS(folder))
			if err != nil {
				return err
			}
			maps.Copy(files, made)
			continue
		}
		name, file, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("argument %q is neither name=file nor folder/", arg)
		}
		if files[name], err = os.ReadFile(file); err != nil {
			return err
		}
	}
	if err := insert(files); err != nil {
		return err
	}
	if err := embed(files, source); err != nil {
		return err
	}
	if err := oembed(files, site); err != nil {
		return err
	}
	if err := join(files, source); err != nil {
		return err
	}
	if err := shrink(files); err != nil {
		return err
	}
	if err := finish(files, version); err != nil {
		return err
	}
	return sync(out, files)
}

// sources are the extensions that are part of the page; the rest of the source
// folder (Go code, type declarations, notes) stays at home.
var sources = []string{".css", ".csv", ".gz", ".html", ".ico", ".jpg", ".js", ".json", ".png", ".svg", ".txt", ".webmanifest", ".webp"}

// read returns the page's source files by slash-separated name.
func read(source fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && name != "."
		if entry.IsDir() {
			if hidden || entry.Name() == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if hidden || !slices.Contains(sources, filepath.Ext(name)) || strings.HasSuffix(name, ".test.js") {
			return nil
		}
		files[name], err = fs.ReadFile(source, name)
		return err
	})
	return files, err
}

// renamed are the files that must match each other to the byte. Pages and
// scripts refer to them by these names.
var renamed = []string{"engine.wasm", "engine-full.wasm", "wasm_exec.js"}

// build is what build.json tells the page about itself.
type build struct {
	Version string                `json:"version"`
	Go      string                `json:"go"`
	Engines map[string]engineFile `json:"engines"` // engine and engine-full
}

// engineFile is one build of the engine.
type engineFile struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"` // before compression, for the progress bar
}

// finish renames the renamed and adds build.json.
func finish(files map[string][]byte, version string) error {
	info := build{Version: version, Go: runtime.Version(), Engines: map[string]engineFile{}}
	for _, name := range renamed {
		content, ok := files[name]
		if !ok {
			return fmt.Errorf("%s is missing; build.sh makes it", name)
		}
		sum := sha256.Sum256(content)
		ext := filepath.Ext(name)
		unique := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		if engine, is := strings.CutSuffix(name, ".wasm"); is {
			info.Engines[engine] = engineFile{unique, len(content)}
		}
		delete(files, name)
		files[unique] = content
		for other, text := range files {
			if ext := filepath.Ext(other); ext == ".html" || ext == ".js" {
				files[other] = bytes.ReplaceAll(text, []byte(name), []byte(unique))
			}
		}
	}
	var err error
	files["build.json"], err = json.Marshal(info)
	return err
}

// sync makes the folder out hold exactly the files.
func sync(out string, files map[string][]byte) error {
	err := filepath.WalkDir(out, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(out, file)
		if err != nil {
			return err
		}
		if _, wanted := files[filepath.ToSlash(name)]; !wanted {
			return os.Remove(file)
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for name, content := range files {
		if err := write(filepath.Join(out, filepath.FromSlash(name)), content); err != nil {
			return err
		}
	}
	return nil
}

func write(file string, content []byte) error {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
