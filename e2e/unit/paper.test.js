// The page's numbers and curves of the paper.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { lang: "en" } } });
const { figure } = await import("../../site/papertable.js");
const { curvesOf } = await import("../../site/paperchart.js");

test("numbers stand as on the command line, and none is rounded up to 100", () => {
	for (const [kind, v, want] of /** @type {const} */ ([
		["agreement", 100, "100.00"],
		["agreement", 99.9999, "99.9999"],
		["agreement", 98.166, "98.17"],
		["error", 0, "0"],
		["error", 0.02384, "0.0238"],
		["error", 0.00011, "1.1·10⁻⁴"],
		["cost", 183.75, "183.8"],
		["fact", 318, "318"],
		["cost", null, "–"],
	]))
		assert.equal(figure({ name: "", kind }, v), want);
});

test("a curve has the paper's points of all budgets, and ours of those that ran", () => {
	const row = { group: "a", median: [], worst: [], runs: 1, sets: [] };
	const published = { rows: [1, 2].map((x) => ({ ...row, x, paper: [x / 10], mean: [null] })) };
	const measured = { rows: [{ ...row, x: 1, paper: [0.1], mean: [0.3] }] };
	const curves = curvesOf(/** @type {any} */ (published), /** @type {any} */ (measured), 0);
	assert.deepEqual(curves, [
		{
			name: "a",
			paper: [
				[1, 0.1],
				[2, 0.2],
			],
			ours: [[1, 0.3]],
		},
	]);
});
