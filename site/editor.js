/**
 * Strokes: the points while they are being drawn, from the pointer going down
 * to its going up. The experiment learns of a stroke when it has ended.
 * @module
 */

import { fromTriples, MAX_POINTS, snap, toTriples } from "./points.js";
import { add, erase, move, nearest, scatter, spray } from "./sketch.js";

/**
 * @typedef {import("./points.js").Point} Point
 * @typedef {import("./sketch.js").Place} Place
 */

/** How near a point must be to be moved or erased by a key: plane units. */
const REACH = 0.08;

/** A brush leaves its load again after this much of its radius. */
const SPACING = 0.5;

/** The golden ratio, whose multiples have fractions all over. */
const PHI = (1 + Math.sqrt(5)) / 2;

export class Editor {
	/** Points of a generated data set, for editing it. @type {Point[]} */
	generated = [];
	/** @private @type {Point[]|null} null between strokes */
	stroke = null;
	/** @private */ grabbed = -1;
	/** @private @type {Place|null} */ last = null;

	/**
	 * @param {import("./experiment.js").Experiment} experiment
	 * @param {import("./tools.js").Tools} tools
	 * @param {{sketch: (triples: Float64Array) => void, full: () => void, cut: (n: number) => void}} tell
	 */
	constructor(experiment, tools, tell) {
		this.experiment = experiment;
		this.tools = tools;
		this.tell = tell;
	}

	/** @param {Float64Array} triples */
	learn(triples) {
		this.generated = fromTriples(triples);
	}

	/** The points that an edit starts from. @returns {Point[]} */
	current() {
		if (this.experiment.get("data") === "points") return this.experiment.points();
		const n = this.generated.length;
		if (n <= MAX_POINTS) return this.generated.map(snap);
		this.tell.cut(n);
		// From all over, but not every so-manieth: classes may alternate.
		return Array.from({ length: MAX_POINTS }, (_, i) =>
			snap(this.generated[Math.floor(((i + ((i * PHI) % 1)) * n) / MAX_POINTS)]),
		);
	}

	get drawing() {
		return this.stroke !== null;
	}

	/** @param {Place} at */
	begin(at) {
		this.stroke = this.current();
		this.last = null;
		if (this.tools.tool === "move") this.grabbed = nearest(this.stroke, at, REACH);
		else if (this.tools.tool === "point")
			this.change(add(this.stroke, [{ ...at, c: this.tools.c }]));
		this.drag(at);
	}

	/** @param {Place} at */
	drag(at) {
		if (!this.stroke) return;
		const { tool, radius, c, density } = this.tools;
		if (tool === "move" && this.grabbed >= 0)
			this.change({ points: move(this.stroke, this.grabbed, at), full: false });
		if (tool === "erase") this.change({ points: erase(this.stroke, at, radius), full: false });
		if (
			tool === "brush" &&
			(!this.last || Math.hypot(at.x - this.last.x, at.y - this.last.y) > radius * SPACING)
		) {
			this.last = at;
			this.change(add(this.stroke, spray(at, radius, density, c)));
		}
	}

	/** The stroke is done. */
	end() {
		const points = this.stroke;
		this.stroke = null;
		if (points) this.experiment.draw(points);
	}

	/** The stroke was none: a second finger came down, or the page scrolls. */
	cancel() {
		if (!this.stroke) return;
		this.stroke = null;
		this.tell.sketch(toTriples(this.current()));
	}

	/** @param {Place} at */
	addAt(at) {
		this.once((points) => add(points, [{ ...at, c: this.tools.c }]));
	}

	/** @param {Place} at */
	eraseAt(at) {
		this.once((points) => {
			const i = nearest(points, at, REACH);
			return { points: points.filter((_, k) => k !== i), full: false };
		});
	}

	/** @param {Place} at */
	scatterAt(at) {
		this.once((points) => add(points, scatter(at, 0.12, 20, this.tools.c)));
	}

	clear() {
		this.once(() => ({ points: [], full: false }));
	}

	/**
	 * @private
	 * @param {(points: Point[]) => {points: Point[], full: boolean}} edit
	 */
	once(edit) {
		this.stroke = this.current();
		this.change(edit(this.stroke));
		this.end();
	}

	/**
	 * @private
	 * @param {{points: Point[], full: boolean}} result
	 */
	change({ points, full }) {
		this.stroke = points;
		if (full) this.tell.full();
		this.tell.sketch(toTriples(points));
	}
}
