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

// served is a server of a page "the page", its address, and what stops it and
// returns its exit code.
func served(t *testing.T, args ...string) (address string, stop func() int) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("the page"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	said, stdout := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- dispatch(ctx, append([]string{"serve", "--dir", dir, "--port", "0"}, args...), stdout, io.Discard)
	}()
	var line [200]byte
	n, err := said.Read(line[:])
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`http://localhost:\d+`).FindString(string(line[:n])), func() int { cancel(); return <-code }
}

func TestServePrintsWhereThePageIsAndStopsWhenAsked(t *testing.T) {
	t.Parallel()
	address, stop := served(t)
	page, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(page.Body)
	page.Body.Close()
	if got := string(body); err != nil || got != "the page" {
		t.Errorf("got %q, %v", got, err)
	}
	if got := stop(); got != 0 {
		t.Errorf("exit code %d after it was stopped, want 0", got)
	}
}

// A name that points here without being this server's may be a trick on the
// visitor's browser, for which the page and the oracle are then of one origin.
func TestAServerAnswersToItsOwnNamesOnly(t *testing.T) {
	t.Parallel()
	address, stop := served(t, "--hosts", "Oracle.Example,other.example")
	defer stop()
	port := address[strings.LastIndex(address, ":"):]
	for host, want := range map[string]int{
		"localhost" + port: 200, "LOCALHOST": 200, "127.0.0.1" + port: 200, "[::1]" + port: 200, "[::1]": 200,
		"oracle.example": 200, "ORACLE.example:443": 200, "other.example" + port: 200,
		"evil.example" + port: 421, "evil.example": 421, "localhost.evil.example": 421,
		"127.0.0.1.evil.example": 421, "192.168.0.1": 421, "sub.oracle.example": 421,
	} {
		for _, path := range []string{"/", "/v2/models"} {
			r, err := http.NewRequest(http.MethodGet, address+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			r.Header.Set("Origin", "http://"+host) // as a page under that name would have it
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != want || want == 421 && !strings.Contains(string(body), `{"error":"host: `) {
				t.Errorf("%s at %s: HTTP %d, %s; want %d", path, host, answer.StatusCode, body, want)
			}
		}
	}
	for _, hosts := range []string{"https://oracle.example", "oracle.example:443", "a,,b", "*"} {
		var stderr bytes.Buffer
		if code := dispatch(t.Context(), []string{"serve", "--hosts", hosts}, io.Discard, &stderr); code != 2 || !strings.Contains(stderr.String(), "--hosts") {
			t.Errorf("--hosts %s: exit code %d, %s", hosts, code, stderr.String())
		}
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
