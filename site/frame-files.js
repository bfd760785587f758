/**
 * Files of what an embed shows, for the page around it: what the export menu
 * saves, as text or bytes.
 * @module
 */

import { Engine } from "./client.js";
import { paint, svgLink, withLink } from "./picture.js";
import { readTheme } from "./theme.js";

/** Sizes of a PNG, as multiples of the figure's own. */
const SCALES = [1, 2, 4];

/**
 * One file, written by an engine of its own that goes when it is done.
 * @param {import("./frame.js").Parts} parts
 * @param {string} name as the menu has it: figure.svg, copy.onnx, …
 * @returns {Promise<Uint8Array>}
 */
async function fileOf({ engine, moment }, name) {
	const now = moment();
	if (!now) throw new Error("there is no victim yet");
	if (name.startsWith("copy.") && now.rounds === 0)
		throw new Error("there is no copy yet: the thief has asked no query");
	const writer = new Engine({ full: true, module: engine.fullModule });
	try {
		await new Promise((resolve, reject) => {
			writer.on("ready", resolve);
			writer.addEventListener("failed", (e) =>
				reject(new Error(/** @type {CustomEvent} */ (e).detail.message)),
			);
			writer.start();
		});
		const { files } = await writer.ask({
			kind: "export",
			id: writer.id(),
			...now,
			files: [name],
			dark: readTheme().dark,
		});
		return files[0];
	} finally {
		writer.stop("the file is written");
	}
}

/** @param {import("./frame.js").Parts} parts @param {string} name */
const textOf = async (parts, name) => new TextDecoder().decode(await fileOf(parts, name));

/**
 * @param {string} name of the argument
 * @param {T} value
 * @param {T[]} allowed
 * @template T
 */
function oneOf(name, value, allowed) {
	if (!allowed.includes(value))
		throw new RangeError(`${name} is ${value}; it must be one of ${allowed.join(" ")}`);
}

/**
 * @param {import("./frame.js").Parts} parts
 * @returns {Record<string, (...args: any[]) => Promise<any>>}
 */
export function fileMethods(parts) {
	return {
		async exportCSV(table = "curve") {
			oneOf("table", table, ["curve", "queries", "points"]);
			return textOf(parts, `${table}.csv`);
		},
		exportJSON: () => textOf(parts, "experiment.json"),
		async exportONNX(model = "copy") {
			oneOf("model", model, ["copy", "victim"]);
			return fileOf(parts, `${model}.onnx`);
		},
		exportSVG: () => textOf(parts, "figure.svg"),
		async exportPNG(scale = 2) {
			oneOf("scale", scale, SCALES);
			const svg = await textOf(parts, "figure.svg");
			return withLink(await paint(svg, scale), svgLink(svg));
		},
	};
}
