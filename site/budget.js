/**
 * The budget, given once: in queries, or as a multiple of the unknowns.
 * @module
 */

import { h, segmented } from "./dom.js";
import { number } from "./field.js";
import { whole } from "./format.js";
import { t } from "./strings.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

/**
 * @param {Experiment} experiment
 * @returns {import("./field.js").Field}
 */
export function budget(experiment) {
	const queries = number(experiment, plain(experiment.table.param("queries")));
	const alpha = number(experiment, plain(experiment.table.param("alpha")));
	const unit = segmented({
		label: t.budget.legend,
		options: [
			{ value: "queries", text: t.budget.queries },
			{ value: "alpha", text: t.budget.alpha },
		],
		value: "queries",
		onpick: (v) => switchTo(experiment, v),
	});
	const note = h("p", { class: "hint num" });
	const tell = () => {
		const k = experiment.unknowns;
		const n = Math.round(Number(experiment.get("alpha")) * k);
		note.textContent = experiment.get("alpha") !== "" && k > 0 ? t.budget.equals(n) : "";
		note.title = k > 0 ? `k = ${whole(k)}` : "";
	};
	const update = () => {
		const inAlpha = experiment.get("alpha") !== "";
		unit.set(inAlpha ? "alpha" : "queries");
		alpha.root.hidden = !inAlpha;
		queries.root.hidden = inAlpha;
		(inAlpha ? alpha : queries).update();
		tell();
	};
	// Not all of update: somebody may be typing into a field while a victim trains.
	experiment.addEventListener("prepared", tell);
	return { root: h("div", { class: "budget" }, unit.root, queries.root, alpha.root, note), update };
}

/**
 * The budget is never off, so its sliders have no tick box.
 * @param {import("./params.js").Param} p
 */
const plain = (p) => ({ ...p, defaults: p.defaults ?? [] });

/**
 * @param {Experiment} experiment
 * @param {string} to
 */
function switchTo(experiment, to) {
	const k = experiment.unknowns;
	if (to === "alpha")
		return experiment.set(
			"alpha",
			k > 0 ? String(Math.max(1, Math.round(Number(experiment.get("queries")) / k))) : "10",
		);
	experiment.set(
		"queries",
		String(k > 0 ? Math.max(1, Math.round(Number(experiment.get("alpha")) * k)) : 200),
	);
}
