// The parts of bin/bench-llama-cpp that run in node: see there. "compare" drives both engines, each a process
// of its own that answers a line "KIND COUNT ID,ID,..." with seconds; "engine" is llama.cpp's.
import {spawn} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import {fileURLToPath} from "node:url";

const SHORT = 16; // tokens before generation
const WARM_UP_S = 8;
const CALM = 0.1; // share of the processors that others may take during a run
const TRIES = 8;
const [mode, ...args] = process.argv.slice(2);

async function engine(file, threads, contextSize) {
  const {getLlama, LlamaLogLevel} = await import("node-llama-cpp");
  const llama = await getLlama({
    gpu: false, build: "never", skipDownload: true, maxThreads: threads, logLevel: LlamaLogLevel.debug,
    logger: (level, message) => { if (process.env.LLAMA_CPP_LOG) process.stderr.write(`${level} ${message}\n`); }
  });
  const model = await llama.loadModel({modelPath: file, gpuLayers: 0});
  // one batch holds the longest prompt: nothing is read in parts
  const context = await model.createContext({contextSize, batchSize: contextSize, threads, sequences: 1});
  const native = context._ctx; // below the queue and the sampler: llama_decode alone
  native.setThreads(threads);
  const decode = async (ids, at) => {
    native.initBatch(ids.length);
    native.addToBatch(0, at, Uint32Array.from(ids), Uint32Array.from([ids.length - 1]));
    await native.decodeBatch();
  };
  const backend = process.platform === "linux"
    ? [...new Set(fs.readFileSync("/proc/self/maps", "utf8").match(/[^/\s]*ggml-cpu[^/\s]*/g) ?? [])].join(" ")
    : "";
  console.log(JSON.stringify({
    engine: `llama.cpp ${llama.llamaCppRelease.release}, ${native.getThreads()} threads`,
    backend, flashAttention: context.flashAttention, system: llama.systemInfo
  }));
  for await (const line of readline.createInterface({input: process.stdin})) {
    const [kind, count, list] = line.split(" ");
    const ids = list.split(",").map(Number);
    native.disposeSequence(0); // an empty cache
    let start = process.hrtime.bigint();
    await decode(ids, 0);
    let end = process.hrtime.bigint();
    let length = ids.length;
    if (kind === "generate") {
      const next = Array.from({length: Number(count)}, () => ids[Math.floor(Math.random() * ids.length)]);
      start = process.hrtime.bigint();
      for (const id of next) await decode([id], length++);
      end = process.hrtime.bigint();
    }
    const last = native.getSequenceKvCacheMaxPosition(0);
    if (last !== length - 1) throw new Error(`llama.cpp's cache ends at ${last}; expected ${length - 1}`);
    console.log(Number(end - start) / 1e9);
  }
}

/** One engine: a process that answers a line with a line. */
class Peer {
  constructor(command) {
    this.process = spawn(command[0], command.slice(1), {stdio: ["pipe", "pipe", "inherit"]});
    process.once("exit", () => this.process.kill("SIGKILL")); // it may be stopped
    this.lines = readline.createInterface({input: this.process.stdout})[Symbol.asyncIterator]();
  }

  async line() {
    const {value, done} = await this.lines.next();
    if (done) throw new Error(`${this.process.spawnfile} ended early; its message is above`);
    return JSON.parse(value);
  }

  /** Runs it alone: stopped before and after, so that no thread of it spins beside the other engine. */
  async ask(kind, count, ids) {
    this.process.kill("SIGCONT");
    this.process.stdin.write(`${kind} ${count} ${ids.join(",")}\n`);
    const answer = await this.line();
    this.process.kill("SIGSTOP");
    return answer;
  }

  async close() {
    this.process.kill("SIGCONT");
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.stdin.end();
    await ended;
  }
}

async function compare() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
  const [threads, promptList, generate, rounds] = [args[0], args[1], Number(args[2]), Number(args[3])];
  const prompts = promptList.split(",").map(Number);
  const room = Math.max(...prompts, SHORT + generate + 1) + 8;
  const result = {threads: Number(threads), generate, rounds, files: []};
  for (const file of args.slice(4)) {
    const java = process.env.CACHALOT_BENCH_COMMAND.split("\n");
    const ours = new Peer([...java, file, threads, String(room)]);
    const told = await ours.line(); // one loads after the other
    ours.process.kill("SIGSTOP");
    const self = fileURLToPath(import.meta.url);
    const theirs = new Peer([process.execPath, self, "engine", file, threads, String(room)]);
    const about = await theirs.line();
    theirs.process.kill("SIGSTOP");
    const settings = [
      ...prompts.map((n) => ({name: `prompt of ${n}`, kind: "prompt", tokens: n, count: 1, length: n})),
      {name: `generate ${generate}`, kind: "generate", tokens: generate, count: generate, length: SHORT}
    ];
    console.log(`${path.basename(file)}: ${told.engine} beside ${about.engine} (${about.backend}; flash attention ` +
      `${about.flashAttention})\n  ${about.system}`);
    console.log(`${" ".repeat(22)}Cachalot tokens/s  llama.cpp tokens/s  ratio  others' CPU`);
    const random = () => Math.floor(Math.random() * told.vocab);
    const runs = new Map(settings.map((each) => [each, {ours: [], theirs: [], others: []}]));
    const measure = async (each, side, ids) => {
      const peer = side === "ours" ? ours : theirs;
      const before = cpu(peer.process.pid);
      const seconds = await peer.ask(each.kind, each.count, ids);
      const after = cpu(peer.process.pid);
      return {perSecond: each.tokens / seconds, others: othersShare(before, after)};
    };
    const calm = async (each, side, ids) => { // again where others disturbed it, then the least disturbed
      let least = null;
      for (let tries = 0; tries < TRIES; tries++) {
        const run = await measure(each, side, tries === 0 ? ids : fresh(each));
        if (run.others == null || run.others <= CALM) return run;
        if (least == null || run.others < least.others) least = run;
      }
      return least;
    };
    const fresh = (each) => Array.from({length: each.length}, random);
    for (const each of settings) {
      for (const side of ["ours", "theirs"]) {
        const start = performance.now();
        do await measure(each, side, fresh(each));
        while (performance.now() - start < WARM_UP_S * 1000);
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const each of settings) {
        const ids = fresh(each);
        for (const side of round % 2 === 0 ? ["ours", "theirs"] : ["theirs", "ours"]) {
          await measure(each, side, fresh(each)); // it stood still: its pages and caches come back
          const run = await calm(each, side, ids);
          runs.get(each)[side].push(run.perSecond);
          if (run.others != null) runs.get(each).others.push(run.others);
        }
      }
    }
    const rows = settings.map((each) => {
      const {ours: a, theirs: b, others} = runs.get(each);
      return {
        name: each.name, cachalot: median(a), llamaCpp: median(b), ratio: median(a) / median(b),
        cachalotRuns: a, llamaCppRuns: b, othersCpu: others.length ? median(others) : null
      };
    });
    for (const row of rows) {
      const cell = (value, best) => `${value.toFixed(1)} (${best.toFixed(1)})`;
      console.log(`  ${row.name.padEnd(16)} ${cell(row.cachalot, Math.max(...row.cachalotRuns)).padStart(20)}` +
        `${cell(row.llamaCpp, Math.max(...row.llamaCppRuns)).padStart(20)}${row.ratio.toFixed(2).padStart(7)}` +
        `${row.othersCpu == null ? "?" : (100 * row.othersCpu).toFixed(0) + " %"}`.padStart(13));
    }
    result.files.push({file: path.basename(file), cachalot: told, llamaCpp: about, rows});
    await ours.close();
    await theirs.close();
  }
  console.log(JSON.stringify(result));
}

/** Ticks of processor time so far: all there is, idle, and the process's own; null elsewhere than on Linux. */
function cpu(pid) {
  if (process.platform !== "linux") return null;
  const all = fs.readFileSync("/proc/stat", "utf8").split("\n")[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const own = fs.readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").map(Number);
  return {all: all.reduce((a, b) => a + b, 0), idle: all[3] + all[4], own: own[11] + own[12]};
}

function othersShare(before, after) {
  if (before == null) return null;
  const all = after.all - before.all;
  if (all <= 0) return 0;
  return Math.max(0, all - (after.idle - before.idle) - (after.own - before.own)) / all;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

if (mode === "engine") await engine(args[0], Number(args[1]), Number(args[2]));
else await compare();
process.exit(0);
