// What a first visit costs: the page on a slow phone, and an article with an
// embed that is not near. Part of `./build.sh measure`.
import http from "node:http";

/** @typedef {import("@playwright/test").Browser} Browser */
/** @typedef {{fcp: number, lcp: number, tbt: number, cls: number}} Vitals */

/** Slow 4G as Lighthouse has it, and a processor a quarter as fast. */
const LATENCY_MS = 150;
const BYTES_A_SECOND = 1_600_000 / 8;
const SLOWER = 4;

/** After this long nothing of the page itself is still to come. */
const SETTLED_MS = 9000;

/**
 * First and largest contentful paint in ms, blocking time of the main thread
 * (what tasks take beyond 50 ms), and layout shift.
 *
 * @param {Browser} browser
 * @param {string} address
 * @param {{slow: boolean}} how
 * @returns {Promise<Vitals>}
 */
export async function vitals(browser, address, { slow }) {
	const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
	const page = await context.newPage();
	const client = await context.newCDPSession(page);
	if (slow) {
		await client.send("Network.emulateNetworkConditions", {
			offline: false,
			latency: LATENCY_MS,
			downloadThroughput: BYTES_A_SECOND,
			uploadThroughput: BYTES_A_SECOND,
		});
		await client.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
	}
	await page.addInitScript(() => {
		const seen = { lcp: 0, tbt: 0, cls: 0 };
		Object.assign(window, { seen });
		/** @param {string} type @param {(entry: any) => void} take */
		const watch = (type, take) =>
			new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
				type,
				buffered: true,
			});
		watch("largest-contentful-paint", (e) => (seen.lcp = e.startTime));
		watch("longtask", (e) => (seen.tbt += Math.max(0, e.duration - 50)));
		watch("layout-shift", (e) => (seen.cls += e.hadRecentInput ? 0 : e.value));
	});
	await page.goto(address, { waitUntil: "commit" });
	await page.waitForTimeout(SETTLED_MS);
	const result = await page.evaluate(() => ({
		fcp: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
		.../** @type {{lcp: number, tbt: number, cls: number}} */ (Reflect.get(window, "seen")),
	}));
	await context.close();
	return result;
}

/**
 * Bytes, as they travel, and files that an article loads of ours for an embed
 * that is far below.
 *
 * @param {Browser} browser
 * @param {string} address
 */
export async function farEmbed(browser, address) {
	const article = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>An article</title>
		<script type="module" src="${address}/heist-playground.js"></script>
		<p style="height: 6000px">A long story.</p><heist-playground></heist-playground>`;
	const host = http.createServer((_, response) => {
		response.setHeader("Content-Type", "text/html");
		response.end(article);
	});
	await new Promise((ready) => host.listen(0, "127.0.0.1", () => ready(undefined)));
	const { port } = /** @type {import("node:net").AddressInfo} */ (host.address());
	const page = await browser.newPage();
	const client = await page.context().newCDPSession(page);
	await client.send("Network.enable");
	/** @type {Map<string, string>} */
	const ours = new Map();
	let bytes = 0;
	client.on("Network.responseReceived", ({ requestId, response }) => {
		if (response.url.startsWith(address)) ours.set(requestId, new URL(response.url).pathname);
	});
	client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
		if (ours.has(requestId)) bytes += encodedDataLength;
	});
	await page.goto(`http://127.0.0.1:${port}/`);
	await page.waitForTimeout(1500);
	await page.close();
	host.closeAllConnections();
	host.close();
	return { bytes, files: [...ours.values()] };
}
