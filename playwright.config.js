import { defineConfig } from "@playwright/test";

export default defineConfig({
	testDir: "e2e",
	testMatch: "*.spec.js", // e2e/unit runs under Node alone
	outputDir: "test-results",
	forbidOnly: Boolean(process.env.CI),
	fullyParallel: true,
	workers: 2,
	retries: 1, // a busy machine starves a browser now and then; what fails twice has failed
	timeout: 60_000,
	reporter: "list",
	use: {
		browserName: "chromium",
		viewport: { width: 1280, height: 800 },
		screenshot: "only-on-failure",
		launchOptions: {
			// build.sh finds it; Playwright's own Chromium if it found none.
			executablePath: process.env.CHROMIUM || undefined,
			args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
		},
	},
});
