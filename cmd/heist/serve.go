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
	"syscall"
	"time"

	"modelheist/internal/webroot"
)

const (
	defaultPort = 8080
	portTries   = 20 // 8080 to 8099 before giving up
)

// serve answers requests for the built page until ctx ends. It listens on the
// loopback interface only.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("dir", "dist", "the built site")
	port := flags.Int("port", -1, "0 takes any free port")
	if err := flags.Parse(args); err != nil {
		return usagef("serve: %w; usage: heist serve [--dir dist] [--port 8080]", err)
	}
	if flags.NArg() > 0 {
		return usagef("serve: unexpected argument %q; usage: heist serve [--dir dist] [--port 8080]", flags.Arg(0))
	}
	if *port < -1 || *port > 65535 {
		return usagef("serve: port is %d; allowed are 0 to 65535", *port)
	}
	if _, err := os.Stat(filepath.Join(*dir, "index.html")); err != nil {
		return fmt.Errorf("serve: no index.html in %q; ./build.sh serve builds the page first", *dir)
	}
	listener, err := listen(*port)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	fmt.Fprintf(stdout, "Model Heist is at http://localhost:%d\n", listener.Addr().(*net.TCPAddr).Port)
	return serveOn(ctx, listener, webroot.Handler(os.DirFS(*dir)))
}

func serveOn(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
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
