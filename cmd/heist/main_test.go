package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestABadArgumentExitsWithTwoAndOneLine(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"steal", "serve --port 70000", "serve --prot 1", "serve here"} {
		var stdout, stderr bytes.Buffer
		code := dispatch(t.Context(), strings.Fields(args), &stdout, &stderr)
		if code != 2 || strings.Count(stderr.String(), "\n") != 1 || stdout.Len() > 0 {
			t.Errorf("heist %s: exit code %d, %q, %q", args, code, stdout.String(), stderr.String())
		}
	}
}

func TestServingAnUnbuiltPageSaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	if code := dispatch(t.Context(), []string{"serve", "--dir", t.TempDir()}, io.Discard, &stderr); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if !strings.Contains(stderr.String(), "./build.sh serve") {
		t.Errorf("%q does not say what to do", stderr.String())
	}
}

func TestServePrintsWhereThePageIsAndStopsWhenAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("the page"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	said, stdout := io.Pipe()
	code := make(chan int)
	go func() { code <- dispatch(ctx, []string{"serve", "--dir", dir, "--port", "0"}, stdout, io.Discard) }()
	var line [200]byte
	n, err := said.Read(line[:])
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`http://localhost:\d+`).FindString(string(line[:n]))
	page, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(page.Body)
	page.Body.Close()
	if got := string(body); err != nil || got != "the page" {
		t.Errorf("got %q, %v", got, err)
	}
	stop()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d after it was stopped, want 0", got)
	}
}

func TestATakenPortIsLeftToItsOwner(t *testing.T) {
	t.Parallel()
	first, err := listen(-1)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	second, err := listen(-1)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if first.Addr().String() == second.Addr().String() {
		t.Errorf("both have %s", first.Addr())
	}
}
