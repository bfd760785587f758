/**
 * The run as tables and lists: the curve, the queries, the data. Filled only
 * while they are open.
 * @module
 */

import { byId, h } from "./dom.js";
import { coordinate, share, whole } from "./format.js";
import { CLASS_LETTERS, t } from "./strings.js";

/** @typedef {import("./readout.js").Query} Query */

const CURVE_ROWS = 20;
const LOG_ROWS = 200;
const DATA_ROWS = 100;

export class Numbers {
	/** @private @type {string[]} */ log = [];
	/** @private @type {Float64Array} */ points = new Float64Array(0);

	/** @param {import("./curve.js").Curve} curve */
	constructor(curve) {
		this.curve = curve;
		this.curveBody = h("tbody");
		this.list = h("ol", { class: "log num" });
		this.dataBody = h("tbody");
		this.dataCount = h("p", { class: "hint" });
		/** @private */
		this.root = byId("numbers", HTMLDetailsElement);
		const heads = [t.table.queriesCol, t.table.agreementCol];
		this.root.append(
			h(
				"div",
				{ class: "columns" },
				column(
					t.table.curve,
					table(heads, this.curveBody),
					copyButton(() => curve.csv()),
				),
				column(t.table.queries, this.list),
				column(
					t.table.data,
					table(["x", "y", "class"], this.dataBody),
					this.dataCount,
					copyButton(() => this.dataCsv()),
				),
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
		this.log = [];
		this.fill();
	}

	/** @param {Query} q */
	ask(q) {
		this.log.push(`${t.ledger(q.number, q.x)}${CLASS_LETTERS[q.label] ?? q.label} · ${q.why}`);
		if (this.log.length > LOG_ROWS) this.log.shift();
	}

	fill() {
		if (!this.root.open) return;
		this.curveBody.replaceChildren(
			...this.curve.sampled(CURVE_ROWS).map((s) => cells(whole(s.queries), share(s.agreement))),
		);
		this.list.replaceChildren(...this.log.map((line) => h("li", {}, line)));
		const n = this.points.length / 3;
		const rows = Array.from({ length: Math.min(n, DATA_ROWS) }, (_, i) => {
			const [x, y, c] = this.points.subarray(3 * i, 3 * i + 3);
			return cells(coordinate(x), coordinate(y), CLASS_LETTERS[c] ?? String(c));
		});
		this.dataBody.replaceChildren(...rows);
		this.dataCount.textContent = t.table.rows(rows.length, n);
	}

	/** @private */
	dataCsv() {
		const rows = ["x,y,class"];
		for (let i = 0; i < this.points.length; i += 3)
			rows.push(`${this.points[i]},${this.points[i + 1]},${CLASS_LETTERS[this.points[i + 2]]}`);
		return `${rows.join("\n")}\n`;
	}
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
 */
function table(heads, body) {
	const cells = heads.map((head) => h("th", { scope: "col" }, head));
	return h("table", {}, h("thead", {}, h("tr", {}, ...cells)), body);
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
				navigator.clipboard?.writeText(text()).then(() => (button.textContent = t.table.copied)),
		},
		t.table.copyCsv,
	);
	button.addEventListener("blur", () => (button.textContent = t.table.copyCsv));
	return button;
}
