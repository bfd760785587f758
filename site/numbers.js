/**
 * The run as tables and lists: the curve, the queries, the data. Filled only
 * while they are open.
 * @module
 */

import { tablesOf } from "./claims.js";
import { byId, h } from "./dom.js";
import { coordinate, share, whole } from "./format.js";
import { CLASS_LETTERS, t } from "./strings.js";
import { more } from "./strings-later.js";

/** @typedef {Extract<import("./messages.js").Response, {kind: 'logged'}>} Log */

const CURVE_ROWS = 20;
const LOG_ROWS = 200;
const DATA_ROWS = 100;
const FOUND_ROWS = 200;

export class Numbers {
	/** @private @type {Log|null} */ log = null;
	/** @private The log has grown since it was asked for. */ wanted = false;
	/** @private */ asking = false;
	/** @private @type {Float64Array} */ points = new Float64Array(0);
	/** @private @type {import("./claims.js").Found[]} */ found = [];

	/**
	 * @param {import("./curve.js").Curve} curve
	 * @param {import("./client.js").Engine} engine
	 */
	constructor(curve, engine) {
		this.curve = curve;
		this.engine = engine;
		this.curveBody = h("tbody");
		this.list = h("ol", { class: "log num" });
		this.dataBody = h("tbody");
		this.dataCount = h("p", { class: "hint" });
		this.foundColumn = h("div", { tabIndex: 0, role: "group", "aria-label": more.table.found });
		/** @private */
		this.root = byId("numbers", HTMLDetailsElement);
		const heads = [more.table.queriesCol, more.table.agreementCol];
		this.root.append(
			h(
				"div",
				{ class: "columns" },
				column(
					more.table.curve,
					table(heads, this.curveBody),
					copyButton(() => curve.csv()),
				),
				column(
					more.table.queries,
					this.list,
					copyButton(() => this.queriesCsv()),
				),
				column(
					more.table.data,
					table(["x", "y", "class"], this.dataBody),
					this.dataCount,
					copyButton(() => this.dataCsv()),
				),
				this.foundColumn,
			),
		);
		this.root.addEventListener("toggle", () => this.fill());
	}

	/** @param {Float64Array} points x, y, class triples */
	begin(points) {
		this.points = points;
		this.restart();
	}

	restart() {
		this.log = null;
		this.found = [];
		this.fill();
	}

	/** @param {import("./claims.js").Claims} c */
	claims(c) {
		this.found = tablesOf(c);
		this.fillFound();
	}

	/** @private */
	fillFound() {
		if (!this.root.open) return;
		this.foundColumn.hidden = this.found.length === 0;
		this.foundColumn.replaceChildren(
			...this.found.flatMap(({ title, heads, rows, of, note }) => [
				h("h2", {}, title),
				table(
					heads,
					h("tbody", {}, ...rows.slice(0, FOUND_ROWS).map((row) => cells(...row))),
					heads.length === 1 && "words",
				),
				h("p", { class: "hint" }, more.table.rows(Math.min(rows.length, FOUND_ROWS), of)),
				...(note ? [h("p", { class: "hint" }, note)] : []),
				copyButton(() => [heads, ...rows].map((row) => row.map(quoted).join(",")).join("\n")),
			]),
		);
	}

	/** Asks the engine for the queries, one question at a time. @private */
	async ask() {
		this.wanted = true;
		if (this.asking) return;
		this.asking = true;
		while (this.wanted && this.engine.ready) {
			this.wanted = false;
			try {
				this.log = await this.engine.ask({ kind: "log", id: this.engine.id() });
			} catch {
				break; // the engine has gone, and the theft with it
			}
			this.list.replaceChildren(...this.rows().map((line) => h("li", {}, line)));
		}
		this.asking = false;
	}

	/** @private */
	rows() {
		if (!this.log) return [];
		const { first, x, why } = this.log;
		const from = Math.max(0, why.length - LOG_ROWS);
		return why.slice(from).map((reason, k) => {
			const i = from + k;
			const c = x[3 * i + 2];
			return `${t.ledger(first + i, [x[3 * i], x[3 * i + 1]])}${CLASS_LETTERS[c] ?? c} · ${reason}`;
		});
	}

	fill() {
		if (!this.root.open) return;
		this.ask();
		this.curveBody.replaceChildren(
			...this.curve.sampled(CURVE_ROWS).map((s) => cells(whole(s.queries), share(s.agreement))),
		);
		const n = this.points.length / 3;
		const rows = Array.from({ length: Math.min(n, DATA_ROWS) }, (_, i) => {
			const [x, y, c] = this.points.subarray(3 * i, 3 * i + 3);
			return cells(coordinate(x), coordinate(y), CLASS_LETTERS[c] ?? String(c));
		});
		this.dataBody.replaceChildren(...rows);
		this.dataCount.textContent = more.table.rows(rows.length, n);
		this.fillFound();
	}

	/** @private */
	queriesCsv() {
		return triplesCsv(this.log?.x ?? new Float64Array(0));
	}

	/** @private */
	dataCsv() {
		return triplesCsv(this.points);
	}
}

/** @param {string} cell */
const quoted = (cell) => (cell.includes(",") ? `"${cell}"` : cell);

/** @param {Float64Array} triples x, y, class */
function triplesCsv(triples) {
	const rows = ["x,y,class"];
	for (let i = 0; i < triples.length; i += 3)
		rows.push(`${triples[i]},${triples[i + 1]},${CLASS_LETTERS[triples[i + 2]]}`);
	return `${rows.join("\n")}\n`;
}

/**
 * A part that scrolls by itself, also by the keyboard.
 * @param {string} title
 * @param {...Node} content
 */
function column(title, ...content) {
	const heading = h("h2", {}, title);
	return h("div", { tabIndex: 0, role: "group", "aria-label": title }, heading, ...content);
}

/**
 * @param {string[]} heads
 * @param {HTMLElement} body
 * @param {string|false} [className]
 */
function table(heads, body, className = false) {
	const cells = heads.map((head) => h("th", { scope: "col" }, head));
	return h("table", { class: className }, h("thead", {}, h("tr", {}, ...cells)), body);
}

/** @param {...string} texts */
const cells = (...texts) => h("tr", {}, ...texts.map((text) => h("td", {}, text)));

/** @param {() => string} text */
function copyButton(text) {
	const button = h(
		"button",
		{
			type: "button",
			onclick: () =>
				navigator.clipboard?.writeText(text()).then(() => (button.textContent = more.table.copied)),
		},
		more.table.copyCsv,
	);
	button.addEventListener("blur", () => (button.textContent = more.table.copyCsv));
	return button;
}
