//go:build js && wasm

package main

import (
	"bytes"
	"io"
	"net/http"
	"syscall/js"
)

// whole is a handler whose requests and answers cross to JavaScript as one piece
// each. As streams, which is the package's own way, they would have to be waited
// for, and every one would leave some memory behind.
type whole struct{ http.Handler }

// ServeHTTP implements http.Handler. The entry gives a body as a Uint8Array, or
// null for none.
func (h whole) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Host = r.URL.Host // of the address that was called, whatever the header says
	body := r.Body
	r.Body = http.NoBody
	if raw, is := body.(interface{ GetRawJSBody() js.Value }); is {
		text := make([]byte, raw.GetRawJSBody().Get("length").Int())
		js.CopyBytesToGo(text, raw.GetRawJSBody())
		r.Body = io.NopCloser(bytes.NewReader(text))
	}
	answer := &answer{header: w.Header(), status: http.StatusOK}
	h.Handler.ServeHTTP(answer, r)
	w.WriteHeader(answer.status)
	text := js.Global().Get("Uint8Array").New(answer.body.Len())
	js.CopyBytesToJS(text, answer.body.Bytes())
	w.(interface{ WriteRawJSBody(js.Value) }).WriteRawJSBody(text)
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
