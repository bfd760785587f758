/**
 * Parts of the page that are fetched when they are first wanted.
 * @module
 */

import { notice } from "./notices.js";
import { t } from "./strings.js";

/**
 * @template T
 * @param {() => Promise<T>} load an import()
 * @param {(part: T) => unknown} use
 */
export async function later(load, use) {
	let part;
	try {
		part = await load();
	} catch (err) {
		const why = err instanceof Error ? err.message : String(err);
		return notice("part", t.partMissing(why), { actions: [[t.retry, () => later(load, use)]] });
	}
	await use(part);
}
