/**
 * Everything that the page "The paper" says beyond strings.js, in one place for
 * translation.
 * @module
 */

import { duration, whole } from "./format.js";

/** @type {Record<string, string>} */
const axisHelp = {
	α: "α (queries for each unknown)",
	ε: "ε (the smaller, the more private)",
	σ: "σ (standard deviation of the noise)",
};

export const words = {
	noList: (/** @type {string} */ why) =>
		`The list of tables and figures could not be loaded (${why}).`,
	run: "Run",
	again: "Run again",
	cancel: "Cancel",
	cancelled: "cancelled",
	full: (/** @type {number} */ runs) => `Full size, ${whole(runs)} runs`,
	fullHelp: "More data sets, budgets and seeds; may take many minutes",
	minimum: "Running minimum",
	minimumHelp:
		"An artefact of the original's plots: each point is the least error so far, and a copy from fewer than five queries counts as all wrong. Off, our curves are raw.",
	panel: "Chart of",
	column: "Error",
	marks: "hollow marks: the paper; lines: this run",
	lines: "lines: this run; dotted: for comparison",
	numbers: "Numbers",
	numbersOf: (/** @type {string} */ title) => `${title}: numbers`,
	theirs: "paper",
	silent: "The paper has no numbers of this. Ours appear here.",
	mean: (/** @type {number} */ n) => (n > 1 ? `ours, mean of ${whole(n)}` : "ours"),
	worst: "worst",
	bySet: "sets",
	sets: (/** @type {string} */ name) => `Data sets of ${name}`,
	axis: (/** @type {string} */ axis) => axisHelp[axis] ?? axis,
	chartLabel: (
		/** @type {string} */ title,
		/** @type {string} */ column,
		/** @type {string} */ axis,
		/** @type {number} */ curves,
		/** @type {{theirs: boolean, ours: boolean}} */ whose,
	) =>
		`${title}: ${column} of ${curves} curves against ${axis}, on logarithmic axes: ${[whose.theirs && "the paper's points", whose.ours && "our lines"].filter(Boolean).join(" and ")}. The numbers are in the table below.`,
	pictures: (/** @type {string} */ row, /** @type {string[]} */ captions) =>
		`${row}: ${captions.join(", then ")}`,
	picture: (/** @type {string} */ name, /** @type {string} */ caption) => `${name}, ${caption}`,
	progress: "Runs done",
	starting: "Starting…",
	progressed: (
		/** @type {number} */ n,
		/** @type {number} */ of,
		/** @type {number|null} */ left,
	) => `${whole(n)} of ${whole(of)} runs${left === null ? "" : `, about ${duration(left)} left`}`,
	done: (/** @type {number} */ n, /** @type {number} */ seconds) =>
		`${whole(n)} runs in ${duration(seconds)}.`,
	stopped: (/** @type {number} */ n) =>
		n > 0 ? `Cancelled after ${whole(n)} runs; the numbers are of these.` : "Cancelled.",
	seedsTitle: "Seeds",
	ownTitle: "Seeds, settings, your own data",
	seeds: "Seeds",
	settings: "Settings",
	file: "CSV file",
	label: "Class column",
	ownHelp:
		"Settings are those of the command line: alpha=5 or victim=softmax picks rows, data=iris a data set, and any other holds for all. A file takes the place of the data sets and stays in this page.",
};
