// The recorded run that plays while the engine is on its way, or can't come.
import { drawnShare, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** @param {Page} page */
const spent = async (page) => Number(await page.locator("#spent").innerText());

/** Holds the engine back. @param {Page} page */
async function held(page) {
	/** @type {() => void} */
	let letGo = () => {};
	const gone = new Promise((resolve) => {
		letGo = () => resolve(undefined);
	});
	await page.route("**/engine.*.wasm", async (route) => {
		await gone;
		await route.continue();
	});
	return letGo;
}

test("a press before the engine plays a recorded run, and the next is live", async ({ page }) => {
	const letGo = await held(page);
	await page.goto("/");
	const play = page.locator("#play");
	await play.click();
	await expect(page.locator(".recorded")).toHaveText("Recorded run");
	await expect(play).toHaveText("Pause");
	await expect.poll(() => spent(page)).toBeGreaterThan(40);
	await expect(page.locator("#agree")).toHaveText(/%$/);
	for (const plot of ["victim", "copy", "chart"])
		expect(await drawnShare(page, plot), plot).toBeGreaterThan(plot === "chart" ? 0.005 : 0.3);
	await play.click();
	await expect(play).toHaveText("Go on");
	const before = await spent(page);
	await page.waitForTimeout(300);
	expect(await spent(page)).toBe(before);
	await play.click();
	await expect(play).toHaveText("Pause");
	letGo();
	await expect(play).toHaveText("Steal it live", { timeout: 30_000 });
	await play.click();
	await untilState(page, "playing|training");
	await expect(page.locator(".recorded, canvas.recording")).toHaveCount(0);
	await untilState(page, "ended");
	expect(await spent(page)).toBe(200);
});

test("an edit ends it", async ({ page }) => {
	const letGo = await held(page);
	await page.goto("/");
	await page.locator("#play").click();
	await expect(page.locator(".recorded")).toBeVisible();
	await page.locator("#field-queries").fill("40");
	await page.locator("#field-queries").press("Enter");
	await expect(page.locator(".recorded, canvas.recording")).toHaveCount(0);
	letGo();
	await untilState(page, "idle");
	await expect(page.locator("#budget")).toHaveText("40");
});

test("where there is no WebAssembly it plays to its end", async ({ page }) => {
	await page.addInitScript(() => {
		Reflect.deleteProperty(globalThis, "WebAssembly");
	});
	await page.goto("/");
	await untilState(page, "failed");
	await page.locator("#play").click();
	await expect(page.locator("#verdict")).toContainText("of the plane for 200 queries", {
		timeout: 30_000,
	});
	await expect(page.locator("#play")).toHaveText("Steal again");
	await expect(page.locator("#notices")).toContainText("no WebAssembly");
});
