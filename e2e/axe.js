import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect } from "@playwright/test";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/**
 * Fails with what axe finds on the page as it is now: nothing is excused.
 *
 * @param {import("@playwright/test").Page|import("@playwright/test").Frame} page
 */
export async function expectAccessible(page) {
	if (!(await page.evaluate(() => "axe" in window))) {
		// Evaluated, not added as a script: the page's content policy stays on.
		await page.evaluate(await readFile(axe, "utf8"));
	}
	const violations = await page.evaluate(async () => {
		// @ts-expect-error axe is put there by the lines above
		const result = await window.axe.run(document, { resultTypes: ["violations"] });
		return result.violations.map(
			(/** @type {{id: string, help: string, nodes: {html: string}[]}} */ v) =>
				`${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(" | ")}`,
		);
	});
	expect(violations, "what axe found").toEqual([]);
}
