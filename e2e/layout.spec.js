// Every layout, light and dark: nothing sticks out or overlaps, and axe finds
// nothing, before, after and beside a theft.
import { expectAccessible } from "./axe.js";
import { hurry, open, QUICK, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** Pixels beyond the right edge. @param {Page} page */
const over = (page) =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const width of [1280, 600, 390]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test.describe(`${width} px, ${colorScheme}`, () => {
			test.use({ viewport: { width, height: 800 }, colorScheme });

			test("fits its width and is accessible", async ({ page }) => {
				await open(page, QUICK);
				expect(await over(page)).toBe(0);
				await expectAccessible(page);
				await steal(page);
				expect(await over(page)).toBe(0);
				await expectAccessible(page);
			});

			test("its dialogs fit and are accessible", async ({ page }) => {
				await open(page, QUICK);
				if (width < 1000) {
					await page.locator(".settings-open:visible").first().click();
					await expect(page.locator("#sheet")).toBeVisible();
					await expect(page.locator("#field-victim")).toBeVisible();
					expect(await over(page)).toBe(0);
					await expectAccessible(page);
					await page.getByRole("button", { name: "Done" }).click();
					await expect(page.locator("#sheet")).toBeHidden();
				}
				for (const id of ["share-dialog", "csv-dialog", "help-dialog"]) {
					// Where their buttons are folded away, too.
					await page
						.locator(`#${id}`)
						.evaluate((/** @type {HTMLDialogElement} */ d) => d.showModal());
					expect(await over(page)).toBe(0);
					await expectAccessible(page);
					await page.keyboard.press("Escape");
					await expect(page.locator(`#${id}`)).toBeHidden();
				}
			});
		});
	}
}

test("no width from 320 to 1440 px scrolls sideways", async ({ page }) => {
	await open(page, QUICK);
	await steal(page);
	for (const width of [320, 360, 390, 519, 520, 600, 768, 999, 1000, 1024, 1280, 1440]) {
		await page.setViewportSize({ width, height: 800 });
		await page.waitForTimeout(60);
		expect(await over(page), `${width} px`).toBe(0);
	}
});

test.describe("600 by 460", () => {
	test.use({ viewport: { width: 600, height: 460 } });
	test("shows everything without scrolling, before, during and after", async ({ page }) => {
		const fits = async (/** @type {string} */ when) => {
			const tall = await page.evaluate(() => document.documentElement.scrollHeight);
			expect(tall, `height ${when}`).toBeLessThanOrEqual(460);
			for (const id of ["play", "at-victim", "at-copy", "meter", "agree", "at-chart"])
				await expect(page.locator(`#${id}`), `${id} ${when}`).toBeInViewport({ ratio: 0.99 });
		};
		await open(page);
		await fits("before");
		await page.locator("#play").click();
		await expect
			.poll(async () => Number(await page.locator("#spent").innerText()))
			.toBeGreaterThan(20);
		await fits("during");
		await page.locator("#play").click();
		await untilState(page, "paused");
		await fits("paused");
		await steal(page);
		await expect(page.locator("#verdict")).toContainText("uniform thief", { timeout: 30_000 });
		await fits("after");
		// The last word stands in the chart, above its axis.
		const [verdict, chart] = await Promise.all(
			["#verdict", "#at-chart"].map((s) => page.locator(s).boundingBox()),
		);
		if (!verdict || !chart) throw new Error("not on show");
		expect(verdict.y).toBeGreaterThan(chart.y);
		expect(verdict.y + verdict.height).toBeLessThan(chart.y + chart.height - 20);
		expect(verdict.x).toBeGreaterThan(chart.x);
	});
});

test("nothing of the bar overlaps at any size", async ({ page }) => {
	await open(page, QUICK);
	await steal(page);
	for (const [width, height] of [
		[1280, 800],
		[1000, 700],
		[600, 460],
		[520, 800],
		[390, 844],
		[320, 640],
	]) {
		await page.setViewportSize({ width, height });
		await page.waitForTimeout(60);
		const clashes = await page.evaluate(() => {
			const parts = [...document.querySelectorAll(".run > *, .score > *")].filter(
				(e) => e instanceof HTMLElement && e.offsetParent !== null && e.getClientRects().length > 0,
			);
			const boxes = parts.map((e) => e.getBoundingClientRect());
			/** @type {string[]} */
			const found = [];
			for (let i = 0; i < boxes.length; i++)
				for (let k = 0; k < i; k++) {
					const [a, b] = [boxes[i], boxes[k]];
					const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
					const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
					if (x > 1 && y > 1) found.push(`${parts[i].outerHTML} on ${parts[k].outerHTML}`);
				}
			return found;
		});
		expect(clashes, `at ${width} px`).toEqual([]);
	}
});

for (const [width, height] of [
	[1280, 800],
	[600, 460],
	[412, 823],
]) {
	test.describe(`${width} by ${height}, from the first paint on`, () => {
		test.use({ viewport: { width, height } });
		test("what comes in later moves next to nothing", async ({ page }) => {
			await page.addInitScript(() => {
				Object.assign(window, { shifted: 0 });
				new PerformanceObserver((list) => {
					for (const e of list.getEntries())
						Object.assign(window, {
							shifted: Reflect.get(window, "shifted") + Reflect.get(e, "value"),
						});
				}).observe({ type: "layout-shift", buffered: true });
			});
			await open(page);
			expect(await page.evaluate("shifted")).toBeLessThan(0.02);
		});
	});
}

test.describe("in the height of an article's frame", () => {
	test.use({ viewport: { width: 600, height: 460 } });
	test("the last word takes the place of the chart's title only at the end", async ({ page }) => {
		await open(page, "data=moons&n=80&victim=svm&attack=adaptive&queries=120");
		await page.locator("#play").click();
		await expect(page.locator("#verdict")).not.toBeEmpty({ timeout: 20_000 }); // the goal is passed
		await page.locator("#play").click();
		await untilState(page, "paused");
		await expect(page.locator("#verdict")).toBeHidden();
		await expect(page.locator(".chart figcaption")).toBeVisible();
		await hurry(page);
		await page.locator("#play").click();
		await untilState(page, "ended");
		await expect(page.locator("#verdict")).toBeVisible();
		await expect(page.locator(".chart figcaption")).toBeHidden();
	});
});
