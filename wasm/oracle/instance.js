// The life of the Go program: the first request starts it, and it is replaced
// when it has died or grown too large. Requests that run in an old one end there.
import { env } from "cloudflare:workers";
import program from "./oracle.wasm";
import "./wasm_exec.js";
import { call } from "./store.js";

/** Bytes of memory that an instance may grow to: an isolate has 128 MB. */
const maxMemory = 48 << 20;

/**
 * @typedef {{method: string, url: string, headers: Headers, body: Uint8Array | null}} Question
 *
 * @typedef {object} Program what the program sets: crossing.go, store.go
 * @property {(head: string, body: Uint8Array | null, answered: (status: number, headers: string, body: Uint8Array<ArrayBuffer>) => void) => void} handle
 * @property {(number: number, text: string, failed: boolean) => void} settle
 *
 * @typedef {object} Instance
 * @property {(q: Question) => Promise<Response>} ask rejects if the program dies
 * @property {() => boolean} usable
 */

/** @type {Instance | undefined} */
let current;

/**
 * Asks the program.
 *
 * @param {Question} question
 * @returns {Promise<Response>}
 */
export async function answer(question) {
	if (!current?.usable()) current = start();
	return current.ask(question);
}

/** @returns {Instance} */
function start() {
	const go = new Go();
	const binding = /** @type {Program} */ ({});
	/** @type {unknown} why the program ended */
	let death;
	/** @type {(error: Error) => void} rejecting the request that the program works on */
	let running;

	// A panic that nothing caught ends the program; a trap is thrown out of it.
	go.exit = (code) => {
		death ??= `exit ${code}`;
	};
	const resume = go._resume.bind(go);
	go._resume = () => {
		try {
			resume();
		} catch (error) {
			death ??= error;
			throw error;
		}
	};

	/**
	 * Lets the program work on a request. It does so until it waits for the store:
	 * nothing else of it may be woken in between. If it has died, each request that
	 * it was at finds that out here, for no request can end another.
	 *
	 * @param {(error: Error) => void} reject
	 * @param {() => void} work
	 */
	function on(reject, work) {
		running = reject;
		try {
			if (death === undefined) work();
		} catch (error) {
			death ??= error;
		}
		if (death !== undefined) reject(new Error(`the program died: ${death}`));
	}

	/**
	 * What the program calls to ask the store. The answer comes under the number.
	 *
	 * @param {string} method
	 * @param {string} question
	 * @param {number} number
	 */
	function ask(method, question, number) {
		const reject = running;
		call(method, question).then(
			(answer) => on(reject, () => settle(number, answer, false)),
			(error) => on(reject, () => settle(number, String(error), true)),
		);
	}

	const instance = new WebAssembly.Instance(program, {
		...go.importObject,
		workers: { ready() {} }, // it is once run returns
	});
	const { mem } = /** @type {{mem: WebAssembly.Memory}} */ (instance.exports);
	// The program reads its context while it starts, which it does until it waits
	// for requests.
	globalThis.context = { env, binding, ask };
	go.run(instance);
	globalThis.context = undefined;
	const { handle, settle } = binding;
	if (!handle) throw new Error(`the program did not start: ${death}`);
	return {
		ask: ({ method, url, headers, body }) =>
			new Promise((resolve, reject) => {
				let head = `${method}\n${url}`;
				for (const [name, value] of headers) head += `\n${name}: ${value}`;
				on(reject, () =>
					handle(head, body, (...answer) => {
						resolve(response(...answer));
					}),
				);
			}),
		usable: () => death === undefined && mem.buffer.byteLength <= maxMemory,
	};
}

/**
 * @param {number} status
 * @param {string} headers "name: value" of each, a line each
 * @param {Uint8Array<ArrayBuffer>} body
 */
function response(status, headers, body) {
	const pairs = headers
		.trimEnd()
		.split("\n")
		.map((line) => {
			const end = line.indexOf(": ");
			return /** @type {[string, string]} */ ([line.slice(0, end), line.slice(end + 2)]);
		});
	return new Response(body.length > 0 ? body : null, { status, headers: pairs });
}
