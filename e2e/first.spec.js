// The first visit: what there is before any script, and the theft from the
// press of the button to the sentence at the end.
import { drawnShare, hurry, numbers, open, QUICK, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

test.describe("without JavaScript", () => {
	test.use({ javaScriptEnabled: false, expectedProblems: [/params\.json was preloaded/] });
	for (const width of [1280, 390]) {
		test(`the page explains itself and shows a finished theft at ${width} px`, async ({ page }) => {
			await page.setViewportSize({ width, height: 844 });
			await page.goto("/");
			await expect(page.getByRole("heading", { name: "Model Heist" })).toBeVisible();
			await expect(page.locator(".noscript")).toBeVisible();
			await expect(page.locator(".noscript")).toContainText("needs JavaScript");
			for (const image of await page.locator(".plots img").all()) {
				await expect(image).toBeVisible();
				expect(await image.getAttribute("alt")).toMatch(/boundary/);
			}
			// A control that does nothing would be a lie.
			await expect(page.locator("#play")).toBeHidden();
		});
	}
});

for (const [width, height] of [
	[1280, 800],
	[600, 460],
	[390, 844],
]) {
	test.describe(`${width} by ${height}`, () => {
		test.use({ viewport: { width, height } });

		test("one press steals the victim", async ({ page }) => {
			await open(page);
			await expect(page.locator("#spent")).toHaveText("0");
			await expect(page.locator("#agree")).toHaveText("–");
			const budget = Number(await page.locator("#budget").innerText());
			expect(budget).toBeGreaterThan(50);

			// Whatever the page shows of the meter, and whenever, stays in the budget.
			await page.evaluate(() => {
				/** @type {number[]} */
				const seen = [];
				Object.assign(window, { seen });
				new MutationObserver(() =>
					seen.push(Number(document.querySelector("#spent")?.textContent)),
				).observe(/** @type {Node} */ (document.querySelector("#spent")), { childList: true });
			});
			await steal(page);
			const seen = /** @type {number[]} */ (await page.evaluate("seen"));
			expect(seen.length).toBeGreaterThan(5);
			expect(Math.max(...seen)).toBeLessThanOrEqual(budget);

			await expect(page.locator("#agree")).toHaveText(/^(9\d|100)(\.\d+)?\s?%$/);
			await expect(page.locator("#verdict")).toHaveText(
				/% of the plane for \d+ queries; a uniform thief (needed \d+\.|has \d.*% for as many\.)/,
				{ timeout: 30_000 },
			);
			expect(await drawnShare(page, "copy"), "the copy and its rings are drawn").toBeGreaterThan(
				0.3,
			);
		});
	});
}

test("the victim stands before anybody asks", async ({ page }) => {
	await open(page);
	expect(await drawnShare(page, "victim"), "a field and points").toBeGreaterThan(0.3);
	await expect(page.locator("#lock")).toBeVisible();
	await expect(page.locator("#facts")).toContainText("Unknowns k");
	await expect(page.locator("#legend")).toContainText("victim's boundary");
});

test("a press before the engine is there counts once it is", async ({ page }) => {
	/** @type {() => void} */
	let letGo = () => {};
	const held = new Promise((resolve) => {
		letGo = () => resolve(undefined);
	});
	await page.route("**/engine.*.wasm", async (route) => {
		await held;
		await route.continue();
	});
	await page.goto(`/#${QUICK}`);
	await page.locator("#play").click();
	await expect(page.locator("#play")).toHaveText("Preparing…");
	await expect(page.locator(".loading")).toContainText("Loading the engine");
	letGo();
	await untilState(page, "playing|training|ended");
	await expect(page.locator(".loading")).toBeHidden();
});

test("pause holds, a step is one batch, start over gives the budget back", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=svm&attack=adaptive&queries=200");
	const spent = async () => Number(await page.locator("#spent").innerText());
	await page.locator("#play").click();
	await expect(page.locator("#play")).toHaveText("Pause");
	await expect.poll(spent).toBeGreaterThan(3);
	await page.locator("#play").click();
	await untilState(page, "paused");
	await expect(page.locator("#play")).toHaveText("Go on");
	const held = await spent();
	await page.waitForTimeout(300);
	expect(await spent()).toBe(held);

	await hurry(page);
	await page.locator("#step").click();
	await expect.poll(spent).toBeGreaterThan(held);
	await untilState(page, "paused");
	const stepped = await spent();
	await page.waitForTimeout(200);
	expect(await spent()).toBe(stepped);

	await page.locator("#over").click();
	await untilState(page, "idle");
	expect(await spent()).toBe(0);
	await expect(page.locator("#agree")).toHaveText("–");
	await expect(page.locator("#over")).toBeDisabled();

	await page.locator("#play").click();
	await untilState(page, "ended");
	expect(await spent()).toBe(200);
	await expect(page.locator("#play")).toHaveText("Steal again");
});

test("the speed is queries a second", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=svm&attack=uniform&queries=1000");
	const slider = page.locator("#speed");
	await slider.fill("50");
	await expect(page.locator("#speed-text")).toHaveText("20/s");
	await page.locator("#play").click();
	const spent = async () => Number(await page.locator("#spent").innerText());
	await expect.poll(spent).toBeGreaterThan(0);
	const [from, began] = [await spent(), Date.now()];
	await page.waitForTimeout(2000);
	const rate = ((await spent()) - from) / ((Date.now() - began) / 1000);
	expect(rate).toBeGreaterThan(12);
	expect(rate).toBeLessThan(26);
	await slider.fill("100");
	await expect(page.locator("#speed-text")).toHaveText("max");
	const [before, then] = [await spent(), Date.now()];
	await expect.poll(spent, { timeout: 30_000 }).toBeGreaterThan(before + 100);
	expect((100 * 1000) / (Date.now() - then), "queries a second").toBeGreaterThan(5);
});

test("stealing again gives the same run", async ({ page }) => {
	await open(page, QUICK);
	await steal(page);
	const first = await numbers(page);
	expect(first.spent).toBe(30);
	await steal(page);
	expect(await numbers(page)).toEqual(first);
});
