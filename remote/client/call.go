package client

// callTime bounds a Call, in seconds: a submitted copy is measured meanwhile.
const callTime = 30

// Call sends JSON (nil for none) to a path below /v2 of a server and returns the
// body of its answer. It tries once: what it does may not be wanted twice.
// Errors are *Error, or life's.
func Call(life Life, t Transport, server, token, method, path string, body []byte) ([]byte, error) {
	base, err := address(server)
	if err != nil {
		return nil, err
	}
	c := &Oracle{t: t}
	c.o.Token, c.o.Timeout, c.o.Tries = token, callTime, 1
	response, err := c.send(life, &Request{Method: method, URL: base + path, Body: body, MaxBody: metadataBytes})
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}
