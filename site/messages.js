/**
 * The messages between the page and the engine (wasm/engine, Go in a Web
 * Worker). Each is one postMessage of a plain object with a `kind`; arrays of
 * numbers are Float64Array. Every reply to a message with an `id` carries it.
 * The page's side is client.js; the Go side checks the kinds against this list
 * in a test.
 *
 * Coordinates: the plane is [-1,1]², y up. Classes are 0, 1, 2, 3.
 *
 * @module
 */

/**
 * What the engine draws on. Sizes are CSS pixels; the engine multiplies by
 * scale (device pixel ratio, at most 2) and sizes the canvas itself.
 * @typedef {'victim'|'copy'|'disagreement'|'chart'} Surface
 * @typedef {{width: number, height: number, scale: number}} Size
 */

/**
 * Colours as #rrggbb, read from the page's CSS tokens.
 * @typedef {{paper: string, card: string, ink: string, soft: string, line: string, differ: string,
 *   classes: string[], dark: boolean}} Theme
 */

/**
 * How things are shown; none of it changes the experiment.
 * @typedef {object} View
 * @property {'all'|'last'|'none'} rings query rings: all, the last 20, none
 * @property {'labels'|'difference'} disagreement where labels differ, or |Δp|
 * @property {'linear'|'log'} axis of the chart: queries
 * @property {'agreement'|'error'} measure of the chart: agreement, or error on a log scale
 * @property {boolean} points whether training points are drawn
 * @property {boolean} truth whether the victim's line stands faint behind the copy's
 * @property {boolean} calm reduced motion: no fades, redraw at most twice a second
 */

/**
 * Life of the worker, engine-worker.js, around the Go program. The page's first
 * message is `load`: the lean engine, or the full one, which has everything that
 * the table of settings marks as `full`; with the compiled module where the page
 * has one already. The worker fetches and compiles (`loading`, `module`) or not, starts the Go
 * program, and takes no more messages: from `ready` on, the Go program listens
 * for `message` events on the worker's global scope and posts there itself.
 * `stopped`: the Go program has ended, which it never should.
 * @typedef {{kind: 'load', full: boolean, module?: WebAssembly.Module}} LoadRequest
 * @typedef {(
 *   {kind: 'loading', stage: 'fetch'|'compile'|'start', bytes: number, total: number} |
 *   {kind: 'module', module: WebAssembly.Module} |
 *   {kind: 'failed', code: 'network'|'file'|'csp'|'start', message: string} |
 *   {kind: 'stopped', message: string}
 * )} LoadResponse
 */

/**
 * From the page to the engine.
 * @typedef {(
 *   {kind: 'init', canvases: Partial<Record<Surface, OffscreenCanvas>>, sizes: Partial<Record<Surface, Size>>, theme: Theme, view: View} |
 *   {kind: 'size', sizes: Partial<Record<Surface, Size>>} |
 *   {kind: 'theme', theme: Theme} |
 *   {kind: 'view', view: View} |
 *   {kind: 'spec', id: number, spec: string, token?: string} |
 *   {kind: 'sketch', points: Float64Array} |
 *   {kind: 'play'} | {kind: 'pause'} | {kind: 'step'} | {kind: 'reset'} |
 *   {kind: 'speed', speed: number, slow?: boolean} |
 *   {kind: 'cursor', x: number, y: number, on: boolean} |
 *   {kind: 'probe', id: number, x: number, y: number} |
 *   {kind: 'csv', id: number, text: string, x?: string, y?: string, label?: string, header?: boolean, standardise?: boolean} |
 *   {kind: 'curve', name: string, queries: Float64Array, agreement: Float64Array} |
 *   {kind: 'run', id: number, spec: string} |
 *   {kind: 'export', id: number, spec: string, queries: number, rounds: number, ended: boolean, files: string[], dark: boolean} |
 *   {kind: 'model', id: number, name: string, bytes: Uint8Array} |
 *   {kind: 'cancel', id: number} |
 *   {kind: 'log', id: number} |
 *   {kind: 'report', id: number, name: string, full: boolean, seeds: number, settings: string[], minimum: boolean, runs: CellRun[]} |
 *   {kind: 'cell', id: number, name: string, full: boolean, seeds: number, settings: string[], index: number} |
 *   {kind: 'file', name: string, text: string} |
 *   {kind: 'connect', id: number, spec: string, token?: string} |
 *   {kind: 'ask', id: number, x: Float64Array} |
 *   {kind: 'call', id: number, server: string, key?: string, method: 'GET'|'POST'|'PUT'|'DELETE', path: string, body?: string} |
 *   {kind: 'write', id: number, which: 'victim'|'copy'}
 * )} Request
 *
 * @typedef {{index: number, queries: number, status: string, note: string, seconds: number, values: (number|null)[], pictures: Picture[]}} CellRun
 * @typedef {{name: string, width: number, grey: Float64Array[]}} Picture
 *
 * - spec: the whole experiment as a link's fragment. The engine prepares it
 *   (data, victim), draws, and answers `prepared` or `error`. A later spec
 *   replaces an earlier one, also while it is still being prepared.
 * - sketch: all points as they stand while drawing (x, y, class triples), shown
 *   at once on the victim's plot instead of the data's, until the next spec.
 * - play runs, pause halts before the next event, step takes one query batch
 *   (with its retraining), reset starts the theft over with a full budget.
 * - speed: queries a second shown while playing; 0 is as fast as possible. slow:
 *   instead, one moment at a time, told as `moment`; a step is then one moment.
 * - cursor: a crosshair on all plots; probe asks what both models say there.
 * - csv: reads a table and answers `table`; with x, y and label columns chosen,
 *   the points of the plane come with it.
 * - curve: a ghost line for the chart: `uniform`, the baseline run on the pool
 *   (dashed), or an earlier run (thin). Empty arrays take it away.
 * - run: a whole experiment without drawing (the pool); answers `result`.
 * - export: makes the experiment anew up to so many queries and rounds, or its
 *   end, and writes files of it, each named as in core/export (copy.onnx); the full
 *   engine's. Answers `exporting` meanwhile and `exported`, or `error`.
 * - model: a model file for specs whose victim-file is its name; the full engine's.
 *   Answers `modelled` or `error`.
 * - log: asks for the queries of the theft on show, the latest 2,000 at least;
 *   answers `logged`.
 * - connect: asks a remote oracle (oracle=, model= and further keys of the
 *   remote section) what it tells of the model; answers `connected`. A token
 *   travels beside the spec, never in it.
 * - ask: sends rows of inputs to the oracle connected last, once; answers
 *   `exchange`, also where that failed.
 * - call: sends JSON to a path below /v2 of a server, once; answers `called`.
 * - write: the victim or the copy as JSON; answers `written`.
 *   An `error` with code network answers the last four where a server did not;
 *   its reason is one of the client's (remote/client). `cancel` stops them.
 *
 * The full engine alone knows these, on the paper's tables and figures:
 * - report: what the runs so far come to beside the paper, or without runs what
 *   there is to run; answers `reported`. seeds: 0 is the reproduction's own
 *   number; settings are as on the command line.
 * - cell: runs one cell of a reproduction (the pool); answers `measured`, with
 *   the status stopped if it was cancelled. seconds are the engine's.
 *   pictures are images, each several times over: rows of width shades from the
 *   top, 0 to 255.
 * - file: keeps a file of the visitor's, for file=name in settings; no answer.
 */

/**
 * From the engine to the page.
 * @typedef {(
 *   {kind: 'ready', protocol: number, version: string} |
 *   {kind: 'preparing', id: number, stage: 'data'|'victim'|'oracle', iteration: number, trained: number, members: number} |
 *   {kind: 'prepared', id: number, spec: string, data: string, n: number, classes: number, classNames: string[],
 *     points: Float64Array, unknowns: number, budget: number, trainAccuracy: number|null, testAccuracy: number|null, plane: boolean,
 *     remote: Server|null} |
 *   {kind: 'state', state: 'idle'|'playing'|'paused'|'training'|'ended'} |
 *   {kind: 'query', number: number, x: number[], label: number, values: number[], why: string} |
 *   {kind: 'moment', moment: 'pick'|'ask'|'answer'|'train'|'redraw', number: number, batch: number, x: number[],
 *     label: number, why: string, moved: number|null} |
 *   {kind: 'progress', queries: number, budget: number, round: number, rounds: number, agreement: number|null,
 *     rTest: number|null, rUnif: number|null, tvUnif: number|null, paramError: number|null, moved: number|null} |
 *   {kind: 'end', status: 'solved'|'budget'|'stuck'|'goal'|'patience'|'stopped', note: string, queries: number,
 *     agreement: number|null, rTest: number|null, rUnif: number|null} |
 *   {kind: 'probed', id: number, x: number, y: number, victim: Said|null, copy: Said|null} |
 *   {kind: 'table', id: number, columns: {name: string, kind: 'number'|'category', distinct: number}[], rows: string[][],
 *     count: number, header: boolean, points: Float64Array|null, classNames: string[]} |
 *   {kind: 'result', id: number, status: string, queries: Float64Array, agreement: Float64Array, rTest: number, rUnif: number} |
 *   {kind: 'logged', id: number, first: number, x: Float64Array, why: string[]} |
 *   {kind: 'reported', id: number, json: string, csv: string, share: number} |
 *   {kind: 'measured', id: number, index: number, queries: number, status: string, note: string, seconds: number, values: (number|null)[], pictures: Picture[]} |
 *   {kind: 'modelled', id: number, family: string, inputs: number, classes: number} |
 *   {kind: 'exporting', id: number, queries: number} |
 *   {kind: 'exported', id: number, files: Uint8Array[]} |
 *   {kind: 'claims', leaves: Float64Array, edges: Float64Array, points: Float64Array, suspects: Suspect[], leak: Leak|null, said: InWords, count: {leaves: number, edges: number, points: number}} |
 *   {kind: 'connected', id: number, server: Server|null} |
 *   {kind: 'exchange', id: number, url: string, request: string, status: number, response: string,
 *     seconds: number, labels: number[], left: number|null, error: string, reason: string} |
 *   {kind: 'called', id: number, body: string} |
 *   {kind: 'written', id: number, text: string, oracle: string, test: Float64Array} |
 *   {kind: 'network', queries: number, cost: number, left: number|null, requests: number, retries: number, seconds: number} |
 *   {kind: 'error', id?: number, code: 'spec'|'full'|'data'|'victim'|'attack'|'network'|'message'|'panic'|'stopped', key?: string,
 *     reason?: string, message: string}
 * )} Response
 *
 * @typedef {object} Server what a remote oracle tells of its model
 * @property {string} name
 * @property {string} title
 * @property {'labels'|'top1'|'probabilities'|'logits'|'margin'|'value'} answers
 * @property {number} classes
 * @property {string[]} classNames none if it doesn't tell
 * @property {string} input name of the tensor
 * @property {string} datatype of the input
 * @property {string} label name of the output, empty if there is none
 * @property {string} scores likewise
 * @property {string} precision of the scores: FP32, FP64, or empty
 * @property {number} decimals that the scores are rounded to; 0 if not, or not known
 * @property {number} batch queries a request at most
 * @property {number} submissions copies that a taker may hand in; 0 if it is no challenge
 * @property {number|null} left of the budget, null if it doesn't tell
 * @property {Feature[]} features
 * @typedef {{name: string, low: number, high: number, categories: string[], optional: boolean}} Feature
 *
 * @typedef {{label: number, probability: number|null, margin: number|null}} Said
 * @typedef {{name: string, error: number|null, out: string}} Suspect
 * @typedef {{mean: number, random: number}} Leak
 * @typedef {{leaves: string[], edges: string[], points: string[]}} InWords
 *
 * - query: the latest query, for the ledger; sent at most once a frame.
 * - moment: of slow motion; number is that of the query, or of all so far; label
 *   is -1 before there is an answer.
 * - logged: x, y, class triples, from query number first on, and why each.
 * - progress: after each round, measured by the engine, not by the attack;
 *   agreement is 1 − R_unif, the share of the plane on which labels agree.
 *   moved: share of the plane that the last round changed. Of a victim behind
 *   a network nothing can be measured; agreement is then the share of the
 *   answers received that the copy gives too.
 * - claims: all that the thief has said of the victim itself, sent at most once a
 *   frame when there is more. leaves of a tree on the plane: low x, high x, low y,
 *   high y, class, share of the class; edges between bins: feature from 0, value;
 *   points that the copy takes for training points, on the plane: x, y, and x, y of
 *   the victim's that it was matched to, NaN without. suspects: families, the
 *   likeliest first, with their error in cross-validation or why they are ruled out.
 *   leak: mean distance of the points to their matches, and of random ones. said:
 *   the first 200 of each kind in words, where inputs are no points of the plane;
 *   the lists of numbers are empty then. count: how many there are.
 * - probed: x and y are the input as the models take it.
 * - written: a victim comes with its oracle's settings as a publication has
 *   them, and with the inputs of its test points, row by row.
 * - network: what the theft has cost so far, as the server says; seconds are
 *   those spent waiting for it.
 * - error: full is a setting that the lean engine does not have. With code
 *   network in a theft, that is paused and goes on with play.
 * - reported: json is as `heist reproduce --json` prints it, csv as --csv does;
 *   share is an estimate of how much of the work is done, by what each run took.
 */

/** The version of this protocol; the engine's first message names its own. */
export const PROTOCOL = 1;
