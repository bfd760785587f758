/**
 * What a lesson's file may hold, and reading it. A file with mistakes is used
 * as far as it goes, each mistake named by step and field.
 * @module
 */

import { more } from "./strings-later.js";

/**
 * @typedef {object} Step
 * @property {string[]} text paragraphs; {queries} {budget} {k} {agreement} {error} {tv} {parameters}
 *   stand for the run's numbers, {name.agreement} for those of an earlier step
 * @property {Record<string, string>} [set] the whole experiment; without it the one before stays
 * @property {string} [highlight] a part of the page, or the key of a setting
 * @property {'query'|'round'|'end'|'change'} [wait] what the visitor is to bring about
 * @property {string[]} [after] paragraphs that appear then
 * @property {{question: string, options: string[]}} [predict] a guess to make before
 * @property {string} [hint]
 * @property {string} [name] what later steps call this one's numbers
 *
 * @typedef {{title: string, about?: string, minutes?: number, steps: Step[]}} Lesson
 */

/** The version of the format. */
export const LESSON_VERSION = 1;

export const WAITS = ["query", "round", "end", "change"];

const FIELDS = ["text", "set", "highlight", "wait", "after", "predict", "hint", "name"];

const isText = (/** @type {unknown} */ v) => typeof v === "string" && v !== "";
const isTexts = (/** @type {unknown} */ v) => Array.isArray(v) && v.length > 0 && v.every(isText);
const isObject = (/** @type {unknown} */ v) =>
	typeof v === "object" && v !== null && !Array.isArray(v);

/**
 * @param {string} text JSON
 * @param {import("./params.js").Table} table
 * @param {string[]} parts that can be pointed at, settings among them
 * @returns {{lesson: Lesson|null, problems: string[]}}
 */
export function readLesson(text, table, parts) {
	/** @type {any} */
	let file;
	try {
		file = JSON.parse(text);
	} catch (err) {
		return { lesson: null, problems: [`${/** @type {Error} */ (err).message}`] };
	}
	if (!isObject(file) || file.lesson !== LESSON_VERSION)
		return { lesson: null, problems: [more.lessonFile.version(file?.lesson, LESSON_VERSION)] };
	const problems = isText(file.title) ? [] : [`title: ${more.lessonFile.text}`];
	if (!Array.isArray(file.steps))
		return { lesson: null, problems: [...problems, `steps: ${more.lessonFile.steps}`] };
	const steps = file.steps
		.map((/** @type {unknown} */ s, /** @type {number} */ i) => {
			const read = readStep(s, table, parts);
			problems.push(...read.problems.map((p) => `${more.lessonFile.step(i + 1)}, ${p}`));
			return read.step;
		})
		.filter((/** @type {Step|null} */ s) => s !== null);
	const title = isText(file.title) ? file.title : more.lesson.label;
	return { lesson: steps.length > 0 ? { ...file, title, steps } : null, problems };
}

/**
 * @param {any} given
 * @param {import("./params.js").Table} table
 * @param {string[]} parts
 * @returns {{step: Step|null, problems: string[]}}
 */
function readStep(given, table, parts) {
	if (!isObject(given)) return { step: null, problems: [more.lessonFile.object] };
	const rules = /** @type {Record<string, [(v: any) => boolean, string]>} */ ({
		text: [isTexts, more.lessonFile.texts],
		set: [isObject, more.lessonFile.object],
		highlight: [(v) => parts.includes(v), more.lessonFile.oneOf(parts)],
		wait: [(v) => WAITS.includes(v), more.lessonFile.oneOf(WAITS)],
		after: [isTexts, more.lessonFile.texts],
		predict: [
			(v) => isObject(v) && isText(v.question) && isTexts(v.options),
			more.lessonFile.predict,
		],
		hint: [isText, more.lessonFile.text],
		name: [isText, more.lessonFile.text],
	});
	const problems = Object.keys(given)
		.filter((key) => !FIELDS.includes(key))
		.map((key) => `${key}: ${more.lessonFile.unknown(FIELDS)}`);
	/** @type {any} */
	const step = {};
	for (const [key, [right, allowed]] of Object.entries(rules)) {
		if (given[key] === undefined) continue;
		if (right(given[key])) step[key] = given[key];
		else problems.push(`${key}: ${allowed}`);
	}
	if (step.set) {
		const { settings, dropped } = readSettings(step.set, table);
		step.set = settings;
		problems.push(...dropped.map((d) => `set.${d}`));
	}
	if (!step.text) problems.push(`text: ${more.lessonFile.texts}`);
	return { step: step.text ? step : null, problems };
}

/**
 * @param {Record<string, unknown>} set
 * @param {import("./params.js").Table} table
 */
function readSettings(set, table) {
	/** @type {Record<string, string>} */
	const known = {};
	const dropped = [];
	for (const [key, value] of Object.entries(set)) {
		if (!table.lookup(key)) dropped.push(`${key}: ${more.lessonFile.noKey}`);
		else if (typeof value !== "string") dropped.push(`${key}: ${more.lessonFile.text}`);
		else known[key] = value;
	}
	const pruned = table.prune(known);
	dropped.push(...pruned.dropped.map((d) => `${d.key}=${d.value}: ${d.reason}`));
	return { settings: pruned.settings, dropped };
}
