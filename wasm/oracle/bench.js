// Measures the Worker in workerd on this machine: requests of one point, without
// and with a token, and memory over many of them. Linux only: processor time and
// memory are read from /proc. ./build.sh bench-worker runs it, with "load" or
// "memory" a part of it.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * A package without its types, which are not whole.
 *
 * @param {string} name
 * @returns {any}
 */
const load = (name) => createRequire(import.meta.url)(name);
const { Miniflare } = load("miniflare");
const { unstable_getMiniflareWorkerOptions } = load("wrangler");

const here = import.meta.dirname;
const root = path.join(here, "..", "..");
const key = "an admin key";
/** Requests of a row of the table, and of the test of memory. */
const [few, many] = [2_000, 100_000];

/** Starts the Worker as wrangler.jsonc describes it, without a proxy before it. */
async function start() {
	const { workerOptions } = unstable_getMiniflareWorkerOptions(path.join(here, "wrangler.jsonc"));
	const state = mkdtempSync(path.join(tmpdir(), "oracle-bench-"));
	const { assets: _, ...options } = workerOptions;
	const worker = new Miniflare({
		defaultPersistRoot: state,
		workers: [
			{
				...options,
				modules: true,
				modulesRoot: here,
				scriptPath: path.join(here, "entry.js"),
				modulesRules: [
					{ type: "ESModule", include: ["**/*.js"] },
					{ type: "CompiledWasm", include: ["**/*.wasm"] },
				],
				bindings: { ...options.bindings, HEIST_ADMIN_KEY: key },
				unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
			},
		],
	});
	const db = await worker.getD1Database("DB");
	for (const file of readdirSync(path.join(here, "migrations")).sort()) {
		const sql = readFileSync(path.join(here, "migrations", file), "utf8").replace(/--.*/g, "");
		for (const statement of sql.split(";").filter((s) => s.trim()))
			await db.prepare(statement).run();
	}
	const url = String(await worker.unsafeGetDirectURL()).replace(/\/$/, "");
	const [pid] = children(process.pid).filter((p) => command(p).includes("workerd"));
	const stop = async () => {
		await worker.dispose();
		rmSync(state, { recursive: true, force: true });
	};
	return { url, pid, stop };
}

/** @param {number} pid */
const children = (pid) =>
	readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);

/** @param {number} pid */
const command = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8");

/**
 * Processor time of a process in milliseconds.
 *
 * @param {number} pid
 */
function processorTime(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
	return (Number(fields[11]) + Number(fields[12])) * 10; // ticks of 10 ms
}

/**
 * Resident memory of a process in MB.
 *
 * @param {number} pid
 */
const memory = (pid) =>
	Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;

/**
 * @param {http.Agent} agent
 * @param {string} url
 * @param {string} method
 * @param {string} body
 * @param {string} [token]
 * @returns {Promise<{status: number, text: string}>}
 */
function send(agent, url, method, body, token) {
	const headers = { "Content-Length": Buffer.byteLength(body), Authorization: `Bearer ${token}` };
	if (!token) delete (/** @type {any} */ (headers).Authorization);
	return new Promise((resolve, reject) => {
		const request = http.request(url, { agent, method, headers }, (response) => {
			let text = "";
			response.setEncoding("utf8");
			response.on("data", (part) => {
				text += part;
			});
			response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
		});
		request.on("error", reject);
		request.end(body);
	});
}

/** Requests that were sent again, under their id: their connection had been closed. */
let again = 0;

/** @type {typeof send} */
async function persist(...request) {
	for (let tries = 1; ; tries++) {
		try {
			return await send(...request);
		} catch (error) {
			if (tries === 5) throw error;
			again++;
		}
	}
}

let asked = 0;

/**
 * Asks n times for one point, c at a time.
 *
 * @param {{url: string, pid: number}} worker
 * @param {string} model
 * @param {string | undefined} token
 * @param {number} n
 * @param {number} c
 * @param {(done: number) => void} [progress]
 */
async function drive({ url, pid }, model, token, n, c, progress) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: c });
	/** @type {number[]} */
	const times = [];
	const cpu = processorTime(pid);
	const begun = performance.now();
	let left = n;
	await Promise.all(
		Array.from({ length: c }, async () => {
			while (left-- > 0) {
				const x = [Math.sin(asked), Math.cos(asked)];
				const input = { name: "x", shape: [1, 2], datatype: "FP64", data: x };
				const body = JSON.stringify({ id: `${asked++}`, inputs: [input] });
				const sent = performance.now();
				const { status, text } = await persist(
					agent,
					`${url}/v2/models/${model}/infer`,
					"POST",
					body,
					token,
				);
				if (status !== 200) throw new Error(`HTTP ${status}: ${text}`);
				times.push(performance.now() - sent);
				progress?.(times.length);
			}
		}),
	);
	const seconds = (performance.now() - begun) / 1000;
	agent.destroy();
	times.sort((a, b) => a - b);
	const at = (/** @type {number} */ q) => times[Math.floor(q * (times.length - 1))].toFixed(2);
	return {
		"requests/s": Math.round(n / seconds),
		"CPU ms": ((processorTime(pid) - cpu) / n).toFixed(2),
		"p50 ms": at(0.5),
		"p99 ms": at(0.99),
	};
}

/**
 * A theft's wall-clock time in seconds.
 *
 * @param {string} settings
 */
function theft(settings) {
	const begun = performance.now();
	const run = spawnSync(path.join(root, ".build", "heist"), ["run", ...settings.split(" ")]);
	if (run.status !== 0) throw new Error(String(run.stderr));
	return (performance.now() - begun) / 1000;
}

/**
 * Publishes an open model and one that needs the token, which it returns.
 *
 * @param {string} url
 */
async function publish(url) {
	const agent = new http.Agent();
	const { model } = JSON.parse(readFileSync(`${root}/remote/demo/moons-mlp.json`, "utf8"));
	const limits = { budget: 100_000_000 };
	/**
	 * @param {string} method
	 * @param {string} path
	 * @param {object} content
	 */
	const call = async (method, path, content) => {
		const answer = await send(agent, url + path, method, JSON.stringify(content), key);
		if (answer.status !== 200) throw new Error(answer.text);
		return JSON.parse(answer.text);
	};
	const publication = { model, oracle: { answers: "probabilities" } };
	await call("PUT", "/v2/models/open", { ...publication, access: { open: true, ...limits } });
	await call("PUT", "/v2/models/secret", publication);
	const wish = { name: "Ada", models: [{ model: "secret", ...limits }] };
	return (await call("POST", "/v2/tokens", wish)).token;
}

/**
 * @param {{url: string, pid: number}} worker
 * @param {string} token
 */
async function loads(worker, token) {
	await drive(worker, "open", undefined, 1000, 4); // until it is warm
	for (const c of [1, 16, 64])
		for (const [name, model, credential] of [
			["without", "open", undefined],
			["with", "secret", token],
		]) {
			const row = await drive(worker, String(model), credential, few, c);
			console.log(`${name} a token, ${c} at a time:`, JSON.stringify(row).replace(/[{}"]/g, " "));
		}
	const victim = "data=moons victim=mlp hidden=8 answers=labels";
	const attack = "attack=adaptive copy=svm queries=1000";
	const args = `publish --url ${worker.url} --name theft --open --budget 100000 ${victim}`;
	execFileSync(path.join(root, ".build", "heist"), args.split(" "), {
		env: { ...process.env, HEIST_ADMIN_KEY: key },
	});
	const here = theft(`${victim} ${attack}`);
	const there = theft(`oracle=${worker.url} model=theft ${attack}`);
	console.log(
		`a theft of 1,000 queries: ${here.toFixed(2)} s in process, ${there.toFixed(2)} s from the Worker`,
	);
}

/**
 * @param {{url: string, pid: number}} worker
 * @param {string} token
 */
async function grow(worker, token) {
	const show = (/** @type {number} */ done) =>
		console.log(`resident memory after ${done} requests: ${memory(worker.pid).toFixed(0)} MB`);
	show(0);
	const row = await drive(worker, "secret", token, many, 16, (done) => {
		if (done % (many / 10) === 0) show(done);
	});
	console.log(JSON.stringify(row).replace(/[{}"]/g, " "));
}

const [part] = process.argv.slice(2);
const worker = await start();
try {
	const cold = processorTime(worker.pid);
	const begun = performance.now();
	await (await fetch(`${worker.url}/v2`)).text();
	const first = performance.now() - begun;
	const cpu = processorTime(worker.pid) - cold;
	console.log(`first request: ${first.toFixed(0)} ms, ${cpu} ms of processor time`);
	const token = await publish(worker.url);
	if (part !== "memory") await loads(worker, token);
	if (part !== "load") await grow(worker, token);
	if (again > 0) console.log(`${again} requests were sent again`);
} finally {
	await worker.stop();
}
