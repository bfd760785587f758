/**
 * Files of what an experiment came to. An engine of its own makes the experiment
 * anew as far as the page had come with it, which gives the same events, and
 * writes them: what is on show goes on undisturbed. A theft across a network is not
 * made anew: the engine on show has kept it.
 * @module
 */

import { Engine } from "./client.js";
import { download, h } from "./dom.js";
import { paint, svgLink, withLink } from "./picture.js";
import { t } from "./strings.js";
import { more } from "./strings-later.js";
import { readTheme } from "./theme.js";

/**
 * What the page shows at one moment.
 * @typedef {{spec: string, queries: number, rounds: number, ended: boolean}} Moment
 */

/** Files, by row of the menu. */
const ROWS = [
	{ title: more.export.copy, files: ["copy.json", "copy.onnx", "copy.py", "copy.go"] },
	{ title: more.export.victim, files: ["victim.json", "victim.onnx", "victim.py", "victim.go"] },
	{ title: more.export.tables, files: ["points.csv", "queries.csv", "curve.csv"] },
	{ title: more.export.whole, files: ["experiment.json"] },
];

export class ExportMenu {
	/** @private @type {Moment|null} */
	moment = null;
	/** @private @type {Engine|null} */
	writer = null;
	/** What the writer is at; a later click takes over. @private */
	at = 0;
	/** @private */ status = h("p", { class: "hint", role: "status" });
	/** @private */ cancel = h(
		"button",
		{ type: "button", hidden: true, onclick: () => this.stop() },
		more.export.cancel,
	);
	/** @private */ dark = h("input", { type: "checkbox", id: "export-dark" });
	/** @private */ scale = h(
		"select",
		{ id: "export-scale", "aria-label": more.export.size },
		...[1, 2, 4].map((n) => h("option", { value: String(n), selected: n === 2 }, `${n}×`)),
	);
	/** The victim is behind a network: what there is is the engine's on show. @private */
	away = false;
	/** By file. @private @type {Record<string, HTMLButtonElement>} */
	buttons = {};

	/** @param {Engine} engine whose module is shared */
	constructor(engine) {
		this.engine = engine;
		/** @param {string} name */
		const button = (name) => {
			const props = { type: "button", onclick: () => this.save(name) };
			this.buttons[name] = h("button", props, more.export.as(name));
			return this.buttons[name];
		};
		this.root = h(
			"section",
			{ class: "export", "aria-labelledby": "export-title" },
			h("h3", { id: "export-title" }, more.export.title),
			row(
				more.export.figure,
				button("figure.svg"),
				button("figure.png"),
				this.scale,
				h("label", { for: this.dark.id }, this.dark, ` ${more.export.dark}`),
			),
			...ROWS.map(({ title, files }) => row(title, ...files.map(button))),
			h("div", { class: "row" }, this.status, this.cancel),
		);
	}

	/**
	 * The dialog opens: what is saved is what the page shows now.
	 * @param {Moment|null} moment null if there is no victim
	 * @param {boolean} away whether the victim is behind a network
	 */
	open(moment, away) {
		this.moment = moment;
		this.away = away;
		this.dark.checked = readTheme().dark;
		const stolen = moment !== null && moment.rounds > 0;
		for (const [name, b] of Object.entries(this.buttons)) {
			const elsewhere = away && (name.startsWith("victim") || name === "points.csv");
			b.disabled = !moment || elsewhere || (name.startsWith("copy") && !stolen);
		}
		const hints = [!moment ? more.export.nothing : stolen ? "" : more.export.noCopy];
		if (moment && away) hints.push(more.export.away);
		this.say(hints.filter(Boolean).join(" "));
	}

	/** The dialog closes. */
	close() {
		this.stop();
		this.writer?.stop("no more files are wanted");
		this.writer = null;
	}

	/** @private */
	stop() {
		if (this.at) (this.away ? this.engine : this.writer)?.post({ kind: "cancel", id: this.at });
		this.at = 0;
		this.say("");
	}

	/** @private @param {string} name */
	async save(name) {
		if (!this.moment) return;
		this.stop();
		this.say(more.export.making(name), true);
		try {
			const writer = this.away ? this.engine : await this.ready();
			const id = writer.id();
			this.at = id;
			const kind = name === "figure.png" ? "figure.svg" : name;
			const { files } = await writer.ask({
				kind: "export",
				id,
				...this.moment,
				files: [kind],
				dark: this.dark.checked,
			});
			if (this.at !== id) return;
			const bytes = name === "figure.png" ? await this.picture(files[0]) : files[0];
			download(name, bytes);
			this.say(more.export.saved(name));
		} catch (err) {
			if (/** @type {{code?: string}} */ (err).code !== "stopped")
				this.say(more.export.failed(err instanceof Error ? err.message : String(err)));
		}
		this.at = 0;
	}

	/** @private @param {Uint8Array} svg */
	async picture(svg) {
		const text = new TextDecoder().decode(svg);
		return withLink(await paint(text, Number(this.scale.value)), svgLink(text));
	}

	/** The engine that writes, started if there is none. @private @returns {Promise<Engine>} */
	ready() {
		if (this.writer?.ready) return Promise.resolve(this.writer);
		const writer = new Engine({ full: true, module: this.engine.fullModule });
		this.writer = writer;
		return new Promise((resolve, reject) => {
			writer.on("ready", () => resolve(writer));
			writer.on("exporting", ({ id, queries }) => {
				if (id === this.at) this.say(more.export.at(queries), true);
			});
			writer.addEventListener("loading", (e) => {
				const { stage, bytes, total } = /** @type {CustomEvent} */ (e).detail;
				if (stage === "fetch") this.say(t.load.fetch(true, bytes, total), true);
			});
			for (const kind of ["failed", "crashed"])
				writer.addEventListener(kind, (e) =>
					reject(new Error(/** @type {CustomEvent} */ (e).detail.message)),
				);
			writer.start();
		});
	}

	/**
	 * @private
	 * @param {string} text
	 * @param {boolean} [busy]
	 */
	say(text, busy = false) {
		this.status.textContent = text;
		this.cancel.hidden = !busy;
	}
}

/**
 * @param {string} title
 * @param {...Node} parts
 */
const row = (title, ...parts) =>
	h(
		"div",
		{ class: "export-row", role: "group", "aria-label": title },
		h("b", {}, title),
		...parts,
	);
