// Go's loader, which the build copies from the Go installation. It sets the
// global Go; cloudflare.d.ts says what it uses of it.
export {};
