// One's own table: pasted, chosen or dropped; what can't be used is named by
// row and column.
import { drawn, open, QUICK, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** Three columns and a header, two classes. */
const table = `height,width,kind\n${Array.from(
	{ length: 40 },
	(_, i) => `${10 + (i % 7)},${(i % 2) * 5 + (i % 3)},${i % 2 ? "cat" : "dog"}`,
).join("\n")}\n`;

/** @param {Page} page @param {string} text */
async function paste(page, text) {
	await page.getByRole("button", { name: "CSV…" }).click();
	await page.locator("#csv-text").fill(text);
	await page.getByRole("button", { name: "Read it" }).click();
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} text
 */
async function drop(page, name, text) {
	const files = await page.evaluateHandle(
		([n, body]) => {
			const data = new DataTransfer();
			data.items.add(new File([body], n));
			return data;
		},
		[name, text],
	);
	await page.dispatchEvent("body", "drop", { dataTransfer: files });
}

test("a pasted table becomes points", async ({ page }) => {
	await open(page, QUICK);
	await paste(page, table);
	const dialog = page.locator("#csv-dialog");
	await expect(dialog).toContainText("40 points of 2 classes: cat, dog.");
	await expect(dialog.getByLabel("Horizontal (x)")).toHaveValue("height");
	await expect(dialog.getByLabel("Class")).toHaveValue("kind");
	await dialog.getByLabel("Vertical (y)").selectOption("height");
	await expect(dialog).toContainText("40 points");
	await dialog.getByLabel("Vertical (y)").selectOption("width");
	await dialog.getByRole("button", { name: "Use these points" }).click();
	await expect(dialog).toBeHidden();
	const points = await drawn(page);
	expect(points.length).toBe(40);
	expect(points.filter((p) => p.c === 0).length).toBe(20);
	expect(Math.max(...points.map((p) => p.x))).toBeCloseTo(0.9, 2);
	await untilState(page, "idle");
});

test("a table without a header, separated by tabs", async ({ page }) => {
	await open(page, QUICK);
	await paste(page, table.slice(table.indexOf("\n") + 1).replaceAll(",", "\t"));
	await expect(page.locator("#csv-dialog")).toContainText("40 points of 2 classes");
	await expect(page.getByLabel("First row is a header")).not.toBeChecked();
});

test("a chosen and a dropped file do as well", async ({ page }) => {
	await open(page, QUICK);
	await page.getByRole("button", { name: "CSV…" }).click();
	const chooser = page.waitForEvent("filechooser");
	await page.getByRole("button", { name: "Choose a file…" }).click();
	await (await chooser).setFiles({
		name: "pets.csv",
		mimeType: "text/csv",
		buffer: Buffer.from(table),
	});
	await expect(page.locator("#csv-dialog")).toContainText("40 points");
	await page.keyboard.press("Escape");
	await drop(page, "pets.csv", table.replaceAll("cat", "owl"));
	await expect(page.locator("#csv-dialog")).toContainText("40 points of 2 classes: dog, owl.");
	await page.getByRole("button", { name: "Use these points" }).click();
	expect((await drawn(page)).length).toBe(40);
});

test("a dropped experiment opens", async ({ page }) => {
	await open(page, QUICK);
	await drop(
		page,
		"heist.json",
		JSON.stringify({ modelheist: 1, settings: { data: "xor", n: 50 } }),
	);
	await expect(page.getByRole("radio", { name: "XOR" })).toBeChecked();
	await drop(page, "heist.json", "[1]");
	await expect(page.locator("#notices")).toContainText("neither an experiment nor a model");
});

for (const [name, text, says] of /** @type {[string, string, RegExp][]} */ ([
	["a ragged row", "x,y,c\n1,2,a\n3,b\n4,5,b\n", /(row|line) 3.*2.*3/i],
	["one class", "x,y,c\n1,2,a\n3,4,a\n5,6,a\n", /class/i],
	["nothing", "", /empty|no rows/i],
	["one row", "1,2,a\n", /row|class/i],
])) {
	test(`a table with ${name} is refused with the reason`, async ({ page }) => {
		await open(page, "data=xor&n=60&victim=svm");
		await paste(page, text);
		const wrong = page.locator("#csv-dialog .wrong");
		await expect(wrong).toHaveText(says);
		await expect(page.getByRole("button", { name: "Use these points" })).toBeDisabled();
		await page.keyboard.press("Escape");
		await expect(page.getByRole("radio", { name: "XOR" })).toBeChecked();
	});
}

test("text in a column of numbers is named by its row", async ({ page }) => {
	await open(page, QUICK);
	await paste(page, table.replace("\n11,", "\nmany,"));
	const dialog = page.locator("#csv-dialog");
	await dialog.getByLabel("Horizontal (x)").selectOption("height");
	await dialog.getByLabel("Vertical (y)").selectOption("width");
	await dialog.getByLabel("Class").selectOption("kind");
	await expect(dialog.locator(".wrong")).toHaveText(
		/^line 3, column "height": "many" is not a number/,
	);
});

test("rows with a missing value are left out, and counted", async ({ page }) => {
	await open(page, QUICK);
	await paste(page, "x,y,c\n1,2,a\n3,NaN,b\n4,5,b\n2,2,a\n");
	await expect(page.locator("#csv-dialog")).toContainText(
		"3 points of 2 classes: a, b. 1 row has an empty cell and is left out.",
	);
});

test("more classes than colours are said", async ({ page }) => {
	await open(page, QUICK);
	const rows = [..."abcdefgabcdefg"].map((c, i) => `${i},${-i},${c}`);
	await paste(page, `x,y,c\n${rows.join("\n")}\n`);
	const dialog = page.locator("#csv-dialog");
	await expect(dialog).toContainText("Choose two columns of numbers and the class");
	await dialog.getByLabel("Horizontal (x)").selectOption("x");
	await dialog.getByLabel("Vertical (y)").selectOption("y");
	await dialog.getByLabel("Class").selectOption("c");
	await expect(dialog.locator(".wrong")).toHaveText("7 classes, allowed at most 4 in a drawing");
});

test("10 MB are too many, at once", async ({ page }) => {
	await open(page, QUICK);
	await page.getByRole("button", { name: "CSV…" }).click();
	const chooser = page.waitForEvent("filechooser");
	await page.getByRole("button", { name: "Choose a file…" }).click();
	await (await chooser).setFiles({
		name: "big.csv",
		mimeType: "text/csv",
		buffer: Buffer.alloc(10_000_000, "1,2,a\n"),
	});
	await expect(page.locator("#csv-dialog .wrong")).toHaveText(
		"The file has 10.0 MB; allowed are 5 MB.",
	);
});

test("a table of more rows than a drawing holds is thinned, and says so", async ({ page }) => {
	await open(page, QUICK);
	const rows = Array.from({ length: 20_000 }, (_, i) => `${i % 91},${i % 83},${i % 2 ? "a" : "b"}`);
	await drop(page, "large.csv", rows.join("\n"));
	await expect(page.locator("#csv-dialog")).toContainText(
		"2,000 points of 2 classes: a, b. Taken evenly from 20,000",
		{ timeout: 30_000 },
	);
	await page.getByRole("button", { name: "Use these points" }).click();
	expect((await drawn(page)).length).toBe(2000);
});
