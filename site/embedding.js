/**
 * The page "Embed it": its snippets with the site's own address, and a button
 * to copy each.
 * @module
 */

import { h } from "./dom.js";
import { t } from "./strings.js";
import { more } from "./strings-later.js";
import { wireTheme } from "./theme.js";

/** What the text of the page has for the address of the site. */
const PLACEHOLDER = "https://heist.example/";

wireTheme();
// What may scroll sideways has to be reached by keys.
for (const wide of /** @type {NodeListOf<HTMLElement>} */ (
	document.querySelectorAll(".prose :is(pre, .scroll)")
))
	wide.tabIndex = 0;
const site = new URL("./", location.href).href;
for (const pre of document.querySelectorAll("pre")) {
	pre.textContent = (pre.textContent ?? "").replaceAll(PLACEHOLDER, site);
	const said = h("span", { role: "status" });
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(pre.textContent ?? "");
			said.textContent = more.share.copied;
		} catch {
			getSelection()?.selectAllChildren(pre); // no clipboard here: it stands selected
		}
	};
	const name = pre.dataset.name ?? "";
	pre.after(
		h(
			"p",
			{ class: "row hint" },
			h(
				"button",
				{ type: "button", "aria-label": `${t.copyCode}: ${name}`, onclick: copy },
				t.copyCode,
			),
			said,
		),
	);
}
