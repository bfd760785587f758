/**
 * A class challenge for those who take it: handing in the copy, and the board.
 * Names on it come from others and go in as text.
 * @module
 */

import { h } from "./dom.js";
import { share, whole } from "./format.js";
import { attempt, button, input, Problem } from "./remote-form.js";
import { Trouble } from "./remote-server.js";
import { words } from "./remote-words.js";

/** @typedef {{name: string, queries: number, agreement: number, time: string}} Row */

export class Board {
	/**
	 * @param {import("./remote-server.js").RemoteServer} server
	 * @param {() => Promise<string>} copy the copy of its model as JSON
	 */
	constructor(server, copy) {
		this.server = server;
		this.hint = h("p", { class: "hint" });
		this.problem = new Problem();
		this.status = h("p", { class: "hint", role: "status" });
		const name = input(words.you, { maxLength: 40, autocomplete: "nickname" });
		const body = h("tbody");
		/** @private */
		this.body = body;
		const at = () => server.address;
		const handIn = button(words.handIn, () =>
			attempt(handIn, this.problem, at, async () => {
				const body = `{"name": ${JSON.stringify(name.el.value)}, "model": ${await copy()}}`;
				this.fill(await server.call("POST", `${this.path}/copies`, { body }));
				this.status.textContent = words.handedIn;
			}),
		);
		const refresh = button(words.refresh, () =>
			attempt(refresh, this.problem, at, () => this.load()),
		);
		const heads = [words.rank, words.name, words.spent, words.agreement, words.time];
		this.root = h(
			"section",
			{},
			h("h3", {}, words.challenge),
			this.hint,
			name.root,
			h("div", { class: "row" }, handIn, refresh, this.status),
			this.problem.root,
			h(
				"div",
				{ class: "scroll", tabIndex: 0, role: "group", "aria-label": words.board },
				h(
					"table",
					{ class: "board" },
					h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
					body,
				),
			),
		);
	}

	/** Another model is connected. */
	begin() {
		const copies = this.server.about?.submissions ?? 0;
		this.root.hidden = copies === 0;
		this.hint.textContent = words.challengeHint(copies);
		this.status.textContent = "";
		this.problem.clear();
		this.body.replaceChildren();
		if (copies > 0) this.load().catch((err) => this.problem.show(err, this.server.address));
	}

	/** @private */
	get path() {
		return `/models/${this.server.settings.model}`;
	}

	/** @private */
	async load() {
		this.fill(await this.server.call("GET", `${this.path}/board`));
	}

	/**
	 * @private
	 * @param {{board?: Row[]}} answer
	 */
	fill({ board }) {
		if (!Array.isArray(board)) throw new Trouble("The server's answer is no board.", "schema");
		this.body.replaceChildren(
			...board.map((row, i) =>
				h(
					"tr",
					{},
					...[
						whole(i + 1),
						String(row.name),
						whole(Number(row.queries)),
						share(Number(row.agreement)),
						new Date(row.time).toLocaleString(undefined, {
							dateStyle: "short",
							timeStyle: "short",
						}),
					].map((text) => h("td", {}, text)),
				),
			),
		);
		if (board.length === 0) this.body.append(h("tr", {}, h("td", { colSpan: 5 }, words.nobody)));
	}
}
