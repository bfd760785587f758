/**
 * How the full engine sends requests to servers: what it would take Go ten times
 * the code to say. See wasm/engine/fetch.go.
 * @module
 */

/**
 * What came of a request: status, body, and the headers RateLimit and
 * Retry-After; or 0, what went wrong in words, and the client's reason.
 * @typedef {[number, string, string, string?]} Outcome
 */

/**
 * Sends a request without cookies, and follows no redirects.
 * @param {string} method
 * @param {string} url
 * @param {string} token or nothing
 * @param {string} body or nothing; JSON
 * @param {number} max bytes of the answer's body; an endless one costs no more
 * @returns {Promise<Outcome> & {stop: () => void}}
 */
const send = (method, url, token, body, max) => {
	const abort = new AbortController();
	const stop = () => abort.abort(); // without effect once all is read
	return Object.assign(
		outcome(url, max, {
			method,
			headers: {
				...(body && { "Content-Type": "application/json" }),
				...(token && { Authorization: `Bearer ${token}` }),
			},
			...(body && { body }),
			signal: abort.signal,
			redirect: "manual",
			credentials: "omit",
			cache: "no-store",
			referrerPolicy: "no-referrer",
		}).finally(stop),
		{ stop },
	);
};

/**
 * @param {string} url
 * @param {number} max
 * @param {RequestInit} options
 * @returns {Promise<Outcome>}
 */
async function outcome(url, max, options) {
	try {
		const answer = await fetch(url, options);
		const redirected = answer.type === "opaqueredirect";
		const body = redirected ? "" : await read(answer, max);
		if (body === null) return [0, `the answer is longer than ${max} bytes`, "schema"];
		const header = (/** @type {string} */ name) => answer.headers.get(name) ?? "";
		return [redirected ? 307 : answer.status, body, header("RateLimit"), header("Retry-After")];
	} catch {
		// A browser hides from a page why a request failed.
		const offline = globalThis.navigator?.onLine === false;
		const why = offline
			? "this device is offline"
			: "the server can't be reached, or does not let this page ask it (CORS)";
		return [0, why, "network"];
	}
}

/**
 * @param {Response} answer
 * @param {number} max
 * @returns {Promise<string|null>} null if it is longer
 */
async function read(answer, max) {
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	const reader = answer.body?.getReader();
	for (;;) {
		const { value } = (await reader?.read()) ?? {};
		if (!value) return text + decoder.decode();
		bytes += value.length;
		if (bytes > max) return null;
		text += decoder.decode(value, { stream: true });
	}
}

Object.assign(globalThis, { heistSend: send });

export {};
