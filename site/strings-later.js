/**
 * What is said by the parts of the page that are fetched when they are first
 * wanted.
 * @module
 */

import { megabytes, share, whole } from "./format.js";

export const more = {
	moment: {
		pick: (/** @type {string} */ why) => `The thief picks a place${why ? `: ${why}` : ""}.`,
		ask: (/** @type {string} */ place) => `It asks the oracle: what is at ${place}?`,
		answer: (/** @type {string} */ letter, /** @type {number} */ more) =>
			`The oracle answers: ${letter}.${more > 0 ? ` ${whole(more)} more of this round follow.` : ""}`,
		train: (/** @type {number} */ n) => `It trains its copy anew, on ${whole(n)} answers so far.`,
		redraw: (/** @type {number|null} */ moved) =>
			moved === null
				? "The copy is drawn."
				: `The copy is drawn anew: ${share(moved)} of the plane changed.`,
		of: (/** @type {number} */ i) => `${whole(i)} of 5`,
	},
	table: {
		curve: "Agreement by queries",
		queries: "Queries, latest last",
		data: "Training points",
		found: "Found of the victim",
		leaves: "Leaves found",
		edges: "Bin edges found",
		points: "Training points found",
		said: {
			leaves: "where: the answer there, and its share",
			edges: "feature: where its bins part",
			points: "values of its features",
		},
		shareCol: "share",
		featureCol: "feature",
		edgeCol: "at",
		matchCol: "match",
		distanceCol: "distance",
		leak: (/** @type {string} */ mean, /** @type {string} */ random) =>
			`On average ${mean} from their matches, and random points ${random}; the leak score says how many times as far that is.`,
		copyCsv: "Copy as CSV",
		copied: "Copied.",
		queriesCol: "queries",
		agreementCol: "agreement",
		rows: (/** @type {number} */ n, /** @type {number} */ of) => `${whole(n)} of ${whole(of)} rows`,
	},

	suspects: {
		title: "Which family is the victim of?",
		heads: ["Family", "Error in cross-validation", "Verdict"],
		taken: "taken",
		out: (/** @type {string} */ why) => `ruled out: ${why}`,
	},
	share: {
		intro:
			"The link holds the whole experiment, drawn points included. The same link gives the same run.",
		label: "Link",
		copy: "Copy link",
		embed: "Copy embed",
		howTo: "How to embed it",
		copied: "Copied.",
		long: (/** @type {number} */ n) =>
			`This link has ${whole(n)} characters: chat programs and mail may cut it. A file is safer.`,
		save: "Download as a file",
		open: "Open a file…",
		badFile: "This file is neither an experiment nor a model that can be read here.",
		noLink: "This picture carries no experiment: only those saved here do.",
	},
	bring: {
		reading: (/** @type {string} */ name) => `Reading ${name}…`,
		tooBig: (/** @type {number} */ n) =>
			`${megabytes(n)} MB are more than the 32 MB that are read.`,
	},
	export: {
		title: "Files of what is on show",
		figure: "Figure",
		copy: "Copy",
		victim: "Victim",
		tables: "Tables",
		whole: "Everything",
		dark: "dark",
		size: "Size of the PNG",
		as: (/** @type {string} */ name) => {
			const [what, how] = name.split(".");
			if (how === "csv") return what.slice(0, 1).toUpperCase() + what.slice(1);
			return { py: "Python", go: "Go" }[how] ?? how.toUpperCase();
		},
		nothing: "There is no victim yet.",
		noCopy: "Nothing has been stolen yet, so there is no copy to save.",
		away: "The victim and its points are behind the network; the rest is of the answers received so far.",
		making: (/** @type {string} */ name) => `Making ${name}…`,
		at: (/** @type {number} */ n) => `Making the run again: ${whole(n)} queries…`,
		saved: (/** @type {string} */ name) => `Saved as ${name}.`,
		failed: (/** @type {string} */ why) => `That did not work: ${why}`,
		cancel: "Cancel",
	},
	lesson: {
		label: "Lesson",
		of: (/** @type {number} */ i, /** @type {number} */ n) => `${whole(i)}/${whole(n)}`,
		back: "Back",
		next: "Next",
		skip: "Skip",
		finish: "Finish",
		leave: "Leave the lesson",
		done: "Done.",
		guessed: (/** @type {string} */ guess) => `Your guess: ${guess}.`,
		status: (/** @type {number} */ code) => `the server answered ${code}`,
		missing: (/** @type {string} */ name, /** @type {string} */ why) =>
			`The lesson ${name} could not be loaded: ${why}.`,
		problems: "Some of the lesson could not be used:",
	},
	lessonFile: {
		version: (/** @type {unknown} */ theirs, /** @type {number} */ ours) =>
			`lesson: ${JSON.stringify(theirs) ?? "missing"}; this page reads lessons of version ${ours}`,
		step: (/** @type {number} */ i) => `step ${whole(i)}`,
		steps: "a list of steps is needed",
		text: "a text is needed",
		texts: "a list of paragraphs is needed",
		object: "an object of settings is needed",
		predict: "a question and a list of options are needed",
		oneOf: (/** @type {string[]} */ words) => `allowed are ${words.join(" ")}`,
		unknown: (/** @type {string[]} */ words) => `no such field; there are ${words.join(" ")}`,
		noKey: "no such setting",
	},

	shortcuts: /** @type {[string, string][]} */ ([
		["Arrows", "move the crosshair on a plot (Shift: ten times as far)"],
		["Enter", "add a point of the class at the crosshair (victim's plot)"],
		["1 2 3 4", "choose the class"],
		["Delete", "erase the nearest point"],
		["Z, Ctrl+Z", "undo"],
		["Shift+Z", "redo"],
		["P", "play or pause"],
		["S", "step"],
		["R", "start over"],
		["?", "this list"],
	]),
	shortcutsNote:
		"Keys work while the focus is inside the playground, outside text fields. Every tool works without dragging: a tap places or erases a point, Scatter 20 adds a cloud, each slider has a number beside it.",
};
