/**
 * A few more engines without a canvas, for whole runs beside the one on show.
 * They start when first needed and share the compiled module.
 * @module
 */

import { Engine } from "./client.js";

/** @typedef {Extract<import("./messages.js").Response, {kind: 'result'}>} Result */

export class Pool {
	/** With the module they were started from. @private @type {{engine: Engine, module: WebAssembly.Module}[]} */
	idle = [];
	/** @private */ busy = 0;
	/** @private @type {(() => void)[]} */
	queue = [];

	/** @param {number} size */
	constructor(size) {
		this.size = size;
	}

	/**
	 * Runs an experiment to its end. Aborting rejects and frees the engine.
	 * @param {WebAssembly.Module} module
	 * @param {string} spec
	 * @param {AbortSignal} signal
	 * @returns {Promise<Result>}
	 */
	async run(module, spec, signal) {
		if (this.busy >= this.size) await new Promise((go) => this.queue.push(() => go(undefined)));
		if (signal.aborted) {
			this.queue.shift()?.();
			throw signal.reason;
		}
		this.busy++;
		try {
			const engine = this.spare(module) ?? (await started(module));
			const id = engine.id();
			const cancel = () => engine.post({ kind: "cancel", id });
			signal.addEventListener("abort", cancel, { once: true });
			try {
				const result = await engine.ask({ kind: "run", id, spec });
				this.idle.push({ engine, module });
				return result;
			} catch (err) {
				engine.stop("run failed");
				throw err;
			} finally {
				signal.removeEventListener("abort", cancel);
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
