/**
 * An experiment as the fragment of a link: v=1&data=moons&victim=mlp&…, with
 * e=, the engine that it was made with, and lesson=, the step of a lesson.
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
 * @returns {{settings: Settings, engine: string, lesson: string, problems: string[]}}
 */
export function parseLink(fragment, table) {
	/** @type {Settings} */
	const settings = {};
	const problems = [];
	let engine = "";
	let lesson = "";
	for (const part of fragment.replace(/^#/, "").split("&")) {
		if (part === "") continue;
		const { key, value, problem } = readPart(part, table, settings);
		if (problem) problems.push(problem);
		else if (key === "e") engine = value;
		else if (key === "lesson") lesson = value;
		else if (key !== "v") settings[key] = value;
	}
	const pruned = table.prune(settings);
	for (const d of pruned.dropped) problems.push(`${d.key}=${shorten(d.value)}: ${d.reason}`);
	return { settings: pruned.settings, engine, lesson, problems };
}

/**
 * One key=value, and what is wrong with it.
 * @param {string} part
 * @param {Table} table
 * @param {Settings} before
 */
function readPart(part, table, before) {
	const pair = unquote(part);
	/** @param {string} problem */
	const bad = (problem) => ({ key: "", value: "", problem });
	if (pair === null) return bad(`${shorten(part)}: a broken %-escape in the link`);
	const cut = pair.indexOf("=");
	if (cut < 0) return bad(`${shorten(pair)}: a setting is written key=value`);
	const key = pair.slice(0, cut);
	const value = pair.slice(cut + 1);
	const given = `${shorten(key)}=${shorten(value)}`;
	if (key === "v" && value !== LINK_VERSION)
		return bad(`${given}: this link is of another version; this page reads ${LINK_VERSION}`);
	if (["v", "e", "lesson"].includes(key)) return { key, value, problem: "" };
	if (!table.lookup(key)) {
		const keys = table.params.map((p) => p.key).join(" ");
		return bad(`${shorten(key)}: no such key; there are ${keys}`);
	}
	if (before[key] !== undefined) return bad(`${given}: given twice`);
	return { key, value, problem: "" };
}

/**
 * @param {Settings} settings
 * @param {Table} table
 * @param {string} [engine]
 * @param {string} [lesson]
 */
export function formatLink(settings, table, engine = "", lesson = "") {
	const parts = [`v=${LINK_VERSION}`];
	for (const { key } of table.params)
		if (settings[key] !== undefined) parts.push(`${key}=${quote(settings[key])}`);
	if (engine) parts.push(`e=${quote(engine)}`);
	if (lesson) parts.push(`lesson=${quote(lesson)}`);
	return parts.join("&");
}

/** @param {string} value */
const quote = (value) => encodeURIComponent(value).replaceAll("%2C", ",");

/** @param {string} part */
function unquote(part) {
	try {
		return decodeURIComponent(part);
	} catch {
		return null;
	}
}

/** @param {string} s */
const shorten = (s) => ([...s].length > 40 ? `${[...s].slice(0, 37).join("")}…` : s);
