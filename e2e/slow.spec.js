import { open, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** Turns slow motion on where the settings are. @param {import("@playwright/test").Page} page */
async function slowly(page) {
	await page.locator("details.view summary").click();
	await page.locator("#slow").check();
}

test("slow motion puts each moment of a theft in words, a key apart", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=svm&attack=adaptive&queries=60");
	await slowly(page);
	const caption = page.locator("#ledger");
	for (const words of [
		/1 of 5 · The thief picks a place/,
		/2 of 5 · It asks the oracle: what is at \(.*\)\?/,
		/3 of 5 · The oracle answers: [AB]\./,
	]) {
		await page.locator("#play").focus();
		await page.keyboard.press("s");
		await expect(caption).toHaveText(words);
		await untilState(page, "paused");
	}
	await expect(page.locator("#spent")).toHaveText("1");
	await page.keyboard.press("s"); // the rest of the batch, and on to training
	await expect(caption).toHaveText(/4 of 5 · It trains its copy anew, on \d+ answers/, {
		timeout: 15_000,
	});
	await page.keyboard.press("s");
	await expect(caption).toHaveText(/5 of 5 · The copy is drawn/);
	await page.keyboard.press("s");
	await expect(caption).toHaveText(/1 of 5 · The thief picks a place/);
});

test("slow motion goes on by itself, and full speed can be had again", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=svm&attack=uniform&queries=30");
	await slowly(page);
	await page.locator("#play").click();
	await expect(page.locator("#ledger")).toHaveText(/3 of 5/, { timeout: 15_000 });
	await page.locator("#slow").uncheck();
	await untilState(page, "ended");
	await expect(page.locator("#spent")).toHaveText("30");
});
