// The Worker: the Go program answers, one instance of it for all requests of an
// isolate. Bodies are read before it is asked, so that it never waits for one.
import { answer } from "./instance.js";

export { Account } from "./account.js";

/** Bytes of a body, remote.MaxBody in Go, which refuses one that is longer. */
const maxBody = 1 << 20;

export default {
	/**
	 * @param {Request} request
	 * @param {unknown} _env
	 * @param {{waitUntil(p: Promise<unknown>): void}} ctx
	 */
	async fetch(request, _env, ctx) {
		/** @type {Uint8Array | null} */
		let body;
		try {
			body = await read(request);
		} catch {
			return failure(400, "body: it did not arrive whole");
		}
		const { method, url, headers } = request;
		const answered = answer({ method, url, headers, body }).catch((error) => {
			console.error("oracle:", error);
			return failure(
				500,
				"the server failed; the same request with the same id is safe to send again",
			);
		});
		// A client that leaves must not stop the program half-way: it would wait for
		// ever for what it has asked.
		ctx.waitUntil(answered);
		return answered;
	},
};

/**
 * Reads a body to its end, and keeps of one that is too long a little more than
 * allowed. An answer before the end of the question would not reach every client.
 *
 * @param {Request} request
 */
async function read(request) {
	const length = request.headers.get("Content-Length");
	if (length !== null && Number(length) <= maxBody)
		return new Uint8Array(await request.arrayBuffer());
	return readLong(request.body);
}

/** @param {ReadableStream<Uint8Array> | null} stream */
async function readLong(stream) {
	if (!stream) return null;
	const reader = stream.getReader();
	/** @type {Uint8Array[]} */
	const pieces = [];
	let length = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) break;
		if (length > maxBody) continue;
		pieces.push(value);
		length += value.length;
	}
	const whole = new Uint8Array(length);
	let at = 0;
	for (const piece of pieces) {
		whole.set(piece, at);
		at += piece.length;
	}
	return whole;
}

/**
 * @param {number} status
 * @param {string} reason
 */
function failure(status, reason) {
	const headers = {
		"Content-Type": "application/json",
		"Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff",
	};
	return new Response(JSON.stringify({ error: reason }), { status, headers });
}
