/**
 * What the page keeps between visits, where the browser and the visitor allow
 * it. Inside a frame nothing is kept.
 * @module
 */

const allowed = window.top === window;

/**
 * @param {string} key
 * @returns {string|null}
 */
export function recall(key) {
	try {
		return allowed ? localStorage.getItem(key) : null;
	} catch {
		return null;
	}
}

/**
 * @param {string} key
 * @param {string|null} value null forgets it
 */
export function remember(key, value) {
	if (!allowed) return;
	try {
		if (value === null) localStorage.removeItem(key);
		else localStorage.setItem(key, value);
	} catch {
		// Storage is full or forbidden; the page works without.
	}
}
