/**
 * The dialog that hands the experiment on: as a link, as a file, in an embed; and,
 * by export.js, as files of what it came to.
 * @module
 */

import { pageAddress } from "./address.js";
import { byId, download, h, wireDialog } from "./dom.js";
import { ExportMenu } from "./export.js";
import { formatLink, LONG_LINK } from "./link.js";
import { embedSnippet } from "./snippet.js";
import { more } from "./strings-later.js";

/** @typedef {import("./experiment.js").Experiment} Experiment */

/**
 * @param {Experiment} experiment
 * @param {import("./client.js").Engine} engine
 * @param {(file: File) => Promise<void>} open
 * @returns {(moment: import("./export.js").Moment|null) => void} opens it for what
 *   was on show at that moment
 */
export function shareDialog(experiment, engine, open) {
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
			said.textContent = more.share.copied;
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
		h("p", {}, more.share.intro),
		h("label", { for: link.id }, more.share.label),
		link,
		h(
			"div",
			{ class: "row" },
			h("button", { type: "button", class: "primary", onclick: () => copy(link) }, more.share.copy),
			h("button", { type: "button", onclick: () => copy(embed) }, more.share.embed),
			h(
				"button",
				{ type: "button", onclick: () => save(experiment, engine.version) },
				more.share.save,
			),
			h("button", { type: "button", onclick: () => file.click() }, more.share.open),
			file,
		),
		said,
		h("label", { class: "unseen", for: embed.id }, more.share.embed),
		embed,
		h(
			"p",
			{ class: "hint" },
			h("a", { href: "embedding.html", target: "_blank", rel: "noopener" }, more.share.howTo),
		),
	);
	const menu = new ExportMenu(engine);
	byId("share-body").append(h("div", { class: "export-place" }, menu.root));
	dialog.addEventListener("close", () => menu.close());
	return (moment) => {
		const { settings, table } = experiment;
		link.value = `${pageAddress()}#${formatLink(settings, table, engine.version)}`;
		embed.value = embedSnippet(settings, pageAddress(), formatLink(settings, table));
		embed.hidden = true;
		said.textContent = link.value.length > LONG_LINK ? more.share.long(link.value.length) : "";
		menu.open(moment, experiment.remote);
		dialog.showModal();
	};
}

/**
 * @param {Experiment} experiment
 * @param {string} engine
 */
function save(experiment, engine) {
	const text = JSON.stringify({ modelheist: 1, engine, settings: experiment.settings }, null, "\t");
	download("heist.json", text);
}
