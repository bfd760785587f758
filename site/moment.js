/**
 * The moments of slow motion in words.
 * @module
 */

import { CLASS_LETTERS, t } from "./strings.js";
import { more } from "./strings-later.js";

/** @param {Extract<import("./messages.js").Response, {kind: 'moment'}>} m */
export function momentText(m) {
	const words = {
		pick: () => more.moment.pick(m.why),
		ask: () => more.moment.ask(t.probe.at(m.x[0], m.x[1])),
		answer: () => more.moment.answer(CLASS_LETTERS[m.label] ?? "", m.batch - 1),
		train: () => more.moment.train(m.number),
		redraw: () => more.moment.redraw(m.moved),
	};
	const order = Object.keys(words).indexOf(m.moment) + 1;
	return `${more.moment.of(order)} · ${words[m.moment]()}`;
}
