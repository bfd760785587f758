/**
 * Curves of errors on logarithmic axes: the published points as hollow marks,
 * ours as lines. An SVG, in the colours of the page; the table beside it says
 * the same in numbers.
 * @module
 */

import { precise, whole } from "./format.js";
import { words } from "./paperstrings.js";

/**
 * @typedef {import("./lab.js").Report} Report
 * @typedef {import("./lab.js").Column} Column
 */

/**
 * A curve: x and y of its points, or the one y that ours has without an x.
 * @typedef {{name: string, paper: [number, number][], ours: [number, number][], level: number|null}} Curve
 */

const HEIGHT = 300;
const MARGIN = { top: 26, right: 14, bottom: 38, left: 52 };

/** Errors at or below this stand on the ground line, which says 0. */
const GROUND = 1e-5;

/** Marks, one a curve, around the origin. */
const DOT = "M-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z";
const SHAPES = [
	"M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z",
	"M0 -5.2L5 3.8H-5z",
	"M-4 -4h8v8h-8z",
	"M0 -5.6L5.2 0L0 5.6L-5.2 0z",
	"M-4.6 -4.6L4.6 4.6M-4.6 4.6L4.6 -4.6",
	"M0 5.2L5 -3.8H-5z",
];

/**
 * What a chart shows of a column, an error, and what that is called.
 * @param {Column} column
 */
export const errorOf = ({ name, kind }) =>
	kind === "error" ? name : name.startsWith("1-") ? name.slice(2) : `1 − ${name}`;

/**
 * @param {Column} column
 * @param {number} v
 */
const error = ({ kind }, v) => (kind === "error" ? v : 1 - v / 100);

/**
 * The look of a curve: as many colours as marks, then the same with broken lines.
 * @param {number} i its place
 */
const style = (i) => `curve curve-${i % SHAPES.length}${i < SHAPES.length ? "" : " again"}`;

/**
 * The curves of a column.
 * @param {Report} published with all of the paper's points
 * @param {Report|null} measured
 * @param {number} column
 * @param {number} panel of those that the report has, if any
 * @returns {Curve[]}
 */
export function curvesOf(published, measured, column, panel = 0) {
	/** @type {Map<string, Curve>} */
	const curves = new Map();
	const curve = (/** @type {string} */ name) => {
		const known = curves.get(name) ?? { name, paper: [], ours: [], level: null };
		curves.set(name, known);
		return known;
	};
	const on = (/** @type {Report|null} */ report) =>
		report?.rows.filter((row) => (row.panel ?? 0) === panel) ?? [];
	const what = published.columns[column];
	for (const { group, x, paper } of on(published)) {
		const y = paper[column];
		if (x !== null && y !== null) curve(group).paper.push([x, error(what, y)]);
	}
	for (const { group, x, mean } of on(measured)) {
		const y = mean[column];
		if (y === null) continue;
		if (x === null) curve(group).level = error(what, y);
		else curve(group).ours.push([x, error(what, y)]);
	}
	return [...curves.values()];
}

/**
 * @param {Curve[]} curves
 * @param {{width: number, axis: string, column: string, label: string}} o
 */
export function drawChart(curves, { width, axis, column, label }) {
	const svg = node("svg", {
		viewBox: `0 0 ${width} ${HEIGHT}`,
		width,
		height: HEIGHT,
		role: "img",
		"aria-label": label,
	});
	const points = curves.flatMap((c) => [...c.paper, ...c.ours]);
	if (points.length === 0) return svg;
	const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
	const x = logarithmic(xs[0], xs[xs.length - 1], MARGIN.left + 8, width - MARGIN.right - 8);
	const y = logarithmic(GROUND, 1, HEIGHT - MARGIN.bottom, MARGIN.top);
	const at = (/** @type {[number, number]} */ p) => ({ x: x(p[0]), y: y(Math.max(p[1], GROUND)) });
	svg.append(...grid(xs, x, y, width, axis, column));
	curves.forEach((curve, i) => {
		const group = node("g", { class: style(i) });
		if (curve.ours.length > 0)
			group.append(node("path", { class: "ours", d: way(curve.ours.map(at)) }));
		if (curve.level !== null) {
			const { y } = at([xs[0], curve.level]);
			group.append(
				node("path", { class: "ours level", d: `M${MARGIN.left} ${y}H${width - MARGIN.right}` }),
			);
		}
		// Without marks of the paper's, ours tell the curves apart.
		const dot = curve.paper.length > 0 ? DOT : SHAPES[i % SHAPES.length];
		for (const p of curve.ours) group.append(mark("dot", dot, at(p)));
		for (const p of curve.paper) group.append(mark("theirs", SHAPES[i % SHAPES.length], at(p)));
		svg.append(group);
	});
	return svg;
}

/**
 * The mark of a curve, for the key.
 * @param {Curve} curve
 * @param {number} i its place
 */
export function keyMark(curve, i) {
	const svg = node("svg", { class: "key-mark", viewBox: "-8 -8 32 16", "aria-hidden": "true" });
	const group = node("g", { class: style(i) });
	const { paper, level } = curve;
	const ours = level === null ? "ours" : "ours level";
	if (paper.length > 0) {
		group.append(mark("theirs", SHAPES[i % SHAPES.length], { x: 0, y: 0 }));
		group.append(node("path", { class: ours, d: "M9 0H23" }));
	} else {
		group.append(node("path", { class: ours, d: "M-6 0H22" }));
		if (level === null) group.append(mark("dot", SHAPES[i % SHAPES.length], { x: 8, y: 0 }));
	}
	svg.append(group);
	return svg;
}

/**
 * A scale from [low, high] to [from, to].
 * @param {number} low
 * @param {number} high
 * @param {number} from
 * @param {number} to
 * @returns {(v: number) => number}
 */
function logarithmic(low, high, from, to) {
	const span = Math.log(high / low) || 1;
	return (v) => from + (Math.log(v / low) / span) * (to - from);
}

/**
 * @param {number[]} xs
 * @param {(v: number) => number} x
 * @param {(v: number) => number} y
 * @param {number} width
 * @param {string} axis
 * @param {string} column
 */
function grid(xs, x, y, width, axis, column) {
	/** @type {Element[]} */
	const parts = [];
	for (let power = -5; power <= 0; power++) {
		const v = 10 ** power;
		parts.push(
			node("path", { class: "rule", d: `M${MARGIN.left} ${y(v)}H${width - MARGIN.right}` }),
			text(v === GROUND ? "0" : precise(v).replace("1·", ""), MARGIN.left - 8, y(v) + 4, "end"),
		);
	}
	let last = Number.NEGATIVE_INFINITY;
	for (const v of xs) {
		parts.push(node("path", { class: "rule", d: `M${x(v)} ${MARGIN.top}V${y(GROUND)}` }));
		if (x(v) - last < 26) continue;
		last = x(v);
		parts.push(text(v < 1 ? String(v) : whole(v), x(v), HEIGHT - MARGIN.bottom + 17, "middle"));
	}
	parts.push(
		text(words.axis(axis), width - MARGIN.right, HEIGHT - 4, "end"),
		text(column, 0, 12, "start"),
	);
	return parts;
}

/** @param {{x: number, y: number}[]} points */
const way = (points) => `M${points.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("L")}`;

/**
 * @param {string} className
 * @param {string} d
 * @param {{x: number, y: number}} at
 */
const mark = (className, d, at) =>
	node("path", {
		class: className,
		d,
		transform: `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`,
	});

/**
 * @param {string} said
 * @param {number} x
 * @param {number} y
 * @param {'start'|'middle'|'end'} anchor
 */
function text(said, x, y, anchor) {
	const el = node("text", { x, y, "text-anchor": anchor });
	el.textContent = said;
	return el;
}

/**
 * @param {string} tag
 * @param {Record<string, string|number>} attributes
 */
function node(tag, attributes) {
	const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, String(value));
	return el;
}
