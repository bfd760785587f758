// The same experiment at every distance.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, question } from "./client.js";
import { heist, key } from "./servers.js";

const victim = "data=moons victim=mlp hidden=8 answers=probabilities";

/** @param {string} args */
const run = (args) =>
	execFileSync(heist, args.split(" "), {
		env: { ...process.env, HEIST_ADMIN_KEY: key },
		encoding: "utf8",
		stdio: ["ignore", "pipe", "pipe"],
	});

/** @param {() => import("./servers.js").Server[]} servers */
export function same(servers) {
	describe("the same experiment in process and on every server", () => {
		/** @type {string} */
		let folder;
		before(() => {
			folder = mkdtempSync(path.join(tmpdir(), "same-"));
			for (const { url } of servers()) run(`publish --url ${url} --name same ${victim} seed=3`);
		});
		after(() => rmSync(folder, { recursive: true }));

		/** @param {string} settings */
		function theft(settings) {
			const file = path.join(folder, "copy.json");
			run(`run --save=${file} seed=3 ${settings}`);
			return readFileSync(file, "utf8");
		}

		for (const attack of [
			"attack=equations copy=mlp copy-hidden=8 queries=84",
			"attack=adaptive copy=svm queries=60",
		])
			test(`${attack}: the copies are equal to the last digit`, () => {
				const here = theft(`${victim} ${attack.replace(" copy-hidden=8", "")}`);
				for (const { url, name } of servers()) {
					const token = run(`token --url ${url} --model same --budget 1000`)
						.trim()
						.split(/\s+/)
						.at(-1);
					assert.equal(theft(`oracle=${url} model=same token=${token} ${attack}`), here, name);
				}
			});

		test("answers are written with the same digits, which read as the same bits", async () => {
			const points = Array.from({ length: 500 }, (_, i) => [Math.sin(i), Math.cos(7 * i)]);
			for (const model of ["moons-mlp", "circles-svm", "moons-tree"]) {
				const texts = [];
				for (const { url } of servers()) {
					const metadata = await new Client(url).metadata(model);
					const body = JSON.stringify(question(metadata, points));
					const answer = await fetch(`${url}/v2/models/${model}/infer`, { method: "POST", body });
					texts.push((await answer.text()).match(/"outputs".*/)?.[0]);
				}
				assert.ok(texts[0] && texts[0].length > 1000);
				for (const text of texts) assert.equal(text, texts[0], model);
			}
		});
	});
}
