/**
 * A few more engines without a canvas, for whole runs beside the one on show.
 * They start when first needed and share the compiled module.
 * @module
 */

import { Engine } from "./client.js";

/** @typedef {import("./messages.js").Request} Request */
/**
 * A message that is answered when its work is done, but for the number.
 * @typedef {Omit<Extract<Request, {kind: 'run'}>, 'id'> | Omit<Extract<Request, {kind: 'cell'}>, 'id'>} Job
 */

/** An engine that does not answer a cancellation within this is stopped. */
const CANCEL_MS = 1000;

export class Pool {
	/** With the module they were started from. @private @type {{engine: Engine, module: WebAssembly.Module}[]} */
	idle = [];
	/** @private */ busy = 0;
	/** @private @type {(() => void)[]} */
	queue = [];
	/** @private @type {Set<Engine>} */ all = new Set();
	/** The visitor's files that the engines know. @private @type {Map<string, string>} */
	files = new Map();

	/** @param {number} size */
	constructor(size) {
		this.size = size;
	}

	/**
	 * Makes a file known to the engines.
	 * @param {string} name
	 * @param {string} text
	 */
	give(name, text) {
		this.files.set(name, text);
		for (const engine of this.all) engine.post({ kind: "file", name, text });
	}

	/**
	 * Has an engine do what a message asks, and returns its answer. Aborting
	 * cancels that: it rejects, or the answer says so.
	 * @param {WebAssembly.Module} module
	 * @param {Job} job
	 * @param {AbortSignal} signal
	 * @returns {Promise<any>}
	 */
	async run(module, job, signal) {
		if (this.busy >= this.size) await new Promise((go) => this.queue.push(() => go(undefined)));
		this.busy++;
		try {
			signal.throwIfAborted();
			const engine = this.spare(module) ?? (await this.start(module));
			try {
				const result = await answer(engine, job, signal);
				this.idle.push({ engine, module });
				return result;
			} catch (err) {
				engine.stop("run failed");
				this.all.delete(engine);
				throw err;
			}
		} finally {
			this.busy--;
			this.queue.shift()?.();
		}
	}

	/**
	 * An engine that waits for work; those of another build are of no more use.
	 * @private
	 * @param {WebAssembly.Module} module
	 */
	spare(module) {
		for (const old of this.idle) if (old.module !== module) old.engine.stop("of another build");
		this.idle = this.idle.filter((e) => e.module === module);
		return this.idle.pop()?.engine;
	}

	/** @private @param {WebAssembly.Module} module */
	async start(module) {
		const engine = await started(module);
		for (const [name, text] of this.files) engine.post({ kind: "file", name, text });
		this.all.add(engine);
		return engine;
	}
}

/**
 * @param {Engine} engine
 * @param {Job} job
 * @param {AbortSignal} signal
 */
async function answer(engine, job, signal) {
	const id = engine.id();
	let patience = 0;
	const cancel = () => {
		engine.post({ kind: "cancel", id });
		patience = window.setTimeout(() => engine.stop("it did not listen"), CANCEL_MS);
	};
	const result = engine.ask({ ...job, id });
	if (signal.aborted) cancel();
	signal.addEventListener("abort", cancel, { once: true });
	try {
		return await result;
	} finally {
		clearTimeout(patience);
		signal.removeEventListener("abort", cancel);
	}
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<Engine>}
 */
function started(module) {
	const engine = new Engine({ module });
	return new Promise((resolve, reject) => {
		engine.on("ready", () => resolve(engine));
		engine.addEventListener("failed", (e) =>
			reject(new Error(/** @type {CustomEvent} */ (e).detail.message)),
		);
		engine.start();
	});
}
