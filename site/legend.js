/**
 * What the marks and lines mean: colour, shape and line together.
 * @module
 */

import { byId, h, icon } from "./dom.js";
import { CLASS_LETTERS, t } from "./strings.js";

/**
 * @param {number[]} classes those that have points
 * @param {string[]} names of these, in the same order
 * @param {'labels'|'difference'|null} disagreement null where there is no victim to see
 * @param {{leaves: boolean, edges: boolean, points: boolean}} found what of it is on show
 */
export function drawLegend(classes, names, disagreement, found) {
	const items = [];
	for (const [i, c] of classes.entries()) {
		const name = names[i] && !/^\d+$|^class \d+$/.test(names[i]) ? names[i] : CLASS_LETTERS[c];
		items.push(item(icon(`c-${c}`, `icon class-${c}`), name));
	}
	if (disagreement) items.push(item(icon("c-0", "icon filled"), t.legend.data));
	items.push(item(icon("c-0", "icon hollow"), t.legend.query));
	if (disagreement) items.push(item(h("i", { class: "line solid" }), t.legend.victim));
	items.push(item(h("i", { class: "line dashed" }), t.legend.copy));
	if (disagreement)
		items.push(
			item(
				h("i", { class: `swatch ${disagreement}` }),
				disagreement === "labels" ? t.legend.differ : t.legend.difference,
			),
		);
	items.push(item(h("i", { class: "swatch ramp" }), t.legend.field));
	if (found.leaves) items.push(item(h("i", { class: "swatch leaf" }), t.legend.leaf));
	if (found.edges) items.push(item(h("i", { class: "line dotted" }), t.legend.edge));
	if (found.points) items.push(item(icon("c-match", "icon match"), t.legend.point));
	byId("legend").replaceChildren(h("ul", {}, ...items));
}

/**
 * The chart's own: which line is which.
 * @param {boolean} uniform
 * @param {boolean} earlier
 */
export function drawKey(uniform, earlier) {
	byId("key").replaceChildren(
		item(h("i", { class: "line solid" }), t.run, "span"),
		...(uniform ? [item(h("i", { class: "line dashed soft" }), t.uniform, "span")] : []),
		...(earlier ? [item(h("i", { class: "line thin" }), t.earlier, "span")] : []),
	);
}

/**
 * @param {Node} sign
 * @param {string} text
 * @param {'li'|'span'} tag
 */
function item(sign, text, tag = "li") {
	return h(tag, {}, sign, " ", text);
}
