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

/** A slider that is being moved prepares a victim only this long after its last step. */
const SETTLE_MS = 60;

/**
 * @param {{engine: import("./client.js").Engine, experiment: import("./experiment.js").Experiment,
 *   theft: import("./theft.js").Theft, curve: import("./curve.js").Curve,
 *   readout: import("./readout.js").Readout, numbers: import("./numbers.js").Numbers,
 *   baseline: import("./baseline.js").Baseline, editor: import("./editor.js").Editor,
 *   plots: import("./plots.js").Plots, tabs: import("./view.js").Tabs,
 *   view: import("./messages.js").View}} parts
 */
export function wireRun({
	engine,
	experiment,
	theft,
	curve,
	readout,
	numbers,
	baseline,
	editor,
	plots,
	tabs,
	view,
}) {
	let asked = 0;
	let timer = 0;
	let victim = "";
	/** @type {import("./readout.js").Prepared|null} */
	let prepared = null;
	/** @type {import("./readout.js").End|null} */
	let ended = null;

	const chart = () => {
		for (const ghost of curve.shown()) engine.post({ kind: "curve", ...ghost });
		drawKey(curve.uniform !== null, curve.ghosts.length > 0);
	};
	const prepare = () => {
		if (!engine.ready) return;
		theft.set("preparing");
		asked = engine.id();
		engine.post({
			kind: "spec",
			id: asked,
			spec: formatLink(experiment.settings, experiment.table),
		});
	};
	const restart = () => {
		ended = null;
		curve.restart();
		readout.restart();
		numbers.restart();
	};

	engine.on("ready", prepare);
	experiment.addEventListener("change", (e) => {
		const { from, dropped } = /** @type {CustomEvent<import("./experiment.js").Change>} */ (e)
			.detail;
		const names = dropped.map((d) => experiment.table.param(d.key).label);
		if (names.length > 0) notice("dropped", t.dropped(names), { kind: "remark" });
		theft.wanted =
			theft.wanted || (from === "defence" && (theft.running || curve.samples.length > 0));
		clearNotice("spec");
		clearTimeout(timer);
		timer = window.setTimeout(prepare, SETTLE_MS);
	});

	engine.on("preparing", ({ id, stage, iteration }) => {
		if (id === asked)
			byId("ledger").textContent =
				stage === "data" ? t.preparing.data : t.preparing.victim(iteration);
	});
	engine.on("prepared", (p) => {
		if (p.id !== asked) return;
		prepared = p;
		ended = null;
		const part = experiment.part("data", "victim");
		curve.next(part === victim);
		victim = part;
		baseline.drop();
		editor.learn(p.points);
		readout.begin(p);
		numbers.begin(p.points);
		experiment.prepared(p.unknowns);
		plots.reveal();
		plots.describe(describeVictim(experiment, p), t.emptyCopy);
		drawLegend(p.classes, p.classNames, view.disagreement);
		chart();
		theft.ready();
	});
	engine.on("error", (e) => {
		if (e.id !== undefined && e.id !== asked) return;
		theft.wanted = false;
		if (theft.state === "preparing") theft.set("off");
		byId("ledger").textContent = t.ledgerIdle;
		notice("spec", e.message);
		if (experiment.get("data") === "points")
			engine.post({ kind: "sketch", points: toTriples(experiment.points()) });
	});

	engine.on("state", ({ state }) => {
		if (theft.state !== "preparing") theft.set(state);
	});
	engine.on("query", (q) => {
		readout.ask(q);
		numbers.ask(q);
	});
	engine.on("progress", (p) => {
		readout.round(p);
		numbers.fill();
		plots.describe(
			prepared ? describeVictim(experiment, prepared) : "",
			`${t.spent(p.queries, p.budget)}, ${share(p.agreement)} ${t.view.agreement}`,
		);
	});
	engine.on("end", (e) => {
		ended = e;
		readout.end(e);
		numbers.fill();
	});

	theft.onreset = restart;
	theft.onbegin = () => {
		tabs.show("copy");
		if (prepared) {
			baseline.begin(experiment, prepared.budget, () => {
				chart();
				if (ended) readout.verdict(ended);
			});
		}
	};
}

/**
 * @param {import("./experiment.js").Experiment} experiment
 * @param {import("./readout.js").Prepared} p
 */
function describeVictim(experiment, p) {
	const model =
		experiment.table.param("victim").choices?.find((o) => o.value === experiment.get("victim"))
			?.label ?? "";
	return `${model}, ${p.data}, ${p.n} points, ${p.classes} classes`;
}
