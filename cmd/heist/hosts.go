package main

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"modelheist/remote/oip"
)

// loopbackNames are what a loopback server is called from this machine.
var loopbackNames = []string{"localhost", "127.0.0.1", "::1"}

// parseHosts reads the further names of --hosts, without ports.
func parseHosts(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	names := strings.Split(strings.ToLower(list), ",")
	for _, name := range names {
		if name == "" || strings.ContainsAny(name, "/:*@ ") {
			return nil, usagef("serve: --hosts has %q, allowed are names without scheme and port, as in oracle.example,other.example", name)
		}
	}
	return names, nil
}

// onlyFor lets through what is asked of this server by one of its names. A page
// from elsewhere whose own name has been made to point to this machine (DNS
// rebinding) is otherwise of the server's own origin, as the browser sees it.
func onlyFor(names []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
		name = strings.ToLower(strings.Trim(name, "[]"))
		if slices.Contains(loopbackNames, name) || slices.Contains(names, name) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(http.StatusMisdirectedRequest)
		w.Write(oip.AppendError(nil, fmt.Sprintf("host: this server is not known by this name, allowed are %s; its owner can add others with --hosts",
			strings.Join(append(slices.Clone(loopbackNames), names...), ", "))))
	})
}
