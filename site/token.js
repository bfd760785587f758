/**
 * The token for a remote oracle: in memory, or for the tab if the visitor wants.
 * It belongs to the server that it was given for and goes to no other.
 * @module
 */

const KEY = "heist.token";

/** @type {{server: string, token: string}} */
let held = { server: "", token: "" };
try {
	held = JSON.parse(sessionStorage.getItem(KEY) ?? "null") ?? held;
} catch {
	// Storage is forbidden, or holds something else: there is no token.
}

/** @param {string} server */
const plain = (server) => server.replace(/\/+$/, "").replace(/\/v2$/, "");

/**
 * @param {string} server its address
 * @returns {string} empty if there is none for it
 */
export const tokenFor = (server) => (held.server === plain(server) ? held.token : "");

/** Whether the token outlives a reload. */
export function kept() {
	try {
		return sessionStorage.getItem(KEY) !== null;
	} catch {
		return false;
	}
}

/**
 * @param {string} server
 * @param {string} token
 * @param {boolean} keep for this tab
 */
export function holdToken(server, token, keep) {
	held = { server: plain(server), token };
	try {
		if (keep && token) sessionStorage.setItem(KEY, JSON.stringify(held));
		else sessionStorage.removeItem(KEY);
	} catch {
		// It stays in memory.
	}
}
