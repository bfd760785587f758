/**
 * What thieves found, as images beside what was to be found. Those of the first
 * seed are shown.
 * @module
 */

import { h } from "./dom.js";
import { words } from "./paperstrings.js";

/** @typedef {import("./lab.js").Report} Report */
/** @typedef {{name: string, width: number, grey: number[][]}} Picture */

export class PaperPictures {
	root = h("div", { class: "pictures" });

	/** @param {string[]} captions of the images of each picture */
	constructor(captions) {
		this.captions = captions;
	}

	/** @param {Report} report */
	show({ rows, runs }) {
		this.root.replaceChildren(
			...runs
				.filter((r) => r.seed === 1 && r.pictures)
				.map((r) => this.part(rows[r.row].group, r.pictures ?? [])),
		);
	}

	/**
	 * @private
	 * @param {string} group
	 * @param {Picture[]} pictures
	 */
	part(group, pictures) {
		const one = (/** @type {Picture} */ { name, width, grey }) =>
			h(
				"li",
				{},
				...grey.map((shades, k) => image(words.picture(name, this.captions[k]), width, shades)),
				h("span", { "aria-hidden": "true" }, name),
			);
		return h(
			"figure",
			{},
			h("figcaption", { class: "hint" }, words.pictures(group, this.captions)),
			h("ul", {}, ...pictures.map(one)),
		);
	}
}

/**
 * @param {string} label
 * @param {number} width in pixels
 * @param {number[]} shades row by row, 0 to 255, darker for more
 */
function image(label, width, shades) {
	const height = shades.length / width;
	const canvas = h("canvas", { width, height, role: "img", "aria-label": label });
	const data = new ImageData(width, height);
	shades.forEach((v, i) => data.data.set([255 - v, 255 - v, 255 - v, 255], 4 * i));
	canvas.getContext("2d")?.putImageData(data, 0, 0);
	return canvas;
}
