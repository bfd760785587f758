/**
 * The engine's life as the visitor sees it: loading in named stages, failing
 * with a reason, stopping and coming back with everything in place.
 * @module
 */

import { byId, h } from "./dom.js";
import { clearNotice, notice } from "./notices.js";
import { t } from "./strings.js";
import { readTheme, themes } from "./theme.js";

/** Loading is not mentioned when it is over this soon. */
const QUIET_MS = 300;

/** More stops than this within the time, and restarting would go on for ever. */
const STOPS = 3;
const STOPS_MS = 30_000;

/**
 * @param {{engine: import("./client.js").Engine, plots: import("./plots.js").Plots,
 *   theft: import("./theft.js").Theft, view: import("./messages.js").View}} parts
 */
export function wireLife({ engine, plots, theft, view }) {
	const status = h("p", { class: "loading", role: "status", hidden: true });
	byId("at-copy").append(status);
	/** @param {string} text */
	const say = (text) => (status.textContent = text);
	let quiet = 0;
	/** @type {number[]} */
	let stops = [];

	const begin = () => engine.start();
	const quieten = () => {
		clearTimeout(quiet);
		status.hidden = true;
	};

	engine.addEventListener("starting", () => {
		theft.set(engine.ready ? "preparing" : "off");
		clearNotice("engine-down");
		clearTimeout(quiet);
		quiet = window.setTimeout(() => (status.hidden = false), QUIET_MS);
		say(t.load.fetch(engine.full, 0, 0));
	});
	engine.addEventListener("loading", (e) => {
		say(loading(/** @type {CustomEvent} */ (e).detail, engine.full));
	});
	engine.on("prepared", () => {
		quieten(); // of an engine that is no longer needed
		clearNotice("engine-down");
	});
	engine.on("ready", () => {
		quieten();
		const { canvases, sizes } = plots.handOver();
		engine.post(
			{ kind: "init", canvases, sizes, theme: readTheme(), view: { ...view } },
			Object.values(canvases),
		);
	});
	engine.addEventListener("failed", (e) => {
		quieten();
		theft.wanted = false;
		theft.set("failed");
		const why = reason(/** @type {CustomEvent} */ (e).detail);
		notice("engine-down", engine.ready ? `${why} ${t.fail.full}` : why, {
			actions: [[t.retry, begin]],
		});
	});
	engine.addEventListener("crashed", (e) => {
		const now = performance.now();
		stops = [...stops.filter((at) => now - at < STOPS_MS), now];
		theft.wanted = false;
		const { message } = /** @type {CustomEvent} */ (e).detail;
		if (stops.length >= STOPS) {
			theft.set("failed");
			clearNotice("crashed");
			return notice("engine-down", t.crashedOften, { actions: [[t.restart, begin]] });
		}
		begin();
		notice("crashed", t.crashed(message));
	});
	engine.addEventListener("silent", () =>
		notice("silent", t.silent, {
			actions: [
				[
					t.restart,
					() => {
						engine.stop("the engine is restarted");
						begin();
					},
				],
			],
		}),
	);
	theft.onretry = begin;
	plots.onsize = (sizes) => engine.post({ kind: "size", sizes });
	themes.addEventListener("change", () => engine.post({ kind: "theme", theme: readTheme() }));
}

/**
 * How far the loading is.
 * @param {{stage: 'fetch'|'compile'|'start', bytes: number, total: number}} progress
 * @param {boolean} full which engine it is
 */
export function loading({ stage, bytes, total }, full) {
	return stage === "fetch" ? t.load.fetch(full, bytes, total) : t.load[stage];
}

/**
 * Why an engine is not there.
 * @param {{code: keyof typeof t.fail, message: string}} failure
 */
export function reason({ code, message }) {
	const text = t.fail[code];
	if (typeof text === "string") return text;
	return text(code === "timeout" ? (t.stageName[message] ?? message) : message);
}
