package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"modelheist/internal/webroot"
	"modelheist/remote"
	"modelheist/remote/demo"
)

const (
	defaultPort = 8080
	portTries   = 20 // 8080 to 8099 before giving up
)

const serveUsage = "usage: heist serve [--dir dist] [--port 8080] [--state FILE] [--origins https://a.example,https://b.example] [--hosts oracle.example]"

// serve answers requests for the built page and for oracles (below /v2) until
// ctx ends. It listens on the loopback interface only.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("dir", "dist", "the built site")
	port := flags.Int("port", -1, "0 takes any free port")
	state := flags.String("state", "", "the file that keeps models, tokens and budgets")
	origins := flags.String("origins", "", "other origins whose pages may call")
	hosts := flags.String("hosts", "", "other names that this server is asked by")
	if err := flags.Parse(args); err != nil {
		return usagef("serve: %w; %s", err, serveUsage)
	}
	if flags.NArg() > 0 {
		return usagef("serve: unexpected argument %q; %s", flags.Arg(0), serveUsage)
	}
	if *port < -1 || *port > 65535 {
		return usagef("serve: port is %d; allowed are 0 to 65535", *port)
	}
	names, err := parseHosts(*hosts)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(*dir, "index.html")); err != nil {
		return fmt.Errorf("serve: no index.html in %q; ./build.sh serve builds the page first", *dir)
	}
	oracles, closeState, err := oracles(*state, *origins, stderr)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer closeState()
	listener, err := listen(*port)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	fmt.Fprintf(stdout, "Model Heist is at http://localhost:%d\n", listener.Addr().(*net.TCPAddr).Port)
	page := webroot.Handler(os.DirFS(*dir))
	return serveOn(ctx, listener, onlyFor(names, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2" || strings.HasPrefix(r.URL.Path, "/v2/") {
			oracles.ServeHTTP(w, r)
		} else {
			page.ServeHTTP(w, r)
		}
	})))
}

// oracles are the demos and what was published before, if a state file is given.
func oracles(state, origins string, stderr io.Writer) (http.Handler, func() error, error) {
	store := remote.NewMemory()
	if state != "" {
		var err error
		if store, err = remote.Open(state, time.Now()); err != nil {
			return nil, nil, err
		}
	}
	c := remote.Config{Store: store, AdminKey: os.Getenv(adminKey), Demos: demo.All(), Version: buildVersion}
	if origins != "" {
		c.Origins = strings.Split(origins, ",")
	}
	c.Log = func(err error) { fmt.Fprintln(stderr, "heist: serve:", err) }
	s, err := remote.New(c)
	return s, store.Close, err
}

func serveOn(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	stopped := context.AfterFunc(ctx, func() { server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// listen opens the port, or from port 8080 the first free one if port is -1.
func listen(port int) (net.Listener, error) {
	if port >= 0 {
		return net.Listen("tcp", loopback(port))
	}
	var err error
	for p := defaultPort; p < defaultPort+portTries; p++ {
		var listener net.Listener
		if listener, err = net.Listen("tcp", loopback(p)); err == nil {
			return listener, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, err
}

func loopback(port int) string { return net.JoinHostPort("localhost", strconv.Itoa(port)) }
