//go:build js && wasm

package main

import (
	"fmt"
	"syscall/js"
)

// open is a file that the visitor brought, or a data set's.
func (e *engine) open(name string) ([]byte, error) {
	if file := e.models[name]; file != nil {
		return file, nil
	}
	return open(name)
}

// open fetches a data set's file from beside the worker, and unpacks it if the
// server has not. It waits, and so is for goroutines of tasks.
func open(name string) ([]byte, error) {
	response, err := await(js.Global().Call("fetch", "data/"+name))
	if err != nil {
		return nil, fmt.Errorf("%s could not be fetched: %w", name, err)
	}
	if !response.Get("ok").Bool() {
		return nil, fmt.Errorf("%s could not be fetched: the server answered %d", name, response.Get("status").Int())
	}
	text, err := contents(response)
	if err != nil {
		return nil, fmt.Errorf("%s could not be fetched: %w", name, err)
	}
	if len(text) > 1 && text[0] == 0x1f && text[1] == 0x8b {
		packed := bytes.New(len(text))
		js.CopyBytesToJS(packed, text)
		stream := js.Global().Get("Blob").New([]any{packed}).Call("stream")
		plain := stream.Call("pipeThrough", js.Global().Get("DecompressionStream").New("gzip"))
		if text, err = contents(js.Global().Get("Response").New(plain)); err != nil {
			return nil, fmt.Errorf("%s could not be unpacked: %w", name, err)
		}
	}
	return text, nil
}

func contents(response js.Value) ([]byte, error) {
	buffer, err := await(response.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	array := bytes.New(buffer)
	text := make([]byte, array.Length())
	js.CopyBytesToGo(text, array)
	return text, nil
}

// await waits for a promise.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	done := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	failed := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: js.Error{Value: args[0]}}
		return nil
	})
	defer done.Release()
	defer failed.Release()
	promise.Call("then", done, failed)
	out := <-settled
	return out.value, out.err
}
