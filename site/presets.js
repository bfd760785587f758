/**
 * The data sets of the plane as small pictures to choose from.
 * @module
 */

import { h } from "./dom.js";
import { unpack } from "./points.js";
import { preview } from "./preview.js";
import { t } from "./strings.js";
import { readTheme, themes } from "./theme.js";

/**
 * @typedef {import("./experiment.js").Experiment} Experiment
 * @typedef {import("./points.js").Point} Point
 */

/** Those with two features; the others have no picture on a plane. */
export const PLANE = ["moons", "circles", "blobs", "spirals", "xor", "points"];

const SIZE = 88;

/**
 * @param {Experiment} experiment
 * @returns {import("./field.js").Field}
 */
export function presets(experiment) {
	const root = h(
		"fieldset",
		{ class: "presets" },
		h("legend", { class: "unseen" }, experiment.table.param("data").label),
	);
	const choices = (experiment.table.param("data").choices ?? []).filter((o) =>
		PLANE.includes(o.value),
	);
	const cards = choices.map((o) => {
		const canvas = h("canvas", { width: SIZE, height: SIZE, "aria-hidden": "true" });
		const drawn = o.value === "points";
		const pick = () => (drawn ? experiment.redraw() : experiment.set("data", o.value));
		const name = drawn ? t.drawn : o.label;
		const input = h("input", { type: "radio", name: "preset", value: o.value, onchange: pick });
		root.append(
			h(
				"label",
				{ title: `${name}: ${drawn ? t.drawnHelp : o.help}` },
				input,
				canvas,
				h("span", {}, name),
			),
		);
		return { value: o.value, canvas, input };
	});
	const paint = () => {
		const { classes } = readTheme();
		for (const card of cards)
			thumbnail(
				card.canvas,
				card.value === "points" ? unpack(experiment.drawing) : preview(card.value),
				classes,
			);
	};
	let painted = "–";
	themes.addEventListener("change", paint);
	return {
		root,
		update() {
			for (const card of cards) {
				card.input.checked = experiment.get("data") === card.value;
				if (card.value === "points") card.input.disabled = experiment.drawing === "";
			}
			if (painted !== experiment.drawing) paint();
			painted = experiment.drawing;
		},
	};
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Point[]} points
 * @param {string[]} colours
 */
function thumbnail(canvas, points, colours) {
	const ctx = canvas.getContext("2d");
	if (!ctx) return;
	ctx.clearRect(0, 0, SIZE, SIZE);
	const skip = Math.max(1, Math.floor(points.length / 120));
	points.forEach((p, i) => {
		if (i % skip) return;
		ctx.fillStyle = colours[p.c];
		ctx.beginPath();
		mark(ctx, ((p.x + 1) / 2) * (SIZE - 8) + 4, ((1 - p.y) / 2) * (SIZE - 8) + 4, p.c);
		ctx.fill();
	});
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} c
 */
function mark(ctx, x, y, c) {
	const r = 3.2;
	if (c === 0) ctx.arc(x, y, r, 0, 7);
	else if (c === 1) {
		ctx.moveTo(x, y - 1.2 * r);
		ctx.lineTo(x + 1.2 * r, y + r);
		ctx.lineTo(x - 1.2 * r, y + r);
	} else if (c === 2) ctx.rect(x - r, y - r, 2 * r, 2 * r);
	else {
		ctx.rect(x - r * 1.2, y - r * 0.4, 2.4 * r, 0.8 * r);
		ctx.rect(x - r * 0.4, y - r * 1.2, 0.8 * r, 2.4 * r);
	}
}
