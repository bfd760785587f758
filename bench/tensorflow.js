// The same jobs in TensorFlow.js on its WebAssembly backend (SIMD, float32), as
// its documentation would have them written.

// The scripts of index.html set it; its types are a 40 MB download.
const tf = /** @type {any} */ (globalThis).tf;

/** @typedef {import("./data.js").Data} Data */

export async function start() {
	tf.wasm.setWasmPaths("/");
	if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend of tfjs did not start");
	tf.enableProdMode();
	return `tfjs ${tf.version.tfjs}, backend ${tf.getBackend()}`;
}

/** @param {Data} data */
function tensors({ x, labels, n, d, c }) {
	const y = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), c).toFloat());
	return { x: tf.tensor2d(Float32Array.from(x), [n, d]), y, n, d, c };
}

/** The regularised loss of J1, binary as one column of logits. @param {Data} data */
export function linear(data) {
	const { x, y, n, d, c } = tensors(data);
	const columns = c === 2 ? 1 : c;
	const target = c === 2 ? tf.tidy(() => y.slice([0, 1], [n, 1]).clone()) : y;
	const w = tf.variable(tf.zeros([d, columns]));
	const b = tf.variable(tf.zeros([columns]));
	const fit = (/** @type {any} */ z) =>
		c === 2 ? tf.softplus(z).sub(target.mul(z)).mean() : tf.losses.softmaxCrossEntropy(target, z);
	const loss = () =>
		fit(x.matMul(w).add(b)).add(
			w
				.square()
				.sum()
				.div(2 * n),
		);
	return {
		/** @param {number} steps */
		adam(steps) {
			w.assign(tf.zeros([d, columns]));
			b.assign(tf.zeros([columns]));
			return minimise(loss, steps, [w, b]);
		},
		/** @param {number} times */
		gradients(times) {
			let last = 0;
			for (let i = 0; i < times; i++) {
				const { value, grads } = tf.variableGrads(loss, [w, b]);
				// The last one is read, so that all of them have been computed.
				if (i === times - 1) last = value.dataSync()[0];
				tf.dispose([value, grads]);
			}
			return last;
		},
	};
}

/** @param {() => any} loss @param {number} steps @param {any[]} variables */
function minimise(loss, steps, variables) {
	const adam = tf.train.adam(0.05);
	for (let i = 0; i < steps; i++) adam.minimize(loss, false, variables);
	adam.dispose();
	return tf.tidy(() => loss().dataSync()[0]);
}

/** @typedef {{kernel: Float32Array, bias: Float32Array, inputs: number, out: number}} Layer */

/** A perceptron of J2 by tensors. @param {Data} data @param {Layer[]} start */
export function core(data, start) {
	const { x, y } = tensors(data);
	return (/** @type {number} */ epochs) => {
		const variables = start.flatMap((l) => [
			tf.variable(tf.tensor2d(l.kernel, [l.inputs, l.out])),
			tf.variable(tf.tensor1d(l.bias)),
		]);
		const [w1, b1, w2, b2] = variables;
		const loss = () =>
			tf.losses.softmaxCrossEntropy(y, x.matMul(w1).add(b1).tanh().matMul(w2).add(b2));
		const end = minimise(loss, epochs, variables);
		tf.dispose(variables);
		return end;
	};
}

/** The same by the Layers API. @param {Data} data @param {Layer[]} start */
export function layersApi(data, start) {
	const { x, y, n } = tensors(data);
	return async (/** @type {number} */ epochs) => {
		const model = dense(start);
		model.compile({ optimizer: tf.train.adam(0.05), loss: "categoricalCrossentropy" });
		await model.fit(x, y, {
			epochs,
			batchSize: n,
			shuffle: false,
			yieldEvery: "never",
			verbose: 0,
		});
		const end = tf.tidy(() => model.evaluate(x, y, { batchSize: n }).dataSync()[0]);
		model.optimizer.dispose();
		model.dispose();
		return end;
	};
}

/** @param {Layer[]} layers */
function dense(layers) {
	const model = tf.sequential();
	layers.forEach((l, i) => {
		model.add(
			tf.layers.dense({
				units: l.out,
				inputShape: [l.inputs],
				activation: i === layers.length - 1 ? "softmax" : "tanh",
			}),
		);
	});
	model.setWeights(
		layers.flatMap((l) => [tf.tensor2d(l.kernel, [l.inputs, l.out]), tf.tensor1d(l.bias)]),
	);
	return model;
}

/** Probabilities and labels of many points. @param {Layer[]} layers @param {Float32Array} points */
export function raster(layers, points) {
	const weights = layers.map((l) => [
		tf.tensor2d(l.kernel, [l.inputs, l.out]),
		tf.tensor1d(l.bias),
	]);
	return () => {
		const [p, best] = tf.tidy(() => {
			let v = tf.tensor2d(points, [points.length / 2, 2]);
			weights.forEach(([w, b], i) => {
				v = v.matMul(w).add(b);
				v = i === weights.length - 1 ? v.softmax() : v.tanh();
			});
			return [v, v.argMax(1)];
		});
		const answer = { probabilities: p.dataSync(), labels: best.dataSync() };
		tf.dispose([p, best]);
		return answer;
	};
}

/** The same by the Layers API, all points in one batch. @param {Layer[]} start @param {Float32Array} points */
export function predict(start, points) {
	const model = dense(start);
	const n = points.length / 2;
	return () => {
		const [p, best] = tf.tidy(() => {
			const v = model.predict(tf.tensor2d(points, [n, 2]), { batchSize: n });
			return [v, v.argMax(1)];
		});
		const answer = { probabilities: p.dataSync(), labels: best.dataSync() };
		tf.dispose([p, best]);
		return answer;
	};
}
