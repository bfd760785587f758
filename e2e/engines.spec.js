// The two builds of the engine: which is loaded when, and what happens around
// the change from one to the other.
import { click, drawn, open, QUICK, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

const FULL = "**/engine-full.*.wasm";
const TREE = "data=moons&n=80&victim=tree&depth=3&queries=200";

/**
 * The engines that the page asks for from now on.
 *
 * @param {Page} page
 * @returns {string[]}
 */
function loaded(page) {
	/** @type {string[]} */
	const names = [];
	page.on("request", (request) => {
		const name = /(engine[a-z-]*)\.[0-9a-f]{12}\.wasm$/.exec(request.url());
		if (name) names.push(name[1]);
	});
	return names;
}

/** @param {Page} page @param {string} key @param {string} value */
const choose = (page, key, value) => page.locator(`#field-${key}`).selectOption(value);

test("the default experiment and its theft load the lean engine alone", async ({ page }) => {
	const names = loaded(page);
	await open(page, QUICK);
	await steal(page);
	expect(names).toEqual(["engine"]);
});

test("a link with a tree loads the full engine alone, and runs", async ({ page }) => {
	const names = loaded(page);
	await open(page, TREE);
	await steal(page);
	await expect(page.locator("#milestones")).toContainText("Solved");
	expect(names).toEqual(["engine-full"]);
});

test("a tree chosen later brings the full engine, which stays, with all that was drawn", async ({
	page,
}) => {
	const names = loaded(page);
	await open(page, "data=xor&n=60&attack=uniform&queries=30");
	await click(page, 0, 0.1);
	await untilState(page, "idle");
	const before = await drawn(page);
	await choose(page, "victim", "tree");
	await untilState(page, "preparing");
	await page.locator("#play").click(); // counts once it can
	await untilState(page, "playing|training|ended");
	await untilState(page, "ended");
	await expect(page.locator(".loading")).toBeHidden();
	expect(await drawn(page)).toEqual(before);
	await expect(page.locator("#budget")).toHaveText("30");
	await choose(page, "victim", "svm");
	await untilState(page, "idle");
	await steal(page);
	expect(names).toEqual(["engine", "engine-full"]);
});

test("while the full engine comes the page says so, and another choice goes on without it", async ({
	page,
}) => {
	await open(page, QUICK);
	await page.route(FULL, () => {});
	await choose(page, "victim", "tree");
	await expect(page.locator(".loading")).toHaveText("Loading the full engine…");
	await untilState(page, "preparing");
	await choose(page, "victim", "svm");
	await untilState(page, "idle");
	await expect(page.locator(".loading")).toBeHidden();
	await steal(page);
	await page.unrouteAll({ behavior: "ignoreErrors" });
});

test.describe("a full engine that does not come", () => {
	test.use({ expectedProblems: [/ERR_FAILED|404/] });

	test("is told and tried again, and the rest works on", async ({ page }) => {
		await open(page, QUICK);
		await page.route(FULL, (route) => route.abort());
		await choose(page, "victim", "tree");
		const notices = page.locator("#notices");
		await expect(notices).toContainText("could not be fetched");
		await expect(notices).toContainText("others still work");
		await untilState(page, "failed");
		await choose(page, "victim", "svm");
		await untilState(page, "idle");
		await expect(notices).toBeEmpty();
		await steal(page);
		await choose(page, "victim", "tree");
		await untilState(page, "failed");
		await page.unroute(FULL);
		await page.getByRole("button", { name: "Retry" }).click();
		await untilState(page, "idle");
		await expect(notices).toBeEmpty();
		await steal(page);
	});

	test("leaves the lean one to a visitor whose link needed it", async ({ page }) => {
		await page.route(FULL, (route) => route.fulfill({ status: 404, body: "gone" }));
		await page.goto(`/#${TREE}`);
		await untilState(page, "failed");
		await choose(page, "victim", "svm");
		await untilState(page, "idle");
		await expect(page.locator(".notice.problem")).toHaveCount(0);
		await steal(page);
	});
});

test("a stopped full engine comes back as one", async ({ page }) => {
	const names = loaded(page);
	await open(page, TREE);
	await expect.poll(() => page.workers().length).toBeGreaterThan(0);
	await page
		.workers()[0]
		.evaluate(() => postMessage({ kind: "error", code: "panic", message: "oh" }));
	await expect(page.locator("#notices")).toContainText("It has been restarted");
	await untilState(page, "idle");
	await steal(page);
	expect(names).toEqual(["engine-full"]);
});
