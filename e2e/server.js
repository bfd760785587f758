import { spawn } from "node:child_process";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");

/** The key that publishes on the tests' servers. */
export const KEY = "the owner's key, for tests only";

/**
 * Serves dist/ on a free port, as `heist serve` does for a visitor.
 * `./build.sh build` must have run.
 *
 * @returns {Promise<{address: string, stop: () => void}>}
 */
export async function startServer() {
	const server = spawn(path.join(root, ".build", "heist"), ["serve", "--port", "0"], {
		cwd: root,
		env: { ...process.env, HEIST_ADMIN_KEY: KEY },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let said = "";
	const address = await new Promise((resolve, reject) => {
		const hear = (/** @type {Buffer} */ text) => {
			said += text;
			const found = said.match(/http:\/\/localhost:\d+/);
			if (found) resolve(found[0]);
		};
		server.stdout.on("data", hear);
		server.stderr.on("data", hear);
		server.on("error", reject);
		server.on("exit", (code) => reject(new Error(`heist serve ended with ${code}: ${said}`)));
	});
	return { address, stop: () => server.kill() };
}
