// The experiment in the address: the same link gives the same run, here and on
// the command line; what a link can't say is told.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { drawn, numbers, open, QUICK, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

const heist = path.join(import.meta.dirname, "..", ".build", "heist");

/**
 * The events of a run on the command line.
 *
 * @param {string} fragment
 * @returns {Promise<any[]>}
 */
async function commandLine(fragment) {
	const settings = fragment.split("&").map(decodeURIComponent);
	const { stdout } = await promisify(execFile)(heist, ["run", "--json", ...settings], {
		maxBuffer: 1 << 26,
	});
	return stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
}

/** A number as the page writes it. @param {string} text */
const read = (text) => Number(text.replace("−", "-").replace(/[^\d.-]/g, ""));

for (const [name, fragment] of [
	["labels, uniform", QUICK],
	["labels, adaptive", "data=circles&n=100&victim=svm&attack=adaptive&queries=60&seed=3"],
	["probabilities, equations", "data=blobs&n=90&victim=softmax&answers=probabilities&seed=2"],
]) {
	test(`the same link gives the same run: ${name}`, async ({ page, context }) => {
		await open(page, fragment);
		await steal(page);
		const first = await numbers(page);
		expect(first.queries.length).toBe(Math.min(first.spent, 200));
		const second = await context.newPage();
		await open(second, fragment);
		await steal(second);
		expect(await numbers(second)).toEqual(first);
	});
}

test("a uniform theft asks the command line's queries and comes to its numbers", async ({
	page,
}) => {
	await open(page, QUICK);
	await steal(page);
	const here = await numbers(page);
	const events = await commandLine(QUICK);
	const queries = events.filter((e) => e.kind === "query").flatMap((e) => e.x);
	expect(here.queries.length).toBe(queries.length);
	for (const [i, [x, y]] of queries.entries()) {
		const [, qx, qy] = /\((.*), (.*)\)/.exec(here.queries[i]) ?? [];
		expect(read(qx)).toBeCloseTo(x, 1.9);
		expect(read(qy)).toBeCloseTo(y, 1.9);
	}
	const rounds = events.filter((e) => e.kind === "round");
	const curve = rounds.slice(-here.curve.length);
	for (const [i, row] of here.curve.entries()) {
		const [q, agreement] = row.split("\t").map(read);
		expect(q).toBe(curve[i].queries);
		expect(agreement).toBeCloseTo(100 * (1 - curve[i].r_unif), 0);
	}
	const end = events.at(-1);
	expect(here.spent).toBe(end.queries);
	expect(read(here.facts[0])).toBe(end.unknowns);
	await expect(page.locator("#agree")).toHaveText(
		new RegExp(`^${(100 * (1 - end.r_unif)).toFixed(1)}`),
	);
});

test("an exact theft is exact on both sides", async ({ page }) => {
	const fragment = "data=moons&victim=logistic&answers=probabilities&alpha=1";
	await open(page, fragment);
	await steal(page);
	const end = (await commandLine(fragment)).at(-1);
	expect(end.r_unif).toBe(0);
	expect(end.queries).toBe(3);
	await expect(page.locator("#agree")).toHaveText(/^100\s?%$/);
	await expect(page.locator("#spent")).toHaveText("3");
	await expect(page.locator("#verdict")).toHaveText(/100\s?% of the plane for 3 queries/);
});

test("a drawn experiment reopens from its address as it was", async ({ page, context }) => {
	const points = Buffer.alloc(3 * 40);
	for (let i = 0; i < 40; i++) {
		const c = i % 2;
		const x = 200 + 400 * c + 13 * ((i * 7) % 20);
		const y = 150 + 17 * ((i * 11) % 40);
		points.writeUIntBE(x * 2 ** 14 + y * 16 + c, 3 * i, 3);
	}
	const fragment = `data=points&points=${points.toString("base64url")}&victim=logistic&answers=probabilities`;
	await open(page, fragment);
	await steal(page);
	const first = await numbers(page);
	expect(first.points.length).toBe(40);
	const link = await page.evaluate(() => location.href);
	const second = await context.newPage();
	await second.goto(link);
	await untilState(second, "idle");
	await steal(second);
	expect(await numbers(second)).toEqual(first);
	expect((await drawn(second)).length).toBe(40);
});

for (const [fragment, says] of /** @type {[string, RegExp[]][]} */ ([
	["v=1&colour=blue", [/colour: no such key; there are .*data n /]],
	["v=1&n=5", [/n=5: must be a whole number from 20 to 20000/]],
	["v=1&n=many", [/n=many: must be a whole number/]],
	["v=1&victim=forest", [/victim=forest: must be one of logistic softmax/]],
	["v=9&data=moons", [/v=9: this link is of another version; this page reads 1/]],
	["v=1&data=digits", [/data=digits: has more than two features/]],
	["v=1&data=moons&data=xor", [/data=xor: given twice/]],
	["v=1&alpha=2&queries=9", [/give the budget once/]],
	["v=1&hidden=5", [/hidden=5: needs victim=mlp, and victim is svm/]],
	["v=1&%E0%A4%A", [/a broken %-escape/]],
	[
		"v=1&data=points&points=AAA",
		[/points=AAA: 3 characters, allowed four a point: the last point is cut off/],
	],
	["v=1&oracle=nowhere", [/about a model on nowhere\. Nothing has been sent there\./]],
])) {
	test(`a bad link is told, and the rest works: ${fragment}`, async ({ page }) => {
		await page.goto(`/#${fragment}`);
		for (const text of says) await expect(page.locator("#notices")).toContainText(text);
		if (!fragment.includes("points")) await untilState(page, "idle");
	});
}

test("another link in the same page opens its experiment", async ({ page }) => {
	await open(page, QUICK);
	await page.evaluate(() => {
		location.hash = "#v=1&data=xor&victim=mlp&hidden=3";
	});
	await expect(page.getByRole("radio", { name: "XOR" })).toBeChecked();
	await expect(page.locator("#field-victim")).toHaveValue("mlp");
	await untilState(page, "idle");
	await expect(page.locator("#at-victim")).toHaveAttribute("aria-label", /perceptron|MLP|network/i);
	await expect(page.locator("#facts dd").first()).toHaveText("17"); // 3·(2+1) + 2·(3+1)
});

test("a link of another engine opens with a warning", async ({ page }) => {
	await open(page, `v=1&${QUICK}&e=v0.0.0-other`);
	await expect(page.locator("#notices")).toContainText(
		/made with engine v0\.0\.0-other; this page has \S+\. The run may differ/,
	);
	await page.goto("about:blank");
	const { version } = await (await page.request.get("build.json")).json();
	await open(page, `v=1&${QUICK}&e=${encodeURIComponent(version)}`);
	await expect(page.locator("#notices")).toBeEmpty();
});

test.describe("sharing", () => {
	test.use({ permissions: ["clipboard-read", "clipboard-write"] });
	test("by link and by file", async ({ page }, info) => {
		await open(page, QUICK);
		await page.getByRole("button", { name: "Share" }).first().click();
		const link = await page.getByLabel("Link").inputValue();
		expect(link).toContain(`#v=1&${QUICK.replace("data=moons&", "data=moons&")}`);
		await page.getByRole("button", { name: "Copy link" }).click();
		await expect(page.locator("#share-dialog").getByRole("status").first()).toHaveText("Copied.");
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

		const saved = page.waitForEvent("download");
		await page.getByRole("button", { name: "Download as a file" }).click();
		const file = info.outputPath("heist.json");
		await (await saved).saveAs(file);
		expect(JSON.parse(await readFile(file, "utf8")).settings.queries).toBe("30");

		await page.goto("about:blank");
		await open(page);
		await page.getByRole("button", { name: "Share" }).first().click();
		const chooser = page.waitForEvent("filechooser");
		await page.getByRole("button", { name: "Open a file…" }).click();
		await (await chooser).setFiles(file);
		await expect(page.locator("#share-dialog")).toBeHidden();
		await expect(page.locator("#budget")).toHaveText("30");

		await page.getByRole("button", { name: "Share" }).first().click();
		const again = page.waitForEvent("filechooser");
		await page.getByRole("button", { name: "Open a file…" }).click();
		await (await again).setFiles({
			name: "x.json",
			mimeType: "application/json",
			buffer: Buffer.from("{}"),
		});
		await expect(page.locator("#notices")).toContainText("neither an experiment nor a model");
		await expect(page.locator("#budget")).toHaveText("30");
	});
});
