// Every layout, light and dark: nothing sticks out, and axe finds nothing.
import { expectAccessible } from "./axe.js";
import { expect, test } from "./test.js";

for (const width of [1280, 600, 390]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test.describe(`${width} px, ${colorScheme}`, () => {
			test.use({ viewport: { width, height: 800 }, colorScheme });

			test("fits its width and is accessible", async ({ page }) => {
				await page.goto("/");
				await page.waitForLoadState("networkidle");
				const over = await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
				);
				expect(over, "pixels beyond the right edge").toBe(0);
				await expectAccessible(page);
			});
		});
	}
}
