// Runs the measurements in Chromium and prints them against our goals.
// Usage: node bench/run.js [J5], after build.sh bench has made .build/bench.wasm.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "@playwright/test";
import { median, ratio } from "./measure.js";

const here = import.meta.dirname;
const modules = path.join(here, "node_modules");

/** Where the files that are not in bench/ come from. */
const elsewhere = [
	path.join(here, "..", ".build"),
	path.join(modules, "@tensorflow/tfjs/dist"),
	path.join(modules, "@tensorflow/tfjs-backend-wasm/dist"),
	path.join(modules, "onnxruntime-web/dist"),
	path.join(modules, "libsvm-js/dist/browser/wasm"),
	path.join(modules, "scikitjs/dist/web"),
];

/** @type {Record<string, string>} */
const types = {
	".html": "text/html",
	".js": "text/javascript",
	".mjs": "text/javascript",
	".wasm": "application/wasm",
};

/** @param {string} name */
async function find(name) {
	for (const folder of [here, ...elsewhere]) {
		const content = await readFile(path.join(folder, name)).catch(() => null);
		if (content) return content;
	}
	return null;
}

async function serve() {
	const server = createServer(async (request, response) => {
		const name =
			path.basename(new URL(request.url ?? "/", "http://localhost").pathname) || "index.html";
		const content = await find(name);
		response.writeHead(content ? 200 : 404, { "content-type": types[path.extname(name)] ?? "" });
		response.end(content);
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
	const address = server.address();
	if (!address || typeof address === "string") throw new Error("the server has no port");
	return { server, url: `http://localhost:${address.port}/` };
}

/** @typedef {import("./page.js").Job} Job */

/** The one job to measure, or all. */
const only = process.argv[2] ?? "";

async function run() {
	const { server, url } = await serve();
	const browser = await chromium.launch({
		executablePath: process.env.CHROMIUM || undefined,
		args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
	});
	try {
		const page = await browser.newPage();
		page.on("pageerror", (error) => console.error(String(error)));
		await page.goto(url);
		await page.waitForFunction("globalThis.report");
		/** @type {{versions: string, jobs: Job[]}} */
		const report = await page.evaluate(`report(${JSON.stringify(only)})`);
		return { ...report, versions: `Chromium ${browser.version()}, ${report.versions}` };
	} finally {
		await browser.close();
		server.close();
	}
}

/** @param {Job} job */
function print(job) {
	console.log(`\n${job.name}\n  ${job.agreement}`);
	for (const [name, times] of Object.entries(job.times)) {
		const range = `${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)}`;
		const quotient = name === "heist" ? "" : `${ratio(times, job.times.heist).toFixed(2)} × heist`;
		console.log(
			`  ${name.padEnd(18)} ${median(times).toFixed(2).padStart(9)} ms (${range})  ${quotient}`,
		);
	}
}

/**
 * Goals P1 to P6: by how much a peer takes longer, at least. Below 1, the
 * peer may be faster, but not more than that.
 */
const goals = [
	["P1", "J1 logistic: train", "tfjs-wasm", 30],
	["P1", "J1 softmax: train", "tfjs-wasm", 30],
	["P1", "J1 logistic: 100", "tfjs-wasm", 2],
	["P1", "J1 softmax: 100", "tfjs-wasm", 2],
	["P2", "J2 perceptron: 300", "tfjs-wasm core", 4],
	["P2", "J2 perceptron: 300", "tfjs-wasm layers", 6],
	["P2", "J2 perceptron: to", "tfjs-wasm core", 15],
	["P3", "J3 machine of 400 points: train", "libsvm-wasm", 1 / 1.5],
	["P3", "J3 machine of 2000 points: train", "libsvm-wasm", 1 / 1.5],
	["P4", "J3 machine of 400 points: 400×400", "libsvm-wasm", 10],
	["P4", "J3 machine of 2000 points: 400×400", "libsvm-wasm", 10],
	["P5", "J4 tree of 2000 points: train", "ml-cart", 50],
	["P5", "J4 tree of 2000 points: train", "scikitjs", 5],
	["P5", "J4 tree of 2000 points: 400×400", "ml-cart", 100],
	["P6", "J5", "tfjs-wasm layers", 4],
	["P6", "J5", "plain JS", 3],
	["P6", "J5", "onnxruntime-web", 1 / 1.5],
];

/** Goals in milliseconds, at most. */
const limits = [
	["P4", "J3 machine of 2000 points: 400×400", 80],
	["P4", "J3 machine of 2000 points: the same", 20],
	["P5", "J4 tree of 2000 points: 400×400", 1],
	["P7", "P7 exact", 33],
	["P7", "P7 adaptive", 16],
];

/** @param {Job[]} jobs @param {string | number} start */
function named(jobs, start) {
	const job = jobs.find((j) => j.name.startsWith(String(start)));
	if (!job && !only) throw new Error(`no job is named ${start}`);
	return job;
}

/** @param {boolean} met @param {string} text */
const verdict = (met, text) => console.log(`  ${met ? "PASS" : "MISS"}  ${text}`);

const { versions, jobs } = await run();
console.log(`${versions}; medians of 7 interleaved rounds, in ms (fastest to slowest round)`);
for (const job of jobs) print(job);
console.log("\nGoals: times longer than heist, at least");
for (const [goal, start, peer, least] of goals) {
	const job = named(jobs, start);
	if (!job) continue;
	const { name, times } = job;
	const measured = ratio(times[peer], times.heist);
	const text = `${goal}  ${name}, ${peer}: ${measured.toFixed(2)}, goal ${Number(least).toFixed(2)}`;
	verdict(measured >= Number(least), text);
}
console.log("\nGoals: milliseconds, at most");
for (const [goal, start, most] of limits) {
	const job = named(jobs, start);
	if (!job) continue;
	const { name, times } = job;
	const measured = median(times.heist);
	verdict(measured <= Number(most), `${goal}  ${name}: ${measured.toFixed(1)}, goal ${most}`);
}
