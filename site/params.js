/**
 * The table of parameters and what holds beside what: the page's reading of
 * core/experiment. Settings are a plain object of key and value, as in a link.
 * @module
 */

import { unpack } from "./points.js";

/**
 * @typedef {{key: string, in: string[]}} Cond
 * @typedef {{value: string, label: string, help?: string, when?: Cond[], full?: boolean}} Option
 * @typedef {object} Param
 * @property {string} key
 * @property {string} section
 * @property {string} label
 * @property {'choice'|'int'|'float'|'ints'|'bool'|'text'} kind
 * @property {string} [unit]
 * @property {number} [min]
 * @property {number} [max]
 * @property {boolean} [log]
 * @property {Option[]} [choices]
 * @property {string} default
 * @property {{when: Cond, value: string}[]} [defaults]
 * @property {string} help
 * @property {Cond[]} [when]
 * @property {boolean} [advanced]
 * @property {boolean} [full] the lean engine has no more than the default
 * @property {boolean} [secret] never in a link
 *
 * @typedef {Record<string, string>} Settings
 */

/** The budget is given once: as alpha times the unknowns, or as queries. */
const OTHER_BUDGET = /** @type {Record<string, string>} */ ({ alpha: "queries", queries: "alpha" });

/**
 * What is wrong with a value of each kind, in words; empty if nothing is.
 * @type {Record<Param['kind'], (value: string, p: Param) => string>}
 */
const CHECKS = {
	choice(value, { choices = [] }) {
		const values = choices.map((o) => o.value);
		return values.includes(value) ? "" : `must be one of ${values.join(" ")}`;
	},
	bool: (value) => (value === "yes" || value === "no" ? "" : "must be yes or no"),
	int: (value, p) => (isWhole(value, p) ? "" : `must be a whole number ${range(p)}`),
	float: (value, p) => (isNumber(value, p) ? "" : `must be a number ${range(p)}`),
	ints(value, p) {
		const parts = value.split(",");
		const right = parts.length <= 3 && parts.every((part) => isWhole(part, p));
		return right ? "" : `must be one to three whole numbers ${range(p)}, joined by commas`;
	},
	text: (value, p) =>
		value === "" ? "must not be empty" : p.key === "points" ? unreadable(value) : "",
};

/**
 * Why a packed drawing can't be read.
 * @param {string} packed
 */
function unreadable(packed) {
	try {
		unpack(packed);
		return "";
	} catch (err) {
		return err instanceof RangeError ? err.message : String(err);
	}
}

/** @param {Param} p */
const range = ({ min = 0, max = 0 }) => `from ${min} to ${max}`;

/**
 * @param {string} value
 * @param {Param} p
 */
const isNumber = (value, { min = 0, max = 0 }) =>
	value.trim() !== "" && Number(value) >= min && Number(value) <= max;

/**
 * @param {string} value
 * @param {Param} p
 */
const isWhole = (value, p) => /^[+-]?\d+$/.test(value) && isNumber(value, p);

/** Sections that are about a victim of one's own. */
const OWN = ["data", "victim", "oracle"];

/**
 * Whether a key has no meaning where the victim is behind a network.
 * @param {Param} p
 */
const isLocal = (p) =>
	(OWN.includes(p.section) && p.key !== "seed") || p.key === "goal" || p.key === "patience";

/** @param {Settings} s */
export const isRemote = (s) => Boolean(s.oracle);

/** Stands for every value that is set. */
const ANY = "*";

/**
 * @param {Cond} c
 * @param {string} value
 */
const holds = (c, value) => c.in.includes(value) || (value !== "" && c.in.includes(ANY));

/** @param {Cond} c */
function written({ key, in: values }) {
	if (values.join("|") === "") return `no ${key}`;
	if (values.join("|") === ANY) return key;
	return `${key}=${values.filter((v) => v !== "").join("|")}`;
}

export class Table {
	/** @param {Param[]} params */
	constructor(params) {
		this.params = params;
		/** @private */
		this.byKey = new Map(params.map((p) => [p.key, p]));
	}

	/** @param {string} key */
	lookup(key) {
		return this.byKey.get(key);
	}

	/** @param {string} key */
	param(key) {
		const p = this.byKey.get(key);
		if (!p) throw new Error(`no parameter ${key}`);
		return p;
	}

	/**
	 * The first condition that does not hold.
	 * @param {Settings} s
	 * @param {Cond[]} [conds]
	 */
	unmet(s, conds = []) {
		return conds.find(
			(c) => !(isRemote(s) && isLocal(this.param(c.key))) && !holds(c, this.get(s, c.key)),
		);
	}

	/**
	 * @param {Settings} s
	 * @param {Param} p
	 */
	applies(s, p) {
		return !(isRemote(s) && isLocal(p)) && !this.unmet(s, p.when);
	}

	/**
	 * The setting, or its default beside the others; empty for a parameter that
	 * is off or does not apply.
	 * @param {Settings} s
	 * @param {string} key
	 * @returns {string}
	 */
	get(s, key) {
		const p = this.param(key);
		if (!this.applies(s, p)) return "";
		return s[key] ?? this.defaultOf(s, p);
	}

	/**
	 * @param {Settings} s
	 * @param {Param} p
	 */
	defaultOf(s, p) {
		if (s[OTHER_BUDGET[p.key]]) return "";
		const d = p.defaults?.find(({ when }) => holds(when, this.get(s, when.key)));
		return d ? d.value : p.default;
	}

	/**
	 * Whether only the full engine can do this.
	 * @param {Settings} s
	 */
	full(s) {
		return this.params.some((p) => {
			const value = this.get(s, p.key);
			if (p.full && value !== "" && value !== p.default) return true;
			return p.choices?.some((o) => o.full && o.value === value);
		});
	}

	/**
	 * What is wrong with a value by itself, in words; empty if nothing is.
	 * @param {string} key
	 * @param {string} value
	 */
	wrong(key, value) {
		return CHECKS[this.param(key).kind](value, this.param(key));
	}

	/**
	 * What is wrong with a setting beside the others; empty if nothing is.
	 * @param {Settings} s
	 * @param {string} key
	 */
	misfit(s, key) {
		const p = this.param(key);
		if (isRemote(s) && isLocal(p)) return "has no effect with oracle=URL";
		const option = p.choices?.find((o) => o.value === s[key]);
		const c = this.unmet(s, p.when) ?? this.unmet(s, option?.when);
		if (c) return `needs ${written(c)}, and ${c.key} is ${this.get(s, c.key) || "not set"}`;
		if (key === "alpha" && s.queries)
			return "give the budget once, as alpha (times the unknowns) or as queries, not both";
		return "";
	}

	/**
	 * Leaves out what has no effect beside the rest. A condition names only keys
	 * above its parameter, so one pass in the table's order is enough.
	 * @param {Settings} settings
	 * @returns {{settings: Settings, dropped: {key: string, value: string, reason: string}[]}}
	 */
	prune(settings) {
		/** @type {Settings} */
		const kept = {};
		const dropped = [];
		const rest = { ...settings };
		for (const { key } of this.params) {
			if (rest[key] === undefined) continue;
			const value = rest[key];
			const reason = this.wrong(key, value) || this.misfit(rest, key);
			if (reason) {
				delete rest[key];
				dropped.push({ key, value, reason });
			} else kept[key] = value;
		}
		return { settings: kept, dropped };
	}

	/**
	 * The settings with one more; an empty value takes it away, and so does a
	 * value that is the default anyway.
	 * @param {Settings} settings
	 * @param {string} key
	 * @param {string} value
	 */
	with(settings, key, value) {
		const next = { ...settings };
		delete next[key];
		if (value !== "") delete next[OTHER_BUDGET[key]];
		if (value !== "" && value !== this.get(next, key)) next[key] = value;
		return this.prune(next);
	}
}
