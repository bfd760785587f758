// Jobs J3 and J4 in the libraries that a page would take otherwise: libsvm as
// WebAssembly (libsvm-js) and ml-cart.
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

/** A tree without limits. @param {Data} data */
export async function tree(data) {
	const bundle = "./ml-cart.js"; // build.sh makes it
	const { DecisionTreeClassifier } = await import(bundle);
	const samples = rows(data.x, data.d);
	const labels = Array.from(data.labels);
	/** @type {any} */
	let cart;
	return {
		train() {
			cart = new DecisionTreeClassifier({ minNumSamples: 1, gainThreshold: 0 });
			cart.train(samples, labels);
		},
		/** @param {number} side @param {number} reach */
		labels(side, reach) {
			const points = rows(pixels(side), 2, reach);
			return () => Uint8Array.from(cart.predict(points));
		},
	};
}
