/**
 * What happens between the experiment and the engine: a change prepares a new
 * victim, the engine's messages become numbers, curves and sentences.
 * @module
 */

import { byId } from "./dom.js";
import { share } from "./format.js";
import { drawKey, drawLegend } from "./legend.js";
import { formatLink } from "./link.js";
import { clearNotice, notice } from "./notices.js";
import { toTriples } from "./points.js";
import { t } from "./strings.js";
import { tokenFor } from "./token.js";

/**
 * @typedef {object} Parts
 * @property {import("./client.js").Engine} engine
 * @property {import("./experiment.js").Experiment} experiment
 * @property {import("./remote.js").Remote} remote
 * @property {import("./theft.js").Theft} theft
 * @property {import("./curve.js").Curve} curve
 * @property {import("./readout.js").Readout} readout
 * @property {import("./tables.js").Tables} numbers
 * @property {import("./baseline.js").Baseline} baseline
 * @property {import("./editor.js").Editor} editor
 * @property {import("./plots.js").Plots} plots
 * @property {import("./look.js").Look} look
 * @property {import("./view.js").Tabs} tabs
 * @property {import("./messages.js").View} view
 */

/** A slider that is being moved prepares a victim only this long after its last step. */
const SETTLE_MS = 60;

/** No claims. */
const NOTHING = { leaves: false, edges: false, points: false };

export class Session {
	/** The id of the latest spec; replies to older ones are of no interest. */
	asked = 0;
	/** What the present victim was made from. */
	victim = "";
	/** @type {import("./readout.js").Prepared|null} null while there is no victim */
	prepared = null;
	/** @type {import("./readout.js").End|null} */
	ended = null;
	/** Of the run on show. @private */ queries = 0;
	/** @private */ rounds = 0;
	/** Kinds of claims on show. */
	found = NOTHING;
	/** @private */ timer = 0;

	/** @param {Parts} parts */
	constructor(parts) {
		this.parts = parts;
		const { engine, experiment, theft, readout, numbers } = parts;
		experiment.addEventListener("change", (e) =>
			this.changed(/** @type {CustomEvent} */ (e).detail),
		);
		engine.on("ready", () => theft.recorded || this.prepare());
		engine.on("preparing", (m) => m.id === this.asked && readout.preparing(m));
		engine.on("prepared", (m) => m.id === this.asked && this.begin(m));
		engine.on("error", (m) => {
			if ((m.id ?? this.asked) !== this.asked) return;
			if (m.code === "full") engine.want(true);
			else this.refused(m);
		});
		engine.on("state", ({ state }) => this.prepared && theft.set(state));
		engine.on("query", (q) => {
			this.queries = q.number;
			readout.ask(q);
		});
		engine.on("moment", (m) => readout.moment(m));
		engine.on("network", (n) => readout.network(n));
		engine.on("progress", (p) => this.progress(p));
		engine.on("claims", (c) => this.claimed(c));
		engine.on("end", (e) => {
			this.ended = e;
			this.queries = e.queries;
			readout.end(e);
			numbers.fill();
		});
		theft.onreset = () => this.restart();
		theft.onbegin = () => this.started();
	}

	/**
	 * @private
	 * @param {import("./experiment.js").Change} change
	 */
	changed({ from, dropped }) {
		const { experiment, theft, curve, remote } = this.parts;
		const names = dropped.map((d) => experiment.table.param(d.key).label);
		if (names.length > 0) notice("dropped", t.dropped(names), { kind: "remark" });
		if (from === "remote") remote.home();
		if (from === "defence" && (theft.running || curve.samples.length > 0)) theft.wanted = true;
		this.leave();
		clearTimeout(this.timer);
		this.timer = window.setTimeout(() => this.prepare(), SETTLE_MS);
	}

	/**
	 * The victim on show is no longer the experiment's: play pressed from now on
	 * waits for the next one.
	 * @private
	 */
	leave() {
		if (!this.parts.engine.ready) return;
		this.prepared = null;
		this.parts.theft.set("preparing");
	}

	/** Has the engine make the victim of the experiment as it is now. */
	prepare() {
		const { engine, experiment } = this.parts;
		const able = engine.want(experiment.full);
		if (!engine.ready) return;
		this.leave();
		this.asked = engine.id();
		if (!able) return engine.post({ kind: "pause" }); // until the full engine is there
		const spec = formatLink(experiment.settings, experiment.table);
		const token = tokenFor(experiment.get("oracle"));
		engine.post({ kind: "spec", id: this.asked, spec, ...(token && { token }) });
	}

	/**
	 * There is a victim.
	 * @private
	 * @param {import("./readout.js").Prepared} p
	 */
	begin(p) {
		const { experiment, theft, curve, readout, numbers, baseline, editor, plots, look, remote } =
			this.parts;
		this.prepared = p;
		this.forget();
		const made = experiment.undefended();
		curve.next(made === this.victim);
		this.victim = made;
		baseline.drop();
		editor.learn(p.points);
		readout.begin(p);
		numbers.begin(p.points);
		experiment.prepared(p.unknowns);
		clearNotice("spec");
		remote.settle(p.remote);
		look.away = p.remote !== null;
		plots.reveal();
		plots.describe(this.describeVictim(), t.emptyCopy);
		this.legend();
		this.chart();
		look.refresh();
		theft.ready();
	}

	/**
	 * There can be no such victim, or the attack failed. Drawn points stay.
	 * @private
	 * @param {Extract<import("./messages.js").Response, {kind: 'error'}>} problem
	 */
	refused({ code, message }) {
		const { engine, experiment, theft, readout, look, remote } = this.parts;
		theft.wanted = false;
		if (!this.prepared) {
			theft.set("refused");
			readout.restart();
			look.clear();
		}
		if (code === "network")
			return remote.trouble(message, () => (this.prepared ? theft.toggle() : this.prepare()));
		const drawn = experiment.get("data") === "points";
		const points = drawn ? experiment.points() : [];
		const few = drawn && new Set(points.map((p) => p.c)).size < 2;
		notice("spec", few ? t.drawMore : message, { kind: few ? "hint" : "problem" });
		if (drawn) engine.post({ kind: "sketch", points: toTriples(points) });
	}

	/**
	 * @private
	 * @param {import("./readout.js").Progress} p
	 */
	progress(p) {
		this.queries = p.queries;
		this.rounds++;
		const { readout, numbers, plots, look } = this.parts;
		readout.round(p);
		numbers.fill();
		look.refresh();
		const measured = p.agreement === null ? "" : `, ${share(p.agreement)} ${t.view.agreement}`;
		const copy = `${t.spent(p.queries, p.budget)}${measured}`;
		plots.describe(this.describeVictim(), copy);
	}

	/**
	 * The thief has said more of the victim itself.
	 * @private
	 * @param {import("./readout.js").Claims} c
	 */
	claimed(c) {
		const { readout, numbers } = this.parts;
		readout.claims(c);
		numbers.claims(c);
		const found = {
			leaves: c.leaves.length > 0,
			edges: c.edges.length > 0,
			points: c.points.length > 0,
		};
		if (JSON.stringify(found) === JSON.stringify(this.found)) return;
		this.found = found;
		this.legend();
	}

	/** The run is thrown away. @private */
	restart() {
		const { curve, readout, numbers } = this.parts;
		this.forget();
		this.legend();
		curve.restart();
		readout.restart();
		numbers.restart();
	}

	/** There is no run. @private */
	forget() {
		this.ended = null;
		this.queries = this.rounds = 0;
		this.found = NOTHING;
	}

	/**
	 * What the page shows now, for files of it; null while there is no victim.
	 * @returns {import("./export.js").Moment|null}
	 */
	moment() {
		if (!this.prepared) return null;
		const { queries, rounds } = this;
		return { spec: this.prepared.spec, queries, rounds, ended: this.ended !== null };
	}

	/** A run begins, and with it the baseline's. @private */
	started() {
		const { tabs, baseline, experiment, readout } = this.parts;
		tabs.show("copy");
		if (!this.prepared) return;
		baseline.begin(experiment, this.prepared.budget, () => {
			this.chart();
			if (this.ended) readout.verdict(this.ended);
		});
	}

	/** The view or the victim has changed. */
	legend() {
		if (!this.prepared) return;
		const { points, classes, classNames, plane, remote } = this.prepared;
		const { disagreement, measure } = this.parts.view;
		const drawn = new Set(
			remote
				? Array.from({ length: plane ? classes : 0 }, (_, c) => c)
				: points.filter((_, i) => i % 3 === 2),
		);
		drawLegend([...drawn].sort(), classNames, remote ? null : disagreement, this.found);
		byId("chart-title").textContent = (remote ? t.remote.chartTitle : t.chartTitle)[measure];
	}

	/** @private */
	chart() {
		const { engine, curve } = this.parts;
		for (const ghost of curve.shown()) engine.post({ kind: "curve", ...ghost });
		drawKey(curve.uniform !== null, curve.ghosts.length > 0);
	}

	/** @private */
	describeVictim() {
		const { experiment } = this.parts;
		if (!this.prepared) return "";
		const { data, n, classes, remote } = this.prepared;
		if (remote) return t.remote.here(remote.name, experiment.get("oracle"));
		const { choices = [] } = experiment.table.param("victim");
		const model = choices.find((o) => o.value === experiment.get("victim"))?.label ?? "";
		return t.describe(model, data, n, classes);
	}
}
