/**
 * The theft's buttons and states: play, pause, step, start over, speed.
 * @module
 */

import { byId } from "./dom.js";
import { whole } from "./format.js";
import { t } from "./strings.js";

/** @typedef {'off'|'preparing'|'idle'|'playing'|'paused'|'training'|'ended'|'failed'|'refused'} State */

/** Queries a second at the slow end of the slider, and just before its fast end. */
const SLOWEST = 1;
const FASTEST = 400;

/** The play button's words; elsewhere it says what a press begins. */
const WORDS = /** @type {Partial<Record<State, string>>} */ ({
	playing: t.pause,
	training: t.pause,
	paused: t.goOn,
	ended: t.again,
});

/** States with a victim, with a step to take, and with a run to throw away. */
const STANDS = new Set(["idle", "playing", "training", "paused", "ended"]);
const STEPS = new Set(["idle", "paused"]);
const BEGUN = new Set(["playing", "training", "paused", "ended"]);

export class Theft {
	/** @type {State} */
	state = "off";
	/** Play was asked for before there was a victim. */
	wanted = false;
	/** One captioned moment at a time. */
	slow = false;
	/** Called when a run begins from a full budget. */
	onbegin = () => {};
	/** What is on show instead of a theft. @type {import("./recording.js").Recording|null} */
	recorded = null;
	/** Called when play is pressed before there is an engine. */
	onearly = () => {};
	/** Called when play is pressed on something recorded and there is an engine. */
	onlive = () => {};

	/** @param {import("./client.js").Engine} engine */
	constructor(engine) {
		this.engine = engine;
		byId("play").addEventListener("click", () => this.toggle());
		byId("step").addEventListener("click", () => this.step());
		byId("over").addEventListener("click", () => this.over());
		byId("speed").addEventListener("input", () => this.speed());
		this.set("off");
	}

	/** @param {State} state */
	set(state) {
		this.state = state;
		const play = byId("play", HTMLButtonElement);
		const waits = this.wanted && (state === "off" || state === "preparing");
		const label = play.querySelector("span");
		const { recorded } = this;
		const word = recorded && (this.engine.ready ? t.recorded.live : recorded.word);
		if (label) label.textContent = word ?? (waits ? t.wait : (WORDS[state] ?? t.steal));
		const pauses = recorded ? word === t.pause : this.running;
		play.querySelector("use")?.setAttribute("href", pauses ? "#i-pause" : "#i-play");
		play.disabled = state === "refused";
		byId("step", HTMLButtonElement).disabled = !STEPS.has(state);
		byId("over", HTMLButtonElement).disabled = !BEGUN.has(state);
		byId("heist").dataset.state = state;
	}

	/** The victim stands; a run that was asked for begins. */
	ready() {
		this.set("idle");
		this.speed();
		if (!this.wanted) return;
		this.wanted = false;
		this.begin();
		this.engine.post({ kind: "play" });
	}

	get running() {
		return this.state === "playing" || this.state === "training";
	}

	toggle() {
		if (this.state === "refused") return;
		if (this.recorded) return this.engine.ready ? this.onlive() : this.recorded.toggle();
		if (this.running) return this.engine.post({ kind: "pause" });
		if (!STANDS.has(this.state)) {
			if (this.state === "failed") this.onretry();
			this.wanted = !this.wanted;
			if (this.wanted) this.onearly();
			return this.set(this.state);
		}
		if (this.state === "ended") this.engine.post({ kind: "reset" });
		if (this.state !== "paused") this.begin();
		this.engine.post({ kind: "play" });
	}

	step() {
		if (!STEPS.has(this.state)) return;
		if (this.state === "idle") this.begin();
		this.engine.post({ kind: "step" });
	}

	over() {
		if (!BEGUN.has(this.state)) return;
		this.engine.post({ kind: "reset" });
		this.onreset();
	}

	/** Called when play is pressed on an engine that has failed. */
	onretry = () => {};

	/** Called when a run is thrown away. */
	onreset = () => {};

	/** @private */
	begin() {
		this.onreset();
		this.onbegin();
	}

	/** Slow motion on or off. @param {boolean} on */
	setSlow(on) {
		this.slow = on;
		this.speed();
	}

	/** @private */
	speed() {
		const at = Number(byId("speed", HTMLInputElement).value);
		const rate = at >= 100 ? 0 : Math.round(SLOWEST * (FASTEST / SLOWEST) ** (at / 100));
		byId("speed-text").textContent = this.slow ? t.slow : rate === 0 ? "max" : `${whole(rate)}/s`;
		this.engine.post({ kind: "speed", speed: rate, slow: this.slow });
	}
}
