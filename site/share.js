/**
 * The experiment as a link and as a file; files of what it came to are made in
 * export.js, which is loaded when they are first asked for.
 * @module
 */

import { byId, download, h, wireDialog } from "./dom.js";
import { formatLink, LONG_LINK } from "./link.js";
import { notice } from "./notices.js";
import { optionsQuery } from "./options.js";
import { embedSnippet } from "./snippet.js";
import { t } from "./strings.js";
import { keep } from "./victim.js";

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
 * @param {import("./client.js").Engine} engine
 * @param {(file: File) => Promise<void>} open
 * @param {() => import("./export.js").Moment|null} moment
 */
export function wireShare(experiment, engine, open, moment) {
	const dialog = byId("share-dialog", HTMLDialogElement);
	wireDialog(dialog);
	const link = h("input", {
		type: "text",
		readOnly: true,
		id: "share-link",
		onfocus: () => link.select(),
	});
	const said = h("p", { class: "hint", role: "status" });
	const embed = h("textarea", { id: "share-embed", rows: 4, readOnly: true, hidden: true });
	/** @param {HTMLInputElement|HTMLTextAreaElement} field */
	const copy = async (field) => {
		try {
			await navigator.clipboard.writeText(field.value);
			said.textContent = t.share.copied;
		} catch {
			field.hidden = false;
			field.select(); // no clipboard here: the text stands selected
		}
	};
	const file = h("input", {
		type: "file",
		accept: ".json,.png,.svg,.onnx",
		hidden: true,
		onchange: () => file.files?.[0] && open(file.files[0]).then(() => dialog.close()),
	});
	byId("share-body").append(
		h("p", {}, t.share.intro),
		h("label", { for: link.id }, t.share.label),
		link,
		h(
			"div",
			{ class: "row" },
			h("button", { type: "button", class: "primary", onclick: () => copy(link) }, t.share.copy),
			h("button", { type: "button", onclick: () => copy(embed) }, t.share.embed),
			h(
				"button",
				{ type: "button", onclick: () => save(experiment, engine.version) },
				t.share.save,
			),
			h("button", { type: "button", onclick: () => file.click() }, t.share.open),
			file,
		),
		said,
		h("label", { class: "unseen", for: embed.id }, t.share.embed),
		embed,
		h(
			"p",
			{ class: "hint" },
			h("a", { href: "embedding.html", target: "_blank", rel: "noopener" }, t.share.howTo),
		),
	);
	const menu = exportMenu(engine, dialog);
	for (const button of document.querySelectorAll(".share")) {
		button.addEventListener("click", () => {
			const { settings, table } = experiment;
			link.value = `${pageAddress()}#${formatLink(settings, table, engine.version)}`;
			embed.value = embedSnippet(settings, pageAddress(), formatLink(settings, table));
			embed.hidden = true;
			said.textContent = link.value.length > LONG_LINK ? t.share.long(link.value.length) : "";
			menu(moment());
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
	download("heist.json", text);
}

/**
 * The menu of files, below the link. It is loaded with the first opening.
 * @param {import("./client.js").Engine} engine
 * @param {HTMLDialogElement} dialog
 * @returns {(moment: import("./export.js").Moment|null) => void} opens it
 */
function exportMenu(engine, dialog) {
	const place = h("div", { class: "export-place" });
	byId("share-body").append(place);
	/** @type {Promise<import("./export.js").ExportMenu>|undefined} */
	let loaded;
	const load = async () => {
		const { ExportMenu } = await import("./export.js");
		const menu = new ExportMenu(engine);
		place.replaceChildren(menu.root);
		dialog.addEventListener("close", () => menu.close());
		return menu;
	};
	return async (moment) => {
		try {
			loaded ??= load();
			(await loaded).open(moment);
		} catch (err) {
			loaded = undefined; // tried again with the next opening
			place.textContent = t.export.failed(err instanceof Error ? err.message : String(err));
		}
	};
}

/**
 * Reads what this page or the command line has written. An experiment, as JSON or in
 * a picture, goes on as a link's fragment, so that files and links are checked by
 * the same code, and with it the victim that was brought; any other JSON and ONNX is
 * taken for a model.
 * @param {File} file
 * @param {(fragment: string) => void} open
 * @param {(file: File) => void} bring
 */
export async function openFile(file, open, bring) {
	if (/\.onnx$/i.test(file.name)) return bring(file);
	const { isPng, pngLink, svgLink } = await import("./picture.js");
	const bytes = new Uint8Array(await file.arrayBuffer());
	const text = () => new TextDecoder().decode(bytes);
	const json = !isPng(bytes) && !/\.svg$/i.test(file.name);
	const saved = json ? experimentIn(text()) : null;
	if (saved?.victim && saved.settings["victim-file"])
		saved.settings["victim-file"] = keep(String(saved.settings["victim-file"]), bytes);
	const link = saved ? linkOf(saved) : isPng(bytes) ? pngLink(bytes) : json ? "" : svgLink(text());
	if (link) return open(link);
	if (!json) return notice("file", t.share.noLink);
	if (/"(family|sklearn)"\s*:/.test(text())) return bring(file);
	notice("file", t.share.badFile);
}

/**
 * An experiment's JSON; null for anything else.
 * @typedef {{settings: Record<string, unknown>, engine?: unknown, victim?: unknown}} Saved
 * @param {string} text
 * @returns {Saved|null}
 */
function experimentIn(text) {
	try {
		const saved = JSON.parse(text);
		const ours = saved.modelheist === 1 && typeof saved.settings === "object" && saved.settings;
		return ours ? saved : null;
	} catch {
		return null;
	}
}

/** @param {Saved} saved */
function linkOf({ settings, engine }) {
	const parts = Object.entries(settings).map(
		([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
	);
	if (engine) parts.push(`e=${encodeURIComponent(String(engine))}`);
	return ["v=1", ...parts].join("&");
}
