/**
 * A recorded run of the default experiment (`heist record`, at build time),
 * played while the engine is on its way or can't come. It says that it is
 * recorded; everything it shows was computed by a real run.
 * @module
 */

import { h } from "./dom.js";
import { unpack } from "./points.js";
import { chartOf, pictureOf, placeOf, Sheet } from "./recording-sheet.js";
import { t } from "./strings.js";
import { readTheme, themes } from "./theme.js";

/**
 * @typedef {{field: string, lines: string[]}} Model
 * @typedef {{queries: number, agreement: number} & Model} Round
 * @typedef {{spec: string, budget: number, points: string, queries: string, side: number,
 *   victim: Model, rounds: Round[], status: any}} Recorded
 * @typedef {import("./points.js").Point} Point
 *
 * @typedef {object} Parts
 * @property {import("./plots.js").Plots} plots
 * @property {import("./theft.js").Theft} theft
 * @property {import("./curve.js").Curve} curve
 * @property {import("./readout.js").Readout} readout
 * @property {import("./view.js").Tabs} tabs
 */

/** Queries a second, as the page's own pace. */
const PACE = 30;

/** With reduced motion, steps of so many seconds. */
const CALM_S = 0.5;

/** Fetches the recording. What it returns begins to play. */
export async function playRecording() {
	const response = await fetch(new URL("./recording.json", import.meta.url));
	if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
	const recorded = /** @type {Recorded} */ (await response.json());
	return (/** @type {Parts} */ parts) => new Recording(parts, recorded);
}

export class Recording {
	playing = false;
	/** @private Queries shown; between two of them, a fraction. */ at = 0;
	/** @private */ frame = 0;
	/** @private */ last = 0;
	/** @private */ round = 0;

	/**
	 * @param {Parts} parts
	 * @param {Recorded} recorded
	 */
	constructor(parts, recorded) {
		this.parts = parts;
		this.recorded = recorded;
		/** @private */
		this.points = unpack(recorded.points);
		/** @private */
		this.queries = unpack(recorded.queries);
		const { victim, copy, chart } = parts.plots.boxes;
		/** @private */
		this.sheets = { victim: new Sheet(victim), copy: new Sheet(copy), chart: new Sheet(chart) };
		/** @private */
		this.sign = h("p", { class: "recorded" }, t.recorded.sign);
		copy.append(this.sign);
		/** @private */
		this.redraw = () => this.draw();
		themes.addEventListener("change", this.redraw);
		parts.tabs.show("copy");
		this.restart();
		this.toggle();
	}

	/** What the play button says while there is no engine. */
	get word() {
		if (this.playing) return t.pause;
		return this.at < this.queries.length ? t.goOn : t.again;
	}

	/** Pauses, goes on, or begins again at the end. */
	toggle() {
		if (this.at >= this.queries.length) this.restart();
		this.playing = !this.playing;
		this.last = performance.now();
		if (this.playing) this.frame = requestAnimationFrame((now) => this.tick(now));
		else cancelAnimationFrame(this.frame);
		this.parts.theft.set(this.parts.theft.state);
	}

	/** Makes room for the engine. */
	stop() {
		cancelAnimationFrame(this.frame);
		this.playing = false;
		themes.removeEventListener("change", this.redraw);
		for (const sheet of Object.values(this.sheets)) sheet.remove();
		this.sign.remove();
		this.parts.curve.restart();
	}

	/** @private */
	restart() {
		this.at = this.round = 0;
		this.parts.curve.restart();
		this.parts.readout.restart();
		this.draw();
	}

	/**
	 * @private
	 * @param {number} now
	 */
	tick(now) {
		const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
		const seconds = (now - this.last) / 1000;
		if (!calm || seconds >= CALM_S) {
			this.last = now;
			this.at = Math.min(this.queries.length, this.at + PACE * seconds);
			this.tell();
			this.draw();
		}
		if (this.at < this.queries.length) {
			this.frame = requestAnimationFrame((then) => this.tick(then));
			return;
		}
		this.playing = false;
		this.end();
		this.parts.theft.set(this.parts.theft.state);
	}

	/** The numbers of the page, by the same ways as from the engine. @private */
	tell() {
		const { budget, rounds } = this.recorded;
		const { readout } = this.parts;
		const number = Math.floor(this.at);
		const q = this.queries[number - 1];
		if (q)
			readout.ask({
				kind: "query",
				number,
				x: [q.x, q.y],
				label: q.c,
				values: [],
				why: t.recorded.why,
			});
		while (this.round < rounds.length && rounds[this.round].queries <= this.at) {
			const { queries, agreement } = rounds[this.round++];
			readout.round({
				kind: "progress",
				queries,
				budget,
				agreement,
				round: this.round,
				rounds: rounds.length,
				rTest: Number.NaN,
				rUnif: 1 - agreement,
				tvUnif: null,
				paramError: null,
				moved: null,
			});
		}
	}

	/** @private */
	end() {
		const { status, rounds } = this.recorded;
		const { queries, agreement } = rounds[rounds.length - 1];
		this.parts.readout.end({
			kind: "end",
			status,
			note: "",
			queries,
			agreement,
			rTest: Number.NaN,
			rUnif: 1 - agreement,
		});
	}

	/** @private */
	draw() {
		const theme = readTheme();
		const { victim, copy, chart } = this.sheets;
		const { side, budget, rounds } = this.recorded;
		victim.begin();
		pictureOf(victim, this.recorded.victim, side, theme);
		for (const p of this.points) placeOf(victim, p, theme, "data");
		copy.begin();
		const model = rounds[this.round - 1];
		if (model) pictureOf(copy, model, side, theme, "dashed");
		const asked = this.queries.slice(0, Math.floor(this.at));
		asked.forEach((p, i) => placeOf(copy, p, theme, i + 8 < asked.length ? "old" : "query"));
		chart.begin();
		chartOf(chart, rounds.slice(0, this.round), budget, theme);
	}
}
