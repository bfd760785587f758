// The packing of drawn points: what core/dataset.PackPoints makes of the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromTriples, MAX_POINTS, pack, snap, toTriples, unpack } from "../../site/points.js";

/** Points and their packing by the Go program. */
const VECTORS = /** @type {const} */ ([
	[[{ x: -1, y: -1, c: 0 }], "AAAA"],
	[[{ x: 1, y: 1, c: 3 }], "___z"],
	[[{ x: 0, y: 0, c: 1 }], "gCAB"],
	[
		[
			{ x: -0.7, y: 0, c: 0 },
			{ x: 0.3, y: 0.2, c: 1 },
		],
		"JmAApmZh",
	],
	[[{ x: 0.123456, y: -0.654321, c: 2 }], "j8sS"],
]);

test("points are packed as the Go program packs them", () => {
	for (const [points, text] of VECTORS) assert.equal(pack([...points]), text);
});

test("unpacking gives the nearest points that a link can hold", () => {
	for (const [points, text] of VECTORS) assert.deepEqual(unpack(text), points.map(snap));
	const [p] = unpack("j8sS");
	assert.equal(p.x, 0.1241446725317692);
	assert.equal(p.y, -0.6539589442815249);
});

test("every place of the grid and every class survives", () => {
	const points = [];
	for (let q = 0; q <= 1023; q++)
		points.push({ x: -1 + (2 * q) / 1023, y: -1 + (2 * (1023 - q)) / 1023, c: q % 4 });
	assert.deepEqual(unpack(pack(points)), points);
});

test("what can't be read is named", () => {
	assert.throws(() => unpack("abc"), /3 characters/);
	assert.throws(() => unpack("ab$d"), /character 3 is “\$”/);
	assert.throws(() => unpack("AAAE"), /point 1 has class 5, allowed 1 to 4/);
	assert.throws(() => unpack("AAAA".repeat(MAX_POINTS + 1)), /2001 points/);
});

test("triples carry points there and back", () => {
	const points = unpack("JmAApmZh");
	assert.deepEqual(fromTriples(toTriples(points)), points);
});
