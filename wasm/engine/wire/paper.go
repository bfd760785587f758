//go:build !lean

package wire

import (
	"fmt"
	"math"
)

// Measurement names a reproduction of core/paper as it is to be run.
type Measurement struct {
	Name     string
	Full     bool
	Seeds    int // 0 is its own number
	Settings []string
}

// The requests about the paper; see site/messages.js for what each asks.
type (
	Report struct {
		ID int
		Measurement
		Minimum bool
		Runs    []CellRun
	}
	Cell struct {
		ID int
		Measurement
		Index int
	}
	File struct{ Name, Text string }
)

// CellRun is a run of a cell as a Measured told it.
type CellRun struct {
	Index, Queries int
	Status, Note   string
	Seconds        float64
	Values         []float64 // NaN is null
	Pictures       []Picture
}

// Picture is a grey image, several times over.
type Picture struct {
	Name  string
	Width int
	Grey  [][]int // row by row from the top, 0 to 255
}

// The replies.
type (
	Reported struct {
		ID        int
		JSON, CSV string
		Share     float64 // of the work that is done, from 0 to 1
	}
	Measured struct {
		ID int
		CellRun
	}
)

// maxSeconds is more than a run takes.
const maxSeconds = 1e9

// maxSeeds is more than anyone waits for.
const maxSeeds = 1000

func init() {
	requests["report"] = readReport
	requests["cell"] = func(r reader) any { return Cell{r.whole("id"), r.measurement(), r.count("index", 0, math.MaxInt32)} }
	requests["file"] = func(r reader) any { return File{r.text("name"), r.text("text")} }
}

func (r reader) measurement() Measurement {
	m := Measurement{Name: r.text("name"), Full: r.flag("full"), Seeds: r.count("seeds", 0, maxSeeds)}
	r.items("settings", func(list reader, name string, v Value) {
		if v.Kind() != String {
			list.fail(name, string(String), string(v.Kind()))
			return
		}
		m.Settings = append(m.Settings, v.Text())
	})
	return m
}

func readReport(r reader) any {
	out := Report{ID: r.whole("id"), Measurement: r.measurement(), Minimum: r.flag("minimum")}
	r.objects("runs", func(run reader) {
		out.Runs = append(out.Runs, CellRun{
			run.count("index", 0, math.MaxInt32), run.count("queries", 0, math.MaxInt32),
			run.text("status"), run.text("note"), run.number("seconds", 0, maxSeconds), run.figures("values"), run.pictures(),
		})
	})
	return out
}

// items reads an array one by one, each under its name in errors.
func (r reader) items(key string, read func(list reader, name string, v Value)) {
	list := r.get(key, List)
	if list == nil {
		return
	}
	n := list.Len()
	if n > MaxLength {
		r.fail(key, fmt.Sprintf("at most %d long", MaxLength), fmt.Sprint(n))
	}
	for i := 0; i < n && *r.err == nil; i++ {
		read(r, fmt.Sprintf("%s[%d]", key, i), list.Index(i))
	}
}

// objects reads an array of objects one by one.
func (r reader) objects(key string, read func(item reader)) {
	r.items(key, func(list reader, name string, v Value) {
		if v.Kind() != Object {
			list.fail(name, string(Object), string(v.Kind()))
			return
		}
		read(reader{v, list.field(name), list.err})
	})
}

// maxPixels is a side of a picture.
const maxPixels = 4096

func (r reader) pictures() (out []Picture) {
	r.objects("pictures", func(one reader) {
		p := Picture{Name: one.text("name"), Width: one.count("width", 1, maxPixels)}
		one.items("grey", func(list reader, name string, v Value) {
			if v.Kind() != Floats || p.Width == 0 || v.Len()%p.Width != 0 {
				list.fail(name, "a Float64Array of whole rows", string(v.Kind()))
				return
			}
			grey := make([]int, 0, v.Len())
			for _, shade := range v.Floats() {
				if !(shade >= 0 && shade <= 255) {
					list.fail(name, "from 0 to 255", fmt.Sprint(shade))
				}
				grey = append(grey, int(shade))
			}
			p.Grey = append(p.Grey, grey)
		})
		out = append(out, p)
	})
	return out
}

// figures are numbers, or null where there is none.
func (r reader) figures(key string) (out []float64) {
	r.items(key, func(list reader, name string, v Value) {
		switch v.Kind() {
		case None:
			out = append(out, math.NaN())
		case Number:
			out = append(out, v.Number())
		default:
			list.fail(name, "a number or null", string(v.Kind()))
		}
	})
	return out
}

func (m Reported) Fields() Fields {
	return Fields{"kind", "reported", "id", m.ID, "json", m.JSON, "csv", m.CSV, "share", m.Share}
}

func (m Measured) Fields() Fields {
	values := make([]any, len(m.Values))
	for i, v := range m.Values {
		values[i] = orNull(v)
	}
	return Fields{
		"kind", "measured", "id", m.ID, "index", m.Index, "queries", m.Queries, "status", m.Status, "note", m.Note, "seconds", m.Seconds,
		"values", values, "pictures", pictureFields(m.Pictures),
	}
}

func pictureFields(pictures []Picture) []any {
	out := make([]any, len(pictures))
	for i, p := range pictures {
		images := make([]any, len(p.Grey))
		for k, grey := range p.Grey {
			shades := make([]float64, len(grey))
			for j, v := range grey {
				shades[j] = float64(v)
			}
			images[k] = shades
		}
		out[i] = Fields{"name", p.Name, "width", p.Width, "grey", images}
	}
	return out
}
