//go:build js && wasm

package client

import (
	"errors"
	"fmt"
	"syscall/js"
)

// Fetch is a page's way to send requests. It must be used from a goroutine that
// may wait.
type Fetch struct{}

var _ Transport = Fetch{}

// Send implements Transport. It sends no cookies and follows no redirects.
func (Fetch) Send(ctx Life, r Request) (Response, error) {
	abort := js.Global().Get("AbortController").New()
	defer abort.Call("abort") // without effect once all is read
	headers := js.Global().Get("Object").New()
	for _, h := range r.Headers {
		headers.Set(h[0], h[1])
	}
	options := map[string]any{
		"method": r.Method, "headers": headers, "signal": abort.Get("signal"), "redirect": "manual",
		"credentials": "omit", "cache": "no-store", "referrerPolicy": "no-referrer",
	}
	if r.Body != nil {
		body := js.Global().Get("Uint8Array").New(len(r.Body))
		js.CopyBytesToJS(body, r.Body)
		options["body"] = body
	}
	answer, err := settled(ctx, js.Global().Call("fetch", r.URL, options))
	if err != nil {
		return Response{}, unreachable(ctx)
	}
	if answer.Get("type").String() == "opaqueredirect" {
		return Response{Status: 307}, nil
	}
	body, err := read(ctx, answer, r.MaxBody)
	if err != nil {
		return Response{}, err
	}
	header := answer.Get("headers")
	return Response{Status: answer.Get("status").Int(), Body: body, Header: func(name string) string {
		if v := header.Call("get", name); v.Type() == js.TypeString {
			return v.String()
		}
		return ""
	}}, nil
}

// unreachable says what a browser doesn't: it hides from a page why a request
// failed.
func unreachable(ctx Life) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if navigator := js.Global().Get("navigator"); navigator.Truthy() && navigator.Get("onLine").Equal(js.ValueOf(false)) {
		return errors.New("this device is offline")
	}
	return errors.New("the server can't be reached, or does not let this page ask it (CORS); its address, TLS certificate or allow list may be wrong")
}

// read takes the body piece by piece, so that an endless one costs no more than
// max bytes.
func read(ctx Life, answer js.Value, max int) ([]byte, error) {
	stream := answer.Get("body")
	if !stream.Truthy() {
		return nil, nil
	}
	reader := stream.Call("getReader")
	var body []byte
	for {
		piece, err := settled(ctx, reader.Call("read"))
		if err != nil {
			return nil, unreachable(ctx)
		}
		if piece.Get("done").Bool() {
			return body, nil
		}
		value := piece.Get("value")
		n := value.Get("length").Int()
		if len(body)+n > max {
			return nil, &Error{Reason: Schema, Text: fmt.Sprintf("the answer is longer than %d bytes", max)}
		}
		part := make([]byte, n)
		js.CopyBytesToGo(part, value)
		body = append(body, part...)
	}
}

// settled waits for a promise, or for ctx to end.
func settled(ctx Life, promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	var then, catch js.Func
	release := func() { then.Release(); catch.Release() }
	then = js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{value: args[0]}
		release()
		return nil
	})
	catch = js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: js.Error{Value: args[0]}}
		release()
		return nil
	})
	promise.Call("then", then, catch)
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		return js.Value{}, ctx.Err()
	}
}
