// The Worker with faults that a request asks for: what throws is something of
// JavaScript that the Go program uses in the middle of its work.
import entry from "../entry.js";

export { Account } from "../entry.js";

/** @type {string | null} */
let fault = null;

/** @param {string} kind */
function strike(kind) {
	if (fault !== kind) return;
	fault = null;
	throw new Error(`fault: ${kind}`);
}

// The store is asked for a token within the handler, whose panics are caught.
/** @type {{ask: (...args: unknown[]) => void} | undefined} */
let context;
Object.defineProperty(globalThis, "context", {
	get: () => context,
	set(given) {
		context = given && {
			...given,
			/** @param {unknown[]} args */
			ask(...args) {
				if (args[0] === "putToken") strike("panic");
				given.ask(...args);
			},
		};
	},
});

// An answer of this many bytes or more is handed over outside of it: the program
// dies of that.
const large = 20_000;
globalThis.Uint8Array = new Proxy(Uint8Array, {
	construct(target, args) {
		if (args[0] >= large) strike("death");
		return Reflect.construct(target, args);
	},
});

export default {
	/**
	 * @param {Request} request
	 * @param {unknown} env
	 * @param {{waitUntil(p: Promise<unknown>): void}} ctx
	 */
	fetch(request, env, ctx) {
		fault = request.headers.get("X-Fault") ?? fault;
		return entry.fetch(request, env, ctx);
	},
};
