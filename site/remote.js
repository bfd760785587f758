/**
 * A victim behind a network: the way to its panel, which is fetched when it is
 * first wanted, and what the page says of it meanwhile.
 * @module
 */

import { byId } from "./dom.js";
import { later } from "./later.js";
import { clearNotice, notice } from "./notices.js";
import { t } from "./strings.js";

/** @typedef {import("./params.js").Settings} Settings */

export class Remote {
	/** @private @type {import("./remote-panel.js").RemotePanel|null} */ panel = null;

	/**
	 * @param {import("./client.js").Engine} engine
	 * @param {import("./experiment.js").Experiment} experiment
	 */
	constructor(engine, experiment) {
		this.engine = engine;
		this.experiment = experiment;
		byId("remote-open").addEventListener("click", () => this.open());
	}

	/**
	 * Opens the panel.
	 * @param {Settings} [settings] of a server to fill in
	 */
	open(settings) {
		later(
			() => import("./extras.js"),
			({ RemotePanel }) => {
				this.panel ??= new RemotePanel(this.engine, this.experiment);
				this.panel.open(settings);
			},
		);
	}

	/**
	 * A link wants to steal elsewhere. Nothing is sent anywhere before the visitor
	 * has seen where to.
	 * @param {Settings} settings
	 */
	offer(settings) {
		notice("remote", t.remote.offer(settings.oracle, settings.model ?? ""), {
			kind: "hint",
			actions: [[t.remote.look, () => this.open(settings)]],
		});
	}

	/**
	 * The experiment is prepared, with a server or without.
	 * @param {import("./messages.js").Server|null} server
	 */
	settle(server) {
		document.documentElement.classList.toggle("away", server !== null);
		if (!server) return;
		clearNotice("network");
		notice("remote", t.remote.here(server.name, this.experiment.get("oracle")), {
			kind: "hint",
			actions: [
				[t.remote.details, () => this.open()],
				[t.remote.back, () => this.experiment.come()],
			],
		});
	}

	/**
	 * The server does not answer.
	 * @param {string} why
	 * @param {() => void} again
	 */
	trouble(why, again) {
		notice("network", why[0].toUpperCase() + why.slice(1), {
			actions: [
				[t.remote.again, again],
				[t.remote.back, () => this.experiment.come()],
			],
		});
	}

	/** There is no server any more. */
	home() {
		for (const topic of ["remote", "network"]) clearNotice(topic);
	}
}
