// A model that the visitor brings, as the victim.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectAccessible } from "./axe.js";
import { open, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

const PATIENCE = { timeout: 60_000 };

/** A network and its theft on the command line. */
const folder = mkdtempSync(join(tmpdir(), "heist-"));
const SETTINGS = ["data=moons", "n=80", "victim=mlp", "hidden=4", "attack=uniform", "queries=40"];

test.beforeAll(() => {
	const files = ["victim.json", "victim.onnx", "curve.csv"];
	const save = files.flatMap((name) => ["--save", join(folder, name)]);
	execFileSync(".build/heist", ["run", ...SETTINGS, ...save]);
});

/** @param {string} name */
const made = (name) => readFileSync(join(folder, name));

/** @param {Page} page @param {string} name @param {Buffer} buffer */
async function choose(page, name, buffer) {
	const file = page.locator(".bring input[type=file]");
	await file.setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

for (const name of ["victim.json", "victim.onnx"])
	test(`${name} becomes the victim, and is stolen as on the command line`, async ({ page }) => {
		test.setTimeout(120_000);
		await open(page, "data=moons&n=80&attack=uniform&queries=40");
		await choose(page, name, made(name));
		await expect(page.locator(".bring b")).toHaveText(name, PATIENCE);
		await expect(page.locator("#field-victim")).toHaveValue("mlp");
		await expect(page.locator("#field-hidden")).toBeHidden();
		await untilState(page, "idle");
		await steal(page);
		const curve = made("curve.csv").toString().trim().split("\n");
		const agreement = Number(curve.at(-1)?.split(",")[1]);
		await expect(page.locator("#agree")).toContainText(
			(100 * agreement).toFixed(1).replace(/\.0$/, ""),
		);
		await expectAccessible(page);

		await page.locator(".bring").getByRole("button", { name: "Train one here instead" }).click();
		await untilState(page, "idle");
		await expect(page.locator("#field-hidden")).toBeVisible();
	});

test("an experiment's file brings its victim along", async ({ page }) => {
	test.setTimeout(120_000);
	execFileSync(".build/heist", [
		"run",
		...["data=moons", "n=80", "victim=mlp", `victim-file=${join(folder, "victim.onnx")}`],
		...["attack=uniform", "queries=40", "--save", join(folder, "experiment.json")],
	]);
	await open(page, "data=circles&n=60&queries=20");
	await page.evaluate((text) => {
		const transfer = new DataTransfer();
		transfer.items.add(new File([text], "experiment.json"));
		window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
	}, made("experiment.json").toString());
	await expect(page.locator(".bring b")).toContainText("victim.onnx", PATIENCE);
	await untilState(page, "idle");
	await steal(page);
	const agreement = Number(made("curve.csv").toString().trim().split("\n").at(-1)?.split(",")[1]);
	await expect(page.locator("#agree")).toContainText(
		(100 * agreement).toFixed(1).replace(/\.0$/, ""),
	);
});

test("a file that does not fit is refused with the reason, and the rest goes on", async ({
	page,
}) => {
	test.setTimeout(120_000);
	await open(page, "data=moons&n=80&attack=uniform&queries=40");
	const broken = made("victim.json")
		.toString()
		.replace(/"parameters":\[[^,]*,/, '"parameters":[');
	await choose(page, "broken.json", Buffer.from(broken));
	await expect(page.locator(".notice")).toContainText("broken.json: ", PATIENCE);
	await expect(page.locator(".notice")).toContainText("21 parameters");
	await choose(page, "hello.onnx", Buffer.from("hello"));
	await expect(page.locator(".notice")).toContainText("no ONNX model", PATIENCE);
	await steal(page);
});

test("a link to a model that is not here says so", async ({ page }) => {
	test.setTimeout(60_000);
	await page.goto("/#data=moons&n=80&victim=mlp&victim-file=lost.json");
	await expect(page.locator(".notice")).toContainText("lost.json", PATIENCE);
	await untilState(page, "refused");
});
