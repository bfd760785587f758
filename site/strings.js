/**
 * Everything the page's scripts say, in one place for translation.
 * @module
 */

import { coordinate, megabytes, share, whole } from "./format.js";

export const CLASS_LETTERS = ["A", "B", "C", "D"];

/** The table's words in English are its own; sections are named here. */
export const SECTIONS = /** @type {Record<string, string>} */ ({
	data: "Data",
	victim: "Victim",
	oracle: "Oracle",
	attack: "Attack",
	budget: "Budget",
});

export const t = {
	steal: "Steal it",
	pause: "Pause",
	goOn: "Go on",
	again: "Steal again",
	wait: "Preparing…",
	slow: "slow",
	more: "More",
	dismiss: "Dismiss",
	retry: "Retry",
	restart: "Restart the engine",
	copyCode: "Copy",
	undo: "Undo",
	redo: "Redo",
	emptyCopy: "Nothing yet: the thief has asked no query.",
	drawn: "Drawn",
	drawnHelp: "your own drawing",

	tools: { label: "Tool", point: "Point", brush: "Brush", erase: "Erase", move: "Move" },
	toolHelp: {
		point: "a click or tap places a point",
		brush: "drag to paint points",
		erase: "drag to take points away",
		move: "drag a point somewhere else",
	},
	pickClass: "Class",
	className: (/** @type {number} */ c) => `Class ${CLASS_LETTERS[c]}`,
	nextClass: (/** @type {number} */ c) => `Class ${CLASS_LETTERS[c]}: change`,
	moreTools: "More tools",
	scatter: "Scatter 20",
	scatterHelp: "20 points of the class around the crosshair, or the middle",
	clear: "Clear",
	importCsv: "CSV…",
	radius: "Radius",
	density: "Density",
	tabs: { label: "Plot", victim: "Victim", copy: "Copy", disagreement: "Disagree" },
	over: { label: "Right plot", copy: "Copy", disagreement: "Disagree", both: "Both" },

	view: {
		title: "View",
		rings: "Query rings",
		all: "all",
		last: "last 20",
		none: "none",
		disagreement: "Disagreement",
		labels: "labels",
		difference: "|Δp|",
		axis: "Chart, queries",
		linear: "linear",
		log: "log",
		measure: "Chart shows",
		agreement: "agreement",
		error: "error",
		points: "Training points",
		truth: "Victim's line behind the copy's",
		slow: "Slow motion, step by step",
	},
	chartTitle: {
		agreement: "Agreement with the victim against queries spent",
		error: "Error of the copy (log) against queries spent",
	},

	defence: {
		legend: "Defences",
		labels: "Labels only",
		top1: "Top 1 only",
		/** What each is called, and of what there is an amount. */
		amounts: {
			round: ["Round to", "decimals"],
			"answer-noise": ["Add noise", "σ"],
			members: ["Ensemble of", "models"],
			privacy: ["Private training", "ε"],
		},
		flags: {
			"noise-kind": "Same query, same noise",
			partial: "Refuse incomplete queries",
			box: "Refuse queries out of range",
		},
		roundOff: "nothing to round: only labels are returned",
		help: "A change runs the same attack again; the earlier curve stays as a ghost.",
	},
	budget: {
		legend: "Budget in",
		queries: "queries",
		alpha: "α × k",
		equals: (/** @type {number} */ n) => `= ${whole(n)} queries`,
	},
	optionOff: (/** @type {string} */ other) => `not with ${other}`,
	on: (/** @type {string} */ label) => `${label}: use`,
	dropped: (/** @type {string[]} */ names) =>
		`${names.join(", ")}: no longer ${names.length > 1 ? "apply" : "applies"} here, so taken away.`,

	load: {
		fetch: (
			/** @type {boolean} */ full,
			/** @type {number} */ bytes,
			/** @type {number} */ total,
		) => {
			const what = `Loading the ${full ? "full " : ""}engine`;
			if (bytes === 0) return `${what}…`;
			return `${what}: ${megabytes(bytes)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`;
		},
		compile: "Compiling the engine…",
		start: "Starting the engine…",
	},
	stageName: /** @type {Record<string, string>} */ ({
		fetch: "loading",
		compile: "compiling",
		start: "starting",
	}),
	fail: {
		nowasm:
			"This browser has no WebAssembly or no workers, so the attack can't run here. The pictures show a finished one.",
		timeout: (/** @type {string} */ stage) =>
			`The engine did not answer for 20 seconds while ${stage}. The connection may be slow or blocked.`,
		network: (/** @type {string} */ why) => `The engine could not be fetched: ${why}.`,
		file: (/** @type {string} */ why) =>
			`What the server sent as the engine is not a WebAssembly program: ${why}`,
		csp: "A content security policy forbids WebAssembly here; the server has to allow script-src 'wasm-unsafe-eval'. (Safari before 16 can't.)",
		worker: (/** @type {string} */ why) =>
			`The engine's worker could not be started${why ? `: ${why}` : ""}.`,
		protocol: "The page and the engine are of different versions. Reload the page.",
		start: (/** @type {string} */ why) => `The engine could not be started: ${why}`,
		full: "These settings need the full engine; others still work.",
		params: "The table of settings could not be loaded.",
	},
	partMissing: (/** @type {string} */ why) => `A part of the page could not be fetched (${why}).`,
	crashed: (/** @type {string} */ why) =>
		`The engine stopped${why ? ` (${why})` : ""}. It has been restarted; your data and settings are untouched.`,
	crashedOften:
		"The engine stops again and again with these settings. Change something, then restart it. Your data and settings are untouched.",
	silent: "The engine has not answered for a while.",
	recorded: {
		sign: "Recorded run",
		live: "Steal it live",
		why: "recorded",
	},
	preparing: {
		data: "Making the data…",
		oracle: "Asking the server what its model is…",
		victim: (/** @type {number} */ i, /** @type {number} */ done, /** @type {number} */ of) =>
			`Training the victim…${of > 0 ? ` member ${whole(done + 1)} of ${whole(of)}` : i > 0 ? ` step ${whole(i)}` : ""}`,
	},
	training: "training the copy…",
	drawMore:
		"Draw at least two points of different classes: a victim needs something to tell apart.",
	describe: (
		/** @type {string} */ model,
		/** @type {string} */ data,
		/** @type {number} */ n,
		/** @type {number} */ classes,
	) => `${model}, ${data}, ${whole(n)} points, ${classes} classes`,
	notPlane: "has more than two features: this page shows planes. The command line runs it.",

	facts: {
		unknowns: "Unknowns k",
		test: ["R", "test"],
		unif: ["R", "unif"],
		tv: ["TV", "unif"],
		params: "Parameter error",
		round: "Round",
		accuracy: "Victim, test",
		leaves: "Leaves found",
		edges: "Edges found",
		points: "Points found",
		leak: "Leak score",
		requests: "Requests",
		waiting: "Waiting",
		cost: "Cost",
		left: "Left there",
	},
	leak: (/** @type {number} */ score) =>
		score > 1e6 ? "exact" : `${score < 10 ? score.toFixed(1) : whole(Math.round(score))}×`,
	ofRounds: (/** @type {number} */ i, /** @type {number} */ n) =>
		n > 0 ? `${whole(i)} of ${whole(n)}` : whole(i),
	ledger: (/** @type {number} */ n, /** @type {number[]} */ x) =>
		`q ${whole(n)} · (${x.slice(0, 2).map(coordinate).join(", ")}${x.length > 2 ? ", …" : ""}) → `,
	moved: (/** @type {number} */ share1) => `moved ${share(share1)} of the plane`,
	ledgerIdle: "1 query = 1 credit. The thief sees answers, nothing else.",
	spent: (/** @type {number} */ n, /** @type {number} */ of) =>
		`${whole(n)} of ${whole(of)} queries spent`,

	milestone: {
		budget: (/** @type {number} */ part, /** @type {number} */ agreement) =>
			`${whole(part * 100)}\u202f% of the budget spent, agreement ${share(agreement)}.`,
		goal: (/** @type {number} */ q) => `95\u202f% agreement after ${whole(q)} queries`,
		trained: (/** @type {number} */ n, /** @type {number} */ accuracy) =>
			`Victim trained on ${whole(n)} points; ${share(accuracy)} right on the test points.`,
	},
	end: {
		solved: (/** @type {number} */ q, /** @type {number} */ a) =>
			`Solved: ${share(a)} of the plane for ${whole(q)} queries`,
		plain: (/** @type {number} */ q, /** @type {number} */ a) =>
			`${share(a)} of the plane for ${whole(q)} queries`,
		needed: (/** @type {number} */ q) => `; a uniform thief needed ${whole(q)}.`,
		reached: (/** @type {number} */ a) => `; a uniform thief has ${share(a)} for as many.`,
		stuck: (/** @type {string} */ note) => ` The attack got stuck${note ? `: ${note}` : ""}.`,
		stopped: " Stopped before the end.",
	},
	remote: {
		offer: (/** @type {string} */ server, /** @type {string} */ model) =>
			`This link is about ${model ? `the model ${model}` : "a model"} on ${server}. Nothing has been sent there.`,
		look: "Have a look",
		here: (/** @type {string} */ model, /** @type {string} */ server) => `${model} on ${server}`,
		details: "Details",
		back: "Back to this page's victim",
		again: "Try again",
		agreement: "of its answers",
		chartTitle: {
			agreement: "Answers received that the copy gives too, against queries spent",
			error: "Answers received that the copy gets wrong (log), against queries spent",
		},
		end: (/** @type {number} */ q, /** @type {number|null} */ a) =>
			`${whole(q)} queries spent.${a === null ? "" : ` The copy gives ${share(a)} of the answers it was made from; how well it does elsewhere only the victim's owner can measure.`}`,
		seconds: (/** @type {number} */ s) => `${s < 10 ? coordinate(s) : whole(s)} s`,
		network: (
			/** @type {number} */ requests,
			/** @type {string} */ waited,
			/** @type {number} */ cost,
			/** @type {number|null} */ left,
		) =>
			`Network: ${whole(requests)} ${requests === 1 ? "request" : "requests"}, ${waited}, cost ${whole(cost)}${left === null ? "" : `, ${whole(left)} left`}`,
	},

	probe: {
		at: (/** @type {number} */ x, /** @type {number} */ y) =>
			`(${coordinate(x)}, ${coordinate(y)})`,
		victim: "victim",
		copy: "copy",
		none: "none yet",
		away: "behind a network",
		agree: "agree",
		differ: "differ",
	},

	legend: {
		data: "data",
		query: "query, in its answer's colour",
		victim: "victim's boundary",
		copy: "copy's boundary",
		differ: "labels differ",
		difference: "|Δp|, up to 1",
		field: "stronger colour: surer",
		leaf: "leaf found",
		edge: "bin edge found",
		point: "point of the copy, joined to its training point",
	},
	run: "this run",
	uniform: "uniform",
	earlier: "earlier run",

	full: "The drawing is full: 2,000 points. Erase some to add more.",
	tooMany: (/** @type {number} */ n) =>
		`Kept 2,000 of the ${whole(n)} points, evenly: a drawing holds no more.`,
	draft: {
		offer: (/** @type {number} */ n) => `You drew ${whole(n)} points here before.`,
		restore: "Restore them",
		discard: "Discard",
	},

	bring: {
		open: "Open a model file…",
		from: "From the file",
		remove: "Train one here instead",
	},
	link: {
		problems: "Some of the link could not be used:",
		engine: (/** @type {string} */ theirs, /** @type {string} */ ours) =>
			`This link was made with engine ${theirs}; this page has ${ours}. The run may differ in its details.`,
	},

	plotRole: "plot",
	plotHelp:
		"Arrow keys move a crosshair, Shift with an arrow ten times as far; both models' answers there are read out. On the victim's plot Enter adds a point, 1 to 4 choose the class, Delete erases, Z takes back.",
	plotName: {
		victim: (/** @type {string} */ s) => `Victim: ${s}`,
		copy: (/** @type {string} */ s) => `Copy: ${s}`,
		disagreement: (/** @type {string} */ s) => `Disagreement: ${s}`,
		chart: (/** @type {string} */ s) => `Chart: ${s}`,
	},
};
