// The parts of bin/check-llama-cpp that run in node: see there.
import fs from "node:fs";

const [mode, file, ...rest] = process.argv.slice(2);
// how far below the largest logit a chosen one may be: engines add in different orders, and where weights are
// quantised llama.cpp rounds activations to 8 bits too
const CLOSE = rest.at(-1).endsWith(" f32") ? 0.01 : 0.2;

if (mode === "greedy") {
  const {getLlama, LlamaLogLevel} = await import("node-llama-cpp");
  const llama = await getLlama({gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error});
  const model = await llama.loadModel({modelPath: file});
  const context = await model.createContext({contextSize: 64, threads: 1});
  const answer = context.getSequence().evaluate(rest[1].split(",").map(Number), {temperature: 0});
  const ids = [];
  while (ids.length < Number(rest[0])) {
    const step = await answer.next();
    if (step.done) break;
    ids.push(step.value);
  }
  console.log(ids.join(","));
  process.exit(0);
}

const ids = rest[0].split(",").map(Number);
const bytes = fs.readFileSync(file);
const logits = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const width = logits.length / ids.length;
let equal = 0;
let close = 0;
for (let at = 0; at + 1 < ids.length; at++) {
  const row = logits.subarray(at * width, (at + 1) * width);
  const largest = row.reduce((a, b) => Math.max(a, b));
  const chosen = row[ids[at + 1]];
  if (chosen === largest) equal++;
  else if (largest - chosen <= CLOSE) close++;
}
const all = ids.length - 1;
console.log(`${rest[1]}: ${equal} of ${all} tokens equal, ${close} within ${CLOSE}`);
const needed = rest[1].endsWith(" f32") ? all : Math.floor(0.9 * all);
process.exit(equal + close >= needed && all > 0 ? 0 : 1);
