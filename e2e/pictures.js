// Takes the posters of site/poster and the picture of the README from a real run
// of the default experiment: `./build.sh build && node e2e/pictures.js`. Run it
// when the look, or what the default attack reaches, has changed.
import { writeFile } from "node:fs/promises";
import { chromium } from "@playwright/test";
import { startServer } from "./server.js";

/** @param {string} png runs in a page */
async function toWebp(png) {
	const picture = await createImageBitmap(await (await fetch(png)).blob());
	const canvas = new OffscreenCanvas(picture.width, picture.height);
	canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
	const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.18 });
	return Array.from(new Uint8Array(await blob.arrayBuffer()));
}

const server = await startServer();
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-background-networking"],
});
try {
	const studio = await browser.newPage(); // blank: the page's own policy forbids what follows
	for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
		const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
		await page.goto(server.address);
		await page.getByRole("button", { name: "Steal it" }).waitFor();
		await page.locator("#at-victim canvas").first().waitFor();
		await page.waitForTimeout(3000); // the fine raster comes
		await poster("victim");
		await page.getByRole("button", { name: "Steal it" }).click();
		await page.getByRole("button", { name: "Steal again" }).waitFor({ timeout: 120_000 });
		await page.locator("#verdict").filter({ hasText: "uniform" }).waitFor({ timeout: 120_000 });
		await page.waitForTimeout(3000);
		await poster("copy");
		if (colorScheme === "light") await page.screenshot({ path: "docs/page.png" });

		/** @param {string} side */
		async function poster(side) {
			const shot = await page.locator(`#at-${side} canvas`).first().screenshot();
			const webp = await studio.evaluate(
				toWebp,
				`data:image/png;base64,${shot.toString("base64")}`,
			);
			await writeFile(`site/poster/${side}-${colorScheme}.webp`, Buffer.from(webp));
		}
		await page.close();
	}
} finally {
	await browser.close();
	server.stop();
}
