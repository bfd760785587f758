/**
 * The parts of the page by the names that embeds and lessons use: to hide them
 * and to point at them. A setting's control goes by the setting's key.
 * @module
 */

const PARTS = /** @type {Record<string, string>} */ ({
	settings: "#data, #rail, .settings-open",
	draw: "#draw, #draw-open, .thumb",
	play: "#play",
	step: "#step",
	over: "#over",
	speed: ".speed",
	meter: ".score",
	share: ".share",
	full: "#full",
	"victim-plot": ".plot.victim",
	"copy-plot": ".plot.copy",
	"disagreement-plot": ".plot.disagreement",
	switch: "#tabs, #over-switch",
	chart: ".plot.chart",
	facts: "#facts",
	ledger: "#ledger",
	readout: "#readout",
	legend: "#legend",
	verdict: "#verdict",
	numbers: "#numbers",
});

/**
 * All names, of parts and of settings.
 * @param {string[]} keys
 */
export const nameable = (keys) => [...Object.keys(PARTS), ...keys];

/**
 * The elements that a name stands for; none while there is no such control.
 * @param {string} name
 * @returns {HTMLElement[]}
 */
export function partsOf(name) {
	const found = document.querySelectorAll(PARTS[name] ?? `[data-key~="${CSS.escape(name)}"]`);
	return /** @type {HTMLElement[]} */ ([...found]);
}

/** @param {string[]} names */
export function hideParts(names) {
	for (const old of document.querySelectorAll(".withheld")) old.classList.remove("withheld");
	for (const name of names) for (const part of partsOf(name)) part.classList.add("withheld");
}
