/**
 * Files that are opened or dropped: experiments, pictures of them, models.
 * @module
 */

import { keep } from "./bring.js";
import { notice } from "./notices.js";
import { isPng, pngLink, svgLink } from "./picture.js";
import { more } from "./strings-later.js";

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
	const bytes = new Uint8Array(await file.arrayBuffer());
	const text = () => new TextDecoder().decode(bytes);
	const json = !isPng(bytes) && !/\.svg$/i.test(file.name);
	const saved = json ? experimentIn(text()) : null;
	if (saved?.victim && saved.settings["victim-file"])
		saved.settings["victim-file"] = keep(String(saved.settings["victim-file"]), bytes);
	const link = saved ? linkOf(saved) : isPng(bytes) ? pngLink(bytes) : json ? "" : svgLink(text());
	if (link) return open(link);
	if (!json) return notice("file", more.share.noLink);
	if (/"(family|sklearn)"\s*:/.test(text())) return bring(file);
	notice("file", more.share.badFile);
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
