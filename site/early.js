/**
 * Who presses play before the engine is there sees a recorded run of the default
 * experiment; the engine takes over with the next press, or with the first edit.
 * @module
 */

/**
 * @param {import("./recording.js").Parts & {
 *   engine: import("./client.js").Engine,
 *   experiment: import("./experiment.js").Experiment,
 *   session: import("./session.js").Session,
 * }} parts
 */
export function wireEarly(parts) {
	const { engine, experiment, theft, session } = parts;
	/** @param {boolean} steal whether the theft begins */
	const live = (steal) => {
		theft.recorded?.stop();
		theft.recorded = null;
		theft.wanted = steal;
		session.prepare();
	};
	theft.onlive = () => live(true);
	theft.onearly = async () => {
		const first = Object.keys(experiment.settings).length === 0;
		if (!first || engine.ready) return;
		try {
			const { playRecording } = await import("./extras.js");
			const begin = await playRecording();
			// Meanwhile the engine may have come, or another experiment.
			if (engine.ready || theft.recorded || Object.keys(experiment.settings).length > 0) return;
			theft.wanted = false;
			theft.recorded = begin(parts);
			theft.set(theft.state);
		} catch {} // the press waits for the engine
	};
	engine.on("ready", () => theft.recorded && theft.set(theft.state));
	experiment.addEventListener("change", () => theft.recorded && live(false));
}
