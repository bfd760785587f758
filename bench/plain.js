// The same jobs in plain JavaScript, as a good programmer without a library
// writes them: typed arrays, loops, Math.exp and Math.tanh, float64.

/** @typedef {import("./data.js").Data} Data */

/** One Adam step (Kingma and Ba, 2015) from gradients; state is kept by the closure. @param {Float64Array} w @param {number} rate */
function adamOn(w, rate) {
	const m = new Float64Array(w.length);
	const v = new Float64Array(w.length);
	let c1 = 1;
	let c2 = 1;
	return (/** @type {Float64Array} */ g) => {
		c1 *= 0.9;
		c2 *= 0.999;
		for (let i = 0; i < w.length; i++) {
			m[i] += 0.1 * (g[i] - m[i]);
			v[i] += 0.001 * (g[i] * g[i] - v[i]);
			w[i] -= (rate * (m[i] / (1 - c1))) / (Math.sqrt(v[i] / (1 - c2)) + 1e-7);
		}
	};
}

/** Softmax of z in place; returns -log of the probability of the label. @param {Float64Array} z @param {number} label */
function softmax(z, label) {
	let top = z[0];
	for (let k = 1; k < z.length; k++) if (z[k] > top) top = z[k];
	let sum = 0;
	const own = z[label] - top;
	for (let k = 0; k < z.length; k++) sum += z[k] = Math.exp(z[k] - top);
	for (let k = 0; k < z.length; k++) z[k] /= sum;
	return Math.log(sum) - own;
}

/** The regularised loss of J1. @param {Data} data */
export function linear(data) {
	const { x, labels, n, d, c } = data;
	const rows = c === 2 ? 1 : c;
	const w = new Float64Array(rows * (d + 1));
	const g = new Float64Array(w.length);
	const z = new Float64Array(rows);
	/** Residuals of one point in z, and its loss. @param {number} i */
	const residual = (i) => {
		if (c > 2) {
			const loss = softmax(z, labels[i]);
			z[labels[i]] -= 1;
			return loss;
		}
		const s = z[0];
		const e = Math.exp(-Math.abs(s));
		z[0] = (s >= 0 ? 1 : e) / (1 + e) - labels[i];
		return Math.max(s, 0) + Math.log1p(e) - labels[i] * s;
	};
	const gradient = () => {
		g.fill(0);
		let sum = 0;
		for (let i = 0; i < n; i++) {
			for (let k = 0; k < rows; k++) {
				let s = w[k * (d + 1) + d];
				for (let j = 0; j < d; j++) s += w[k * (d + 1) + j] * x[i * d + j];
				z[k] = s;
			}
			sum += residual(i);
			for (let k = 0; k < rows; k++) {
				for (let j = 0; j < d; j++) g[k * (d + 1) + j] += z[k] * x[i * d + j];
				g[k * (d + 1) + d] += z[k];
			}
		}
		let norm = 0;
		for (let i = 0; i < w.length; i++) {
			g[i] /= n;
			if ((i + 1) % (d + 1) !== 0) {
				g[i] += w[i] / n;
				norm += w[i] * w[i];
			}
		}
		return sum / n + norm / (2 * n);
	};
	return {
		/** @param {number} steps */
		adam(steps) {
			w.fill(0);
			const step = adamOn(w, 0.05);
			for (let i = 0; i < steps; i++) {
				gradient();
				step(g);
			}
			return gradient();
		},
		/** @param {number} times */
		gradients(times) {
			let loss = 0;
			for (let i = 0; i < times; i++) loss = gradient();
			return loss;
		},
	};
}

/** @typedef {{inputs: number, out: number, w: Float64Array}} Layer w is out×(in+1), the bias last */

/** @param {number[]} sizes @param {Float64Array} w @returns {Layer[]} */
function cut(sizes, w) {
	let at = 0;
	return sizes.slice(1).map((out, l) => {
		const inputs = sizes[l];
		const layer = { inputs, out, w: w.subarray(at, at + out * (inputs + 1)) };
		at += out * (inputs + 1);
		return layer;
	});
}

/** Values of the next layer from those of one. @param {Layer} l @param {Float64Array} from @param {Float64Array} to @param {boolean} last */
function forward(l, from, to, last) {
	for (let o = 0; o < l.out; o++) {
		const row = o * (l.inputs + 1);
		let s = l.w[row + l.inputs];
		for (let i = 0; i < l.inputs; i++) s += l.w[row + i] * from[i];
		to[o] = last ? s : Math.tanh(s);
	}
}

/** The perceptron of J2: a hidden layer of tanh. @param {Data} data @param {number[]} sizes @param {Float64Array} start */
export function perceptron(data, sizes, start) {
	const { x, labels, n, d } = data;
	return (/** @type {number} */ epochs) => {
		const w = start.slice();
		const g = new Float64Array(w.length);
		const [first, second] = cut(sizes, w);
		const [g1, g2] = cut(sizes, g);
		const point = new Float64Array(d);
		const h = new Float64Array(first.out);
		const z = new Float64Array(second.out);
		const gradient = () => {
			g.fill(0);
			let sum = 0;
			for (let i = 0; i < n; i++) {
				for (let j = 0; j < d; j++) point[j] = x[i * d + j];
				forward(first, point, h, false);
				forward(second, h, z, true);
				sum += softmax(z, labels[i]);
				z[labels[i]] -= 1;
				backward();
			}
			for (let i = 0; i < g.length; i++) g[i] /= n;
			return sum / n;
		};
		/** Adds the gradient of one point, whose residuals are in z. */
		const backward = () => {
			for (let k = 0; k < second.out; k++) {
				const row = k * (second.inputs + 1);
				for (let j = 0; j < second.inputs; j++) g2.w[row + j] += z[k] * h[j];
				g2.w[row + second.inputs] += z[k];
			}
			for (let j = 0; j < first.out; j++) {
				let delta = 0;
				for (let k = 0; k < second.out; k++) delta += z[k] * second.w[k * (second.inputs + 1) + j];
				delta *= 1 - h[j] * h[j];
				const row = j * (d + 1);
				for (let i = 0; i < d; i++) g1.w[row + i] += delta * point[i];
				g1.w[row + d] += delta;
			}
		};
		const step = adamOn(w, 0.05);
		for (let i = 0; i < epochs; i++) {
			gradient();
			step(g);
		}
		return gradient();
	};
}

/** Probabilities and labels of many points. @param {number[]} sizes @param {Float64Array} w @param {Float32Array} points */
export function raster(sizes, w, points) {
	const net = cut(sizes, w);
	const values = net.map((l) => new Float64Array(l.out));
	const z = values[values.length - 1];
	const n = points.length / 2;
	const point = new Float64Array(2);
	return () => {
		const probabilities = new Float32Array(n * z.length);
		const labels = new Uint8Array(n);
		for (let i = 0; i < n; i++) {
			point[0] = points[2 * i];
			point[1] = points[2 * i + 1];
			let from = point;
			for (let l = 0; l < net.length; l++) {
				forward(net[l], from, values[l], l === net.length - 1);
				from = values[l];
			}
			let best = 0;
			for (let k = 1; k < z.length; k++) if (z[k] > z[best]) best = k;
			softmax(z, 0);
			for (let k = 0; k < z.length; k++) probabilities[i * z.length + k] = z[k];
			labels[i] = best;
		}
		return { probabilities, labels };
	};
}
