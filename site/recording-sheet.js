/**
 * What a recording is drawn with: a canvas over a plot, pictures of models,
 * marks, and the curve. The engine draws the same, finer, in Go.
 * @module
 */

import { h } from "./dom.js";
import { unpack } from "./points.js";

/**
 * @typedef {import("./messages.js").Theme} Theme
 * @typedef {import("./recording.js").Model} Model
 * @typedef {import("./points.js").Point} Point
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Steps of a field from unsure to sure, and how far towards the class's colour they go. */
const STEPS = 16;
const DEPTH = 0.62;

export class Sheet {
	width = 0;
	height = 0;

	/** @param {HTMLElement} box */
	constructor(box) {
		this.box = box;
		this.canvas = h("canvas", { class: "recording", "aria-hidden": "true" });
		box.append(this.canvas);
		this.ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
	}

	/** An empty sheet of the size that the plot has now, in CSS pixels. */
	begin() {
		const scale = Math.min(2, devicePixelRatio || 1);
		this.width = this.box.clientWidth;
		this.height = this.box.clientHeight;
		this.canvas.width = this.width * scale;
		this.canvas.height = this.height * scale;
		this.ctx.scale(scale, scale);
	}

	remove() {
		this.canvas.remove();
	}

	/** @param {{x: number, y: number}} p of the plane */
	at({ x, y }) {
		return /** @type {const} */ ([((x + 1) / 2) * this.width, ((1 - y) / 2) * this.height]);
	}
}

/**
 * @param {Sheet} sheet
 * @param {Model} model
 * @param {number} side of its field
 * @param {Theme} theme
 * @param {'solid'|'dashed'} [style] of its lines
 */
export function pictureOf(sheet, model, side, theme, style = "solid") {
	const { ctx, width, height } = sheet;
	ctx.imageSmoothingQuality = "high";
	ctx.drawImage(fieldOf(model.field, side, theme), 0, 0, width, height);
	ctx.setLineDash(style === "dashed" ? [6, 5] : []);
	for (const [colour, thick] of /** @type {[string, number][]} */ ([
		[theme.card, 4],
		[theme.ink, 2],
	])) {
		ctx.strokeStyle = colour;
		ctx.lineWidth = thick;
		for (const line of model.lines) {
			ctx.beginPath();
			for (const p of unpack(line)) ctx.lineTo(...sheet.at(p));
			ctx.stroke();
		}
	}
	ctx.setLineDash([]);
}

/**
 * @param {string} field
 * @param {number} side
 * @param {Theme} theme
 */
function fieldOf(field, side, theme) {
	const small = h("canvas", { width: side, height: side });
	const ctx = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
	const image = ctx.createImageData(side, side);
	const ground = rgb(theme.card);
	const classes = theme.classes.map(rgb);
	[...field].forEach((character, i) => {
		const value = ALPHABET.indexOf(character);
		const share = (DEPTH * (value % STEPS)) / (STEPS - 1);
		const colour = classes[Math.floor(value / STEPS)];
		for (const k of [0, 1, 2]) image.data[4 * i + k] = ground[k] + (colour[k] - ground[k]) * share;
		image.data[4 * i + 3] = 255;
	});
	ctx.putImageData(image, 0, 0);
	return small;
}

/** @param {string} hex */
const rgb = (hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

/**
 * A training point, filled, or a query, hollow: class 0 is round, others have
 * corners.
 * @param {Sheet} sheet
 * @param {Point} p
 * @param {Theme} theme
 * @param {'data'|'query'|'old'} what
 */
export function placeOf(sheet, p, theme, what) {
	const { ctx, width } = sheet;
	const [x, y] = sheet.at(p);
	const r = what === "data" ? width / 110 : width / 66;
	ctx.globalAlpha = what === "old" ? 0.4 : 1;
	ctx.beginPath();
	if (p.c === 0) ctx.arc(x, y, r, 0, 7);
	else {
		const corners = p.c + 2;
		for (let i = 0; i < corners; i++) {
			const turn = (2 * Math.PI * i) / corners - Math.PI / (p.c === 2 ? 4 : 2);
			ctx.lineTo(x + 1.25 * r * Math.cos(turn), y + 1.25 * r * Math.sin(turn));
		}
		ctx.closePath();
	}
	if (what === "data") {
		ctx.lineWidth = 2;
		ctx.strokeStyle = theme.card;
		ctx.stroke();
		ctx.fillStyle = theme.classes[p.c];
		ctx.fill();
	} else {
		ctx.lineWidth = 1.6;
		ctx.strokeStyle = theme.classes[p.c];
		ctx.stroke();
	}
	ctx.globalAlpha = 1;
}

/**
 * Agreement from 50 to 100 % against queries.
 * @param {Sheet} sheet
 * @param {{queries: number, agreement: number}[]} rounds
 * @param {number} budget
 * @param {Theme} theme
 */
export function chartOf(sheet, rounds, budget, theme) {
	const { ctx, width, height } = sheet;
	const [left, right, top, bottom] = [50, width - 16, 12, height - 22];
	/** @param {number} q */
	const x = (q) => left + ((right - left) * q) / budget;
	/** @param {number} a */
	const y = (a) => bottom - ((bottom - top) * (Math.max(0.5, a) - 0.5)) / 0.5;
	ctx.font = "11px system-ui, sans-serif";
	ctx.fillStyle = theme.soft;
	ctx.strokeStyle = theme.line;
	ctx.lineWidth = 1;
	ctx.textBaseline = "middle";
	for (const a of [0.5, 0.75, 1]) {
		ctx.beginPath();
		ctx.moveTo(left, y(a));
		ctx.lineTo(right, y(a));
		ctx.stroke();
		ctx.textAlign = "end";
		if (a !== 0.75) ctx.fillText(`${100 * a}\u202f%`, left - 8, y(a));
	}
	ctx.textAlign = "center";
	for (let i = 0; i <= 4; i++)
		ctx.fillText(String(Math.round((budget * i) / 4)), x((budget * i) / 4), bottom + 12);
	ctx.strokeStyle = theme.ink;
	ctx.lineWidth = 2;
	ctx.beginPath();
	for (const r of rounds) ctx.lineTo(x(r.queries), y(r.agreement));
	ctx.stroke();
	const last = rounds.at(-1);
	if (!last) return;
	ctx.fillStyle = theme.ink;
	ctx.beginPath();
	ctx.arc(x(last.queries), y(last.agreement), 4, 0, 7);
	ctx.fill();
}
