/**
 * The keyboard: a crosshair on the plots, and shortcuts while the focus is
 * inside the playground.
 * @module
 */

/** @typedef {import("./sketch.js").Place} Place */

const STEP = 0.02;

const ARROWS = /** @type {Record<string, [number, number]>} */ ({
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, 1],
	ArrowDown: [0, -1],
});

/**
 * @param {HTMLElement[]} boxes the plots; the first one is drawn on
 * @param {{at: () => Place, look: (at: Place) => void, add: (at: Place) => void, erase: (at: Place) => void}} act
 */
export function wireCrosshair(boxes, act) {
	boxes.forEach((box, i) => {
		box.addEventListener("keydown", (e) => {
			if (e.ctrlKey || e.metaKey || e.altKey) return;
			const arrow = ARROWS[e.key];
			const at = act.at();
			if (arrow) {
				const far = STEP * (e.shiftKey ? 10 : 1);
				/** @param {number} v */
				const fit = (v) => Math.max(-1, Math.min(1, Math.round(v / STEP) * STEP));
				act.look({ x: fit(at.x + arrow[0] * far), y: fit(at.y + arrow[1] * far) });
			} else if (i === 0 && e.key === "Enter") act.add(at);
			else if (i === 0 && (e.key === "Delete" || e.key === "Backspace")) act.erase(at);
			else return;
			e.preventDefault();
		});
	});
}

/**
 * @param {HTMLElement} root
 * @param {{undo: () => void, redo: () => void, pick: (c: number) => void, play: () => void, step: () => void, over: () => void, help: () => void}} act
 */
export function wireShortcuts(root, act) {
	root.addEventListener("keydown", (e) => {
		if (e.defaultPrevented || e.altKey || writes(e.target)) return;
		const key = e.key.toLowerCase();
		const command = e.ctrlKey || e.metaKey;
		if (key === "z") (e.shiftKey ? act.redo : act.undo)();
		else if (command && key === "y") act.redo();
		else if (command) return;
		else if (/^[1-4]$/.test(key)) act.pick(Number(key) - 1);
		else if (key === "p") act.play();
		else if (key === "s") act.step();
		else if (key === "r") act.over();
		else if (key === "?") act.help();
		else return;
		e.preventDefault();
	});
}

/** @param {EventTarget|null} target */
function writes(target) {
	return (
		target instanceof HTMLTextAreaElement ||
		target instanceof HTMLSelectElement ||
		(target instanceof HTMLInputElement &&
			!["range", "radio", "checkbox", "button"].includes(target.type))
	);
}
