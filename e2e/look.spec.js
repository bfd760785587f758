// How it looks where colour, motion or the screen itself is missing.
import { drawnShare, open, QUICK, steal } from "./heist.js";
import { expect, test } from "./test.js";

test("the theme is chosen, kept, and drawn", async ({ page }) => {
	await open(page, QUICK);
	const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const light = await paper();
	await page.getByLabel("Theme").selectOption("dark");
	const dark = await paper();
	expect(dark).not.toBe(light);
	await page.reload();
	await expect(page.getByLabel("Theme")).toHaveValue("dark");
	expect(await paper()).toBe(dark);
	await page.getByLabel("Theme").selectOption("auto");
	await page.emulateMedia({ colorScheme: "dark" });
	expect(await paper()).toBe(dark);
});

test.describe("forced colours", () => {
	test.use({ forcedColors: "active" });
	test("leave nothing out", async ({ page }) => {
		await open(page, QUICK);
		await steal(page);
		expect(await drawnShare(page, "victim")).toBeGreaterThan(0.1);
		expect(await drawnShare(page, "chart")).toBeGreaterThan(0.01);
		await expect(page.locator("#legend li").first()).toBeVisible();
		// The chosen of a switch differs from the others by more than a colour that is gone.
		const [on, off] = await page.evaluate(() =>
			["Brush", "Point"].map((name) => {
				const label = [...document.querySelectorAll(".tools label")].find(
					(e) => e.textContent === name,
				);
				return label && getComputedStyle(label).backgroundColor;
			}),
		);
		expect(on).not.toBe(off);
	});
});

test.describe("reduced motion", () => {
	test.use({ reducedMotion: "reduce" });
	test("the theft still comes to its end", async ({ page }) => {
		await open(page, QUICK);
		await steal(page);
		await expect(page.locator("#verdict")).toContainText("of the plane for 30 queries");
		// Two frames a second: the last one may still be due.
		await expect.poll(() => drawnShare(page, "copy")).toBeGreaterThan(0.2);
	});
});

test("on paper the result stays and the controls go", async ({ page }) => {
	await open(page, QUICK);
	await steal(page);
	await page.emulateMedia({ media: "print" });
	await expect(page.locator("#play")).toBeHidden();
	for (const id of ["at-victim", "at-copy", "at-chart", "verdict", "spent", "legend"])
		await expect(page.locator(`#${id}`)).toBeVisible();
});

test("the plots answer for what is under the pointer", async ({ page }) => {
	await open(page, QUICK);
	const copy = page.locator("#at-copy");
	await copy.hover({ position: { x: 30, y: 30 } });
	await expect(page.locator("#readout")).toHaveText(
		/\(−0\.\d\d, 0\.\d\d\) · victim\s+[AB] .*copy none yet/,
	);
	await steal(page);
	await copy.hover({ position: { x: 40, y: 40 } });
	await expect(page.locator("#readout")).toHaveText(/copy\s+[AB] .*(agree|differ)/);
});
