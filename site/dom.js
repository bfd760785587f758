/**
 * Making elements. Text always goes in as text, never as markup.
 * @module
 */

/**
 * Props: `on…` are listeners, `class`, `for` and names with a dash are
 * attributes, true and false set or leave out an attribute, the rest are
 * properties of the element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
	const el = document.createElement(tag);
	for (const [name, value] of Object.entries(props)) {
		if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
		else if (
			name === "class" ||
			name === "for" ||
			name === "role" ||
			name === "list" ||
			name.includes("-")
		) {
			if (value !== false && value !== undefined && value !== null)
				el.setAttribute(name, String(value));
		} else if (value !== undefined) Object.assign(el, { [name]: value });
	}
	for (const child of children) if (child) el.append(child);
	return el;
}

/**
 * The element with the id; its absence is a mistake in index.html.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function byId(id, type) {
	const el = document.getElementById(id);
	if (!(el instanceof (type ?? HTMLElement))) throw new Error(`index.html has no #${id}`);
	return /** @type {T} */ (el);
}

/**
 * One of the drawings in index.html.
 * @param {string} name
 * @param {string} [className]
 */
export function icon(name, className = "icon") {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg");
	const use = document.createElementNS(space, "use");
	use.setAttribute("href", `#${name}`);
	svg.setAttribute("class", className);
	svg.setAttribute("aria-hidden", "true");
	svg.append(use);
	return svg;
}

let names = 0;

/**
 * A row of radio buttons that looks like one switch.
 * @param {{label: string, options: {value: string, text: string|Node, title?: string}[], value: string, onpick: (value: string) => void, class?: string}} o
 */
export function segmented(o) {
	const name = `seg-${++names}`;
	const root = h(
		"fieldset",
		{ class: `seg ${o.class ?? ""}` },
		h("legend", { class: "unseen" }, o.label),
	);
	/** @type {Map<string, HTMLInputElement>} */
	const inputs = new Map();
	for (const { value, text, title } of o.options) {
		const input = h("input", {
			type: "radio",
			name,
			value,
			checked: value === o.value,
			"aria-label": text instanceof Node ? title : undefined,
			onchange: () => o.onpick(value),
		});
		inputs.set(value, input);
		root.append(h("label", { title }, input, h("span", {}, text)));
	}
	return {
		root,
		/** @param {string} value */
		set(value) {
			const input = inputs.get(value);
			if (input) input.checked = true;
		},
		inputs,
	};
}

/** @param {HTMLDialogElement} dialog */
export function wireDialog(dialog) {
	dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
	dialog.addEventListener("click", (e) => {
		if (e.target === dialog) dialog.close();
	});
}

/**
 * Hands a file to the visitor.
 * @param {string} name
 * @param {BlobPart} content
 */
export function download(name, content) {
	const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
	h("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 1000);
}
