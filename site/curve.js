/**
 * Agreement against queries: this run's curve, the earlier ones, the baseline.
 * @module
 */

/**
 * @typedef {{queries: number, agreement: number}} Sample
 * @typedef {{name: string, queries: Float64Array, agreement: Float64Array}} Ghost
 */

/** Earlier runs that stay on the chart. */
const GHOSTS = 3;

/** The goal that the page speaks of: 95 % agreement. */
export const GOAL = 0.95;

export class Curve {
	/** @type {Sample[]} */
	samples = [];
	/** @type {Ghost[]} newest first */
	ghosts = [];
	/** @type {Ghost|null} */
	uniform = null;

	/**
	 * @param {number} queries
	 * @param {number} agreement
	 */
	add(queries, agreement) {
		if (this.samples.at(-1)?.queries === queries) this.samples.pop();
		this.samples.push({ queries, agreement });
	}

	/** A new run of the same experiment begins. */
	restart() {
		this.samples = [];
	}

	/**
	 * Another experiment begins; comparable is one against the same victim.
	 * @param {boolean} comparable
	 */
	next(comparable) {
		this.uniform = null;
		if (!comparable) this.ghosts = [];
		else if (this.samples.length > 1) {
			const queries = Float64Array.from(this.samples, (s) => s.queries);
			const agreement = Float64Array.from(this.samples, (s) => s.agreement);
			this.ghosts = [{ name: "", queries, agreement }, ...this.ghosts].slice(0, GHOSTS);
		}
		this.samples = [];
	}

	/**
	 * What the chart has to show beside this run; empty curves take away what an
	 * earlier experiment left.
	 * @returns {Ghost[]}
	 */
	shown() {
		const none = { queries: new Float64Array(0), agreement: new Float64Array(0) };
		const earlier = Array.from({ length: GHOSTS }, (_, i) => ({
			...(this.ghosts[i] ?? none),
			name: `earlier ${i + 1}`,
		}));
		return [{ ...(this.uniform ?? none), name: "uniform" }, ...earlier];
	}

	/** Queries spent when the goal was first reached, or 0. */
	goalAt() {
		return this.samples.find((s) => s.agreement >= GOAL)?.queries ?? 0;
	}

	/**
	 * The uniform thief's need for an agreement: the queries, or 0 and the best
	 * that it came to with at most so many.
	 * @param {number} agreement
	 * @param {number} queries
	 * @returns {{needed: number, reached: number}|null}
	 */
	compare(agreement, queries) {
		if (!this.uniform || this.uniform.queries.length === 0) return null;
		const { queries: q, agreement: a } = this.uniform;
		const first = a.findIndex((v) => v >= agreement);
		const last = q.findLastIndex((n) => n <= queries);
		return { needed: first < 0 ? 0 : q[first], reached: last < 0 ? 0 : a[last] };
	}

	csv() {
		return [
			"queries,agreement",
			...this.samples.map((s) => `${s.queries},${s.agreement}`),
			"",
		].join("\n");
	}

	/**
	 * At most n samples, first and last among them.
	 * @param {number} n
	 */
	sampled(n) {
		const last = this.samples.length - 1;
		if (last < n) return this.samples;
		return Array.from({ length: n }, (_, i) => this.samples[Math.round((i * last) / (n - 1))]);
	}
}
