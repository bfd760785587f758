// The test of every spec: Playwright's, with a served page whose every complaint
// is a failure.
import { test as base, expect } from "@playwright/test";
import { startServer } from "./server.js";

export { expect };

/**
 * @typedef {object} PageOptions
 * @property {RegExp[]} expectedProblems what a test provokes on purpose
 * @property {string[]} problems what the page complained of so far
 */

/** @typedef {{address: string}} WorkerOptions where the worker's server is */

/** @typedef {import("@playwright/test").PlaywrightTestArgs & import("@playwright/test").PlaywrightTestOptions} TestArgs */
/** @typedef {import("@playwright/test").PlaywrightWorkerArgs & import("@playwright/test").PlaywrightWorkerOptions} WorkerArgs */

/** @type {import("@playwright/test").Fixtures<PageOptions, WorkerOptions, TestArgs, WorkerArgs>} */
const fixtures = {
	address: [
		// biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
		async ({}, use) => {
			const server = await startServer();
			await use(server.address);
			server.stop();
		},
		{ scope: "worker" },
	],
	baseURL: async ({ address }, use) => use(address),
	expectedProblems: [[], { option: true }],
	problems: [
		async ({ page, address, expectedProblems }, use) => {
			/** @type {string[]} */
			const problems = [];
			page.on("console", (message) => {
				const { url } = message.location();
				if (["error", "warning"].includes(message.type()))
					problems.push(`${message.text()} ${url}`);
			});
			page.on("pageerror", (error) => problems.push(String(error)));
			page.on("request", (request) => {
				const url = request.url();
				if (!url.startsWith(address) && !/^(data|blob):/.test(url)) problems.push(`asked ${url}`);
			});
			await use(problems);
			const unexpected = problems.filter((p) => !expectedProblems.some((e) => e.test(p)));
			expect(unexpected, "errors, warnings and requests to other hosts").toEqual([]);
		},
		{ auto: true },
	],
};

export const test = base.extend(fixtures);
