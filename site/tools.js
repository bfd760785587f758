/**
 * The drawing tools: which is armed, its class and size. Builds their toolbar.
 * @module
 */

import { byId, h, icon, segmented } from "./dom.js";
import { MAX_CLASSES } from "./points.js";
import { CLASS_LETTERS, t } from "./strings.js";

/** @typedef {'point'|'brush'|'erase'|'move'} Tool */

const TOOLS = /** @type {Tool[]} */ (["point", "brush", "erase", "move"]);

export class Tools extends EventTarget {
	/** @type {Tool} */
	tool = "point";
	/** Class of new points. */
	c = 0;
	/** Of brush and eraser, in the plane's units. */
	radius = 0.12;
	/** Points that the brush leaves per tenth of the plane's width. */
	density = 3;

	/**
	 * @param {{undo: () => void, redo: () => void, scatter: () => void, clear: () => void, importCsv: () => void, armed: () => void}} act
	 */
	constructor(act) {
		super();
		this.act = act;
		const options = TOOLS.map((value) => ({
			value,
			text: t.tools[value],
			title: t.toolHelp[value],
		}));
		const tools = segmented({
			label: t.tools.label,
			options,
			value: this.tool,
			onpick: (v) => this.arm(/** @type {Tool} */ (v)),
			class: "tools",
		});
		/** @private */
		this.toolSwitch = tools;
		/** @private */
		this.classSwitch = segmented({
			label: t.pickClass,
			options: CLASS_LETTERS.map((_, c) => ({
				value: String(c),
				text: icon(`c-${c}`, `icon class-${c}`),
				title: t.className(c),
			})),
			value: "0",
			onpick: (v) => this.pick(Number(v)),
			class: "classes",
		});
		/** @private */
		this.sliders = h(
			"div",
			{ class: "sliders", hidden: true },
			this.slider(t.radius, "radius", 0.03, 0.4, 0.01),
			this.slider(t.density, "density", 1, 12, 1),
		);
		this.undoButton = this.button(t.undo, act.undo, "i-undo");
		this.redoButton = this.button(t.redo, act.redo, "i-redo");
		byId("draw").append(
			tools.root,
			h(
				"button",
				{ type: "button", class: "draw-more", "aria-expanded": "false", "aria-label": t.moreTools },
				"⋯",
			),
			h(
				"div",
				{ class: "row" },
				this.classSwitch.root,
				h("div", { class: "pair" }, this.undoButton, this.redoButton),
			),
			this.sliders,
			h(
				"div",
				{ class: "row spread" },
				h("button", { type: "button", title: t.scatterHelp, onclick: act.scatter }, t.scatter),
				h("button", { type: "button", onclick: act.clear }, t.clear),
				h("button", { type: "button", onclick: act.importCsv }, t.importCsv),
			),
		);
		for (const opener of [byId("draw-open"), ...document.querySelectorAll(".draw-more")])
			opener.addEventListener("click", () => this.unfold());
		this.thumbClass = byId("thumb-class");
		this.thumbClass.addEventListener("click", () => this.pick((this.c + 1) % MAX_CLASSES));
		byId("thumb-undo").addEventListener("click", act.undo);
		this.pick(0);
	}

	/** Shows the tools, or all of them, where there is room for few. @private */
	unfold() {
		const open = byId("heist").classList.toggle("drawing");
		for (const opener of document.querySelectorAll("#draw-open, .draw-more"))
			opener.setAttribute("aria-expanded", String(open));
	}

	/** @param {Tool} tool */
	arm(tool) {
		this.tool = tool;
		this.toolSwitch.set(tool);
		this.sliders.hidden = tool !== "brush" && tool !== "erase";
		this.act.armed();
		this.dispatchEvent(new Event("change"));
	}

	/** @param {number} c */
	pick(c) {
		this.c = c;
		this.classSwitch.set(String(c));
		this.thumbClass.replaceChildren(icon(`c-${c}`, `icon class-${c}`));
		this.thumbClass.setAttribute("aria-label", t.nextClass(c));
	}

	/**
	 * @param {boolean} undo
	 * @param {boolean} redo
	 */
	history(undo, redo) {
		this.undoButton.disabled = !undo;
		this.redoButton.disabled = !redo;
		byId("thumb-undo", HTMLButtonElement).disabled = !undo;
	}

	/**
	 * @private
	 * @param {string} label
	 * @param {() => void} onclick
	 * @param {string} name
	 */
	button(label, onclick, name) {
		return h("button", { type: "button", "aria-label": label, title: label, onclick }, icon(name));
	}

	/**
	 * @private
	 * @param {string} label
	 * @param {'radius'|'density'} field
	 * @param {number} min
	 * @param {number} max
	 * @param {number} step
	 */
	slider(label, field, min, max, step) {
		const input = h("input", {
			type: "range",
			min,
			max,
			step,
			value: String(this[field]),
			oninput: () => (this[field] = Number(input.value)),
		});
		return h("label", {}, label, input);
	}
}
