// The curve of a run beside its baseline and earlier runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Curve } from "../../site/curve.js";

test("earlier runs against the same victim stay, three of them, newest first", () => {
	const curve = new Curve();
	for (let run = 1; run <= 5; run++) {
		curve.add(10, 0.5);
		curve.add(20, run / 10);
		curve.next(true);
	}
	assert.deepEqual(
		curve.ghosts.map((g) => g.agreement[1]),
		[0.5, 0.4, 0.3],
	);
	assert.deepEqual(
		curve.shown().map((g) => [g.name, g.queries.length]),
		[
			["uniform", 0],
			["earlier 1", 2],
			["earlier 2", 2],
			["earlier 3", 2],
		],
	);
	curve.next(false);
	assert.equal(curve.ghosts.length, 0);
});

test("the uniform thief is asked when it came as far, else how far it came", () => {
	const curve = new Curve();
	assert.equal(curve.compare(0.9, 50), null);
	const queries = Float64Array.of(10, 20, 40, 80);
	curve.uniform = { name: "uniform", queries, agreement: Float64Array.of(0.6, 0.7, 0.8, 0.95) };
	assert.deepEqual(curve.compare(0.9, 50), { needed: 80, reached: 0.8 });
	assert.deepEqual(curve.compare(0.97, 80), { needed: 0, reached: 0.95 });
	assert.deepEqual(curve.compare(0.97, 5), { needed: 0, reached: 0 });
});

test("the table samples the curve evenly with its ends", () => {
	const curve = new Curve();
	for (let q = 1; q <= 100; q++) curve.add(q, q / 100);
	const rows = curve.sampled(20);
	assert.equal(rows.length, 20);
	assert.equal(rows[0].queries, 1);
	assert.equal(rows[19].queries, 100);
	assert.equal(curve.goalAt(), 95);
	curve.add(100, 0.99);
	assert.equal(curve.samples.length, 100);
	assert.match(curve.csv(), /^queries,agreement\n1,0.01\n/);
});
