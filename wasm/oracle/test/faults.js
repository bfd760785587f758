// What a panic, and the end of the program, cost those who did not cause it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ledger } from "./budgets.js";
import { Client } from "./client.js";
import { token } from "./contract.js";
import { key } from "./servers.js";

const infer = "/v2/models/faults/infer";

/**
 * @param {string} id
 * @param {number} n
 */
const ask = (id, n) => ({
	id,
	inputs: [{ name: "x", shape: [n, 2], datatype: "FP64", data: new Array(2 * n).fill(0.5) }],
});

/** @param {() => import("./servers.js").Server} server the Worker with faulty.js */
export function faults(server) {
	test("a panic costs its own request only", async () => {
		const c = new Client(server().url, await token(server(), "faults", { budget: 10_000 }));
		const owner = new Client(server().url, key);
		const wish = { name: "Eve", models: [{ model: "faults", budget: 1 }] };
		const others = Array.from({ length: 50 }, (_, i) => c.call("POST", infer, ask(`a${i}`, 2)));
		const struck = owner.call("POST", "/v2/tokens", wish, { headers: { "X-Fault": "panic" } });
		const { status, body } = await struck;
		assert.equal(status, 500);
		assert.ok(!body.error.includes("fault"), "what is wrong here is nobody's business");
		for (const other of others) assert.equal((await other).status, 200);
		await owner.ok("POST", "/v2/tokens", wish);
	});

	test("the end of the program is an error for those under way, and then it runs again", async () => {
		const c = new Client(server().url, await token(server(), "faults", { budget: 10_000 }));
		const first = ask("big", 800);
		const others = Array.from({ length: 50 }, (_, i) => c.call("POST", infer, ask(`b${i}`, 2)));
		const died = await c.call("POST", infer, first, { headers: { "X-Fault": "death" } });
		assert.equal(died.status, 500);
		const statuses = (await Promise.all(others)).map((a) => a.status);
		assert.ok(statuses.every((s) => s === 200 || s === 500));
		// All of them, again under their ids: answered, and paid once.
		await c.ok("POST", infer, first);
		for (let i = 0; i < 50; i++) await c.ok("POST", infer, ask(`b${i}`, 2));
		const last = await c.ok("POST", infer, ask("last", 1));
		assert.equal(last.parameters.left, 10_000 - 800 - 50 * 2 - 1);
	});

	test("an account of an earlier version goes on: what was spent, ids, and the ledger", async () => {
		const c = new Client(server().url, await token(server(), "aged", { budget: 10 }));
		const path = "/v2/models/aged/infer";
		assert.equal((await c.call("POST", path, ask("a", 1))).status, 409, "the id was used");
		assert.equal((await c.call("POST", path, ask("b", 4))).status, 402);
		assert.deepEqual((await c.ok("POST", path, ask("b", 2))).parameters, { cost: 2, left: 1 });
		// A charge that was not in the ledger yet, and the new one; every account here has
		// the old one.
		await ledger(server(), "aged", 3 * 4 + 2);
		const owner = new Client(server().url, key);
		const { charges } = await owner.ok("GET", "/v2/models/aged/ledger");
		const [last] = charges;
		const mine = charges.filter((/** @type {any} */ charge) => charge.account === last.account);
		assert.deepEqual(
			mine.map((/** @type {any} */ charge) => charge.n),
			[2, 4],
		);
	});

	test("an address that can't be read is answered as one where nothing is", async () => {
		assert.equal((await new Client(server().url).call("GET", "/v2/%zz")).status, 404);
	});
}
