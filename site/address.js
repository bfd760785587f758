/**
 * The page's address, which carries the experiment.
 * @module
 */

import { byId } from "./dom.js";
import { formatLink } from "./link.js";
import { optionsQuery } from "./options.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

const WRITE_MS = 400;

/**
 * Keeps the address in step with the experiment, and the links that carry it.
 * @param {Experiment} experiment
 * @param {() => string} engine its version
 * @param {() => string} lesson the step of a lesson, or empty
 * @returns {() => void} writes it soon
 */
export function keepAddress(experiment, engine, lesson) {
	let timer = 0;
	const write = () => {
		const any = lesson() !== "" || Object.keys(experiment.settings).length > 0;
		const link = formatLink(experiment.settings, experiment.table, engine(), lesson());
		const hash = any ? `#${link}` : "";
		history.replaceState(
			null,
			"",
			`${location.pathname}${optionsQuery(location.search, location.hash)}${hash}`,
		);
		byId("full", HTMLAnchorElement).href = `./${hash}`;
	};
	const soon = () => {
		clearTimeout(timer);
		timer = window.setTimeout(write, WRITE_MS);
	};
	experiment.addEventListener("change", soon);
	return soon;
}

/** The address of the whole page, also from within an embed. */
export const pageAddress = () =>
	`${location.origin}${location.pathname.replace(/embed\.html$/, "")}`;
