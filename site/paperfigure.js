/**
 * The chart of a card with its key, and the choice of what it shows.
 * @module
 */

import { h, segmented } from "./dom.js";
import { curvesOf, drawChart, keyMark } from "./paperchart.js";
import { words } from "./paperstrings.js";

/** @typedef {import("./lab.js").Report} Report */

/**
 * The columns that the paper has curves of.
 * @param {Report} published
 */
const drawable = ({ axis, columns, rows }) =>
	columns.flatMap((c, k) =>
		axis && c.kind === "error" && rows.some((r) => r.x !== null && r.paper[k] !== null) ? [k] : [],
	);

export class PaperFigure {
	/** @private @type {Report|null} */ measured = null;
	/** @private */ surface = h("div", { class: "surface" });
	/** @private */ key = h("ul", { class: "marks" });

	/** @param {Report} published */
	constructor(published) {
		this.published = published;
		const columns = drawable(published);
		/** Of the figures. @private */
		this.column = columns[0] ?? -1;
		const choice = segmented({
			label: words.column,
			options: columns.map((k) => ({ value: String(k), text: published.columns[k].name })),
			value: String(this.column),
			onpick: (value) => {
				this.column = Number(value);
				this.draw();
			},
		});
		this.root = h(
			"figure",
			{ class: "curves", hidden: columns.length === 0 },
			h(
				"figcaption",
				{ class: "row" },
				columns.length > 1 && choice.root,
				h("span", { class: "hint" }, words.marks),
			),
			this.surface,
			this.key,
		);
		if (this.any) new ResizeObserver(() => this.draw()).observe(this.surface);
	}

	/** Whether there is anything to draw. */
	get any() {
		return this.column >= 0;
	}

	/** @param {Report} measured */
	show(measured) {
		this.measured = measured;
		this.draw();
	}

	/** @private */
	draw() {
		const { published, measured, column } = this;
		const width = Math.round(this.surface.clientWidth);
		if (!this.any || width === 0) return;
		const { name } = published.columns[column];
		const curves = curvesOf(published, measured, column);
		const label = words.chartLabel(published.title, name, curves.length, measured !== null);
		this.surface.replaceChildren(
			drawChart(curves, { width, axis: published.axis, column: name, label }),
		);
		this.key.replaceChildren(...curves.map((c, i) => h("li", {}, keyMark(i), c.name)));
	}
}
