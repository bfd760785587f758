/**
 * A card of the page "The paper": one table or figure, run in this page.
 * @module
 */

import { h } from "./dom.js";
import { OwnData } from "./owndata.js";
import { PaperFigure } from "./paperfigure.js";
import { PaperPictures } from "./paperpictures.js";
import { words } from "./paperstrings.js";
import { PaperTable } from "./papertable.js";
import { Progress } from "./progress.js";

/**
 * @typedef {import("./lab.js").Report} Report
 * @typedef {import("./lab.js").Measurement} Measurement
 * @typedef {import("./lab.js").CellRun} CellRun
 */

/** Least time between two sums while runs come in. */
const SUM_MS = 400;

export class Card {
	/** How many runs there are to be. @private */ cells = 0;
	/** What is or was measured. @private @type {Measurement|null} */ what = null;
	/** @private @type {CellRun[]} */ runs = [];
	/** @private @type {{report: Report, json: string, csv: string, share: number}|null} */ sums =
		null;
	/** @private @type {AbortController|null} */ running = null;
	/** The runs have grown since they were summed up. @private */ grown = false;
	/** @private @type {Promise<void>|null} */ summing = null;

	/** @private */ progress = new Progress();
	/** @private */ wrong = h("p", { class: "wrong", role: "alert" });
	/** @private */ shell = h("code", { class: "shell" });

	/**
	 * @param {Report} published
	 * @param {import("./lab.js").Lab} lab
	 */
	constructor(published, lab) {
		const { name, title, caption } = published;
		this.lab = lab;
		this.name = name;
		const heading = h("h2", { id: `${name}-title` }, title);
		const command = () => this.command();
		/** @private */
		this.button = h("button", { type: "button", class: "primary", onclick: () => this.toggle() });
		this.button.append(words.run);
		this.button.setAttribute("aria-describedby", heading.id);
		/** @private */
		this.full = h("input", { type: "checkbox", onchange: command });
		/** @private */
		this.minimum = h("input", { type: "checkbox", onchange: () => this.sum() });
		/** @private */
		this.own = new OwnData(published, lab, command);
		/** @private */
		this.figure = new PaperFigure(published);
		/** @private */
		this.pictures = new PaperPictures(published.captions ?? []);
		/** @private */
		this.table = new PaperTable(words.numbersOf(title));
		/** @private */
		this.files = [
			this.fileButton(`${name}.csv`, "text/csv", () => this.sums?.csv),
			this.fileButton(`${name}.json`, "application/json", () => this.sums?.json),
		];
		this.root = h(
			"section",
			{ class: "card", id: name, "aria-labelledby": heading.id },
			heading,
			h("p", { class: "caption" }, caption),
			h(
				"div",
				{ class: "row" },
				this.button,
				check(this.full, words.full(published.cells), words.fullHelp),
				this.figure.processed && check(this.minimum, words.minimum, words.minimumHelp),
			),
			this.progress.root,
			this.wrong,
			this.figure.root,
			this.pictures.root,
			h(
				"details",
				{ class: "more numbers", open: !this.figure.plotted },
				h("summary", {}, words.numbers),
				this.table.root,
			),
			this.own.root,
			h("div", { class: "row taking" }, ...this.files, this.shell),
		);
		this.table.show(published);
		this.command();
	}

	/**
	 * @private
	 * @param {string} name
	 * @param {string} type
	 * @param {() => string|undefined} text
	 */
	fileButton(name, type, text) {
		return h(
			"button",
			{ type: "button", disabled: true, onclick: () => download(name, type, text() ?? "") },
			name,
		);
	}

	/** What the controls ask for. @private @returns {Measurement} */
	chosen() {
		const { seeds, settings } = this.own;
		return { name: this.name, full: this.full.checked, seeds, settings };
	}

	/** Says the same for the command line. @private */
	command() {
		const { name, full, seeds, settings } = this.chosen();
		const words = ["heist reproduce", name];
		if (full) words.push("--full");
		if (seeds > 0) words.push(`--seeds ${seeds}`);
		for (const s of settings) words.push(/\s/.test(s) ? `"${s}"` : s);
		this.shell.textContent = words.join(" ");
	}

	/** @private */
	toggle() {
		if (this.running) this.running.abort(new Error(words.cancelled));
		else this.run();
	}

	/** @private */
	async run() {
		const running = new AbortController();
		this.running = running;
		this.button.textContent = words.cancel;
		this.wrong.textContent = "";
		this.progress.begin();
		this.lab.onloading = (text) => this.progress.say(text);
		try {
			await this.measure(running.signal);
		} catch (err) {
			if (running.signal.aborted) this.progress.say(words.stopped(this.runs.length));
			else this.fail(err);
		}
		this.progress.end();
		this.running = null;
		this.button.disabled = true;
		await this.sum();
		this.button.textContent = words.again;
		this.button.disabled = false;
	}

	/** @private @param {AbortSignal} signal */
	async measure(signal) {
		const what = this.chosen();
		const { report } = await this.lab.report(what, [], false);
		signal.throwIfAborted();
		this.what = what;
		this.runs = [];
		this.cells = report.cells;
		this.progress.plan(0, report.cells, 0);
		await this.lab.measure(what, report.cells, signal, (run) => {
			this.runs.push(run);
			this.sum();
		});
		this.progress.done(report.cells);
	}

	/** @private @param {unknown} err */
	fail(err) {
		this.progress.say("");
		this.wrong.textContent = err instanceof Error ? err.message : String(err);
	}

	/**
	 * Has the runs summed up and shows that, now and then while they grow.
	 * @private
	 * @returns {Promise<void>} when all runs of now are in the sums
	 */
	sum() {
		this.grown = true;
		this.summing ??= this.keepSumming().finally(() => {
			this.summing = null;
		});
		return this.summing;
	}

	/** @private */
	async keepSumming() {
		while (this.grown && this.what && this.runs.length > 0) {
			this.grown = false;
			const runs = this.runs.toSorted((a, b) => a.index - b.index);
			try {
				this.sums = await this.lab.report(this.what, runs, this.minimum.checked);
			} catch (err) {
				return this.fail(err);
			}
			if (this.running) this.progress.plan(runs.length, this.cells, this.sums.share);
			this.table.show(this.sums.report);
			this.figure.show(this.sums.report);
			this.pictures.show(this.sums.report);
			for (const button of this.files) button.disabled = false;
			if (this.running) await new Promise((go) => setTimeout(go, SUM_MS));
		}
	}
}

/**
 * @param {HTMLInputElement} input
 * @param {string} label
 * @param {string} title
 */
const check = (input, label, title) => h("label", { class: "check", title }, input, label);

/**
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
function download(name, type, text) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	h("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}
