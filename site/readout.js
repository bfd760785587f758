/**
 * The numbers of a run in text: meter, facts, ledger, milestones, verdict.
 * @module
 */

import { GOAL } from "./curve.js";
import { byId, h, icon } from "./dom.js";
import { error, share, whole } from "./format.js";
import { later } from "./later.js";
import { announce } from "./notices.js";
import { CLASS_LETTERS, t } from "./strings.js";

/**
 * @typedef {import("./messages.js").Response} Reply
 * @typedef {Extract<Reply, {kind: 'progress'}>} Progress
 * @typedef {Extract<Reply, {kind: 'query'}>} Query
 * @typedef {Extract<Reply, {kind: 'moment'}>} Moment
 * @typedef {Extract<Reply, {kind: 'end'}>} End
 * @typedef {Extract<Reply, {kind: 'prepared'}>} Prepared
 * @typedef {import("./claims.js").Claims} Claims
 */

/** Share of the budget from which the meter warns. */
const WARN = 0.8;

const FACTS = /** @type {const} */ ([
	"unknowns",
	"round",
	"test",
	"unif",
	"tv",
	"accuracy",
	"leaves",
	"edges",
	"points",
	"leak",
	"params",
	"requests",
	"waiting",
	"cost",
	"left",
]);

/** Facts that are there only when they have something to say. */
const RARE = new Set([
	"params",
	"leaves",
	"edges",
	"points",
	"leak",
	"requests",
	"waiting",
	"cost",
	"left",
]);

export class Readout {
	/** @private @type {Prepared|null} */ prepared = null;
	/** @private @type {Query|null} */ query = null;
	/** @private */ moved = "";
	/** @private */ tenth = 0;
	/** @private */ goalTold = false;
	/** Slow motion is on. */
	slow = false;

	/** @param {import("./curve.js").Curve} curve */
	constructor(curve) {
		this.curve = curve;
		/** @private */
		this.facts = new Map(FACTS.map((name) => [name, fact(name)]));
		for (const name of FACTS) this.set(name, "–");
		this.frameBusy = false;
	}

	/** @param {Prepared} p */
	begin(p) {
		this.prepared = p;
		this.restart();
		this.set("unknowns", whole(p.unknowns));
		this.set("accuracy", p.testAccuracy === null ? "–" : share(p.testAccuracy));
		byId("agree-word").textContent = p.remote ? t.remote.agreement : t.view.agreement;
		if (p.remote) announce(t.remote.here(p.remote.name, ""));
		else announce(t.milestone.trained(p.n, p.testAccuracy ?? Number.NaN));
	}

	/** @param {{stage: 'data'|'victim'|'oracle', iteration: number, trained: number, members: number}} at */
	preparing({ stage, iteration, trained, members }) {
		byId("ledger").textContent =
			stage === "victim" ? t.preparing.victim(iteration, trained, members) : t.preparing[stage];
	}

	/** A full budget, an empty copy. */
	restart() {
		this.query = null;
		this.moved = "";
		this.tenth = 0;
		this.goalTold = false;
		for (const name of FACTS) if (name !== "unknowns" && name !== "accuracy") this.set(name, "–");
		byId("network").textContent = "";
		byId("suspects").replaceChildren();
		byId("agree").textContent = byId("area").textContent = "–";
		byId("verdict").textContent = "";
		byId("ledger").textContent = t.ledgerIdle;
		this.spend(0);
	}

	/** @param {Query} q */
	ask(q) {
		this.query = q;
		this.moved = "";
		this.spend(q.number);
		this.ledger();
	}

	/** A moment of slow motion, in the ledger's place. @param {Moment} m */
	moment(m) {
		later(
			() => import("./extras.js"),
			({ momentText }) =>
				byId("ledger").replaceChildren(h("b", { class: "moment" }, momentText(m))),
		);
	}

	/** @param {Progress} p */
	round(p) {
		this.spend(p.queries, p.budget);
		if (p.agreement !== null) {
			this.curve.add(p.queries, p.agreement);
			byId("agree").textContent = share(p.agreement);
			byId("area").textContent = this.prepared?.remote ? "–" : share(1 - p.agreement);
		}
		this.set("test", error(p.rTest));
		this.set("unif", error(p.rUnif));
		this.set("tv", error(p.tvUnif));
		this.set("params", error(p.paramError));
		this.set("round", t.ofRounds(p.round, p.rounds));
		this.moved = p.moved === null ? "" : t.moved(p.moved);
		this.ledger();
		this.milestones(p);
	}

	/** What the thief says of the victim itself. @param {Claims} c */
	claims({ count, suspects, leak }) {
		for (const kind of /** @type {const} */ (["leaves", "edges", "points"]))
			this.set(kind, count[kind] > 0 ? whole(count[kind]) : "–");
		this.set("leak", leak ? t.leak(leak.random / leak.mean) : "–");
		if (suspects.length === 0) return;
		later(
			() => import("./extras.js"),
			({ suspectTable }) => byId("suspects").replaceChildren(suspectTable(suspects)),
		);
	}

	/** @param {Extract<Reply, {kind: 'network'}>} n */
	network(n) {
		const waited = t.remote.seconds(n.seconds);
		this.set("requests", whole(n.requests));
		this.set("waiting", waited);
		this.set("cost", whole(n.cost));
		this.set("left", n.left === null ? "–" : whole(n.left));
		byId("network").textContent = t.remote.network(n.requests, waited, n.cost, n.left);
	}

	/** @param {End} e */
	end(e) {
		this.verdict(e);
		announce(byId("verdict").textContent ?? "");
	}

	/**
	 * The sentence at the end; again when the baseline has come in.
	 * @param {End} e
	 */
	verdict(e) {
		if (this.prepared?.remote || e.agreement === null) {
			byId("verdict").textContent = t.remote.end(e.queries, e.agreement);
			if (e.status === "stuck") byId("verdict").append(t.end.stuck(e.note));
			return;
		}
		const sentence = [(e.status === "solved" ? t.end.solved : t.end.plain)(e.queries, e.agreement)];
		const other = this.curve.compare(e.agreement, e.queries);
		sentence.push(
			other === null
				? "."
				: other.needed > 0
					? t.end.needed(other.needed)
					: t.end.reached(other.reached),
		);
		if (e.status === "stuck") sentence.push(t.end.stuck(e.note));
		if (e.status === "stopped") sentence.push(t.end.stopped);
		const goal = this.curve.goalAt();
		byId("verdict").replaceChildren(
			sentence.join(""),
			h("span", { class: "goal" }, goal > 0 && ` ${t.milestone.goal(goal)}.`),
		);
	}

	/**
	 * @private
	 * @param {number} n
	 * @param {number} [of]
	 */
	spend(n, of = this.prepared?.budget ?? 0) {
		const meter = byId("meter", HTMLMeterElement);
		meter.max = Math.max(1, of);
		meter.low = meter.high = WARN * of;
		meter.value = n;
		meter.textContent = t.spent(n, of);
		byId("spent").textContent = whole(n);
		byId("budget").textContent = whole(of);
	}

	/** @private */
	ledger() {
		const q = this.query;
		if (!q || this.slow) return; // in slow motion its moments stand there
		const rest = [q.why, this.moved].filter(Boolean).join(" · ");
		byId("ledger").replaceChildren(
			h("span", { class: "num" }, t.ledger(q.number, q.x)),
			icon(`c-${q.label}`, `icon class-${q.label}`),
			` ${CLASS_LETTERS[q.label] ?? q.label}`,
			rest && ` · ${rest}`,
		);
	}

	/**
	 * @private
	 * @param {Progress} p
	 */
	milestones(p) {
		if (p.agreement === null || this.prepared?.remote) return;
		if (!this.goalTold && p.agreement >= GOAL) {
			this.goalTold = true;
			byId("verdict").textContent = `${t.milestone.goal(p.queries)}.`;
			return announce(t.milestone.goal(p.queries));
		}
		const tenth = Math.floor((10 * p.queries) / p.budget);
		if (tenth > this.tenth && tenth < 10) announce(t.milestone.budget(tenth / 10, p.agreement));
		this.tenth = tenth;
	}

	/**
	 * @private
	 * @param {typeof FACTS[number]} name
	 * @param {string} text
	 */
	set(name, text) {
		const dd = this.facts.get(name);
		if (!dd) return;
		dd.textContent = text;
		const needless = RARE.has(name) || this.prepared?.remote;
		if (dd.parentElement) dd.parentElement.hidden = Boolean(needless) && text === "–";
	}
}

/**
 * @param {typeof FACTS[number]} name
 * @returns {HTMLElement} where its value goes
 */
function fact(name) {
	const label = t.facts[name];
	const dt = Array.isArray(label)
		? h("dt", {}, label[0], h("sub", {}, label[1]))
		: h("dt", {}, label);
	const dd = h("dd", { class: "num" }, "–");
	byId("facts").append(h("div", {}, dt, dd));
	return dd;
}
