package main

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"image/jpeg"
	"runtime"
	"slices"
	"sync"

	"modelheist/core/experiment"
	"modelheist/core/export"
	"modelheist/core/figure"
	"modelheist/core/figure/raster"
	"modelheist/site/data"
)

// picture is one plot of an experiment: the victim before, or the copy after the
// theft.
type picture struct {
	name string // of its files, without theme and ending
	set  []string
	part figure.Part
}

// Pictures have side·scale pixels and are shown at half of that.
const (
	scale   = 0.9
	quality = 80
)

// add has the picture drawn and returns the HTML that shows it.
func (w *writer) add(p picture, alt string) template.HTML {
	w.pictures = append(w.pictures, p)
	one := func(theme string) string {
		return fmt.Sprintf(`<img class="for-%s" src="pictures/%s-%s.jpg" alt="%s" width="164" height="164" loading="lazy">`,
			theme, p.name, theme, template.HTMLEscapeString(alt))
	}
	return template.HTML(one("light") + one("dark"))
}

// draw runs the experiments and writes their pictures, light and dark.
func (w *writer) draw() error {
	work := make(chan picture)
	problems := make([]error, len(w.pictures))
	var group sync.WaitGroup
	var lock sync.Mutex
	for range runtime.NumCPU() {
		group.Go(func() {
			for p := range work {
				if err := w.paint(p); err != nil {
					lock.Lock()
					problems = append(problems, fmt.Errorf("%s (%v): %w", p.name, p.set, err))
					lock.Unlock()
				}
			}
		})
	}
	for _, p := range w.pictures {
		work <- p
	}
	close(work)
	group.Wait()
	return errors.Join(problems...)
}

func (w *writer) paint(p picture) error {
	result, err := steal(p)
	if err != nil {
		return err
	}
	for theme, dark := range map[string]bool{"light": false, "dark": true} {
		drawing, err := result.Plot(p.part, export.Look{Dark: dark})
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, raster.Paint(drawing, scale), &jpeg.Options{Quality: quality}); err != nil {
			return err
		}
		if err := w.write("pictures/"+p.name+"-"+theme+".jpg", file.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// steal makes the experiment, and for a picture of the copy runs it.
func steal(p picture) (*export.Result, error) {
	spec, err := experiment.Parse(p.set)
	if err != nil {
		return nil, err
	}
	env := experiment.Env{Open: data.Open, LastOnly: true}
	e, err := experiment.Prepare(spec, env, nil)
	if err != nil {
		return nil, err
	}
	result := &export.Result{Exp: e}
	if p.part == figure.TheVictim {
		return result, nil
	}
	for event, err := range e.Run(env) {
		if err != nil {
			return nil, err
		}
		result.Add(event)
	}
	return result, nil
}

// settings are key=value of a file's object, in the table's order.
func settings(set map[string]string) []string {
	var out []string
	for key, value := range set {
		out = append(out, key+"="+value)
	}
	slices.Sort(out)
	return out
}
