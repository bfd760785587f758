// J5 in onnxruntime-web (WebAssembly, SIMD, one thread, float32). The model is
// written here in ONNX's own format: a protocol buffer, of which a perceptron
// needs only a few fields (onnx/onnx.proto).

/** @param {number} value @returns {number[]} */
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);

/** A number field. @param {number} field @param {number} value */
const int = (field, value) => [...varint(field << 3), ...varint(value)];

/** A field of bytes: a text or a message. @param {number} field @param {string | Iterable<number>} content */
function bytes(field, content) {
	const raw = typeof content === "string" ? new TextEncoder().encode(content) : [...content];
	return [...varint((field << 3) | 2), ...varint(raw.length), ...raw];
}

/** A TensorProto of floats. @param {string} name @param {number[]} dims @param {Float32Array} values */
function tensor(name, dims, values) {
	const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
	return [...dims.flatMap((d) => int(1, d)), ...int(2, 1), ...bytes(8, name), ...bytes(9, raw)];
}

/** A NodeProto. @param {string} op @param {string[]} inputs @param {string} output */
function node(op, inputs, output) {
	return [...inputs.flatMap((i) => bytes(1, i)), ...bytes(2, output), ...bytes(4, op)];
}

/** A ValueInfoProto of n×columns floats, n free. @param {string} name @param {number} columns */
function matrix(name, columns) {
	const shape = [...bytes(1, bytes(2, "n")), ...bytes(1, int(1, columns))];
	return [...bytes(1, name), ...bytes(2, bytes(1, [...int(1, 1), ...bytes(2, shape)]))];
}

/**
 * The file of a perceptron x -> p.
 *
 * @param {{kernel: Float32Array, bias: Float32Array, inputs: number, out: number}[]} layers
 */
function model(layers) {
	const nodes = [];
	const tensors = [];
	let from = "x";
	for (const [i, l] of layers.entries()) {
		const last = i === layers.length - 1;
		nodes.push(bytes(1, node("Gemm", [from, `w${i}`, `b${i}`], `z${i}`)));
		from = last ? "p" : `h${i}`;
		nodes.push(bytes(1, node(last ? "Softmax" : "Tanh", [`z${i}`], from)));
		tensors.push(bytes(5, tensor(`w${i}`, [l.inputs, l.out], l.kernel)));
		tensors.push(bytes(5, tensor(`b${i}`, [l.out], l.bias)));
	}
	const graph = [
		...nodes.flat(),
		...bytes(2, "perceptron"),
		...tensors.flat(),
		...bytes(11, matrix("x", layers[0].inputs)),
		...bytes(12, matrix("p", layers[layers.length - 1].out)),
	];
	// IR version 8, operators 13.
	return Uint8Array.from([...int(1, 8), ...bytes(7, graph), ...bytes(8, int(2, 13))]);
}

/**
 * Probabilities and labels of many points.
 *
 * @param {import("./tensorflow.js").Layer[]} layers
 * @param {Float32Array} points
 */
export async function raster(layers, points) {
	const file = "/ort.wasm.min.mjs"; // not a literal in import(): its types are not installed
	const ort = await import(file);
	ort.env.wasm.numThreads = 1;
	ort.env.wasm.wasmPaths = "/";
	const session = await ort.InferenceSession.create(model(layers));
	const c = layers[layers.length - 1].out;
	const n = points.length / 2;
	return async () => {
		const { p } = await session.run({ x: new ort.Tensor("float32", points, [n, 2]) });
		const labels = new Uint8Array(n);
		for (let i = 0; i < n; i++) {
			for (let k = 1; k < c; k++) {
				if (p.data[i * c + k] > p.data[i * c + labels[i]]) labels[i] = k;
			}
		}
		return { probabilities: p.data, labels };
	};
}
