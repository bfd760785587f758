package remote

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"modelheist/remote/client"
)

// Transport sends a client's requests by net/http.
type Transport struct {
	HTTP *http.Client // nil is one of its own; its CheckRedirect is not used
}

var _ client.Transport = Transport{}

// Life is a context as a client's life.
func Life(ctx context.Context) client.Life { return life{ctx} }

type life struct{ context.Context }

// OnEnd implements client.Life.
func (l life) OnEnd(f func()) (forget func()) {
	stop := context.AfterFunc(l.Context, f)
	return func() { stop() }
}

// Send implements client.Transport.
func (t Transport) Send(life client.Life, r *client.Request) (*client.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer life.OnEnd(cancel)()
	q, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	if r.Body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	if r.Token != "" {
		q.Header.Set("Authorization", "Bearer "+r.Token)
	}
	h := http.Client{}
	if t.HTTP != nil {
		h = *t.HTTP
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := h.Do(q)
	if err != nil {
		return nil, inWords(ctx, err, q.URL.Host)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, int64(r.MaxBody)+1))
	if err != nil {
		return nil, inWords(ctx, err, q.URL.Host)
	}
	if len(body) > r.MaxBody {
		return nil, &client.Error{Reason: client.Schema, Text: fmt.Sprintf("the answer of %s is longer than %d bytes", q.URL.Host, r.MaxBody)}
	}
	return &client.Response{
		Status: answer.StatusCode, RateLimit: answer.Header.Get("RateLimit"), Retry: answer.Header.Get("Retry-After"), Body: body,
	}, nil
}

// inWords says what kept a request from being answered.
func inWords(ctx context.Context, err error, host string) error {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &dns):
		return fmt.Errorf("there is no server by the name %s (DNS), or this machine is offline", host)
	case errors.As(err, &certificate):
		return fmt.Errorf("%s can't prove who it is (TLS): %w", host, certificate.Err)
	case errors.As(err, &record):
		return fmt.Errorf("%s does not speak TLS; perhaps its address begins with http://", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing answers at %s; is the server running?", host)
	}
	return fmt.Errorf("the connection to %s broke: %w", host, err)
}
