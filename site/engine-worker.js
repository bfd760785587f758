/**
 * The worker that the Go engine lives in: it fetches, compiles and starts the
 * program, and tells how far it is. See LoadRequest in messages.js.
 * @module
 */

import "./wasm_exec.js";

/** @typedef {import("./messages.js").LoadRequest} LoadRequest */
/** @typedef {import("./messages.js").LoadResponse} LoadResponse */

/**
 * Go's own loader, from wasm_exec.js.
 * @typedef {{importObject: WebAssembly.Imports, run: (instance: WebAssembly.Instance) => Promise<void>}} GoProgram
 */

/** The two builds of the engine, by their names in build.json. */
const LEAN = "engine";
const FULL = "engine-full";
const URLS = {
	[LEAN]: new URL("./engine.wasm", import.meta.url),
	[FULL]: new URL("./engine-full.wasm", import.meta.url),
};

/** @param {LoadResponse} message */
const post = (message) => self.postMessage(message);

/** Bytes before the next word about them. */
const STEP = 100_000;

/** Characters of a dying program's output that are kept. */
const LAST_WORDS = 8000;

/**
 * How many bytes the engine has, 0 if the server does not say.
 * @param {string} name
 */
async function fetchTotal(name) {
	try {
		const build = await (await fetch(new URL("./build.json", import.meta.url))).json();
		return Number(build.engines[name].bytes) || 0;
	} catch {
		return 0;
	}
}

/**
 * Bytes of the engine, counted as they come in. The answer is given the type
 * that streaming compilation insists on, whatever the server calls it.
 * @param {keyof typeof URLS} name
 */
async function fetchEngine(name) {
	let total = 0;
	fetchTotal(name).then((n) => {
		total = n;
	});
	const response = await fetch(URLS[name]);
	if (!response.ok || !response.body)
		throw coded("network", `the server answered ${response.status} ${response.statusText}`);
	let bytes = 0;
	let told = 0;
	const count = new TransformStream({
		transform(chunk, controller) {
			bytes += chunk.byteLength;
			if (bytes - told > STEP) {
				told = bytes;
				post({ kind: "loading", stage: "fetch", bytes, total });
			}
			controller.enqueue(chunk);
		},
		flush: () => post({ kind: "loading", stage: "compile", bytes, total: bytes }),
	});
	return new Response(response.body.pipeThrough(count), {
		headers: { "Content-Type": "application/wasm" },
	});
}

/**
 * @param {boolean} full
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(full) {
	const response = await fetchEngine(full ? FULL : LEAN);
	try {
		if (WebAssembly.compileStreaming) return await WebAssembly.compileStreaming(response);
		return await WebAssembly.compile(await response.arrayBuffer());
	} catch (err) {
		const text = String(err);
		if (/unsafe-eval|content security policy|CSP/i.test(text)) throw coded("csp", text);
		if (err instanceof WebAssembly.CompileError) throw coded("file", text);
		throw err;
	}
}

/** @param {LoadRequest} request */
async function start({ full, module: given }) {
	post({ kind: "loading", stage: "fetch", bytes: 0, total: 0 });
	const module = given ?? (await compile(full));
	if (!given) post({ kind: "module", module });
	post({ kind: "loading", stage: "start", bytes: 0, total: 0 });
	if (full) await import("./engine-fetch.js");
	const Program = /** @type {new () => GoProgram} */ (Reflect.get(globalThis, "Go"));
	const go = new Program();
	const instance = await WebAssembly.instantiate(module, go.importObject).catch((err) => {
		throw coded(
			/unsafe-eval|content security policy/i.test(String(err)) ? "csp" : "start",
			String(err),
		);
	});
	readAlong();
	await go.run(instance);
	post({ kind: "stopped", message: lastWords() });
}

/** Standard error of the Go program, its last part: a panic says there why. */
let printed = "";

/** Go's loader prints to the console; this reads along. */
function readAlong() {
	const fs = /** @type {{writeSync: (fd: number, bytes: Uint8Array) => number}} */ (
		Reflect.get(globalThis, "fs")
	);
	const write = fs.writeSync;
	const decoder = new TextDecoder();
	fs.writeSync = (fd, bytes) => {
		printed = (printed + decoder.decode(bytes)).slice(-LAST_WORDS);
		return write.call(fs, fd, bytes);
	};
}

/** The reason in what a dying Go program printed. */
function lastWords() {
	return /^(?:panic|fatal error): .*/m.exec(printed)?.[0] ?? "";
}

/**
 * @param {'network'|'file'|'csp'|'start'} code
 * @param {string} message
 */
const coded = (code, message) => Object.assign(new Error(message), { code });

self.addEventListener(
	"message",
	(/** @type {MessageEvent<LoadRequest>} */ event) => {
		start(event.data).catch((err) => {
			const code = err.code ?? (err instanceof TypeError ? "network" : "start");
			post({ kind: "failed", code, message: String(err.message ?? err) });
		});
	},
	{ once: true },
);
