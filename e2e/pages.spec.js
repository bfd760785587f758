// The pages of text: what the build has written into them, and how they look.
import { expectAccessible } from "./axe.js";
import { untilState } from "./heist.js";
import { expect, test } from "./test.js";

test("the gallery opens its experiments in the playground", async ({ page }) => {
	await page.goto("/gallery.html");
	await expect(page.locator(".gallery li")).toHaveCount(12);
	for (const img of await page.locator(".gallery img:visible").all()) {
		await img.scrollIntoViewIfNeeded();
		await expect
			.poll(() => img.evaluate((/** @type {HTMLImageElement} */ i) => i.naturalWidth))
			.toBeGreaterThan(100);
	}
	await page.getByRole("link", { name: "Three queries" }).click();
	await untilState(page, "idle");
	await expect(page.locator("#field-victim")).toHaveValue("logistic");
	await expect(page.locator("#budget")).toHaveText("3");
	await expect(page.locator("#notices")).toBeEmpty();
});

test("a lesson is begun from the list of lessons", async ({ page }) => {
	await page.goto("/lessons.html");
	await expect(page.locator(".lessons li")).toHaveCount(9);
	await page.getByRole("link", { name: "Does rounding help?" }).click();
	await expect(page.locator("#lesson")).toContainText("1/7");
	await untilState(page, "idle");
});

test("the reference has every key, and says of an attack what it costs", async ({ page }) => {
	await page.goto("/reference.html");
	const table = await (await page.request.get("/params.json")).json();
	for (const { key } of table.params) await expect(page.locator(`#key-${key}`)).toHaveCount(1);
	const entry = page.locator("#key-attack-adaptive");
	await entry.locator("summary").click();
	await expect(entry).toContainText("Cost: the whole budget.");
	await expect(entry).toContainText("Source: Tramèr et al. 2016");
});

for (const [width, height] of [
	[1280, 800],
	[600, 800],
	[390, 844],
]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test.describe(`${width} px, ${colorScheme}`, () => {
			test.use({ viewport: { width, height }, colorScheme });
			for (const name of ["lessons", "gallery", "reference"]) {
				test(`${name} has nothing that axe finds, and fits`, async ({ page }) => {
					await page.goto(`/${name}.html`);
					await expect(page.locator("h1")).toBeVisible();
					await expectAccessible(page);
					expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
				});
			}
		});
	}
}
