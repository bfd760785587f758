/**
 * What the panel of the remote oracle says, in one place for translation.
 * @module
 */

import { whole } from "./format.js";

/** @typedef {import("./messages.js").Server} Server */

export const words = {
	title: "Remote oracle",
	close: "Close",
	intro:
		"Steal a model on a server that speaks the Open Inference Protocol, version 2: heist serve, KServe, Triton, MLServer and others.",
	own: "Only attack what you own or may test.",

	address: "Address",
	model: "Model",
	token: "Token",
	keep: "Keep it for this tab",
	tokenHint:
		"Sent to this server only, and never part of a link. Unless you keep it, a reload forgets it.",
	list: "List its models",
	models: "Its models",
	overrides: "What the server does not tell",
	connect: "Connect",
	cancel: "Cancel",
	connecting: "Asking the server…",
	loading: "Loading the full engine, which has the client…",
	noEngine: "The engine could not be loaded; the page says why.",
	noList: "This server does not list its models; type the name.",
	listed: (/** @type {number} */ n) => `${whole(n)} ${n === 1 ? "model" : "models"}.`,
	needed: { address: "Give the server's address.", model: "Give the model's name." },

	tells: "What it tells",
	facts: {
		title: "Title",
		answers: "Answers",
		inputs: "Inputs",
		classes: "Classes",
		batch: "In one request",
		left: "Budget",
	},
	answers: /** @type {Record<Server['answers'], string>} */ ({
		labels: "labels only",
		top1: "the label and its probability",
		probabilities: "the label and all probabilities",
		logits: "the label and all logits",
		margin: "the label and all margins",
		value: "a number",
	}),
	precision: (/** @type {string} */ type, /** @type {number} */ decimals) =>
		decimals > 0 ? `, rounded to ${decimals} decimals` : type === "FP32" ? ", 7 digits" : "",
	inputs: (/** @type {number} */ n, /** @type {string} */ name, /** @type {string} */ type) =>
		`${whole(n)} of type ${type}, tensor ${name}`,
	queries: (/** @type {number} */ n) => `${whole(n)} ${n === 1 ? "query" : "queries"}`,
	left: (/** @type {number|null} */ n) =>
		n === null ? "it doesn't tell" : `${whole(n)} queries left`,
	feature: "feature",
	range: "range",
	optional: "may be missing",
	more: (/** @type {number} */ n) => `and ${whole(n)} more`,
	steal: "Steal it across the network",
	back: "Back to this page's victim",

	try: "Try one query",
	tryHint: "Costs one query of the budget.",
	values: (/** @type {number} */ n) => `${whole(n)} numbers, separated by commas or blanks`,
	send: "Send",
	badValues: (/** @type {number} */ got, /** @type {number} */ want) =>
		`There are ${whole(got)} numbers, needed are ${whole(want)}.`,
	leaveOut: (/** @type {boolean} */ asText) =>
		asText
			? "Inputs that may be missing can be left out: write null for one."
			: "Inputs that may be missing can be left empty: they are sent as null.",
	leftOut: "left out",
	notNumber: (/** @type {string} */ name, /** @type {string} */ text) =>
		text.trim() === "" ? `${name} is empty, and must be given.` : `${name}: ${text} is no number.`,
	sent: "Request",
	got: "Answer",
	took: (/** @type {number} */ status, /** @type {number} */ ms) =>
		`${status > 0 ? `HTTP ${status}` : "No answer"} in ${whole(ms)} ms`,
	answered: (/** @type {string} */ label) => `Label: ${label}.`,
	empty: "nothing",
	copyAs: "Copy as",
	copied: (/** @type {string} */ name) => `Copied for ${name}. Put the token into HEIST_TOKEN.`,
	copiedOpen: (/** @type {string} */ name) => `Copied for ${name}.`,
	copyBy: "Copy this:",

	challenge: "Class challenge",
	challengeHint: (/** @type {number} */ n) =>
		`Hand in your copy: the server measures it against the hidden victim. Each of you may hand in ${whole(n)}.`,
	you: "Your name",
	handIn: "Hand in the copy",
	noCopy: "There is no copy of this model yet: steal it first.",
	handedIn: "Measured. The board has it.",
	board: "Board",
	refresh: "Refresh",
	rank: "#",
	name: "name",
	spent: "queries",
	agreement: "agreement",
	time: "handed in",
	nobody: "Nobody has handed in a copy yet.",

	publish: "Publish this page's victim",
	publishHint:
		"For the owner of a server. The victim goes there with the settings under Oracle; its training points stay here.",
	adminKey: "Admin key",
	adminHint: "The server's HEIST_ADMIN_KEY. It stays in memory and is sent to this server only.",
	publishAs: "Name there",
	publishTitle: "Title",
	open: "Open to everyone, without a token",
	openBudget: "Queries each, without a token",
	asChallenge: "A class challenge",
	copies: "Copies each may hand in",
	publishIt: "Publish",
	published: "Published. Hand out this link:",
	tokenFor: "Token for",
	tokenBudget: "Queries",
	makeToken: "Make a token",
	tokenMade: "A new token. It is shown once:",
	goLocal: "This needs a victim on this page: go back to it first.",
	noKey: "Give the admin key.",

	advice: /** @type {Record<string, (server: string) => string[]>} */ ({
		network: (server) => [
			"A browser does not tell a page which. It could be one of:",
			`no server runs at ${server}, or the name is unknown (DNS); open the address in a tab to see`,
			"its TLS certificate is not trusted",
			`it does not let pages from ${location.origin} call it (CORS): with heist serve, --origins ${location.origin}`,
			location.protocol === "https:" && server.startsWith("http:")
				? "this page came by https and may not call plain http"
				: "this page's content policy, the browser or an extension forbids the call",
		],
		slow: () => ["The server or the way to it is overloaded; it may answer later."],
		unauthorized: () => ["Ask the owner for a token, or look whether it was copied whole."],
		forbidden: () => ["The token may be for another model, or the server refuses this page."],
		budget: () => ["The token's budget is spent, or too small for this."],
		"not-found": () => [
			"Look at the address and the name; List its models shows those that there are.",
		],
		rate: () => ["Wait a moment; the theft does so by itself."],
		server: () => ["That is the server's own trouble: trying again later may help."],
		redirect: () => ["Give the address that it points to."],
		schema: () => [
			"It may not speak the protocol, or leave out what is needed: see What the server does not tell.",
		],
		shape: () => ["What it answers does not fit what it says of itself."],
	}),
};
