/**
 * Light or dark, and the page's colours as the engine needs them.
 * @module
 */

import { byId } from "./dom.js";
import { recall, remember } from "./storage.js";

/** @typedef {import("./messages.js").Theme} Theme */

const KEY = "heist.theme";
const TOKENS = /** @type {const} */ (["paper", "card", "ink", "soft", "line", "differ"]);

/** Emits `change` when the colours have changed, also by the system's doing. */
export const themes = new EventTarget();

/** @param {string} [given] by the address; otherwise it is as the visitor left it */
export function wireTheme(given) {
	const select = byId("theme", HTMLSelectElement);
	setTheme(given ?? recall(KEY) ?? "auto");
	select.addEventListener("change", () => {
		remember(KEY, select.value === "auto" ? null : select.value);
		setTheme(select.value);
	});
	for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
		matchMedia(query).addEventListener("change", tell);
}

const tell = () => themes.dispatchEvent(new Event("change"));

/** @param {string} theme auto, light or dark */
export function setTheme(theme) {
	byId("theme", HTMLSelectElement).value = theme;
	if (theme === "auto") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
	tell();
}

/** @returns {Theme} */
export function readTheme() {
	const probe = document.createElement("i");
	document.body.append(probe);
	const dot = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	/** @param {string} token */
	const colour = (token) => {
		probe.style.color = `var(--${token})`;
		return hex(dot, getComputedStyle(probe).color);
	};
	const named = Object.fromEntries(TOKENS.map((token) => [token, colour(token)]));
	const classes = [0, 1, 2, 3].map((c) => colour(`class-${c}`));
	probe.remove();
	const dark = luminance(named.card) < 0.5;
	return /** @type {Theme} */ ({ ...named, classes, dark });
}

/**
 * Any CSS colour as #rrggbb, by painting it.
 * @param {CanvasRenderingContext2D|null} dot
 * @param {string} colour
 */
function hex(dot, colour) {
	if (!dot) return "#808080";
	dot.clearRect(0, 0, 1, 1);
	dot.fillStyle = colour;
	dot.fillRect(0, 0, 1, 1);
	const [r, g, b] = dot.getImageData(0, 0, 1, 1).data;
	return `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
}

/** @param {string} rgb */
function luminance(rgb) {
	const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(rgb.slice(i, i + 2), 16) / 255);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
