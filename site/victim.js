/**
 * A model that the visitor brings, as the victim: the control below the model's
 * family, and files opened or dropped.
 * @module
 */

import { brought, Engine } from "./client.js";
import { h } from "./dom.js";
import { clearNotice, notice } from "./notices.js";
import { t } from "./strings.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

const KEY = "victim-file";
const MAX_BYTES = 32_000_000;

/**
 * @param {Experiment} experiment
 * @param {(file: File) => void} open
 * @returns {import("./field.js").Field}
 */
export function victimFile(experiment, open) {
	const name = h("b");
	const file = h("input", {
		type: "file",
		accept: ".json,.onnx",
		hidden: true,
		onchange: () => {
			if (file.files?.[0]) open(file.files[0]);
			file.value = "";
		},
	});
	const choose = h(
		"button",
		{ type: "button", class: "quiet", onclick: () => file.click() },
		t.bring.open,
	);
	const there = h(
		"p",
		{ class: "hint" },
		`${t.bring.from} `,
		name,
		" ",
		h("button", { type: "button", onclick: () => experiment.set(KEY, "") }, t.bring.remove),
	);
	return {
		root: h("div", { class: "bring" }, choose, file, there),
		update() {
			const given = experiment.get(KEY);
			name.textContent = given;
			there.hidden = !given;
			choose.hidden = given !== "";
		},
	};
}

/**
 * Reads a model file and makes it the victim.
 * @param {File} file
 * @param {Experiment} experiment
 * @param {Engine} engine whose module is shared
 */
export async function bring(file, experiment, engine) {
	notice("bring", t.bring.reading(file.name), { kind: "hint" });
	try {
		if (file.size > MAX_BYTES) throw new Error(t.bring.tooBig(file.size));
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
