// What a visitor does with the page, in the words of the tests.
import { expect } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("@playwright/test").Locator} Locator */

/** Small enough to be over in a moment. */
export const QUICK = "data=moons&n=80&victim=svm&attack=uniform&queries=30";

/** Engines start and victims train on machines that have other work too. */
const PATIENCE = { timeout: 30_000 };

/**
 * @param {Page} page
 * @param {string} state or several, as a regular expression
 */
export async function untilState(page, state) {
	await expect(page.locator("#heist")).toHaveAttribute(
		"data-state",
		new RegExp(`^(${state})$`),
		PATIENCE,
	);
}

/**
 * Opens the page and waits for its victim.
 *
 * @param {Page} page
 * @param {string} [fragment] an experiment as a link has it
 */
export async function open(page, fragment = "") {
	await page.goto(fragment ? `/#${fragment}` : "/");
	await untilState(page, "idle");
}

/**
 * As fast as it goes; the slider is not on show at every size.
 *
 * @param {Page} page
 */
export async function hurry(page) {
	await page.locator("#speed").evaluate((/** @type {HTMLInputElement} */ slider) => {
		slider.value = slider.max;
		slider.dispatchEvent(new Event("input"));
	});
}

/** @param {Page} page */
export async function steal(page) {
	await hurry(page);
	await page.locator("#play").click();
	await untilState(page, "ended");
}

/**
 * The run's numbers as the page shows them, and its queries as far as the log
 * reaches back.
 *
 * @param {Page} page
 */
export async function numbers(page) {
	const details = page.locator("#numbers");
	if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
	const spent = Number(await page.locator("#spent").innerText());
	if (spent > 0) {
		// The tables are filled after they have been opened.
		await details.locator("tbody").first().locator("tr").first().waitFor();
		await details.locator("ol.log li").first().waitFor();
	}
	return {
		spent,
		facts: await page.locator("#facts dd").allInnerTexts(),
		curve: await details.locator("tbody").first().locator("tr").allInnerTexts(),
		queries: await details.locator("ol.log li").allTextContents(),
		points: await details.locator("tbody").nth(1).locator("tr").allInnerTexts(),
	};
}

/**
 * The drawn points: the address holds them.
 *
 * @param {Page} page
 * @returns {Promise<{x: number, y: number, c: number}[]>}
 */
export async function drawn(page) {
	// The address follows 400 ms behind; both wait on the page's own clock.
	await page.evaluate(() => new Promise((done) => setTimeout(done, 450)));
	return unpack(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("points") ?? "");
}

/**
 * Reads the link format on its own: 10 bits x, 10 bits y, 4 bits class.
 *
 * @param {string} text
 */
function unpack(text) {
	const bytes = Buffer.from(text, "base64url");
	return Array.from({ length: bytes.length / 3 }, (_, i) => {
		const word = bytes.readUIntBE(3 * i, 3);
		return {
			x: ((word >> 14) / 1023) * 2 - 1,
			y: (((word >> 4) & 1023) / 1023) * 2 - 1,
			c: word & 15,
		};
	});
}

/**
 * Where a place of the plane is on the screen.
 *
 * @param {Page} page
 * @param {number} x
 * @param {number} y
 * @param {string} [plot]
 */
export async function spot(page, x, y, plot = "victim") {
	const box = await page.locator(`#at-${plot}`).boundingBox();
	if (!box) throw new Error(`the ${plot} is not on show`);
	return { x: box.x + ((x + 1) / 2) * box.width, y: box.y + ((1 - y) / 2) * box.height };
}

/**
 * Paints a stroke with the mouse, or moves a point.
 *
 * @param {Page} page
 * @param {[number, number][]} way places of the plane
 */
export async function drag(page, way) {
	for (const [i, [x, y]] of way.entries()) {
		const at = await spot(page, x, y);
		await page.mouse.move(at.x, at.y, { steps: i === 0 ? 1 : 6 });
		if (i === 0) await page.mouse.down();
	}
	await page.mouse.up();
}

/**
 * @param {Page} page
 * @param {number} x
 * @param {number} y
 */
export async function click(page, x, y) {
	const at = await spot(page, x, y);
	await page.mouse.click(at.x, at.y);
}

/**
 * Share of a plot's pixels that differ from its commonest colour: 0 for an
 * empty canvas.
 *
 * @param {Page} page
 * @param {string} plot
 */
export async function drawnShare(page, plot) {
	const png = await page.locator(`#at-${plot}`).screenshot();
	return page.evaluate(async (base64) => {
		const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
		const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
		const ctx = new OffscreenCanvas(image.width, image.height).getContext("2d");
		if (!ctx) throw new Error("no canvas");
		ctx.drawImage(image, 0, 0);
		const { data } = ctx.getImageData(0, 0, image.width, image.height);
		/** @type {Map<number, number>} */
		const counts = new Map();
		for (const colour of new Uint32Array(data.buffer))
			counts.set(colour, (counts.get(colour) ?? 0) + 1);
		return 1 - Math.max(...counts.values()) / (image.width * image.height);
	}, png.toString("base64"));
}
