/**
 * Reading a model file that the visitor brings, and making it the victim.
 * @module
 */

import { brought, Engine } from "./client.js";
import { clearNotice, notice } from "./notices.js";
import { more } from "./strings-later.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

const MAX_BYTES = 32_000_000;

/**
 * Reads a model file and makes it the victim.
 * @param {File} file
 * @param {Experiment} experiment
 * @param {Engine} engine whose module is shared
 */
export async function bring(file, experiment, engine) {
	notice("bring", more.bring.reading(file.name), { kind: "hint" });
	try {
		if (file.size > MAX_BYTES) throw new Error(more.bring.tooBig(file.size));
		const bytes = new Uint8Array(await file.arrayBuffer());
		const { family } = await read(file.name, bytes, engine);
		clearNotice("bring");
		experiment.bring(family, keep(file.name, bytes));
	} catch (err) {
		notice("bring", `${file.name}: ${err instanceof Error ? err.message : String(err)}`);
	}
}

/**
 * Keeps a model file for engines whose specs name it.
 * @param {string} name
 * @param {Uint8Array} bytes
 * @returns {string} the name, or one like it that no other file has
 */
export function keep(name, bytes) {
	let own = name;
	for (let n = 2; brought.has(own); n++) own = `${name} (${n})`;
	brought.set(own, bytes);
	return own;
}

/**
 * What a full engine of its own says is in a file; the one on show goes on.
 * @param {string} name
 * @param {Uint8Array} bytes
 * @param {Engine} engine
 * @returns {Promise<{family: string}>}
 */
function read(name, bytes, engine) {
	const reader = new Engine({ full: true, module: engine.fullModule });
	return new Promise((resolve, reject) => {
		for (const kind of ["failed", "crashed"])
			reader.addEventListener(kind, (e) =>
				reject(new Error(/** @type {CustomEvent} */ (e).detail.message)),
			);
		reader.on("ready", () => {
			if (reader.module) engine.take(true, reader.module);
			resolve(reader.ask({ kind: "model", id: reader.id(), name, bytes }));
		});
		reader.start();
	}).finally(() => reader.stop("the file is read"));
}
