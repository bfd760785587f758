//go:build js && wasm && !lean

package main

import (
	"syscall/js"

	"modelheist/remote/client"
)

// fetch is a page's way to send the client's requests: site/engine-fetch.js.
type fetch struct{}

// Send implements client.Transport.
func (*fetch) Send(life client.Life, r *client.Request) (*client.Response, error) {
	sent := js.Global().Call("heistSend", r.Method, r.URL, r.Token, string(r.Body), r.MaxBody)
	forget := life.OnEnd(func() { sent.Call("stop") })
	answer, err := await(sent)
	forget()
	if err != nil {
		return nil, err
	}
	text := func(i int) string { return answer.Index(i).String() }
	status := answer.Index(0).Int()
	if status == 0 {
		return nil, &client.Error{Reason: client.Reason(text(2)), Text: text(1)}
	}
	return &client.Response{Status: status, Body: []byte(text(1)), RateLimit: text(2), Retry: text(3)}, nil
}
