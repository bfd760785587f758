/**
 * Numbers as people read them.
 * @module
 */

const locale = document.documentElement.lang || "en";

/** @param {Intl.NumberFormatOptions} o */
const format = (o) => {
	const f = new Intl.NumberFormat(locale, o);
	/** @param {number} v */
	return (v) => f.format(v).replace("-", "−");
};

export const whole = format({ maximumFractionDigits: 0 });
export const coordinate = format({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const one = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const two = format({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fixed3 = format({ minimumFractionDigits: 3, maximumFractionDigits: 3 });
const three = format({ maximumSignificantDigits: 3 });
export const percent = format({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const tenths = format({ maximumFractionDigits: 1 });
export const almost = format({ minimumFractionDigits: 4, maximumFractionDigits: 4 });
const small = format({ notation: "scientific", maximumSignificantDigits: 2 });

/** A space that does not break, as before every % on the page. */
const THIN = "\u202f";

/**
 * A share in percent: with more digits close to everything, and never rounded
 * up to it.
 * @param {number} v
 */
export function share(v) {
	if (v === 1) return `100${THIN}%`;
	return v >= 0.999
		? `${two(Math.min(100 * v, 99.99))}${THIN}%`
		: `${one(Math.min(100 * v, 99.9))}${THIN}%`;
}

/**
 * An error: three decimals, or two digits where that would say zero.
 * @param {number|null} v
 */
export function error(v) {
	if (v === null || Number.isNaN(v)) return "–";
	if (v === 0) return "0";
	return v < 0.001 ? tiny(v) : fixed3(v);
}

/**
 * An error with three digits, where it is read beside a published one.
 * @param {number} v
 */
export function precise(v) {
	if (v === 0) return "0";
	return v < 0.001 ? tiny(v) : three(v);
}

/** @param {number} v far below 1 */
const tiny = (v) =>
	small(v)
		.toLowerCase()
		.replace("e−", "·10^−")
		.replace(/\^−(\d+)/, (_, d) => `⁻${superscript(d)}`);

/** @param {string} digits */
const superscript = (digits) => [...digits].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).join("");

/** @param {number} bytes */
export const megabytes = (bytes) =>
	new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
		bytes / 1e6,
	);

/**
 * A time as people say it.
 * @param {number} seconds
 */
export const duration = (seconds) =>
	seconds < 90 ? `${whole(Math.max(1, seconds))}\u202fs` : `${whole(seconds / 60)}\u202fmin`;
