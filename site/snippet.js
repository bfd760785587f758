/**
 * What an author copies into a page to have the experiment there.
 * @module
 */

/** @param {string} text */
const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/**
 * @param {import("./params.js").Settings} settings
 * @param {string} site address of the page, with its last slash
 * @param {string} link the settings as a link's fragment
 */
export function embedSnippet(settings, site, link) {
	const attributes = Object.entries(settings).map(([key, value]) => ` ${key}="${quoted(value)}"`);
	return [
		`<script type="module" src="${site}heist-playground.js"></script>`,
		`<heist-playground${attributes.join("")}>`,
		`  <a href="${quoted(`${site}#${link}`)}">Model Heist: steal a model through its answers</a>`,
		"</heist-playground>",
		"",
	].join("\n");
}
