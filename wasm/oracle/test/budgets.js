// Many clients at once, and what a restart leaves.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Client } from "./client.js";
import { token } from "./contract.js";
import { key } from "./servers.js";

const budget = 10_000;
const clients = 64;
const infer = "/v2/models/crowd/infer";

/**
 * @param {string | undefined} id
 * @param {number} n
 */
const ask = (id, n) => ({
	id,
	inputs: [{ name: "x", shape: [n, 2], datatype: "FP64", data: new Array(2 * n).fill(0.5) }],
});

/**
 * The same numbers for the same seed.
 *
 * @param {number} seed
 */
function random(seed) {
	let s = seed * 2654435761 + 1;
	return () => {
		s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
		return s / 2 ** 32;
	};
}

/** @param {() => import("./servers.js").Server} server */
export function budgets(server) {
	/** @type {Client} */
	let crowd;

	test("64 clients that break off and retry get 10,000 answers at most, each paid once", async (t) => {
		crowd = new Client(server().url, await token(server(), "crowd", { budget }));
		let [answered, broken] = [0, 0];

		/**
		 * Asks until there is an answer, breaking off now and then.
		 *
		 * @param {object} question
		 * @param {() => number} dice
		 */
		async function persist(question, dice) {
			for (;;) {
				const signal = dice() < 0.25 ? AbortSignal.timeout(Math.floor(dice() * 60)) : undefined;
				try {
					return (await crowd.call("POST", infer, question, { signal })).status;
				} catch (error) {
					if (!signal?.aborted) throw error;
					broken++;
				}
			}
		}

		/** @param {number} number of the client */
		async function draw(number) {
			const dice = random(number);
			let most = 40;
			for (let request = 0; ; request++) {
				const n = 1 + Math.floor(dice() * most);
				const status = await persist(ask(`${number}-${request}`, n), dice);
				if (status === 402 && n === 1) return;
				if (status === 402)
					most = 1; // less may still be had
				else assert.equal(status, 200);
				if (status === 200) answered += n;
			}
		}
		await Promise.all(Array.from({ length: clients }, (_, i) => draw(i)));

		const left = await budgetLeft(crowd);
		const paid = await ledger(server(), "crowd", answered);
		t.diagnostic(`${answered} answered, ${paid} paid, ${left} left, ${broken} broken off`);
		assert.equal(answered, budget - left);
		assert.equal(answered, budget);
		assert.equal(paid, answered);
		assert.ok(broken > 50, "so few broke off that nothing was tried");
	});

	test("of a token and of the admin key only the server's memory knows", async () => {
		const secret = await token(server(), "kept", { budget: 10 });
		await new Client(server().url, secret).ok("POST", "/v2/models/kept/infer", ask("a", 1));
		const files = readdirSync(server().state, { recursive: true, withFileTypes: true });
		const texts = files
			.filter((f) => f.isFile())
			.map((f) => readFileSync(path.join(f.parentPath, f.name)));
		const hash = createHash("sha256").update(secret).digest("hex");
		assert.ok(
			texts.some((text) => text.includes(hash)),
			"this is not where tokens are kept",
		);
		for (const text of texts) assert.ok(!text.includes(secret) && !text.includes(key));
	});

	test("a restart forgets neither budgets, nor used ids, nor the board's facts", async () => {
		const mine = new Client(server().url, await token(server(), "kept", { budget: 10 }));
		const first = await mine.ok("POST", "/v2/models/kept/infer", ask("a", 4));
		// Once it is in the ledger, nothing but the sum is left of a charge without an id.
		const other = new Client(server().url, await token(server(), "summed", { budget: 10 }));
		await other.ok("POST", "/v2/models/summed/infer", ask(undefined, 3));
		assert.equal(await ledger(server(), "summed", 3), 3);
		await mine.ok("POST", "/v2/models/kept/infer", ask("late", 1)); // not in the ledger yet
		await server().restart();
		mine.url = other.url = crowd.url = server().url;
		const more = await other.ok("POST", "/v2/models/summed/infer", ask(undefined, 2));
		assert.deepEqual(more.parameters, { cost: 2, left: 5 });
		assert.equal(await ledger(server(), "summed", 5), 5);
		const again = await mine.ok("POST", "/v2/models/kept/infer", ask("a", 4));
		assert.deepEqual(again.parameters, { cost: 0, left: 5 });
		assert.deepEqual(again.outputs, first.outputs);
		assert.equal((await mine.call("POST", "/v2/models/kept/infer", ask("a", 3))).status, 409);
		assert.equal((await mine.call("POST", "/v2/models/kept/infer", ask("b", 6))).status, 402);
		assert.equal(await budgetLeft(crowd), 0);
		assert.equal(await ledger(server(), "crowd", budget), budget);
	});
}

/** @param {Client} c */
async function budgetLeft(c) {
	const { headers } = await c.call("GET", "/v2/models/crowd");
	return Number(headers.get("RateLimit")?.match(/^"budget";r=(\d+)/)?.[1]);
}

/**
 * What the ledger says was paid, once it is what is expected: its lines may come
 * some seconds later.
 *
 * @param {import("./servers.js").Server} server
 * @param {string} model
 * @param {number} expected
 */
export async function ledger(server, model, expected) {
	for (let wait = 0; ; wait++) {
		const { charges } = await new Client(server.url, key).ok("GET", `/v2/models/${model}/ledger`);
		assert.ok(charges.length < 1000, "the list is cut off");
		const paid = charges.reduce((/** @type {number} */ sum, /** @type {any} */ c) => sum + c.n, 0);
		if (paid >= expected || wait === 20) return paid;
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}
