import { expectAccessible } from "./axe.js";
import { hurry, open, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** The steps of lesson 2, and the theft each waits for. @param {Page} page */
const thefts = async (page) => {
	const steps = await page.evaluate(async () => {
		const lesson = await (await fetch("lessons/l2.json")).json();
		return lesson.steps.map((/** @type {{wait?: string}} */ s) => s.wait === "end");
	});
	return /** @type {boolean[]} */ (steps);
};

const card = (/** @type {Page} */ page) => page.locator("#lesson");

test.describe("by keyboard alone", () => {
	test("lesson 2 can be completed", async ({ page }) => {
		await page.goto("/#lesson=l2");
		await expect(card(page)).toContainText("1/7");
		await untilState(page, "idle");
		await hurry(page);
		/** Tab until the focus is on what is wanted. @param {string} selector */
		const reach = async (selector) => {
			for (let i = 0; i < 80; i++) {
				if (await page.locator(selector).evaluate((e) => e === document.activeElement)) return;
				await page.keyboard.press("Tab");
			}
			throw new Error(`the focus never came to ${selector}`);
		};
		for (const [i, steals] of (await thefts(page)).entries()) {
			await expect(card(page)).toContainText(`${i + 1}/7`);
			// The step has set its experiment; its victim has to be there.
			await untilState(page, "idle|ended");
			if (steals) {
				await untilState(page, "idle");
				await page.keyboard.press("p");
				await expect(card(page).locator(".after")).not.toBeEmpty({ timeout: 20_000 });
			}
			await reach("#lesson footer button:last-child");
			await page.keyboard.press("Enter");
		}
		await expect(card(page)).toHaveCount(0);
	});
});

test.describe("by taps alone", () => {
	test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	test("lesson 2 can be completed", async ({ page }) => {
		await page.goto("/#lesson=l2");
		await untilState(page, "idle");
		await hurry(page);
		for (const [i, steals] of (await thefts(page)).entries()) {
			await expect(card(page)).toContainText(`${i + 1}/7`);
			await untilState(page, "idle|ended");
			if (steals) {
				await untilState(page, "idle");
				const guess = card(page).getByRole("radio").first();
				if (await guess.count()) await guess.tap();
				await page.locator("#play").tap();
				await expect(card(page).locator(".after")).not.toBeEmpty({ timeout: 20_000 });
			}
			await card(page).locator("footer button").last().tap();
		}
		await expect(card(page)).toHaveCount(0);
	});
});

test("a link opens a step with its experiment, and the address follows", async ({ page }) => {
	await page.goto("/#lesson=l2.4");
	await expect(card(page)).toContainText("4/7");
	await untilState(page, "idle");
	await expect(page.locator("#field-victim")).toHaveValue("logistic");
	await expect(page.locator("#field-answers")).toHaveValue("labels");
	await expect.poll(() => page.url()).toContain("lesson=l2.4");
	await card(page).getByRole("button", { name: "Back" }).click();
	await expect.poll(() => page.url()).toContain("lesson=l2.3");
	await expect(page.locator("#field-answers")).toHaveValue("probabilities");
	await card(page).getByRole("button", { name: "Leave the lesson" }).click();
	await expect.poll(() => page.url()).not.toContain("lesson=");
});

test("what came out is told with the run's own numbers, beside the guess", async ({ page }) => {
	await page.goto("/#lesson=l2.2");
	await untilState(page, "idle");
	await hurry(page);
	await card(page).getByRole("radio", { name: "30", exact: true }).check();
	await page.locator("#play").click();
	await expect(card(page)).toContainText("Your guess: 30.", { timeout: 20_000 });
	const spent = await page.locator("#spent").textContent();
	const agreement = await page.locator("#agree").textContent();
	await expect(card(page).locator(".after")).toContainText(`${spent} queries.`);
	await expect(card(page).locator(".after")).toContainText(`${agreement} of the square`);
});

test("a broken lesson is named by step and field, and the rest works", async ({ page }) => {
	await page.route("**/lessons/l1.json", (route) =>
		route.fulfill({
			json: {
				lesson: 1,
				title: "Broken",
				steps: [
					{ text: ["Fine."], set: { data: "moons", victim: "dragon" }, wait: "forever" },
					{ txt: ["No text."] },
					{ text: ["The end."] },
				],
			},
		}),
	);
	await page.goto("/#lesson=l1");
	const notices = page.locator("#notices");
	await expect(notices).toContainText("step 1, wait: allowed are query round end change");
	await expect(notices).toContainText("step 1, set.victim=dragon");
	await expect(notices).toContainText("step 2, txt: no such field");
	await expect(card(page)).toContainText("Fine.");
	await expect(card(page)).toContainText("1/2");
});

test.describe("a lesson that is not there", () => {
	test.use({ expectedProblems: [/404/] });
	test("is told, and the playground works", async ({ page }) => {
		await open(page, "lesson=l77");
		await expect(page.locator("#notices")).toContainText("The lesson l77 could not be loaded");
	});
});

for (const [width, height] of [
	[1280, 800],
	[600, 800],
	[390, 844],
]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test.describe(`${width} px, ${colorScheme}`, () => {
			test.use({ viewport: { width, height }, colorScheme });
			test("a step has nothing that axe finds, and fits", async ({ page }) => {
				await page.goto("/#lesson=l2.2");
				await untilState(page, "idle");
				await expectAccessible(page);
				expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
			});
		});
	}
}
