/**
 * What the tables of a run are made from, until they are first opened; numbers.js
 * makes them then.
 * @module
 */

import { byId } from "./dom.js";
import { later } from "./later.js";

/** @typedef {import("./claims.js").Claims} Claims */

export class Tables {
	/** @private @type {import("./numbers.js").Numbers|null} */ made = null;
	/** @private @type {Float64Array} */ points = new Float64Array(0);
	/** @private @type {Claims|null} */ found = null;

	/**
	 * @param {import("./curve.js").Curve} curve
	 * @param {import("./client.js").Engine} engine
	 */
	constructor(curve, engine) {
		const make = () =>
			later(
				() => import("./extras.js"),
				({ Numbers }) => {
					this.made = new Numbers(curve, engine);
					this.made.begin(this.points);
					if (this.found) this.made.claims(this.found);
				},
			);
		byId("numbers").addEventListener("toggle", make, { once: true });
	}

	/** @param {Float64Array} points x, y, class triples */
	begin(points) {
		this.points = points;
		this.found = null;
		this.made?.begin(points);
	}

	restart() {
		this.found = null;
		this.made?.restart();
	}

	/** @param {Claims} c */
	claims(c) {
		this.found = c;
		this.made?.claims(c);
	}

	fill() {
		this.made?.fill();
	}
}
