package main

import (
	"bytes"
	"encoding/binary"
)

// magic opens the table of functions of Go 1.20 to 1.26 on a 64-bit port with
// one-byte instructions, as WebAssembly counts as.
var magic = []byte("\xf1\xff\xff\xff\x00\x00\x01\x08")

// Offsets in the runtime's _func (runtime/runtime2.go), in bytes.
const (
	funcPCSP      = 16 // table of stack depths: needed to unwind
	funcPCFile    = 20 // table of files
	funcPCLine    = 24 // table of lines
	funcNPCData   = 28 // how many further tables follow at funcSize
	funcUnit      = 32 // the file of the function itself
	funcStartLine = 36 // and its first line
	funcNFuncData = 43 // how many data follow these tables
	funcSize      = 44
)

// Which of the further tables and data (internal/abi/symtab.go) only stack
// traces read, or a kind of preemption that WebAssembly has not got.
var (
	traceTables = map[uint32]bool{0: true /* unsafe points */, 2: true /* inlined calls */, 3: true /* live arguments */}
	traceData   = map[int]bool{3: true /* inlined calls */, 5: true /* arguments */, 6: true /* live arguments */}
)

// none is the offset of data that a function has not got.
const none = 0xffffffff

// dropLines clears what tells files, lines, inlined calls and arguments in the
// image of a Go program. A table that another use shares is kept. It leaves an
// image alone whose table it does not know.
func dropLines(memory []byte) {
	at := bytes.Index(memory, magic)
	if at < 0 {
		return
	}
	table := memory[at:]
	head := func(i int) int { return int(binary.LittleEndian.Uint64(table[8+8*i:])) }
	functions, names, units, pctab, funcs := head(0), head(3), head(4), head(6), head(7)
	if names <= 0 || units <= names || pctab <= units || funcs <= pctab || funcs+8*functions > len(table) {
		return
	}
	shortenNames(table[names:units])
	clear(table[units:pctab]) // files, and which of them each unit has
	tables := table[pctab:funcs]
	needed := make([]bool, len(tables))
	keep := func(start uint32) {
		if start == 0 {
			return // no table
		}
		for i := range pcTable(tables[start:]) {
			needed[int(start)+i] = true
		}
	}
	for i := range functions {
		f := table[funcs+int(binary.LittleEndian.Uint32(table[funcs+8*i+4:])):]
		keep(binary.LittleEndian.Uint32(f[funcPCSP:]))
		clear(f[funcPCFile : funcPCLine+4]) // offset 0: the runtime answers ?:0
		clear(f[funcUnit : funcStartLine+4])
		n := binary.LittleEndian.Uint32(f[funcNPCData:])
		for k := range n {
			if offset := f[funcSize+4*k:]; traceTables[k] {
				clear(offset[:4])
			} else {
				keep(binary.LittleEndian.Uint32(offset))
			}
		}
		for k := range int(f[funcNFuncData]) {
			if traceData[k] {
				binary.LittleEndian.PutUint32(f[funcSize+4*(int(n)+k):], none)
			}
		}
	}
	for i := range tables {
		if !needed[i] {
			tables[i] = 0
		}
	}
}

// shortenNames takes the type arguments out of the names of functions, which a
// stack trace writes as [...] anyway. Each name ends with a zero byte.
func shortenNames(names []byte) {
	for len(names) > 0 {
		end := bytes.IndexByte(names, 0)
		if end < 0 {
			return
		}
		name := names[:end]
		if open, shut := bytes.IndexByte(name, '['), bytes.LastIndexByte(name, ']'); open >= 0 && shut > open+4 {
			short := append(append(bytes.Clone(name[:open]), "[...]"...), name[shut+1:]...)
			clear(name)
			copy(name, short)
		}
		names = names[end+1:]
	}
}

// pcTable is the length of the pc-value table at the start of b: pairs of
// varints (value, pc), ended by a value of 0 that is not the first.
func pcTable(b []byte) int {
	n := 0
	for first := true; ; first = false {
		value, size := binary.Uvarint(b[n:])
		n += size
		if size <= 0 || value == 0 && !first {
			return n
		}
		_, size = binary.Uvarint(b[n:])
		n += size
		if size <= 0 {
			return n
		}
	}
}
