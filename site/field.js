/**
 * One control for one parameter of the table.
 * @module
 */

import { h, segmented } from "./dom.js";
import { t } from "./strings.js";

/**
 * @typedef {import("./params.js").Param} Param
 * @typedef {import("./experiment.js").Experiment} Experiment
 * @typedef {{root: HTMLElement, update: () => void}} Field
 */

/** Sliders over more whole numbers than this would be useless. */
const SLIDER_SPAN = 1e6;

/** Choices of at most so many options stand side by side. */
const SIDE_BY_SIDE = 3;

/**
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
export function field(experiment, p) {
	const made = make(experiment, p);
	made.root.dataset.key = p.key;
	const update = () => {
		made.root.hidden = !experiment.table.applies(experiment.settings, p);
		if (!made.root.hidden) made.update();
	};
	return { root: made.root, update };
}

/**
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
function make(experiment, p) {
	if (p.kind === "choice")
		return (p.choices?.length ?? 0) <= SIDE_BY_SIDE ? row(experiment, p) : list(experiment, p);
	if (p.kind === "bool") return check(experiment, p);
	if (p.kind === "ints" || p.kind === "text") return text(experiment, p);
	return number(experiment, p);
}

/**
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
function list(experiment, p) {
	const hint = h("p", { class: "hint", id: `hint-${p.key}` });
	const options = (p.choices ?? []).map((o) => h("option", { value: o.value }, o.label));
	const select = h(
		"select",
		{
			id: `field-${p.key}`,
			"aria-describedby": hint.id,
			onchange: () => experiment.set(p.key, select.value),
		},
		...options,
	);
	return {
		root: h(
			"div",
			{ class: "field", title: p.help },
			h("label", { for: select.id }, p.label),
			select,
			hint,
		),
		update() {
			p.choices?.forEach((o, i) => {
				const c = experiment.table.unmet(experiment.settings, o.when);
				options[i].disabled = Boolean(c);
				options[i].textContent = c
					? `${o.label} (${t.optionOff(currentLabel(experiment, c.key))})`
					: o.label;
			});
			select.value = experiment.get(p.key);
			hint.textContent = p.choices?.find((o) => o.value === select.value)?.help ?? "";
		},
	};
}

/**
 * How the present value of a choice reads.
 * @param {Experiment} experiment
 * @param {string} key
 */
function currentLabel(experiment, key) {
	const value = experiment.get(key);
	const label = experiment.table.param(key).choices?.find((o) => o.value === value)?.label ?? value;
	return /^[A-Z][a-z ]+$/.test(label) ? label.toLowerCase() : label;
}

/**
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
function row(experiment, p) {
	const options = (p.choices ?? []).map((o) => ({
		value: o.value,
		text: o.label,
		title: o.help ? `${o.label}: ${o.help}` : undefined,
	}));
	const seg = segmented({
		label: p.label,
		options,
		value: "",
		onpick: (v) => experiment.set(p.key, v),
	});
	return {
		root: h(
			"div",
			{ class: "field", title: p.help },
			h("span", { class: "name", "aria-hidden": "true" }, p.label),
			seg.root,
		),
		update: () => seg.set(experiment.get(p.key)),
	};
}

/**
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
function check(experiment, p) {
	const input = h("input", {
		type: "checkbox",
		onchange: () => experiment.set(p.key, input.checked ? "yes" : "no"),
	});
	return {
		root: h("label", { class: "check", title: p.help }, input, p.label),
		update: () => (input.checked = experiment.get(p.key) === "yes"),
	};
}

/**
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
function text(experiment, p) {
	const wrong = h("p", { class: "wrong", id: `wrong-${p.key}`, role: "alert" });
	const input = h("input", {
		type: "text",
		id: `field-${p.key}`,
		inputMode: p.kind === "ints" ? "numeric" : "text",
		autocomplete: "off",
		"aria-describedby": wrong.id,
		onchange: () => offer(experiment, p, input, wrong),
	});
	return {
		root: h(
			"div",
			{ class: "field", title: p.help },
			h("label", { for: input.id }, p.label),
			input,
			wrong,
		),
		update: () => settle(input, wrong, experiment.get(p.key)),
	};
}

/**
 * A slider with its number, and a tick box where the parameter can be off.
 * @param {Experiment} experiment
 * @param {Param} p
 * @returns {Field}
 */
export function number(experiment, p) {
	const { min = 0, max = 0 } = p;
	const optional = p.default === "" && !p.defaults;
	const wrong = h("p", { class: "wrong", id: `wrong-${p.key}`, role: "alert" });
	const input = h("input", {
		type: "number",
		id: `field-${p.key}`,
		min: String(min),
		max: String(max),
		step: "any",
		"aria-describedby": wrong.id,
		onchange: () => offer(experiment, p, input, wrong),
	});
	const slides = p.log || max - min <= SLIDER_SPAN;
	const slider = h("input", {
		type: "range",
		min: "0",
		max: "1000",
		step: "1",
		"aria-label": `${p.label}, slider`,
		oninput: () => (input.value = at(p, Number(slider.value) / 1000)),
		onchange: () => offer(experiment, p, input, wrong),
	});
	const use = h("input", {
		type: "checkbox",
		"aria-label": t.on(p.label),
		onchange: () => experiment.set(p.key, use.checked ? input.value || at(p, 0.5) : ""),
	});
	return {
		root: h(
			"div",
			{ class: "field", title: p.unit ? `${p.help} (${p.unit})` : p.help },
			h("label", { for: input.id }, p.label),
			h("span", { class: "slide" }, optional && use, slides && slider, input),
			wrong,
		),
		update() {
			const value = experiment.get(p.key);
			use.checked = value !== "";
			slider.disabled = input.disabled = optional && value === "";
			settle(input, wrong, value);
			if (value !== "") slider.value = String(1000 * position(p, Number(value)));
		},
	};
}

/**
 * Takes the value to the experiment, or says what is wrong with it.
 * @param {Experiment} experiment
 * @param {Param} p
 * @param {HTMLInputElement} input
 * @param {HTMLElement} wrong
 */
function offer(experiment, p, input, wrong) {
	const reason = experiment.table.wrong(p.key, input.value);
	input.setAttribute("aria-invalid", String(reason !== ""));
	wrong.textContent = reason && `${input.value || "empty"}: ${reason}`;
	if (!reason) experiment.set(p.key, input.value);
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} wrong
 * @param {string} value
 */
function settle(input, wrong, value) {
	input.value = value;
	input.removeAttribute("aria-invalid");
	wrong.textContent = "";
}

/**
 * The value at a share of the slider's way, rounded to what a person would say.
 * @param {Param} p
 * @param {number} share
 */
export function at(p, share) {
	const { min = 0, max = 0 } = p;
	const raw = p.log ? min * (max / min) ** share : min + share * (max - min);
	const round = Number(
		p.log ? raw.toPrecision(2) : raw.toFixed(max - min > 20 ? 1 : max - min > 2 ? 2 : 3),
	);
	return String(Math.min(max, Math.max(min, p.kind === "int" ? Math.round(round) : round)));
}

/**
 * @param {Param} p
 * @param {number} value
 */
function position(p, value) {
	const { min = 0, max = 0 } = p;
	return p.log ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
}
