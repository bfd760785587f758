/**
 * In narrow places the settings live behind a button, in a sheet; the same
 * elements as in the rail of a wide one.
 * @module
 */

import { byId, wireDialog } from "./dom.js";

const PARTS = ["data", "rail", "facts", "legend", "numbers", "chrome", "about"];

export function wireSheet() {
	const sheet = byId("sheet", HTMLDialogElement);
	const body = byId("sheet-body");
	const root = byId("heist");
	wireDialog(sheet);
	const parts = PARTS.map((id) => {
		const part = byId(id);
		const home = document.createComment(id);
		part.before(home);
		return { part, home };
	});
	for (const button of document.querySelectorAll(".settings-open")) {
		button.addEventListener("click", () => {
			const hidden = parts.filter(({ part }) => part.offsetParent === null);
			body.append(...hidden.map(({ part }) => part));
			sheet.showModal();
		});
	}
	sheet.addEventListener("close", () => {
		for (const { part, home } of parts) if (part.previousSibling !== home) home.after(part);
	});
	// A place that grows wide enough shows the rail itself.
	new ResizeObserver(() => {
		if (sheet.open && getComputedStyle(root).getPropertyValue("--wide").trim() === "1")
			sheet.close();
	}).observe(root);
}
