/**
 * The messages between the page and the engine (wasm/engine, Go in a Web
 * Worker). Each is one postMessage of a plain object with a `kind`; arrays of
 * numbers are Float64Array. Every reply to a message with an `id` carries it.
 * The page's side is client.js; the Go side checks the kinds against this list
 * in a test.
 *
 * Coordinates: the plane is [-1,1]², y up. Classes are 0, 1, 2, 3.
 *
 * @module
 */

/** The version of this protocol; the engine's first message names its own. */
export const PROTOCOL = 1;
