/**
 * What the dialog for one's own table says, in one place for translation.
 * @module
 */

import { megabytes, whole } from "./format.js";

export const words = {
	intro:
		"Paste a table, drop a file, or choose one: CSV or TSV, with or without a header, up to 5 MB. Your data never leave this page.",
	introFramed:
		"Paste a table, drop a file, or choose one: CSV or TSV, with or without a header, up to 5 MB. Your data stay in this browser; the page around the playground can read the points.",
	paste: "Table",
	file: "Choose a file…",
	read: "Read it",
	header: "First row is a header",
	x: "Horizontal (x)",
	y: "Vertical (y)",
	label: "Class",
	standardise: "Standardise: mean 0, standard deviation 1 for each axis, then fitted to the plane",
	use: "Use these points",
	preview: (/** @type {number} */ n) => `First rows of ${whole(n)}`,
	tooBig: (/** @type {number} */ bytes) => `The file has ${megabytes(bytes)} MB; allowed are 5 MB.`,
	waiting: "Reading…",
	noEngine: "The engine is not running yet; it reads the tables.",
	choose: "Choose two columns of numbers and the class: a column of at most four different values.",
	got: (/** @type {number} */ n, /** @type {string[]} */ names) =>
		`${whole(n)} points of ${names.length} classes: ${names.join(", ")}.`,
	cut: (/** @type {number} */ n) => `Taken evenly from ${whole(n)}: a drawing holds no more.`,
	missing: (/** @type {number} */ n) =>
		`${whole(n)} ${n === 1 ? "row has" : "rows have"} an empty cell and ${n === 1 ? "is" : "are"} left out.`,
};
