package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modelheist/core/export"
	"modelheist/core/figure/raster"
	"modelheist/core/model"
)

// save writes files of a run. In a figure's name, dark and @2x or @4x say how it
// is drawn: figure-dark@2x.png.
func save(r *export.Result, files []string, tick model.Tick) error {
	for _, name := range files {
		kind, err := export.KindOf(name)
		if err != nil {
			return err
		}
		look := export.Look{Dark: strings.Contains(strings.ToLower(filepath.Base(name)), "dark"), Tick: tick}
		look.Beside = beside(files, strings.TrimSuffix(kind, filepath.Ext(kind))+".json")
		var text []byte
		if kind == "figure.png" {
			text, err = picture(r, name, look)
		} else {
			text, err = r.File(kind, look)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func picture(r *export.Result, name string, look export.Look) ([]byte, error) {
	scale := 1.0
	if _, after, found := strings.Cut(filepath.Base(name), "@"); found {
		times, _, _ := strings.Cut(after, "x")
		v, err := strconv.Atoi(times)
		if err != nil || v < 1 || v > 4 {
			return nil, fmt.Errorf("the size is written @1x to @4x, and is @%s", after)
		}
		scale = float64(v)
	}
	d, err := r.Figure(look)
	if err != nil {
		return nil, err
	}
	return raster.PNG(d, scale)
}

// beside is the name of the file of that kind among those that are saved, or empty.
func beside(files []string, kind string) string {
	for _, name := range files {
		if k, err := export.KindOf(name); err == nil && k == kind {
			return filepath.Base(name)
		}
	}
	return ""
}
