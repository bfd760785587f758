/**
 * Mouse, pen and fingers on the plots. On the victim's plot they draw, on the
 * others they ask what both models say there.
 * @module
 */

import { h } from "./dom.js";

/**
 * @typedef {import("./sketch.js").Place} Place
 * @typedef {import("./editor.js").Editor} Editor
 * @typedef {import("./tools.js").Tools} Tools
 */

/** A finger that moves further than this before it lifts was scrolling: CSS px. */
const TAP_SLOP = 10;

/**
 * @param {HTMLElement} box
 * @param {{clientX: number, clientY: number}} event
 * @returns {Place}
 */
export function placeOf(box, event) {
	const r = box.getBoundingClientRect();
	/** @param {number} v */
	const fit = (v) => Math.max(-1, Math.min(1, v));
	return {
		x: fit(((event.clientX - r.left) / r.width) * 2 - 1),
		y: fit(1 - ((event.clientY - r.top) / r.height) * 2),
	};
}

/**
 * Hovering and tapping show the crosshair.
 * @param {HTMLElement} box
 * @param {(at: Place|null) => void} look null when the pointer has left
 */
export function wireLook(box, look) {
	box.addEventListener("pointermove", (e) => look(placeOf(box, e)));
	box.addEventListener("pointerdown", (e) => look(placeOf(box, e)));
	box.addEventListener("pointerleave", (e) => e.pointerType === "mouse" && look(null));
}

/**
 * @param {HTMLElement} box
 * @param {Editor} editor
 * @param {Tools} tools
 */
export function wireDrawing(box, editor, tools) {
	const ring = h("i", { class: "ring", "aria-hidden": "true" });
	box.append(ring);
	let active = -1;
	/** A tap of the Point tool waits for its finger to lift. @type {{x: number, y: number}|null} */
	let tap = null;

	const arm = () => box.setAttribute("data-tool", tools.tool);
	tools.addEventListener("change", arm);
	arm();

	/** @param {PointerEvent} e */
	const showRing = (e) => {
		const r = box.getBoundingClientRect();
		const size = tools.radius * r.width;
		ring.style.width = ring.style.height = `${size}px`;
		ring.style.transform = `translate(${e.clientX - r.left - size / 2}px, ${e.clientY - r.top - size / 2}px)`;
	};

	const stop = () => {
		active = -1;
		tap = null;
	};

	box.addEventListener("pointerdown", (e) => {
		if (e.button !== 0) return;
		if (active >= 0) {
			editor.cancel(); // a second finger: the page is to scroll or zoom
			return stop();
		}
		active = e.pointerId;
		showRing(e);
		if (e.pointerType === "touch" && tools.tool === "point") {
			tap = { x: e.clientX, y: e.clientY };
			return;
		}
		box.setPointerCapture(e.pointerId);
		editor.begin(placeOf(box, e));
	});

	box.addEventListener("pointermove", (e) => {
		showRing(e);
		if (e.pointerId !== active) return;
		if (tap && Math.hypot(e.clientX - tap.x, e.clientY - tap.y) > TAP_SLOP) return stop();
		if (!editor.drawing) return;
		for (const step of e.getCoalescedEvents?.() ?? []) editor.drag(placeOf(box, step));
		editor.drag(placeOf(box, e));
	});

	box.addEventListener("pointerup", (e) => {
		if (e.pointerId !== active) return;
		if (tap) editor.addAt(placeOf(box, e));
		else editor.end();
		stop();
	});

	box.addEventListener("pointercancel", (e) => {
		if (e.pointerId !== active) return;
		editor.cancel();
		stop();
	});

	box.addEventListener("lostpointercapture", (e) => {
		if (e.pointerId !== active) return;
		editor.end();
		stop();
	});
}
