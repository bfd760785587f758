/**
 * How things are shown, without changing the experiment.
 * @module
 */

import { byId, h, segmented } from "./dom.js";
import { t } from "./strings.js";

/** @typedef {import("./messages.js").View} View */

/**
 * Builds the View section at the end of the rail and the switches between
 * plots.
 * @param {(view: View) => void} changed
 * @param {(on: boolean) => void} slow
 * @returns {View}
 */
export function buildView(changed, slow) {
	const calm = matchMedia("(prefers-reduced-motion: reduce)");
	/** @type {View} */
	const view = {
		rings: "all",
		disagreement: "labels",
		axis: "linear",
		measure: "agreement",
		points: true,
		truth: true,
		calm: calm.matches,
	};
	const tell = () => changed({ ...view });
	calm.addEventListener("change", () => {
		view.calm = calm.matches;
		tell();
	});
	/**
	 * @template {'rings'|'disagreement'|'axis'|'measure'} K
	 * @param {K} field
	 * @param {View[K][]} values
	 */
	const choose = (field, values) => {
		const options = values.map((value) => ({ value, text: t.view[value] }));
		const seg = segmented({
			label: t.view[field],
			options,
			value: view[field],
			onpick: (v) => {
				view[field] = /** @type {View[K]} */ (v);
				tell();
			},
		});
		return h(
			"div",
			{ class: "field wide" },
			h("span", { class: "name", "aria-hidden": "true" }, t.view[field]),
			seg.root,
		);
	};
	/** @param {'points'|'truth'} field */
	const check = (field) => {
		const input = h("input", {
			type: "checkbox",
			checked: view[field],
			onchange: () => {
				view[field] = input.checked;
				tell();
			},
		});
		return h("label", { class: "check" }, input, t.view[field]);
	};
	const box = h("input", { type: "checkbox", id: "slow", onchange: () => slow(box.checked) });
	const slowly = h("label", { class: "check" }, box, t.view.slow);
	byId("rail").append(
		h(
			"section",
			{},
			h(
				"details",
				{ class: "more view" },
				h("summary", {}, h("h2", {}, t.view.title)),
				choose("rings", ["all", "last", "none"]),
				choose("disagreement", ["labels", "difference"]),
				choose("axis", ["linear", "log"]),
				choose("measure", ["agreement", "error"]),
				check("points"),
				check("truth"),
				slowly,
			),
		),
	);
	return view;
}

/** Which plot a phone shows, and what stands right in a narrow column. */
export class Tabs {
	constructor() {
		const root = byId("heist");
		/** @private */
		this.root = root;
		/** @private */
		this.tabs = segmented({
			label: t.tabs.label,
			options: [
				{ value: "victim", text: t.tabs.victim },
				{ value: "copy", text: t.tabs.copy },
				{ value: "disagreement", text: t.tabs.disagreement },
			],
			value: root.dataset.tab ?? "victim",
			onpick: (v) => this.show(v),
		});
		byId("tabs").append(this.tabs.root);
		const over = segmented({
			label: t.over.label,
			options: [
				{ value: "copy", text: t.over.copy },
				{ value: "disagreement", text: t.over.disagreement },
				{ value: "both", text: t.over.both },
			],
			value: "copy",
			onpick: (v) => (root.dataset.over = v),
		});
		byId("over-switch").append(over.root);
	}

	/** @param {string} tab */
	show(tab) {
		this.root.dataset.tab = tab;
		this.tabs.set(tab);
	}
}
