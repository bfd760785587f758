// The page "The paper": what it shows before a run, a run beside the command
// line's, cancelling, bad settings, a file of one's own.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expectAccessible } from "./axe.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */
/** @typedef {import("@playwright/test").Locator} Locator */

const root = path.join(import.meta.dirname, "..");

/** Engines start on machines that have other work too. */
const PATIENCE = { timeout: 45_000 };

/** A part of table 4 that takes a moment. */
const QUICK = ["victim=softmax", "alpha=1", "data=iris"];

/** @param {...string} args */
const heist = (...args) =>
	execFileSync(path.join(root, ".build", "heist"), ["reproduce", ...args], {
		cwd: root,
		encoding: "utf8",
		stdio: ["ignore", "pipe", "ignore"],
	});

/**
 * @param {Page} page
 * @param {string} name
 */
async function card(page, name) {
	await page.goto(`/paper.html#${name}`);
	const found = page.locator(`#${name}`);
	await expect(found).toBeVisible();
	return found;
}

/**
 * @param {Locator} card
 * @param {string[]} settings
 * @param {number} seeds
 */
async function choose(card, settings, seeds) {
	await card.getByText("Seeds, settings").click();
	await card.getByLabel("Seeds").fill(String(seeds));
	await card.getByLabel("Settings").fill(settings.join(" "));
}

/** @param {Locator} card */
const run = (card) => card.getByRole("button", { name: "Run", exact: true }).click();

/** @param {Locator} card */
const over = (card) =>
	expect(card.getByRole("button", { name: "Run again" })).toBeVisible(PATIENCE);

test("has a card with the published numbers for all that the command line knows", async ({
	page,
}) => {
	await page.goto("/");
	await page.locator("#about").getByRole("link", { name: "The paper", exact: true }).click();
	await expect(page).toHaveTitle(/The paper/);
	for (const line of heist().trim().split("\n")) {
		const [name, ...title] = line.split(/\s+/);
		await expect(page.locator(`#${name} h2`)).toHaveText(title.join(" "));
	}
	const spam = page.locator("#table6 tbody", { hasText: "Email Spam" }).first();
	await expect(spam.locator("tr.theirs")).toContainText("42,324");
	// Four strategies at eight budgets.
	await expect(page.locator("#fig4 .surface .curve .theirs")).toHaveCount(32);
	await expect(page.locator("#fig4 .surface .curve .ours")).toHaveCount(0);
	await expect(page.locator("#ensembles")).toContainText("The paper has no numbers of this");
	await expect(page.locator("#ensembles .curves")).toBeHidden();
	await page.getByRole("link", { name: "Playground", exact: true }).click();
	await expect(page.locator("#play")).toBeVisible();
});

test("a run has the command line's numbers, for the same seeds", async ({ page }) => {
	const table = await card(page, "table4");
	await choose(table, QUICK, 2);
	await expect(table.locator(".shell")).toHaveText(
		`heist reproduce table4 --seeds 2 ${QUICK.join(" ")}`,
	);
	await run(table);
	await over(table);
	await expect(table.locator(".progress")).toContainText("2 runs in");
	// Eight of the paper's, as errors, and ours.
	await expect(table.locator(".surface .curve .theirs")).toHaveCount(8);
	await expect(table.locator(".surface .curve .dot")).toHaveCount(1);
	const [download] = await Promise.all([
		page.waitForEvent("download"),
		table.getByRole("button", { name: "table4.json" }).click(),
	]);
	const ours = JSON.parse(await readFile(await download.path(), "utf8"));
	const theirs = JSON.parse(heist("table4", "--seeds", "2", ...QUICK, "--json"));
	// The last digits of errors that are zero but for rounding are the machine's.
	/** @param {{rows: {mean: (number|null)[], worst: (number|null)[]}[]}} report */
	const counts = (report) =>
		report.rows.map((r) => [...r.mean, ...r.worst].map((v) => v?.toFixed(6)));
	expect(counts(ours)).toEqual(counts(theirs));
	expect(ours.runs.map((/** @type {{experiment: string}} */ r) => r.experiment)).toEqual(
		theirs.runs.map((/** @type {{experiment: string}} */ r) => r.experiment),
	);
	// What stands in the table is what is in the file.
	await table.getByText("Numbers", { exact: true }).click();
	await expect(table.locator("tr.ours")).toHaveCount(1);
	const shown = await table.locator("tr.ours td").allInnerTexts();
	expect(shown.slice(0, 3)).toEqual([String(theirs.rows[0].mean[0]), "100.00", "100.00"]);
	const [csv] = await Promise.all([
		page.waitForEvent("download"),
		table.getByRole("button", { name: "table4.csv" }).click(),
	]);
	expect((await readFile(await csv.path(), "utf8")).trim().split("\n")).toHaveLength(3);
});

test("a curve is raw, and its running minimum a switch", async ({ page }) => {
	const figure = await card(page, "fig4");
	const settings = ["attack=uniform", "data=moons", "n=200"];
	await choose(figure, settings, 1);
	await run(figure);
	await over(figure);
	await expect(figure.locator(".surface .curve .dot")).toHaveCount(8);
	await figure.getByText("Numbers", { exact: true }).click();
	const raw = JSON.parse(heist("fig4", "--seeds=1", ...settings, "--json"));
	const minimum = JSON.parse(
		heist("fig4", "--seeds=1", "--running-minimum", ...settings, "--json"),
	);
	const first = figure.locator("tr.ours").first().locator("td").first();
	expect(raw.rows[0].mean[0]).toBeLessThan(1);
	await expect(first).toHaveText(String(Number(raw.rows[0].mean[0].toPrecision(3))));
	expect(minimum.rows[0].mean[0]).toBe(1); // from fewer than five queries
	await figure.getByLabel("Running minimum").check();
	await expect(first).toHaveText("1");
	await figure.getByLabel("Running minimum").uncheck();
	await expect(first).not.toHaveText("1");
});

test("what the paper has no numbers of gets charts of its own", async ({ page }) => {
	const privacy = await card(page, "privacy");
	await choose(privacy, ["data=moons", "n=200"], 1);
	await run(privacy);
	await expect(privacy.locator(".progress")).toContainText(/ of \d+ runs/, PATIENCE);
	await over(privacy);
	// Two victims, two kinds of training, two kinds of answers; plain ones have no ε.
	await expect(privacy.locator(".curves .marks li")).toHaveCount(6);
	await expect(privacy.locator(".surface .dot")).toHaveCount(20);
	await expect(privacy.locator(".surface .level")).toHaveCount(2);
	await expect(privacy.locator(".surface svg")).toHaveAttribute(
		"aria-label",
		/R_unif .* against ε/,
	);
	await privacy.getByLabel("Chart of").selectOption("Noise on labels");
	await privacy.getByLabel("1 − accuracy").check();
	await expect(privacy.locator(".curves .marks li")).toHaveCount(3);
	await expect(privacy.locator(".surface .dot")).toHaveCount(10);
	await expect(privacy.locator(".surface svg")).toHaveAttribute(
		"aria-label",
		/1 − accuracy .* against σ/,
	);
	await expectAccessible(page);
});

test("is cancelled within two seconds, and begins again", async ({ page }) => {
	const figure = await card(page, "fig6");
	await figure.getByLabel("Full size").check();
	await run(figure);
	await expect(figure.locator(".progress")).toContainText(/[1-9]\d* of \d+ runs/, PATIENCE);
	const began = Date.now();
	await figure.getByRole("button", { name: "Cancel" }).click();
	await over(figure);
	expect(Date.now() - began).toBeLessThan(4000);
	await expect(figure.locator(".progress")).toContainText("Cancelled after");
	await expect(figure.locator(".surface .curve .dot").first()).toBeVisible();
	await figure.getByLabel("Full size").uncheck();
	await choose(figure, ["alpha=1", "attack=uniform", "data=moons"], 1);
	await figure.getByRole("button", { name: "Run again" }).click();
	await expect(figure.locator(".progress")).toContainText("1 runs in", PATIENCE);
});

test("says what is wrong with a setting", async ({ page }) => {
	const table = await card(page, "table4");
	await choose(table, ["alpha=3"], 1);
	await run(table);
	await over(table);
	await expect(table.locator(".wrong")).toContainText("alpha");
	await expect(table.locator(".wrong")).toContainText("0.5 1 2 5");
});

test("measures on a file of the visitor's", async ({ page }) => {
	const table = await card(page, "table4");
	await choose(table, ["victim=ovr", "alpha=1"], 1);
	const rows = Array.from(
		{ length: 90 },
		(_, i) => `${(i % 3) + Math.sin(i)},${Math.cos(3 * i) - (i % 3)},${"xyz"[i % 3]},${i % 2}`,
	);
	await table.getByLabel("CSV file").setInputFiles({
		name: "mine.csv",
		mimeType: "text/csv",
		buffer: Buffer.from(`a,b,kind,other\n${rows.join("\n")}\n`),
	});
	await table.getByLabel("Class column").selectOption("kind", PATIENCE);
	await expect(table.locator(".shell")).toContainText("file=mine.csv label=kind");
	await run(table);
	await over(table);
	await expect(table.locator(".wrong")).toHaveText("");
	await expect(table.locator("tr.ours")).toContainText("100.00");
});

for (const width of [1280, 600, 390]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test.describe(`${width} px, ${colorScheme}`, () => {
			test.use({ viewport: { width, height: 800 }, colorScheme });
			test("fits its width and is accessible, also opened", async ({ page }) => {
				const figure = await card(page, "fig5");
				await figure.getByText("Numbers", { exact: true }).click();
				await figure.getByText("Seeds, settings").click();
				for (const w of [width, 320]) {
					await page.setViewportSize({ width: w, height: 800 });
					const beyond = await page.evaluate(
						() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
					);
					expect(beyond, `${w} px`).toBe(0);
				}
				await expectAccessible(page);
			});
		});
	}
}

test.describe("without JavaScript", () => {
	test.use({ javaScriptEnabled: false, expectedProblems: [/paper\.json was preloaded/] });
	test("says what does the same", async ({ page }) => {
		await page.goto("/paper.html");
		await expect(page.locator(".noscript")).toContainText("heist reproduce fig7");
		await expect(page.locator(".noscript")).toBeVisible();
		await expect(page.getByRole("link", { name: "Playground", exact: true })).toBeVisible();
	});
});
