// A victim behind a network: the panel, thefts across it, servers that misbehave,
// and class challenges. The servers are on this machine.
import { readFileSync } from "node:fs";
import { expectAccessible } from "./axe.js";
import { hurry, open, steal, untilState } from "./heist.js";
import { hostile, json, labels } from "./hostile.js";
import { KEY } from "./server.js";
import { test as base, expect } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

// Servers elsewhere are what these tests are about; a browser logs what they
// refuse.
const test = base.extend({
	// biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
	expectedProblems: async ({}, use) =>
		use([/^asked http:\/\/(127\.0\.0\.1|localhost):/, /Failed to load resource|CORS policy/]),
});

/** @param {Page} page */
const panel = (page) => page.locator("#remote-dialog");

/**
 * @param {Page} page
 * @param {string} address
 * @param {string} model
 * @param {Record<string, string>} [rest] by label
 */
async function connect(page, address, model, rest = {}) {
	if (!(await panel(page).isVisible())) await page.locator("#remote-open").click();
	await panel(page).getByLabel("Address").fill(address);
	await panel(page).getByLabel("Model", { exact: true }).fill(model);
	if (Object.keys(rest).some((label) => label !== "Token"))
		await panel(page).getByText("What the server does not tell").click();
	for (const [label, value] of Object.entries(rest))
		await panel(page).getByLabel(label, { exact: true }).fill(value);
	await panel(page).getByRole("button", { name: "Connect" }).click();
}

/** @param {Page} page */
async function connected(page) {
	await expect(panel(page).getByText("What it tells")).toBeVisible({ timeout: 30_000 });
}

/** @param {Page} page */
async function leave(page) {
	await panel(page).getByRole("button", { name: "Steal it across the network" }).click();
	await untilState(page, "idle");
}

test.describe("with heist serve as the oracle", () => {
	test("connect, look, try a query, copy it as code", async ({ page, context, address }) => {
		await context.grantPermissions(["clipboard-read", "clipboard-write"]);
		await open(page);
		await page.locator("#remote-open").click();
		await expect(panel(page)).toContainText("Only attack what you own or may test.");
		await panel(page).getByRole("button", { name: "List its models" }).click();
		const models = panel(page).getByRole("group", { name: "Its models" });
		await models.getByRole("button", { name: "moons-mlp" }).click({ timeout: 30_000 });
		await expect(panel(page).getByLabel("Model", { exact: true })).toHaveValue("moons-mlp");
		await connect(page, address, "iris-softmax");
		await connected(page);
		await expect(panel(page)).toContainText("setosa, versicolor, virginica");
		await expect(panel(page)).toContainText("the label and all probabilities");
		await panel(page).getByRole("button", { name: "Send" }).click();
		await expect(panel(page)).toContainText(
			/HTTP 200 in \d+ ms\. Label: \w+\. [\d,]+ queries left\./,
		);
		await expect(panel(page).getByRole("group", { name: "Request" })).toContainText('"inputs"');
		await expect(panel(page).getByRole("group", { name: "Answer" })).toContainText(
			'"probabilities"',
		);
		for (const [name, text] of [
			["curl", "curl 'http"],
			["fetch", "await fetch("],
			["Python", "urllib.request"],
		]) {
			await panel(page).getByRole("button", { name, exact: true }).click();
			await expect(panel(page)).toContainText(`Copied for ${name}.`);
			expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(text);
		}
		await expectAccessible(page);
	});

	test("inputs that may be missing can be left out of a query, and others can't", async ({
		page,
		context,
		address,
	}) => {
		await context.grantPermissions(["clipboard-read", "clipboard-write"]);
		await open(page);
		await connect(page, address, "moons-tree");
		await connected(page);
		const send = panel(page).getByRole("button", { name: "Send" });
		await expect(panel(page).getByText("can be left empty")).toBeVisible();
		await panel(page).locator(".remote-inputs input").first().fill("");
		await send.click();
		await expect(panel(page)).toContainText(/HTTP 200 in/);
		await expect(panel(page).getByRole("group", { name: "Request" })).toContainText(
			/\[ null, .*\]/,
		);
		await panel(page).getByRole("button", { name: "Python", exact: true }).click();
		await expect(panel(page)).toContainText("Copied for Python.");
		expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("[null,");
		await connect(page, address, "moons-mlp");
		await connected(page);
		await expect(panel(page).getByText("can be left empty")).toBeHidden();
		await panel(page).locator(".remote-inputs input").first().fill("");
		await send.click();
		await expect(panel(page)).toContainText(/is empty, and must be given\./);
	});

	test("a theft across the network is saved without asking again, and its picture asks first", async ({
		page,
		address,
	}) => {
		await open(page);
		await connect(page, address, "circles-svm");
		await connected(page);
		await leave(page);
		await page.locator(".share:visible").first().click();
		const menu = page.locator("#share-dialog .export");
		await expect(menu).toContainText("Nothing has been stolen yet");
		await page.keyboard.press("Escape");
		await steal(page);
		const sent = /** @type {string[]} */ ([]);
		page.on("request", (r) => {
			if (r.url().includes("/v2/")) sent.push(r.url());
		});
		await page.locator(".share:visible").first().click();
		await expect(menu).toContainText("behind the network");
		const victim = menu.getByRole("group", { name: "Victim" }).getByRole("button");
		for (const button of await victim.all()) await expect(button).toBeDisabled();
		await expect(menu.getByRole("button", { name: "Points" })).toBeDisabled();
		/** @param {string} group @param {string} name */
		const save = async (group, name) => {
			const [download] = await Promise.all([
				page.waitForEvent("download"),
				menu.getByRole("group", { name: group }).getByRole("button", { name, exact: true }).click(),
			]);
			return readFileSync(await download.path());
		};
		const copy = JSON.parse((await save("Copy", "JSON")).toString());
		expect(copy.family).toBe("svm");
		expect((await save("Tables", "Queries")).toString().trim().split("\n")).toHaveLength(201);
		const whole = JSON.parse((await save("Everything", "JSON")).toString());
		expect(whole.settings.oracle).toBe(address);
		expect(whole.victim).toBeNull();
		const svg = await save("Figure", "SVG");
		expect(svg.toString()).toContain("Agreement with the answers received");
		expect((await save("Figure", "PNG")).subarray(1, 4).toString()).toBe("PNG");
		await expectAccessible(page);
		expect(sent).toEqual([]);

		await page.goto("/");
		await page.reload();
		await untilState(page, "idle");
		await page.evaluate((text) => {
			const transfer = new DataTransfer();
			transfer.items.add(new File([text], "figure.svg"));
			window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
		}, svg.toString());
		await expect(page.getByRole("button", { name: "Have a look" })).toBeVisible();
		expect(sent).toEqual([]);
	});

	test("the same theft in the page and across the network ends the same", async ({
		page,
		address,
	}) => {
		const spec = "data=moons&n=80&victim=svm&queries=60&seed=3";
		await open(page, spec);
		await steal(page);
		const here = await queries(page);
		await publish(page, address, "same");
		await page.goto(`/#oracle=${address}&model=same&queries=60&seed=3`);
		await page.reload();
		await untilState(page, "idle");
		await page.getByRole("button", { name: "Have a look" }).click();
		await panel(page).getByRole("button", { name: "Connect" }).click();
		await connected(page);
		await leave(page);
		await steal(page);
		expect(await queries(page)).toEqual(here);
		await expect(page.locator("#verdict")).toContainText(/60 queries spent\. The copy gives .*%/);
		await expect(page.locator("#network")).toContainText(/requests, .* s, cost 60, 440 left/);
		await expect(page.locator("#area")).toHaveText("–");
		expect(await page.evaluate(() => location.hash)).not.toContain("token");
		await page.getByRole("button", { name: "Back to this page's victim" }).click();
		await untilState(page, "idle");
		await expect(page.locator("#network")).toHaveText("");
		await expect(page.locator("#data")).toBeVisible();
	});

	test("more features than a plane has: numbers, no picture", async ({ page, address }) => {
		await open(page);
		await connect(page, address, "iris-softmax");
		await connected(page);
		await leave(page);
		await steal(page);
		await expect(page.locator("#agree")).toContainText("%");
		await expect(page.locator("#network")).toContainText("cost 200");
	});

	test("the owner publishes a challenge and a token; a taker's copy stands on the board", async ({
		page,
		address,
	}) => {
		await open(page, "data=blobs&n=80&victim=logistic&classes=2&queries=40");
		await page.locator("#remote-open").click();
		await panel(page).getByLabel("Address").fill(address);
		await panel(page).getByText("Publish this page's victim").click();
		await panel(page).getByLabel("Name there").fill("quiz");
		await panel(page).getByLabel("Admin key").fill("wrong");
		await panel(page).getByRole("button", { name: "Publish", exact: true }).click();
		await expect(panel(page)).toContainText(/admin key is needed/, { timeout: 30_000 });
		await panel(page).getByLabel("Admin key").fill(KEY);
		await panel(page).getByLabel("Open to everyone").uncheck();
		await panel(page).getByRole("button", { name: "Publish", exact: true }).click();
		const link = panel(page).getByLabel("Published. Hand out this link:");
		await expect(link).toHaveValue(/#oracle=.*&model=quiz$/);
		expect(await link.inputValue()).not.toContain(KEY);
		await panel(page).getByRole("button", { name: "Make a token" }).click();
		const token = await panel(page).getByLabel("A new token. It is shown once:").inputValue();
		expect(token.length).toBeGreaterThan(20);

		await connect(page, address, "quiz");
		await expect(panel(page).getByRole("alert").first()).toContainText("wants a token", {
			timeout: 30_000,
		});
		await connect(page, address, "quiz", { Token: token });
		await connected(page);
		await panel(page).getByLabel("Your name").fill("<img src=x onerror=alert(1)>");
		await panel(page).getByRole("button", { name: "Hand in the copy" }).click();
		await expect(panel(page)).toContainText("There is no copy of this model yet");
		await leave(page);
		await steal(page);
		expect(await page.evaluate(() => location.href)).not.toContain(token);
		await page.locator("#remote-open").click();
		await panel(page).getByRole("button", { name: "Hand in the copy" }).click();
		await expect(panel(page)).toContainText("Measured.", { timeout: 30_000 });
		await expect(panel(page).locator(".board tbody tr")).toHaveText(
			/1<img src=x onerror=alert\(1\)>200/,
		);
		await expect(panel(page).locator(".board img")).toHaveCount(0);
		await expectAccessible(page);
	});

	test("a token stays with its server, and in memory unless it is to be kept", async ({
		page,
		address,
	}) => {
		const other = await hostile({ infer: (_, answer) => json(answer, 200, labels(1)) });
		try {
			await open(page);
			await connect(page, address, "moons-mlp", { Token: "abc" });
			await expect(panel(page).getByRole("alert").first()).toContainText(/token/);
			await panel(page).getByLabel("Address").fill(other.address);
			await panel(page).getByLabel("Address").blur();
			await expect(panel(page).getByLabel("Token", { exact: true })).toHaveValue("");
			expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
			await panel(page).getByLabel("Token", { exact: true }).fill("kept");
			await panel(page).getByLabel("Keep it for this tab").check();
			await connect(page, other.address, "m", { "Lowest input": "0", "Highest input": "1" });
			await expect(panel(page)).toContainText("Give class-count", { ignoreCase: true });
			expect(other.seen.every((r) => r.token === "Bearer kept")).toBe(true);
			await page.reload();
			await untilState(page, "idle");
			await page.locator("#remote-open").click();
			await panel(page).getByLabel("Address").fill(other.address);
			await panel(page).getByLabel("Address").blur();
			await expect(panel(page).getByLabel("Token", { exact: true })).toHaveValue("kept");
		} finally {
			other.stop();
		}
	});
});

test.describe("a server that misbehaves", () => {
	const RANGE = { "Lowest input": "-1", "Highest input": "1", Classes: "2" };

	/** @type {[import("./hostile.js").Handler, RegExp][]} */
	const answers = [
		[(_, a) => json(a, 401, { error: "who are you" }), /wants a token.*401.*who are you/],
		[(_, a) => json(a, 402, { error: "spent" }), /budget does not cover.*402/],
		[(_, a) => json(a, 403, { error: "no" }), /forbids this.*403/],
		[(_, a) => json(a, 404, "<h1>lost</h1>"), /no such model.*404/],
		[(_, a) => json(a, 429, { error: "slow down" }), /too many queries.*429/i],
		[(_, a) => json(a, 500, { error: "oh" }), /server failed.*500/],
		[(_, a) => json(a, 200, "<!doctype html>"), /can't be read/],
		[(_, a) => json(a, 200, JSON.stringify(labels(1)).replace("[1]}", "[NaN]}")), /can't be read/],
		[(_, a) => json(a, 200, labels(3)), /has the wrong shape, must be 1 rows/],
		[(_, a) => json(a, 200, labels(1, 7)), /whole numbers in 0\.\.1/],
		[(_, a) => endless(a), /longer than \d+ bytes/],
	];

	test("each kind of answer is said in words, never as failed to fetch", async ({ page }) => {
		let behave = answers[0][0];
		const server = await hostile({ infer: (request, answer) => behave(request, answer) });
		try {
			await open(page);
			await connect(page, server.address, "m", RANGE);
			await connected(page);
			for (const [answer, says] of answers) {
				behave = answer;
				await panel(page).getByRole("button", { name: "Send" }).click();
				const alert = panel(page).getByRole("alert").filter({ hasText: /\S/ });
				await expect(alert).toContainText(says, { timeout: 15_000 });
			}
			await expect(panel(page)).not.toContainText(/failed to fetch/i);
			await expectAccessible(page);
		} finally {
			server.stop();
		}
	});

	test("a server that never answers is left at once", async ({ page }) => {
		const server = await hostile({ metadata: () => {}, infer: () => {} });
		try {
			await open(page);
			await page.locator("#remote-open").click();
			await expect(panel(page)).toBeVisible();
			const cancel = panel(page).getByRole("button", { name: "Cancel" });
			await expect(cancel).toBeHidden();
			await connect(page, server.address, "m");
			await expect(panel(page)).toContainText("Asking the server…", { timeout: 30_000 });
			await cancel.click();
			await expect(panel(page).getByRole("alert").first()).toHaveText("Stopped.", {
				timeout: 1000,
			});
			await expect(cancel).toBeHidden();
			await panel(page).getByRole("button", { name: "List its models" }).click();
			await expect(panel(page)).toContainText("Asking the server…");
			await cancel.click();
			await expect(panel(page).getByRole("alert").first()).toHaveText("Stopped.", {
				timeout: 1000,
			});
		} finally {
			server.stop();
		}
	});

	test("a redirect is not followed, so that no token goes elsewhere", async ({ page }) => {
		const elsewhere = await hostile({ infer: (_, a) => json(a, 200, labels(1)) });
		const server = await hostile({
			infer: (_, a) =>
				a.writeHead(307, { Location: `${elsewhere.address}/v2/models/m/infer` }).end(),
		});
		try {
			await open(page);
			await connect(page, server.address, "m", { Token: "secret", ...RANGE });
			await connected(page);
			await panel(page).getByRole("button", { name: "Send" }).click();
			const alert = panel(page).getByRole("alert").filter({ hasText: /\S/ });
			await expect(alert).toContainText("points elsewhere");
			expect(elsewhere.seen).toEqual([]);
		} finally {
			server.stop();
			elsewhere.stop();
		}
	});

	test("what a browser can't tell apart is said as one of several", async ({ page }) => {
		const server = await hostile({ infer: (_, a) => json(a, 200, labels(1)), cors: false });
		try {
			await open(page);
			for (const address of [server.address, "http://127.0.0.1:9"]) {
				await connect(page, address, "m");
				const alert = panel(page).getByRole("alert").filter({ hasText: /\S/ });
				await expect(alert).toContainText("It could be one of", { timeout: 30_000 });
				await expect(alert).toContainText("CORS");
				await expect(alert).toContainText("DNS");
				await expect(alert).toContainText("TLS");
				await expect(alert).toContainText("--origins");
			}
			await expectAccessible(page);
		} finally {
			server.stop();
		}
	});

	test("a theft waits out a 429, pauses on a dead server, goes on and comes home", async ({
		page,
	}) => {
		let asked = 0;
		let down = false;
		const server = await hostile({
			infer: (request, answer) => {
				if (++asked === 2) return json(answer, 429, { error: "slow down" });
				if (asked === 6) down = true;
				if (down) return json(answer, 503, { error: "down" });
				let body = "";
				request.on("data", (part) => (body += part));
				request.on("end", () => {
					const { shape, data } = JSON.parse(body).inputs[0];
					const out = labels(shape[0]);
					out.outputs[0].data = out.outputs[0].data.map((_, i) => Number(data.flat()[2 * i] > 0.2));
					json(answer, 200, out);
				});
			},
		});
		try {
			await open(page);
			await connect(page, server.address, "m", RANGE);
			await connected(page);
			await leave(page);
			await hurry(page);
			await page.locator("#play").click();
			await expect(page.locator("#notices")).toContainText(/server failed.*503.*down/, {
				timeout: 40_000,
			});
			await untilState(page, "paused");
			down = false;
			await page.getByRole("button", { name: "Try again" }).click();
			await untilState(page, "ended");
			await expect(page.locator("#spent")).toHaveText("200");
			await expect(page.locator("#network")).toContainText("cost 200");
			await page.getByRole("button", { name: "Back to this page's victim" }).click();
			await untilState(page, "idle");
			await steal(page);
			await expect(page.locator("#verdict")).toContainText("of the plane");
		} finally {
			server.stop();
		}
	});
});

for (const width of [320, 600, 1280])
	test(`the panel fits ${width} px, light and dark`, async ({ page, address }) => {
		await page.setViewportSize({ width, height: 800 });
		await open(page);
		if (!(await page.locator("#remote-open").isVisible()))
			await page.locator(".settings-open").locator("visible=true").first().click();
		await connect(page, address, "digits-softmax");
		await connected(page);
		await panel(page).getByRole("button", { name: "Send" }).click();
		await expect(panel(page).getByRole("group", { name: "Answer" })).toBeVisible();
		await panel(page).getByText("Publish this page's victim").click();
		const wide = await panel(page).evaluate((d) => d.scrollWidth - d.clientWidth);
		expect(wide).toBeLessThanOrEqual(0);
		expect(
			await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
		).toBeLessThanOrEqual(0);
		for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
			await page.emulateMedia({ colorScheme });
			await expectAccessible(page);
		}
	});

/**
 * Queries of the log, with their answers.
 *
 * @param {Page} page
 */
async function queries(page) {
	const details = page.locator("#numbers");
	if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
	await expect(details.locator("ol.log li")).toHaveCount(60);
	return details.locator("ol.log li").allTextContents();
}

/**
 * @param {Page} page
 * @param {string} address
 * @param {string} name
 */
async function publish(page, address, name) {
	await page.locator("#remote-open").click();
	await panel(page).getByLabel("Address").fill(address);
	await panel(page).getByText("Publish this page's victim").click();
	await panel(page).getByLabel("Name there").fill(name);
	await panel(page).getByLabel("Admin key").fill(KEY);
	await panel(page).getByRole("button", { name: "Publish", exact: true }).click();
	await expect(panel(page)).toContainText("Published.", { timeout: 30_000 });
}

/** @param {import("node:http").ServerResponse} answer */
function endless(answer) {
	answer.writeHead(200, { "Content-Type": "application/json" });
	const more = () => {
		while (answer.writable && answer.write(" ".repeat(65536)));
		if (answer.writable) answer.once("drain", more);
	};
	more();
}
