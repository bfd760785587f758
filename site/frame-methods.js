/**
 * What the page around an embed may have it do. Every method answers with plain
 * data, and throws an Error that says what is wrong and what is allowed.
 * @module
 */

import { fileMethods } from "./frame-files.js";
import { MAX_CLASSES, MAX_POINTS } from "./points.js";

/**
 * @typedef {import("./frame.js").Parts} Parts
 * @typedef {import("./theft.js").State} State
 */

/** Steps that one call may ask for. */
const MAX_STEPS = 1000;

/** Places that one call may ask about. */
const MAX_PLACES = 1000;

/**
 * @param {Parts} parts
 * @returns {Record<string, (...args: any[]) => Promise<any>>}
 */
export function remote(parts) {
	const { engine, experiment, theft, curve } = parts;
	const state = async () => ({
		settings: { ...experiment.settings },
		link: parts.address(),
		state: theft.state,
		curve: curve.samples.map((s) => ({ ...s })),
	});
	return {
		/** Steals to the end; a theft that was paused goes on. */
		async run() {
			await victim(parts);
			const ended = runEnds(parts);
			if (!theft.running) theft.toggle();
			return ended;
		},
		async pause() {
			if (theft.running) {
				const halted = once(engine, "state", (m) => m.state === "paused" || m.state === "ended");
				theft.toggle();
				await halted;
			}
			return state();
		},
		async step(n = 1) {
			inRange("n", n, 1, MAX_STEPS);
			await victim(parts);
			for (let i = 0; i < n && theft.state !== "ended"; i++) {
				if (theft.running) throw new Error("the theft is running; pause it before a step");
				const done = once(engine, "state", (m) => m.state === "paused" || m.state === "ended");
				theft.step();
				await done;
			}
			return state();
		},
		async reset() {
			theft.over();
			return state();
		},
		getState: state,
		/** @param {unknown} given settings by key, or a link's fragment */
		async setState(given) {
			const problems = parts.open(typeof given === "string" ? given : fragment(given));
			if (problems.length > 0) throw new Error(problems.join("\n"));
			return state();
		},
		/** @param {unknown} points */
		async setData(points) {
			experiment.draw(drawn(points));
			return state();
		},
		/** @param {unknown} places */
		async query(places) {
			const all = list("query", places, MAX_PLACES).map((p, i) => place(`query[${i}]`, p));
			await victim(parts);
			const answers = [];
			for (const at of all) {
				const { victim, copy } = await engine.ask({ kind: "probe", id: engine.id(), ...at });
				answers.push({ ...at, victim, copy });
			}
			return answers;
		},
		...fileMethods(parts),
	};
}

/**
 * Waits until there is a victim.
 * @param {Parts} parts
 */
async function victim({ engine, experiment, theft }) {
	if (["idle", "playing", "training", "paused", "ended"].includes(theft.state)) return;
	await new Promise((resolve, reject) => {
		const stop = new AbortController();
		const { signal } = stop;
		const settle = (/** @type {() => void} */ done) => {
			stop.abort();
			done();
		};
		// The session tells the experiment once everything is in its place.
		const there = () => queueMicrotask(() => settle(() => resolve(undefined)));
		experiment.addEventListener("prepared", there, { signal });
		engine.addEventListener(
			"error",
			(e) => settle(() => reject(new Error(/** @type {CustomEvent} */ (e).detail.message))),
			{ signal },
		);
		engine.addEventListener(
			"failed",
			(e) =>
				settle(() =>
					reject(
						new Error(
							/** @type {CustomEvent} */ (e).detail.message || "the engine could not be started",
						),
					),
				),
			{ signal },
		);
	});
}

/**
 * The end of the theft that is about to run.
 * @param {Parts} parts
 * @returns {Promise<any>}
 */
function runEnds({ engine, experiment }) {
	return new Promise((resolve, reject) => {
		const stop = new AbortController();
		const { signal } = stop;
		let begun = false;
		/** @param {string} why */
		const lost = (why) => {
			stop.abort();
			reject(new Error(why));
		};
		const on = (/** @type {string} */ kind, /** @type {(detail: any) => void} */ listener) =>
			engine.addEventListener(kind, (e) => listener(/** @type {CustomEvent} */ (e).detail), {
				signal,
			});
		on("state", ({ state }) => {
			if (state === "playing" || state === "training") begun = true;
			else if (state === "idle" && begun) lost("the theft was started over");
		});
		on("end", ({ kind, ...detail }) => {
			stop.abort();
			resolve(detail);
		});
		on("error", ({ message }) => lost(message));
		on("crashed", () => lost("the engine stopped"));
		experiment.addEventListener("change", () => lost("the experiment was changed"), { signal });
	});
}

/**
 * @param {import("./client.js").Engine} engine
 * @param {string} kind
 * @param {(message: any) => boolean} wanted
 */
function once(engine, kind, wanted) {
	return new Promise((resolve) => {
		/** @param {Event} e */
		const listen = (e) => {
			if (!wanted(/** @type {CustomEvent} */ (e).detail)) return;
			engine.removeEventListener(kind, listen);
			resolve(undefined);
		};
		engine.addEventListener(kind, listen);
	});
}

/** @param {unknown} given */
function fragment(given) {
	if (typeof given !== "object" || given === null)
		throw new TypeError("setState takes an object of settings or a link's fragment");
	return Object.entries(given)
		.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
		.join("&");
}

/** @param {unknown} points */
function drawn(points) {
	return list("setData", points, MAX_POINTS).map((p, i) => {
		const name = `setData[${i}]`;
		const c = Array.isArray(p) ? p[2] : /** @type {any} */ (p)?.c;
		inRange(`${name}.c`, c, 0, MAX_CLASSES - 1);
		return { ...place(name, p), c };
	});
}

/**
 * @param {string} name
 * @param {unknown} p [x, y] or {x, y}
 */
function place(name, p) {
	const [x, y] = Array.isArray(p) ? p : [/** @type {any} */ (p)?.x, /** @type {any} */ (p)?.y];
	for (const [axis, v] of /** @type {[string, unknown][]} */ ([
		["x", x],
		["y", y],
	]))
		if (typeof v !== "number" || !(v >= -1 && v <= 1))
			throw new RangeError(`${name}.${axis} is ${v}; it must be a number from -1 to 1`);
	return { x, y };
}

/**
 * @param {string} method
 * @param {unknown} given
 * @param {number} most
 * @returns {unknown[]}
 */
function list(method, given, most) {
	if (!Array.isArray(given)) throw new TypeError(`${method} takes an array of points`);
	if (given.length > most)
		throw new RangeError(`${method} got ${given.length} points; it takes at most ${most}`);
	return given;
}

/**
 * @param {string} name
 * @param {unknown} n
 * @param {number} low
 * @param {number} high
 */
function inRange(name, n, low, high) {
	if (!Number.isInteger(n) || /** @type {number} */ (n) < low || /** @type {number} */ (n) > high)
		throw new RangeError(`${name} is ${n}; it must be a whole number from ${low} to ${high}`);
}
