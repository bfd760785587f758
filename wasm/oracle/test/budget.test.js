// The decision on a draw, against remote/store.go's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { granted, nothing, take } from "../budget.js";

/** @typedef {import("../budget.js").Draw & {now: number, grant: number[]}} Drawn */

/** @type {Drawn[][]} */
const histories = JSON.parse(
	readFileSync(new URL("../../../remote/testdata/draws.json", import.meta.url), "utf8"),
);

test("draws are decided as the Go store decides them", () => {
	for (const [number, draws] of histories.entries()) {
		let spending = nothing;
		/** @type {Map<string, {body?: string, time: number}>} */
		const ids = new Map();
		for (const draw of draws) {
			const decided = take(spending, draw, draw.now, (since) => {
				const charge = ids.get(draw.id ?? "");
				return charge && charge.time >= since ? charge.body : undefined;
			});
			const { verdict, left, renews, rateLeft, rateIn } = decided.grant;
			assert.deepEqual([verdict, left, renews, rateLeft, rateIn], draw.grant, `history ${number}`);
			if (verdict !== granted || draw.n === 0) continue;
			spending = decided.spending;
			if (draw.id) ids.set(draw.id, { body: draw.body, time: draw.now });
		}
	}
});
