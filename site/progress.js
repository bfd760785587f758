/**
 * How far a measurement is, and about how long it still takes.
 * @module
 */

import { h } from "./dom.js";
import { words } from "./paperstrings.js";

/** No guess before this: the first runs say little. */
const GUESS_MS = 2000;

export class Progress {
	/** @private */ began = 0;

	constructor() {
		/** @private */
		this.bar = h("progress", { hidden: true, "aria-label": words.progress });
		/** @private */
		this.words = h("p", { class: "hint", role: "status" });
		this.root = h("div", { class: "row progress", hidden: true }, this.bar, this.words);
	}

	begin() {
		this.began = 0;
		this.bar.removeAttribute("value");
		this.bar.hidden = false;
		this.root.hidden = false;
		this.say(words.starting);
	}

	/** @param {string} text */
	say(text) {
		this.words.textContent = text;
	}

	/**
	 * @param {number} done runs
	 * @param {number} of so many
	 * @param {number} share of the work that they were, from 0 to 1
	 */
	plan(done, of, share) {
		const now = performance.now();
		this.began ||= now;
		this.bar.value = share;
		const past = now - this.began;
		const left = share > 0 && past > GUESS_MS ? ((1 - share) * past) / share / 1000 : null;
		this.say(words.progressed(done, of, left));
	}

	/** @param {number} runs */
	done(runs) {
		this.say(words.done(runs, (performance.now() - this.began) / 1000));
	}

	end() {
		this.bar.hidden = true;
	}
}
