// What the thief says of the victim itself: drawn, in the legend, in the text.
import { expectAccessible } from "./axe.js";
import { open, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** What a fact says, if it is on show. @param {Page} page @param {string} label */
const fact = (page, label) => page.locator("#facts div", { hasText: label }).locator("dd");

/** The table of what was found. @param {Page} page */
const found = (page) => page.getByRole("group", { name: "Found of the victim" });

/** Pixels of a plot in the colour of lines. @param {Page} page @param {string} plot */
async function ink(page, plot) {
	const png = await page.locator(`#at-${plot}`).screenshot();
	return page.evaluate(async (base64) => {
		const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
		const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
		const ctx = new OffscreenCanvas(image.width, image.height).getContext("2d");
		if (!ctx) throw new Error("no canvas");
		ctx.drawImage(image, 0, 0);
		const { data } = ctx.getImageData(0, 0, image.width, image.height);
		let count = 0;
		for (let i = 0; i < data.length; i += 4)
			if (Math.max(data[i], data[i + 1], data[i + 2]) < 60) count++;
		return count;
	}, png.toString("base64"));
}

test("leaves of a tree are counted, listed, and gone with the run", async ({ page }) => {
	await open(page, "data=xor&n=80&victim=tree&depth=2&queries=400");
	await expect(fact(page, "Leaves found")).toBeHidden();
	await steal(page);
	const leaves = Number(await fact(page, "Leaves found").innerText());
	expect(leaves).toBeGreaterThan(1);
	await expect(page.locator("#legend")).toContainText("leaf found");
	await page.locator("#numbers summary").click();
	await expect(found(page).locator("tbody tr")).toHaveCount(leaves);
	await expect(found(page)).toContainText(/−1\.00…/);
	await expectAccessible(page);
	await page.locator("#over").click();
	await untilState(page, "idle");
	await expect(fact(page, "Leaves found")).toBeHidden();
	await expect(page.locator("#legend")).not.toContainText("leaf found");
	await expect(found(page)).toBeHidden();
});

test("training points that leak are joined to their own, with a score", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=klr&representers=5");
	const line = await ink(page, "victim");
	await steal(page);
	await expect.poll(() => ink(page, "victim")).toBeGreaterThan(1.2 * line);
	await expect(fact(page, "Points found")).toHaveText("5");
	await expect(fact(page, "Leak score")).toHaveText("exact");
	await expect(page.locator("#legend")).toContainText("point of the copy");
	await page.locator("#numbers summary").click();
	await expect(found(page).locator("tbody tr")).toHaveCount(5);
	await expect(found(page)).toContainText("random points");
});

test("edges of bins are counted and listed", async ({ page }) => {
	await open(page, "data=blobs&n=80&victim=softmax&bins=3&answers=probabilities");
	await steal(page);
	await expect(fact(page, "Edges found")).toHaveText("4");
	await expect(page.locator("#legend")).toContainText("bin edge found");
	await page.locator("#numbers summary").click();
	await expect(found(page).locator("tbody tr")).toHaveCount(4);
});

test("extract-and-test says which families it took and why not the others", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=logistic&attack=extract-and-test&queries=500");
	await steal(page);
	const rows = page.locator("#suspects tbody tr");
	await expect(rows.first()).toContainText(/^logistic.*taken$/);
	await expect(page.locator("#suspects")).toContainText("ruled out: ");
	await expectAccessible(page);
	await page.locator("#over").click();
	await expect(page.locator("#suspects")).toBeEmpty();
});

test.describe("on the narrowest phones", () => {
	test.use({ viewport: { width: 320, height: 700 } });
	for (const spec of [
		"data=moons&n=80&victim=klr&representers=5",
		"data=moons&n=80&victim=logistic&attack=extract-and-test&queries=500",
	])
		test(`the claims of ${spec.replace(/.*&/, "")} fit`, async ({ page }) => {
			await open(page, spec);
			await steal(page);
			const beyond = () =>
				page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
			expect(await beyond()).toBeLessThanOrEqual(0);
			await expectAccessible(page);
		});
});
