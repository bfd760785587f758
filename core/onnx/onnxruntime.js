// Runs ONNX models in onnxruntime: node onnxruntime.js FOLDER reads there
// cases.json, a list of {model, inputs, dim}, and writes answers.json, for each
// an object of the outputs' numbers by name.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-web";

const folder = process.argv[2];
/** @param {string} name */
const path = (name) => join(folder, name);
/** @type {{model: string, inputs: number[], dim: number, float?: boolean}[]} */
const cases = JSON.parse(readFileSync(path("cases.json"), "utf8"));
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

const answers = [];
for (const { model, inputs, dim, float } of cases) {
	const session = await ort.InferenceSession.create(readFileSync(path(model))).catch((err) => {
		console.log(`${model}: ${err.message}`);
		process.exit(1); // without the source of the runtime, which is one line of 30 kB
	});
	const values = float ? Float32Array.from(inputs) : Float64Array.from(inputs);
	const x = new ort.Tensor(float ? "float32" : "float64", values, [inputs.length / dim, dim]);
	const outputs = await session.run({ [session.inputNames[0]]: x });
	answers.push(
		Object.fromEntries(
			Object.entries(outputs).map(([name, t]) => [name, Array.from(/** @type {any} */ (t).data, Number)]),
		),
	);
}
writeFileSync(path("answers.json"), JSON.stringify(answers));
