/**
 * The theft's buttons and states: play, pause, step, start over, speed.
 * @module
 */

import { byId } from "./dom.js";
import { whole } from "./format.js";
import { t } from "./strings.js";

/** @typedef {'off'|'preparing'|'idle'|'playing'|'paused'|'training'|'ended'|'failed'} State */

/** Queries a second at the slow end of the slider, and just before its fast end. */
const SLOWEST = 1;
const FASTEST = 400;

export class Theft {
	/** @type {State} */
	state = "off";
	/** Play was asked for before there was a victim. */
	wanted = false;
	/** Called when a run begins from a full budget. */
	onbegin = () => {};

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
		const busy = state === "playing" || state === "training";
		const words = {
			off: t.steal,
			failed: t.steal,
			preparing: t.steal,
			idle: t.steal,
			playing: t.pause,
			training: t.pause,
			paused: t.goOn,
			ended: t.again,
		};
		const play = byId("play");
		const label = play.querySelector("span");
		if (label)
			label.textContent =
				this.wanted && (state === "off" || state === "preparing") ? t.wait : words[state];
		play.querySelector("use")?.setAttribute("href", busy ? "#i-pause" : "#i-play");
		byId("step", HTMLButtonElement).disabled =
			busy || state === "off" || state === "failed" || state === "preparing" || state === "ended";
		byId("over", HTMLButtonElement).disabled =
			state === "off" || state === "failed" || state === "preparing" || state === "idle";
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
		switch (this.state) {
			case "off":
			case "failed":
			case "preparing":
				this.wanted = !this.wanted;
				return this.set(this.state);
			case "playing":
			case "training":
				return this.engine.post({ kind: "pause" });
			case "ended":
				this.engine.post({ kind: "reset" });
		}
		if (this.state !== "paused") this.begin();
		this.engine.post({ kind: "play" });
	}

	step() {
		if (this.state === "idle") this.begin();
		if (this.state === "idle" || this.state === "paused") this.engine.post({ kind: "step" });
	}

	over() {
		if (this.state === "off" || this.state === "preparing" || this.state === "failed") return;
		this.engine.post({ kind: "reset" });
		this.onreset();
	}

	/** Called when a run is thrown away. */
	onreset = () => {};

	/** @private */
	begin() {
		this.onreset();
		this.onbegin();
	}

	/** @private */
	speed() {
		const at = Number(byId("speed", HTMLInputElement).value);
		const rate = at >= 100 ? 0 : Math.round(SLOWEST * (FASTEST / SLOWEST) ** (at / 100));
		byId("speed-text").textContent = rate === 0 ? "max" : `${whole(rate)}/s`;
		this.engine.post({ kind: "speed", speed: rate });
	}
}
