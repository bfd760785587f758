/**
 * Small previews of the generated data sets, for their buttons. The engine
 * makes the real ones.
 * @module
 */

/** @typedef {import("./points.js").Point} Point */

/**
 * A tiny seeded source of numbers in [0, 1), for pictures only (mulberry32).
 * @param {number} seed
 */
function source(seed) {
	let s = seed;
	return () => {
		s = (s + 0x6d2b79f5) | 0;
		let v = Math.imul(s ^ (s >>> 15), 1 | s);
		v = (v + Math.imul(v ^ (v >>> 7), 61 | v)) ^ v;
		return ((v ^ (v >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @type {Record<string, (i: number, r: () => number) => Point>} */
const MAKERS = {
	moons(i, r) {
		const turn = Math.PI * r();
		const up = i % 2 === 0;
		return {
			x: (up ? Math.cos(turn) - 0.5 : 0.5 - Math.cos(turn)) / 1.6,
			y: (up ? Math.sin(turn) - 0.25 : 0.25 - Math.sin(turn)) / 1.2,
			c: i % 2,
		};
	},
	circles(i, r) {
		const turn = 2 * Math.PI * r();
		const radius = i % 2 ? 0.42 : 0.84;
		return { x: radius * Math.cos(turn), y: radius * Math.sin(turn), c: i % 2 };
	},
	blobs(i, r) {
		const [x, y] = [
			[-0.5, 0.45],
			[0.55, 0.35],
			[0, -0.5],
		][i % 3];
		const far = 0.2 * Math.sqrt(-2 * Math.log(1 - r()));
		const turn = 2 * Math.PI * r();
		return { x: x + far * Math.cos(turn), y: y + far * Math.sin(turn), c: i % 3 };
	},
	spirals(i, r) {
		const far = Math.sqrt(r());
		const turn = far * 3 * Math.PI + (i % 2) * Math.PI;
		return { x: 0.92 * far * Math.cos(turn), y: 0.92 * far * Math.sin(turn), c: i % 2 };
	},
	xor(_, r) {
		const x = 1.8 * r() - 0.9;
		const y = 1.8 * r() - 0.9;
		return { x, y, c: x * y > 0 ? 0 : 1 };
	},
};

/**
 * @param {string} name of a data set
 * @returns {Point[]}
 */
export function preview(name) {
	const r = source(7);
	const make = MAKERS[name];
	return make ? Array.from({ length: 72 }, (_, i) => make(i, r)) : [];
}
