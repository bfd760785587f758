// The page that tells how to embed, and what it tells.
import { expectAccessible } from "./axe.js";
import { open, QUICK } from "./heist.js";
import { expect, test } from "./test.js";

for (const width of [1280, 600, 390]) {
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		test.describe(`${width} px, ${colorScheme}`, () => {
			test.use({ viewport: { width, height: 800 }, colorScheme });
			test("fits, is accessible, and has a playground that lives", async ({ page }) => {
				await page.goto("/embedding.html");
				const frame = page.locator("heist-playground iframe").contentFrame();
				await expect(frame.locator("#heist")).toHaveAttribute("data-state", "idle", {
					timeout: 30_000,
				});
				expect(
					await page.evaluate(
						() => document.documentElement.scrollWidth - document.documentElement.clientWidth,
					),
				).toBe(0);
				await expectAccessible(page);
			});
		});
	}
}

test("its snippets name this site, and its table every setting", async ({ page, request }) => {
	await page.goto("/embedding.html");
	const snippets = await page.locator("pre").allInnerTexts();
	expect(snippets.join("\n")).not.toContain("heist.example");
	expect(snippets[0]).toContain(new URL("/heist-playground.js", page.url()).href);
	const { sections, params } = await (await request.get("params.json")).json();
	const keys = params
		.filter((/** @type {{section: string}} */ p) => sections.includes(p.section))
		.map((/** @type {{key: string}} */ p) => p.key);
	expect(await page.locator("table").nth(1).locator("tbody th").allInnerTexts()).toEqual(keys);
});

test.describe("a frame as the page writes it", () => {
	// Its style is inline, which this page's own policy forbids.
	test.use({ expectedProblems: [/inline style/] });
	test("runs where it is put", async ({ page }) => {
		await page.goto("/embedding.html");
		const snippet = await page.locator("pre").nth(1).innerText();
		await page.evaluate((html) => {
			const box = document.createElement("div");
			box.id = "pasted";
			box.innerHTML = html;
			document.querySelector("h1")?.after(box);
		}, snippet);
		const frame = page.frameLocator("#pasted iframe");
		await expect(frame.locator("#heist")).toHaveAttribute("data-state", "idle", {
			timeout: 30_000,
		});
		await expect(frame.locator("#field-victim")).toHaveValue("mlp");
	});
});

test.describe("copying", () => {
	test.use({ permissions: ["clipboard-read", "clipboard-write"] });
	test("the share dialog gives the experiment as an embed", async ({ page }) => {
		await open(page, QUICK);
		await page.getByRole("button", { name: "Share" }).first().click();
		await page.getByRole("button", { name: "Copy embed" }).click();
		await expect(page.locator("#share-dialog [role=status]").first()).toHaveText("Copied.");
		const copied = await page.evaluate(() => navigator.clipboard.readText());
		expect(copied).toContain(
			'<heist-playground data="moons" n="80" victim="svm" attack="uniform" queries="30">',
		);
		expect(copied).toContain(`src="${new URL("/heist-playground.js", page.url())}"`);
	});
});
