/**
 * What the page does only inside another one.
 * @module
 */

import { wireFrame } from "./frame.js";
import { startShared, takeTurns } from "./neighbours.js";
import { wireOnscreen } from "./onscreen.js";

/** @param {import("./frame.js").Parts} parts */
export function beginFramed(parts) {
	wireFrame(parts);
	wireOnscreen(parts.engine, parts.theft);
	takeTurns(parts.engine, parts.theft);
	return startShared(parts.engine);
}
