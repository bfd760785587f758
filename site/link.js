/**
 * An experiment as the fragment of a link: v=1&data=moons&victim=mlp&…, and
 * e=, the engine that it was made with.
 * @module
 */

/** @typedef {import("./params.js").Settings} Settings */
/** @typedef {import("./params.js").Table} Table */

export const LINK_VERSION = "1";

/** Links up to this length survive chat programs and mail. */
export const LONG_LINK = 2000;

/**
 * Reads a fragment. What can't be used is left out, each with a sentence.
 * @param {string} fragment with or without its #
 * @param {Table} table
 * @returns {{settings: Settings, engine: string, problems: string[]}}
 */
export function parseLink(fragment, table) {
	/** @type {Settings} */
	const settings = {};
	const problems = [];
	let engine = "";
	for (const part of fragment.replace(/^#/, "").split("&")) {
		if (part === "") continue;
		const pair = unescape(part);
		const cut = pair?.indexOf("=") ?? -1;
		if (pair === null) problems.push(`${shorten(part)}: a broken %-escape in the link`);
		else if (cut < 0) problems.push(`${shorten(pair)}: a setting is written key=value`);
		else {
			const key = pair.slice(0, cut);
			const value = pair.slice(cut + 1);
			if (key === "e") engine = value;
			else if (key === "v") {
				if (value !== LINK_VERSION)
					problems.push(
						`v=${shorten(value)}: this link is of another version; this page reads version ${LINK_VERSION}`,
					);
			} else if (!table.lookup(key))
				problems.push(
					`${shorten(key)}: no such key; there are ${table.params.map((p) => p.key).join(" ")}`,
				);
			else if (key in settings) problems.push(`${key}=${shorten(value)}: given twice`);
			else settings[key] = value;
		}
	}
	const pruned = table.prune(settings);
	for (const d of pruned.dropped) problems.push(`${d.key}=${shorten(d.value)}: ${d.reason}`);
	return { settings: pruned.settings, engine, problems };
}

/**
 * @param {Settings} settings
 * @param {Table} table
 * @param {string} [engine]
 */
export function formatLink(settings, table, engine = "") {
	const parts = [`v=${LINK_VERSION}`];
	for (const { key } of table.params)
		if (settings[key] !== undefined) parts.push(`${key}=${escape(settings[key])}`);
	if (engine) parts.push(`e=${escape(engine)}`);
	return parts.join("&");
}

/** @param {string} value */
const escape = (value) => encodeURIComponent(value).replaceAll("%2C", ",");

/** @param {string} part */
function unescape(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return null;
	}
}

/** @param {string} s */
const shorten = (s) => ([...s].length > 40 ? `${[...s].slice(0, 37).join("")}…` : s);
