// Servers to be tested: heist serve, and the Worker under wrangler dev, which
// runs it in Cloudflare's workerd with local Durable Objects and D1.
// ./build.sh worker must have run.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const here = path.join(import.meta.dirname, "..");
export const root = path.join(here, "..", "..");
export const heist = path.join(root, ".build", "heist");
const wrangler = path.join(here, "node_modules", "wrangler", "bin", "wrangler.js");

export const key = "an admin key";
/** A page from here may call. */
export const friend = "https://lesson.example";

const env = {
	...process.env,
	HEIST_ADMIN_KEY: key,
	WRANGLER_SEND_METRICS: "false",
	CLOUDFLARE_CF_FETCH_ENABLED: "false",
	CI: "1",
};

/** @type {Set<() => Promise<void>>} ending what runs */
const running = new Set();

/** Ends all servers, also those whose start failed half-way, the last first. */
export async function stopAll() {
	for (const end of [...running].reverse()) await end();
}

/** @typedef {{name: string, url: string, state: string, restart: () => Promise<void>}} Server state is its folder */

/**
 * @param {string} name
 * @param {(state: string) => Promise<{url: string, stop: () => Promise<void>}>} start with a folder to keep its state in
 * @returns {Promise<Server>}
 */
async function server(name, start) {
	const state = mkdtempSync(path.join(tmpdir(), "oracle-"));
	running.add(async () => rmSync(state, { recursive: true, force: true }));
	let now = await start(state);
	const it = {
		name,
		state,
		url: now.url,
		async restart() {
			await now.stop();
			now = await start(state);
			it.url = now.url;
		},
	};
	return it;
}

export const startServe = () =>
	server("heist serve", (state) =>
		run(heist, ["serve", "--port", "0", "--state", path.join(state, "state"), "--origins", friend]),
	);

/** @param {string} entry of the Worker */
export const startWorker = (entry = "entry.js") =>
	server("Worker", async (state) => {
		const keep = ["--local", "--persist-to", state];
		if (readdirSync(state).length === 0)
			execFileSync(process.execPath, [wrangler, "d1", "migrations", "apply", "DB", ...keep], {
				cwd: here,
				env,
				stdio: "pipe",
			});
		const port = String(await freePort());
		const vars = ["--var", `HEIST_ADMIN_KEY:${key}`, "--var", `HEIST_ORIGINS:${friend}`];
		const options = [
			"--ip",
			"127.0.0.1",
			"--port",
			port,
			"--inspector-port",
			"0",
			"--log-level",
			"warn",
		];
		const { stop } = await run(
			process.execPath,
			[wrangler, "dev", entry, ...keep, ...options, ...vars],
			{
				ready: `http://127.0.0.1:${port}/v2/health/ready`,
			},
		);
		return { url: `http://127.0.0.1:${port}`, stop };
	});

/**
 * Runs a server until it says where it is, or answers where it should be.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ready?: string}} options
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
async function run(program, args, { ready } = {}) {
	const child = spawn(program, args, {
		cwd: ready ? here : root,
		env,
		stdio: ["ignore", "pipe", "pipe"],
		detached: true, // a group of its own: wrangler has children
	});
	let said = "";
	let over = false;
	const end = new Promise((resolve) => child.on("exit", resolve)).then(() => {
		over = true;
	});
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (text) => {
			said += text;
		});
	const stop = async () => {
		if (!over && child.pid) process.kill(-child.pid, "SIGTERM");
		const late = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), 20_000);
		await end;
		clearTimeout(late);
		running.delete(stop);
	};
	running.add(stop);
	process.on("exit", () => over || (child.pid && process.kill(-child.pid, "SIGKILL")));
	for (const begun = Date.now(); Date.now() < begun + 120_000 && !over; ) {
		const url = said.match(/http:\/\/localhost:\d+/)?.[0];
		if (!ready && url) return { url, stop };
		if (ready && (await answers(ready))) return { url: ready, stop };
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	await stop();
	throw new Error(`${path.basename(program)} ${args.join(" ")} did not start: ${said}`);
}

/** @param {string} url */
async function answers(url) {
	try {
		return (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok;
	} catch {
		return false;
	}
}

/** @returns {Promise<number>} */
function freePort() {
	const probe = createServer();
	return new Promise((resolve) => {
		probe.listen(0, "127.0.0.1", () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
		});
	});
}
