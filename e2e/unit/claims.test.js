// What the page lists of what was found.
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, { document: { documentElement: { lang: "en" } } });
const { tablesOf } = await import("../../site/claims.js");

const nothing = {
	leaves: new Float64Array(0),
	edges: new Float64Array(0),
	points: new Float64Array(0),
	suspects: [],
	leak: null,
	said: { leaves: [], edges: [], points: [] },
	count: { leaves: 0, edges: 0, points: 0 },
};

/** @param {object} found */
const tables = (found) => tablesOf(/** @type {any} */ ({ ...nothing, ...found }));

test("what is off the plane is listed in words, and all of it counted", () => {
	assert.deepEqual(tables({}), []);
	const said = { ...nothing.said, leaves: ["width ≤ 2: yes, 75 %"] };
	const [leaves, ...rest] = tables({ said, count: { ...nothing.count, leaves: 318 } });
	assert.deepEqual([leaves.rows, leaves.of, rest], [[["width ≤ 2: yes, 75 %"]], 318, []]);
	const points = { ...nothing.said, points: ["width 2", "width 3"] };
	const [found] = tables({
		said: points,
		count: { ...nothing.count, points: 2 },
		leak: { mean: 0.1, random: 0.5 },
	});
	assert.equal(found.rows.length, 2);
	assert.match(found.note, /0\.100 .* 0\.500/);
});

test("what lies on the plane is listed by its numbers", () => {
	const [leaves] = tables({
		leaves: Float64Array.of(-1, 0.5, 0, 1, 1, 0.75),
		count: { ...nothing.count, leaves: 1 },
	});
	assert.deepEqual(leaves.rows, [["−1.00…0.50", "0.00…1.00", "B", "75.0\u202f%"]]);
	assert.equal(leaves.of, 1);
});
