// The jobs, in the page: what each competitor does, that they do the same, and
// how long they take. bench/run.js prints what report() returns.
import { blobs, classification, layers, network, pixels, plane } from "./data.js";
import * as machines from "./machines.js";
import { measure } from "./measure.js";
import * as onnx from "./onnx.js";
import * as plain from "./plain.js";
import * as tensorflow from "./tensorflow.js";

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {Record<string, number[]>} times in ms, a round each, by competitor; ours is "heist"
 * @property {string} agreement how far the answers are apart
 */

const SIDE = 400;

/** The engine's measuring program; its functions return an Error instead of throwing it. */
async function startHeist() {
	const scope = /** @type {any} */ (globalThis);
	const go = new scope.Go();
	const { instance } = await WebAssembly.instantiateStreaming(fetch("bench.wasm"), go.importObject);
	go.run(instance);
	const jobs = Object.entries(scope.bench).map(([name, job]) => [
		name,
		(/** @type {any[]} */ ...args) => {
			const answer = job(...args);
			if (answer instanceof Error) throw answer;
			return answer;
		},
	]);
	return Object.fromEntries(jobs);
}

/** Work is the same only if its results are. @param {number[]} losses @param {number} tolerance */
function same(losses, tolerance) {
	const text = `losses ${losses.map((l) => l.toFixed(7)).join(", ")}`;
	const apart = Math.max(...losses) - Math.min(...losses);
	if (!(apart <= tolerance)) throw new Error(`the competitors disagree: ${text}`);
	return text;
}

/** @param {any} heist @param {import("./data.js").Data} data */
const give = (heist, data) => heist.setData(data.x, data.labels, data.d, data.c);

/** J1: a penalised linear model of 20 features. @param {any} heist @param {number} c @returns {Promise<Job[]>} */
async function linear(heist, c) {
	const data = classification({ n: 1000, d: 20, c, wrong: c === 2 ? 0.1 : 0.05, seed: c });
	const family = c === 2 ? "logistic" : "softmax";
	const penalty = 1; // scikit-learn's C: mean loss + |w|²/(2n)
	give(heist, data);
	const tf = tensorflow.linear(data);
	const js = plain.linear(data);
	const losses = [heist.train(family, penalty), tf.adam(500), js.adam(500)];
	return [
		{
			name: `J1 ${family}: train to a gradient of 1e-6 (the others: 500 Adam steps)`,
			agreement: same(losses, 1e-4),
			times: await measure({
				heist: () => heist.train(family, penalty),
				"tfjs-wasm": () => tf.adam(500),
				"plain JS": () => js.adam(500),
			}),
		},
		{
			name: `J1 ${family}: 100 gradients`,
			agreement: "the same loss",
			times: await measure({
				heist: () => heist.gradients(family, penalty, 100),
				"tfjs-wasm": () => tf.gradients(100),
				"plain JS": () => js.gradients(100),
			}),
		},
	];
}

/** J2: a perceptron of 20 nodes on three clouds. @param {any} heist @returns {Promise<Job[]>} */
async function perceptron(heist) {
	const sizes = [2, 20, 3];
	const data = blobs({ n: 500, seed: 3 });
	const start = network(sizes, 4);
	give(heist, data);
	const core = tensorflow.core(data, layers(sizes, start));
	const api = tensorflow.layersApi(data, layers(sizes, start));
	const js = plain.perceptron(data, sizes, start);
	const own = () => heist.adam(20, start, 0.05, 300);
	const goal = core(300);
	const losses = [own(), goal, await api(300), js(300)];
	return [
		{
			name: "J2 perceptron: 300 Adam epochs",
			agreement: same(losses, 1e-4),
			times: await measure({
				heist: own,
				"tfjs-wasm core": () => core(300),
				"tfjs-wasm layers": () => api(300),
				"plain JS": () => js(300),
			}),
		},
		{
			name: "J2 perceptron: to the loss of those epochs",
			agreement: `${heist.reach(20, start, goal)} iterations of L-BFGS to ${goal.toFixed(6)}`,
			times: await measure({
				heist: () => heist.reach(20, start, goal),
				"tfjs-wasm core": () => core(300),
			}),
		},
	];
}

/** The perceptron of J5 and P7. @param {any} heist */
function shownNet(heist) {
	const sizes = [2, 16, 16, 3];
	const w = network(sizes, 5, 2);
	heist.setNet(sizes, w);
	return { sizes, w };
}

/** J5: probabilities and labels of 160,000 points. @param {any} heist @returns {Promise<Job[]>} */
async function raster(heist) {
	const { sizes, w } = shownNet(heist);
	const points = pixels(SIDE);
	const probabilities = new Float32Array(3 * SIDE * SIDE);
	const labels = new Uint8Array(SIDE * SIDE);
	const own = () => {
		heist.raster(SIDE, probabilities, labels);
		return { probabilities, labels };
	};
	const competitors = {
		heist: own,
		"tfjs-wasm core": tensorflow.raster(layers(sizes, w), points),
		"tfjs-wasm layers": tensorflow.predict(layers(sizes, w), points),
		"plain JS": plain.raster(sizes, w, points),
		"onnxruntime-web": await onnx.raster(layers(sizes, w), points),
	};
	const exact = competitors["plain JS"]();
	const apart = [];
	for (const [name, work] of Object.entries(competitors)) {
		const answer = await work();
		const wrong = exact.labels.filter((l, i) => l !== answer.labels[i]).length;
		const error = exact.probabilities.reduce(
			(worst, p, i) => Math.max(worst, Math.abs(p - answer.probabilities[i])),
			0,
		);
		if (!(error < 1e-5)) throw new Error(`${name} is ${error} off the probabilities of plain JS`);
		apart.push(`${name} ${error.toExponential(1)}, ${wrong} labels`);
	}
	return [
		{
			name: "J5 perceptron: 400×400 raster",
			agreement: `largest difference from plain JS: ${apart.join("; ")}`,
			times: await measure(competitors),
		},
	];
}

/** P7: a frame with canvas and decision lines. @param {any} heist @returns {Promise<Job[]>} */
async function frames(heist) {
	shownNet(heist);
	const canvas = document.createElement("canvas");
	canvas.width = canvas.height = SIDE;
	document.body.append(canvas);
	const context = canvas.getContext("2d", { willReadFrequently: true });
	if (!context) throw new Error("the page has no canvas");
	/** The labels that a frame shows are told by its pixels. @param {boolean} adaptive */
	const shown = (adaptive) => {
		const asked = heist.frame(context, SIDE, adaptive);
		const { data } = context.getImageData(0, 0, SIDE, SIDE);
		return { asked, pixels: new Uint8Array(data.buffer) };
	};
	const exact = shown(false);
	const quick = shown(true);
	const worst = exact.pixels.reduce((w, v, i) => Math.max(w, Math.abs(v - quick.pixels[i])), 0);
	const jobs = [];
	for (const adaptive of [false, true]) {
		jobs.push({
			name: `P7 ${adaptive ? "adaptive" : "exact"} frame: 400×400 with canvas and lines`,
			agreement: adaptive
				? `${quick.asked} of ${exact.asked} pixels asked about; colours at most ${worst} of 255 apart`
				: "every pixel asked about",
			times: await measure({ heist: () => heist.frame(context, SIDE, adaptive) }),
		});
	}
	return jobs;
}

/** The share of the plane on which two label it alike; too little is no same work. @param {Uint8Array} a @param {Uint8Array} b @param {number} least */
function alike(a, b, least) {
	const share = a.filter((label, i) => label === b[i]).length / a.length;
	if (!(share >= least)) throw new Error(`the competitors agree on ${share} of the plane`);
	return `${(100 * share).toFixed(2)} % of the plane alike`;
}

const REACH = 3;

/** @param {any} heist @param {boolean} [adaptive] */
function ownLabels(heist, adaptive = false) {
	const labels = new Uint8Array(SIDE * SIDE);
	return () => {
		heist.labels(SIDE, REACH, adaptive, labels);
		return labels;
	};
}

/** J3: a support vector machine on two rings. @param {any} heist @param {number} n @returns {Promise<Job[]>} */
async function machine(heist, n) {
	const data = plane("circles", { n, noise: 0.25, seed: 6 });
	const options = { C: 10, gamma: 2, tolerance: 1e-3 };
	give(heist, data);
	const libsvm = await machines.machine(data, options);
	/** @param {number} tolerance */
	const fit = (tolerance) => heist.fit("svm", options.C, options.gamma, tolerance);
	fit(1e-9);
	const best = heist.dual();
	const own = () => fit(options.tolerance);
	const support = [own(), libsvm.train()];
	const short = (best - heist.dual()) / best;
	const exact = ownLabels(heist);
	const theirs = libsvm.labels(SIDE, REACH);
	const agreement = alike(exact(), theirs(), 0.999);
	const quick = ownLabels(heist, true);
	return [
		{
			name: `J3 machine of ${n} points: train`,
			agreement: `support vectors ${support.join(", ")}; dual ${short.toExponential(1)} below the optimum; ${agreement}`,
			times: await measure({ heist: own, "libsvm-wasm": libsvm.train }),
		},
		{
			name: `J3 machine of ${n} points: 400×400 labels`,
			agreement,
			times: await measure({ heist: exact, "libsvm-wasm": theirs }),
		},
		{
			name: `J3 machine of ${n} points: the same from coarse to fine`,
			agreement: alike(exact(), quick(), 1),
			times: await measure({ heist: quick }),
		},
	];
}

/** J4: a tree without limits on two moons. @param {any} heist @returns {Promise<Job[]>} */
async function tree(heist) {
	const data = plane("moons", { n: 2000, noise: 0.3, seed: 7 });
	give(heist, data);
	const peers = { "ml-cart": await machines.mlCart(data), scikitjs: await machines.scikit(data) };
	const own = () => heist.fit("tree");
	const leaves = own();
	const exact = ownLabels(heist);
	/** @type {Record<string, () => unknown>} */
	const train = { heist: own };
	/** @type {Record<string, () => unknown>} */
	const labels = { heist: exact };
	const agreement = [];
	for (const [name, peer] of Object.entries(peers)) {
		const theirs = peer.labels(SIDE, REACH);
		agreement.push(`${name}: ${alike(exact(), theirs(), 0.9)}`);
		train[name] = peer.train;
		labels[name] = theirs;
	}
	return [
		{
			name: "J4 tree of 2000 points: train",
			agreement: `${leaves} leaves; ${agreement.join("; ")}`,
			times: await measure(train),
		},
		{
			name: "J4 tree of 2000 points: 400×400 labels",
			agreement: agreement.join("; "),
			times: await measure(labels),
		},
	];
}

/** @type {[string, (heist: any) => Promise<Job[]>][]} */
const works = [
	["J1", (heist) => linear(heist, 2)],
	["J1", (heist) => linear(heist, 5)],
	["J2", perceptron],
	["J3", (heist) => machine(heist, 400)],
	["J3", (heist) => machine(heist, 2000)],
	["J4", tree],
	["J5", raster],
	["P7", frames],
];

/** @param {string} only a job's number, or empty for all @returns {Promise<{versions: string, jobs: Job[]}>} */
async function report(only) {
	const versions = await tensorflow.start();
	const heist = await startHeist();
	const jobs = [];
	for (const [name, work] of works) {
		if (only === "" || name === only) jobs.push(...(await work(heist)));
	}
	return { versions, jobs };
}

Object.assign(globalThis, { report });
