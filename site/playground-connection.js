/**
 * The element's line to its frame: the handshake, calls with their answers.
 * @module
 */

import { HEIST, received } from "./protocol.js";

/**
 * @typedef {import("./protocol.js").FromFrame} FromFrame
 * @typedef {import("./protocol.js").ToFrame} ToFrame
 * @typedef {ToFrame extends infer M ? M extends ToFrame ? Omit<M, 'heist'> : never : never} Said
 *
 * @typedef {object} Told
 * @property {() => void} there the frame has something to show
 * @property {() => void} ready it takes calls
 * @property {(name: string, detail: any) => void} event
 * @property {(height: number) => void} height
 * @property {() => void} failed it never answered
 */

/** A ping is repeated so often. */
const PING_MS = 500;

/** A frame that has loaded answers within so many pings, or it has failed. */
const PINGS = 20;

/** It loads within so many. */
const PATIENCE = 120;

export class Connection {
	/** Whether the frame takes calls. */
	open = false;
	/** @private Whether the page in the frame is ours; others are not pinged. */ ours = false;
	/** @private */ waited = 0;
	/** @private */ nextId = 1;
	/** @private @type {Map<number, {resolve: (value: any) => void, reject: (err: Error) => void}>} */
	calls = new Map();
	/** @private @type {Said[]} */
	queue = [];

	/**
	 * @param {HTMLIFrameElement} frame
	 * @param {string} origin of the frame's page
	 * @param {Told} told
	 */
	constructor(frame, origin, told) {
		this.frame = frame;
		this.origin = origin;
		this.told = told;
		/** @private */
		this.stop = new AbortController();
		const { signal } = this.stop;
		addEventListener("message", (event) => this.receive(event), { signal });
		let patience = PATIENCE;
		const hurry = () => (patience = this.waited + PINGS);
		frame.addEventListener("load", hurry, { signal });
		/** @private */
		this.timer = setInterval(() => {
			if (++this.waited > patience) return this.told.failed();
			if (this.ours) this.post({ type: "ping" });
		}, PING_MS);
	}

	/**
	 * Calls a method of the page in the frame; before it is ready, later.
	 * @param {string} method
	 * @param {unknown[]} args
	 * @returns {Promise<any>}
	 */
	call(method, args) {
		const id = this.nextId++;
		return new Promise((resolve, reject) => {
			this.calls.set(id, { resolve, reject });
			this.say({ type: "call", id, method, args });
		});
	}

	/** @param {Said} message */
	say(message) {
		if (this.open) this.post(message);
		else this.queue.push(message);
	}

	/** @param {string} why what those are told who wait */
	close(why) {
		this.open = false;
		this.stop.abort();
		clearInterval(this.timer);
		for (const { reject } of this.calls.values()) reject(new Error(why));
		this.calls.clear();
		this.frame.remove();
	}

	/**
	 * @private
	 * @param {Said} message
	 */
	post(message) {
		this.frame.contentWindow?.postMessage({ heist: HEIST, ...message }, this.origin);
	}

	/**
	 * @private
	 * @param {MessageEvent} event
	 */
	receive(event) {
		if (event.origin !== this.origin) return;
		const message = /** @type {FromFrame|null} */ (received(event, this.frame.contentWindow));
		switch (message?.type) {
			case "hello":
				this.ours = true;
				this.told.there();
				return this.post({ type: "ping" });
			case "resize":
				return this.told.height(message.height);
			case "ready":
				clearInterval(this.timer);
				if (this.open) return;
				this.open = true;
				this.told.there();
				this.told.ready();
				for (const waiting of this.queue.splice(0)) this.post(waiting);
				return;
			case "event":
				return this.told.event(message.name, message.detail);
			case "answer":
				return this.answer(message.id, message.value, message.error);
		}
	}

	/**
	 * @private
	 * @param {number} id
	 * @param {unknown} value
	 * @param {{message: string, key?: string}} [error]
	 */
	answer(id, value, error) {
		const call = this.calls.get(id);
		this.calls.delete(id);
		if (error) call?.reject(Object.assign(new Error(error.message), { key: error.key }));
		else call?.resolve(value);
	}
}
