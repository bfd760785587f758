// Command wasmpack makes a WebAssembly program of the Go linker smaller to
// download, by about an eighth after compression.
//
//	wasmpack program.wasm packed.wasm
//
// Two things in it compress badly and are not needed. The linker cuts the data
// section into a segment for every few bytes between zeros: tens of thousands
// of them, each with its own offset. And the line tables say for every
// instruction which line of which file it comes from: without them a stack
// trace still names its functions, but no lines.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: wasmpack program.wasm packed.wasm")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	program, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	packed, err := Pack(program)
	if err != nil {
		return err
	}
	return os.WriteFile(to, packed, 0o644)
}

// Pack returns the program with joined data segments and without line tables.
// It knows the layout of Go 1.20 to 1.26 (runtime/symtab.go, type pcHeader);
// from any other it takes only the segments.
func Pack(program []byte) ([]byte, error) {
	if !bytes.HasPrefix(program, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errors.New("wasmpack: not a WebAssembly program of version 1")
	}
	out := bytes.Clone(program[:8])
	for rest := program[8:]; len(rest) > 0; {
		r := &reader{b: rest[1:]}
		body := r.bytes(r.unsigned())
		if r.err != nil {
			return nil, r.err
		}
		section := rest[:len(rest)-len(r.b)]
		if rest[0] == dataSection {
			memory, err := readMemory(body)
			if err != nil {
				return nil, err
			}
			dropLines(memory)
			section = appendSection(nil, dataSection, appendSegments(nil, memory))
		}
		out = append(out, section...)
		rest = r.b
	}
	return out, nil
}

const (
	dataSection = 11
	i32Const    = 0x41
	end         = 0x0b
	maxMemory   = 1 << 26 // more than any program of ours; a guard against nonsense
	// zeros is the run of zero bytes worth a segment of its own. A page's worth
	// compresses to a few bytes.
	zeros = 4096
)

// readMemory lays the active segments of a data section into one image.
func readMemory(section []byte) ([]byte, error) {
	var memory []byte
	r := &reader{b: section}
	for range r.unsigned() {
		mode, op := r.unsigned(), r.byte()
		offset := r.unsigned() // signed in the format, never negative in a Go program
		if stop := r.byte(); r.err == nil && (mode != 0 || op != i32Const || stop != end) {
			return nil, fmt.Errorf("wasmpack: a data segment of kind %d is not one that Go's linker writes", mode)
		}
		data := r.bytes(r.unsigned())
		if r.err != nil {
			return nil, r.err
		}
		if offset > maxMemory {
			return nil, fmt.Errorf("wasmpack: a data segment at %d, allowed up to %d", offset, maxMemory)
		}
		if need := offset + len(data); need > len(memory) {
			memory = append(memory, make([]byte, need-len(memory))...)
		}
		copy(memory[offset:], data)
	}
	return memory, r.err
}

// appendSegments cuts the image only at long runs of zeros.
func appendSegments(dst, memory []byte) []byte {
	var body []byte
	count := 0
	gap := make([]byte, zeros)
	for at := 0; at < len(memory); {
		if memory[at] == 0 {
			at++
			continue
		}
		stop := len(memory)
		if i := bytes.Index(memory[at:], gap); i >= 0 {
			stop = at + i
		}
		body = append(body, 0, i32Const)
		body = appendSigned(body, at)
		body = append(body, end)
		body = binary.AppendUvarint(body, uint64(stop-at))
		body = append(body, memory[at:stop]...)
		count, at = count+1, stop
	}
	return append(binary.AppendUvarint(dst, uint64(count)), body...)
}

func appendSection(dst []byte, id byte, body []byte) []byte {
	return append(binary.AppendUvarint(append(dst, id), uint64(len(body))), body...)
}

// appendSigned writes a number >= 0 as signed LEB128.
func appendSigned(dst []byte, v int) []byte {
	for v >= 64 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// reader takes apart the bytes of a section; the first error sticks.
type reader struct {
	b   []byte
	err error
}

func (r *reader) byte() byte {
	if data := r.bytes(1); data != nil {
		return data[0]
	}
	return 0
}

func (r *reader) bytes(n int) []byte {
	if r.err == nil && (n < 0 || n > len(r.b)) {
		r.err = errors.New("wasmpack: the program is cut off")
	}
	if r.err != nil {
		return nil
	}
	data := r.b[:n]
	r.b = r.b[n:]
	return data
}

func (r *reader) unsigned() int {
	v, n := binary.Uvarint(r.b)
	if r.err == nil && (n <= 0 || v > 1<<40) {
		r.err = errors.New("wasmpack: a number is cut off or too large")
	}
	if r.err != nil {
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}
