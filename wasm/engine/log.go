//go:build js && wasm

package main

import "modelheist/wasm/engine/wire"

// log is the latest queries of a theft, for whoever wants to read them all: the
// page is told of one a frame.
type log struct {
	dropped int
	queries []*wire.Query
}

// kept is how many queries a log holds at least, once there were so many.
const kept = 2000

func (l *log) add(q *wire.Query) {
	if len(l.queries) == 2*kept {
		l.dropped += kept
		l.queries = append(l.queries[:0], l.queries[kept:]...)
	}
	l.queries = append(l.queries, q)
}

func (l *log) reply(id int) wire.Logged {
	out := wire.Logged{ID: id, First: l.dropped + 1}
	for _, q := range l.queries {
		x, y := q.X[0], 0.0
		if len(q.X) > 1 {
			y = q.X[1]
		}
		out.X = append(out.X, x, y, float64(q.Label))
		out.Why = append(out.Why, q.Why)
	}
	return out
}
