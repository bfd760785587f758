/**
 * Points of a drawing and how a link packs them: 24 bits a point, the highest
 * 10 bits x, 10 bits y, 4 bits class, as four characters of base64url. A
 * coordinate q of 0..1023 stands for -1 + 2q/1023. As in core/dataset/points.go.
 * @module
 */

/** @typedef {{x: number, y: number, c: number}} Point */

export const MAX_POINTS = 2000;
export const MAX_CLASSES = 4;
const STEPS = 1023;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** @param {number} v */
const quantum = (v) => Math.round(((v + 1) / 2) * STEPS);

/** @param {number} q */
const coordinate = (q) => -1 + (2 * q) / STEPS;

/**
 * The nearest point that a link can hold; outside the plane, on its edge.
 * @param {Point} p
 * @returns {Point}
 */
export function snap(p) {
	/** @param {number} v */
	const fit = (v) => coordinate(quantum(Math.max(-1, Math.min(1, v))));
	return { x: fit(p.x), y: fit(p.y), c: p.c };
}

/** @param {Point[]} points */
export function pack(points) {
	let text = "";
	for (const p of points) {
		const word = (quantum(p.x) << 14) | (quantum(p.y) << 4) | p.c;
		for (let shift = 18; shift >= 0; shift -= 6) text += ALPHABET[(word >> shift) & 63];
	}
	return text;
}

/**
 * Reads what pack wrote. Throws a RangeError that says what can't be read.
 * @param {string} text
 * @returns {Point[]}
 */
export function unpack(text) {
	if (text.length % 4)
		throw new RangeError(
			`${text.length} characters, allowed four a point: the last point is cut off`,
		);
	if (text.length / 4 > MAX_POINTS)
		throw new RangeError(`${text.length / 4} points, allowed at most ${MAX_POINTS}`);
	const points = [];
	for (let i = 0; i < text.length; i += 4) {
		let word = 0;
		for (let k = i; k < i + 4; k++) {
			const bits = ALPHABET.indexOf(text[k]);
			if (bits < 0)
				throw new RangeError(`character ${k + 1} is “${text[k]}”, allowed A-Z a-z 0-9 - _`);
			word = (word << 6) | bits;
		}
		const p = { x: coordinate(word >> 14), y: coordinate((word >> 4) & STEPS), c: word & 15 };
		if (p.c >= MAX_CLASSES)
			throw new RangeError(`point ${i / 4 + 1} has class ${p.c + 1}, allowed 1 to ${MAX_CLASSES}`);
		points.push(p);
	}
	return points;
}

/**
 * As the engine's messages carry them: x, y, class triples.
 * @param {Point[]} points
 */
export function toTriples(points) {
	const out = new Float64Array(3 * points.length);
	points.forEach((p, i) => {
		out.set([p.x, p.y, p.c], 3 * i);
	});
	return out;
}

/**
 * @param {Float64Array} triples
 * @returns {Point[]}
 */
export function fromTriples(triples) {
	const points = [];
	for (let i = 0; i + 2 < triples.length; i += 3)
		points.push({ x: triples[i], y: triples[i + 1], c: triples[i + 2] });
	return points;
}
