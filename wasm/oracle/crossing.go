//go:build js && wasm

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall/js"
)

// crossing takes requests from JavaScript to a handler, and its answers back, in
// a few pieces each. The package's own way calls across several times for each
// header, and for promises and streams: much of the program's time, and its streams
// would have to be waited for.
type crossing struct {
	handler http.Handler
	next    chan question // to goroutines that have nothing to do
	idle    int           // how many these are
}

// maxIdle is how many goroutines wait for requests. One that starts has its stack
// still to grow, by copying it again and again.
const maxIdle = 64

// question is a request as JavaScript gives it.
type question struct {
	head     string // method, address, then "name: value" of each header; a line each
	body     []byte
	answered js.Value // function(status, headers, body)
}

var uint8Array = js.Global().Get("Uint8Array")

// serve sets the function by which instance.js asks: handle(head, body, answered).
// The body is a Uint8Array, or null for none.
func serve(binding js.Value, handler http.Handler) {
	c := &crossing{handler: handler, next: make(chan question)}
	binding.Set("handle", js.FuncOf(func(_ js.Value, args []js.Value) any {
		q := question{head: args[0].String(), answered: args[2]}
		if body := args[1]; !body.IsNull() {
			q.body = make([]byte, body.Length())
			js.CopyBytesToGo(q.body, body)
		}
		select {
		case c.next <- q:
		default:
			go c.work(q)
		}
		return nil
	}))
}

// work answers a question, and then others.
func (c *crossing) work(q question) {
	for {
		c.answer(q)
		if c.idle == maxIdle {
			return
		}
		c.idle++
		q = <-c.next
		c.idle--
	}
}

func (c *crossing) answer(q question) {
	a := answer{header: http.Header{}, status: http.StatusOK}
	c.handler.ServeHTTP(&a, q.request())
	var headers strings.Builder
	for name, values := range a.header {
		for _, value := range values {
			headers.WriteString(name + ": " + value + "\n")
		}
	}
	body := uint8Array.New(a.body.Len())
	js.CopyBytesToJS(body, a.body.Bytes())
	q.answered.Invoke(a.status, headers.String(), body)
}

// request is the question for a handler. An address that can't be read is that of
// no path, for which there is nothing.
func (q question) request() *http.Request {
	lines := strings.Split(q.head, "\n")
	address, err := url.Parse(lines[1])
	if err != nil {
		address = &url.URL{}
	}
	headers := http.Header{}
	for _, line := range lines[2:] {
		name, value, _ := strings.Cut(line, ": ")
		headers.Add(name, value)
	}
	return &http.Request{
		Method: lines[0], URL: address, Header: headers,
		Host:       address.Host, // that was called, whatever the header says
		RemoteAddr: headers.Get("Cf-Connecting-Ip"),
		Body:       io.NopCloser(bytes.NewReader(q.body)), ContentLength: int64(len(q.body)),
	}
}

// answer is a ResponseWriter that keeps the answer.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header                { return a.header }
func (a *answer) WriteHeader(status int)             { a.status = status }
func (a *answer) Write(text []byte) (n int, _ error) { return a.body.Write(text) }
