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
	await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/round=[12]/);

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

test("noise and an ensemble are defences, and what they stop is not offered", async ({ page }) => {
	await open(page, "data=moons&n=80&victim=tree&answers=probabilities&depth=2&queries=300");
	const paths = page.locator("#field-attack option[value=path-finding]");
	await expect(paths).toBeEnabled();
	await expect(page.getByRole("checkbox", { name: "Refuse incomplete queries" })).toBeChecked();
	await expect(page.getByRole("checkbox", { name: "Same query, same noise" })).toBeHidden();
	await expect(page.getByRole("checkbox", { name: "Private training" })).toBeHidden();
	await steal(page);

	await page.getByRole("checkbox", { name: "Add noise" }).check();
	await untilState(page, "ended");
	await expect(page.locator("#key")).toContainText("earlier run");
	await expect(paths).toBeDisabled();
	await expect(page.locator("#field-attack")).toHaveValue("adaptive");
	await page.getByRole("checkbox", { name: "Same query, same noise" }).check();
	await untilState(page, "ended");
	await expect
		.poll(() => page.evaluate(() => location.hash))
		.toContain("answer-noise=0.1&noise-kind=fixed");
	await page.getByLabel("Add noise: σ").fill("0");
	await page.getByLabel("Add noise: σ").press("Enter");
	await expect(page.locator(".defences")).toContainText("must be a number from 0.0001 to 10");
	await page.getByRole("checkbox", { name: "Add noise" }).uncheck();
	await untilState(page, "ended");
	await expect(paths).toBeEnabled();

	// Another victim, and the same data: its run stands beside the earlier ones.
	await page.getByRole("checkbox", { name: "Ensemble of" }).check();
	await untilState(page, "ended");
	await expect(paths).toBeDisabled();
	await expect(page.locator("#key")).toContainText("earlier run");
	await expect.poll(() => page.evaluate(() => location.hash)).toContain("members=20");
});

test("top 1 only is a defence of what has probabilities", async ({ page }) => {
	await open(
		page,
		"data=moons&n=80&victim=logistic&answers=probabilities&attack=uniform&queries=30",
	);
	const top = page.getByRole("checkbox", { name: "Top 1 only" });
	const labels = page.getByRole("checkbox", { name: "Labels only" });
	await top.check();
	await expect(page.locator("#field-answers")).toHaveValue("top1");
	await labels.check();
	await expect(top).not.toBeChecked();
	await labels.uncheck();
	await expect(page.locator("#field-answers")).toHaveValue("probabilities");
	await page.getByRole("checkbox", { name: "Private training" }).check();
	await untilState(page, "idle");
	await expect.poll(() => page.evaluate(() => location.hash)).toContain("privacy=1");
	await page.locator("#field-victim").selectOption("svm");
	await expect(top).toBeHidden();
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
