// A client of the Open Inference Protocol, version 2, over REST, written from the
// protocol's text and not from the server's or the project's own client.
import assert from "node:assert/strict";

/**
 * @typedef {{name: string, datatype: string, shape: number[]}} Info
 * @typedef {{name: string, datatype: string, shape: number[], data: any[], parameters?: object}} Tensor
 * @typedef {{status: number, headers: Headers, body: any}} Answer
 */

const datatypes =
	"BOOL UINT8 UINT16 UINT32 UINT64 INT8 INT16 INT32 INT64 FP16 FP32 FP64 BYTES".split(" ");

/** An answer of something between: of wrangler's proxy, when a connection broke. */
class NotTheServer extends Error {}

export class Client {
	/**
	 * @param {string} url
	 * @param {string} [token]
	 */
	constructor(url, token) {
		this.url = url;
		this.token = token;
	}

	/**
	 * Sends a request until the server itself answers. What the protocol says of
	 * every answer is checked here.
	 *
	 * @param {string} method
	 * @param {string} path
	 * @param {unknown} [content] text, or what is sent as JSON
	 * @param {{headers?: Record<string, string>, signal?: AbortSignal}} [more]
	 * @returns {Promise<Answer>}
	 */
	async call(method, path, content, more = {}) {
		for (let tries = 1; ; tries++) {
			try {
				return await this.#call(method, path, content, more);
			} catch (error) {
				if (!(error instanceof NotTheServer) || tries === 20) throw error;
			}
		}
	}

	/**
	 * @param {string} method
	 * @param {string} path
	 * @param {unknown} content
	 * @param {{headers?: Record<string, string>, signal?: AbortSignal}} more
	 */
	async #call(method, path, content, { headers = {}, signal }) {
		if (this.token) headers = { Authorization: `Bearer ${this.token}`, ...headers };
		const body =
			typeof content === "string" || content === undefined ? content : JSON.stringify(content);
		const response = await fetch(this.url + path, { method, headers, body, signal });
		const text = await response.text();
		if (response.headers.get("Content-Type") !== "application/json")
			throw new NotTheServer(`HTTP ${response.status}: ${text}`);
		/** @type {Answer} */
		const answer = { status: response.status, headers: response.headers, body: null };
		if (method !== "HEAD" && response.status !== 204) answer.body = JSON.parse(text);
		if (response.status >= 400) {
			assert.deepEqual(Object.keys(answer.body), ["error"], text);
			assert.equal(typeof answer.body.error, "string");
			assert.notEqual(answer.body.error, "");
		}
		return answer;
	}

	/**
	 * Sends a request that must be answered well.
	 *
	 * @param {string} method
	 * @param {string} path
	 * @param {unknown} [content]
	 * @returns {Promise<any>}
	 */
	async ok(method, path, content) {
		const { status, body } = await this.call(method, path, content);
		assert.equal(status, 200, `${method} ${path}: ${JSON.stringify(body)}`);
		return body;
	}

	/** @param {string} model */
	async metadata(model) {
		const m = await this.ok("GET", `/v2/models/${model}`);
		assert.equal(m.name, model);
		assert.equal(typeof m.platform, "string");
		for (const info of [...m.inputs, ...m.outputs]) checkInfo(info);
		return m;
	}

	/**
	 * Asks for inference and checks the answer against the question.
	 *
	 * @param {string} model
	 * @param {{id?: string, inputs: Tensor[], outputs?: {name: string}[], parameters?: object}} question
	 * @returns {Promise<Record<string, Tensor>>} the outputs by name
	 */
	async infer(model, question) {
		const answer = await this.ok("POST", `/v2/models/${model}/infer`, question);
		assert.equal(answer.model_name, model);
		assert.equal(answer.id, question.id);
		for (const out of answer.outputs) {
			checkInfo(out);
			const size = out.shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
			assert.equal(out.data.flat(Number.POSITIVE_INFINITY).length, size);
			assert.equal(out.shape[0], question.inputs[0].shape[0], "the batch is the first dimension");
		}
		if (question.outputs)
			assert.deepEqual(
				answer.outputs.map((/** @type {Tensor} */ t) => t.name).sort(),
				question.outputs.map((o) => o.name).sort(),
			);
		return Object.fromEntries(answer.outputs.map((/** @type {Tensor} */ t) => [t.name, t]));
	}
}

/** @param {Info} info */
function checkInfo(info) {
	assert.equal(typeof info.name, "string");
	assert.ok(datatypes.includes(info.datatype), info.datatype);
	assert.ok(Array.isArray(info.shape) && info.shape.every(Number.isInteger));
}

/**
 * A question of n points for a model with the given metadata.
 *
 * @param {{inputs: Info[]}} metadata
 * @param {number[][]} points
 * @param {"flat" | "nested"} form
 * @param {string} datatype
 */
export function question(metadata, points, form = "flat", datatype = metadata.inputs[0].datatype) {
	const [{ name, shape }] = metadata.inputs;
	const data = form === "flat" ? points.flat() : points;
	return { inputs: [{ name, datatype, shape: [points.length, ...shape.slice(1)], data }] };
}
