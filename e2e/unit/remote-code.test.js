// A query as code: what other programs send is what the page sent.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { LANGUAGES } from "../../site/remote-code.js";

const call = {
	url: "http://localhost:8080/v2/models/it's/infer",
	body: '{"inputs":[{"name":"x","data":[0.5,-1]}],"note":"it\'s \\"quoted\\""}',
	token: true,
};

/** @param {string} name */
const code = (name, of = call) => LANGUAGES.find((l) => l.name === name)?.write(of) ?? "";

test("no code holds a token, and none asks for one that is not needed", () => {
	for (const { name, write } of LANGUAGES) {
		assert.match(write(call), /HEIST_TOKEN/, name);
		assert.doesNotMatch(write({ ...call, token: false }), /TOKEN|Authorization/, name);
	}
});

test("a shell gives curl the address and the body as they are", () => {
	const script = code("curl").replace("curl ", "printf '%s\\n' ");
	const lines = execFileSync("sh", ["-c", script]).toString().trimEnd().split("\n");
	assert.equal(lines[0], call.url);
	assert.equal(lines.at(-1), call.body);
});

test("fetch is given the address and the body as they are", async () => {
	/** @type {[string, RequestInit][]} */
	const asked = [];
	const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
	const fetch = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
		asked.push([url, init]);
		return { json: async () => ({}) };
	};
	const quiet = { log() {} };
	await new AsyncFunction("fetch", "HEIST_TOKEN", "console", code("fetch"))(fetch, "t", quiet);
	assert.equal(asked[0][0], call.url);
	assert.deepEqual(JSON.parse(String(asked[0][1].body)), JSON.parse(call.body));
	assert.equal(new Headers(asked[0][1].headers).get("authorization"), "Bearer t");
});
