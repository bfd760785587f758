/**
 * One query by hand: inputs, request and answer as they are, and as code.
 * @module
 */

import { h } from "./dom.js";
import { LANGUAGES } from "./remote-code.js";
import { attempt, button, input, Problem } from "./remote-form.js";
import { Trouble } from "./remote-server.js";
import { words } from "./remote-words.js";
import { tokenFor } from "./token.js";

/**
 * @typedef {import("./messages.js").Feature} Feature
 * @typedef {import("./remote-server.js").RemoteServer} RemoteServer
 * @typedef {import("./remote-server.js").Exchange} Exchange
 */

/** More inputs than this are typed as one text. */
const FIELDS = 12;

export class Console {
	/** @private @type {() => number[]} */ read = () => [];
	/** @private @type {Exchange|null} */ last = null;

	/** @param {RemoteServer} server */
	constructor(server) {
		this.server = server;
		this.inputs = h("div", { class: "remote-inputs" });
		this.leaveOut = h("p", { class: "hint" });
		this.problem = new Problem();
		this.status = h("p", { class: "hint", role: "status" });
		this.request = h("pre", { tabIndex: 0, role: "group", "aria-label": words.sent });
		this.answer = h("pre", { tabIndex: 0, role: "group", "aria-label": words.got });
		const send = button(words.send, () =>
			attempt(
				send,
				this.problem,
				() => server.address,
				() => this.send(),
			),
		);
		const copy = LANGUAGES.map(({ name }) => button(name, () => this.copy(name)));
		this.said = h("p", { class: "hint", role: "status" });
		this.code = h("pre", { hidden: true, tabIndex: 0, role: "group", "aria-label": words.copyAs });
		this.outcome = h(
			"div",
			{ class: "remote-outcome", hidden: true },
			h("div", {}, h("h3", {}, words.sent), this.request),
			h("div", {}, h("h3", {}, words.got), this.answer),
			h("div", { class: "row" }, words.copyAs, ...copy),
			this.said,
			this.code,
		);
		this.root = h(
			"section",
			{},
			h("h3", {}, words.try),
			h("p", { class: "hint" }, words.tryHint),
			this.leaveOut,
			this.inputs,
			h("div", { class: "row" }, send, this.status),
			this.problem.root,
			this.outcome,
		);
	}

	/** Another model is connected. */
	begin() {
		const { features = [] } = this.server.about ?? {};
		this.outcome.hidden = true;
		this.status.textContent = this.said.textContent = "";
		this.problem.clear();
		const asText = features.length > FIELDS;
		this.leaveOut.hidden = !features.some((f) => f.optional);
		this.leaveOut.textContent = words.leaveOut(asText);
		if (asText) return this.asText(features);
		const fields = features.map(field);
		this.inputs.replaceChildren(...fields.map((f) => f.root));
		this.read = () => fields.map((f, i) => inputOf(features[i], f.el.value));
	}

	/**
	 * @private
	 * @param {Feature[]} features
	 */
	asText(features) {
		const text = features.map(middle).join(", ");
		const area = h("textarea", { id: "remote-values", rows: 4, value: text, spellcheck: false });
		const label = h("label", { for: area.id }, words.values(features.length));
		this.inputs.replaceChildren(label, area);
		this.read = () => {
			const parts = area.value.split(/[\s,;]+/).filter(Boolean);
			if (parts.length !== features.length)
				throw new Trouble(words.badValues(parts.length, features.length));
			return parts.map((part, i) => inputOf(features[i], part === "null" ? "" : part));
		};
	}

	/** @private */
	async send() {
		this.status.textContent = this.said.textContent = "";
		this.code.hidden = true;
		const e = await this.server.query(this.read());
		this.last = e;
		this.outcome.hidden = e.url === "";
		this.request.textContent = `POST ${e.url}\n\n${pretty(e.request)}`;
		this.answer.textContent = pretty(e.response) || words.empty;
		const names = this.server.about?.classNames ?? [];
		const label = e.labels.length > 0 ? names[e.labels[0]] || String(e.labels[0]) : "";
		this.status.textContent = [
			`${words.took(e.status, 1000 * e.seconds)}.`,
			label && words.answered(label),
			e.left !== null && `${words.left(e.left)}.`,
		]
			.filter(Boolean)
			.join(" ");
		if (e.error) throw new Trouble(e.error.charAt(0).toUpperCase() + e.error.slice(1), e.reason);
	}

	/**
	 * @private
	 * @param {string} name of a language
	 */
	async copy(name) {
		const language = LANGUAGES.find((l) => l.name === name);
		if (!language || !this.last) return;
		const token = tokenFor(this.server.address) !== "";
		const text = language.write({ url: this.last.url, body: this.last.request, token });
		try {
			await navigator.clipboard.writeText(text);
			this.said.textContent = (token ? words.copied : words.copiedOpen)(name);
			this.code.hidden = true;
		} catch {
			this.said.textContent = words.copyBy; // there is no clipboard here
			this.code.textContent = text;
			this.code.hidden = false;
		}
	}
}

/** @param {Feature} f */
const middle = (f) =>
	f.categories.length > 0 ? 0 : Number((f.low + (f.high - f.low) / 2).toPrecision(6));

/** @param {Feature} f */
function field(f) {
	const placeholder = f.optional ? words.leftOut : "";
	if (f.categories.length === 0)
		return input(f.name, { inputMode: "decimal", value: middle(f), placeholder });
	const made = input(f.name, {});
	const el = h(
		"select",
		{ id: made.el.id },
		...f.categories.map((name, value) => h("option", { value: String(value) }, name)),
		f.optional && h("option", { value: "" }, words.leftOut),
	);
	made.el.replaceWith(el);
	return { root: made.root, el };
}

/**
 * What was typed for an input; NaN leaves it out.
 * @param {Feature} f
 * @param {string} text
 */
function inputOf(f, text) {
	const empty = text.trim() === "";
	if (empty && f.optional) return Number.NaN;
	const value = Number(text);
	if (empty || !Number.isFinite(value)) throw new Trouble(words.notNumber(f.name, text));
	return value;
}

/**
 * JSON as people read it, arrays of numbers on one line; other text as it is.
 * @param {string} text
 */
function pretty(text) {
	try {
		return JSON.stringify(JSON.parse(text), null, 2).replace(/\[[^[\]{}]*\]/g, (list) =>
			list.replace(/\s+/g, " "),
		);
	} catch {
		return text;
	}
}
