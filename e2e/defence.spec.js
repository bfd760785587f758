// Defences and other victims: what a change keeps, and what it says it drops.
import { numbers, open, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

test("a defence runs the same attack again, and the earlier curve stays", async ({ page }) => {
	await open(
		page,
		"data=moons&n=100&victim=logistic&answers=probabilities&attack=uniform&queries=40",
	);
	await steal(page);
	await expect(page.locator("#key")).not.toContainText("earlier run");
	const open1 = await numbers(page);

	await page.getByRole("checkbox", { name: "Round to" }).check();
	await untilState(page, "ended");
	await expect(page.locator("#key")).toContainText("earlier run");
	const rounded = await numbers(page);
	expect(rounded.queries).toEqual(open1.queries);
	await page.getByLabel("Round to: decimals").fill("1");
	await page.getByLabel("Round to: decimals").press("Enter");
	await untilState(page, "ended");
	await expect(page.locator("#heist")).toHaveAttribute("data-state", "ended");
	expect(await page.evaluate(() => location.hash)).toMatch(/round=[12]/);

	await page.getByRole("checkbox", { name: "Labels only" }).check();
	await untilState(page, "ended");
	await expect(page.getByRole("checkbox", { name: "Round to" })).toBeDisabled();
	await expect(page.locator(".defences")).toContainText("nothing to round");
	await expect(page.locator("#field-answers")).toHaveValue("labels");
	await page.getByRole("checkbox", { name: "Labels only" }).uncheck();
	await expect(page.locator("#field-answers")).toHaveValue("probabilities");
	await untilState(page, "ended");
	// The victim was the same all along; another one has no earlier runs.
	await page.locator("#field-victim").selectOption("softmax");
	await untilState(page, "idle");
	await steal(page);
	await expect(page.locator("#key")).not.toContainText("earlier run");
});

test("rounding to two decimals hurts an exact theft", async ({ page }) => {
	await open(page, "data=moons&n=100&victim=logistic&answers=probabilities&alpha=1");
	await steal(page);
	await expect(page.locator("#agree")).toHaveText(/^100\s?%$/);
	await page.getByRole("checkbox", { name: "Round to" }).check();
	await expect(page.locator("#agree")).not.toHaveText(/^(100\s?%|–)$/);
	await untilState(page, "ended");
});

test("another victim drops what no longer applies, and says so", async ({ page }) => {
	await open(page, "data=moons&n=100&victim=mlp&hidden=4&answers=probabilities");
	await page.locator("#field-victim").selectOption("svm");
	await expect(page.locator("#notices")).toContainText(/(Hidden|Answers).*no longer appl/);
	await untilState(page, "idle");
	await expect.poll(() => page.evaluate(() => location.hash)).not.toContain("hidden"); // follows behind
	await expect(page.locator("#field-answers option[value=probabilities]")).toBeDisabled();
});

test("the budget is given in queries or in α", async ({ page }) => {
	await open(
		page,
		"data=moons&n=100&victim=logistic&answers=probabilities&attack=uniform&queries=30",
	);
	await page.getByRole("radio", { name: "α × k" }).check({ force: true });
	await expect(page.locator("#field-alpha")).toHaveValue("10");
	await expect(page.locator(".budget")).toContainText("= 30 queries");
	await page.locator("#field-alpha").fill("4");
	await page.locator("#field-alpha").press("Enter");
	await expect(page.locator("#budget")).toHaveText("12");
});
