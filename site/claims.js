/**
 * What the thief says of the victim itself, as tables: leaves, bin edges,
 * training points, families.
 * @module
 */

import { h } from "./dom.js";
import { coordinate, error, share } from "./format.js";
import { CLASS_LETTERS } from "./strings.js";
import { more } from "./strings-later.js";

/**
 * @typedef {Extract<import("./messages.js").Response, {kind: 'claims'}>} Claims
 * @typedef {{title: string, heads: string[], rows: string[][], of: number, note: string}} Found
 */

/**
 * Kinds of things found that are there.
 * @param {Claims} c
 * @returns {Found[]}
 */
export function tablesOf({ leaves, edges, points, leak, said, count }) {
	const pair = (/** @type {number} */ x, /** @type {number} */ y) =>
		`${coordinate(x)}, ${coordinate(y)}`;
	const range = (/** @type {number} */ low, /** @type {number} */ high) =>
		`${coordinate(low)}…${coordinate(high)}`;
	const listed = /** @type {const} */ (["leaves", "edges", "points"]).map((kind) => ({
		title: more.table[kind],
		heads: [more.table.said[kind]],
		rows: said[kind].map((words) => [words]),
		of: count[kind],
		note: "",
	}));
	const drawn = [
		{
			title: more.table.leaves,
			of: count.leaves,
			heads: ["x", "y", "class", more.table.shareCol],
			rows: groups(leaves, 6).map(([x0, x1, y0, y1, c, part]) => [
				range(x0, x1),
				range(y0, y1),
				CLASS_LETTERS[c] ?? String(c),
				share(part),
			]),
			note: "",
		},
		{
			title: more.table.edges,
			of: count.edges,
			heads: [more.table.featureCol, more.table.edgeCol],
			rows: groups(edges, 2).map(([f, at]) => ["xy"[f] ?? String(f + 1), coordinate(at)]),
			note: "",
		},
		{
			title: more.table.points,
			of: count.points,
			heads: ["x, y", more.table.matchCol, more.table.distanceCol],
			rows: groups(points, 4).map(([x, y, trueX, trueY]) =>
				Number.isNaN(trueX)
					? [pair(x, y), "–", "–"]
					: [pair(x, y), pair(trueX, trueY), error(Math.hypot(x - trueX, y - trueY))],
			),
			note: "",
		},
	];
	const all = [...drawn, ...listed].filter((found) => found.rows.length > 0);
	// A leak is of points, which come last.
	if (leak && all.length > 0)
		all[all.length - 1].note = more.table.leak(error(leak.mean), error(leak.random));
	return all;
}

/**
 * @param {Float64Array} numbers
 * @param {number} width
 */
const groups = (numbers, width) =>
	Array.from({ length: numbers.length / width }, (_, i) => [
		...numbers.subarray(width * i, width * (i + 1)),
	]);

/**
 * The families that extract-and-test has held against the answers.
 * @param {import("./messages.js").Suspect[]} suspects the likeliest first
 */
export function suspectTable(suspects) {
	const head = h("tr", {}, ...more.suspects.heads.map((text) => h("th", { scope: "col" }, text)));
	const rows = suspects.map(({ name, error: off, out }, i) =>
		h(
			"tr",
			{ class: out && "out" },
			h("th", { scope: "row" }, name),
			h("td", {}, out ? "–" : error(off)),
			h("td", {}, out ? more.suspects.out(out) : i === 0 ? more.suspects.taken : ""),
		),
	);
	const caption = h("caption", {}, more.suspects.title);
	return h("table", {}, caption, h("thead", {}, head), h("tbody", {}, ...rows));
}
