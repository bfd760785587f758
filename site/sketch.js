/**
 * What the drawing tools do to a list of points. Nothing here changes its
 * arguments; places are in the plane, y up.
 * @module
 */

import { MAX_POINTS, snap } from "./points.js";

/** @typedef {import("./points.js").Point} Point */
/** @typedef {{x: number, y: number}} Place */

/**
 * @param {Point[]} points
 * @param {Point[]} more
 * @returns {{points: Point[], full: boolean}} full: not all found room
 */
export function add(points, more) {
	const room = MAX_POINTS - points.length;
	return {
		points: [...points, ...more.slice(0, Math.max(0, room)).map(snap)],
		full: more.length > room,
	};
}

/**
 * @param {Point[]} points
 * @param {Place} at
 * @param {number} radius
 */
export const erase = (points, at, radius) =>
	points.filter((p) => Math.hypot(p.x - at.x, p.y - at.y) > radius);

/**
 * The index of the nearest point within reach, or -1.
 * @param {Point[]} points
 * @param {Place} at
 * @param {number} reach
 */
export function nearest(points, at, reach) {
	let best = -1;
	let least = reach;
	points.forEach((p, i) => {
		const d = Math.hypot(p.x - at.x, p.y - at.y);
		if (d <= least) [best, least] = [i, d];
	});
	return best;
}

/**
 * @param {Point[]} points
 * @param {number} index
 * @param {Place} to
 */
export const move = (points, index, to) =>
	points.map((p, i) => (i === index ? snap({ x: to.x, y: to.y, c: p.c }) : p));

/**
 * Points evenly over a disc: what the brush leaves in one place.
 * @param {Place} at
 * @param {number} radius
 * @param {number} count
 * @param {number} c class
 * @returns {Point[]}
 */
export function spray(at, radius, count, c) {
	return Array.from({ length: count }, () => {
		const r = radius * Math.sqrt(Math.random());
		const turn = 2 * Math.PI * Math.random();
		return snap({ x: at.x + r * Math.cos(turn), y: at.y + r * Math.sin(turn), c });
	});
}

/**
 * A cloud of points, denser in the middle.
 * @param {Place} at
 * @param {number} spread standard deviation
 * @param {number} count
 * @param {number} c class
 * @returns {Point[]}
 */
export function scatter(at, spread, count, c) {
	return Array.from({ length: count }, () => {
		const r = spread * Math.sqrt(-2 * Math.log(1 - Math.random()));
		const turn = 2 * Math.PI * Math.random();
		return snap({ x: at.x + r * Math.cos(turn), y: at.y + r * Math.sin(turn), c });
	});
}
