//go:build js && wasm

package main

import (
	"syscall/js"
	"unsafe"

	"modelheist/wasm/engine/wire"
)

// value lets the wire package read a JavaScript value.
type value struct{ js.Value }

var (
	arrays  = js.Global().Get("Array")
	floats  = js.Global().Get("Float64Array")
	bytes   = js.Global().Get("Uint8Array")
	objects = js.Global().Get("Object")
)

func (v value) Kind() wire.Kind {
	switch v.Type() {
	case js.TypeUndefined, js.TypeNull:
		return wire.None
	case js.TypeBoolean:
		return wire.Bool
	case js.TypeNumber:
		return wire.Number
	case js.TypeString:
		return wire.String
	case js.TypeObject:
		switch {
		case v.InstanceOf(floats):
			return wire.Floats
		case v.InstanceOf(bytes):
			return wire.Bytes
		case arrays.Call("isArray", v.Value).Bool():
			return wire.List
		}
		return wire.Object
	}
	return wire.Other
}

func (v value) Bool() bool              { return v.Value.Bool() }
func (v value) Number() float64         { return v.Float() }
func (v value) Text() string            { return v.Value.String() }
func (v value) Len() int                { return v.Length() }
func (v value) Index(i int) wire.Value  { return value{v.Value.Index(i)} }
func (v value) Get(k string) wire.Value { return value{v.Value.Get(k)} }

func (v value) Keys() []string {
	list := objects.Call("keys", v.Value)
	keys := make([]string, list.Length())
	for i := range keys {
		keys[i] = list.Index(i).String()
	}
	return keys
}

func (v value) Floats() []float64 {
	out := make([]float64, v.Length())
	if len(out) > 0 {
		js.CopyBytesToGo(asBytes(out), bytes.New(v.Value.Get("buffer"), v.Value.Get("byteOffset"), v.Value.Get("byteLength")))
	}
	return out
}

func (v value) Bytes() []byte {
	out := make([]byte, v.Length())
	js.CopyBytesToGo(out, v.Value)
	return out
}

// asBytes is the memory of s.
func asBytes(s []float64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), 8*len(s))
}

// toJS makes a JavaScript value of a reply's.
func toJS(v any) js.Value {
	switch v := v.(type) {
	case wire.Fields:
		object := objects.New()
		for i := 0; i < len(v); i += 2 {
			object.Set(v[i].(string), toJS(v[i+1]))
		}
		return object
	case []any:
		array := arrays.New(len(v))
		for i, item := range v {
			array.SetIndex(i, toJS(item))
		}
		return array
	case []byte:
		array := bytes.New(len(v))
		js.CopyBytesToJS(array, v)
		return array
	case []float64:
		array := floats.New(len(v))
		if len(v) > 0 {
			js.CopyBytesToJS(bytes.New(array.Get("buffer")), asBytes(v))
		}
		return array
	}
	return js.ValueOf(v)
}
