package client

import "time"

// callTime bounds a Call: a submitted copy is measured meanwhile.
const callTime = 30 * time.Second

// Call sends JSON (nil for none) to a path below /v2 of a server and returns the
// body of its answer. It tries once: what it does may not be wanted twice.
// Errors are *Error, or ctx's.
func Call(ctx Life, t Transport, server, token, method, path string, body []byte) ([]byte, error) {
	base, err := address(server)
	if err != nil {
		return nil, err
	}
	c := &Oracle{ctx: ctx, t: t, o: Options{Token: token, Timeout: callTime, Tries: 1, Patience: 1}}
	defaults(&c.o)
	response, err := c.send(method, base+path, body, metadataBytes)
	return response.Body, err
}
