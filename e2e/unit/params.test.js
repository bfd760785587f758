// What holds beside what: the page's reading of the table of settings.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { formatLink, parseLink } from "../../site/link.js";
import { Table } from "../../site/params.js";

const root = new URL("../..", import.meta.url);
const file = execFileSync("go", ["run", "./cmd/heist", "params", "--json"], { cwd: root });
const table = new Table(JSON.parse(file.toString()).params);

test("a value without a setting is its default beside the others", () => {
	for (const [settings, key, want] of /** @type {[Record<string, string>, string, string][]} */ ([
		[{}, "data", "moons"],
		[{}, "victim", "svm"],
		[{}, "C", "10"],
		[{ victim: "logistic" }, "C", "1"],
		[{ victim: "mlp" }, "C", ""],
		[{}, "attack", "adaptive"],
		[{ victim: "softmax", answers: "probabilities" }, "attack", "equations"],
		[{ victim: "softmax", answers: "probabilities" }, "alpha", "2"],
		[{ victim: "softmax", answers: "probabilities" }, "queries", ""],
		[{ alpha: "5" }, "queries", ""],
		[{ queries: "50" }, "alpha", ""],
		[{ data: "circles" }, "noise", "0.1"],
		[{ data: "points", points: "AAAA" }, "noise", ""],
		[{ kernel: "linear" }, "gamma", ""],
		[{ "answer-noise": "0.1" }, "noise-kind", "fresh"],
		[{}, "noise-kind", ""],
		[{ victim: "mlp", answers: "probabilities", "copy-members": "3" }, "attack", "adaptive"],
	]))
		assert.equal(table.get(settings, key), want, `${key} beside ${JSON.stringify(settings)}`);
});

test("a changed setting takes along what no longer applies, and says so", () => {
	const settings = { victim: "mlp", hidden: "4,4", answers: "probabilities", round: "3" };
	const { settings: next, dropped } = table.with(settings, "victim", "svm");
	assert.deepEqual(next, {});
	assert.deepEqual(dropped.map((d) => d.key).sort(), ["answers", "hidden", "round"]);
});

test("the full engine is needed for what the table marks, and for nothing else", () => {
	for (const [settings, want] of /** @type {[Record<string, string>, boolean][]} */ ([
		[{}, false],
		[{ victim: "mlp", answers: "probabilities" }, false],
		[{ victim: "tree" }, true],
		[{ victim: "klr", representers: "5" }, true],
		[{ copy: "knn" }, true],
		[{ attack: "extract-and-test" }, true],
	]))
		assert.equal(table.full(settings), want, JSON.stringify(settings));
});

test("what needs a setting, or none, says so", () => {
	assert.match(table.misfit({ "noise-kind": "fixed" }, "noise-kind"), /^needs answer-noise, and/);
	assert.match(
		table.misfit({ victim: "tree", "answer-noise": "0.1", attack: "path-finding" }, "attack"),
		/^needs no answer-noise, and answer-noise is 0.1$/,
	);
});

test("a setting that is the default anyway is none", () => {
	assert.deepEqual(table.with({}, "data", "moons").settings, {});
	assert.deepEqual(table.with({ data: "xor" }, "data", "moons").settings, {});
});

test("the budget is given once", () => {
	assert.deepEqual(table.with({ queries: "70" }, "alpha", "3").settings, { alpha: "3" });
	assert.deepEqual(table.with({ alpha: "3" }, "queries", "70").settings, { queries: "70" });
});

test("values out of range are refused in words", () => {
	for (const [key, value, want] of [
		["n", "3", "whole number from 20"],
		["n", "1e3", "whole number"],
		["noise", "", "must be a number"],
		["noise", "1.5", "from 0 to 1"],
		["noise", "abc", "must be a number"],
		["hidden", "1,2,3,4", "one to three"],
		["hidden", "8,,8", "whole numbers"],
		["box", "true", "yes or no"],
		["victim", "forest", "must be one of"],
	])
		assert.match(table.wrong(key, value), new RegExp(want), `${key}=${value}`);
	assert.equal(table.wrong("n", "20"), "");
	assert.equal(table.wrong("C", "1e-3"), "");
});

test("a link holds an experiment and gives it back", () => {
	const settings = { data: "points", points: "JmAApmZh", victim: "mlp", hidden: "8,8", seed: "7" };
	const link = formatLink(settings, table, "v1.2 beta&x");
	assert.equal(
		link,
		"v=1&data=points&points=JmAApmZh&seed=7&victim=mlp&hidden=8,8&e=v1.2%20beta%26x",
	);
	assert.deepEqual(parseLink(`#${link}`, table), {
		settings,
		engine: "v1.2 beta&x",
		lesson: "",
		problems: [],
	});
});

test("what a link can't mean is named, and the rest still holds", () => {
	const { settings, problems } = parseLink(
		"#v=2&data=circles&data=xor&noise=9&colour=red&hidden=8&100%&seed",
		table,
	);
	assert.deepEqual(settings, { data: "circles" });
	for (const part of [
		"v=2",
		"data=xor: given twice",
		"noise=9",
		"colour",
		"hidden=8: needs victim=mlp",
		"100%",
		"seed",
	])
		assert.ok(
			problems.some((p) => p.startsWith(part)),
			`${part} in ${problems.join("; ")}`,
		);
	assert.equal(problems.length, 7);
});

test("behind a network nothing of one's own applies, and the attack is free to choose", () => {
	const settings = {
		oracle: "http://localhost",
		model: "m",
		data: "xor",
		copy: "tree",
		goal: "0.9",
	};
	const { settings: kept, dropped } = table.prune(settings);
	assert.deepEqual(kept, { oracle: "http://localhost", model: "m", copy: "tree" });
	assert.deepEqual(dropped.map((d) => d.key).sort(), ["data", "goal"]);
	assert.equal(table.get(kept, "victim"), "");
	assert.equal(table.get({ oracle: "http://localhost", model: "m" }, "attack"), "adaptive");
	assert.equal(table.full(kept), true);
});
