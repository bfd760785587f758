/**
 * Where measurements run: an engine that knows the paper, for plans and sums,
 * and a pool that runs the cells. Both start when first needed.
 * @module
 */

import { Engine } from "./client.js";
import { loading, reason } from "./life.js";
import { Pool } from "./pool.js";

/**
 * A reproduction beside the paper: the JSON form of `heist reproduce`, which
 * core/paper/report.go defines.
 * @typedef {(number|null)[]} Figures one a column
 * @typedef {{name: string, unit?: string, kind: 'error'|'agreement'|'gain'|'cost'|'fact'}} Column
 * @typedef {{set: string, mean: Figures, worst: Figures, runs: number}} SetRow
 * @typedef {{group: string, panel?: number, x: number|null, paper: Figures, mean: Figures, median: Figures, worst: Figures,
 *   runs: number, sets: SetRow[]}} Row
 * @typedef {{name: string, title: string, caption: string, full: boolean, settings: string[], fixed: boolean,
 *   needs: string[], seeds: number, running_minimum: boolean, axis: string, panels?: {name: string, axis: string}[], columns: Column[], captions?: string[], rows: Row[],
 *   cells: number, runs: {row: number, set: string, seed: number, pictures?: import("./paperpictures.js").Picture[]}[]}} Report
 *
 * What is to be measured.
 * @typedef {{name: string, full: boolean, seeds: number, settings: string[]}} Measurement
 * @typedef {import("./messages.js").CellRun} CellRun
 */

/** Workers for cells: as many as small machines have cores. */
const WORKERS = 2;

/** Of a table, the part that its columns are read from. */
const HEAD_CHARACTERS = 100_000;

export class Lab {
	/** @private */ engine = new Engine({ full: true });
	/** @private */ pool = new Pool(WORKERS);
	/** @private @type {Promise<WebAssembly.Module>|null} */ opening = null;
	/** The visitor's files, which workers to come need too. @private @type {Map<string, string>} */
	files = new Map();

	/** @private */ opened = {
		resolve: (/** @type {WebAssembly.Module} */ _module) => {},
		reject: (/** @type {Error} */ _why) => {},
	};
	/** Told how far the engine's loading is. */
	onloading = (/** @type {string} */ _text) => {};

	constructor() {
		const { engine } = this;
		engine.addEventListener("loading", (e) =>
			this.onloading(loading(/** @type {CustomEvent} */ (e).detail, true)),
		);
		engine.addEventListener("failed", (e) =>
			this.shut(reason(/** @type {CustomEvent} */ (e).detail)),
		);
		engine.addEventListener("crashed", (e) =>
			this.shut(/** @type {CustomEvent} */ (e).detail.message),
		);
		engine.on("ready", () => {
			for (const [name, text] of this.files) engine.post({ kind: "file", name, text });
			if (engine.module) this.opened.resolve(engine.module);
		});
	}

	/** @private @param {string} why */
	shut(why) {
		this.opening = null;
		this.opened.reject(new Error(why));
	}

	/** Starts the engine unless it runs. @private */
	open() {
		this.opening ??= new Promise((resolve, reject) => {
			this.opened = { resolve, reject };
			this.engine.start();
		});
		return this.opening;
	}

	/**
	 * What runs come to beside the paper, and how many there are to be.
	 * @param {Measurement} what
	 * @param {CellRun[]} runs so far
	 * @param {boolean} minimum whether errors are processed as the paper's plots are
	 * @returns {Promise<{report: Report, json: string, csv: string, share: number}>}
	 */
	async report(what, runs, minimum) {
		await this.open();
		const { json, csv, share } = await this.engine.ask({
			kind: "report",
			id: this.engine.id(),
			...what,
			minimum,
			runs,
		});
		return { report: JSON.parse(json), json, csv, share };
	}

	/**
	 * Runs all cells on the pool; the first that fails ends it.
	 * @param {Measurement} what
	 * @param {number} cells
	 * @param {AbortSignal} signal
	 * @param {(run: CellRun) => void} onrun
	 */
	async measure(what, cells, signal, onrun) {
		const module = await this.open();
		const failing = new AbortController();
		const either = AbortSignal.any([signal, failing.signal]);
		let next = 0;
		const lane = async () => {
			while (next < cells && !either.aborted) {
				const index = next++;
				const run = await this.pool.run(module, { kind: "cell", ...what, index }, either);
				if (!either.aborted) onrun(run);
			}
		};
		// Whoever cancels need not wait until the engines have stopped.
		const cancelled = new Promise((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason), { once: true });
		});
		try {
			await Promise.race([cancelled, Promise.all(Array.from({ length: WORKERS }, lane))]);
		} catch (err) {
			failing.abort(err);
			throw err;
		}
	}

	/**
	 * Takes a file of the visitor's, for file=name in settings.
	 * @param {string} name
	 * @param {string} text
	 * @returns {Promise<string[]>} its columns
	 */
	async take(name, text) {
		await this.open();
		this.files.set(name, text);
		this.engine.post({ kind: "file", name, text });
		this.pool.give(name, text);
		const table = await this.engine.ask({
			kind: "csv",
			id: this.engine.id(),
			text: text.slice(0, HEAD_CHARACTERS).replace(/\n[^\n]*$/, "\n"),
		});
		return table.columns.map((/** @type {{name: string}} */ c) => c.name);
	}
}
