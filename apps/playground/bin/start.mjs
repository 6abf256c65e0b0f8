// npm start: does the job four ways on a real directory, says how they compare, and shows the run.
//
//   npm start -- [directory] [--once] [--procs N] [--port N] [--out folder]
import { fork } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sameResult } from "../job/text.mjs";
import { servePage } from "../src/server.mjs";
import { figuresOf, report } from "./figures.mjs";
import { progressBar } from "./progress.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, "..", "..", "..");
const { stdout } = process;

const HELP = `usage: npm start -- [directory] [--once] [--procs N] [--port N] [--out folder]

Counts the words and lines of every text file below the directory (default: the installed dependencies of this
repository) with goroutines on all threads, and again in plainer ways to compare; then serves a page that shows the run.

  --once     do the job, write its trace, and exit
  --procs N  GOMAXPROCS (default: the processors of this machine, or the environment's GOMAXPROCS)
  --port N   the page's port (default: 4173, or the next free one)
  --out F    the folder for the run's trace and figures (default: .gr/run in this repository)`;

let stopping = false;
let child = null;
process.on("SIGINT", () => {
  if (stopping) process.exit(130);
  stopping = true;
  child?.kill("SIGINT");
});

try {
  process.exitCode = await main();
} catch (err) {
  console.error(err?.userError === true ? `gr: ${err.message}` : err);
  process.exitCode = stopping ? 130 : 1;
}

async function main() {
  const options = readOptions();
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  const { root, procs, once, port, out: runFolder } = options;
  mkdirSync(runFolder, { recursive: true });
  console.log(`Counting words and lines of the text files in ${root}`);

  const traceFile = join(runFolder, "trace.grt");
  const reference = await way("plain loop (reference)", ["reference", root], 0);
  const total = reference.seen;
  const traced = await way(`gr, GOMAXPROCS=${procs}`, ["gr", root, String(procs), traceFile], total);
  const others = [];
  if (procs > 1) others.push(["gr, GOMAXPROCS=1", await way("gr, GOMAXPROCS=1", ["gr", root, "1"], total)]);
  others.push(["Promise.all, one thread", await way("Promise.all, one thread", ["promises", root], total)]);

  const figures = figuresOf({ root, procs, reference, traced, others });
  writeFileSync(join(runFolder, "figures.json"), `${JSON.stringify(figures, null, 2)}\n`);
  console.log(report(figures));
  for (const [name, run] of [["gr", traced], ...others])
    if (!sameResult(run.result, reference.result)) {
      console.error(
        `gr: ${name} counted ${JSON.stringify(run.result)}, the reference ${JSON.stringify(reference.result)}`,
      );
      return 1;
    }
  console.log("All ways counted the same.");
  if (once) {
    console.log(`The trace of the run is in ${traceFile}`);
    return 0;
  }
  await show(port, runFolder);
  return 0;
}

function readOptions() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        once: { type: "boolean", default: false },
        procs: { type: "string" },
        port: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (err) {
    throw userError(`${err.message}\n\n${HELP}`);
  }
  const { values, positionals } = parsed;
  if (values.help) return null;
  if (positionals.length > 1)
    throw userError(`expected one directory, got ${positionals.length}: ${positionals.join(" ")}`);
  const from = process.env.INIT_CWD ?? process.cwd();
  const root = resolve(from, positionals[0] ?? join(repository, "node_modules"));
  let found;
  try {
    found = statSync(root);
  } catch (err) {
    throw userError(`cannot read the directory ${root}: ${err.code === "ENOENT" ? "it does not exist" : err.code}`);
  }
  if (!found.isDirectory()) throw userError(`expected a directory, got a file: ${root}`);
  return {
    root,
    once: values.once,
    out: values.out === undefined ? join(repository, ".gr", "run") : resolve(from, values.out),
    procs: wholeNumber("procs", values.procs ?? process.env.GOMAXPROCS, availableParallelism(), 1, 64),
    port: wholeNumber("port", values.port, undefined, 0, 65535),
  };
}

function wholeNumber(name, text, otherwise, least, most) {
  if (text === undefined) return otherwise;
  const n = Number(text);
  if (!Number.isInteger(n) || n < least || n > most)
    throw userError(`--${name}: expected a whole number from ${least} to ${most}, got ${text}`);
  return n;
}

function userError(message) {
  return Object.assign(new Error(message), { userError: true });
}

/** Does the job one way in a process of its own; resolves with what it found. */
function way(label, args, total) {
  if (stopping) throw userError("stopped");
  const bar = progressBar(stdout, label, total);
  bar(0);
  return new Promise((ok, fail) => {
    let last = null;
    child = fork(join(here, "..", "job", "child.mjs"), args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", (message) => {
      if (message.progress !== undefined) bar(message.progress);
      else last = message;
    });
    child.on("error", fail);
    child.on("exit", (code, signal) => {
      child = null;
      if (stopping) fail(userError("stopped"));
      else if (last?.done !== undefined) {
        bar(null, `${(last.done.ms / 1000).toFixed(2)} s, peak ${last.done.peakRssMB.toFixed(0)} MB`);
        ok(last.done);
      } else fail(userError(`${label} failed: ${last?.failed ?? `exit ${signal ?? code}`}`));
    });
  });
}

/** Serves the page until Ctrl-C. */
async function show(port, runFolder) {
  if (stopping) return;
  const page = await servePage({ dist: join(here, "..", "dist"), run: runFolder, port });
  console.log(`\nSee the run: ${page.url}   (Ctrl-C stops)`);
  await new Promise((stop) => {
    process.removeAllListeners("SIGINT");
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
  await page.close();
}
