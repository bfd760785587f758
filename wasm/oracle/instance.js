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
export function answer(question) {
	if (!current?.usable()) current = start();
	return current.ask(question);
}

/** @returns {Instance} */
function start() {
	const go = new Go();
	/** @type {{handleRequest?: (q: Question) => Promise<Response>}} set by the program */
	const binding = {};
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
	 * What the program calls to ask the store.
	 *
	 * @param {string} method
	 * @param {string} question
	 * @param {(answer: string) => void} kept
	 * @param {(error: unknown) => void} broken
	 */
	function ask(method, question, kept, broken) {
		const reject = running;
		call(method, question).then(
			(answer) => on(reject, () => kept(answer)),
			(error) => on(reject, () => broken(error)),
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
	return {
		ask: (question) =>
			new Promise((resolve, reject) => {
				const { handleRequest } = binding;
				if (!handleRequest) throw new Error(`the program did not start: ${death}`);
				on(reject, () => handleRequest(question).then(resolve, reject));
			}),
		usable: () => death === undefined && mem.buffer.byteLength <= maxMemory,
	};
}
