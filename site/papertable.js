/**
 * A reproduction as a table: under each row's name the paper's numbers, ours,
 * and ours on each data set, which unfold.
 * @module
 */

import { h } from "./dom.js";
import { almost, percent, precise, tenths } from "./format.js";
import { words } from "./paperstrings.js";

/**
 * @typedef {import("./lab.js").Report} Report
 * @typedef {import("./lab.js").Row} Row
 * @typedef {import("./lab.js").Column} Column
 * @typedef {import("./lab.js").Figures} Figures
 */

/**
 * A number as the command line prints it: no agreement is rounded up to 100.
 * @param {Column} column
 * @param {number|null} v
 */
export function figure({ kind }, v) {
	if (v === null) return "–";
	if (kind === "agreement") return v < 100 && v >= 99.995 ? almost(v) : percent(v);
	return kind === "cost" || kind === "fact" ? tenths(v) : precise(v);
}

/**
 * @param {Row} row
 * @param {string} axis
 */
const rowName = ({ group, x }, axis) =>
	x === null ? group : `${group.endsWith(axis) ? group : `${group}, ${axis}`} = ${x}`;

/**
 * Whether the paper has numbers of a row.
 * @param {Row} row
 */
const published = (row) => row.paper.some((v) => v !== null);

export class PaperTable {
	/** Rows whose sets are on show. @private @type {Set<string>} */ unfolded = new Set();

	/** @private */ silence = h("p", { class: "hint" }, words.silent);

	/** @param {string} caption */
	constructor(caption) {
		/** @private */
		this.table = h("table", { class: "figures" });
		this.root = h(
			"div",
			{ class: "scroll", tabIndex: 0, role: "group", "aria-label": caption },
			this.table,
			this.silence,
		);
	}

	/** @param {Report} report */
	show(report) {
		const heads = report.columns.map((c) =>
			h("th", { scope: "col" }, c.unit ? `${c.name} ${c.unit}` : c.name),
		);
		const rows = report.rows.filter((r) => r.runs > 0 || published(r));
		this.table.hidden = rows.length === 0;
		this.silence.hidden = rows.length > 0;
		this.table.replaceChildren(
			h("thead", {}, h("tr", {}, h("td", {}), ...heads)),
			...rows.map((row) =>
				this.part(row, report, report.panels?.[row.panel ?? 0].axis ?? report.axis),
			),
		);
	}

	/**
	 * The lines of a row.
	 * @private
	 * @param {Row} row
	 * @param {Report} report
	 * @param {string} axis
	 */
	part(row, { columns }, axis) {
		const name = rowName(row, axis);
		const sets = row.sets.filter((s) => s.runs > 0);
		const lines = sets.length > 1 ? sets.map((s) => line(s.set, s.mean, columns, "set")) : [];
		const fold = (/** @type {boolean} */ open) => {
			for (const l of lines) l.hidden = !open;
		};
		fold(this.unfolded.has(name));
		const head = h("th", { scope: "rowgroup", colSpan: columns.length + 1 }, name);
		if (lines.length > 0) head.append(" ", this.folder(name, fold));
		return h(
			"tbody",
			{},
			h("tr", { class: "name" }, head),
			published(row) && line(words.theirs, row.paper, columns, "theirs"),
			row.runs > 0 && line(words.mean(row.runs), row.mean, columns, "ours"),
			row.runs > 1 && line(words.worst, row.worst, columns, ""),
			...lines,
		);
	}

	/**
	 * @private
	 * @param {string} name
	 * @param {(open: boolean) => void} fold
	 */
	folder(name, fold) {
		const button = h(
			"button",
			{
				type: "button",
				class: "fold",
				"aria-expanded": String(this.unfolded.has(name)),
				"aria-label": words.sets(name),
				onclick: () => {
					const open = !this.unfolded.delete(name);
					if (open) this.unfolded.add(name);
					button.setAttribute("aria-expanded", String(open));
					fold(open);
				},
			},
			words.bySet,
		);
		return button;
	}
}

/**
 * @param {string} head
 * @param {Figures} figures
 * @param {Column[]} columns
 * @param {string} className
 */
function line(head, figures, columns, className) {
	return h(
		"tr",
		{ class: className },
		h("th", { scope: "row" }, head),
		...figures.map((v, k) => h("td", {}, figure(columns[k], v))),
	);
}
