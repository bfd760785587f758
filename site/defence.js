/**
 * The defences as toggles. A change runs the same attack again, so that the two
 * curves can be compared.
 * @module
 */

import { h } from "./dom.js";
import { t } from "./strings.js";

/**
 * @typedef {import("./experiment.js").Experiment} Experiment
 * @typedef {import("./field.js").Field} Field
 */

/**
 * Settings that have their control here, each with the value to begin with: enough
 * to be felt.
 */
const AMOUNTS = { round: "2", "answer-noise": "0.1", members: "20", privacy: "1" };

/** Settings that the fieldset stands for, beside `answers`. */
export const DEFENCES = Object.freeze([...Object.keys(AMOUNTS), "noise-kind", "partial", "box"]);

/**
 * @param {Experiment} experiment
 * @returns {Field}
 */
export function defences(experiment) {
	const fields = [
		less(experiment),
		round(experiment),
		amount(experiment, "answer-noise"),
		flag(experiment, "noise-kind", "fixed", "fresh"),
		flag(experiment, "partial", "no", "yes"),
		flag(experiment, "box", "yes", "no"),
		amount(experiment, "members"),
		amount(experiment, "privacy"),
	];
	return {
		root: h(
			"fieldset",
			{ class: "defences", title: t.defence.help },
			h("legend", {}, t.defence.legend),
			...fields.map((f) => f.root),
		),
		update() {
			for (const f of fields) f.update();
		},
	};
}

/**
 * Answers that say less: labels only, or the best class and its probability.
 * @param {Experiment} experiment
 * @returns {Field}
 */
function less(experiment) {
	let open = ""; // the answers before they were cut
	const cuts = /** @type {("labels"|"top1")[]} */ (["labels", "top1"]).map((value) => {
		const box = h("input", {
			type: "checkbox",
			onchange: () =>
				experiment.set("answers", box.checked ? value : open || richest(experiment), "defence"),
		});
		return { value, box, root: h("label", { class: "check" }, box, t.defence[value]) };
	});
	return {
		root: h("div", { class: "cuts" }, ...cuts.map((c) => c.root)),
		update() {
			const answers = experiment.get("answers");
			const values = allowed(experiment);
			if (!cuts.some((c) => c.value === answers)) open = answers;
			else if (open && !values.includes(open)) open = "";
			for (const c of cuts) {
				c.box.checked = answers === c.value;
				c.root.hidden = !values.includes(c.value);
			}
		},
	};
}

/**
 * Rounding: an amount that says why it has nothing to do.
 * @param {Experiment} experiment
 * @returns {Field}
 */
function round(experiment) {
	return amount(experiment, "round", () =>
		experiment.get("answers") === "labels" ? t.defence.roundOff : "",
	);
}

/**
 * A defence with a number.
 * @param {Experiment} experiment
 * @param {keyof typeof AMOUNTS} key
 * @param {() => string} [idle] why it can't be used although it is shown, or nothing
 * @returns {Field}
 */
function amount(experiment, key, idle = () => "") {
	const p = experiment.table.param(key);
	const [name, unit] = t.defence.amounts[key];
	const use = h("input", {
		type: "checkbox",
		onchange: () => experiment.set(key, use.checked ? input.value || AMOUNTS[key] : "", "defence"),
	});
	const input = h("input", {
		type: "number",
		min: String(p.min),
		max: String(p.max),
		step: p.kind === "int" ? "1" : "any",
		"aria-label": `${name}: ${unit}`,
		onchange: () => {
			const wrong = experiment.table.wrong(key, input.value);
			note.textContent = wrong && `${input.value || "empty"}: ${wrong}`;
			if (!wrong) experiment.set(key, input.value, "defence");
		},
	});
	const note = h("p", { class: "hint", id: `${key}-note` });
	use.setAttribute("aria-describedby", note.id);
	return {
		root: h(
			"div",
			{ title: p.help, "data-key": key },
			h("div", { class: "check" }, h("label", {}, use, name), input, h("span", {}, unit)),
			note,
		),
		update() {
			const why = idle();
			this.root.hidden = !why && !experiment.table.applies(experiment.settings, p);
			const value = experiment.get(key);
			use.disabled = why !== "";
			use.checked = value !== "";
			input.disabled = value === "";
			input.value = value || AMOUNTS[key];
			note.textContent = why;
		},
	};
}

/**
 * A defence that is there or not.
 * @param {Experiment} experiment
 * @param {"noise-kind"|"partial"|"box"} key
 * @param {string} on its value as a defence
 * @param {string} off
 * @returns {Field}
 */
function flag(experiment, key, on, off) {
	const p = experiment.table.param(key);
	const box = h("input", {
		type: "checkbox",
		onchange: () => experiment.set(key, box.checked ? on : off, "defence"),
	});
	return {
		root: h("label", { class: "check", title: p.help, "data-key": key }, box, t.defence.flags[key]),
		update() {
			this.root.hidden = !experiment.table.applies(experiment.settings, p);
			box.checked = experiment.get(key) === on;
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
