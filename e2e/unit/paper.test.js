// The page's numbers and curves of the paper.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { lang: "en" } } });
const { figure } = await import("../../site/papertable.js");
const { curvesOf, errorOf } = await import("../../site/paperchart.js");

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
	const columns = [{ name: "R_unif", kind: "error" }];
	const published = {
		columns,
		rows: [1, 2].map((x) => ({ ...row, x, paper: [x / 10], mean: [null] })),
	};
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
			level: null,
		},
	]);
});

test("an agreement is drawn as an error, on its own panel, and without an x as a level", () => {
	const report = {
		columns: [{ name: "1-R_unif", unit: "%", kind: "agreement" }],
		rows: [
			{ group: "one", panel: 1, x: null, paper: [null], mean: [99] },
			{ group: "two", panel: 1, x: 5, paper: [75], mean: [50] },
			{ group: "elsewhere", panel: 0, x: 5, paper: [null], mean: [100] },
		],
	};
	const given = /** @type {any} */ (report);
	const [one, two, ...rest] = curvesOf(given, given, 0, 1).toSorted((a, b) =>
		a.name < b.name ? -1 : 1,
	);
	assert.equal(errorOf(given.columns[0]), "R_unif");
	assert.ok(Math.abs((one.level ?? 0) - 0.01) < 1e-12 && one.ours.length === 0);
	assert.deepEqual([two.paper, two.ours, two.level], [[[5, 0.25]], [[5, 0.5]], null]);
	assert.deepEqual(rest, []);
});
