/**
 * The engine as the page sees it: one worker's life and its messages. Emits an
 * event for every kind of message, and `starting`, `loading`, `failed`, `crashed`,
 * `silent`.
 * @module
 */

import { PROTOCOL } from "./messages.js";

/**
 * @typedef {import("./messages.js").Request} Request
 * @typedef {import("./messages.js").Response} Reply
 * @typedef {import("./messages.js").LoadResponse} LoadResponse
 * @typedef {Reply['kind']} Kind
 * @typedef {'nowasm'|'timeout'|'worker'|'protocol'|'network'|'file'|'csp'|'start'} FailCode
 */

/** A loader that says nothing for this long has failed. */
const LOAD_MS = 20_000;

/** An engine that leaves a command unanswered for this long has hung. */
const ANSWER_MS = 8_000;

/**
 * Model files that the visitor has brought, by name: every engine gets what its
 * specs name.
 * @type {Map<string, Uint8Array>}
 */
export const brought = new Map();

/** Commands that the engine answers at once. */
const ANSWERED = new Set(["pause", "reset", "step", "play", "spec", "probe"]);

/**
 * The engine comes in two builds: a lean one that is there soon, and the full
 * one. A full one that was wanted later replaces a lean one when it has been
 * loaded, and stays; until then the lean one goes on. `ready` follows each time,
 * and a new engine has no canvases yet.
 */
export class Engine extends EventTarget {
	/** The one that runs. @private @type {Worker|null} */
	worker = null;
	/** Whether that is the full one. @private */ hasFull = false;
	/** The one that is being loaded. @private @type {Worker|null} */
	coming = null;
	/** Files that it has. @private @type {Set<string>} */
	supplied = new Set();
	version = "";
	/** @private */ loadTimer = 0;
	/** @private */ answerTimer = 0;
	/** @private */ nextId = 1;
	/** @private @type {Map<number, {resolve: (reply: any) => void, reject: (reason: Error) => void}>} */
	waiting = new Map();
	/** Compiled once, for workers to come: by whether it is the full one. @private @type {Map<boolean, WebAssembly.Module>} */
	modules = new Map();

	/**
	 * @param {object} [of]
	 * @param {boolean} [of.full] whether to start with the full engine
	 * @param {WebAssembly.Module} [of.module] of that engine, compiled already
	 */
	constructor({ full = false, module } = {}) {
		super();
		/** Whether the full engine is wanted; it may still be on its way. */
		this.full = full;
		if (module) this.modules.set(full, module);
	}

	get ready() {
		return this.worker !== null;
	}

	/** Of the engine that runs, for others to share. */
	get module() {
		return this.worker ? this.modules.get(this.hasFull) : undefined;
	}

	/**
	 * Takes an engine that somebody else has compiled.
	 * @param {boolean} full
	 * @param {WebAssembly.Module} module
	 */
	take(full, module) {
		if (!this.modules.has(full)) this.modules.set(full, module);
	}

	/** The full engine, if it has been compiled, for others to share. */
	get fullModule() {
		return this.modules.get(true);
	}

	/** Starts a worker. One that runs is replaced when the new one is ready. */
	start() {
		this.drop();
		this.emit("starting", {});
		if (typeof WebAssembly !== "object" || typeof Worker !== "function")
			return this.fail("nowasm", "");
		const worker = newWorker(new URL("./engine-worker.js", import.meta.url));
		this.coming = worker;
		worker.onmessage = (event) => {
			if (worker === this.coming) this.load(event.data);
			else if (worker === this.worker) this.receive(event.data);
		};
		worker.onerror = (event) => {
			event.preventDefault();
			if (worker === this.coming) this.fail("worker", event.message ?? "");
			else if (worker === this.worker) this.crash(event.message ?? "");
		};
		this.patience("fetch");
		worker.postMessage({ kind: "load", full: this.full, module: this.modules.get(this.full) });
	}

	/**
	 * Says whether the next experiment needs the full engine, and loads what it
	 * needs, unless an engine that failed is all that there is.
	 * @param {boolean} full
	 * @returns {boolean} whether the engine that runs will do
	 */
	want(full) {
		if (this.worker && (this.hasFull || !full)) {
			this.drop();
			this.full = this.hasFull;
			return true;
		}
		const lacks = this.coming ? full && !this.full : full !== this.full || this.ready;
		if (lacks) {
			this.full = full;
			this.start();
		}
		return false;
	}

	/** @param {string} why what pending requests are told */
	stop(why) {
		this.drop();
		this.retire(why);
	}

	/** Gives up the engine that is being loaded. @private */
	drop() {
		clearTimeout(this.loadTimer);
		this.coming?.terminate();
		this.coming = null;
	}

	/** @private @param {string} why */
	retire(why) {
		clearTimeout(this.answerTimer);
		this.answerTimer = 0;
		this.worker?.terminate();
		this.worker = null;
		for (const { reject } of this.waiting.values()) reject(new Error(why));
		this.waiting.clear();
	}

	/**
	 * @param {Request} message
	 * @param {Transferable[]} [transfer]
	 */
	post(message, transfer = []) {
		if (!this.worker) return;
		if ("spec" in message) this.supply(message.spec);
		this.worker.postMessage(message, transfer);
		if (!ANSWERED.has(message.kind) || this.answerTimer) return;
		this.answerTimer = window.setTimeout(() => {
			this.answerTimer = 0;
			this.emit("silent", {});
		}, ANSWER_MS);
	}

	/**
	 * Gives the engine the model file that a spec names, once.
	 * @private
	 * @param {string} spec
	 */
	supply(spec) {
		const name = new URLSearchParams(spec).get("victim-file");
		const bytes = name !== null && brought.get(name);
		if (!bytes || this.supplied.has(name)) return;
		this.supplied.add(name);
		this.worker?.postMessage({ kind: "model", id: this.id(), name, bytes });
	}

	/** A number for a message whose reply carries it. */
	id() {
		return this.nextId++;
	}

	/**
	 * Sends a message and waits for the reply with its id.
	 * @param {Request & {id: number}} message
	 * @returns {Promise<any>}
	 */
	ask(message) {
		return new Promise((resolve, reject) => {
			if (!this.ready) return reject(new Error("the engine is not running"));
			this.waiting.set(message.id, { resolve, reject });
			this.post(message);
		});
	}

	/**
	 * @template {Kind} K
	 * @param {K} kind
	 * @param {(message: Extract<Reply, {kind: K}>) => void} listener
	 */
	on(kind, listener) {
		this.addEventListener(kind, (event) => listener(/** @type {CustomEvent} */ (event).detail));
	}

	/**
	 * What an engine says until it is ready.
	 * @private
	 * @param {Reply|LoadResponse} message
	 */
	load(message) {
		switch (message.kind) {
			case "loading":
				this.patience(message.stage);
				break;
			case "module":
				this.modules.set(this.full, message.module);
				return;
			case "failed":
				return this.fail(message.code, message.message);
			case "stopped":
				return this.fail("start", message.message);
			case "ready":
				if (message.protocol !== PROTOCOL)
					return this.fail("protocol", `${message.protocol} ≠ ${PROTOCOL}`);
				clearTimeout(this.loadTimer);
				this.retire("another engine has taken over");
				this.worker = this.coming;
				this.supplied.clear();
				this.coming = null;
				this.hasFull = this.full;
				this.version = message.version;
				break;
		}
		this.emit(message.kind, message);
	}

	/**
	 * What the engine says that runs.
	 * @private
	 * @param {Reply|LoadResponse} message
	 */
	receive(message) {
		clearTimeout(this.answerTimer);
		this.answerTimer = 0;
		if (message.kind === "stopped") return this.crash(message.message);
		// It caught its panic, but nobody knows what it was in the middle of.
		if (message.kind === "error" && message.code === "panic") return this.crash(message.message);
		this.settle(message);
		this.emit(message.kind, message);
	}

	/**
	 * @private
	 * @param {Reply|LoadResponse} message
	 */
	settle(message) {
		const id = "id" in message ? message.id : undefined;
		if (id === undefined || message.kind === "preparing" || message.kind === "exporting") return;
		const call = this.waiting.get(id);
		this.waiting.delete(id);
		if (message.kind === "error")
			call?.reject(
				Object.assign(new Error(message.message), { code: message.code, reason: message.reason }),
			);
		else call?.resolve(message);
	}

	/**
	 * @private
	 * @param {string} stage
	 */
	patience(stage) {
		clearTimeout(this.loadTimer);
		this.loadTimer = window.setTimeout(() => this.fail("timeout", stage), LOAD_MS);
	}

	/**
	 * @private
	 * @param {FailCode} code
	 * @param {string} message
	 */
	fail(code, message) {
		this.drop();
		this.emit("failed", { code, message });
	}

	/**
	 * @private
	 * @param {string} message
	 */
	crash(message) {
		this.stop("the engine stopped");
		this.emit("crashed", { message });
	}

	/**
	 * @private
	 * @param {string} kind
	 * @param {object} detail
	 */
	emit(kind, detail) {
		this.dispatchEvent(new CustomEvent(kind, { detail }));
	}
}

/**
 * A page in a sandbox is of no origin, and may start a worker only from a script
 * of its own. That one imports the real one, and keeps for it what is posted
 * meanwhile.
 * @param {URL} script
 */
function newWorker(script) {
	if (self.origin !== "null") return new Worker(script, { type: "module" });
	const text = `const early = [], keep = (e) => early.push(e.data);
addEventListener("message", keep);
import(${JSON.stringify(script.href)}).then(() => {
	removeEventListener("message", keep);
	for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
});`;
	return new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}
