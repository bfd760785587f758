/**
 * For the owner of a server: the page's victim goes up there, tokens come back.
 * The admin key is in the form and nowhere else.
 * @module
 */

import { h } from "./dom.js";
import { attempt, button, check, input, Problem } from "./remote-form.js";
import { Trouble } from "./remote-server.js";
import { words } from "./remote-words.js";

/**
 * @typedef {import("./experiment.js").Experiment} Experiment
 * @typedef {{text: string, oracle: string, test: Float64Array}} Victim
 */

const NUMBER = { type: "number", min: "0", max: "100000000", inputMode: "numeric" };

export class Owner {
	/**
	 * @param {import("./remote-server.js").RemoteServer} server
	 * @param {Experiment} experiment
	 * @param {object} page
	 * @param {() => Promise<void>} page.begin reads the address from the form
	 * @param {() => Promise<Victim>} page.victim as JSON with its test points
	 */
	constructor(server, experiment, page) {
		this.server = server;
		this.experiment = experiment;
		this.page = page;
		this.key = input(words.adminKey, { type: "password" }, words.adminHint);
		this.name = input(words.publishAs, { value: "secret", maxLength: 64 });
		this.title = input(words.publishTitle, { maxLength: 200 });
		this.open = check(words.open, { checked: true });
		this.budget = input(words.openBudget, { ...NUMBER, value: "500" });
		this.challenge = check(words.asChallenge, { checked: true });
		this.copies = input(words.copies, { ...NUMBER, min: "1", max: "1000", value: "10" });
		this.who = input(words.tokenFor, { value: "class", maxLength: 200 });
		this.queries = input(words.tokenBudget, { ...NUMBER, value: "500" });
		this.problem = new Problem();
		this.done = h("div", { role: "status" });
		const at = () => server.address;
		const publish = button(words.publishIt, () =>
			attempt(publish, this.problem, at, () => this.publish()),
		);
		const token = button(words.makeToken, () =>
			attempt(token, this.problem, at, () => this.makeToken()),
		);
		this.root = h(
			"details",
			{ class: "more" },
			h("summary", {}, words.publish),
			h("p", { class: "hint" }, words.publishHint),
			this.key.root,
			this.name.root,
			this.title.root,
			this.open.root,
			this.budget.root,
			this.challenge.root,
			this.copies.root,
			h("div", { class: "row" }, publish),
			this.who.root,
			this.queries.root,
			h("div", { class: "row" }, token),
			this.problem.root,
			this.done,
		);
	}

	/** @private */
	get secret() {
		const key = this.key.el.value;
		if (key === "") throw new Trouble(words.noKey);
		return key;
	}

	/** @private */
	async publish() {
		this.done.replaceChildren();
		const key = this.secret;
		await this.page.begin();
		if (this.experiment.remote) throw new Trouble(words.goLocal);
		const { text, oracle, test } = await this.page.victim();
		const rest = {
			title: this.title.el.value,
			access: this.open.el.checked
				? { open: true, budget: Number(this.budget.el.value) }
				: { open: false },
			...(this.challenge.el.checked && {
				challenge: { test: [...test], submissions: Number(this.copies.el.value) },
			}),
		};
		// Model and oracle as they are: their numbers are to the last bit.
		const body = `{"model": ${text}, "oracle": ${oracle}, ${JSON.stringify(rest).slice(1)}`;
		const name = this.name.el.value;
		await this.server.call("PUT", `/models/${encodeURIComponent(name)}`, { body, key });
		this.show(words.published, this.link(name));
	}

	/** @private */
	async makeToken() {
		this.done.replaceChildren();
		const key = this.secret;
		await this.page.begin();
		const body = JSON.stringify({
			name: this.who.el.value,
			models: [{ model: this.name.el.value, budget: Number(this.queries.el.value) }],
		});
		const { token } = await this.server.call("POST", "/tokens", { body, key });
		this.show(words.tokenMade, String(token));
	}

	/**
	 * Where takers begin; a token goes to them by itself.
	 * @private
	 * @param {string} name
	 */
	link(name) {
		const fragment = new URLSearchParams({ oracle: this.server.address, model: name });
		return `${location.origin}${location.pathname}#${fragment}`;
	}

	/**
	 * @private
	 * @param {string} label
	 * @param {string} text
	 */
	show(label, text) {
		const out = h("input", {
			type: "text",
			readOnly: true,
			value: text,
			"aria-label": label,
			onfocus: () => out.select(),
		});
		this.done.replaceChildren(h("p", {}, label), out);
	}
}
