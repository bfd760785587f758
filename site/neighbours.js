/**
 * Other embeds of this page on the page around it: they share the compiled
 * engine, and one of them runs at a time. Windows of one origin reach each
 * other without messages; one in a sandbox has no neighbours.
 * @module
 */

/** On the window that loads an engine: the promise of its module. @param {boolean} full */
const place = (full) => (full ? "heistFullEngine" : "heistEngine");

/** Tells the others that the theft here runs. */
const RUNS = "heist-runs";

/** @returns {Window[]} */
function neighbours() {
	/** @type {Window[]} */
	const found = [];
	for (let i = 0; i < window.parent.length; i++) {
		const other = window.parent[i];
		try {
			// Throws for a window of another origin.
			if (other !== window && other.location.origin === location.origin) found.push(other);
		} catch {}
	}
	return found;
}

/**
 * Starts the engine, with a neighbour's module if there is one or one is on its
 * way.
 * @param {import("./client.js").Engine} engine
 */
export async function startShared(engine) {
	const { full } = engine;
	const theirs = neighbours()
		.map((other) => Reflect.get(other, place(full)))
		.filter(Boolean);
	/** @type {(module: WebAssembly.Module|undefined) => void} */
	let share = () => {};
	const mine = new Promise((resolve) => {
		share = resolve;
	});
	Reflect.set(window, place(full), mine);
	const forget = () => {
		Reflect.deleteProperty(window, place(full));
		share(undefined);
	};
	engine.addEventListener("ready", () => share(engine.module), { once: true });
	engine.addEventListener("failed", forget, { once: true });
	for (const promise of theirs) {
		const module = await promise;
		if (module) engine.take(full, module);
	}
	engine.start();
}

/**
 * @param {import("./client.js").Engine} engine
 * @param {import("./theft.js").Theft} theft
 */
export function takeTurns(engine, theft) {
	engine.on("state", ({ state }) => {
		if (state !== "playing") return;
		for (const other of neighbours()) other.dispatchEvent(new Event(RUNS));
	});
	addEventListener(RUNS, () => theft.running && theft.toggle());
}
