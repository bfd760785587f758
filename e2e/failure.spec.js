// What can go wrong with the engine: said, with a way out, and nothing lost.
import { click, drawn, open, QUICK, steal, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** The engine's worker, once there is one. @param {Page} page */
async function engine(page) {
	await expect.poll(() => page.workers().length).toBeGreaterThan(0);
	return page.workers()[0];
}

for (const [how, crash] of /** @type {[string, () => void][]} */ ([
	[
		"a panic that it caught",
		() => postMessage({ kind: "error", code: "panic", message: "index out of range" }),
	],
	["an error outside of Go", () => setTimeout(() => Reflect.get(globalThis, "gone").away())],
	[
		"a trap in the program",
		() => {
			performance.now = () => {
				throw new Error("no time");
			};
		},
	],
])) {
	test.describe(how, () => {
		test.use({ expectedProblems: [/gone|no time|away|not defined|exited/i] });
		test("stops the engine, which comes back with drawing and settings", async ({ page }) => {
			await open(page, "data=xor&n=60&victim=svm&attack=uniform&queries=400");
			await click(page, 0, 0.1);
			await untilState(page, "idle");
			const before = await drawn(page);
			await page.locator("#play").click();
			await untilState(page, "playing|training");
			await (await engine(page)).evaluate(crash);
			await expect(page.locator("#notices")).toContainText(
				/The engine stopped.*It has been restarted; your data and settings are untouched\./,
			);
			await untilState(page, "idle");
			expect(await drawn(page)).toEqual(before);
			await expect(page.locator("#budget")).toHaveText("400");
			await page.locator("#field-queries").fill("20");
			await page.locator("#field-queries").press("Enter");
			await untilState(page, "idle");
			await steal(page);
			await expect(page.locator("#spent")).toHaveText("20");
		});
	});
}

test("an engine that stops again and again waits for the visitor", async ({ page }) => {
	await open(page, QUICK);
	for (let i = 0; i < 3; i++) {
		await (await engine(page)).evaluate(() =>
			postMessage({ kind: "error", code: "panic", message: "again" }),
		);
		if (i < 2) await untilState(page, "idle");
	}
	await expect(page.locator("#notices")).toContainText("stops again and again");
	await page.getByRole("button", { name: "Restart the engine" }).click();
	await untilState(page, "idle");
});

test("an engine that has hung is told, and can be restarted", async ({ page }) => {
	await open(page, QUICK);
	await (await engine(page)).evaluate(() => {
		setTimeout(() => {
			for (;;);
		});
	});
	await page.locator("#play").click();
	await expect(page.locator("#notices")).toContainText("not answered for a while", {
		timeout: 15_000,
	});
	await page.getByRole("button", { name: "Restart the engine" }).click();
	await untilState(page, "idle");
	await steal(page);
});

test("an engine under the wrong type is run all the same", async ({ page }) => {
	await page.route("**/engine.*.wasm", async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, headers: { "content-type": "text/plain" } });
	});
	await open(page, QUICK);
});

for (const [how, status, body, says] of /** @type {[string, number, string, RegExp][]} */ ([
	["is missing", 404, "not here", /could not be fetched: the server answered 404/],
	["is a page", 200, "<!doctype html>", /not a WebAssembly program/],
	["is cut off", 200, "\0asm\u0001\0\0\0\u0001", /not a WebAssembly program/],
])) {
	test.describe(`an engine that ${how}`, () => {
		test.use({ expectedProblems: [/404/] });
		test("is told, with the pictures left, and can be tried again", async ({ page }) => {
			await page.route("**/engine.*.wasm", (route) =>
				route.fulfill({ status, body, contentType: "application/wasm" }),
			);
			await page.goto(`/#${QUICK}`);
			await expect(page.locator("#notices")).toContainText(says);
			await untilState(page, "failed");
			await expect(page.locator("#at-victim img")).toBeVisible();
			await page.unroute("**/engine.*.wasm");
			await page.getByRole("button", { name: "Retry" }).click();
			await untilState(page, "idle");
			await expect(page.locator("#notices")).toBeEmpty();
		});
	});
}

test.describe("an engine out of reach", () => {
	test.use({ expectedProblems: [/ERR_FAILED/] });
	test("is told, and play tries again", async ({ page }) => {
		await page.route("**/engine.*.wasm", (route) => route.abort());
		await page.goto(`/#${QUICK}`);
		await expect(page.locator("#notices")).toContainText("could not be fetched");
		await page.unroute("**/engine.*.wasm");
		await page.locator("#play").click();
		await untilState(page, "playing|training|ended");
	});
});

test("an engine that does not come in 20 seconds is told", async ({ page }) => {
	await page.clock.install();
	await page.route("**/engine.*.wasm", () => {});
	await page.goto(`/#${QUICK}`);
	await expect(page.locator(".loading")).toHaveCount(1);
	await page.clock.fastForward(21_000);
	await expect(page.locator("#notices")).toContainText(
		"did not answer for 20 seconds while loading",
	);
	await page.unrouteAll({ behavior: "ignoreErrors" });
	await page.clock.resume();
	await page.getByRole("button", { name: "Retry" }).click();
	await untilState(page, "idle");
});

test("a browser without WebAssembly is told, and sees the pictures", async ({ page }) => {
	await page.addInitScript(() => {
		Reflect.deleteProperty(globalThis, "WebAssembly");
	});
	await page.goto("/");
	await expect(page.locator("#notices")).toContainText("This browser has no WebAssembly");
	await expect(page.locator("#at-copy img")).toBeVisible();
});

test.describe("a table of settings that does not come", () => {
	test.use({ expectedProblems: [/503|preload/] });
	test("is told", async ({ page }) => {
		await page.route("**/params.json", (route) => route.fulfill({ status: 503 }));
		await page.goto("/");
		await expect(page.locator("#notices")).toContainText("table of settings could not be loaded");
		await page.unroute("**/params.json");
		await page.getByRole("button", { name: "Retry" }).click();
		await untilState(page, "idle");
	});
});

test("settings that no victim can be trained from are refused, and kept", async ({ page }) => {
	await open(page, QUICK);
	const field = page.locator("#field-queries");
	await field.fill("0");
	await field.press("Enter");
	await expect(page.locator("#wrong-queries")).toHaveText(
		"0: must be a whole number from 1 to 1000000",
	);
	await expect(field).toHaveValue("0");
	await expect(page.locator("#budget")).toHaveText("30");
	await field.fill("40");
	await field.press("Enter");
	await expect(page.locator("#budget")).toHaveText("40");
});
