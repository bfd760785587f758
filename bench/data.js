// What every competitor works on, made from seeds.

/** Numbers in [0, 1) (mulberry32). @param {number} seed */
export function uniform(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @param {() => number} u */
const normal = (u) => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());

/**
 * @typedef {object} Data
 * @property {Float64Array} x n×d, every column of mean 0 and deviation 1
 * @property {Uint8Array} labels
 * @property {number} n
 * @property {number} d
 * @property {number} c
 */

/** @param {Float64Array} x @param {number} d */
function standardise(x, d) {
	const n = x.length / d;
	for (let k = 0; k < d; k++) {
		let mean = 0;
		let square = 0;
		for (let i = 0; i < n; i++) mean += x[i * d + k] / n;
		for (let i = 0; i < n; i++) square += (x[i * d + k] - mean) ** 2 / n;
		for (let i = 0; i < n; i++) x[i * d + k] = (x[i * d + k] - mean) / Math.sqrt(square);
	}
}

/** Features that tell the classes apart, and mixtures of those; the rest is noise. */
const INFORMATIVE = 5;
const REDUNDANT = 3;

/**
 * Classes around random corners of a cube, stretched by a random matrix, with
 * redundant and useless features and some labels wrong: the recipe of
 * scikit-learn's make_classification.
 *
 * @param {{n: number, d: number, c: number, wrong: number, seed: number}} options
 * @returns {Data}
 */
export function classification({ n, d, c, wrong, seed }) {
	const u = uniform(seed);
	const corners = Array.from({ length: c * INFORMATIVE }, () => (u() < 0.5 ? -1 : 1));
	const mix = Array.from({ length: (INFORMATIVE + REDUNDANT) * INFORMATIVE }, () => 2 * u() - 1);
	const x = new Float64Array(n * d);
	const labels = new Uint8Array(n);
	for (let i = 0; i < n; i++) {
		const label = i % c;
		const z = Array.from(
			{ length: INFORMATIVE },
			(_, k) => normal(u) + corners[label * INFORMATIVE + k],
		);
		for (let k = 0; k < d; k++) {
			x[i * d + k] =
				k < INFORMATIVE + REDUNDANT
					? z.reduce((sum, v, j) => sum + mix[k * INFORMATIVE + j] * v, 0)
					: normal(u);
		}
		labels[i] = u() < wrong ? Math.floor(c * u()) : label;
	}
	standardise(x, d);
	return { x, labels, n, d, c };
}

/** Three clouds in the plane. @param {{n: number, seed: number}} options @returns {Data} */
export function blobs({ n, seed }) {
	const u = uniform(seed);
	const centres = Array.from({ length: 6 }, () => 20 * u() - 10);
	const x = new Float64Array(2 * n);
	const labels = Uint8Array.from({ length: n }, (_, i) => i % 3);
	for (let i = 0; i < n; i++) {
		for (let k = 0; k < 2; k++) x[2 * i + k] = centres[2 * labels[i] + k] + 1.6 * normal(u);
	}
	standardise(x, 2);
	return { x, labels, n, d: 2, c: 3 };
}

/**
 * Parameters of a perceptron, layer by layer, out×(in+1), the bias last.
 *
 * @param {number[]} sizes
 * @param {number} seed
 * @param {number} spread of the weights, times Glorot's
 */
export function network(sizes, seed, spread = 1) {
	const u = uniform(seed);
	/** @type {number[]} */
	const w = [];
	for (let l = 1; l < sizes.length; l++) {
		const s = spread * Math.sqrt(6 / (sizes[l - 1] + sizes[l]));
		for (let o = 0; o < sizes[l]; o++) {
			for (let i = 0; i < sizes[l - 1]; i++) w.push(s * (2 * u() - 1));
			w.push(spread === 1 ? 0 : 2 * u() - 1);
		}
	}
	return Float64Array.from(w);
}

/**
 * The layers of such parameters, the matrices as peers want them: in×out.
 *
 * @param {number[]} sizes
 * @param {Float64Array} w
 */
export function layers(sizes, w) {
	let at = 0;
	return sizes.slice(1).map((out, l) => {
		const inputs = sizes[l];
		const kernel = new Float32Array(inputs * out);
		const bias = new Float32Array(out);
		for (let o = 0; o < out; o++) {
			for (let i = 0; i < inputs; i++) kernel[i * out + o] = w[at++];
			bias[o] = w[at++];
		}
		return { inputs, out, kernel, bias };
	});
}

/** The centres of side×side pixels on [-1, 1]², row by row from the top. @param {number} side */
export function pixels(side) {
	const x = new Float32Array(2 * side * side);
	for (let j = 0; j < side; j++) {
		for (let i = 0; i < side; i++) {
			x[2 * (j * side + i)] = (2 * i + 1) / side - 1;
			x[2 * (j * side + i) + 1] = 1 - (2 * j + 1) / side;
		}
	}
	return x;
}

/** A ring around a smaller one, or two half circles, with noise: scikit-learn's recipes. @param {"circles" | "moons"} name @param {{n: number, noise: number, seed: number}} options @returns {Data} */
export function plane(name, { n, noise, seed }) {
	const u = uniform(seed);
	const x = new Float64Array(2 * n);
	const labels = Uint8Array.from({ length: n }, (_, i) => i % 2);
	for (let i = 0; i < n; i++) {
		const y = labels[i];
		const angle = (name === "circles" ? 2 : 1) * Math.PI * u();
		const point =
			name === "circles"
				? [Math.cos(angle) * (1 - y / 2), Math.sin(angle) * (1 - y / 2)]
				: [y + (1 - 2 * y) * Math.cos(angle), y / 2 + (1 - 2 * y) * Math.sin(angle)];
		for (let k = 0; k < 2; k++) x[2 * i + k] = point[k] + noise * normal(u);
	}
	return { x, labels, n, d: 2, c: 2 };
}

/** Row by row, as those libraries want them that know no typed arrays. @param {ArrayLike<number>} x @param {number} d @param {number} scale */
export function rows(x, d, scale = 1) {
	return Array.from({ length: x.length / d }, (_, i) =>
		Array.from({ length: d }, (_, k) => scale * x[i * d + k]),
	);
}
