/**
 * The small parts that the panel's forms are made of.
 * @module
 */

import { h } from "./dom.js";
import { words } from "./remote-words.js";

let fields = 0;

/**
 * A labelled input.
 * @param {string} label
 * @param {Record<string, any>} props of the input
 * @param {string} [hint]
 */
export function input(label, props, hint) {
	const id = `remote-${++fields}`;
	const note = hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null;
	const el = h("input", {
		id,
		type: "text",
		autocomplete: "off",
		spellcheck: false,
		"aria-describedby": note?.id,
		...props,
	});
	const root = h("div", { class: "field" }, h("label", { for: id }, label), el, note);
	return { root, el };
}

/**
 * @param {string} label
 * @param {Record<string, any>} [props]
 */
export function check(label, props = {}) {
	const el = h("input", { type: "checkbox", ...props });
	return { root: h("label", { class: "check" }, el, label), el };
}

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [className]
 */
export const button = (text, onclick, className) =>
	h("button", { type: "button", onclick, class: className }, text);

/** A place for a problem, in words and with what may help. */
export class Problem {
	constructor() {
		this.root = h("div", { class: "wrong", role: "alert" });
	}

	clear() {
		this.root.replaceChildren();
	}

	/**
	 * @param {unknown} err
	 * @param {string} [server]
	 */
	show(err, server = "") {
		const { message, reason = "" } = /** @type {Error & {reason?: string}} */ (err);
		const [first = "", ...rest] = words.advice[reason]?.(server) ?? [];
		this.root.replaceChildren(
			h("p", {}, message.replace(/([^.?!])$/, "$1."), first && ` ${first}`),
			...(rest.length > 0 ? [h("ul", {}, ...rest.map((line) => h("li", {}, line)))] : []),
		);
	}
}

/**
 * Does something and says what went wrong, the button being off meanwhile.
 * @param {HTMLButtonElement} by
 * @param {Problem} problem
 * @param {() => string} server
 * @param {() => Promise<void>} act
 */
export async function attempt(by, problem, server, act) {
	problem.clear();
	by.disabled = true;
	try {
		await act();
	} catch (err) {
		problem.show(err, server());
	} finally {
		by.disabled = false;
	}
}
