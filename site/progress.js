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
	 * @param {number} done
	 * @param {number} of
	 */
	plan(done, of) {
		const now = performance.now();
		this.began ||= now;
		this.bar.max = of;
		this.bar.value = done;
		const past = now - this.began;
		const left = done > 0 && past > GUESS_MS ? ((of - done) * past) / done / 1000 : null;
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
