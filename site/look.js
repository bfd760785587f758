/**
 * The crosshair and what both models say under it, in words.
 * @module
 */

import { byId, h, icon } from "./dom.js";
import { coordinate } from "./format.js";
import { speak } from "./notices.js";
import { CLASS_LETTERS, t } from "./strings.js";

/**
 * @typedef {import("./sketch.js").Place} Place
 * @typedef {import("./messages.js").Said} Said
 */

export class Look {
	/** @type {Place} */
	at = { x: 0, y: 0 };
	/** @private */ asking = false;
	/** @private @type {Place|null} */ next = null;
	/** @private */ on = false;
	/** The victim is behind a network. */
	away = false;

	/** @param {import("./client.js").Engine} engine */
	constructor(engine) {
		this.engine = engine;
		/** @private */
		this.line = byId("readout");
	}

	/**
	 * @param {Place|null} at
	 * @param {boolean} [aloud] whether screen readers are told
	 */
	move(at, aloud = false) {
		if (at) this.at = at;
		this.on = at !== null;
		this.engine.post({ kind: "cursor", ...this.at, on: this.on });
		if (!at) return;
		this.next = at;
		this.ask(aloud);
	}

	/** The models have changed under the crosshair. */
	refresh() {
		if (this.on) this.move(this.at);
	}

	/** There is no victim to ask. */
	clear() {
		this.next = null;
		this.line.textContent = "";
	}

	/**
	 * One question at a time; the latest place wins.
	 * @private
	 * @param {boolean} aloud
	 */
	async ask(aloud) {
		if (this.asking) return;
		this.asking = true;
		while (this.next && this.engine.ready) {
			const at = this.next;
			this.next = null;
			try {
				const said = await this.engine.ask({ kind: "probe", id: this.engine.id(), ...at });
				this.show(said, said.victim, said.copy, aloud);
			} catch {
				break; // the engine has gone, or has no victim yet; both are told elsewhere
			}
		}
		this.asking = false;
	}

	/**
	 * @private
	 * @param {Place} at
	 * @param {Said|null} victim
	 * @param {Said|null} copy
	 * @param {boolean} aloud
	 */
	show(at, victim, copy, aloud) {
		const both =
			victim && copy ? (victim.label === copy.label ? t.probe.agree : t.probe.differ) : "";
		this.line.replaceChildren(
			h("span", { class: "num" }, t.probe.at(at.x, at.y)),
			" · ",
			t.probe.victim,
			" ",
			...(this.away ? [t.probe.away] : answer(victim)),
			" · ",
			t.probe.copy,
			" ",
			...answer(copy),
			both && " · ",
			both && h("b", { class: both === t.probe.differ ? "differ" : "" }, both),
		);
		if (aloud)
			speak(
				`x ${coordinate(at.x)}, y ${coordinate(at.y)}: ${t.probe.victim} ${this.away ? t.probe.away : words(victim)}, ${t.probe.copy} ${words(copy)}${both ? `, ${both}` : ""}`,
			);
	}
}

/**
 * @param {Said|null} said
 * @returns {(Node|string)[]}
 */
function answer(said) {
	if (!said) return [t.probe.none];
	return [
		icon(`c-${said.label}`, `icon class-${said.label}`),
		" ",
		h("b", {}, CLASS_LETTERS[said.label]),
		" ",
		h("span", { class: "num" }, score(said)),
	];
}

/** @param {Said|null} said */
const words = (said) => (said ? `${CLASS_LETTERS[said.label]} ${score(said)}` : t.probe.none);

/** @param {Said} said */
const score = (said) =>
	said.probability !== null
		? coordinate(said.probability)
		: said.margin !== null
			? coordinate(said.margin)
			: "";
