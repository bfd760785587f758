// Files of what an experiment came to, as the page makes them, and files that
// bring an experiment back.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectAccessible } from "./axe.js";
import { open, QUICK, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

const SPEC = `${QUICK}&seed=4`;

/** The first file brings the full engine with it. */
const PATIENCE = { timeout: 60_000 };

/** @param {Page} page */
async function share(page) {
	await page.locator(".share").first().click();
	await expect(page.locator("#share-dialog .export")).toBeVisible();
}

/**
 * Presses a button of the menu and reads the file that comes.
 *
 * @param {Page} page
 * @param {string} group
 * @param {string} button
 */
async function file(page, group, button) {
	const [download] = await Promise.all([
		page.waitForEvent("download", PATIENCE),
		page
			.getByRole("group", { name: group })
			.getByRole("button", { name: button, exact: true })
			.click(),
	]);
	return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/**
 * A file dropped on the page.
 *
 * @param {Page} page
 * @param {string} name
 * @param {Buffer} bytes
 */
async function drop(page, name, bytes) {
	await page.evaluate(
		([name, base64]) => {
			const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
			const transfer = new DataTransfer();
			transfer.items.add(new File([data], name));
			window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
		},
		[name, bytes.toString("base64")],
	);
}

/** The address holds the settings. @param {Page} page */
const hash = (page) => page.evaluate(() => location.hash);

test("every file of the menu holds what the page showed", async ({ page }) => {
	test.setTimeout(120_000);
	await open(page, SPEC);
	await steal(page);
	const agreement = await page.locator("#agree").innerText();
	await share(page);

	const curve = (await file(page, "Tables", "Curve")).bytes.toString().trim().split("\n");
	expect(curve[0]).toMatch(/^queries,agreement,r_test/);
	const last = Number(curve.at(-1)?.split(",")[1]);
	expect(`${Math.round(last * 1000) / 10}`).toBe(
		agreement.replace(/[^\d.]/g, "").replace(/\.0$/, ""),
	);
	expect((await file(page, "Tables", "Queries")).bytes.toString().trim().split("\n")).toHaveLength(
		31,
	);
	expect((await file(page, "Tables", "Points")).bytes.toString().trim().split("\n")).toHaveLength(
		81,
	);

	const whole = JSON.parse((await file(page, "Everything", "JSON")).bytes.toString());
	expect(whole.modelheist).toBe(1);
	expect(whole.settings.seed).toBe("4");
	expect(whole.outcome.queries).toBe(30);
	expect(whole.copy.family).toBe("svm");

	for (const who of ["Victim", "Copy"]) {
		const json = JSON.parse((await file(page, who, "JSON")).bytes.toString());
		const onnx = await file(page, who, "ONNX");
		expect(json.family).toBe("svm");
		const folder = mkdtempSync(join(tmpdir(), "heist-"));
		writeFileSync(join(folder, "m.onnx"), onnx.bytes);
		const cases = [{ model: "m.onnx", inputs: whole.asked.x, dim: 2 }];
		writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
		execFileSync("node", ["core/onnx/onnxruntime.js", folder]);
		const [{ label }] = JSON.parse(readFileSync(join(folder, "answers.json"), "utf8"));
		if (who === "Victim") expect(label).toEqual(whole.asked.labels);
		else expect(label).toHaveLength(30);
	}

	for (const language of ["Python", "Go"]) {
		const program = await file(page, "Copy", language);
		expect(program.name).toBe(language === "Go" ? "copy.go" : "copy.py");
		expect(program.bytes.toString()).toContain("copy.json");
	}

	const svg = await file(page, "Figure", "SVG");
	expect(svg.bytes.toString()).toContain('class="copy-line"');
	await page.locator("#export-scale").selectOption("4");
	const png = await file(page, "Figure", "PNG");
	expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([
		788 * 4,
		expect.any(Number),
	]);

	for (const picture of [png, svg]) {
		await open(page, "data=circles&n=60&queries=20");
		await drop(page, picture.name, picture.bytes);
		await expect.poll(() => hash(page)).toContain("seed=4");
		await untilState(page, "idle");
		expect(await hash(page)).toContain("data=moons&n=80".slice(11));
		await expect(page.locator("#budget")).toHaveText("30");
	}
	await open(page, "data=circles&n=60&queries=20");
	await drop(page, "experiment.json", Buffer.from(JSON.stringify(whole)));
	await expect.poll(() => hash(page)).toContain("seed=4");
});

test("a paused theft is saved as far as it had come, and goes on", async ({ page }) => {
	test.setTimeout(90_000);
	await open(page, "data=moons&n=80&attack=adaptive&queries=60");
	await page.locator("#step").click();
	await untilState(page, "paused");
	const spent = Number(await page.locator("#spent").innerText());
	await share(page);
	const queries = (await file(page, "Tables", "Queries")).bytes.toString().trim().split("\n");
	expect(queries).toHaveLength(spent + 1);
	const rounds = (await file(page, "Tables", "Curve")).bytes.toString().trim().split("\n");
	expect(rounds).toHaveLength(2);
	await page.keyboard.press("Escape");
	await untilState(page, "paused");
	await page.locator("#play").click();
	await untilState(page, "playing|training|ended");
});

test("before a theft there is a victim to save and no copy", async ({ page }) => {
	test.setTimeout(90_000);
	await open(page, SPEC);
	await share(page);
	const copy = page.getByRole("group", { name: "Copy" }).getByRole("button");
	await expect(copy.first()).toBeDisabled();
	const victim = JSON.parse((await file(page, "Victim", "JSON")).bytes.toString());
	expect(victim.family).toBe("svm");
});

test("a picture without an experiment is said to be one", async ({ page }) => {
	await open(page, SPEC);
	await drop(page, "plain.svg", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
	await expect(page.locator(".notice")).toContainText("carries no experiment");
	await drop(
		page,
		"broken.png",
		Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 255, 255, 255, 255, 0]),
	);
	await expect(page.locator(".notice").last()).toContainText("carries no experiment");
});

test("an engine that cannot be fetched is said in the menu, and tried again", async ({ page }) => {
	test.setTimeout(90_000);
	await open(page, SPEC);
	await page.route("**/engine-full.*.wasm", (route) => route.abort());
	await share(page);
	await page.getByRole("group", { name: "Victim" }).getByRole("button", { name: "JSON" }).click();
	await expect(page.locator(".export [role=status]")).toContainText("did not work");
	await page.unroute("**/engine-full.*.wasm");
	await file(page, "Victim", "JSON");
});

for (const scheme of /** @type {const} */ (["light", "dark"]))
	for (const width of [390, 600, 1280])
		test(`the menu has no axe violation and fits: ${scheme}, ${width} px`, async ({ page }) => {
			await page.emulateMedia({ colorScheme: scheme });
			await page.setViewportSize({ width, height: 844 });
			await open(page, SPEC);
			await page.locator(".share:visible").first().click();
			await expect(page.locator("#share-dialog .export")).toBeVisible();
			await expectAccessible(page);
			const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
			expect(fits).toBe(true);
		});
