/**
 * Nobody pays for a theft that nobody sees: it pauses while the page is out of
 * sight, and goes on afterwards if it ran before.
 * @module
 */

/**
 * @param {import("./client.js").Engine} engine
 * @param {import("./theft.js").Theft} theft
 */
export function wireOnscreen(engine, theft) {
	let inView = true;
	let held = false;
	const look = () => {
		const away = document.hidden || !inView;
		if (away && theft.running) {
			held = true;
			theft.toggle();
		} else if (!away && held) {
			held = false;
			if (theft.state === "paused") theft.toggle();
		}
	};
	new IntersectionObserver((entries) => {
		inView = entries.at(-1)?.isIntersecting ?? true;
		look();
	}).observe(document.body);
	document.addEventListener("visibilitychange", look);
	engine.on("state", look);
}
