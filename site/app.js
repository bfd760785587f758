/**
 * Puts the page together. Everything it wires is in a module of its own.
 * @module
 */

import { keepAddress } from "./address.js";
import { Baseline } from "./baseline.js";
import { Engine } from "./client.js";
import { buildControls } from "./controls.js";
import { CsvImport, wireDrop } from "./csv.js";
import { Curve } from "./curve.js";
import { byId } from "./dom.js";
import { wireDraft } from "./draft.js";
import { wireEarly } from "./early.js";
import { Editor } from "./editor.js";
import { Experiment } from "./experiment.js";
import { wireCrosshair, wireShortcuts } from "./keys.js";
import { later } from "./later.js";
import { wireLife } from "./life.js";
import { formatLink, parseLink } from "./link.js";
import { Look } from "./look.js";
import { notice } from "./notices.js";
import { takeOptions } from "./options.js";
import { Table } from "./params.js";
import { hideParts } from "./parts.js";
import { Plots } from "./plots.js";
import { wireDrawing, wireLook } from "./pointer.js";
import { PLANE } from "./presets.js";
import { Readout } from "./readout.js";
import { Remote } from "./remote.js";
import { Session } from "./session.js";
import { wireSheet } from "./sheet.js";
import { t } from "./strings.js";
import { Tables } from "./tables.js";
import { Theft } from "./theft.js";
import { setTheme, wireTheme } from "./theme.js";
import { Tools } from "./tools.js";
import { buildView, Tabs } from "./view.js";

/** The table of settings, written by the build. */
async function loadTable() {
	const response = await fetch(new URL("./params.json", import.meta.url));
	if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
	return response.json();
}

/** Lets the browser draw and listen in between: on a slow machine this takes a while. */
const breath = () => new Promise((go) => setTimeout(go));

/** @param {{params: import("./params.js").Param[], sections: string[]}} file */
async function start(file) {
	const table = new Table(file.params.filter((p) => !p.secret));
	const experiment = new Experiment(table);
	const engine = new Engine();
	const curve = new Curve();
	const plots = new Plots();
	const theft = new Theft(engine);
	const readout = new Readout(curve);
	const numbers = new Tables(curve, engine);
	const baseline = new Baseline(engine, curve);
	const look = new Look(engine);
	const tabs = new Tabs();

	const tools = new Tools({
		undo: () => experiment.undo(),
		redo: () => experiment.redo(),
		scatter: () => editor.scatterAt(look.at),
		clear: () => editor.clear(),
		importCsv: () => csv.open(),
		armed: () => tabs.show("victim"),
	});
	const editor = new Editor(experiment, tools, {
		sketch: (points) => engine.post({ kind: "sketch", points }),
		full: () => notice("full", t.full, { kind: "remark" }),
		cut: (n) => notice("cut", t.tooMany(n), { kind: "remark" }),
	});
	const csv = new CsvImport(engine, (points) => experiment.draw(points));

	const remote = new Remote(engine, experiment);
	const lessons = lessonsOn({
		experiment,
		engine,
		root: byId("heist"),
		moved: () => readdress(),
	});
	const open = (/** @type {string} */ fragment) =>
		openLink(fragment, experiment, engine, lessons, remote);
	const readdress = keepAddress(
		experiment,
		() => engine.version,
		() => lessons.runner?.place ?? "",
	);
	const keys = table.params.map((p) => p.key);
	const asked = takeOptions(location.search, location.hash, keys);
	const problems = [...asked.problems, ...open(asked.fragment)];
	experiment.past = []; // before the first experiment there was none
	const bringFile = (/** @type {File} */ file) =>
		later(
			() => import("./extras.js"),
			({ bring }) => bring(file, experiment, engine),
		);
	await breath();
	buildControls(experiment, file.sections, bringFile);
	await breath();
	const view = buildView(
		(next) => {
			engine.post({ kind: "view", view: next });
			session.legend();
		},
		(slow) => {
			theft.setSlow(slow);
			readout.slow = slow;
		},
	);
	wireLife({ engine, plots, theft, view });
	const session = new Session({
		engine,
		remote,
		experiment,
		theft,
		curve,
		readout,
		numbers,
		baseline,
		editor,
		plots,
		look,
		tabs,
		view,
	});
	await breath();
	wireEarly({ engine, experiment, theft, session, plots, curve, readout, tabs });
	wireTheme(asked.options.theme);
	/** @param {import("./options.js").Asked} now */
	const apply = ({ options, problems }) => {
		if (options.hide) hideParts(options.hide);
		if (options.theme) setTheme(options.theme);
		if (problems.length > 0) notice("options", [t.link.problems, ...problems]);
		return problems;
	};
	apply(asked);
	theft.wanted = asked.options.autoplay;
	wireSheet();
	wireDraft(experiment);
	const take = (/** @type {File} */ file) =>
		later(
			() => import("./extras.js"),
			({ openFile }) => openFile(file, open, bringFile),
		);
	wireDrop(csv, take);
	wireShare(experiment, engine, take, () => session.moment());
	const help = () =>
		later(
			() => import("./extras.js"),
			({ openHelp }) => openHelp(),
		);
	byId("help").addEventListener("click", help);
	addEventListener("hashchange", () => {
		const now = takeOptions("", location.hash, keys);
		apply(now);
		open(now.fragment);
	});

	const { victim, copy, disagreement } = plots.boxes;
	wireDrawing(victim, editor, tools);
	for (const box of [victim, copy, disagreement]) wireLook(box, (at) => look.move(at));
	wireCrosshair([victim, copy, disagreement], {
		at: () => look.at,
		look: (at) => look.move(at, true),
		add: (at) => editor.addAt(at),
		erase: (at) => editor.eraseAt(at),
	});
	wireShortcuts(byId("heist"), {
		undo: () => experiment.undo(),
		redo: () => experiment.redo(),
		pick: (c) => tools.pick(c),
		play: () => theft.toggle(),
		step: () => theft.step(),
		over: () => theft.over(),
		help,
	});
	const history = () => tools.history(experiment.past.length > 0, experiment.future.length > 0);
	experiment.addEventListener("change", history);
	history();
	engine.full = experiment.full;
	if (!framed) return engine.start();
	import("./extras.js").then(({ beginFramed }) =>
		beginFramed({
			engine,
			experiment,
			theft,
			curve,
			open,
			apply: (options) => apply(takeOptions(new URLSearchParams(options).toString(), "", keys)),
			address: () => formatLink(experiment.settings, table, engine.version),
			problems,
			moment: () => session.moment(),
		}),
	);
}

/**
 * The dialog that hands the experiment on comes with the first press.
 * @param {Experiment} experiment
 * @param {Engine} engine
 * @param {(file: File) => Promise<void>} take
 * @param {() => import("./export.js").Moment|null} moment
 */
function wireShare(experiment, engine, take, moment) {
	/** @type {ReturnType<typeof import("./share.js").shareDialog>|undefined} */
	let open;
	for (const button of document.querySelectorAll(".share")) {
		button.addEventListener("click", () => {
			const now = moment();
			later(
				() => import("./extras.js"),
				({ shareDialog }) => {
					open ??= shareDialog(experiment, engine, take);
					open(now);
				},
			);
		});
	}
}

/**
 * Lessons come with the first link that names one.
 * @param {ConstructorParameters<typeof import("./lesson.js").LessonRunner>[0]} page
 */
function lessonsOn(page) {
	return {
		/** @type {import("./lesson.js").LessonRunner|null} */
		runner: null,
		/**
		 * @param {string} place a lesson's step; empty ends the lesson
		 * @param {boolean} set whether the step sets the experiment
		 */
		open(place, set) {
			if (place === "") return this.runner?.close();
			later(
				() => import("./extras.js"),
				({ LessonRunner }) => {
					this.runner ??= new LessonRunner(page);
					return this.runner.open(place, set);
				},
			);
		},
	};
}

/**
 * Returns what of the link could not be used.
 * @param {string} fragment
 * @param {Experiment} experiment
 * @param {Engine} engine
 * @param {ReturnType<typeof lessonsOn>} lessons
 * @param {Remote} remote
 */
function openLink(fragment, experiment, engine, lessons, remote) {
	const link = parseLink(fragment, experiment.table);
	const alone = Object.keys(link.settings).length === 0;
	lessons.open(link.lesson, alone);
	const data = link.settings.data;
	if (data && !PLANE.includes(data)) {
		link.problems.push(`data=${data}: ${t.notPlane}`);
		link.settings = experiment.table.prune({ ...link.settings, data: "" }).settings;
	}
	if (link.problems.length > 0) notice("link", [t.link.problems, ...link.problems]);
	const warn = () =>
		link.engine &&
		link.engine !== engine.version &&
		notice("engine", t.link.engine(link.engine, engine.version), { kind: "remark" });
	if (engine.ready) warn();
	else engine.addEventListener("ready", warn, { once: true });
	if (link.settings.oracle) remote.offer(link.settings);
	else if (!alone || !link.lesson) experiment.open(link.settings);
	return link.problems;
}

const root = document.documentElement;
root.classList.add("js");
const framed = window.parent !== window;
if (framed) root.classList.add("framed");
loadTable().then(start, (err) =>
	notice("params", `${t.fail.params} (${err.message})`, {
		actions: [[t.retry, () => location.reload()]],
	}),
);
