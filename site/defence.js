/**
 * The defences as toggles: labels only, and rounding. A change runs the same
 * attack again, so that the two curves can be compared.
 * @module
 */

import { h } from "./dom.js";
import { t } from "./strings.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

/** Decimals to begin with: few enough to be felt. */
const DECIMALS = "2";

/**
 * @param {Experiment} experiment
 * @returns {import("./field.js").Field}
 */
export function defences(experiment) {
	const p = experiment.table.param("round");
	let open = ""; // the answers before they were cut to labels
	const labels = h("input", {
		type: "checkbox",
		onchange: () =>
			experiment.set("answers", labels.checked ? "labels" : open || richest(experiment), "defence"),
	});
	const round = h("input", {
		type: "checkbox",
		onchange: () =>
			experiment.set("round", round.checked ? decimals.value || DECIMALS : "", "defence"),
	});
	const decimals = h("input", {
		type: "number",
		min: String(p.min ?? 1),
		max: String(p.max ?? 15),
		"aria-label": `${t.defence.round}: ${t.defence.decimals}`,
		onchange: () => {
			const wrong = experiment.table.wrong("round", decimals.value);
			note.textContent = wrong && `${decimals.value}: ${wrong}`;
			if (!wrong) experiment.set("round", decimals.value, "defence");
		},
	});
	const note = h("p", { class: "hint", id: "round-note" });
	round.setAttribute("aria-describedby", note.id);
	return {
		root: h(
			"fieldset",
			{ class: "defences", title: t.defence.help },
			h("legend", {}, t.defence.legend),
			h("label", { class: "check" }, labels, t.defence.labels),
			h(
				"div",
				{ class: "check" },
				h("label", {}, round, t.defence.round),
				decimals,
				h("span", {}, t.defence.decimals),
			),
			note,
		),
		update() {
			const answers = experiment.get("answers");
			if (answers !== "labels") open = answers;
			else if (open && !allowed(experiment).includes(open)) open = "";
			labels.checked = answers === "labels";
			const value = experiment.get("round");
			round.disabled = answers === "labels";
			round.checked = value !== "";
			decimals.disabled = value === "";
			decimals.value = value || DECIMALS;
			note.textContent = round.disabled ? t.defence.roundOff : "";
		},
	};
}

/** @param {Experiment} experiment */
const allowed = (experiment) =>
	(experiment.table.param("answers").choices ?? [])
		.filter((o) => !experiment.table.unmet(experiment.settings, o.when))
		.map((o) => o.value);

/** @param {Experiment} experiment */
function richest(experiment) {
	const values = allowed(experiment);
	return ["probabilities", "margin"].find((v) => values.includes(v)) ?? values[0];
}
