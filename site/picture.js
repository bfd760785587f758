/**
 * Pictures that carry their experiment: PNG in a text chunk, SVG in its
 * <metadata>, each as a link's fragment. The command line writes the same.
 * @module
 */

const KEYWORD = "modelheist";
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
/** Signature and IHDR, the first chunk. */
const HEADER = 8 + 25;

/** @param {Uint8Array} bytes */
export const isPng = (bytes) => SIGNATURE.every((b, i) => bytes[i] === b);

/**
 * The link in a PNG; empty if there is none.
 * @param {Uint8Array} bytes
 */
export function pngLink(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (let at = 8; at + 12 <= bytes.length; ) {
		const length = view.getUint32(at);
		const name = latin(bytes.subarray(at + 4, at + 8));
		const body = latin(bytes.subarray(at + 8, at + 8 + (name === "tEXt" ? length : 0)));
		if (body.startsWith(`${KEYWORD}\0`)) return body.slice(KEYWORD.length + 1);
		at += 12 + length;
	}
	return "";
}

/**
 * The PNG with a link.
 * @param {Uint8Array} bytes
 * @param {string} link
 */
export function withLink(bytes, link) {
	const body = new TextEncoder().encode(`tEXt${KEYWORD}\0${link}`);
	const chunk = new Uint8Array(body.length + 8);
	const view = new DataView(chunk.buffer);
	view.setUint32(0, body.length - 4);
	chunk.set(body, 4);
	view.setUint32(body.length + 4, crc32(body));
	const out = new Uint8Array(bytes.length + chunk.length);
	out.set(bytes.subarray(0, HEADER));
	out.set(chunk, HEADER);
	out.set(bytes.subarray(HEADER), HEADER + chunk.length);
	return out;
}

/**
 * The link in an SVG; empty if there is none.
 * @param {string} text
 */
export function svgLink(text) {
	const found = /<metadata id="modelheist">([^<]*)<\/metadata>/.exec(text);
	return found ? found[1].replaceAll("&amp;", "&") : "";
}

/**
 * An SVG as the pixels of a PNG, scale to one.
 * @param {string} text
 * @param {number} scale
 */
export async function paint(text, scale) {
	const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
	try {
		const image = new Image();
		image.src = url;
		await image.decode();
		const canvas = document.createElement("canvas");
		canvas.width = image.naturalWidth * scale;
		canvas.height = image.naturalHeight * scale;
		const ctx = canvas.getContext("2d");
		if (!ctx) throw new Error("this browser gives no canvas");
		ctx.drawImage(image, 0, 0, canvas.width, canvas.height);
		const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
		if (!blob) throw new Error("this browser makes no PNG of a canvas");
		return new Uint8Array(await blob.arrayBuffer());
	} finally {
		URL.revokeObjectURL(url);
	}
}

/** @param {Uint8Array} bytes */
const latin = (bytes) => Array.from(bytes, (b) => String.fromCharCode(b)).join("");

/**
 * As in PNG (ISO 3309).
 * @param {Uint8Array} bytes
 */
function crc32(bytes) {
	let crc = ~0;
	for (const b of bytes) {
		crc ^= b;
		for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}
