/**
 * The chart of a card with its key, and the choice of what it shows.
 * @module
 */

import { h, segmented } from "./dom.js";
import { curvesOf, drawChart, errorOf, keyMark } from "./paperchart.js";
import { words } from "./paperstrings.js";

/**
 * @typedef {import("./lab.js").Report} Report
 * @typedef {import("./lab.js").Column} Column
 */

/** @param {Column} column */
const isError = ({ kind }) => kind === "error" || kind === "agreement";

/**
 * The columns that the paper has curves of, or, if it has no numbers at all, those
 * that ours will be of.
 * @param {Report} published
 */
function drawable({ axis, columns, rows }) {
	const silent = rows.every((r) => r.paper.every((v) => v === null));
	return columns.flatMap((c, k) => {
		const theirs = rows.some((r) => r.x !== null && r.paper[k] !== null);
		const shown = silent ? isError(c) || c.unit === "%" : isError(c) && theirs;
		return axis && shown ? [k] : [];
	});
}

export class PaperFigure {
	/** @private @type {Report|null} */ measured = null;
	/** @private */ surface = h("div", { class: "surface" });
	/** @private */ key = h("ul", { class: "marks" });
	/** On show. @private */ panel = 0;

	/** @param {Report} published */
	constructor(published) {
		this.published = published;
		const columns = drawable(published);
		/** Whether the paper has points to show. */
		this.plotted = columns.some((k) => published.rows.some((r) => r.paper[k] !== null));
		const first = columns.find((k) => this.plotted || errorOf(published.columns[k]) === "R_unif");
		/** Of the figures. @private */
		this.column = first ?? -1;
		const panels = h(
			"select",
			{
				"aria-label": words.panel,
				onchange: () => {
					this.panel = panels.selectedIndex;
					this.draw();
				},
			},
			...(published.panels ?? []).map((p) => h("option", {}, p.name)),
		);
		const figures = segmented({
			label: words.column,
			options: columns.map((k) => ({ value: String(k), text: errorOf(published.columns[k]) })),
			value: String(this.column),
			onpick: (value) => {
				this.column = Number(value);
				this.draw();
			},
		});
		/** Whether its plots were processed. */
		this.processed = this.plotted && published.columns[this.column].kind === "error";
		this.root = h(
			"figure",
			{ class: "curves", hidden: !this.plotted },
			h(
				"figcaption",
				{ class: "row" },
				published.panels && panels,
				columns.length > 1 && figures.root,
				h("span", { class: "hint" }, this.plotted ? words.marks : words.lines),
			),
			this.surface,
			this.key,
		);
		if (this.any) new ResizeObserver(() => this.draw()).observe(this.surface);
	}

	/** Whether there is anything to draw, at least after a run. @private */
	get any() {
		return this.column >= 0;
	}

	/** @param {Report} measured */
	show(measured) {
		this.measured = measured;
		this.root.hidden = !this.any;
		this.draw();
	}

	/** @private */
	draw() {
		const { published, measured, column, panel } = this;
		const width = Math.round(this.surface.clientWidth);
		if (!this.any || width === 0) return;
		const { axis } = published.panels?.[panel] ?? published;
		const name = errorOf(published.columns[column]);
		const curves = curvesOf(published, measured, column, panel);
		const label = words.chartLabel(published.title, name, axis, curves.length, {
			theirs: this.plotted,
			ours: measured !== null,
		});
		this.surface.replaceChildren(drawChart(curves, { width, axis, column: name, label }));
		this.key.replaceChildren(
			...curves.map((c, i) => h("li", {}, keyMark(c, i), c.name.replace(`, ${axis}`, ""))),
		);
	}
}
