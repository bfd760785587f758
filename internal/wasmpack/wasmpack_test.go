package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// build compiles a small Go program that recovers from a panic and collects
// garbage, both of which read the tables that stand beside the lines.
func build(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte(`package main

import ("fmt"; "runtime")

func at(i int) int { return make([]int, 1)[i] }

func main() {
	defer func() { fmt.Print("recovered: ", recover()) }()
	runtime.GC()
	at(3)
}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "main.wasm")
	cmd := exec.Command("go", "build", "-o", program, source)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compressed(b []byte) int {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Len()
}

func TestAPackedProgramIsSmallerAndDoesTheSame(t *testing.T) {
	t.Parallel()
	program := build(t)
	packed, err := Pack(program)
	if err != nil {
		t.Fatal(err)
	}
	before, after := compressed(program), compressed(packed)
	if after > before*92/100 {
		t.Errorf("packed to %d bytes of %d", after, before)
	}
	again, err := Pack(packed)
	if err != nil || !bytes.Equal(again, packed) {
		t.Errorf("packing twice changes the program (%v)", err)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node to run the program with")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "packed.wasm")
	if err := os.WriteFile(file, packed, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(node, filepath.Join(string(bytes.TrimSpace(goroot)), "lib/wasm/wasm_exec_node.js"), file).CombinedOutput()
	if want := "recovered: runtime error: index out of range [3] with length 1"; err != nil || string(out) != want {
		t.Errorf("%q, %v; want %q", out, err, want)
	}
}

func TestOnlyTheTablesOfLinesChangeInMemory(t *testing.T) {
	t.Parallel()
	program := build(t)
	packed, err := Pack(program)
	if err != nil {
		t.Fatal(err)
	}
	before, after := memory(t, program), memory(t, packed)
	dropLines(before)
	if !bytes.Equal(bytes.TrimRight(before, "\x00"), bytes.TrimRight(after, "\x00")) {
		t.Error("the image differs by more than the lines")
	}
}

func memory(t *testing.T, program []byte) []byte {
	t.Helper()
	for rest := program[8:]; len(rest) > 0; {
		r := &reader{b: rest[1:]}
		body := r.bytes(r.unsigned())
		if rest[0] == dataSection {
			m, err := readMemory(body)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		rest = r.b
	}
	t.Fatal("no data section")
	return nil
}

func TestWhatIsNoGoProgramIsAnError(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"empty":     nil,
		"text":      []byte("hello, world"),
		"cut off":   []byte("\x00asm\x01\x00\x00\x00\x0b\x7f"),
		"passive":   []byte("\x00asm\x01\x00\x00\x00\x0b\x05\x01\x01\x41\x00\x0b"),
		"far away":  []byte("\x00asm\x01\x00\x00\x00\x0b\x0a\x01\x00\x41\xff\xff\xff\x7f\x0b\x01x"),
		"no length": []byte("\x00asm\x01\x00\x00\x00\x0b"),
	} {
		if out, err := Pack(b); err == nil {
			t.Errorf("%s: packed to %d bytes without an error", name, len(out))
		}
	}
}
