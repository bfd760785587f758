/**
 * A model that the visitor brings, as the victim: the control below the model's
 * family. bring.js reads the file.
 * @module
 */

import { h } from "./dom.js";
import { t } from "./strings.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

const KEY = "victim-file";

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
