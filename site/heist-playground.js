/**
 * <heist-playground data="moons" victim="mlp" …>: Model Heist in any page. The
 * element is a light shell: a poster, room for the playground, and a frame that
 * brings it when it is wanted. embedding.html documents it.
 * @module
 */

import { Connection } from "./playground-connection.js";
import { Shell } from "./playground-shell.js";
import { COLOURS, REPLAYED } from "./protocol.js";

/** What the element itself is told; everything else that is not HTML's own is a setting. */
const LOADS = ["visible", "click", "eager"];
const OPTIONS = ["hide", "theme", "autoplay"];

/** Attributes that HTML, frameworks and browser extensions put on any element. */
const FOREIGN =
	/^(class|id|style|slot|part|exportparts|title|lang|dir|tabindex|role|nonce|inert|popover|translate|is|(on|item).*|(data|aria|v|ng|x)-.*)$|[^a-z-]/;

const METHODS = [
	"run",
	"pause",
	"step",
	"reset",
	"getState",
	"setState",
	"setData",
	"query",
	"exportCSV",
	"exportJSON",
	"exportONNX",
	"exportSVG",
	"exportPNG",
];

export class HeistPlayground extends HTMLElement {
	/** @type {Shell} */ #shell;
	/** @type {Connection|null} */ #frame = null;
	/** @type {Map<string, CustomEvent>} */ #last = new Map();
	/** @type {IntersectionObserver|null} */ #nearing = null;
	#changes = new MutationObserver(() => this.#changed());
	/** What the frame was given. */
	#sent = { settings: "", options: "" };
	#ready = pending();

	constructor() {
		super();
		this.#shell = new Shell(this.attachShadow({ mode: "open" }), {
			play: () => this.#call("run", []).catch(() => {}),
			retry: () => {
				this.#close("tried again");
				this.#open();
			},
			themed: () => this.#theme(),
		});
	}

	connectedCallback() {
		for (const name of [...accessors.keys(), "autoplay"]) {
			// Set before the element was known: it hides the accessor.
			if (!Object.hasOwn(this, name)) continue;
			const value = Reflect.get(this, name);
			Reflect.deleteProperty(this, name);
			Reflect.set(this, name, value);
		}
		this.#changes.observe(this, { attributes: true });
		this.#shell.link(new URL(`./${this.#fragment()}`, BASE).href);
		this.#theme();
		const load = this.getAttribute("load") || "visible";
		if (!LOADS.includes(load))
			this.#complain({
				code: "attribute",
				key: "load",
				message: `load=${load}: must be one of ${LOADS.join(" ")}`,
			});
		if (load === "eager") return this.#open();
		if (load === "click") return;
		this.#nearing = new IntersectionObserver(
			(entries) => entries.some((e) => e.isIntersecting) && this.#open(),
			{ rootMargin: "100%" },
		);
		this.#nearing.observe(this);
	}

	disconnectedCallback() {
		this.destroy();
	}

	/** Resolves once there is a victim to steal. Begins to load what is still needed. */
	ready() {
		this.#open();
		return this.#ready.promise;
	}

	/** Takes the frame away; what waits for it is rejected. */
	destroy() {
		this.#changes.disconnect();
		this.#nearing?.disconnect();
		this.#close("the playground was taken away");
		this.#last.clear();
		this.#shell.state("poster");
	}

	/**
	 * As any element's; a listener that comes late is told of the last `ready` and
	 * `progress`.
	 * @override
	 * @param {string} type
	 * @param {any} listener
	 * @param {boolean|AddEventListenerOptions} [options]
	 */
	addEventListener(type, listener, options) {
		super.addEventListener(type, listener, options);
		const last = this.#last.get(type);
		if (!last || !listener) return;
		if (typeof options === "object" && options.once)
			this.removeEventListener(type, listener, options);
		queueMicrotask(() =>
			typeof listener === "function" ? listener.call(this, last) : listener.handleEvent(last),
		);
	}

	/** @returns {boolean} */
	get autoplay() {
		return this.hasAttribute("autoplay") && this.getAttribute("autoplay") !== "no";
	}

	set autoplay(value) {
		this.toggleAttribute("autoplay", value);
	}

	/**
	 * @param {string} method
	 * @param {unknown[]} args
	 */
	async #call(method, args) {
		if (!this.isConnected) throw new Error("the playground is not in a document");
		this.#open();
		return /** @type {Connection} */ (this.#frame).call(method, args);
	}

	#open() {
		if (this.#frame || !this.isConnected) return;
		this.#nearing?.disconnect();
		this.#sent = this.#said();
		const query = new URLSearchParams(this.#options()).toString();
		const frame = this.#shell.frame(`${new URL("./embed.html", BASE)}?${query}${this.#fragment()}`);
		this.#shell.state("loading");
		this.#frame = new Connection(frame, BASE.origin, {
			there: () => this.#shell.state("live"),
			ready: () => {
				this.#theme();
				this.#changed();
			},
			event: (name, detail) => this.#tell(name, detail),
			height: (height) => {
				if (this.#shell.grow(height)) this.#tell("resize", { height });
			},
			failed: () => {
				this.#shell.state("failed");
				this.#close("the playground did not answer");
				this.#complain({ code: "frame", message: this.#shell.unreachable(BASE.origin) });
			},
		});
	}

	/** @param {string} why */
	#close(why) {
		if (!this.#frame) return;
		this.#frame.close(why);
		this.#frame = null;
		this.#ready.reject(new Error(why));
		this.#ready = pending();
	}

	/**
	 * @param {string} name
	 * @param {any} detail
	 */
	#tell(name, detail) {
		const event = new CustomEvent(`heist-${name}`, { detail, bubbles: true, composed: true });
		if (REPLAYED.includes(name)) this.#last.set(event.type, event);
		if (name === "ready") this.#ready.resolve(detail);
		this.dispatchEvent(event);
	}

	/** @param {{code: string, message: string, key?: string}} error of the shell's own */
	#complain(error) {
		this.#shell.say(error.message);
		this.#tell("error", error);
	}

	/** Attributes by name, without HTML's own. @returns {[string, string][]} */
	#own() {
		return [...this.attributes]
			.filter(({ name, value }) => !FOREIGN.test(name) && !(name === "hidden" && !/\d/.test(value)))
			.map(({ name, value }) => [name, value]);
	}

	#options() {
		const own = this.#own().filter(([name]) => OPTIONS.includes(name));
		const options = Object.fromEntries(own);
		if ("autoplay" in options) options.autoplay = this.autoplay ? "yes" : "no";
		options.theme = this.#shell.theme;
		return options;
	}

	/** @returns {Record<string, string>} */
	#settings() {
		const own = this.#own().filter(([name]) => name !== "load" && !OPTIONS.includes(name));
		return Object.fromEntries(own.map(([name, value]) => [keyOf.get(name) ?? name, value]));
	}

	#fragment() {
		const parts = Object.entries(this.#settings()).map(
			([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
		);
		return parts.length > 0 ? `#${parts.join("&")}` : "";
	}

	#said() {
		return {
			settings: JSON.stringify(this.#settings()),
			options: JSON.stringify(this.#options()),
		};
	}

	/** Attributes have changed. */
	#changed() {
		this.#shell.choose(this.getAttribute("theme") ?? "auto");
		if (!this.#frame?.open) return;
		const now = this.#said();
		const before = this.#sent;
		this.#sent = now;
		if (now.options !== before.options)
			this.#frame.say({ type: "options", options: { hide: "", ...this.#options() } });
		if (now.settings !== before.settings)
			this.#call("setState", [this.#settings()]).catch((err) =>
				this.#tell("error", { code: "setting", message: err.message }),
			);
	}

	/** The host's scheme or colours may have changed. */
	#theme() {
		this.#shell.choose(this.getAttribute("theme") ?? "auto");
		const style = getComputedStyle(this);
		const colours = Object.fromEntries(
			COLOURS.map((name) => [name, style.getPropertyValue(`--heist-${name}`).trim()]),
		);
		if (!this.#frame?.open) return;
		this.#frame.say({ type: "colours", colours });
		this.#changed();
	}

	static {
		for (const method of METHODS) {
			Object.defineProperty(HeistPlayground.prototype, method, {
				configurable: true,
				writable: true,
				/**
				 * @this {HeistPlayground}
				 * @param {unknown[]} args
				 */
				value(...args) {
					return this.#call(method, args);
				},
			});
		}
	}
}

/** Where this script came from. */
const BASE = new URL(import.meta.url);

/** @param {string} key */
function camel(key) {
	return key.replace(/-(.)/g, (_, c) => c.toUpperCase());
}

/** A promise to be settled from outside; nobody has to wait for it. */
function pending() {
	/** @type {(value: any) => void} */
	let resolve = () => {};
	/** @type {(err: Error) => void} */
	let reject = () => {};
	const promise = new Promise((yes, no) => {
		resolve = yes;
		reject = no;
	});
	promise.catch(() => {});
	return { promise, resolve, reject };
}

/** Attribute names are lower case, the key C is not. */
const keyOf = new Map(SETTING_KEYS.map((key) => [key.toLowerCase(), key]));

/** Properties by name, and the attribute of each. */
const accessors = new Map([
	...SETTING_KEYS.map((key) => /** @type {const} */ ([camel(key), key])),
	/** @type {const} */ (["load", "load"]),
	/** @type {const} */ (["theme", "theme"]),
	/** @type {const} */ (["hide", "hide"]),
	/** @type {const} */ (["lesson", "lesson"]),
]);

for (const [name, attribute] of accessors) {
	if (name in HTMLElement.prototype) continue; // hidden: an attribute only
	Object.defineProperty(HeistPlayground.prototype, name, {
		configurable: true,
		enumerable: true,
		get() {
			return this.getAttribute(attribute) ?? "";
		},
		set(value) {
			if (value === null || value === undefined || value === "") this.removeAttribute(attribute);
			else this.setAttribute(attribute, String(value));
		},
	});
}

if (!customElements.get("heist-playground"))
	customElements.define("heist-playground", HeistPlayground);
