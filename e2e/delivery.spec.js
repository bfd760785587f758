// How the page arrives: types, policy, caching, nothing from elsewhere.
import { expect, test } from "./test.js";

for (const name of ["engine", "engine-full"]) {
	test(`${name} is wasm, compressed, and kept for good`, async ({ request }) => {
		const { engines } = await (await request.get("build.json")).json();
		const response = await request.get(engines[name].name);
		const headers = response.headers();
		expect(headers["content-type"]).toBe("application/wasm");
		expect(headers["content-encoding"]).toBe("br");
		expect(headers["cache-control"]).toContain("immutable");
		expect((await response.body()).length).toBe(engines[name].bytes);
	});
}

test("the engine compiles under the page's content policy", async ({ page, request }) => {
	const { engines } = await (await request.get("build.json")).json();
	await page.goto("/");
	const exports = await page.evaluate(async (url) => {
		const module = await WebAssembly.compileStreaming(fetch(url));
		return WebAssembly.Module.exports(module).map((e) => e.name);
	}, engines.engine.name);
	expect(exports).toContain("run");
});

test.describe("inline script", () => {
	test.use({ expectedProblems: [/Content Security Policy/] });
	test("does not run", async ({ page }) => {
		await page.goto("/");
		const ran = await page.evaluate(() => {
			const script = document.createElement("script");
			script.textContent = "window.ran = true";
			document.body.append(script);
			return "ran" in window;
		});
		expect(ran).toBe(false);
	});
});
