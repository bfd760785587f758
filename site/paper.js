/**
 * The page "The paper": a card for each table and figure that core/paper knows.
 * @module
 */

import { byId, h } from "./dom.js";
import { Lab } from "./lab.js";
import { notice } from "./notices.js";
import { Card } from "./papercard.js";
import { words } from "./paperstrings.js";
import { t } from "./strings.js";
import { wireTheme } from "./theme.js";

/**
 * What the build wrote down: every table and figure in its full size, with the
 * paper's numbers and no runs.
 * @returns {Promise<import("./lab.js").Report[]>}
 */
async function loadPublished() {
	const response = await fetch(new URL("./paper.json", import.meta.url));
	if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
	return response.json();
}

/**
 * A title for a list: the table's or figure's number, or else the subject.
 * @param {string} title
 */
function short(title) {
	const [place, subject = place] = title.split(": ");
	if (/^(Table|Figure) /.test(place)) return place;
	return subject[0].toUpperCase() + subject.slice(1).replace(/,.*/, "");
}

/** @param {import("./lab.js").Report[]} published */
function start(published) {
	const lab = new Lab();
	for (const one of published) {
		const card = new Card(one, lab);
		byId("cards").append(card.root);
		byId("contents").append(h("a", { href: `#${one.name}` }, short(one.title)), " ");
	}
	// The browser looked for the link's target before it was there.
	document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

wireTheme();
loadPublished().then(start, (err) =>
	notice("paper", words.noList(err.message), {
		actions: [[t.retry, () => location.reload()]],
	}),
);
