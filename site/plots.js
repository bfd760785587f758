/**
 * The canvases that the engine draws on: where they are, how large, and what
 * they are called. A canvas given away can't be taken back, so a restarted
 * engine gets new ones.
 * @module
 */

import { byId, h } from "./dom.js";
import { t } from "./strings.js";

/** @typedef {import("./messages.js").Surface} Surface */
/** @typedef {import("./messages.js").Size} Size */

export const SURFACES = /** @type {Surface[]} */ (["victim", "copy", "disagreement", "chart"]);

/** Of a plot that is not on show. */
const UNSEEN = { width: 1, height: 1, scale: 1 };

export class Plots {
	/** @type {Record<Surface, HTMLElement>} */
	boxes;
	/** @private @type {Partial<Record<Surface, HTMLCanvasElement>>} */
	canvases = {};
	/** @private @type {Partial<Record<Surface, Size>>} */
	known = {};
	/** Called with the sizes that changed. @type {(sizes: Partial<Record<Surface, Size>>) => void} */
	onsize = () => {};

	constructor() {
		this.boxes = /** @type {Record<Surface, HTMLElement>} */ (
			Object.fromEntries(SURFACES.map((s) => [s, byId(`at-${s}`)]))
		);
		for (const s of SURFACES) {
			if (s !== "chart") this.makeFocusable(s);
		}
		byId("milestones").after(h("p", { id: "plot-help", class: "unseen" }, t.plotHelp));
		this.describe("", "");
		let pending = 0;
		const observer = new ResizeObserver(() => {
			cancelAnimationFrame(pending);
			pending = requestAnimationFrame(() => this.measure());
		});
		for (const s of SURFACES) observer.observe(this.boxes[s]);
		this.watchScale();
	}

	/**
	 * Fresh canvases for an engine, with their sizes.
	 * @returns {{canvases: Partial<Record<Surface, OffscreenCanvas>>, sizes: Partial<Record<Surface, Size>>}}
	 */
	handOver() {
		/** @type {Partial<Record<Surface, OffscreenCanvas>>} */
		const canvases = {};
		for (const s of SURFACES) {
			this.canvases[s]?.remove();
			const canvas = h("canvas", { class: "drawing", "aria-hidden": "true" });
			this.boxes[s].prepend(canvas);
			this.canvases[s] = canvas;
			canvases[s] = canvas.transferControlToOffscreen();
		}
		this.known = {};
		const sizes = this.changed();
		for (const s of SURFACES) sizes[s] ??= UNSEEN;
		return { canvases, sizes };
	}

	/** The posters go once there is something live to see. */
	reveal() {
		for (const s of SURFACES) this.boxes[s].classList.add("live");
	}

	/**
	 * Names the plots for those who don't see them.
	 * @param {string} victim
	 * @param {string} copy
	 */
	describe(victim, copy) {
		this.boxes.victim.setAttribute("aria-label", t.plotName.victim(victim));
		this.boxes.copy.setAttribute("aria-label", t.plotName.copy(copy));
		this.boxes.disagreement.setAttribute("aria-label", t.plotName.disagreement(copy));
		this.boxes.chart.setAttribute("aria-label", t.plotName.chart(copy));
		this.boxes.chart.setAttribute("role", "img");
	}

	/**
	 * @private
	 * @param {Surface} s
	 */
	makeFocusable(s) {
		const box = this.boxes[s];
		box.tabIndex = 0;
		box.setAttribute("role", "application");
		box.setAttribute("aria-roledescription", t.plotRole);
		box.setAttribute("aria-describedby", "plot-help");
	}

	/** @private */
	measure() {
		const sizes = this.changed();
		if (Object.keys(sizes).length > 0) this.onsize(sizes);
	}

	/**
	 * Sizes that differ from what the engine knows; hidden plots keep theirs.
	 * @private
	 */
	changed() {
		const scale = Math.min(2, window.devicePixelRatio || 1);
		/** @type {Partial<Record<Surface, Size>>} */
		const sizes = {};
		for (const s of SURFACES) {
			const { clientWidth: width, clientHeight: height } = this.boxes[s];
			const old = this.known[s];
			if (
				width === 0 ||
				height === 0 ||
				(old && old.width === width && old.height === height && old.scale === scale)
			)
				continue;
			sizes[s] = this.known[s] = { width, height, scale };
		}
		return sizes;
	}

	/** The device pixel ratio changes with zoom and between screens. @private */
	watchScale() {
		matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener(
			"change",
			() => {
				this.measure();
				this.watchScale();
			},
			{ once: true },
		);
	}
}
