/**
 * Bringing one's own table: the way to its dialog, and files dropped on the page.
 * @module
 */

import { later } from "./later.js";

/** @typedef {import("./points.js").Point} Point */

/** Files that are no tables. */
const OURS = /\.(json|png|svg|onnx)$/i;

export class CsvImport {
	/** @private @type {import("./csv-dialog.js").CsvDialog|null} */ dialog = null;

	/**
	 * @param {import("./client.js").Engine} engine
	 * @param {(points: Point[]) => void} use
	 */
	constructor(engine, use) {
		this.engine = engine;
		this.use = use;
	}

	open() {
		this.with((dialog) => dialog.open());
	}

	/** @param {File} file */
	take(file) {
		this.with((dialog) => dialog.take(file));
	}

	/**
	 * @private
	 * @param {(dialog: import("./csv-dialog.js").CsvDialog) => void} then
	 */
	with(then) {
		later(
			() => import("./extras.js"),
			({ CsvDialog }) => {
				this.dialog ??= new CsvDialog(this.engine, this.use);
				then(this.dialog);
			},
		);
	}
}

/**
 * Files dropped anywhere on the page: experiments and pictures of them open,
 * tables are read.
 * @param {CsvImport} csv
 * @param {(file: File) => Promise<void>} open
 */
export function wireDrop(csv, open) {
	addEventListener("dragover", (e) => e.preventDefault());
	addEventListener("drop", (e) => {
		e.preventDefault();
		const file = e.dataTransfer?.files[0];
		if (file) OURS.test(file.name) ? open(file) : csv.take(file);
	});
}
