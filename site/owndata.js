/**
 * What a visitor may change of a measurement: the number of seeds, settings as
 * on the command line, and data of their own.
 * @module
 */

import { words as csv } from "./csv-words.js";
import { h } from "./dom.js";
import { words } from "./paperstrings.js";

let names = 0;

export class OwnData {
	/** @private */ file = "";

	/**
	 * @param {import("./lab.js").Report} published
	 * @param {import("./lab.js").Lab} lab
	 * @param {() => void} changed
	 */
	constructor(published, lab, changed) {
		this.lab = lab;
		this.changed = changed;
		const id = `own-${++names}`;
		/** @private */
		this.count = h("input", {
			type: "number",
			id: `${id}-seeds`,
			min: "1",
			max: "1000",
			placeholder: "auto",
			oninput: changed,
		});
		/** @private */
		this.text = h("input", {
			type: "text",
			id: `${id}-settings`,
			spellcheck: false,
			placeholder: published.needs.length > 0 ? `${published.needs.join("=… ")}=…` : "alpha=5",
			oninput: changed,
		});
		/** @private */
		this.label = h("select", { id: `${id}-label`, onchange: changed });
		/** @private */
		this.status = h("p", { class: "hint", role: "status" });
		const chooser = h("input", {
			type: "file",
			accept: ".csv,.tsv,.txt,text/csv",
			id: `${id}-file`,
			onchange: () => chooser.files?.[0] && this.take(chooser.files[0]),
		});
		const field = (/** @type {string} */ name, /** @type {HTMLElement} */ control) =>
			h("div", { class: "field" }, h("label", { for: control.id }, name), control);
		/** @private */
		this.column = field(words.label, this.label);
		this.column.hidden = true;
		this.root = h(
			"details",
			{ class: "more own" },
			h("summary", {}, published.fixed ? words.seedsTitle : words.ownTitle),
			field(words.seeds, this.count),
			...(published.fixed
				? []
				: [
						field(words.settings, this.text),
						field(words.file, chooser),
						this.column,
						this.status,
						h("p", { class: "hint" }, words.ownHelp),
					]),
		);
	}

	/** 0 is the measurement's own number. */
	get seeds() {
		return this.count.valueAsNumber || 0;
	}

	get settings() {
		const words = this.text.value.split(/\s+/).filter(Boolean);
		return this.file ? [`file=${this.file}`, `label=${this.label.value}`, ...words] : words;
	}

	/** @private @param {File} file */
	async take(file) {
		this.status.textContent = csv.waiting;
		try {
			const columns = await this.lab.take(file.name, await file.text());
			this.label.replaceChildren(...columns.map((name) => h("option", {}, name)));
			this.label.value = columns[columns.length - 1];
			this.column.hidden = false;
			this.file = file.name;
			this.status.textContent = "";
		} catch (err) {
			this.file = "";
			this.column.hidden = true;
			this.status.textContent = err instanceof Error ? err.message : String(err);
		}
		this.changed();
	}
}
