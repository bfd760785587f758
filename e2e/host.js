// A page of another site that embeds ours.
import http from "node:http";
import { test as base, expect } from "./test.js";

export { expect };

/**
 * @typedef {object} Host
 * @property {(body: string, options?: {head?: string, html?: string, headers?: Record<string, string>}) => Promise<void>} open
 *   serves a page with this body and goes there; SITE stands for the address of ours
 * @property {() => string[]} loaded what of ours has been asked for, by path
 * @property {string} address of the other site
 */

/** @type {import("@playwright/test").Fixtures<{host: Host}, {}, import("@playwright/test").PlaywrightTestArgs, {address: string}>} */
const fixtures = {
	host: async ({ page, address }, use) => {
		let served = { html: "", headers: /** @type {Record<string, string>} */ ({}) };
		const server = http.createServer((request, response) => {
			const found = request.url === "/article";
			response.writeHead(found ? 200 : 404, { "Content-Type": "text/html", ...served.headers });
			response.end(found ? served.html : "");
		});
		await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
		const port = /** @type {import("node:net").AddressInfo} */ (server.address()).port;
		const host = `http://127.0.0.1:${port}`;
		/** @type {string[]} */
		const loaded = [];
		page.on("request", (r) => {
			if (r.url().startsWith(address)) loaded.push(new URL(r.url()).pathname);
		});
		await use({
			address: host,
			loaded: () => loaded,
			async open(body, { head = "", html = "", headers = {} } = {}) {
				/** @param {string} text */
				const put = (text) => text.replaceAll("SITE", address);
				served = {
					html: put(`<!doctype html><html lang="en" ${html}><head><meta charset="utf-8">
						<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>An article</title>${head}
						<script type="module" src="SITE/heist-playground.js"></script></head>
						<body><main><h1>An article</h1>${body}</main></body></html>`),
					headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, put(v)])),
				};
				await page.goto(`${host}/article`);
			},
		});
		server.closeAllConnections();
		server.close();
	},
};

export const test = base.extend(fixtures);

/** The other site's own requests, which are no complaint. */
export const ELSEWHERE = /^asked http:\/\/127\.0\.0\.1:/;

/** Small enough to be over in a moment. */
export const QUICK = 'n="80" attack="uniform" queries="30"';

/**
 * The page in the element's frame.
 *
 * @param {import("@playwright/test").Page} page
 * @param {number} [which] of several
 */
export const inside = (page, which = 0) =>
	page.locator("heist-playground").nth(which).locator("iframe").contentFrame();

/**
 * Calls a method of the element.
 *
 * @param {import("@playwright/test").Page} page
 * @param {string} method
 * @param {unknown[]} args
 * @param {number} [which] of several
 * @returns {Promise<any>}
 */
export const call = (page, method, args = [], which = 0) =>
	page.evaluate(
		([method, args, which]) => {
			const element = /** @type {any} */ (document.querySelectorAll("heist-playground")[which]);
			return element[method](...args);
		},
		/** @type {[string, unknown[], number]} */ ([method, args, which]),
	);
