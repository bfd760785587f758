// The page's own numbers, in real Chromium: `./build.sh measure`. Not tests:
// they depend on the machine and on what else it does, so medians and the
// worst are printed beside the goals.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { chromium } from "@playwright/test";
import { farEmbed, vitals } from "./first-visit.js";
import { startServer } from "./server.js";

/** @typedef {import("@playwright/test").Page} Page */

const dist = path.join(import.meta.dirname, "..", "dist");
const RUNS = Number(process.env.RUNS ?? 200);

/** @param {string} what @param {string} value @param {string} goal */
const say = (what, value, goal) => console.log(`${what.padEnd(52)} ${value.padEnd(34)} ${goal}`);

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** @param {number[]} values in ms */
const spread = (values) =>
	`median ${median(values).toFixed(1)}, worst ${Math.max(...values).toFixed(1)} ms`;

/** @param {Page} page @param {string} state */
const state = (page, state) =>
	page.waitForSelector(`#heist:is(${state.split("|").map((s) => `[data-state=${s}]`)})`, {
		timeout: 120_000,
		state: "attached",
	});

/** @param {Page} page @param {string} address @param {string} fragment */
async function open(page, address, fragment) {
	await page.goto(`${address}/#${fragment}`);
	await state(page, "idle");
	await page.locator("#speed").fill("100");
}

/**
 * Milliseconds from the press of a button until the page shows the state.
 *
 * @param {Page} page
 * @param {string} button
 * @param {string} then
 */
const latency = (page, button, then) =>
	page.evaluate(
		([id, wanted]) =>
			new Promise((done) => {
				const heist = /** @type {HTMLElement} */ (document.getElementById("heist"));
				const began = performance.now();
				const look = new MutationObserver(() => {
					if (heist.dataset.state !== wanted) return;
					look.disconnect();
					done(performance.now() - began);
				});
				look.observe(heist, { attributes: true });
				document.getElementById(id)?.click();
			}),
		[button, then],
	);

/** Pausing and cancelling, in the middle of the heaviest training of a copy. @param {Page} page @param {string} address */
async function latencies(page, address) {
	const heavy = "data=spirals&victim=mlp&hidden=64&attack=adaptive&queries=4000";
	await open(page, address, heavy);
	/** @type {number[]} */
	const pauses = [];
	/** @type {number[]} */
	const cancels = [];
	for (let i = 0; i < 20; i++) {
		await page.click("#play");
		await state(page, "playing|training");
		await page.waitForTimeout(200 + 37 * i);
		pauses.push(await latency(page, "play", "paused"));
		await page.click("#play");
		await state(page, "playing|training");
		await page.waitForTimeout(100);
		cancels.push(await latency(page, "over", "idle"));
	}
	say("pause takes effect, 20 times", spread(pauses), "at most 50 ms");
	say("a theft is cancelled, 20 times", spread(cancels), "at most 50 ms");
}

/** Tasks of the main thread over 50 ms while an attack runs. @param {Page} page @param {string} address */
async function longTasks(page, address) {
	await open(page, address, "");
	await page.evaluate(() => {
		/** @type {number[]} */
		const tasks = [];
		Object.assign(window, { tasks });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) tasks.push(entry.duration);
		}).observe({ type: "longtask" });
	});
	for (let i = 0; i < 3; i++) {
		await page.click("#play");
		await state(page, "ended");
	}
	await page.waitForTimeout(300);
	const tasks = /** @type {number[]} */ (await page.evaluate("tasks"));
	say(
		"main-thread tasks over 50 ms in three thefts",
		tasks.length ? `${tasks.length}, longest ${Math.max(...tasks).toFixed(0)} ms` : "0",
		"0",
	);
}

/** Resident memory of the browser's renderers in MB, where /proc tells. @param {import("@playwright/test").Browser} browser */
async function resident(browser) {
	const client = await browser.newBrowserCDPSession();
	const { processInfo } = await client.send("SystemInfo.getProcessInfo");
	await client.detach();
	let kilobytes = 0;
	for (const { id, type } of processInfo) {
		const file = `/proc/${id}/status`;
		if (type !== "renderer" || !existsSync(file)) continue;
		kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1] ?? 0);
	}
	return kilobytes / 1024;
}

/** Many runs in one page, each with a victim and a baseline of its own. @param {import("@playwright/test").Browser} browser @param {Page} page @param {string} address */
async function memory(browser, page, address) {
	const spec = (/** @type {number} */ seed) => `data=moons&n=60&queries=24&seed=${seed}`;
	await open(page, address, spec(1));
	const client = await page.context().newCDPSession(page);
	/** @type {string[]} */
	const told = [];
	for (let run = 1; run <= RUNS; run++) {
		await page.evaluate(
			(hash) => {
				location.hash = hash;
			},
			spec(run + 1),
		);
		await page.waitForTimeout(150); // a change settles for 60 ms before the next victim
		await state(page, "idle");
		await page.click("#play");
		await state(page, "ended");
		if (run !== 20 && run % 60 !== 20 && run !== RUNS) continue;
		await client.send("HeapProfiler.collectGarbage");
		const { usedSize } = await client.send("Runtime.getHeapUsage");
		const mb = await resident(browser);
		told.push(`run ${run}: heap ${(usedSize / 2 ** 20).toFixed(1)}, resident ${mb.toFixed(0)} MB`);
	}
	for (const line of told) say("memory", line, "flat from run 20 on");
}

/** The first visit over a slow line. @param {import("@playwright/test").Browser} browser @param {string} address */
async function firstVisit(browser, address) {
	for (const [name, kbps, delay] of /** @type {[string, number, number][]} */ ([
		["as fast as it goes", -1, 0],
		["1.6 Mbit/s, 150 ms", 1600, 150],
	])) {
		const context = await browser.newContext();
		const page = await context.newPage();
		const client = await context.newCDPSession(page);
		await client.send("Network.emulateNetworkConditions", {
			offline: false,
			latency: delay,
			downloadThroughput: kbps < 0 ? -1 : (kbps * 1000) / 8,
			uploadThroughput: -1,
		});
		const began = Date.now();
		await page.goto(address);
		await state(page, "idle");
		const ready = Date.now() - began;
		const paint = await page.evaluate(
			() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
		);
		say(`first visit, ${name}: first content`, `${paint.toFixed(0)} ms`, "");
		say(`first visit, ${name}: a victim to steal`, `${ready} ms`, "");
		await context.close();
	}
}

/** What a visitor on a slow phone waits for, and what an embed adds to an article. @param {import("@playwright/test").Browser} browser @param {string} address */
async function slowVisit(browser, address) {
	const runs = [];
	for (let i = 0; i < 5; i++) runs.push(await vitals(browser, address, { slow: true }));
	for (const [key, what, goal] of /** @type {const} */ ([
		["fcp", "first contentful paint", "at most 1000 ms"],
		["lcp", "largest contentful paint", "at most 1500 ms"],
		["tbt", "main thread blocked", "at most 150 ms"],
	]))
		say(`slow 4G, CPU ÷ 4: ${what}`, spread(runs.map((r) => r[key])), goal);
	say(
		"slow 4G, CPU ÷ 4: layout shift",
		Math.max(...runs.map((r) => r.cls)).toFixed(3),
		"at most 0.02",
	);
	const { bytes, files } = await farEmbed(browser, address);
	say(
		"article with an embed far below",
		`${(bytes / 1000).toFixed(1)} kB: ${files.join(" ")}`,
		"at most 15 kB",
	);
}

/** What build.sh holds to limits: see sizes there. */
function downloads() {
	const size = (/** @type {string} */ file, /** @type {string} */ ext) =>
		statSync(path.join(dist, existsSync(path.join(dist, file + ext)) ? file + ext : file)).size;
	const files = readdirSync(dist).filter((f) => /\.(html|css|js|wasm)$/.test(f));
	const index = readFileSync(path.join(dist, "index.html"), "utf8");
	const preloaded = [...index.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((m) => m[1]);
	const first = /^(index\.html|style\.css|app\.js|.*-worker\.js|wasm_exec\..*\.js)$/;
	for (const [what, wanted] of /** @type {[string, (file: string) => boolean][]} */ ([
		["engine", (f) => /^engine\..*\.wasm$/.test(f)],
		["full engine", (f) => /^engine-full.*\.wasm$/.test(f)],
		["page before the engine", (f) => first.test(f) || preloaded.includes(f)],
	])) {
		const kilobytes = (/** @type {string} */ ext) =>
			files.filter(wanted).reduce((sum, f) => sum + size(f, ext), 0) / 1000;
		say(
			`download: ${what}`,
			`${kilobytes(".gz").toFixed(0)} kB gzip, ${kilobytes(".br").toFixed(0)} kB brotli`,
			"./build.sh test checks it",
		);
	}
}

/**
 * The cards of "The paper" at their default sizes, each run on a page of its own.
 *
 * @param {import("@playwright/test").Browser} browser
 * @param {string} address
 */
async function cards(browser, address) {
	/** @type {{name: string}[]} */
	const names = JSON.parse(readFileSync(path.join(dist, "paper.json"), "utf8"));
	for (const { name } of names) {
		const page = await browser.newPage();
		await page.goto(`${address}/paper.html#${name}`);
		const card = page.locator(`#${name}`);
		await card.getByRole("button", { name: "Run", exact: true }).click();
		const began = performance.now();
		await card.getByRole("button", { name: "Run again" }).waitFor({ timeout: 600_000 });
		const seconds = (performance.now() - began) / 1000;
		say(`the paper: ${name}`, `${seconds.toFixed(1)} s`, "at most 120 s");
		await page.close();
	}
}

const part = process.argv[2];
const server = await startServer();
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || undefined,
	args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
	if (part === "paper") {
		await cards(browser, server.address);
	} else {
		downloads();
		await firstVisit(browser, server.address);
		await slowVisit(browser, server.address);
		if (part !== "first") {
			for (const measure of [latencies, longTasks]) {
				const page = await browser.newPage();
				await measure(page, server.address);
				await page.close();
			}
			await memory(browser, await browser.newPage(), server.address);
		}
	}
} finally {
	await browser.close();
	server.stop();
}
