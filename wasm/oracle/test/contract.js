// What holds of every server of the oracle.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Client, question } from "./client.js";
import { friend, key, root } from "./servers.js";

/** @param {() => import("./servers.js").Server} server */
export function contract(server) {
	const anyone = () => new Client(server().url);
	const owner = () => new Client(server().url, key);

	describe("the protocol", () => {
		test("the server tells what it is, that it lives, and that it is ready", async () => {
			const about = await anyone().ok("GET", "/v2");
			assert.equal(typeof about.name, "string");
			assert.equal(typeof about.version, "string");
			assert.ok(about.extensions.every((/** @type {unknown} */ e) => typeof e === "string"));
			const live = await anyone().ok("GET", "/v2/health/live");
			assert.equal(live.live, true);
			const ready = await anyone().ok("GET", "/v2/health/ready");
			assert.equal(ready.ready ?? ready.live, true);
		});

		test("a model is described, ready, and answers as described", async () => {
			const c = anyone();
			for (const name of [
				"moons-mlp",
				"iris-softmax",
				"digits-softmax",
				"circles-svm",
				"moons-tree",
			]) {
				const m = await c.metadata(name);
				const ready = await c.ok("GET", `/v2/models/${name}/ready`);
				assert.deepEqual([ready.name, ready.ready], [name, true]);
				const zero = new Array(m.inputs[0].shape[1]).fill(0);
				const out = await c.infer(name, { id: "42", ...question(m, [zero, zero, zero]) });
				assert.deepEqual(
					Object.keys(out),
					m.outputs.map((/** @type {any} */ o) => o.name),
				);
				for (const o of m.outputs) {
					assert.equal(out[o.name].datatype, o.datatype);
					assert.deepEqual(out[o.name].shape.slice(1), o.shape.slice(1));
				}
				const [last] = m.outputs.slice(-1);
				await c.infer(name, { ...question(m, [zero]), outputs: [{ name: last.name }] });
			}
		});

		test("data may be flat or nested, and FP32 or FP64", async () => {
			const c = anyone();
			const m = await c.metadata("iris-softmax");
			const points = [
				[-1, 0.5, -1, -1],
				[1, -0.5, 1, 1],
			];
			const want = await c.infer("iris-softmax", question(m, points));
			assert.deepEqual(want.label.data, [0, 2]);
			for (const form of /** @type {const} */ (["flat", "nested"]))
				for (const datatype of ["FP32", "FP64"])
					assert.deepEqual(
						await c.infer("iris-softmax", question(m, points, form, datatype)),
						want,
					);
		});
	});

	describe("what is refused", () => {
		const infer = "/v2/models/moons-mlp/infer";
		/** @param {object} change */
		const input = (change) => ({
			inputs: [{ name: "x", shape: [1, 2], datatype: "FP64", data: [0, 0], ...change }],
		});
		const good = input({});

		test("bad input is named, and costs nothing", async () => {
			const c = anyone();
			const before = (await c.call("GET", "/v2/models/moons-mlp")).headers.get("RateLimit");
			for (const [body, status, says] of /** @type {[unknown, number, string][]} */ ([
				["{", 400, "JSON"],
				[input({ name: "y" }), 400, "inputs[0].name"],
				[input({ datatype: "INT64" }), 400, "inputs[0].datatype"],
				[input({ shape: [2, 1] }), 400, "inputs[0].shape"],
				[input({ shape: [1, 3], data: [0, 0, 0] }), 400, "inputs[0].shape"],
				[input({ data: [0] }), 400, "inputs[0].data"],
				[input({ data: [0, null] }), 400, "inputs[0].data"],
				[input({ data: [0, "0"] }), 400, "inputs[0].data"],
				[JSON.stringify(good).replace("[0,0]", "[0,NaN]"), 400, "JSON"],
				[JSON.stringify(good).replace("[0,0]", "[0,1e999]"), 400, "JSON"],
				[input({ shape: [1001, 2], data: new Array(2002).fill(0) }), 400, "1..1000"],
				[{ ...good, outputs: [{ name: "weights" }] }, 400, "outputs[0].name"],
				[{ ...good, colour: 1 }, 400, "colour"],
				[{ id: "a".repeat(1 << 20), ...good }, 413, "1048576"],
				["x".repeat(5 << 20), 413, "1048576"],
			])) {
				const answer = await c.call("POST", infer, body);
				assert.equal(answer.status, status, JSON.stringify(answer.body));
				assert.ok(answer.body.error.includes(says), `${answer.body.error}: ${says}`);
			}
			const after = (await c.call("GET", "/v2/models/moons-mlp")).headers.get("RateLimit");
			assert.equal(after?.split(";")[1], before?.split(";")[1]);
		});

		test("a batch of 1,000 is taken", async () => {
			const c = new Client(server().url, await token(server(), "batches", { budget: 2000 }));
			const out = await c.infer(
				"batches",
				input({ shape: [1000, 2], data: new Array(2000).fill(0.5) }),
			);
			assert.equal(out.label.data.length, 1000);
		});

		test("paths and methods that are not there", async () => {
			const c = anyone();
			for (const [method, path, status] of /** @type {[string, string, number][]} */ ([
				["GET", "/v2/models/none", 404],
				["GET", "/v2/models/<script>", 404],
				["GET", "/v2/models/moons-mlp/versions/1", 404],
				["GET", "/v2/nothing", 404],
				["GET", infer, 405],
				["DELETE", infer, 405],
				["PATCH", "/v2/models/moons-mlp", 405],
			])) {
				const answer = await c.call(method, path);
				assert.equal(answer.status, status, `${method} ${path}`);
				if (status === 405) assert.ok(answer.headers.get("Allow"));
				assert.ok(!JSON.stringify(answer.body).includes("<"));
			}
			assert.equal((await c.call("HEAD", "/v2")).status, 200);
		});
	});

	describe("who may do what", () => {
		test("only the owner publishes, makes tokens, reads the ledger and withdraws", async () => {
			const victim = publication({ answers: "labels" });
			for (const wrong of [undefined, "wrong", key.toUpperCase()]) {
				const c = new Client(server().url, wrong);
				for (const [method, path, body] of /** @type {[string, string, unknown][]} */ ([
					["PUT", "/v2/models/mine", victim],
					["DELETE", "/v2/models/moons-mlp", undefined],
					["POST", "/v2/tokens", { name: "Eve", models: [{ model: "mine", budget: 1 }] }],
					["GET", "/v2/models/mine/ledger", undefined],
				])) {
					const answer = await c.call(method, path, body);
					assert.equal(answer.status, 401, `${method} ${path} with ${wrong}`);
					assert.equal(answer.headers.get("WWW-Authenticate"), "Bearer");
				}
			}
			// In the address a key is not even looked at.
			const asked = await anyone().call(
				"PUT",
				`/v2/models/mine?key=${encodeURIComponent(key)}`,
				victim,
			);
			assert.equal(asked.status, 401);

			await owner().ok("PUT", "/v2/models/mine", victim);
			assert.equal((await anyone().call("GET", "/v2/models/mine")).status, 401);
			const { models } = await anyone().ok("GET", "/v2/models");
			assert.ok(models.some((/** @type {any} */ m) => m.name === "mine" && !m.open));
			await owner().ok("DELETE", "/v2/models/mine");
			assert.equal((await anyone().call("GET", "/v2/models/mine")).status, 404);
		});

		test("a wrong publication is refused with its member's name", async () => {
			const good = publication({ answers: "labels" });
			for (const [bad, says] of /** @type {[object, string][]} */ ([
				[{ ...good, oracle: { answers: "everything" } }, "answers"],
				[{ ...good, oracle: { answers: "labels", box: 1 } }, "oracle.box"],
				[{ ...good, model: { ...good.model, hidden: [9] } }, "model"],
				[{ ...good, access: { open: true } }, "access.budget"],
			])) {
				const answer = await owner().call("PUT", "/v2/models/bad", bad);
				assert.equal(answer.status, 400);
				assert.ok(answer.body.error.includes(says), answer.body.error);
			}
			assert.equal((await owner().call("PUT", "/v2/models/moons-mlp", good)).status, 409);
		});

		test("a token is for its models until it expires", async () => {
			const mine = await token(server(), "tokens", { budget: 10 });
			const late = await token(server(), "tokens", { budget: 10, expires: "2020-01-01T00:00:00Z" });
			const other = await token(server(), "others", { budget: 10 });
			const read = (/** @type {string} */ t) =>
				new Client(server().url, t).call("GET", "/v2/models/tokens");
			assert.equal((await read(mine)).status, 200);
			assert.equal((await read(other)).status, 403);
			assert.equal((await read(late)).status, 401);
			for (const wrong of [`${mine}x`, mine.slice(1), mine.toLowerCase(), key])
				assert.equal((await read(wrong)).status, 401);
		});
	});

	describe("budgets", () => {
		/**
		 * @param {number} n
		 * @param {string} [id]
		 */
		const ask = (n, id) => ({
			id,
			inputs: [{ name: "x", shape: [n, 2], datatype: "FP64", data: new Array(2 * n).fill(0.25) }],
		});

		test("a budget is taken as a whole or not at all", async () => {
			const c = new Client(server().url, await token(server(), "whole", { budget: 10 }));
			for (const [n, status, left] of [
				[7, 200, 3],
				[4, 402, 3],
				[3, 200, 0],
				[1, 402, 0],
			]) {
				const answer = await c.call("POST", "/v2/models/whole/infer", ask(n));
				assert.equal(answer.status, status);
				assert.equal(answer.headers.get("RateLimit"), `"budget";r=${left}`);
				assert.equal(answer.headers.get("RateLimit-Policy"), `"budget";q=10;qu="queries"`);
				assert.equal(answer.headers.get("Retry-After"), null, "nothing renews it");
			}
		});

		test("a retry is answered as before and costs nothing; another body is refused", async () => {
			const path = "/v2/models/retries/infer";
			const c = new Client(server().url, await token(server(), "retries", { budget: 5 }));
			const first = await c.ok("POST", path, ask(3, "a"));
			const again = await c.ok("POST", path, ask(3, "a"));
			assert.deepEqual(again.outputs, first.outputs);
			assert.deepEqual(
				[first.parameters, again.parameters],
				[
					{ cost: 3, left: 2 },
					{ cost: 0, left: 2 },
				],
			);
			const other = await c.call("POST", path, ask(2, "a"));
			assert.equal(other.status, 409);
			assert.ok(other.body.error.startsWith("id:"));
			await c.ok("POST", path, ask(2, "b"));
			await c.ok("POST", path, ask(3, "a")); // also when nothing is left
			assert.equal((await c.call("POST", path, ask(1, "c"))).status, 402);
			// Another token's ids are its own.
			const second = new Client(server().url, await token(server(), "retries", { budget: 5 }));
			assert.deepEqual((await second.ok("POST", path, ask(1, "a"))).parameters, {
				cost: 1,
				left: 4,
			});
		});

		test("a rate is told apart from a budget, and passes", async () => {
			const path = "/v2/models/rates/infer";
			const limits = { budget: 100, rate: 5, period: 4 };
			const c = new Client(server().url, await token(server(), "rates", limits));
			await c.ok("POST", path, ask(4));
			const answer = await c.call("POST", path, ask(2));
			assert.equal(answer.status, 429);
			const wait = Number(answer.headers.get("Retry-After"));
			assert.ok(wait >= 1 && wait <= 4);
			assert.match(answer.headers.get("RateLimit") ?? "", /^"budget";r=96, "rate";r=1;t=[1-4]$/);
			assert.equal((await c.call("POST", path, ask(6))).status, 400, "more than it ever allows");
			await new Promise((resolve) => setTimeout(resolve, wait * 1000));
			await c.ok("POST", path, ask(5));
		});

		test("an open model has a budget for each client, which is renewed", async () => {
			const victim = publication({ answers: "labels" });
			const access = { open: true, budget: 2, window: 4 };
			await owner().ok("PUT", "/v2/models/open", { ...victim, access });
			const path = "/v2/models/open/infer";
			await anyone().ok("POST", path, ask(2, "a"));
			const renewal = async () => {
				const answer = await anyone().call("POST", path, ask(1));
				assert.equal(answer.status, 402);
				const wait = Number(answer.headers.get("Retry-After"));
				assert.ok(wait >= 1 && wait <= 4);
				await new Promise((resolve) => setTimeout(resolve, wait * 1000));
			};
			await renewal();
			// A retry over the border still costs nothing.
			const retry = await anyone().ok("POST", path, ask(2, "a"));
			assert.deepEqual(retry.parameters, { cost: 0, left: 2 });
			await anyone().ok("POST", path, ask(2));
			await renewal();
			// Two windows later the id is forgotten.
			const anew = await anyone().ok("POST", path, ask(1, "a"));
			assert.deepEqual(anew.parameters, { cost: 1, left: 1 });
		});
	});

	describe("the challenge", () => {
		test("a copy is scored by the ledger and the hidden victim, and names hold no HTML", async () => {
			const victim = publication({ answers: "labels" });
			const challenge = { submissions: 2, test: [0.1, 0.2, -0.3, 0.4] };
			await owner().ok("PUT", "/v2/models/class", { ...victim, challenge });
			const [ada, bob] = [
				new Client(server().url, await token(server(), "class", { budget: 100 }, false)),
				new Client(server().url, await token(server(), "class", { budget: 100 }, false)),
			];
			const ask = (/** @type {number} */ n) => ({
				inputs: [{ name: "x", shape: [n, 2], datatype: "FP64", data: new Array(2 * n).fill(0) }],
			});
			await ada.ok("POST", "/v2/models/class/infer", ask(30));
			await bob.ok("POST", "/v2/models/class/infer", ask(20));
			const path = "/v2/models/class/copies";
			await ada.ok("POST", path, { name: "Ada <b>", model: victim.model });
			await bob.ok("POST", path, { name: "Bob", model: victim.model });
			const text = await (await fetch(`${server().url}/v2/models/class/board`)).text();
			assert.ok(!text.includes("<"), text);
			const { board } = JSON.parse(text);
			assert.deepEqual(
				board.map((/** @type {any} */ row) => [row.name, row.queries, row.agreement, row.r_test]),
				[
					["Bob", 20, 1, 0],
					["Ada <b>", 30, 1, 0],
				],
			);
			await ada.ok("POST", path, { name: "Ada", model: victim.model });
			const third = await ada.call("POST", path, { name: "Ada", model: victim.model });
			assert.equal(third.status, 402);
			assert.equal((await bob.call("POST", path, { name: "Bob", model: {} })).status, 400);
			assert.equal((await anyone().call("POST", path, { name: "Eve", model: {} })).status, 401);
		});
	});

	describe("safety", () => {
		test("every answer is JSON that no browser takes for a page", async () => {
			for (const [method, path] of [
				["GET", "/v2"],
				["GET", "/v2/models/none"],
				["POST", "/v2/models/moons-mlp/infer"],
			]) {
				const { headers } = await anyone().call(method, path, method === "POST" ? "{" : undefined);
				assert.equal(headers.get("Content-Type"), "application/json");
				assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
				assert.equal(headers.get("Cache-Control"), "no-store");
				assert.equal(headers.get("Referrer-Policy"), "no-referrer");
				assert.match(headers.get("Content-Security-Policy") ?? "", /default-src 'none'.*sandbox/);
			}
		});

		test("pages from elsewhere may call only if they are allowed", async () => {
			for (const [
				method,
				origin,
				status,
				allowed,
			] of /** @type {[string, string, number, string | null][]} */ ([
				["GET", friend, 200, friend],
				["GET", server().url, 200, null],
				["GET", "https://evil.example", 403, null],
				["GET", `${friend}.evil.example`, 403, null],
				["GET", "null", 403, null],
				["OPTIONS", friend, 204, friend],
				["OPTIONS", "https://evil.example", 403, null],
			])) {
				const answer = await anyone().call(method, "/v2/models", undefined, {
					headers: { Origin: origin },
				});
				assert.equal(answer.status, status, `${method} from ${origin}`);
				assert.equal(answer.headers.get("Access-Control-Allow-Origin"), allowed);
				assert.match(answer.headers.get("Vary") ?? "", /Origin/);
			}
		});

		test("the page comes with its policy", async () => {
			const page = await fetch(`${server().url}/`);
			assert.equal(page.status, 200);
			assert.match(page.headers.get("Content-Type") ?? "", /^text\/html/);
			assert.match(
				page.headers.get("Content-Security-Policy") ?? "",
				/script-src 'self' 'wasm-unsafe-eval';/,
			);
			assert.equal(page.headers.get("X-Content-Type-Options"), "nosniff");
			assert.equal(page.headers.get("Referrer-Policy"), "no-referrer");
			const engine = readdirSync(`${root}/dist`).find((f) => /^engine\.\w{12}\.wasm$/.test(f));
			const wasm = await fetch(`${server().url}/${engine}`);
			assert.equal(wasm.headers.get("Content-Type"), "application/wasm");
			assert.match(wasm.headers.get("Cache-Control") ?? "", /immutable/);
			await wasm.body?.cancel();
		});
	});
}

/**
 * A demo's model as a publication.
 *
 * @param {object} oracle
 */
function publication(oracle) {
	const file = readFileSync(`${root}/remote/demo/moons-mlp.json`, "utf8");
	return { model: JSON.parse(file).model, oracle };
}

/**
 * Publishes a model and makes a token for it.
 *
 * @param {import("./servers.js").Server} server
 * @param {string} model
 * @param {object} limits
 * @param {boolean} fresh publish it first
 * @returns {Promise<string>}
 */
export async function token(server, model, limits, fresh = true) {
	const owner = new Client(server.url, key);
	if (fresh)
		await owner.ok("PUT", `/v2/models/${model}`, publication({ answers: "probabilities" }));
	const made = await owner.ok("POST", "/v2/tokens", {
		name: "Ada",
		models: [{ model, ...limits }],
	});
	return made.token;
}
