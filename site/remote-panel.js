/**
 * The panel of the remote oracle: connecting, what the server tells, and the way
 * into a theft across the network and back. Loaded when it is first opened.
 * @module
 */

import { h, wireDialog } from "./dom.js";
import { coordinate } from "./format.js";
import { Board } from "./remote-board.js";
import { Console } from "./remote-console.js";
import { attempt, button, check, input, Problem } from "./remote-form.js";
import { Owner } from "./remote-owner.js";
import { RemoteServer, Trouble } from "./remote-server.js";
import { words } from "./remote-words.js";
import { holdToken, kept, tokenFor } from "./token.js";

/**
 * @typedef {import("./params.js").Settings} Settings
 * @typedef {import("./params.js").Param} Param
 * @typedef {import("./messages.js").Server} Server
 */

/** Features and models that are listed one by one. */
const LISTED = 16;

/** The page's usual budget. */
const BUDGET = 200;

export class RemotePanel {
	/** @private */ running = new AbortController();

	/**
	 * @param {import("./client.js").Engine} engine
	 * @param {import("./experiment.js").Experiment} experiment
	 */
	constructor(engine, experiment) {
		this.engine = engine;
		this.experiment = experiment;
		this.server = new RemoteServer(engine, experiment.table);
		this.console = new Console(this.server);
		this.board = new Board(this.server, () => this.copy());
		this.owner = new Owner(this.server, experiment, {
			begin: () => this.take(),
			victim: () => this.write("victim"),
		});
		this.problem = new Problem();
		this.status = h("p", { class: "hint", role: "status" });
		this.cancel = button(words.cancel, () => this.running.abort());
		this.cancel.hidden = true;
		/** Models of the server, to press. @private */
		this.choices = h("div", { class: "row", role: "group", "aria-label": words.models });
		this.names = h("datalist", { id: "remote-models" });
		this.address = input(words.address, { type: "url", inputMode: "url" });
		this.token = input(words.token, { type: "password" }, words.tokenHint);
		this.keep = check(words.keep, { checked: kept() });
		this.model = input(words.model, { list: this.names.id });
		this.rest = experiment.table.params
			.filter((p) => p.section === "remote" && p.advanced)
			.map((p) => ({ p, ...override(p) }));
		this.address.el.addEventListener("change", () => {
			this.token.el.value = tokenFor(this.address.el.value);
		});
		/** @private */
		this.about = h("section", { hidden: true });
		this.dialog = this.build();
		const href = new URL("./remote.css", import.meta.url).href;
		document.head.append(h("link", { rel: "stylesheet", href }));
		document.body.append(this.dialog);
		wireDialog(this.dialog);
		this.dialog.addEventListener("close", () => this.running.abort());
		this.begin({});
	}

	/** @private */
	build() {
		const connect = button(
			words.connect,
			() => this.attempt(connect, () => this.connect()),
			"primary",
		);
		const list = button(words.list, () => this.attempt(list, () => this.list()));
		const title = h("h2", { id: "remote-title" }, words.title);
		const close = h("button", { type: "button", "data-close": "" }, words.close);
		const form = h(
			"form",
			{
				class: "remote-form",
				onsubmit: (/** @type {Event} */ e) => {
					e.preventDefault();
					connect.click();
				},
			},
			this.address.root,
			h("p", { class: "hint own-notice" }, h("b", {}, words.own)),
			this.model.root,
			this.names,
			this.token.root,
			this.keep.root,
			h(
				"details",
				{ class: "more" },
				h("summary", {}, words.overrides),
				...this.rest.map((f) => f.root),
			),
			h("div", { class: "row" }, connect, list, this.cancel, this.status),
			this.choices,
			h("button", { type: "submit", hidden: true }),
		);
		return h(
			"dialog",
			{ id: "remote-dialog", class: "remote", "aria-labelledby": title.id },
			h("header", {}, title, close),
			h(
				"div",
				{},
				h("p", {}, words.intro),
				form,
				this.problem.root,
				this.about,
				this.console.root,
				this.board.root,
				this.owner.root,
			),
		);
	}

	/** @param {Settings} [settings] of a server to fill in */
	open(settings) {
		if (settings) this.begin(settings);
		else if (this.experiment.remote && !this.server.about) this.begin(this.experiment.settings);
		if (!this.dialog.open) this.dialog.showModal();
	}

	/**
	 * Fills the form in.
	 * @private
	 * @param {Settings} settings
	 */
	begin(settings) {
		const here = location.protocol.startsWith("http") ? location.origin : "";
		this.address.el.value = settings.oracle ?? here;
		this.model.el.value = settings.model ?? "";
		this.token.el.value = tokenFor(this.address.el.value);
		for (const { p, el } of this.rest) el.value = settings[p.key] ?? "";
		/** Of the attack and its budget, from the link. @private */
		this.wanted = Object.fromEntries(
			Object.entries(settings).filter(
				([key]) => this.experiment.table.param(key).section !== "remote",
			),
		);
		this.server.about = null;
		this.show();
	}

	/**
	 * @private
	 * @param {HTMLButtonElement} by
	 * @param {() => Promise<void>} act
	 */
	attempt(by, act) {
		this.running.abort();
		const mine = new AbortController();
		this.running = mine;
		return attempt(by, this.problem, () => this.address.el.value, act).finally(() => {
			if (this.running === mine && this.status.dataset.busy) this.say("");
		});
	}

	/** @private @param {string} text */
	busy(text) {
		this.status.dataset.busy = "yes";
		this.status.textContent = text;
		this.cancel.hidden = false;
	}

	/** @private @param {string} text */
	say(text) {
		delete this.status.dataset.busy;
		this.status.textContent = text;
		this.cancel.hidden = true;
	}

	/** What the form says, checked; the token goes with it. @private */
	async take() {
		const address = this.address.el.value.trim().replace(/\/+$/, "");
		if (address === "") throw new Trouble(words.needed.address);
		/** @type {Settings} */
		const settings = { oracle: address };
		for (const { p, el } of this.rest) {
			const value = el.value.trim();
			const wrong = value && this.experiment.table.wrong(p.key, value);
			if (wrong) throw new Trouble(`${p.label}: ${value} ${wrong}`);
			if (value) settings[p.key] = value;
		}
		holdToken(address, this.token.el.value.trim(), this.keep.el.checked);
		const { oracle, model } = this.server.settings;
		if (oracle === address && model) settings.model = model;
		this.server.settings = settings;
		if (oracle !== address) {
			this.choices.replaceChildren();
			this.server.about = null;
			this.show();
		}
		await this.awake();
	}

	/**
	 * Waits for the engine that has the client, and for the experiment in it.
	 * @private
	 */
	async awake() {
		const { engine } = this;
		const { signal } = this.running;
		if (engine.want(true)) return;
		this.busy(words.loading);
		await new Promise((resolve, reject) => {
			const failed = () => reject(new Trouble(words.noEngine));
			engine.addEventListener(
				"ready",
				() => {
					engine.addEventListener("prepared", resolve, { signal });
					engine.addEventListener("error", resolve, { signal });
				},
				{ signal },
			);
			engine.addEventListener("failed", failed, { signal });
			signal.addEventListener("abort", failed);
		});
		this.say("");
	}

	/** @private */
	async list() {
		await this.take();
		this.busy(words.connecting);
		const { signal } = this.running;
		const answer = await this.server.call("GET", "/models", { signal }).catch((err) => {
			throw err.reason === "not-found" ? new Trouble(words.noList) : err;
		});
		if (!Array.isArray(answer.models)) throw new Trouble(words.noList);
		const models = /** @type {{name: string, title: string}[]} */ (answer.models);
		this.names.replaceChildren(
			...models.map((m) => h("option", { value: String(m.name) }, String(m.title ?? ""))),
		);
		if (this.model.el.value === "" && models.length > 0)
			this.model.el.value = String(models[0].name);
		this.say(words.listed(models.length));
		this.choices.replaceChildren(
			...models.slice(0, LISTED).map(({ name, title }) => {
				const take = button(String(name), () => {
					this.model.el.value = String(name);
				});
				take.title = String(title ?? "");
				return take;
			}),
			models.length > LISTED ? words.more(models.length - LISTED) : "",
		);
	}

	/** @private */
	async connect() {
		await this.take();
		const model = this.model.el.value.trim();
		if (model === "") throw new Trouble(words.needed.model);
		this.server.settings.model = model;
		this.server.about = null;
		this.show();
		this.busy(words.connecting);
		await this.server.connect(this.running.signal);
		this.show();
		this.about.querySelector("h3")?.scrollIntoView({ block: "nearest" });
	}

	/** Shows what is known of the server. @private */
	show() {
		const { about } = this.server;
		this.about.hidden = this.console.root.hidden = about === null;
		if (!about) {
			this.board.root.hidden = true;
			return;
		}
		const { facts } = words;
		const pairs = [
			[facts.title, about.title],
			[
				facts.answers,
				words.answers[about.answers] + words.precision(about.precision, about.decimals),
			],
			[facts.classes, about.classNames.join(", ") || String(about.classes)],
			[facts.inputs, words.inputs(about.features.length, about.input, about.datatype)],
			[facts.batch, words.queries(about.batch)],
			[facts.left, words.left(about.left)],
		].filter(([, value]) => value);
		this.about.replaceChildren(
			h("h3", {}, words.tells),
			h(
				"dl",
				{ class: "remote-facts" },
				...pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
			),
			features(about),
			h(
				"div",
				{ class: "row" },
				button(words.steal, () => this.steal(about), "primary"),
				button(words.back, () => {
					this.experiment.come();
					this.dialog.close();
				}),
			),
		);
		this.console.begin();
		this.board.begin();
	}

	/**
	 * The theft moves to the server.
	 * @private
	 * @param {Server} about
	 */
	steal(about) {
		const own = this.wanted ?? {};
		const few = about.left !== null && about.left < BUDGET && !own.queries && !own.alpha;
		const { settings } = this.experiment.table.prune({
			...(few && { queries: String(Math.max(1, about.left ?? 1)) }),
			...(about.answers === "value" && { copy: "tree", attack: "path-finding" }),
			...own,
			...this.server.settings,
		});
		this.experiment.leave(settings);
		this.dialog.close();
	}

	/** The copy on show, if it is one of this server's model. @private */
	async copy() {
		const { oracle, model } = this.experiment.settings;
		const { settings } = this.server;
		if (oracle !== settings.oracle || model !== settings.model) throw new Trouble(words.noCopy);
		try {
			return (await this.write("copy")).text;
		} catch {
			throw new Trouble(words.noCopy);
		}
	}

	/**
	 * @private
	 * @param {'victim'|'copy'} which
	 * @returns {Promise<{text: string, oracle: string, test: Float64Array}>}
	 */
	async write(which) {
		await this.awake();
		return this.engine.ask({ kind: "write", id: this.engine.id(), which });
	}
}

/**
 * A field for something that the metadata may leave out.
 * @param {Param} p
 */
function override(p) {
	const made = input(p.label, { title: p.help }, p.help);
	if (!p.choices) return made;
	const el = h(
		"select",
		{ id: made.el.id, "aria-describedby": `${made.el.id}-hint` },
		h("option", { value: "" }, "–"),
		...p.choices.map((o) => h("option", { value: o.value }, o.label)),
	);
	made.el.replaceWith(el);
	return { root: made.root, el };
}

/** @param {Server} about */
function features({ features }) {
	const rows = features
		.slice(0, LISTED)
		.map((f) =>
			h(
				"tr",
				{},
				h("th", { scope: "row" }, f.name),
				h(
					"td",
					{},
					f.categories.length > 0
						? f.categories.join(", ")
						: `${coordinate(f.low)} to ${coordinate(f.high)}`,
					f.optional && ` (${words.optional})`,
				),
			),
		);
	const left = features.length - rows.length;
	return h(
		"div",
		{ class: "scroll", tabIndex: 0, role: "group", "aria-label": words.facts.inputs },
		h(
			"table",
			{},
			h(
				"thead",
				{},
				h("tr", {}, ...[words.feature, words.range].map((head) => h("th", { scope: "col" }, head))),
			),
			h("tbody", {}, ...rows),
		),
		left > 0 && h("p", { class: "hint" }, words.more(left)),
	);
}
