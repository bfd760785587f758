/**
 * The keyboard: a crosshair on the plots, and shortcuts while the focus is
 * inside the playground.
 * @module
 */

/** @typedef {import("./sketch.js").Place} Place */

/** The crosshair's step, in the plane's units; with Shift ten of them. */
const STEP = 0.02;

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, 1],
	ArrowDown: [0, -1],
});

/**
 * @param {Place} at
 * @param {[number, number]} way
 * @param {boolean} far
 * @returns {Place}
 */
function stepped(at, [dx, dy], far) {
	const by = STEP * (far ? 10 : 1);
	/** @param {number} v */
	const fit = (v) => Math.max(-1, Math.min(1, Math.round(v / STEP) * STEP));
	return { x: fit(at.x + dx * by), y: fit(at.y + dy * by) };
}

/**
 * @param {HTMLElement[]} boxes the plots; the first one is drawn on
 * @param {{at: () => Place, look: (at: Place) => void, add: (at: Place) => void, erase: (at: Place) => void}} act
 */
export function wireCrosshair(boxes, act) {
	const edits = /** @type {Record<string, (at: Place) => void>} */ ({
		Enter: act.add,
		Delete: act.erase,
		Backspace: act.erase,
	});
	boxes.forEach((box, i) => {
		box.addEventListener("focus", () => box.matches(":focus-visible") && act.look(act.at()));
		box.addEventListener("keydown", (e) => {
			if (e.ctrlKey || e.metaKey || e.altKey) return;
			const way = ARROWS[e.key];
			const edit = i === 0 ? edits[e.key] : undefined;
			if (!way && !edit) return;
			e.preventDefault();
			if (way) act.look(stepped(act.at(), way, e.shiftKey));
			edit?.(act.at());
		});
	});
}

/**
 * @param {HTMLElement} root
 * @param {{undo: () => void, redo: () => void, pick: (c: number) => void, play: () => void, step: () => void, over: () => void, help: () => void}} act
 */
export function wireShortcuts(root, act) {
	const keys = /** @type {Record<string, () => void>} */ ({
		z: act.undo,
		"shift+z": act.redo,
		"ctrl+z": act.undo,
		"ctrl+shift+z": act.redo,
		"ctrl+y": act.redo,
		p: act.play,
		s: act.step,
		r: act.over,
		"?": act.help,
		"shift+?": act.help,
	});
	for (const c of [0, 1, 2, 3]) keys[c + 1] = () => act.pick(c);
	root.addEventListener("keydown", (e) => {
		if (e.defaultPrevented || e.altKey || writes(e.target)) return;
		const ctrl = e.ctrlKey || e.metaKey ? "ctrl+" : "";
		const run = keys[`${ctrl}${e.shiftKey ? "shift+" : ""}${e.key.toLowerCase()}`];
		if (!run) return;
		e.preventDefault();
		run();
	});
}

/**
 * Whether the element takes letters itself.
 * @param {EventTarget|null} target
 */
function writes(target) {
	if (target instanceof HTMLInputElement)
		return !["range", "radio", "checkbox", "button"].includes(target.type);
	return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
