// The playground in pages of other sites: the element and the bare frame.
import { expectAccessible } from "./axe.js";
import { call, ELSEWHERE, expect, inside, QUICK, test } from "./host.js";

/** @typedef {import("@playwright/test").Page} Page */

test.use({ expectedProblems: [ELSEWHERE] });

/** Engines start and victims train on machines that have other work too. */
const PATIENCE = { timeout: 30_000 };

const FAR = '<p style="height: 4000px">A long story.</p>';

/** @param {Page} page @param {string} state @param {number} [which] */
const untilState = (page, state, which = 0) =>
	expect(inside(page, which).locator("#heist")).toHaveAttribute(
		"data-state",
		new RegExp(`^(${state})$`),
		PATIENCE,
	);

/** Pixels beyond the right edge. @param {Page} page */
const over = (page) =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("loads nothing but the element until it comes near, and moves nothing when it does", async ({
	page,
	host,
}) => {
	await host.open(`${FAR}<heist-playground ${QUICK}></heist-playground><p>After.</p>`);
	await page.evaluate(() => {
		/** @type {number[]} */
		const shifts = [];
		Object.assign(window, { shifts });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) shifts.push(Reflect.get(entry, "value"));
		}).observe({ type: "layout-shift", buffered: true });
	});
	await page.waitForTimeout(500);
	expect(host.loaded()).toEqual(["/heist-playground.js"]);
	await page.locator("heist-playground").scrollIntoViewIfNeeded();
	await untilState(page, "idle");
	await call(page, "run");
	expect(await page.evaluate("shifts"), "layout shifts").toEqual([]);
});

test("says what happens, also to those who listen late", async ({ page, host }) => {
	await host.open(`<heist-playground load="eager" ${QUICK}></heist-playground>`);
	const ready = await call(page, "ready");
	expect(ready).toMatchObject({ data: "moons", budget: 30 });
	await page.evaluate(() => {
		/** @type {Record<string, any[]>} */
		const seen = {};
		Object.assign(window, { seen });
		for (const name of ["ready", "change", "query", "progress", "goal", "end", "error"])
			document.addEventListener(`heist-${name}`, (e) => {
				seen[name] ??= [];
				seen[name].push(/** @type {CustomEvent} */ (e).detail);
			});
	});
	const end = await call(page, "run");
	expect(end).toMatchObject({ status: "budget", queries: 30 });
	const seen = await page.evaluate("seen");
	expect(seen.query.length).toBeGreaterThan(0);
	expect(seen.end).toEqual([end]);
	expect(seen.progress.at(-1)).toMatchObject({ queries: 30, agreement: end.agreement });
	expect(seen.error).toBeUndefined();
	const late = await page.evaluate(
		() =>
			new Promise((done) => {
				/** @type {any[]} */
				const told = [];
				const element = document.querySelector("heist-playground");
				for (const name of ["ready", "progress", "end"])
					element?.addEventListener(`heist-${name}`, (e) =>
						told.push([name, /** @type {CustomEvent} */ (e).detail.queries]),
					);
				setTimeout(() => done(told), 100);
			}),
	);
	expect(late).toEqual([
		["ready", undefined],
		["progress", 30],
	]);
});

test("does what it is asked, and names what it can't", async ({ page, host }) => {
	await host.open(`<heist-playground load="eager" ${QUICK}></heist-playground>`);
	const stepped = await call(page, "step");
	expect(stepped.state).toBe("paused");
	expect(stepped.curve.length).toBe(1);
	expect((await call(page, "reset")).curve).toEqual([]);
	const [said] = await call(page, "query", [[[-0.5, 0.5]]]);
	expect(said.victim.label).toBe(0);
	const points = Array.from({ length: 40 }, (_, i) => ({
		x: (i % 20) / 25,
		y: i < 20 ? 0.5 : -0.5,
		c: i < 20 ? 0 : 1,
	}));
	expect((await call(page, "setData", [points])).settings.data).toBe("points");
	await call(page, "run");
	expect(await call(page, "exportCSV", ["curve"])).toMatch(/^queries,/);
	expect(await call(page, "exportSVG")).toContain("<svg");
	expect(JSON.parse(await call(page, "exportJSON"))).toHaveProperty("copy");
	const bytes = await page.evaluate(async () => {
		const element = /** @type {any} */ (document.querySelector("heist-playground"));
		return [(await element.exportONNX()).length, [...(await element.exportPNG(1)).slice(1, 4)]];
	});
	expect(bytes[0]).toBeGreaterThan(100);
	expect(bytes[1]).toEqual([80, 78, 71]);
	await call(page, "setState", [{ data: "xor", n: 60, queries: 20 }]);
	expect((await call(page, "getState")).link).toContain("data=xor");
	for (const [method, args, says] of /** @type {[string, unknown[], RegExp][]} */ ([
		["setState", [{ n: 5 }], /n=5: must be a whole number from 20 to 20000/],
		["setData", [[[0, 2, 1]]], /setData\[0\]\.y is 2; it must be a number from -1 to 1/],
		["setData", [[[0, 0, 7]]], /setData\[0\]\.c is 7; it must be a whole number from 0 to 3/],
		["step", [0], /n is 0; it must be a whole number from 1 to 1000/],
		["query", ["here"], /query takes an array of points/],
		["exportCSV", ["all"], /table is all; it must be one of curve queries points/],
	]))
		await expect(call(page, method, args), method).rejects.toThrow(says);
	await untilState(page, "idle");
	await call(page, "run");
});

test("attributes are properties, and a change is another experiment", async ({ page, host }) => {
	await host.open(
		`<script>window.early = document.createElement("heist-playground"); early.queries = 25;</script>
		<heist-playground load="eager" victim="mlp" hidden="3" C="4" ${QUICK}></heist-playground>`,
	);
	await expect(page.locator("heist-playground"), "hidden is a setting here").toBeVisible();
	await expect(inside(page).locator("#notices"), "C is not the network's").toContainText(
		"C=4: needs",
	);
	await untilState(page, "idle");
	const values = await page.evaluate(() => {
		const element = /** @type {any} */ (document.querySelector("heist-playground"));
		element.removeAttribute("c");
		element.queries = 12;
		document.body.append(/** @type {any} */ (window).early);
		return [
			element.victim,
			element.getAttribute("queries"),
			/** @type {any} */ (window).early.getAttribute("queries"),
		];
	});
	expect(values).toEqual(["mlp", "12", "25"]);
	await expect(inside(page).locator("#budget")).toHaveText("12", PATIENCE);
	await untilState(page, "idle");
	expect((await call(page, "getState")).settings).toMatchObject({
		victim: "mlp",
		hidden: "3",
		queries: "12",
	});
});

test("three on one page share the engine, and one runs at a time", async ({ page, host }) => {
	const one = (/** @type {number} */ seed) =>
		`<heist-playground load="eager" hide="chart" seed="${seed}" attack="uniform" queries="400"></heist-playground>`;
	await page.setViewportSize({ width: 1280, height: 1600 });
	await host.open(one(1) + one(2) + one(3));
	for (const which of [0, 1, 2]) await untilState(page, "idle", which);
	expect(host.loaded().filter((path) => path.endsWith(".wasm")).length, "engines fetched").toBe(1);
	await inside(page, 0).locator("#play").click();
	await untilState(page, "playing|training", 0);
	await inside(page, 1).locator("#play").click();
	await untilState(page, "playing|training", 1);
	await untilState(page, "paused", 0);
	const [first, second] = await Promise.all([0, 1].map((i) => call(page, "getState", [], i)));
	expect(first.settings.seed).not.toBe(second.settings.seed);
});

test("pauses out of sight and goes on in sight", async ({ page, host }) => {
	await host.open(`<heist-playground attack="uniform" queries="2000"></heist-playground>${FAR}`);
	await untilState(page, "idle");
	await inside(page).locator("#play").click();
	await untilState(page, "playing|training");
	await page.mouse.move(5, 5);
	await page.evaluate(() => scrollTo(0, 3000));
	await untilState(page, "paused");
	await page.evaluate(() => scrollTo(0, 0));
	await untilState(page, "playing|training");
	// What the visitor has paused stays paused.
	await inside(page).locator("#play").click();
	await untilState(page, "paused");
	await page.evaluate(() => scrollTo(0, 3000));
	await page.waitForTimeout(300);
	await page.evaluate(() => scrollTo(0, 0));
	await page.waitForTimeout(300);
	await untilState(page, "paused");
});

test("load=click waits for its button, which steals at once", async ({ page, host }) => {
	await host.open(`<heist-playground load="click" ${QUICK}></heist-playground>`);
	await page.waitForTimeout(300);
	expect(host.loaded()).not.toContain("/embed.html");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await untilState(page, "playing|training|ended");
	// The focus is in the playground and its keys work.
	await untilState(page, "ended");
	await page.keyboard.press("Tab");
	await page.keyboard.press("r");
	await untilState(page, "idle");
});

test("autoplay steals by itself, and hide and theme hold", async ({ page, host }) => {
	await page.setViewportSize({ width: 640, height: 700 });
	await host.open(
		`<heist-playground autoplay hide="chart,victim step" theme="dark" ${QUICK}></heist-playground>`,
	);
	await untilState(page, "ended");
	for (const id of ["at-chart", "step"]) await expect(inside(page).locator(`#${id}`)).toBeHidden();
	await inside(page).locator(".settings-open:visible").click();
	await expect(inside(page).locator("#field-attack")).toBeVisible();
	await expect(inside(page).locator("#field-victim")).toBeHidden();
	await expect(inside(page).locator("html")).toHaveAttribute("data-theme", "dark");
});

test("follows the host's own scheme as it changes, and its colours", async ({ page, host }) => {
	await host.open(`<heist-playground ${QUICK}></heist-playground>`, {
		head: "<style>:root.dark { color-scheme: dark; --heist-paper: rgb(10 20 30); }</style>",
	});
	await page.emulateMedia({ colorScheme: "dark" }); // the system's, which this page does not follow
	await untilState(page, "idle");
	const html = inside(page).locator("html");
	await expect(html).toHaveAttribute("data-theme", "light");
	await page.evaluate(() => document.documentElement.classList.add("dark"));
	await expect(html).toHaveAttribute("data-theme", "dark");
	await expect(inside(page).locator("body")).toHaveCSS("background-color", "rgb(10, 20, 30)");
	await page.evaluate(() => document.documentElement.classList.remove("dark"));
	await expect(html).toHaveAttribute("data-theme", "light");
});

test.describe("wrong attributes", () => {
	test("are named in the component and in an event, and the rest works", async ({ page, host }) => {
		await host.open(
			`<script>window.errors = []; addEventListener("heist-error", (e) => errors.push(e.detail.message));</script>
			<heist-playground load="soon" colour="blue" noise="9" hide="nose" ${QUICK} style="--heist-ink: nothing"></heist-playground>`,
		);
		await untilState(page, "idle");
		const notices = inside(page).locator("#notices");
		await expect(notices).toContainText("colour: no such key");
		await expect(notices).toContainText("noise=9: must be a number from 0 to");
		await expect(notices).toContainText("hide=nose: nothing is called nose");
		await expect(page.locator("heist-playground .message")).toContainText(
			"load=soon: must be one of visible click eager",
		);
		const errors = /** @type {string[]} */ (await page.evaluate("errors"));
		for (const says of [
			"load=soon",
			"colour: no such key",
			"noise=9",
			"hide=nose",
			"--heist-ink=nothing: must be a CSS colour",
		])
			expect(errors.join("\n")).toContain(says);
		await call(page, "run");
	});
});

test("lives under a strict content policy", async ({ page, host }) => {
	await host.open(`<heist-playground ${QUICK}></heist-playground>`, {
		headers: {
			"Content-Security-Policy":
				"default-src 'none'; script-src SITE/heist-playground.js; img-src SITE data:; frame-src SITE; style-src 'none'",
		},
	});
	await untilState(page, "idle");
	expect((await call(page, "run")).queries).toBe(30);
});

test.describe("a policy that forbids the frame", () => {
	test.use({ expectedProblems: [/asked|Content Security Policy|frame-src|Framing/i] });
	test("is named, with a way to the page", async ({ page, host }) => {
		await page.clock.install();
		await host.open(`<heist-playground load="eager"></heist-playground>`, {
			headers: { "Content-Security-Policy": "frame-src 'none'" },
		});
		const message = page.locator("heist-playground .message");
		for (let i = 0; i < 30; i++) await page.clock.runFor(500);
		await expect(message).toContainText("may not allow frame-src http://localhost");
		await expect(page.locator("heist-playground img").last()).toBeVisible();
		await expect(page.getByRole("link", { name: "Open full" })).toHaveAttribute(
			"href",
			/localhost:\d+\/$/,
		);
		await expect(page.getByRole("button", { name: "Retry" })).toBeVisible();
	});
});

test("a sandboxed frame without an origin or storage works", async ({ page, host }) => {
	await host.open(
		`<iframe src="SITE/embed.html?theme=light#n=80&attack=uniform&queries=30" title="Model Heist" width="600" height="460" sandbox="allow-scripts"></iframe>`,
	);
	const frame = page.frameLocator("iframe");
	await expect(frame.locator("#heist")).toHaveAttribute("data-state", "idle", PATIENCE);
	await frame.locator("#play").click();
	await expect(frame.locator("#heist")).toHaveAttribute("data-state", "ended", PATIENCE);
});

test("a bare frame takes the height that it needs, and answers a ping", async ({ page, host }) => {
	await host.open(
		`<iframe src="SITE/embed.html#n=80&queries=30" title="Model Heist" style="width: 390px; min-height: 300px; frame-sizing: content-height"></iframe>`,
	);
	await expect(page.frameLocator("iframe").locator("#heist")).toHaveAttribute(
		"data-state",
		"idle",
		PATIENCE,
	);
	const heard = await page.evaluate(
		(site) =>
			new Promise((done) => {
				/** @type {any[]} */
				const all = [];
				addEventListener("message", (e) => {
					if (e.origin !== site || e.data.heist !== 1) return;
					all.push(e.data);
					if (e.data.type === "event") done(all);
				});
				frames[0].postMessage({ heist: 1, type: "ping" }, site);
			}),
		new URL(
			host.loaded()[0],
			/** @type {string} */ (await page.locator("iframe").getAttribute("src")),
		).origin,
	);
	expect(heard).toMatchObject([
		{ type: "ready", methods: expect.arrayContaining(["run", "pause"]) },
		{ type: "event", name: "ready", detail: { budget: 30 } },
	]);
	if (await page.evaluate(() => CSS.supports("frame-sizing", "content-height"))) {
		const tall = await page
			.frameLocator("iframe")
			.locator(".host")
			.evaluate((e) => e.scrollHeight);
		await expect
			.poll(async () => (await page.locator("iframe").boundingBox())?.height)
			.toBeGreaterThanOrEqual(tall);
	}
});

test("host styles that reset everything change nothing", async ({ page, host }) => {
	const styles =
		"* { all: unset !important; display: inline !important; color: red !important; font-size: 3px !important } [hidden] { display: none !important }";
	await host.open(`<heist-playground hidden="5" victim="mlp" ${QUICK}></heist-playground>`, {
		head: `<style>${styles}</style>`,
	});
	await untilState(page, "idle");
	const room = await page.locator("heist-playground .room").boundingBox();
	expect(room?.height).toBeGreaterThanOrEqual(460);
	expect(room?.width).toBe(760);
	await call(page, "run");
});

test("a page from right to left keeps it as it is", async ({ page, host }) => {
	await page.setViewportSize({ width: 640, height: 700 });
	await host.open(`<heist-playground load="click" ${QUICK}></heist-playground>`, {
		html: 'dir="rtl"',
	});
	const left = async (/** @type {import("@playwright/test").Locator} */ l) =>
		(await l.boundingBox())?.x ?? 0;
	const element = page.locator("heist-playground");
	expect(await left(element.locator("button").first())).toBeLessThan(
		await left(element.locator("a")),
	);
	await call(page, "ready");
	expect(await left(inside(page).locator("#at-victim"))).toBeLessThan(
		await left(inside(page).locator("#at-copy")),
	);
	expect(await over(page)).toBe(0);
});

test.describe("without JavaScript", () => {
	test.use({ javaScriptEnabled: false });
	test("the link and the picture inside are shown", async ({ page, host }) => {
		await host.open(
			`<heist-playground><a href="SITE/"><img src="SITE/poster/copy-light.webp" alt="A finished theft" width="364" height="364"></a></heist-playground>`,
		);
		await expect(page.getByRole("link", { name: "A finished theft" })).toBeVisible();
	});
});

test("on paper there is the poster, or the picture as it is", async ({ page, host }) => {
	await host.open(`<heist-playground load="click" ${QUICK}></heist-playground>`);
	await page.emulateMedia({ media: "print" });
	await expect(page.locator("heist-playground img").last()).toBeVisible();
	await page.emulateMedia({ media: "screen" });
	await call(page, "run");
	await page.emulateMedia({ media: "print" });
	await expect(inside(page).locator("#at-copy")).toBeVisible();
	await expect(inside(page).locator("#play")).toBeHidden();
});

test.describe("reduced motion", () => {
	test.use({ reducedMotion: "reduce" });
	test("the theft still comes to its end", async ({ page, host }) => {
		await host.open(`<heist-playground ${QUICK}></heist-playground>`);
		expect((await call(page, "run")).queries).toBe(30);
	});
});

test.describe("by touch", () => {
	test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });
	test("taps steal, and a finger on a plot scrolls the article until a brush is taken", async ({
		page,
		host,
	}) => {
		await host.open(`<heist-playground ${QUICK}></heist-playground>`);
		await untilState(page, "idle");
		const plot = inside(page).locator("#at-victim");
		await expect(plot).toHaveCSS("touch-action", "pan-y pinch-zoom");
		await inside(page).locator("#play").tap();
		await untilState(page, "ended");
		await inside(page).locator("#draw-open").tap();
		await inside(page).locator(".tools label", { hasText: "Brush" }).tap();
		await expect(plot).toHaveCSS("touch-action", "none");
	});
});

for (const width of [320, 390, 519, 520, 600, 1280]) {
	test(`fits ${width} px without scrolling inside, before and after`, async ({ page, host }) => {
		await page.setViewportSize({ width, height: 900 });
		await host.open(`<heist-playground load="click" ${QUICK}></heist-playground>`, {
			head: "<style>body { margin: 0 }</style>",
		});
		const room = page.locator("heist-playground .room");
		const kept = (await room.boundingBox())?.height ?? 0;
		await call(page, "ready");
		await untilState(page, "idle");
		const inner = () =>
			inside(page)
				.locator("html")
				.evaluate((e) => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]);
		expect(await inner()).toEqual([0, 0]);
		await call(page, "run");
		await expect(inside(page).locator("#verdict")).not.toBeEmpty();
		await expect(inside(page).locator("#play")).toBeInViewport({ ratio: 0.99 });
		expect(await inner()).toEqual([0, 0]);
		expect((await room.boundingBox())?.height, "the room that was kept is what it takes").toBe(
			kept,
		);
		expect(await over(page)).toBe(0);
	});
}

for (const width of [390, 600, 1280]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test(`is accessible at ${width} px, ${colorScheme}`, async ({ page, host }) => {
			await page.setViewportSize({ width, height: 800 });
			await page.emulateMedia({ colorScheme });
			await host.open(`<heist-playground load="click" ${QUICK}></heist-playground>`, {
				head: "<style>:root { color-scheme: light dark }</style>",
			});
			await expectAccessible(page);
			await call(page, "run");
			await expectAccessible(page);
			const frame = page.frames().find((f) => f.url().includes("embed.html"));
			if (!frame) throw new Error("there is no frame");
			await expectAccessible(frame);
		});
	}
}
