// The oracle where it runs: heist serve, and the Worker.
import { after, before, describe } from "node:test";
import { budgets } from "./budgets.js";
import { contract } from "./contract.js";
import { faults } from "./faults.js";
import { same } from "./same.js";
import { startServe, startWorker, stopAll } from "./servers.js";

describe("the oracle", { timeout: 600_000 }, () => {
	/** @type {import("./servers.js").Server[]} */
	let servers = [];
	before(async () => {
		servers = [await startServe(), await startWorker(), await startWorker("test/faulty.js")];
	});
	after(stopAll);

	same(() => servers.slice(0, 2));
	describe("heist serve", () => {
		contract(() => servers[0]);
		budgets(() => servers[0]);
	});
	describe("the Worker", () => {
		contract(() => servers[1]);
		budgets(() => servers[1]);
	});
	describe("the Worker with faults", () => faults(() => servers[2]));
});
