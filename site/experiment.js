/**
 * The experiment on the page: its settings, the drawing, and their history.
 * Emits `change` (Change), and `prepared` once the engine has a victim for it.
 * @module
 */

import { isRemote } from "./params.js";
import { pack, snap, unpack } from "./points.js";

/**
 * @typedef {import("./params.js").Settings} Settings
 * @typedef {import("./params.js").Table} Table
 * @typedef {import("./points.js").Point} Point
 * @typedef {'control'|'defence'|'drawing'|'link'|'history'|'remote'} From
 * @typedef {{from: From, key: string, dropped: {key: string, value: string}[], data: boolean}} Change
 */

const HISTORY = 200;

export class Experiment extends EventTarget {
	/** @type {Settings} */
	settings = {};
	/** The last drawing, also while another data set is chosen. */
	drawing = "";
	/** Data settings before each edit, and after each edit taken back. @type {Settings[]} */
	past = [];
	/** @type {Settings[]} */
	future = [];
	/** k of the prepared victim; 0 before. */
	unknowns = 0;
	/** The settings to come back to from a victim behind a network. @private @type {Settings} */
	home = {};

	/** @param {Table} table */
	constructor(table) {
		super();
		this.table = table;
	}

	/** @param {string} key */
	get(key) {
		return this.table.get(this.settings, key);
	}

	/** Whether only the full engine can do it. */
	get full() {
		return this.table.full(this.settings);
	}

	/**
	 * One control's new value.
	 * @param {string} key
	 * @param {string} value empty takes the setting away
	 * @param {From} [from]
	 */
	set(key, value, from = "control") {
		const before = { ...this.settings };
		if (key === "victim") delete before["victim-file"]; // a file is of one family
		const { settings, dropped } = this.table.with(before, key, value);
		if (key === "data" && value !== "points")
			dropped.splice(0, dropped.length, ...dropped.filter((d) => d.key !== "points"));
		this.replace(settings, { from, key, dropped });
	}

	/**
	 * A model file as the victim; of another family's settings what fits stays.
	 * @param {string} family
	 * @param {string} name
	 */
	bring(family, name) {
		const next = { ...this.settings, victim: family, "victim-file": name };
		const { settings, dropped } = this.table.prune(next);
		this.replace(settings, { from: "control", key: "victim-file", dropped });
	}

	/**
	 * The points after a stroke.
	 * @param {Point[]} points
	 */
	draw(points) {
		this.load(pack(points.map(snap)), "drawing");
	}

	/** Back to the last drawing. */
	redraw() {
		if (this.drawing) this.load(this.drawing, "control");
	}

	/**
	 * @private
	 * @param {string} packed
	 * @param {From} from
	 */
	load(packed, from) {
		/** @type {Settings} */
		const next = { ...this.settings, data: "points", points: packed };
		if (packed === "") delete next.points;
		const { settings, dropped } = this.table.prune(next);
		this.replace(settings, {
			from,
			key: "points",
			dropped: dropped.filter((d) => this.table.param(d.key).section !== "data"),
		});
	}

	/**
	 * A whole experiment, from a link or a file.
	 * @param {Settings} settings
	 */
	open(settings) {
		this.replace(settings, { from: "link", key: "", dropped: [] });
	}

	/** Whether the victim is behind a network. */
	get remote() {
		return isRemote(this.settings);
	}

	/**
	 * Steals across a network from now on.
	 * @param {Settings} settings
	 */
	leave(settings) {
		if (!this.remote) this.home = this.settings;
		this.replace(settings, { from: "remote", key: "oracle", dropped: [] });
	}

	/** Back to the victim on the page. */
	come() {
		if (this.remote) this.replace(this.home, { from: "remote", key: "oracle", dropped: [] });
	}

	/** @param {number} unknowns k */
	prepared(unknowns) {
		this.unknowns = unknowns;
		this.dispatchEvent(new Event("prepared"));
	}

	/**
	 * All that determines the given sections, to tell whether two experiments
	 * share a data set or a victim.
	 * @param {...string} sections
	 */
	part(...sections) {
		return this.table.params
			.filter((p) => sections.includes(p.section))
			.map((p) => `${p.key}=${this.get(p.key)}`)
			.join("\n");
	}

	/**
	 * What tells data and victim but for the victim's defences: runs against victims
	 * that differ in these alone are compared.
	 */
	undefended() {
		const OWN = ["members=", "privacy"];
		const lines = this.part("data", "victim", "remote").split("\n");
		return lines.filter((line) => !OWN.some((own) => line.startsWith(own))).join("\n");
	}

	undo() {
		this.travel(this.past, this.future);
	}

	redo() {
		this.travel(this.future, this.past);
	}

	/** The drawn points; none while a generated set is chosen. */
	points() {
		return this.settings.points ? unpack(this.settings.points) : [];
	}

	/**
	 * @private
	 * @param {Settings} settings
	 * @param {{from: From, key: string, dropped: {key: string, value: string}[]}} how
	 */
	replace(settings, how) {
		const old = this.dataPart(this.settings);
		const data = !same(old, this.dataPart(settings));
		if (data && how.from !== "history" && how.from !== "remote") {
			this.past.push(old);
			if (this.past.length > HISTORY) this.past.shift();
			this.future = [];
		}
		this.settings = settings;
		if (settings.points) this.drawing = settings.points;
		this.dispatchEvent(new CustomEvent("change", { detail: { ...how, data } }));
	}

	/**
	 * @private
	 * @param {Settings[]} from
	 * @param {Settings[]} to
	 */
	travel(from, to) {
		const data = this.remote ? undefined : from.pop();
		if (!data) return;
		to.push(this.dataPart(this.settings));
		const rest = Object.entries(this.settings).filter(
			([key]) => this.table.param(key).section !== "data",
		);
		const { settings, dropped } = this.table.prune({ ...Object.fromEntries(rest), ...data });
		this.replace(settings, { from: "history", key: "data", dropped });
	}

	/**
	 * @private
	 * @param {Settings} s
	 * @returns {Settings}
	 */
	dataPart(s) {
		return Object.fromEntries(
			Object.entries(s).filter(([key]) => this.table.param(key).section === "data"),
		);
	}
}

/**
 * @param {Settings} a
 * @param {Settings} b
 */
function same(a, b) {
	const keys = Object.keys(a);
	return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k]);
}
