/**
 * The last drawing, kept for the next visit where that is allowed.
 * @module
 */

import { notice } from "./notices.js";
import { unpack } from "./points.js";
import { recall, remember } from "./storage.js";
import { t } from "./strings.js";

const KEY = "heist.draft";

/**
 * Offers an earlier drawing unless it is on the page already, and keeps the
 * next ones.
 * @param {import("./experiment.js").Experiment} experiment
 */
export function wireDraft(experiment) {
	const draft = recall(KEY);
	if (draft && draft !== experiment.drawing) offer(experiment, draft);
	experiment.addEventListener("change", () => {
		if (experiment.drawing) remember(KEY, experiment.drawing);
	});
}

/**
 * @param {import("./experiment.js").Experiment} experiment
 * @param {string} draft
 */
function offer(experiment, draft) {
	let points;
	try {
		points = unpack(draft);
	} catch {
		return remember(KEY, null);
	}
	notice("draft", t.draft.offer(points.length), {
		kind: "remark",
		actions: [
			[t.draft.restore, () => experiment.draw(points)],
			[t.draft.discard, () => remember(KEY, null)],
		],
	});
}
