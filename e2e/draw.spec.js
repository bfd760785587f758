// Drawing, by mouse, by finger and by keyboard alone.
import { click, drag, drawn, open, spot, untilState } from "./heist.js";
import { expect, test } from "./test.js";

/** @typedef {import("@playwright/test").Page} Page */

/** @param {Page} page @param {string} name */
const tool = (page, name) => page.getByRole("radio", { name, exact: true }).check({ force: true });

/** @param {Page} page @param {string} letter */
const pick = (page, letter) =>
	page.getByRole("radio", { name: `Class ${letter}` }).check({ force: true });

/** An empty sheet. @param {Page} page */
async function clear(page) {
	await page.getByRole("button", { name: "Clear" }).click();
	await expect(page.locator("#notices")).toContainText("at least two points of different classes");
}

test.describe("by mouse", () => {
	test("points, undo, redo, clear", async ({ page }) => {
		await open(page);
		await clear(page);
		await expect(page.locator("#play")).toBeDisabled();
		await click(page, -0.5, 0.5);
		await click(page, -0.4, -0.2);
		await expect(page.locator("#notices")).toContainText("two points of different classes");
		await pick(page, "B");
		await click(page, 0.5, 0);
		await click(page, 0.6, 0.4);
		await untilState(page, "idle");
		await expect(page.locator("#notices")).toBeEmpty();
		const points = await drawn(page);
		expect(points.map((p) => p.c)).toEqual([0, 0, 1, 1]);
		expect(points[0].x).toBeCloseTo(-0.5, 1);
		expect(points[0].y).toBeCloseTo(0.5, 1);

		const undo = page.locator("#draw").getByRole("button", { name: "Undo" });
		const redo = page.locator("#draw").getByRole("button", { name: "Redo" });
		await undo.click();
		expect((await drawn(page)).length).toBe(3);
		await redo.click();
		expect(await drawn(page)).toEqual(points);
		await expect(redo).toBeDisabled();
		await clear(page);
		await undo.click();
		expect(await drawn(page)).toEqual(points);
		await untilState(page, "idle");
	});

	test("brush, eraser, move", async ({ page }) => {
		await open(page);
		await clear(page);
		await tool(page, "Brush");
		await drag(page, [
			[-0.6, 0.6],
			[-0.6, -0.6],
		]);
		await pick(page, "C");
		await drag(page, [
			[0.6, -0.6],
			[0.6, 0.6],
		]);
		await untilState(page, "idle");
		const painted = await drawn(page);
		expect(painted.length).toBeGreaterThan(20);
		expect(new Set(painted.map((p) => p.c))).toEqual(new Set([0, 2]));
		expect(painted.every((p) => Math.abs(Math.abs(p.x) - 0.6) < 0.15)).toBe(true);
		await expect(page.locator("#legend")).not.toContainText("B");

		await tool(page, "Erase");
		await drag(page, [
			[0.6, -0.6],
			[0.6, 0],
		]);
		const rest = await drawn(page);
		expect(rest.length).toBeLessThan(painted.length);
		expect(rest.filter((p) => p.c === 0)).toEqual(painted.filter((p) => p.c === 0));
		expect(rest.every((p) => p.x < 0 || p.y > 0)).toBe(true);

		await tool(page, "Move");
		const from = rest[0];
		await drag(page, [
			[from.x, from.y],
			[0, 0.9],
		]);
		const moved = await drawn(page);
		expect(moved.length).toBe(rest.length);
		expect(moved[0].x).toBeCloseTo(0, 1);
		expect(moved[0].y).toBeCloseTo(0.9, 1);
		expect(moved.slice(1)).toEqual(rest.slice(1));
	});

	test("a generated set can be drawn on, and scattered into", async ({ page }) => {
		await open(page, "data=xor&n=60&victim=svm");
		await click(page, 0, 0.1);
		expect((await drawn(page)).length).toBe(61);
		await page.getByRole("button", { name: "Scatter 20" }).click();
		expect((await drawn(page)).length).toBe(81);
		await expect(page.getByRole("radio", { name: "Drawn" })).toBeChecked();
		await page.getByRole("radio", { name: "Circles" }).check({ force: true });
		await page.getByRole("radio", { name: "Drawn" }).check({ force: true });
		expect((await drawn(page)).length).toBe(81);
	});

	test("a drawing holds 2,000 points, and says so", async ({ page }) => {
		const points = Buffer.alloc(3 * 1990);
		for (let i = 0; i < 1990; i++) {
			const [x, y] = [(i * 31) % 1024, (i * 17) % 1024];
			points.writeUIntBE(x * 2 ** 14 + y * 16 + (x > 512 ? 1 : 0), 3 * i, 3);
		}
		await open(page, `data=points&points=${points.toString("base64url")}&victim=logistic`);
		await page.getByRole("button", { name: "Scatter 20" }).click();
		await expect(page.locator("#notices")).toContainText("The drawing is full: 2,000 points");
		expect((await drawn(page)).length).toBe(2000);
		await untilState(page, "idle");
	});

	test("a stroke of one class waits for another, and keeps its points", async ({ page }) => {
		await open(page);
		await clear(page);
		await tool(page, "Brush");
		await drag(page, [
			[-0.5, 0],
			[0.5, 0],
		]);
		await expect(page.locator("#notices")).toContainText("different classes");
		await untilState(page, "refused");
		const before = await drawn(page);
		expect(before.length).toBeGreaterThan(5);
		await pick(page, "D");
		await tool(page, "Point");
		await click(page, 0, 0.8);
		await untilState(page, "idle");
		expect((await drawn(page)).slice(0, -1)).toEqual(before);
	});

	test("the draft is there after a new start", async ({ page }) => {
		await open(page, "data=xor&n=60&victim=svm");
		await click(page, 0, 0.1);
		const before = await drawn(page);
		await page.goto("about:blank");
		await open(page);
		await expect(page.locator("#notices")).toContainText("You drew 61 points here before");
		await page.getByRole("button", { name: "Restore them" }).click();
		expect(await drawn(page)).toEqual(before);
		await untilState(page, "idle");
		// Reloaded with the drawing in its address, the page offers nothing.
		await page.reload();
		await untilState(page, "idle");
		expect(await drawn(page)).toEqual(before);
		await expect(page.locator("#notices")).toBeEmpty();
	});

	test("a drawing during a theft starts the next victim", async ({ page }) => {
		await open(page, "data=moons&n=80&victim=svm&attack=adaptive&queries=300");
		await page.locator("#play").click();
		await expect
			.poll(async () => Number(await page.locator("#spent").innerText()))
			.toBeGreaterThan(2);
		await click(page, 0.9, 0.9);
		await untilState(page, "idle");
		await expect(page.locator("#spent")).toHaveText("0");
		expect((await drawn(page)).length).toBe(81);
	});
});

test.describe("by finger", () => {
	test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

	/**
	 * @param {Page} page
	 * @param {[number, number][]} way screen places
	 * @param {'touchEnd'|'touchCancel'|null} [last]
	 */
	async function finger(page, way, last = "touchEnd") {
		const client = await page.context().newCDPSession(page);
		for (const [i, [x, y]] of way.entries())
			await client.send("Input.dispatchTouchEvent", {
				type: i === 0 ? "touchStart" : "touchMove",
				touchPoints: [{ x, y, id: 1 }],
			});
		if (last) await client.send("Input.dispatchTouchEvent", { type: last, touchPoints: [] });
		return client;
	}

	/** @param {Page} page @param {[number, number][]} way places of the plane */
	async function line(page, way) {
		/** @type {[number, number][]} */
		const steps = [];
		for (const [x, y] of way) {
			const at = await spot(page, x, y);
			steps.push([at.x, at.y]);
		}
		return steps;
	}

	test("a tap places a point, a swipe scrolls", async ({ page }) => {
		await open(page, "data=xor&n=60&victim=svm");
		const at = await spot(page, 0, 0.1);
		await page.touchscreen.tap(at.x, at.y);
		const points = await drawn(page);
		expect(points.length).toBe(61);
		expect(points[60].x).toBeCloseTo(0, 1);
		expect(points[60].y).toBeCloseTo(0.1, 1);

		const { x, y } = await spot(page, 0, 0);
		const from = await page.evaluate(() => scrollY);
		await finger(page, [
			[x, y],
			[x, y - 30],
			[x, y - 80],
			[x, y - 120],
			[x, y - 150],
		]);
		await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(from + 40);
		expect((await drawn(page)).length).toBe(61);
	});

	test("the brush paints and the page stays", async ({ page }) => {
		await open(page, "data=xor&n=60&victim=svm");
		await tool(page, "Brush");
		// Tapped where it is: Playwright would scroll the page first.
		const thumb = await page.getByRole("button", { name: /^Class A: change/ }).boundingBox();
		if (!thumb) throw new Error("no button for the class");
		await page.touchscreen.tap(thumb.x + 20, thumb.y + 20);
		const from = await page.evaluate(() => scrollY);
		await finger(
			page,
			await line(page, [
				[0, 0.5],
				[0, 0.3],
				[0, 0.1],
				[0, -0.1],
				[0, -0.3],
				[0, -0.5],
			]),
		);
		const points = await drawn(page);
		expect(points.length).toBeGreaterThan(70);
		expect(points.slice(60).every((p) => p.c === 1 && Math.abs(p.x) < 0.2)).toBe(true);
		expect(await page.evaluate(() => scrollY)).toBe(from);
		await page.locator("#thumb-undo").click();
		await expect(page.getByRole("button", { name: "Undo" }).locator("visible=true")).toBeDisabled();
	});

	test("a second finger takes the stroke back", async ({ page }) => {
		await open(page, "data=xor&n=60&victim=svm");
		await tool(page, "Brush");
		const way = await line(page, [
			[-0.5, 0],
			[-0.3, 0],
			[-0.1, 0],
		]);
		const client = await finger(page, way, null);
		const [x, y] = way[2];
		await client.send("Input.dispatchTouchEvent", {
			type: "touchStart",
			touchPoints: [
				{ x, y, id: 1 },
				{ x: x + 80, y: y + 40, id: 2 },
			],
		});
		await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
		expect(await drawn(page), "the generated set is still there").toEqual([]);
	});
});

test("by keyboard alone: draw, undo, steal", async ({ page }) => {
	await open(page, "data=xor&n=60&victim=svm&attack=uniform&queries=20");
	const victim = page.locator("#at-victim");
	await victim.focus();
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Shift+ArrowUp");
	await expect(page.locator("#readout")).toContainText("(0.02, 0.20)");
	await expect(page.locator("#spoken")).toContainText(/x 0\.02, y 0\.20: victim [AB]/);
	await page.keyboard.press("3");
	await page.keyboard.press("Enter");
	let points = await drawn(page);
	expect(points.length).toBe(61);
	expect(points[60].c).toBe(2);
	expect(points[60].x).toBeCloseTo(0.02, 2);
	expect(points[60].y).toBeCloseTo(0.2, 2);
	await page.keyboard.press("Delete");
	expect((await drawn(page)).length).toBe(60);
	await page.keyboard.press("z");
	points = await drawn(page);
	expect(points.length).toBe(61);
	await page.keyboard.press("Control+z");
	await page.keyboard.press("Shift+Z");
	expect(await drawn(page)).toEqual(points);
	await untilState(page, "idle");

	await page.keyboard.press("?");
	await expect(page.locator("#help-dialog")).toBeVisible();
	await page.keyboard.press("Escape");
	await page.keyboard.press("s");
	await untilState(page, "paused");
	await page.keyboard.press("p");
	await untilState(page, "ended");
	await page.keyboard.press("r");
	await untilState(page, "idle");
	// In a text field letters are letters.
	await page.locator("#field-queries").focus();
	await page.keyboard.press("p");
	await page.waitForTimeout(200);
	await untilState(page, "idle");
});
