/**
 * What whoever embeds or links the page may say about it beside the experiment,
 * in ?query or #fragment: hide=chart,speed&theme=dark&autoplay=yes.
 * @module
 */

import { nameable } from "./parts.js";

/**
 * @typedef {object} Options
 * @property {string[]} [hide] parts and settings that are not shown
 * @property {'auto'|'light'|'dark'} [theme] otherwise as the visitor left it
 * @property {boolean} autoplay whether the theft begins by itself
 *
 * @typedef {{options: Options, fragment: string, problems: string[]}} Asked
 */

/** What is wrong with a value of each, in words; empty if nothing is. */
const CHECKS = /** @type {Record<string, (value: string, keys: string[]) => string>} */ ({
	hide(value, keys) {
		const all = nameable(keys);
		const wrong = names(value).find((name) => !all.includes(name));
		return wrong === undefined ? "" : `nothing is called ${wrong}; there are ${all.join(" ")}`;
	},
	theme: (value) => oneOf(value, ["auto", "light", "dark"]),
	autoplay: (value) => oneOf(value, ["yes", "no"]),
});

/** @param {string} value */
const names = (value) => value.split(/[\s,]+/).filter(Boolean);

/**
 * @param {string} value
 * @param {string[]} allowed
 */
const oneOf = (value, allowed) =>
	allowed.includes(value) ? "" : `must be one of ${allowed.join(" ")}`;

/**
 * Takes the options out of an address; what is left is the experiment's. What
 * can't be used is left out, each with a sentence.
 * @param {string} query with or without its ?
 * @param {string} fragment with or without its #
 * @param {string[]} keys of the settings, which can be hidden too
 * @returns {Asked}
 */
export function takeOptions(query, fragment, keys) {
	/** @type {Record<string, string>} */
	const found = {};
	const rest = [];
	const problems = [];
	const parts = [...query.replace(/^\?/, "").split("&"), ...fragment.replace(/^#/, "").split("&")];
	for (const part of parts.filter(Boolean)) {
		const [key, value] = part.split(/=(.*)/s);
		if (!CHECKS[key]) {
			rest.push(part);
			continue;
		}
		const text = decoded(value ?? "");
		const problem = CHECKS[key](text, keys);
		if (problem) problems.push(`${key}=${text}: ${problem}`);
		else found[key] = text;
	}
	return { options: read(found), fragment: rest.join("&"), problems };
}

/**
 * @param {Record<string, string>} found
 * @returns {Options}
 */
const read = ({ hide, theme, autoplay }) => ({
	hide: hide === undefined ? undefined : names(hide),
	theme: /** @type {Options['theme']} */ (theme),
	autoplay: autoplay === "yes",
});

/**
 * The options of an address as a query, without the settings, which the page
 * keeps in the fragment.
 * @param {string} query
 * @param {string} fragment
 */
export function optionsQuery(query, fragment) {
	const parts = `${query.replace(/^\?/, "")}&${fragment.replace(/^#/, "")}`.split("&");
	/** @type {Map<string, string>} */
	const kept = new Map();
	for (const part of parts) {
		const key = part.split("=")[0];
		if (CHECKS[key]) kept.set(key, part);
	}
	return kept.size > 0 ? `?${[...kept.values()].join("&")}` : "";
}

/** @param {string} text */
function decoded(text) {
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		return text;
	}
}
