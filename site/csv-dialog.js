/**
 * Bringing one's own table: paste, drop or choose; the engine reads it, the
 * visitor picks the columns, and the rows become drawn points. Loaded when it is
 * first wanted.
 * @module
 */

import { words } from "./csv-words.js";
import { byId, h, wireDialog } from "./dom.js";
import { fromTriples, MAX_POINTS } from "./points.js";

/**
 * @typedef {Extract<import("./messages.js").Response, {kind: 'table'}>} TableReply
 * @typedef {import("./points.js").Point} Point
 */

const MAX_BYTES = 5_000_000;
const PREVIEW_ROWS = 5;

export class CsvDialog {
	/** @private */ text = "";
	/** @private @type {Point[]} */ points = [];

	/**
	 * @param {import("./client.js").Engine} engine
	 * @param {(points: Point[]) => void} use
	 */
	constructor(engine, use) {
		this.engine = engine;
		this.dialog = byId("csv-dialog", HTMLDialogElement);
		wireDialog(this.dialog);
		this.area = h("textarea", { id: "csv-text", rows: 6, spellcheck: false });
		this.file = h("input", {
			type: "file",
			accept: ".csv,.tsv,.txt,text/csv,text/plain",
			hidden: true,
			onchange: () => this.file.files?.[0] && this.take(this.file.files[0]),
		});
		this.header = h("input", {
			type: "checkbox",
			onchange: () => this.read({ header: this.header.checked }),
		});
		this.standardise = h("input", { type: "checkbox", onchange: () => this.read({}) });
		this.selects = /** @type {const} */ (["x", "y", "label"]).map((role) =>
			h("select", { id: `csv-${role}`, name: role, onchange: () => this.read({}) }),
		);
		this.preview = h("table", {});
		this.wrong = h("p", { class: "wrong", role: "alert" });
		this.status = h("p", { class: "hint", role: "status" });
		this.use = h("button", { type: "button", class: "primary", disabled: true }, words.use);
		this.use.addEventListener("click", () => {
			use(this.points);
			this.dialog.close();
		});
		this.columns = h(
			"div",
			{ class: "csv-columns", hidden: true },
			...this.selects.map((select, i) =>
				h(
					"div",
					{ class: "field" },
					h("label", { for: select.id }, [words.x, words.y, words.label][i]),
					select,
				),
			),
			h("label", { class: "check" }, this.header, words.header),
			h("label", { class: "check" }, this.standardise, words.standardise),
			h(
				"div",
				{ class: "scroll", tabIndex: 0, role: "group", "aria-label": words.paste },
				this.preview,
			),
		);
		byId("csv-body").append(
			h("p", {}, window.parent === window ? words.intro : words.introFramed),
			h("label", { for: this.area.id }, words.paste),
			this.area,
			h(
				"div",
				{ class: "row" },
				h("button", { type: "button", onclick: () => this.load(this.area.value) }, words.read),
				h("button", { type: "button", onclick: () => this.file.click() }, words.file),
				this.file,
			),
			this.wrong,
			this.columns,
			this.status,
			this.use,
		);
	}

	open() {
		if (!this.dialog.open) this.dialog.showModal();
	}

	/** @param {File} file */
	async take(file) {
		this.open();
		if (file.size > MAX_BYTES) return this.fail(words.tooBig(file.size));
		this.load(await file.text());
	}

	/** @param {string} text */
	load(text) {
		if (text.length > MAX_BYTES) return this.fail(words.tooBig(text.length));
		this.text = text;
		for (const select of this.selects) select.replaceChildren();
		this.read({});
	}

	/**
	 * @private
	 * @param {{header?: boolean}} how
	 */
	async read(how) {
		this.fail("");
		if (!this.engine.ready) return this.fail(words.noEngine);
		this.status.textContent = words.waiting;
		const [x, y, label] = this.selects.map((s) => s.value);
		const chosen = x && y && label ? { x, y, label } : {};
		try {
			/** @type {TableReply} */
			const table = await this.engine.ask({
				kind: "csv",
				id: this.engine.id(),
				text: this.text,
				...chosen,
				standardise: this.standardise.checked,
				...how,
			});
			this.show(table);
			if (!table.points && this.guess(table)) await this.read(how);
		} catch (err) {
			this.fail(err instanceof Error ? err.message : String(err));
		}
	}

	/**
	 * @private
	 * @param {TableReply} table
	 */
	show(table) {
		this.columns.hidden = false;
		this.header.checked = table.header;
		const names = table.columns.map((c) => c.name);
		for (const select of this.selects) {
			const old = select.value;
			if (select.options.length !== names.length)
				select.replaceChildren(...names.map((name) => h("option", {}, name)));
			select.value = names.includes(old) ? old : "";
		}
		const head = h(
			"thead",
			{},
			h("tr", {}, ...names.map((name) => h("th", { scope: "col" }, name))),
		);
		const body = h(
			"tbody",
			{},
			...table.rows
				.slice(0, PREVIEW_ROWS)
				.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell)))),
		);
		this.preview.replaceChildren(h("caption", {}, words.preview(table.count)), head, body);
		this.points = table.points ? fromTriples(table.points) : [];
		this.use.disabled = this.points.length === 0;
		const n = this.points.length;
		this.status.textContent =
			n === 0
				? words.choose
				: words.got(n, table.classNames) +
					(n === table.count
						? ""
						: n === MAX_POINTS
							? ` ${words.cut(table.count)}`
							: ` ${words.missing(table.count - n)}`);
	}

	/**
	 * A first choice of columns: two of numbers, and the last of few values.
	 * @private
	 * @param {TableReply} table
	 */
	guess(table) {
		if (this.selects.every((s) => s.value)) return false;
		const label =
			table.columns.findLast((c) => c.kind === "category" && c.distinct <= 4) ??
			table.columns.findLast((c) => c.distinct <= 4);
		const [x, y] = table.columns.filter((c) => c.kind === "number" && c !== label);
		if (!label || !x || !y) return false;
		[x, y, label].forEach((column, i) => {
			this.selects[i].value = column.name;
		});
		return true;
	}

	/**
	 * @private
	 * @param {string} text
	 */
	fail(text) {
		this.wrong.textContent = text;
		if (!text) return;
		this.status.textContent = "";
		this.use.disabled = true;
	}
}
