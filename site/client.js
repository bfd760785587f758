/**
 * The engine as the page sees it: one worker's life and its messages. Emits an
 * event for every kind of message, and `loading`, `failed`, `crashed`, `silent`.
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

/** Commands that the engine answers at once. */
const ANSWERED = new Set(["pause", "reset", "step", "play", "spec", "probe"]);

export class Engine extends EventTarget {
	/** @type {Worker|null} */
	worker = null;
	/** Compiled once, for this worker's successors and the pool. @type {WebAssembly.Module|undefined} */
	module;
	version = "";
	ready = false;
	/** @private */ loadTimer = 0;
	/** @private */ answerTimer = 0;
	/** @private */ nextId = 1;
	/** @private @type {Map<number, {resolve: (reply: any) => void, reject: (reason: Error) => void}>} */
	waiting = new Map();

	/** @param {WebAssembly.Module} [module] */
	constructor(module) {
		super();
		this.module = module;
	}

	/** Starts a worker; an older one is stopped first. */
	start() {
		this.stop("the engine was restarted");
		if (typeof WebAssembly !== "object" || typeof Worker !== "function")
			return this.fail("nowasm", "");
		const worker = new Worker(new URL("./engine-worker.js", import.meta.url), { type: "module" });
		this.worker = worker;
		worker.onmessage = (event) => worker === this.worker && this.receive(event.data);
		worker.onerror = (event) => {
			event.preventDefault();
			if (worker !== this.worker) return;
			if (this.ready) this.crash(event.message ?? "");
			else this.fail("worker", event.message ?? "");
		};
		this.patience("fetch");
		worker.postMessage({ kind: "load", module: this.module });
	}

	/** @param {string} why what pending requests are told */
	stop(why) {
		clearTimeout(this.loadTimer);
		clearTimeout(this.answerTimer);
		this.worker?.terminate();
		this.worker = null;
		this.ready = false;
		for (const { reject } of this.waiting.values()) reject(new Error(why));
		this.waiting.clear();
	}

	/**
	 * @param {Request} message
	 * @param {Transferable[]} [transfer]
	 */
	post(message, transfer = []) {
		if (!this.worker || !this.ready) return;
		this.worker.postMessage(message, transfer);
		if (!ANSWERED.has(message.kind) || this.answerTimer) return;
		this.answerTimer = window.setTimeout(() => {
			this.answerTimer = 0;
			this.emit("silent", {});
		}, ANSWER_MS);
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
	 * @private
	 * @param {Reply|LoadResponse} message
	 */
	receive(message) {
		clearTimeout(this.answerTimer);
		this.answerTimer = 0;
		switch (message.kind) {
			case "loading":
				this.patience(message.stage);
				break;
			case "module":
				this.module = message.module;
				return;
			case "failed":
				return this.fail(message.code, message.message);
			case "stopped":
				return this.crash(message.message);
			case "error":
				// It caught its panic, but nobody knows what it was in the middle of.
				if (message.code === "panic") return this.crash(message.message);
				this.settle(message);
				break;
			case "ready":
				clearTimeout(this.loadTimer);
				if (message.protocol !== PROTOCOL)
					return this.fail("protocol", `${message.protocol} ≠ ${PROTOCOL}`);
				this.version = message.version;
				this.ready = true;
				break;
			default:
				this.settle(message);
		}
		this.emit(message.kind, message);
	}

	/**
	 * @private
	 * @param {Reply} message
	 */
	settle(message) {
		const id = "id" in message ? message.id : undefined;
		if (id === undefined || message.kind === "preparing") return;
		const call = this.waiting.get(id);
		this.waiting.delete(id);
		if (message.kind === "error")
			call?.reject(Object.assign(new Error(message.message), { code: message.code }));
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
		this.stop(message);
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
