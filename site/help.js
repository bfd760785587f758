/**
 * The list of keys, and the first steps without a mouse.
 * @module
 */

import { byId, h, wireDialog } from "./dom.js";
import { more } from "./strings-later.js";

/** Opens it; it is filled the first time. */
export function openHelp() {
	const dialog = byId("help-dialog", HTMLDialogElement);
	const body = byId("help-body");
	if (!body.hasChildNodes()) {
		wireDialog(dialog);
		const rows = more.shortcuts.map(([keys, what]) =>
			h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)),
		);
		body.append(h("dl", { class: "keys" }, ...rows), h("p", { class: "hint" }, more.shortcutsNote));
	}
	dialog.showModal();
}
