/**
 * The settings, built from the table in the order of the story.
 * @module
 */

import { budget } from "./budget.js";
import { DEFENCES, defences } from "./defence.js";
import { byId, h } from "./dom.js";
import { field } from "./field.js";
import { presets } from "./presets.js";
import { SECTIONS, t } from "./strings.js";
import { victimFile } from "./victim.js";

/**
 * @typedef {import("./experiment.js").Experiment} Experiment
 * @typedef {import("./params.js").Param} Param
 * @typedef {import("./field.js").Field} Field
 */

/** Keys with a control of their own kind, or with none on the page. */
const SPECIAL = new Set([
	"data",
	"file",
	"label",
	"points",
	"victim-file",
	"alpha",
	"queries",
	...DEFENCES,
]);

/** Sections about a victim of one's own. */
const OWN = new Set(["victim", "oracle"]);

/**
 * @param {Experiment} experiment
 * @param {string[]} sections in the order of the story
 * @param {(file: File) => void} bring takes a model file as the victim
 */
export function buildControls(experiment, sections, bring) {
	/** @type {Field[]} */
	const fields = [];
	/** @param {Field} f */
	const keep = (f) => {
		fields.push(f);
		return f.root;
	};
	for (const name of sections) {
		const own = experiment.table.params.filter((p) => p.section === name && !SPECIAL.has(p.key));
		const main = own.filter((p) => !p.advanced).map((p) => keep(field(experiment, p)));
		if (name === "victim")
			main.splice(1, 0, named("victim-file", keep(victimFile(experiment, bring))));
		if (name === "oracle") main.push(named("round", keep(defences(experiment))));
		if (name === "budget") main.push(named("alpha queries", keep(budget(experiment))));
		const rest = own.filter((p) => p.advanced);
		if (rest.length > 0) main.push(keep(more(experiment, rest, keep)));
		if (name === "data") byId("data").append(named("data", keep(presets(experiment))), ...main);
		else
			byId("rail").append(
				h(
					"section",
					{ class: OWN.has(name) && "own" },
					h("h2", {}, SECTIONS[name] ?? name),
					...main,
				),
			);
	}
	const update = () => {
		for (const f of fields) f.update();
	};
	experiment.addEventListener("change", update);
	update();
}

/**
 * Says which settings a control of its own kind is for.
 * @param {string} keys
 * @param {HTMLElement} root
 */
function named(keys, root) {
	root.dataset.key = keys;
	return root;
}

/**
 * @param {Experiment} experiment
 * @param {Param[]} params
 * @param {(f: Field) => HTMLElement} keep
 * @returns {Field}
 */
function more(experiment, params, keep) {
	const root = h(
		"details",
		{ class: "more" },
		h("summary", {}, t.more),
		...params.map((p) => keep(field(experiment, p))),
	);
	return {
		root,
		update: () =>
			(root.hidden = !params.some((p) => experiment.table.applies(experiment.settings, p))),
	};
}
