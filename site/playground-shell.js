/**
 * What the element shows of its own: the poster, the room, the messages. It is
 * built and styled by script alone, so that a host's content policy needs no
 * exception for it, and its styles are out of the host's reach.
 * @module
 */

/** Heights in CSS pixels that a frame may ask for. */
const HEIGHTS = [200, 2400];

const WORDS = {
	title: "Model Heist",
	lede: "A model answers questions for a fee. Can you rebuild it from its answers?",
	steal: "Steal it",
	loading: "Loading…",
	full: "Open full ↗",
	retry: "Retry",
	victim: "A victim: a curved boundary between two classes of points.",
	copy: "A finished attack: the copy's dashed boundary lies on the victim's.",
	frame: "Model Heist: a playground for stealing a model through its answers",
	unreachable: (/** @type {string} */ origin) =>
		`The playground did not load. The connection may be down, or this page's content policy may not allow frame-src ${origin}.`,
};

const STYLE = `
:host { display: block; }
:host([hidden]:not([hidden=""], [hidden="until-found"], [hidden="hidden"])) { display: block !important; }
:host([hidden=""]) { display: none !important; }
.box {
	all: initial;
	color-scheme: inherit;
	display: block;
	container-type: inline-size;
	direction: ltr;
	--paper: var(--heist-paper, light-dark(#fbfaf7, #14161a));
	--card: var(--heist-card, light-dark(#ffffff, #1b1e24));
	--ink: var(--heist-ink, light-dark(#1a1d23, #eceae4));
	--soft: var(--heist-soft, light-dark(#5d636e, #a3a8b2));
	--line: var(--heist-line, light-dark(#e3dfd6, #2e333c));
	--differ: var(--heist-differ, light-dark(#7a5cd6, #a48cf0));
	font: 15px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
	color: var(--ink);
}
.box, .box * { box-sizing: border-box; }
.room {
	position: relative;
	max-inline-size: var(--heist-width, 760px);
	margin-inline: auto;
	block-size: var(--heist-height, 460px);
	background: var(--paper);
	overflow: hidden;
}
::slotted(iframe) { all: initial !important; position: absolute !important; inset: 0 !important; inline-size: 100% !important;
	block-size: 100% !important; border: 0 !important; visibility: hidden !important; color-scheme: inherit !important; }
.poster { display: grid; grid-template-rows: auto auto 1fr; block-size: 100%; padding: 0 12px; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; min-block-size: 48px; padding-block: 4px; }
.top > span { flex: 1 1 200px; min-inline-size: 0; color: var(--soft); line-height: 1.25; }
button { font: inherit; font-weight: 600; cursor: pointer; min-block-size: 36px; padding: 4px 16px;
	color: var(--card); background: var(--ink); border: 1px solid var(--ink); border-radius: 7px; }
a { color: var(--soft); font-size: 13px; line-height: 24px; text-underline-offset: 3px; }
:is(a, button):focus-visible { outline: 2px solid var(--differ); outline-offset: 2px; }
.pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; inline-size: 100%; max-inline-size: 576px; margin-inline: auto; }
.pictures img { display: block; inline-size: 100%; block-size: auto; aspect-ratio: 1; object-fit: cover;
	border-radius: 10px; border: 1px solid var(--line); background: var(--card); }
.foot { display: flex; gap: 12px; align-items: start; padding-block: 8px; min-inline-size: 0; }
.foot p { flex: 1; margin: 0; color: var(--soft); font-size: 14px; }
.message { position: absolute; inset: auto 8px 8px; padding: 8px 12px; font-size: 14px; overflow-wrap: anywhere;
	background: var(--card); border: 1px solid var(--line); border-inline-start: 3px solid light-dark(#b3261e, #ff8a80); border-radius: 4px; }
.message button { min-block-size: 28px; padding: 1px 10px; margin-inline-start: 10px; font-weight: 400; }
[hidden] { display: none !important; }
[data-state="live"] .poster { visibility: hidden; }
[data-state="live"] ::slotted(iframe) { visibility: visible !important; }
.probe { position: absolute; color: light-dark(rgb(255 255 255), rgb(0 0 0)); transition: color 1ms; visibility: hidden; }
@container (width < 520px) {
	.room { block-size: var(--heist-height, calc(100cqi + 364px)); }
	.pictures { grid-template-columns: 1fr; }
	.pictures img:first-child { display: none; }
	button { min-block-size: 44px; }
}
@media (forced-colors: active) { .pictures img, .message, button { border-color: CanvasText; } }
`;

export class Shell {
	/** light or dark, as the host is or the author says. */
	theme = "light";

	/**
	 * @param {ShadowRoot} root
	 * @param {{play: () => void, retry: () => void, themed: () => void}} act
	 */
	constructor(root, act) {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(STYLE);
		root.adoptedStyleSheets = [sheet];
		/** @private */
		this.host = root.host;
		/** @private */
		this.probe = element("span", { className: "probe" });
		/** @private */
		this.images = [WORDS.victim, WORDS.copy].map((alt) =>
			element("img", { alt, loading: "lazy", width: 364, height: 364 }),
		);
		/** @private */
		this.play = element(
			"button",
			{ type: "button", onclick: act.play, part: "button" },
			WORDS.steal,
		);
		/** @private */
		this.full = element("a", { target: "_blank", rel: "noopener" }, WORDS.full);
		/** @private */
		this.status = element("p", {});
		this.status.setAttribute("role", "status");
		/** @private */
		this.retry = element(
			"button",
			{ type: "button", onclick: act.retry, hidden: true },
			WORDS.retry,
		);
		/** @private */
		this.text = element("span", {});
		/** @private */
		this.message = element(
			"p",
			{ className: "message", hidden: true, part: "message" },
			this.text,
			this.retry,
		);
		this.message.setAttribute("role", "alert");
		/** @private */
		this.poster = element(
			"div",
			{ className: "poster", part: "poster" },
			element("div", { className: "top" }, this.play, element("span", {}, WORDS.lede)),
			element("div", { className: "pictures" }, ...this.images),
			element("div", { className: "foot" }, this.status, this.full),
		);
		/** @private */
		this.room = element(
			"div",
			{ className: "room", part: "room" },
			this.poster,
			element("slot", { name: "frame" }),
			this.message,
		);
		const box = element("div", { className: "box", lang: "en" }, this.room, this.probe);
		box.setAttribute("role", "group");
		box.setAttribute("aria-label", WORDS.title);
		root.append(box, element("slot", { hidden: true }));
		this.state("poster");
		this.probe.addEventListener("transitionend", act.themed);
	}

	/** @param {'poster'|'loading'|'live'|'failed'} state */
	state(state) {
		const focused = this.play.matches(":focus");
		this.room.dataset.state = state;
		this.status.textContent = state === "loading" ? WORDS.loading : "";
		if (!this.retry.hidden) this.say(""); // it was of the last failure
		this.retry.hidden = state !== "failed";
		this.poster.inert = state === "live";
		if (state === "live" && focused) this.iframe?.focus();
		if (state !== "live") this.room.style.minBlockSize = "";
	}

	/**
	 * A frame, not to be seen before it is live. It is a child of the element, not
	 * of its shadow, because frames in there are hidden from their neighbours.
	 * @param {string} src
	 */
	frame(src) {
		/** @private */
		this.iframe = element("iframe", {
			src,
			slot: "frame",
			title: WORDS.frame,
			allow: "clipboard-write; fullscreen",
		});
		this.host.append(this.iframe);
		return this.iframe;
	}

	/** @param {string} address of the experiment in a page of its own */
	link(address) {
		this.full.href = address;
	}

	/**
	 * Gives the frame the height that it asks for; never less than the room that
	 * was kept for it, so that what follows does not move.
	 * @param {number} height
	 * @returns {boolean} whether anything changed
	 */
	grow(height) {
		if (!Number.isFinite(height)) return false;
		const [least, most] = HEIGHTS;
		const wanted = `${Math.round(Math.min(most, Math.max(least, height)))}px`;
		if (this.room.style.minBlockSize === wanted) return false;
		this.room.style.minBlockSize = wanted;
		return true;
	}

	/** @param {string} message empty takes it away */
	say(message) {
		this.text.textContent = message;
		this.message.hidden = message === "";
	}

	/** @param {string} origin */
	unreachable(origin) {
		return WORDS.unreachable(origin);
	}

	/** @param {string} wish auto: as the host's own colour scheme is */
	choose(wish) {
		const given = wish === "light" || wish === "dark";
		this.room.style.colorScheme = given ? wish : "";
		this.theme = given ? wish : this.scheme();
		["victim", "copy"].forEach((side, i) => {
			const src = new URL(`./poster/${side}-${this.theme}.webp`, import.meta.url).href;
			if (this.images[i].src !== src) this.images[i].src = src;
		});
	}

	/**
	 * The scheme that the host's styles have come to: not the system's, which a
	 * white page does not follow.
	 * @private
	 */
	scheme() {
		return getComputedStyle(this.probe).color === "rgb(0, 0, 0)" ? "dark" : "light";
	}
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} props
 * @param {...(Node|string)} children
 */
function element(tag, props, ...children) {
	const el = document.createElement(tag);
	const { part, ...rest } = props;
	if (part) el.setAttribute("part", part);
	Object.assign(el, rest);
	el.append(...children);
	return el;
}
