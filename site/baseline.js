/**
 * The uniform thief: the same experiment with queries spent at random, run
 * beside the one on show, for a line to compare with.
 * @module
 */

import { formatLink } from "./link.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

/** One engine is enough for one baseline. */
const POOL = 1;

export class Baseline {
	/** @private @type {import("./pool.js").Pool|null} */ pool = null;
	/** @private */ running = new AbortController();
	/** @private The experiment whose baseline is there or under way. */ spec = "";

	/**
	 * @param {import("./client.js").Engine} engine
	 * @param {import("./curve.js").Curve} curve
	 */
	constructor(engine, curve) {
		this.engine = engine;
		this.curve = curve;
	}

	/** The experiment has changed: a baseline under way is of no more use. */
	drop() {
		this.running.abort(new Error("the experiment has changed"));
		this.spec = "";
	}

	/**
	 * @param {Experiment} experiment
	 * @param {number} budget in queries
	 * @param {() => void} done
	 */
	async begin(experiment, budget, done) {
		const { module } = this.engine;
		if (!module || experiment.remote || experiment.get("attack") === "uniform") return;
		const { alpha, rounds, goal, patience, ...rest } = experiment.settings;
		const { settings } = experiment.table.prune({
			...rest,
			attack: "uniform",
			queries: String(budget),
		});
		const spec = formatLink(settings, experiment.table);
		if (spec === this.spec) return;
		this.drop();
		this.spec = spec;
		this.running = new AbortController();
		const { signal } = this.running;
		try {
			const { Pool } = await import("./extras.js");
			this.pool ??= new Pool(POOL);
			const { queries, agreement } = await this.pool.run(module, { kind: "run", spec }, signal);
			if (signal.aborted) return;
			this.curve.uniform = { name: "uniform", queries, agreement };
			done();
		} catch {
			if (this.spec === spec) this.spec = ""; // the chart does without
		}
	}
}
