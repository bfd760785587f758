import { createServer } from "node:http";

/**
 * @typedef {import("node:http").IncomingMessage} Incoming
 * @typedef {import("node:http").ServerResponse} Outgoing
 * @typedef {(request: Incoming, answer: Outgoing) => void} Handler
 */

/** What a server of the protocol says of a model on the plane. */
export const METADATA = {
	name: "m",
	platform: "test",
	inputs: [{ name: "x", datatype: "FP64", shape: [-1, 2] }],
	outputs: [{ name: "label", datatype: "INT64", shape: [-1] }],
};

/** @param {number} n */
export const labels = (n, value = 1) => ({
	model_name: "m",
	outputs: [{ name: "label", datatype: "INT64", shape: [n], data: Array(n).fill(value) }],
});

/**
 * @param {Outgoing} answer
 * @param {number} status
 * @param {object|string} body
 */
export function json(answer, status, body) {
	answer.writeHead(status, { "Content-Type": "application/json" });
	answer.end(typeof body === "string" ? body : JSON.stringify(body));
}

/**
 * A server on this machine that behaves as a test wants: infer is its answer to
 * queries, and it lets pages call it unless cors is false.
 *
 * @param {{infer: Handler, metadata?: Handler, cors?: boolean}} o
 * @returns {Promise<{address: string, seen: {method: string, url: string, token: string}[], stop: () => void}>}
 */
export async function hostile({ infer, metadata, cors = true }) {
	/** @type {{method: string, url: string, token: string}[]} */
	const seen = [];
	const server = createServer((request, answer) => {
		if (cors) {
			answer.setHeader("Access-Control-Allow-Origin", "*");
			answer.setHeader("Access-Control-Allow-Headers", "*, Authorization");
		}
		const { method = "", url = "" } = request;
		if (method === "OPTIONS") return answer.writeHead(204).end();
		seen.push({ method, url, token: request.headers.authorization ?? "" });
		if (url.endsWith("/infer")) return infer(request, answer);
		if (metadata) return metadata(request, answer);
		json(answer, 200, METADATA);
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", () => done(undefined)));
	const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
	const stop = () => {
		server.closeAllConnections();
		server.close();
	};
	return { address: `http://127.0.0.1:${port}`, seen, stop };
}
