// What an account may ask of a model: the decision of account.take in
// remote/store.go, which tells of it more. Times are in milliseconds.

/**
 * @typedef {object} Spending what an account has done on a model
 * @property {number} since when the budget's window began, 0 before the first
 * @property {number} before when the one before it began: ids older than that are forgotten
 * @property {number} used queries in the window
 * @property {number} spent queries ever
 * @property {number} rateSince
 * @property {number} rateUsed
 *
 * @typedef {{budget: number, window?: number, rate?: number, period?: number}} Limits times in seconds
 * @typedef {{account: string, name?: string, model: string, limits: Limits, id?: string, body?: string, n: number}} Draw
 * @typedef {{verdict: number, left: number, renews: number, rateLeft: number, rateIn: number}} Grant
 */

export const [granted, repeated, conflict, exhausted, tooFast] = [0, 1, 2, 3, 4];

/** @type {Spending} */
export const nothing = { since: 0, before: 0, used: 0, spent: 0, rateSince: 0, rateUsed: 0 };

/**
 * Decides on a draw. The spending that it returns holds if the draw was granted.
 *
 * @param {Spending} old
 * @param {Draw} draw
 * @param {number} now
 * @param {(since: number) => string | undefined} bodyOf what the draw's id was used for since then
 * @returns {{grant: Grant, spending: Spending}}
 */
export function take(old, draw, now, bodyOf) {
	const { limits, n } = draw;
	const s = roll(old, limits, now);
	const verdict = decide(s, draw, bodyOf);
	if (verdict === granted) {
		s.used += n;
		s.spent += n;
		s.rateUsed += n;
	}
	const { budget, window = 0, rate = 0, period = 0 } = limits;
	const grant = {
		verdict,
		left: Math.max(0, budget - s.used),
		renews: window ? s.since + window * 1000 - now : 0,
		rateLeft: rate ? Math.max(0, rate - s.rateUsed) : 0,
		rateIn: rate ? s.rateSince + period * 1000 - now : 0,
	};
	return { grant, spending: s };
}

/**
 * Begins new windows where the old ones are over.
 *
 * @param {Spending} old
 * @param {Limits} limits
 * @param {number} now
 * @returns {Spending}
 */
function roll(old, { window = 0, period = 0 }, now) {
	const s = { ...old };
	if (s.since === 0) s.since = now;
	else if (window && now - s.since >= window * 1000) {
		s.before = s.since;
		s.since = now;
		s.used = 0;
	}
	if (now - s.rateSince >= period * 1000) {
		s.rateSince = now;
		s.rateUsed = 0;
	}
	return s;
}

/**
 * @param {Spending} s
 * @param {Draw} draw
 * @param {(since: number) => string | undefined} bodyOf
 */
function decide(s, { limits, n, id, body }, bodyOf) {
	const was = id && n > 0 ? bodyOf(s.before) : undefined;
	if (was !== undefined) return was === body ? repeated : conflict;
	if (n > limits.budget - s.used) return exhausted;
	if (limits.rate && n > limits.rate - s.rateUsed) return tooFast;
	return granted;
}
