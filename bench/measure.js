// Timing side by side: everything that does one job takes turns, round by round,
// so that a busy machine slows all of it alike.

/** Shortest sample in milliseconds; shorter work is repeated to fill it. */
const SAMPLE = 10;
const ROUNDS = 7;

/** @param {number[]} values */
export function median(values) {
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {() => unknown} work @param {number} times */
async function sample(work, times) {
	const start = performance.now();
	for (let i = 0; i < times; i++) {
		const answer = work();
		if (answer instanceof Promise) await answer;
	}
	return (performance.now() - start) / times;
}

/**
 * Milliseconds of each competitor, one number a round. Each is warmed up until
 * its code has been compiled for good.
 *
 * @param {Record<string, () => unknown>} competitors
 * @returns {Promise<Record<string, number[]>>}
 */
export async function measure(competitors) {
	/** @type {Record<string, number[]>} */
	const times = {};
	/** @type {Record<string, number>} */
	const repeat = {};
	for (const [name, work] of Object.entries(competitors)) {
		await sample(work, 1);
		const once = Math.max(await sample(work, 2), 0.05);
		repeat[name] = Math.max(1, Math.ceil(SAMPLE / once));
		await sample(work, repeat[name]);
		times[name] = [];
	}
	for (let round = 0; round < ROUNDS; round++) {
		for (const [name, work] of Object.entries(competitors)) {
			times[name].push(await sample(work, repeat[name]));
		}
	}
	return times;
}

/** How many times longer the peer took: the median of same-round quotients. @param {number[]} peer @param {number[]} own */
export const ratio = (peer, own) => median(peer.map((ms, round) => ms / own[round]));
