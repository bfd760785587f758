/**
 * The list of keys, and the first steps without a mouse.
 * @module
 */

import { byId, h, wireDialog } from "./dom.js";
import { t } from "./strings.js";

/** @returns {() => void} opens it */
export function wireHelp() {
	const dialog = byId("help-dialog", HTMLDialogElement);
	wireDialog(dialog);
	const rows = t.shortcuts.map(([keys, what]) =>
		h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, what)),
	);
	byId("help-body").append(
		h("dl", { class: "keys" }, ...rows),
		h("p", { class: "hint" }, t.shortcutsNote),
	);
	const open = () => dialog.showModal();
	byId("help").addEventListener("click", open);
	return open;
}
