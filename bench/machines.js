// Jobs J3 and J4 in the libraries that a page would take otherwise: libsvm as
// WebAssembly (libsvm-js), ml-cart and scikitjs.
import { pixels, rows } from "./data.js";

/** @typedef {import("./data.js").Data} Data */

/**
 * A support vector machine with the RBF kernel. The script libsvm.js has made the
 * global libsvm, a promise.
 *
 * @param {Data} data
 * @param {{C: number, gamma: number, tolerance: number}} options
 */
export async function machine(data, { C, gamma, tolerance }) {
	const SVM = await /** @type {any} */ (globalThis).libsvm;
	const svm = new SVM({
		type: SVM.SVM_TYPES.C_SVC,
		kernel: SVM.KERNEL_TYPES.RBF,
		cost: C,
		gamma,
		tolerance,
		cacheSize: 100,
	});
	const samples = rows(data.x, data.d);
	const labels = Array.from(data.labels);
	return {
		train() {
			svm.train(samples, labels);
			return svm.getSVIndices().length;
		},
		/** @param {number} side @param {number} reach */
		labels(side, reach) {
			const points = rows(pixels(side), 2, reach);
			return () => Uint8Array.from(svm.predict(points));
		},
	};
}

/**
 * A tree without limits, in a library whose classifiers are like that.
 *
 * @param {Data} data
 * @param {(samples: number[][], labels: number[]) => {predict(points: number[][]): any}} fit
 */
function tree(data, fit) {
	const samples = rows(data.x, data.d);
	const labels = Array.from(data.labels);
	let fitted = fit(samples, labels);
	return {
		train() {
			fitted = fit(samples, labels);
		},
		/** @param {number} side @param {number} reach */
		labels(side, reach) {
			const points = rows(pixels(side), 2, reach);
			return () => Uint8Array.from(fitted.predict(points));
		},
	};
}

/** @param {Data} data */
export async function mlCart(data) {
	const bundle = "./ml-cart.js"; // build.sh makes it
	const { DecisionTreeClassifier } = await import(bundle);
	return tree(data, (samples, labels) => {
		const cart = new DecisionTreeClassifier({ minNumSamples: 1, gainThreshold: 0 });
		cart.train(samples, labels);
		return cart;
	});
}

/** Its numbers are TensorFlow.js's, the global tf; a tree needs them for its labels only. @param {Data} data */
export async function scikit(data) {
	const bundle = "./index.min.js"; // scikitjs for the web
	const { DecisionTreeClassifier, setBackend } = await import(bundle);
	setBackend(/** @type {any} */ (globalThis).tf);
	return tree(data, (samples, labels) =>
		new DecisionTreeClassifier({ criterion: "gini" }).fit(samples, labels),
	);
}
