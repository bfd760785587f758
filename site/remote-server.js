/**
 * The server that the panel speaks to, through the engine's client: which one,
 * and its answers.
 * @module
 */

import { formatLink } from "./link.js";
import { tokenFor } from "./token.js";

/**
 * @typedef {import("./params.js").Settings} Settings
 * @typedef {import("./messages.js").Server} Server
 * @typedef {Extract<import("./messages.js").Response, {kind: 'exchange'}>} Exchange
 * @typedef {import("./client.js").Engine} Engine
 */

/** What went wrong between here and a server. */
export class Trouble extends Error {
	/**
	 * @param {string} message
	 * @param {string} [reason] one of the client's
	 */
	constructor(message, reason = "") {
		super(message);
		this.reason = reason;
	}
}

export class RemoteServer {
	/** Settings of the remote section. @type {Settings} */
	settings = {};
	/** What the model's metadata say; null before it was asked. @type {Server|null} */
	about = null;

	/**
	 * @param {Engine} engine
	 * @param {import("./params.js").Table} table
	 */
	constructor(engine, table) {
		this.engine = engine;
		this.table = table;
	}

	get address() {
		return this.settings.oracle ?? "";
	}

	/** @param {AbortSignal} [signal] */
	async connect(signal) {
		this.about = null;
		const spec = formatLink(this.settings, this.table);
		const token = tokenFor(this.address);
		const { server } = await this.send({ kind: "connect", spec, ...(token && { token }) }, signal);
		this.about = server;
	}

	/**
	 * @param {number[]} x one input
	 * @returns {Promise<Exchange>}
	 */
	query(x) {
		return this.send({ kind: "ask", x: Float64Array.from(x) });
	}

	/**
	 * Sends JSON to a path below /v2.
	 * @param {'GET'|'POST'|'PUT'} method
	 * @param {string} path
	 * @param {object} [more]
	 * @param {string} [more.body]
	 * @param {string} [more.key] by default the token
	 * @param {AbortSignal} [more.signal]
	 * @returns {Promise<any>}
	 */
	async call(method, path, { body, key = tokenFor(this.address), signal } = {}) {
		const server = this.address;
		const message = {
			kind: "call",
			server,
			method,
			path,
			...(body && { body }),
			...(key && { key }),
		};
		const answer = await this.send(message, signal);
		try {
			return JSON.parse(answer.body);
		} catch {
			throw new Trouble("The server's answer is no JSON.", "schema");
		}
	}

	/**
	 * @private
	 * @param {object} message
	 * @param {AbortSignal} [signal]
	 * @returns {Promise<any>}
	 */
	async send(message, signal) {
		const id = this.engine.id();
		const cancel = () => this.engine.post({ kind: "cancel", id });
		signal?.addEventListener("abort", cancel, { once: true });
		try {
			return await this.engine.ask(/** @type {any} */ ({ ...message, id }));
		} catch (err) {
			const { message: text, reason } = /** @type {Error & {reason?: string}} */ (err);
			throw new Trouble(sentence(text), reason);
		} finally {
			signal?.removeEventListener("abort", cancel);
		}
	}
}

/** @param {string} text */
const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
