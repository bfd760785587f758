/**
 * A lesson: steps of text with an experiment each, something to try and wait
 * for, a guess before and what came out after. Lessons are data
 * (lessons/*.json); lessonfile.js says what may be in them.
 * @module
 */

import { h } from "./dom.js";
import { error, share, whole } from "./format.js";
import { readLesson } from "./lessonfile.js";
import { announce, notice } from "./notices.js";
import { nameable, partsOf } from "./parts.js";
import { recall, remember } from "./storage.js";
import { more } from "./strings-later.js";

/**
 * @typedef {import("./lessonfile.js").Lesson} Lesson
 * @typedef {import("./lessonfile.js").Step} Step
 * @typedef {Record<string, string>} Values what {names} in a text stand for
 */

const KEY = "heist.lesson";

/** Lessons of this page have numbers; others are addresses. */
const OWN = /^l(\d{1,2})$/;

/**
 * Splits "l2.3" or "https://…/mine.json.3" into what and which step, from 1.
 * @param {string} place
 */
export function parsePlace(place) {
	const found = /^(.*?)(?:\.(\d{1,2}))?$/.exec(place);
	return { name: found?.[1] ?? "", step: Math.max(1, Number(found?.[2] ?? 1)) };
}

/** Where a lesson of that name is. @param {string} name */
function address(name) {
	const own = OWN.exec(name);
	return new URL(own ? `./lessons/l${own[1]}.json` : name, document.baseURI);
}

export class LessonRunner {
	/** @private @type {Lesson|null} */ lesson = null;
	/** @private */ name = "";
	/** @private */ at = 0;
	/** @private The awaited thing has happened. */ done = false;
	/** @private A step is setting the experiment itself. */ setting = false;
	/** @private @type {Values} */ values = {};
	/** @private @type {string[]} what the visitor guessed, by step */ guesses = [];
	/** @private */ card = h("aside", { class: "lesson", id: "lesson", tabIndex: -1 });

	/**
	 * @param {object} page
	 * @param {import("./experiment.js").Experiment} page.experiment
	 * @param {import("./client.js").Engine} page.engine
	 * @param {HTMLElement} page.root the playground
	 * @param {() => void} page.moved the place has changed
	 */
	constructor({ experiment, engine, root, moved }) {
		this.experiment = experiment;
		this.root = root;
		this.moved = moved;
		this.card.setAttribute("aria-label", more.lesson.label);
		engine.on("prepared", (p) =>
			Object.assign(this.values, { k: whole(p.unknowns), budget: whole(p.budget) }),
		);
		engine.on("query", () => this.happened("query"));
		engine.on("progress", (p) => {
			this.values.parameters = error(p.paramError);
			this.values.tv = error(p.tvUnif);
			this.measured(p.queries, p.rUnif ?? Number.NaN);
			this.happened("round");
		});
		engine.on("end", (e) => {
			this.measured(e.queries, e.rUnif ?? Number.NaN);
			this.happened("end");
		});
		experiment.addEventListener("change", () => this.happened("change"));
		new ResizeObserver(() => this.settle()).observe(root);
	}

	/** Where the lesson is, for a link; empty without one. */
	get place() {
		return this.lesson ? `${this.name}.${this.at + 1}` : "";
	}

	/**
	 * Opens a lesson at a step.
	 * @param {string} place l2, l2.3, or the address of a lesson's file
	 * @param {boolean} [set] false keeps the experiment of the link that named it
	 */
	async open(place, set = true) {
		if (place === this.place) return;
		const { name, step } = parsePlace(place);
		try {
			const response = await fetch(address(name));
			if (!response.ok) throw new Error(more.lesson.status(response.status));
			const { lesson, problems } = readLesson(
				await response.text(),
				this.experiment.table,
				nameable(this.experiment.table.params.map((p) => p.key)),
			);
			if (problems.length > 0) notice("lesson", [more.lesson.problems, ...problems]);
			if (!lesson) return;
			Object.assign(this, { lesson, name, guesses: [], values: { ...this.values } });
			this.go(Math.min(step, lesson.steps.length) - 1, set);
		} catch (err) {
			notice("lesson", more.lesson.missing(name, String(/** @type {Error} */ (err).message)));
		}
	}

	close() {
		this.lesson = null;
		this.card.remove();
		this.point(null);
		delete this.root.dataset.lesson;
		remember(KEY, null);
		this.moved();
	}

	/**
	 * @private
	 * @param {number} at
	 * @param {boolean} [set]
	 */
	go(at, set = true) {
		if (!this.lesson) return;
		const { steps } = this.lesson;
		this.at = at;
		this.done = !steps[at].wait;
		// The experiment is the last one that was set on the way here.
		const from = steps.slice(0, at + 1).findLast((s) => s.set)?.set;
		if (set && from && !same(from, this.experiment.settings)) {
			this.setting = true;
			this.experiment.open({ ...from });
			this.setting = false;
		}
		this.root.dataset.lesson = "on";
		remember(KEY, this.place);
		this.show();
		this.card.focus({ preventScroll: true });
		this.moved();
	}

	/**
	 * @private
	 * @param {number} queries
	 * @param {number} rUnif
	 */
	measured(queries, rUnif) {
		Object.assign(this.values, {
			queries: whole(queries),
			agreement: share(1 - rUnif),
			error: error(rUnif),
		});
		const name = this.lesson?.steps[this.at].name;
		if (name)
			for (const key of ["queries", "agreement", "error"])
				this.values[`${name}.${key}`] = this.values[key];
	}

	/** @private @param {string} what */
	happened(what) {
		const step = this.lesson?.steps[this.at];
		if (!step || this.done || this.setting || step.wait !== what) return;
		this.done = true;
		this.show();
		announce((step.after ?? [more.lesson.done]).map((p) => this.fill(p)).join(" "));
	}

	/** @private @param {string} text */
	fill(text) {
		return text.replace(/\{([\w.]+)\}/g, (_, name) => this.values[name] ?? "…");
	}

	/** @private */
	show() {
		if (!this.lesson) return;
		const { title, steps } = this.lesson;
		const step = steps[this.at];
		const last = this.at === steps.length - 1;
		const focus = this.card.contains(document.activeElement);
		const paragraphs = (/** @type {string[]} */ list) => list.map((p) => h("p", {}, this.fill(p)));
		this.card.replaceChildren(
			h(
				"header",
				{},
				h("h2", {}, title),
				h("span", { class: "num" }, more.lesson.of(this.at + 1, steps.length)),
				h(
					"button",
					{ type: "button", "aria-label": more.lesson.leave, onclick: () => this.close() },
					"×",
				),
			),
			...paragraphs(step.text),
			...(step.predict ? [this.question(step.predict)] : []),
			...(step.hint && !this.done ? [h("p", { class: "hint" }, step.hint)] : []),
			h(
				"div",
				{ class: "after" },
				...(this.done && step.wait ? [...this.guessed(), ...paragraphs(step.after ?? [])] : []),
			),
			h(
				"footer",
				{ class: "row" },
				h(
					"button",
					{ type: "button", disabled: this.at === 0, onclick: () => this.go(this.at - 1) },
					more.lesson.back,
				),
				h(
					"button",
					{
						type: "button",
						class: this.done ? "primary" : "",
						onclick: () => (last ? this.close() : this.go(this.at + 1)),
					},
					last ? more.lesson.finish : this.done ? more.lesson.next : more.lesson.skip,
				),
			),
		);
		if (focus) this.card.focus({ preventScroll: true });
		this.settle();
		this.point(step.highlight ?? null);
	}

	/**
	 * @private
	 * @param {NonNullable<Step['predict']>} predict
	 */
	question({ question, options }) {
		if (this.done) return h("p", { class: "guess" }, this.fill(question));
		const pick = (/** @type {string} */ option) => {
			this.guesses[this.at] = option;
		};
		return h(
			"fieldset",
			{ class: "guess" },
			h("legend", {}, this.fill(question)),
			...options.map((option) =>
				h(
					"label",
					{},
					h("input", {
						type: "radio",
						name: "guess",
						checked: this.guesses[this.at] === option,
						onchange: () => pick(option),
					}),
					option,
				),
			),
		);
	}

	/** @private */
	guessed() {
		const guess = this.guesses[this.at];
		return guess ? [h("p", { class: "hint" }, more.lesson.guessed(guess))] : [];
	}

	/** The card stands in the rail of a wide place, with the plots of a narrow one. @private */
	settle() {
		if (!this.lesson) return;
		const wide = getComputedStyle(this.root).getPropertyValue("--wide").trim() === "1";
		const home = wide ? this.root : this.root.querySelector("main");
		const before = this.root.querySelector(wide ? "#data" : ".lines");
		if (home && this.card.parentElement !== home) home.insertBefore(this.card, before);
	}

	/** Marks the part that the step is about. @private @param {string|null} name */
	point(name) {
		for (const el of this.root.querySelectorAll(".pointed")) el.classList.remove("pointed");
		if (!name) return;
		const seen = partsOf(name).find((part) => part.offsetParent !== null);
		// In a narrow place settings are behind a button.
		const shown = seen ?? this.root.querySelector(".settings-open:not([hidden])");
		shown?.classList.add("pointed");
	}
}

/**
 * @param {Record<string, string>} a
 * @param {Record<string, string>} b
 */
function same(a, b) {
	const keys = Object.keys(a);
	return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k]);
}

/** The lesson of the last visit, or null. */
export const lastLesson = () => recall(KEY);
