/**
 * The messages between an embedded page (embed.html, in a frame) and the page
 * around it, which is heist-playground.js or anybody's own script. Each is one
 * postMessage of a plain object {heist: 1, type, …}; embedding.html documents
 * them.
 *
 * The embedded page says `hello` and its height to whoever is around it, and
 * nothing else before it has been pinged. It answers only its parent, only at
 * the origin that the ping came from. What is not of this protocol is left to
 * others.
 *
 * @module
 */

/** Of the protocol; a message of another version is not ours. */
export const HEIST = 1;

/**
 * @typedef {{heist: number} & (
 *   {type: 'ping'} |
 *   {type: 'options', options: Record<string, string>} |
 *   {type: 'colours', colours: Record<string, string>} |
 *   {type: 'call', id: number, method: string, args: unknown[]}
 * )} ToFrame
 *
 * - options: hide, theme, as in the address; another value replaces the last.
 * - colours: the page's colour tokens (COLOURS) as CSS colours; empty takes one back.
 * - call: one of the methods that `ready` lists; answered with the same id.
 *
 * @typedef {{heist: number} & (
 *   {type: 'hello'} |
 *   {type: 'resize', height: number} |
 *   {type: 'ready', version: string, methods: string[]} |
 *   {type: 'event', name: EventName, detail: any} |
 *   {type: 'answer', id: number, value?: unknown, error?: {message: string, key?: string}}
 * )} FromFrame
 *
 * - resize: the height in CSS pixels at which nothing has to scroll.
 * - ready: the answer to a ping; what was missed (ready, progress) follows as
 *   events.
 *
 * @typedef {'ready'|'change'|'query'|'progress'|'goal'|'end'|'error'} EventName
 */

/** Events of which a late listener gets the last. */
export const REPLAYED = ["ready", "progress"];

/** The colours that a host may set, as --heist-paper, --heist-card, … */
export const COLOURS = [
	"paper",
	"card",
	"ink",
	"soft",
	"line",
	"differ",
	"class-0",
	"class-1",
	"class-2",
	"class-3",
];

/**
 * The message in an event, or null for one that is not of this protocol.
 * @template {ToFrame|FromFrame} M
 * @param {MessageEvent} event
 * @param {Window|null|undefined} from the only window that may say it
 * @returns {M|null}
 */
export function received(event, from) {
	const { data } = event;
	if (!from || event.source !== from || typeof data !== "object" || data?.heist !== HEIST)
		return null;
	return data;
}
