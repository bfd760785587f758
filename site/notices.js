/**
 * Sentences for the visitor: problems stay until dismissed, remarks go by
 * themselves.
 * @module
 */

import { byId, h } from "./dom.js";
import { t } from "./strings.js";

const REMARK_MS = 8000;

/** @type {Map<string, HTMLElement>} */
const shown = new Map();

/**
 * @param {string} topic a later notice on the topic replaces an earlier one
 * @param {string|string[]} text several become a list under the first
 * @param {{kind?: 'problem'|'hint'|'remark', actions?: [string, () => void][]}} [o]
 */
export function notice(topic, text, { kind = "problem", actions = [] } = {}) {
	clearNotice(topic);
	const [first, ...rest] = Array.isArray(text) ? text : [text];
	const close = () => clearNotice(topic);
	const root = h(
		"div",
		{ class: `notice ${kind}`, role: kind === "problem" ? "alert" : "status" },
		h("p", {}, first),
		rest.length > 0 && h("ul", {}, ...rest.map((line) => h("li", {}, line))),
		...actions.map(([label, act]) =>
			h(
				"button",
				{
					type: "button",
					onclick: () => {
						close();
						act();
					},
				},
				label,
			),
		),
		h("button", { type: "button", class: "close", "aria-label": t.dismiss, onclick: close }, "×"),
	);
	shown.set(topic, root);
	byId("notices").append(root);
	if (kind === "remark" && actions.length === 0)
		setTimeout(() => shown.get(topic) === root && close(), REMARK_MS);
}

/** @param {string} topic */
export function clearNotice(topic) {
	shown.get(topic)?.remove();
	shown.delete(topic);
}

/**
 * Says a milestone to screen readers, once it has been quiet for a moment.
 * @param {string} text
 */
export function announce(text) {
	byId("milestones").textContent = text;
}

let timer = 0;

/**
 * Says what is under the crosshair to screen readers, after it has stopped.
 * @param {string} text
 */
export function speak(text) {
	clearTimeout(timer);
	timer = window.setTimeout(() => (byId("spoken").textContent = text), 400);
}
