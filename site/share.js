/**
 * The experiment as a link and as a file.
 * @module
 */

import { byId, h, wireDialog } from "./dom.js";
import { formatLink, LONG_LINK } from "./link.js";
import { notice } from "./notices.js";
import { optionsQuery } from "./options.js";
import { t } from "./strings.js";

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

/**
 * @param {Experiment} experiment
 * @param {() => string} engine
 * @param {(fragment: string) => void} open
 */
export function wireShare(experiment, engine, open) {
	const dialog = byId("share-dialog", HTMLDialogElement);
	wireDialog(dialog);
	const link = h("input", {
		type: "text",
		readOnly: true,
		id: "share-link",
		onfocus: () => link.select(),
	});
	const said = h("p", { class: "hint", role: "status" });
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(link.value);
			said.textContent = t.share.copied;
		} catch {
			link.select(); // no clipboard here: the link stands selected
		}
	};
	const file = h("input", {
		type: "file",
		accept: ".json,application/json",
		hidden: true,
		onchange: () => file.files?.[0] && openFile(file.files[0], open).then(() => dialog.close()),
	});
	byId("share-body").append(
		h("p", {}, t.share.intro),
		h("label", { for: link.id }, t.share.label),
		link,
		h(
			"div",
			{ class: "row" },
			h("button", { type: "button", class: "primary", onclick: copy }, t.share.copy),
			h("button", { type: "button", onclick: () => save(experiment, engine()) }, t.share.save),
			h("button", { type: "button", onclick: () => file.click() }, t.share.open),
			file,
		),
		said,
	);
	for (const button of document.querySelectorAll(".share")) {
		button.addEventListener("click", () => {
			link.value = `${pageAddress()}#${formatLink(experiment.settings, experiment.table, engine())}`;
			said.textContent = link.value.length > LONG_LINK ? t.share.long(link.value.length) : "";
			dialog.showModal();
		});
	}
}

/** The address of the whole page, also from within an embed. */
export const pageAddress = () =>
	`${location.origin}${location.pathname.replace(/embed\.html$/, "")}`;

/**
 * @param {Experiment} experiment
 * @param {string} engine
 */
function save(experiment, engine) {
	const text = JSON.stringify({ modelheist: 1, engine, settings: experiment.settings }, null, "\t");
	const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
	h("a", { href: url, download: "heist.json" }).click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/**
 * Reads a file that save wrote and hands it on as a link's fragment, so that
 * files and links are checked by the same code.
 * @param {File} file
 * @param {(fragment: string) => void} open
 */
export async function openFile(file, open) {
	try {
		const { modelheist, engine, settings } = JSON.parse(await file.text());
		if (modelheist !== 1 || typeof settings !== "object" || settings === null)
			throw new Error("not ours");
		const parts = Object.entries(settings).map(
			([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
		);
		if (engine) parts.push(`e=${encodeURIComponent(String(engine))}`);
		open(parts.join("&"));
	} catch {
		notice("file", t.share.badFile);
	}
}
