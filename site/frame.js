/**
 * The page as a part of another one: what it tells the page around it, and what
 * that may ask of it. See protocol.js.
 * @module
 */

import { GOAL } from "./curve.js";
import { remote } from "./frame-methods.js";
import { COLOURS, HEIST, REPLAYED, received } from "./protocol.js";
import { themes } from "./theme.js";

/**
 * @typedef {import("./protocol.js").ToFrame} ToFrame
 * @typedef {import("./protocol.js").FromFrame} FromFrame
 * @typedef {import("./protocol.js").EventName} EventName
 * @typedef {FromFrame extends infer M ? M extends FromFrame ? Omit<M, 'heist'> : never : never} Said
 *
 * @typedef {object} Parts
 * @property {import("./client.js").Engine} engine
 * @property {import("./experiment.js").Experiment} experiment
 * @property {import("./theft.js").Theft} theft
 * @property {import("./curve.js").Curve} curve
 * @property {(fragment: string) => string[]} open returns what of it could not be used
 * @property {(options: Record<string, string>) => string[]} apply likewise
 * @property {() => string} address the experiment as a link's fragment
 * @property {string[]} problems what of the address could not be used
 * @property {() => import("./export.js").Moment|null} moment what is on show
 */

/** @param {Parts} parts */
export function wireFrame(parts) {
	const host = new Host();
	const methods = remote(parts);
	host.onping = () =>
		host.say({ type: "ready", version: parts.engine.version, methods: Object.keys(methods) });
	host.on("call", async ({ id, method, args }) => {
		try {
			if (!Object.hasOwn(methods, method)) throw new RangeError(`there is no method ${method}`);
			host.say({ type: "answer", id, value: await methods[method](...args) });
		} catch (err) {
			const { message, key } = /** @type {Error & {key?: string}} */ (err);
			host.say({ type: "answer", id, error: { message, key } });
		}
	});
	host.on("options", ({ options }) => {
		for (const message of parts.apply(options)) host.tell("error", { code: "option", message });
	});
	host.on("colours", ({ colours }) => recolour(colours, host));
	tellEvents(host, parts);
	tellHeight(host);
	for (const message of parts.problems) host.tell("error", { code: "setting", message });
}

/** The page around. */
class Host {
	/** Called when it has shown itself. */
	onping = () => {};
	/** @private The origin that it pinged from; empty before. */ origin = "";
	/** @private @type {Map<string, (message: any) => void>} */
	listeners = new Map();
	/** @private What was told before. @type {{name: EventName, detail: any}[]} */
	missed = [];

	constructor() {
		addEventListener("message", (event) => {
			const message = /** @type {ToFrame|null} */ (received(event, window.parent));
			if (!message) return;
			if (message.type === "ping") return this.meet(event.origin);
			// Only who has pinged may ask, and only from where.
			if (event.origin === this.origin) this.listeners.get(message.type)?.(message);
		});
		window.parent.postMessage({ heist: HEIST, type: "hello" }, "*");
	}

	/**
	 * @template {ToFrame['type']} T
	 * @param {T} type
	 * @param {(message: Extract<ToFrame, {type: T}>) => void} listener
	 */
	on(type, listener) {
		this.listeners.set(type, listener);
	}

	/** @param {Said} message */
	say(message) {
		if (!this.origin) return;
		// A sandboxed or local page has no origin to be addressed by.
		const to = this.origin === "null" ? "*" : this.origin;
		window.parent.postMessage({ heist: HEIST, ...message }, to);
	}

	/**
	 * @param {EventName} name
	 * @param {any} detail
	 */
	tell(name, detail) {
		if (this.origin) return this.say({ type: "event", name, detail });
		if (REPLAYED.includes(name)) this.missed = this.missed.filter((m) => m.name !== name);
		else if (name !== "error") return;
		this.missed.push({ name, detail });
	}

	/** @param {number} height of no secrecy, so that any host may use it */
	tall(height) {
		window.parent.postMessage({ heist: HEIST, type: "resize", height }, "*");
	}

	/**
	 * @private
	 * @param {string} origin
	 */
	meet(origin) {
		this.origin = origin;
		this.onping();
		for (const { name, detail } of this.missed.splice(0)) this.tell(name, detail);
	}
}

/**
 * @param {Host} host
 * @param {Parts} parts
 */
function tellEvents(host, { engine, experiment, curve }) {
	let reached = false;
	experiment.addEventListener("change", () =>
		host.tell("change", { settings: { ...experiment.settings } }),
	);
	engine.on("prepared", ({ spec, data, n, classes, unknowns, budget }) => {
		reached = false;
		host.tell("ready", { version: engine.version, spec, data, n, classes, unknowns, budget });
	});
	engine.on("query", ({ number, x, label, why }) => host.tell("query", { number, x, label, why }));
	engine.on("progress", ({ kind, ...detail }) => {
		if (curve.samples.length <= 1) reached = false; // another run
		host.tell("progress", detail);
		const goal = Number(experiment.get("goal")) || GOAL;
		const measured = !experiment.remote && detail.agreement !== null;
		if (reached || !measured || Number(detail.agreement) < goal) return;
		reached = true;
		host.tell("goal", { goal, queries: detail.queries, agreement: detail.agreement });
	});
	engine.on("end", ({ kind, ...detail }) => host.tell("end", detail));
	engine.on("error", ({ code, key, message }) => host.tell("error", { code, key, message }));
	engine.addEventListener("failed", (e) => {
		const { code, message } = /** @type {CustomEvent} */ (e).detail;
		host.tell("error", { code, message });
	});
	engine.addEventListener("crashed", (e) => {
		const { message } = /** @type {CustomEvent} */ (e).detail;
		host.tell("error", { code: "crashed", message });
	});
}

/**
 * The height of what there is, not of the frame, so that a host that follows it
 * does not make it grow.
 * @param {Host} host
 */
function tellHeight(host) {
	const content = /** @type {HTMLElement} */ (document.querySelector(".host"));
	let told = 0;
	new ResizeObserver(() => {
		const height = Math.ceil(content.getBoundingClientRect().height);
		if (Math.abs(height - told) < 2) return;
		told = height;
		host.tall(height);
		grow();
	}).observe(content);
}

/**
 * @param {Record<string, string>} colours
 * @param {Host} host
 */
function recolour(colours, host) {
	for (const [name, colour] of Object.entries(colours)) {
		const known = COLOURS.includes(name);
		if (!known || (colour && !CSS.supports("color", colour))) {
			const allowed = known
				? "must be a CSS colour"
				: `no such colour; there are ${COLOURS.join(" ")}`;
			host.tell("error", {
				code: "colour",
				key: name,
				message: `--heist-${name}=${colour}: ${allowed}`,
			});
		} else if (colour) document.documentElement.style.setProperty(`--${name}`, colour);
		else document.documentElement.style.removeProperty(`--${name}`);
	}
	themes.dispatchEvent(new Event("change"));
}

/** Native sizing, where there is any and the page around may use it. */
function grow() {
	try {
		Reflect.get(window, "requestResize")?.call(window);
	} catch {} // not allowed: the message stands
}
